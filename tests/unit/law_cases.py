"""Cases as a lawyer writes them (tests/cases/README.md): read, lived through, and seen in the words
of the case itself, so that what is expected and what is found can be compared as they stand.

Whatever a case says is used: a key that is not known raises Unreadable.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from adapters import definitions
from casework import actions, decision, document_check, form
from casework.application import Application, Gap, Happening, apply, chain, number_from
from casework.condition import bound_of, holds, years_between
from casework.decision import Assessment, RuleResult, Turn
from casework.errors import Problem
from casework.example import example_form
from casework.ports import Case, Rules
from casework.review import TermDue, answer_due, terms

CASES = Path(__file__).parents[1] / "cases"
OFFICER = "officer-1"
NOTHING = "none"
GIVEN = {"region", "received", "form", "without", "form_is_complete", "mismatched", "silent"}
MOMENTS = {
    "checked": set(),
    "documents_checked": set(),
    "asked": {"documents", "fields"},
    "answered": set(),
    "decided": set(),
    "looked_at": set(),
}


class Unreadable(ValueError):
    """A case says what nobody understands, or what cannot happen."""


@dataclass(frozen=True)
class LawCase:
    """`place`: where it stands, as service/file#n."""

    service: str
    place: str
    name: str
    given: Mapping[str, Any]
    when: tuple[Mapping[str, Any], ...]
    then: Mapping[str, Any]
    boundary: str | None


def read_cases(service: str) -> list[LawCase]:
    found = []
    for path in sorted((CASES / service).glob("*.toml")):
        raw = tomllib.loads(path.read_text("utf-8"))
        _only(raw, {"cases"}, path.name)
        found += [
            case_of(service, f"{service}/{path.stem}#{n}", said)
            for n, said in enumerate(raw["cases"], start=1)
        ]
    return found


def case_of(service: str, place: str, said: Mapping[str, Any]) -> LawCase:
    where = f"{place} {said.get('name')}"
    _only(said, {"name", "boundary", "given", "when", "then"}, where)
    _only(said["given"], GIVEN, f"{where}: given")
    _only(said["then"], SEEN.keys(), f"{where}: then")
    if not said["then"]:
        raise Unreadable(f"{where}: a case expects something")
    boundary = said.get("boundary")
    if boundary is not None and boundary not in AT_BOUNDARY:
        raise Unreadable(f"{where}: unknown boundary {boundary}")
    if "problems" in said["then"] and len(said["then"]) > 1:
        raise Unreadable(f"{where}: a form with problems is not received, so nothing follows")
    when = tuple(said.get("when", ()))
    for moment in when:
        _moment(moment, where)
    return LawCase(service, place, said["name"], said["given"], when, said["then"], boundary)


def _moment(said: Mapping[str, Any], where: str) -> str:
    """What happens at this moment: the one verb it has."""
    verbs = [verb for verb in MOMENTS if verb in said]
    if len(verbs) != 1:
        raise Unreadable(f"{where}: each moment is one of {', '.join(MOMENTS)}")
    _only(said, {verbs[0]} | MOMENTS[verbs[0]], f"{where}: {verbs[0]}")
    return verbs[0]


def _only(said: Mapping[str, Any], known: Any, where: str) -> None:
    if unknown := sorted(set(said) - set(known)):
        raise Unreadable(f"{where}: nobody reads {', '.join(unknown)}")


# ---- a case is lived through --------------------------------------------------------------------


@dataclass
class Lived:
    """What became of a case. `now`: the last instant that it names."""

    rules: Rules
    case: LawCase
    raw: dict[str, Any]
    facts: dict[str, Any]
    problems: list[Problem]
    received: datetime
    now: datetime
    application: Application
    instants: list[datetime] = field(default_factory=list)
    answered_in_time: bool | None = None
    answer_by: date | None = None
    decided_at: datetime | None = None

    @property
    def day(self) -> date:
        return self.rules.calendar.local_day(self.received)

    @property
    def measures(self):
        return self.rules.measures(self.facts, self.day)

    def assessment(self) -> Assessment:
        return decision.assess(
            self.rules.service, self.facts, self.application.checks, self.rules.parameters, self.day
        )

    def terms(self, now: datetime | None = None) -> list[TermDue]:
        return terms(self.application, self.rules, now or self.now)

    def let(self, happening: Happening, at: datetime) -> None:
        for event in chain(self.application, [happening], at, OFFICER):
            self.application = apply(self.application, event)


