"""Acting in the name of another person (A7): by what right, who has agreed to it, until when.

Either the person himself agrees in his own cabinet, with a one-time code, or an officer looks at
the proof: a child, and somebody who is incapable, have no cabinet. It ends when somebody ends it,
on the last day that was said, or when a child comes of age. Names and numbers of people lie beside
the chain of events.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from casework.application import GENESIS, Event
from casework.condition import Definition
from casework.errors import InvalidForm, NotAllowed, NotFound, Problem, TooOften, WrongStage
from casework.fields import Name, Text
from casework.happening import Happening
from casework.ports import Case, Change
from casework.profile import ADULT

PREFIX = "acting:"  # no number of an application begins so
WARD = "ward:"
"""How the ids of people without an account begin: no account is called so."""

AT_MOST = 20
"""Proposed and accepted ones of one representative."""

FOR = "for"
"""In the data of an event of an application: the representation by which its actor acted."""

PROPOSED, ACCEPTED, DECLINED, REVOKED = (
    f"representation_{how}" for how in ("proposed", "accepted", "declined", "revoked")
)


class Kind(Definition):
    """`attorney`: unless the person agrees himself, it takes a power of attorney; `until_adult`:
    without one it is for a child and ends when he comes of age."""

    kind: Name
    title: dict[str, Text]
    proof: dict[str, Text]
    attorney: bool = False
    until_adult: bool = False


class Rules(Definition):
    answer_hours: int
    kinds: tuple[Kind, ...]

    def kind(self, name: str) -> Kind | None:
        return next((kind for kind in self.kinds if kind.kind == name), None)


class Awaits(StrEnum):
    PERSON = "person"  # the represented one, with a one-time code
    OFFICER = "officer"


class State(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Representation:
    """`represented`: the id of the person, known once it is accepted. `until`: the last day."""

    number: str
    version: int = 0
    head: str = GENESIS
    representative: str = ""
    represented: str | None = None
    kind: str = ""
    by_attorney: bool = False
    until: date | None = None
    awaits: Awaits | None = None
    proposed_at: datetime | None = None
    state: State = State.PROPOSED

    @property
    def id(self) -> str:
        return id_of(self.number)

    def state_on(self, today: date) -> State:
        over = self.until is not None and today > self.until
        return State.EXPIRED if over and self.state is State.ACCEPTED else self.state

    def review_due(self, rules: Rules) -> datetime | None:
        """By when an officer is to look at the proof."""
        if self.awaits is not Awaits.OFFICER:
            return None
        return self.proposed_at + timedelta(hours=rules.answer_hours)


@dataclass(frozen=True, slots=True)
class Known:
    """Of the represented person, beside the chain: checked values as stored; `own_name`: the
    representative's; `words`: why an officer declined."""

    values: Mapping[str, str]
    own_name: str
    phone: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    file_name: str
    content_type: str
    vault_key: str


