"""What stays of an application after its person withdrew the consent to data processing, why, and
until when: the shape of services/parameters/retention.toml, and what it says of a state.

Several states may hold at once (still paid, and something of it claimed back): a part that any of
them keeps is kept, for as long as the longest says.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from pydantic import Field, model_validator

from casework.condition import Definition


class Part(StrEnum):
    """What an application holds beside its chain."""

    FORM = "form"
    DOCUMENTS = "documents"
    SIGNATURES = "signatures"
    DECISION = "decision"
    WORDS = "words"
    PROGRAMME = "programme"
    PAYMENTS = "payments"
    PAPERS = "papers"
    LETTERS = "letters"


class State(StrEnum):
    DRAFT = "draft"
    IN_WORK = "in_work"
    ENDED = "ended"
    CONTESTABLE = "contestable"
    DISPUTED = "disputed"
    IN_FORCE = "in_force"
    PAID = "paid"
    GRANTED = "granted"
    CLAIMED = "claimed"
    VIOLATION = "violation"


class Since(StrEnum):
    DECIDED = "decided"
    WINDOW = "window"
    YEAR_PAID = "year_paid"
    CLAIMED = "claimed"


Words = dict[str, str]
"""The same in each language: ru, en."""

_TEXTS = {
    "assessment": Part.DECISION,
    "explanation": Part.DECISION,
    "confirmation": Part.DECISION,
    "earlier_support": Part.DECISION,
    "programme": Part.PROGRAMME,
    "provider": Part.PROGRAMME,
    "act": Part.PROGRAMME,
    "result": Part.PROGRAMME,  # result_<line>
    "order": Part.PAYMENTS,  # order_<number>
    "transfer": Part.PAYMENTS,  # transfer_<period>
    "claim": Part.PAYMENTS,  # claim_<number>
}


def part_of_text(name: str) -> Part:
    """What a free text belongs to; what is not known by name are people's own words."""
    known = _TEXTS.get(name) or _TEXTS.get(name.partition("_")[0])
    return known or Part.WORDS


class Keeping(Definition):
    """`only_needed`: of a form, the fields that what was granted cannot do without. Without `since`
    the parts stay while the state lasts. `set_by_office`: a length that no seed gives."""

    parts: tuple[Part, ...] = Field(min_length=1)
    why: Words
    source: str
    only_needed: bool = False
    since: Since | None = None
    years: int = Field(0, ge=0)
    days: int = Field(0, ge=0)
    set_by_office: bool = False

    @model_validator(mode="after")
    def _is_counted_from_something(self) -> "Keeping":
        if (self.since is not None) != bool(self.years or self.days):
            raise ValueError("a length is counted `since` something, and `since` needs a length")
        if self.only_needed and self.parts != (Part.FORM,):
            raise ValueError("only_needed is said of the form alone")
        return self

    def until(self, days: Mapping[Since, date]) -> date | None:
        """The first day on which it is kept no more; None while the state lasts."""
        if self.since is None:
            return None
        begins = days[self.since]
        return _years_after(begins, self.years) + timedelta(days=self.days)


class StateRule(Definition):
    state: State
    title: Words
    kept: tuple[Keeping, ...] = ()


class Beyond(Definition):
    what: Words


class Retention(Definition):
    """`parts`: what each is called; `beyond`: what no erasure reaches."""

    look_again_days: int = Field(ge=1)
    parts: dict[Part, Words]
    states: tuple[StateRule, ...]
    beyond: tuple[Beyond, ...]

    @model_validator(mode="after")
    def _tells_of_everything(self) -> "Retention":
        if untitled := set(Part) - self.parts.keys():
            raise ValueError(f"parts without a title: {', '.join(sorted(untitled))}")
        told = [rule.state for rule in self.states]
        if untold := set(State) - set(told):
            raise ValueError(f"states of which nothing is said: {', '.join(sorted(untold))}")
        if twice := {state for state in told if told.count(state) > 1}:
            raise ValueError(f"states told of twice: {', '.join(sorted(twice))}")
        wordless = [words for words in self._words() if not (words.get("ru") and words.get("en"))]
        if wordless:
            raise ValueError(f"said in one language only: {wordless[0]}")
        return self

    def _words(self) -> Iterator[Words]:
        yield from self.parts.values()
        yield from (beyond.what for beyond in self.beyond)
        for rule in self.states:
            yield rule.title
            yield from (keeping.why for keeping in rule.kept)

    def of(self, state: State) -> StateRule:
        return next(rule for rule in self.states if rule.state is state)

    def keeping(self, state: State, part: Part) -> Keeping:
        """The rule by which the part stays in that state."""
        return next(keeping for keeping in self.of(state).kept if part in keeping.parts)


class Kept(NamedTuple):
    """A part that stays: by the rule of which state, and until when (None: while that lasts)."""

    what: Part
    state: State
    until: date | None
    only_needed: bool = False


def kept(
    retention: Retention, states: Iterable[State], days: Mapping[Since, date], today: date
) -> tuple[Kept, ...]:
    """What stays today of an application in these states, a part once, by the rule that keeps it
    longest. `days`: when each `since` was; one that is not there has not begun to count."""
    found: dict[Part, list[Kept]] = {}
    for state in states:
        for keeping in retention.of(state).kept:
            until = keeping.until(days) if keeping.since in (None, *days) else None
            if until is None or today < until:
                for part in keeping.parts:
                    said = Kept(part, state, until, keeping.only_needed)
                    found.setdefault(part, []).append(said)
    return tuple(_longest(found[part]) for part in Part if part in found)


def _longest(said: list[Kept]) -> Kept:
    """A part that one rule wants whole and another in part is whole while the first one lasts."""
    return max(said, key=lambda kept: (not kept.only_needed, kept.until or date.max))


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)