def live(case: LawCase) -> Lived:
    given = case.given
    rules = definitions.rules(case.service, given["region"])
    received = _instant(given["received"], rules)
    lived = _filed(case, rules, received)
    if lived.problems:
        return lived
    moments = [(_moment(said, case.name), said) for said in case.when]
    if not moments or moments[0][0] != "checked":
        moments.insert(0, ("checked", {"checked": given["received"]}))
    for verb, said in moments:
        at = _instant(said[verb], rules)
        if at < lived.now:
            raise Unreadable(f"{case.name}: {verb} is out of order")
        lived.now = at
        lived.instants.append(at)
        _HAPPENS[verb](lived, said, at)
    return lived


def _instant(local: Any, rules: Rules) -> datetime:
    if not isinstance(local, datetime) or local.tzinfo is not None:
        raise Unreadable(f"{local} is no local date and time")
    return local.replace(tzinfo=rules.calendar.region.zone)


def _filed(case: LawCase, rules: Rules, received: datetime) -> Lived:
    given, day = case.given, rules.calendar.local_day(received)
    typed = _typed(given.get("form", {}))
    if given.get("form_is_complete"):
        raw = typed
    else:
        left_out = dict.fromkeys(given.get("without", ()))
        raw = example_form(rules.service, day, **(typed | left_out))
    facts, problems = form.check_form(rules.service, raw, day)
    lived = Lived(
        rules, case, raw, facts, problems, received, received, Application(number_from(1))
    )
    lived.instants.append(received)
    if not problems:
        _register(lived)
    return lived