@dataclass(frozen=True, slots=True)
class RepresentationCase:
    representation: Representation
    events: tuple[Event, ...] = ()
    known: Known | None = None
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class RepresentationChange:
    happenings: tuple[Happening, ...] = ()
    known: Known | None = None
    proof: Proof | None = None
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the representative says."""

    kind: str
    known: Known
    proof: Proof | None
    by_attorney: bool
    notarised: bool
    until: date | None


def number_of(id_: str) -> str:
    return f"{PREFIX}{id_}"


def is_representation(number: str) -> bool:
    return number.startswith(PREFIX)


def id_of(number: str) -> str:
    return number.removeprefix(PREFIX)


def is_ward(person: str) -> bool:
    """Whether it is somebody without an account of his own."""
    return person.startswith(WARD)


# ---- acting --------------------------------------------------------------------------------------


def propose(
    case: RepresentationCase,
    rules: Rules,
    said: Proposal,
    *,
    representative: str,
    own_phone: str | None,
    others: int,
    today: date,
) -> RepresentationChange:
    """`others`: how many he has already. Raises TooOften, and InvalidForm with every problem."""
    if case.representation.version:
        return RepresentationChange()
    if others >= AT_MOST:
        raise TooOften("too_many_representations", at_most=AT_MOST)
    if problems := list(_problems(rules, said, own_phone, today)):
        raise InvalidForm(problems)
    until = said.until or _comes_of_age(rules, said)
    data = {
        "representative": representative,
        "kind": said.kind,
        "by_attorney": said.by_attorney,
        "notarised": said.notarised,
        "until": until.isoformat() if until else None,
        "awaits": (Awaits.PERSON if said.known.phone else Awaits.OFFICER).value,
    }
    return RepresentationChange((Happening(PROPOSED, data),), said.known, said.proof)


def _problems(
    rules: Rules, said: Proposal, own_phone: str | None, today: date
) -> Iterable[Problem]:
    kind = rules.kind(said.kind)
    if kind is None:
        options = ", ".join(kind.kind for kind in rules.kinds)
        yield Problem("kind", "not_in_list", {"options": options})
        return
    if _takes_attorney(kind, said, today):
        yield Problem("by_attorney", "attorney_needed")
    if said.by_attorney and not said.notarised:
        yield Problem("notarised", "attorney_not_notarised")
    if said.by_attorney and said.until is None:
        yield Problem("until", "required")
    if said.until is not None and said.until < today:
        yield Problem("until", "in_the_past", {"earliest": f"{today:%d.%m.%Y}"})
    if said.known.phone is None and said.proof is None:
        yield Problem("proof", "required")
    if said.known.phone is not None and said.known.phone == own_phone:
        yield Problem("phone", "own_phone")


def _takes_attorney(kind: Kind, said: Proposal, today: date) -> bool:
    """Where an officer looks; whoever agrees himself needs no notary."""
    if said.by_attorney or said.known.phone:
        return False
    return kind.attorney or (kind.until_adult and _birthday(said, ADULT) <= today)


def _comes_of_age(rules: Rules, said: Proposal) -> date | None:
    """The last day on which a parent acts without a power of attorney."""
    if said.known.phone or not rules.kind(said.kind).until_adult:
        return None
    return _birthday(said, ADULT) - timedelta(days=1)


def _birthday(said: Proposal, age: int) -> date:
    born = date.fromisoformat(said.known.values["birth_date"])
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # 29 February
        return date(born.year + age, 3, 1)


def accept(
    case: RepresentationCase, person: str, phone: str | None, today: date
) -> RepresentationChange:
    """The represented person agrees; nobody else learns of it. Raises NotFound, WrongStage."""
    if not is_asked(case, person, phone):
        raise NotFound("unknown_representation")
    _must_await(case, Awaits.PERSON, today)
    accepted = Happening(ACCEPTED, {"represented": person})
    return RepresentationChange((accepted,), replace(case.known, phone=None))


def is_asked(case: RepresentationCase, person: str, phone: str | None) -> bool:
    """Whether it is this person, by the phone of his account, who was named as represented."""
    known = case.known
    asked = known is not None and phone is not None and known.phone == phone
    return asked and case.representation.representative != person


def decide(
    case: RepresentationCase,
    officer: str,
    earlier: str | None,
    *,
    confirms: bool,
    words: str | None,
    today: date,
) -> RepresentationChange:
    """An officer has looked at the proof. `earlier`: the id under which the person is known from an
    earlier representation. Raises WrongStage, NotAllowed, InvalidForm."""
    if case.representation.representative == officer:
        raise NotAllowed("own_application")
    _must_await(case, Awaits.OFFICER, today)
    if confirms:
        represented = earlier or f"{WARD}{case.representation.id}"
        return RepresentationChange((Happening(ACCEPTED, {"represented": represented}),))
    if not words:
        raise InvalidForm([Problem("words", "required")])
    return RepresentationChange((Happening(DECLINED),), replace(case.known, words=words))


def revoke(case: RepresentationCase, person: str, phone: str | None) -> RepresentationChange:
    """By either of the two, at any time, without a code; again, nothing. Raises NotFound."""
    if not concerns(case, person, phone):
        raise NotFound("unknown_representation")
    if case.representation.state not in (State.PROPOSED, State.ACCEPTED):
        return RepresentationChange()
    return RepresentationChange((Happening(REVOKED),))


def concerns(case: RepresentationCase, person: str, phone: str | None) -> bool:
    """Whether the person is one of the two."""
    sides = (case.representation.representative, case.representation.represented)
    return person in sides or is_asked(case, person, phone)


def in_force(case: RepresentationCase, representative: str, today: date) -> Representation:
    """The representation by which somebody acts now. Raises NotAllowed."""
    representation = case.representation
    mine = representation.representative == representative
    if not mine or representation.state_on(today) is not State.ACCEPTED:
        raise NotAllowed("not_representing")
    return representation


def _must_await(case: RepresentationCase, awaits: Awaits, today: date) -> None:
    representation = case.representation
    over = representation.until is not None and today > representation.until
    if representation.awaits is not awaits or over:
        raise WrongStage("representation_decided")


# ---- the applications that are filed -------------------------------------------------------------


def noted(change: Change, representation: str | None) -> Change:
    """The change, with every event saying by which representation it was made."""
    if representation is None:
        return change
    said = {FOR: representation}
    happenings = (h._replace(data={**h.data, **said}) for h in change.happenings)
    return replace(change, happenings=tuple(happenings))


def is_filed_for(case: Case) -> bool:
    """Whether somebody began the application in the name of another."""
    return FOR in case.events[0].data


# ---- the fold ------------------------------------------------------------------------------------


def fold(number: str, events: Iterable[Event]) -> Representation:
    representation = Representation(number)
    for event in events:
        representation = apply(representation, event)
    return representation


def apply(representation: Representation, event: Event) -> Representation:
    changes = _CHANGES[event.kind](event)
    return replace(representation, version=event.sequence, head=event.hash, **changes)


def _proposed(event: Event) -> dict[str, Any]:
    data = event.data
    return {
        "representative": data["representative"],
        "kind": data["kind"],
        "by_attorney": data["by_attorney"],
        "until": date.fromisoformat(data["until"]) if data["until"] else None,
        "awaits": Awaits(data["awaits"]),
        "proposed_at": event.at,
    }


def _accepted(event: Event) -> dict[str, Any]:
    return {"state": State.ACCEPTED, "awaits": None, "represented": event.data["represented"]}


_CHANGES: dict[str, Callable[[Event], dict[str, Any]]] = {
    PROPOSED: _proposed,
    ACCEPTED: _accepted,
    DECLINED: lambda _: {"state": State.DECLINED, "awaits": None},
    REVOKED: lambda _: {"state": State.REVOKED, "awaits": None},
}