def _typed(said: Any) -> Any:
    """A date of the case, as people type it."""
    if isinstance(said, Mapping):
        return {name: _typed(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_typed(value) for value in said]
    return f"{said:%d.%m.%Y}" if isinstance(said, date) else said


def _register(lived: Lived) -> None:
    service = lived.rules.service
    known = {check.name for check in service.checks_needed(lived.facts, lived.measures)}
    named = {*lived.case.given.get("mismatched", {}), *lived.case.given.get("silent", ())}
    if strange := sorted(named - known):
        raise Unreadable(f"{lived.case.name}: no such check is made: {', '.join(strange)}")
    begun = {"service": service.id, "service_version": service.version}
    lived.let(Happening("drafted", begun), lived.received)
    for document in service.documents_needed(lived.facts, lived.measures):
        uploaded = {"document": document.kind, "kind": document.kind, "sha256": "0" * 64}
        lived.let(Happening("document_accepted", uploaded), lived.received)
    submitted = {
        "form": form.digest(form.to_json(lived.facts)),
        "priority": service.priority_of(lived.facts, lived.measures),
        "checks": [c.name for c in service.checks_needed(lived.facts, lived.measures)],
    }
    lived.let(Happening("submitted", submitted), lived.received)


def _checked(lived: Lived, _: Mapping[str, Any], at: datetime) -> None:
    mismatched, silent = (lived.case.given.get(key, {}) for key in ("mismatched", "silent"))
    for name in lived.application.open_checks:
        if name in silent:
            continue
        fields = list(mismatched.get(name, ()))
        outcome = "mismatched" if name in mismatched else "matched"
        reply = {"check": name, "outcome": outcome, "fields": fields}
        lived.let(Happening("registry_replied", reply), at)
    if silent:
        lived.let(Happening("registries_given_up", {"checks": list(silent)}), at)


def _documents_checked(lived: Lived, _: Mapping[str, Any], at: datetime) -> None:
    """An expert finds every document that awaits him conforming."""
    for id_, document in document_check.awaiting(lived.application, lived.rules.service).items():
        verdict = {"document": id_, "kind": document.kind, "verdict": "conforming", "defects": []}
        lived.let(Happening("document_checked", verdict), at)


def _asked(lived: Lived, said: Mapping[str, Any], at: datetime) -> None:
    gaps = [Gap("unclear", field=name) for name in said.get("fields", ())]
    gaps += [Gap("missing", document=kind) for kind in said.get("documents", ())]
    case = Case(lived.application, form.to_json(lived.facts))
    change = actions.ask(case, lived.rules, OFFICER, gaps, None)
    for happening in change.happenings:
        lived.let(happening, at)
    too_late = answer_due(lived.application.question, lived.rules)
    lived.answer_by = lived.rules.calendar.local_day(too_late - datetime.resolution)


def _answered(lived: Lived, _: Mapping[str, Any], at: datetime) -> None:
    question = lived.application.question
    if question is None:
        raise Unreadable(f"{lived.case.name}: answered, but nothing was asked")
    lived.answered_in_time = at < answer_due(question, lived.rules)
    if lived.answered_in_time:
        data = {"form": lived.application.form, "fields": [], "recheck": [], "dropped": []}
        lived.let(Happening("answered", data), at)


def _decided(lived: Lived, _: Mapping[str, Any], at: datetime) -> None:
    if lived.application.question is not None:
        raise Unreadable(f"{lived.case.name}: nobody decides while a question is open")
    lived.decided_at = at
    data = {"outcome": "approved", "reasons": [], "departs": False, "officer": OFFICER}
    lived.let(Happening("decided", data), at)


def _looked_at(lived: Lived, _: Mapping[str, Any], at: datetime) -> None:
    """Nothing happens; the clock is read."""


_HAPPENS: dict[str, Callable[[Lived, Mapping[str, Any], datetime], None]] = {
    "checked": _checked,
    "documents_checked": _documents_checked,
    "asked": _asked,
    "answered": _answered,
    "decided": _decided,
    "looked_at": _looked_at,
}


# ---- what is seen, in the words of the case -----------------------------------------------------


def seen(lived: Lived, key: str, expected: Any) -> Any:
    """What the case's own words for `key` would be. `expected` says what is asked for in part."""
    return SEEN[key](lived, expected)


def plain(value: Any) -> str:
    if value is None:
        return NOTHING
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def readable(text: str) -> str:
    """With ordinary spaces, as a case is typed."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def _problems(lived: Lived, _: Any) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for problem in lived.problems:
        found.setdefault(problem.field, []).append(problem.code)
    return {name: codes[0] if len(codes) == 1 else codes for name, codes in found.items()}


def _rules(lived: Lived, *, holding: bool) -> list[str]:
    return [rule.name for rule in lived.assessment().rules if rule.holds is holding]


def _rule(lived: Lived, name: str) -> RuleResult:
    rules = {rule.name: rule for rule in lived.assessment().rules}
    if name not in rules:
        raise Unreadable(f"{lived.case.name}: no rule {name}; there are {', '.join(rules)}")
    return rules[name]


def _fragments(text: str, expected: Any) -> Any:
    """The expectation itself where the text has it, else the text, to be read in the failure."""
    wanted = [expected] if isinstance(expected, str) else expected
    return expected if all(part in readable(text) for part in wanted) else readable(text)


def _explains(lived: Lived, expected: Mapping[str, Any]) -> dict[str, Any]:
    return {n: _fragments(_rule(lived, n).explanation, text) for n, text in expected.items()}


def _compares(lived: Lived, expected: Mapping[str, Any]) -> dict[str, Any]:
    shown = {}
    for name, asked in expected.items():
        comparison = next(iter(_rule(lived, name).comparisons))
        whole = {"value": plain(comparison.value), "bound": plain(comparison.bound)}
        _only(asked, whole, f"{lived.case.name}: compares")
        shown[name] = {key: whole[key] for key in asked}
    return shown


def _changes(lived: Lived, expected: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    turns = lived.assessment().counterfactual
    asked = [*expected, *({} for _ in turns[len(expected) :])]
    return [_turn(lived, turn, said) for turn, said in zip(turns, asked, strict=False)]


def _turn(lived: Lived, turn: Turn, said: Mapping[str, Any]) -> dict[str, Any]:
    whole = {"rule": turn.rule, "needed": turn.needed, "from": plain(turn.value)}
    whole |= {"to": plain(turn.to)}
    _only(said, {*whole, "text"}, f"{lived.case.name}: changes")
    shown = {key: whole[key] for key in {"rule", *said} - {"text"}}
    return shown | ({"text": _fragments(turn.text, said["text"])} if "text" in said else {})


def _amount(lived: Lived, attribute: str) -> Any:
    amount = lived.assessment().amount
    return NOTHING if amount is None else getattr(amount, attribute)


def _working(lived: Lived, _: Any) -> list[str]:
    amount = lived.assessment().amount
    return [readable(line) for line in amount.working] if amount else []


def _measures(lived: Lived, expected: Mapping[str, Any]) -> dict[str, str]:
    return {name: plain(lived.measures[name]) for name in expected}


def _circumstances(lived: Lived, _: Any) -> list[str]:
    weighed = lived.assessment().circumstances
    return [c.name for c in lived.rules.service.circumstances if c.title in weighed]


def _fee(lived: Lived, _: Any) -> str:
    fee = lived.rules.service.fee
    if fee is None or not holds(fee.when, lived.facts, lived.measures):
        return NOTHING
    return plain(lived.rules.parameters.figure(fee.amount, lived.day).amount)


def _due(lived: Lived, expected: Mapping[str, Any]) -> dict[str, dict[str, date]]:
    shown: dict[str, dict[str, date]] = {name: {} for name in expected}
    for term in lived.terms():
        if term.kind in expected.get(term.name, {}):
            shown[term.name][term.kind] = term.proven.due_day
    return shown


def _missed(lived: Lived, _: Any) -> list[str]:
    at = lived.decided_at or lived.now
    return [f"{term.name}.{term.kind}" for term in lived.terms(at) if term.is_missed(at)]


SEEN: dict[str, Callable[[Lived, Any], Any]] = {
    "problems": _problems,
    "outcome": lambda lived, _: lived.assessment().outcome,
    "reasons": lambda lived, _: [reason.code for reason in lived.assessment().reasons],
    "holds": lambda lived, _: _rules(lived, holding=True),
    "fails": lambda lived, _: _rules(lived, holding=False),
    "explains": _explains,
    "compares": _compares,
    "changes": _changes,
    "amount": lambda lived, _: plain(_amount(lived, "rubles")),
    "schedule": lambda lived, _: str(_amount(lived, "schedule")),
    "working": _working,
    "measures": _measures,
    "circumstances": _circumstances,
    "priority": lambda lived, _: lived.application.priority or NOTHING,
    "documents": lambda lived, _: [
        d.kind for d in lived.rules.service.documents_needed(lived.facts, lived.measures)
    ],
    "checks": lambda lived, _: [
        c.name for c in lived.rules.service.checks_needed(lived.facts, lived.measures)
    ],
    "fee": _fee,
    "due": _due,
    "stopped": lambda lived, _: [
        f"{term.name}.{term.kind}" for term in lived.terms() if term.proven.paused
    ],
    "missed": _missed,
    "answer_by": lambda lived, _: lived.answer_by,
    "answer": lambda lived, _: {True: "in_time", False: "too_late", None: NOTHING}[
        lived.answered_in_time
    ],
}


# ---- a boundary is where the case says it is ----------------------------------------------------


def _dates(value: Any) -> Iterator[date]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _dates(part)
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _dates(part)
    elif isinstance(value, date):
        yield value


def _is_equal(lived: Lived) -> bool:
    compared = [c for rule in lived.assessment().rules for c in rule.comparisons]
    return _step_begins(lived) or any(
        c.value is not None
        and (
            (c.test in ("at_most", "at_least") and c.value == c.bound)
            or (c.test.startswith("age_") and years_between(c.value, lived.day) == c.bound)
        )
        for c in compared
    )


def _step_begins(lived: Lived) -> bool:
    """Whether a measure that what is paid rests on is equal to a bound it goes by."""
    measures = lived.measures
    conditions = (c for m in lived.rules.service.measures.values() for _, c in m.conditions())
    compared = ((c.measure, bound_of(c.comparison()[1], measures)) for c in conditions if c.measure)
    return any(measures[name] is not None and measures[name] == bound for name, bound in compared)


def _has_birthday(lived: Lived) -> bool:
    today = (lived.day.month, lived.day.day)
    return any((found.month, found.day) == today for found in _dates(lived.facts))


def _meets_a_holiday(lived: Lived) -> bool:
    codes = {line.code for term in lived.terms() for line in term.proven.ledger}
    return bool(codes & {"holiday", "regional", "transferred", "rolled"})


def _meets_leap_day(lived: Lived) -> bool:
    days = [*_dates(lived.facts), *(at.date() for at in lived.instants)]
    days += [term.proven.due_day for term in lived.terms()]
    return any((day.month, day.day) == (2, 29) for day in days)


AT_BOUNDARY: dict[str, Callable[[Lived], bool]] = {
    "equal_to_limit": _is_equal,
    "last_minute": lambda lived: any((a.hour, a.minute) == (23, 59) for a in lived.instants),
    "leap_day": _meets_leap_day,
    "birthday": _has_birthday,
    "holiday": _meets_a_holiday,
}
