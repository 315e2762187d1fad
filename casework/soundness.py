"""What is wrong with a service file that holds together: what cannot happen, or always does.

Whether a condition can hold is found by trying it on made-up answers: for each field it reads, and
for each that decides whether that one is asked at all, every option that is named and one that is
not, yes and no, figures and days on either side of every bound. Measures are tried as if they were
free, so what is told here is certain, and what cannot be told within the bound is left alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, islice, product
from typing import Any, NamedTuple

from casework.condition import Condition, Facts, holds
from casework.contradictions import Contradiction, Place
from casework.deadline import Length, OnQuestion, Unit, is_longer
from casework.fields import DATE_TYPES, NUMBER_TYPES, YES_NO_TYPES, FieldType, FormField
from casework.measures import KOPECK, Count, DatedFigure, Measure, MeasureUnit
from casework.parameters import ParameterFile
from casework.service import Lengths, Milestone, ServiceDefinition, Term

TRIES = 20_000
"""Made-up forms that one condition is tried on."""
MEMBERS_TRIED = 24
"""Made-up members of a group, of which none, one, or two are tried together."""

NEVER = "nothing can ever satisfy this condition, as the fields are asked: correct or remove it"
ALWAYS = "this condition always holds, whatever is answered: leave it out"


def timing_and_figures(
    service: ServiceDefinition, figures: ParameterFile
) -> Iterator[Contradiction]:
    """Terms that contradict one another, and figures that nobody knows."""
    yield from _of_figures(service, figures)
    for at, term in enumerate(service.terms):
        yield from (found.under("terms", at) for found in _of_term(term, service))
    yield from _of_waits(service)
    yield from _of_appeal(service)
    yield from _of_registries(service)


def conditions_that_never_change(service: ServiceDefinition, day: date) -> Iterator[Contradiction]:
    """Conditions that can never hold, or always do, for somebody who applies on `day`."""
    form = _Form(service.fields, service.measures, day)
    yield from _of_fields(service, form)
    yield from _of_parts(service, form)
    yield from _of_rules(service, form)
    yield from _of_measures(service, form)


# ---- terms ---------------------------------------------------------------------------------------


def _of_term(term: Term, service: ServiceDefinition) -> Iterator[Contradiction]:
    ordinary = dict(term.kinds())
    for kind, length in (term.priority or Lengths()).kinds():
        if kind in ordinary and is_longer(length, ordinary[kind]):
            problem = f"{term.name}: the {kind} of a priority is longer than the ordinary one"
            yield Contradiction(("priority", kind), problem)
    if term.priority and not service.priorities:
        problem = f"{term.name}: nobody has a priority: name its categories in [[priorities]]"
        yield Contradiction(("priority",), problem)
    if term.extension is None:
        return
    if not service.documents:
        problem = f"{term.name}: an extension nobody can use: the service asks for no documents"
        yield Contradiction(("extension",), problem)
    if term.name != "decision":
        problem = f"{term.name}: an extension nobody can use: only the term named decision has one"
        yield Contradiction(("extension",), problem)
    if term.since is Milestone.DECIDED:
        problem = f"{term.name}: an extension nobody can use: nothing is asked after the decision"
        yield Contradiction(("extension",), problem)


def _of_waits(service: ServiceDefinition) -> Iterator[Contradiction]:
    clarification, checking = service.clarification, service.checking
    if _reaches(clarification.reminder, clarification.limit):
        problem = "the reminder does not come before the limit: nobody would be reminded in time"
        yield Contradiction(("clarification", "reminder"), problem)
    if _reaches(checking.ask_again, checking.patience):
        problem = "the registries would be given up before they are asked again"
        yield Contradiction(("checking", "ask_again"), problem)
    decision = next((term for term in service.terms if term.name == "decision"), None)
    if decision is None:
        return
    for lengths in (decision, decision.priority):
        if lengths and lengths.promise and is_longer(service.marks.reminder, lengths.promise):
            problem = "the officer would be reminded before the application is there"
            yield Contradiction(("marks", "reminder"), problem)
        submitted = decision.since is Milestone.SUBMITTED
        if submitted and lengths and lengths.limit and is_longer(checking.patience, lengths.limit):
            problem = "the decision is due before the registries are given up"
            yield Contradiction(("checking", "patience"), problem)
    stopped = decision.on_question is not OnQuestion.RUN_ON
    if not stopped and decision.limit and is_longer(clarification.limit, decision.limit):
        problem = "the decision is due before a question has to be answered"
        yield Contradiction(("clarification", "limit"), problem)


def _reaches(length: Length, other: Length) -> bool:
    """For certain: it is as long as the other, or longer."""
    return length == other or is_longer(length, other)


_DAYS = re.compile(
    r"(\d+)\s+(рабочих\s+|календарных\s+)?(?:дн|ден|день|сут)\w*\s+(?:со дня|после)", re.IGNORECASE
)
_KIND_OF_DAYS = {Unit.WORKING_DAYS: "рабочих", Unit.CALENDAR_DAYS: "календарных"}


def _of_appeal(service: ServiceDefinition) -> Iterator[Contradiction]:
    """The text that people read names the term that is counted."""
    within: Length = service.appeal.within
    for amount, kind in _DAYS.findall(service.appeal.text):
        if kind.strip().lower() not in ("", _KIND_OF_DAYS.get(within.unit, "")):
            problem = f"the text says {kind.strip()} days, and `within` {within.unit}"
            yield Contradiction(("appeal", "text"), problem)
        elif int(amount) == within.amount:
            return
    if told := _DAYS.search(service.appeal.text):
        problem = f"the text says {told[1]} days, and `within` {within.amount}"
        yield Contradiction(("appeal", "text"), problem)


# ---- figures and registries ----------------------------------------------------------------------


def _of_figures(service: ServiceDefinition, file: ParameterFile) -> Iterator[Contradiction]:
    """Every figure that is named is known; one that goes by household size is asked for by it."""
    by_size = {figure.name: figure.size is not None for figure in file.figures}
    named: list[tuple[Place, str, bool]] = [
        (("measures", name, "figure"), measure.figure, measure.size is not None)
        for name, measure in service.measures.items()
        if isinstance(measure, DatedFigure)
    ]
    if service.fee:
        named.append((("fee", "amount"), service.fee.amount, False))
    for place, name, sized in named:
        if name not in by_size:
            problem = f"unknown figure: {name}; write it into services/parameters/figures.toml"
            yield Contradiction(place, problem, name, tuple(by_size))
        elif sized != by_size[name]:
            said = "goes by household size: name the measure that tells it in `size`"
            plain = "does not go by household size: leave `size` out"
            yield Contradiction(place, f"the figure {name} {said if by_size[name] else plain}")


def _of_registries(service: ServiceDefinition) -> Iterator[Contradiction]:
    """A check sends fields that somebody is asked for."""
    for at, check in enumerate(service.checks):
        if not check.fields:
            problem = f"{check.name}: a registry is asked about fields: name them"
            yield Contradiction(("checks", at, "fields"), problem)


# ---- conditions ----------------------------------------------------------------------------------


def _of_fields(service: ServiceDefinition, form: "_Form") -> Iterator[Contradiction]:
    for at, field in enumerate(service.fields):
        if field.when:
            yield from _judged(field.when, form, ("fields", at, "when"), always=ALWAYS)
        inner = form._replace(fields=field.fields)
        for position, member in enumerate(field.fields):
            if member.when:
                place = ("fields", at, "fields", position, "when")
                yield from _judged(member.when, inner, place, always=ALWAYS)


def _of_parts(service: ServiceDefinition, form: "_Form") -> Iterator[Contradiction]:
    for at, document in enumerate(service.documents):
        if document.when:
            never = f"{document.kind}: nobody is ever asked for this document; {NEVER}"
            yield from _judged(document.when, form, ("documents", at, "when"), never, ALWAYS)
    for part in ("checks", "priorities", "circumstances"):
        for at, entry in enumerate(getattr(service, part)):
            if entry.when:
                yield from _judged(entry.when, form, (part, at, "when"), always=ALWAYS)
    for at, outcome in enumerate(service.other_outcomes):
        yield from _judged(outcome.when, form, ("other_outcomes", at, "when"), always=ALWAYS)
    if service.fee and service.fee.when:
        yield from _judged(service.fee.when, form, ("fee", "when"), always=ALWAYS)


def _of_rules(service: ServiceDefinition, form: "_Form") -> Iterator[Contradiction]:
    for part in ("requirements", "grounds"):
        for at, rule in enumerate(getattr(service, part)):
            # One that always holds may still fall by what a registry says; and where it is the
            # only one, all is left to the officer.
            open_ = bool(rule.checks) or len(service.rules) == 1
            always = None if open_ else f"{rule.name}: refuses nobody; {ALWAYS}"
            if rule.when:
                yield from _judged(rule.when, form, (part, at, "when"), always=always)


def _of_measures(service: ServiceDefinition, form: "_Form") -> Iterator[Contradiction]:
    groups = {field.name: field.fields for field in service.fields}
    for name, measure in service.measures.items():
        for group, condition in measure.conditions():
            asked = form._replace(fields=groups.get(group, ())) if group else form
            yield from _judged(condition, asked, ("measures", name), always=None)


def _judged(
    condition: Condition, form: "_Form", place: Place, never: str = NEVER, always: str | None = None
) -> Iterator[Contradiction]:
    found = form.outcomes(condition)
    if found == {False}:
        yield Contradiction(place, never)
    elif found == {True} and always:
        yield Contradiction(place, always)


class _Possible(dict):
    """Made-up measures, and the day they are taken on."""

    def __init__(self, values: Mapping[str, Any], day: date) -> None:
        super().__init__(values)
        self.day = day


class _Form(NamedTuple):
    """The fields that conditions read, and what can be answered to them."""

    fields: Sequence[FormField]
    measures: Mapping[str, Measure]
    day: date

    def outcomes(self, condition: Condition) -> set[bool]:
        """Whether the condition can hold, and whether it can fail; both, when that is not known."""
        read = self._read(condition)
        every = [condition, *(field.when for field in read if field.when)]
        measured = list(dict.fromkeys(m for said in every for m in _measures_in(said)))
        bounds = _bounds(every, self.day)
        measures = product(*(self._values_of(name, bounds) for name in measured))
        found: set[bool] = set()
        tried = 0
        for taken in measures:
            possible = _Possible(dict(zip(measured, taken, strict=True)), self.day)
            for facts in self._answers(read, every, bounds):
                found.add(holds(condition, facts, possible))
                tried += 1
                if len(found) == 2 or tried > TRIES:
                    return {True, False}
        return found

    def _read(self, condition: Condition) -> list[FormField]:
        """The fields that the condition reads, and those that decide whether they are asked."""
        wanted, waiting = set(), list(condition.fields())
        known = {field.name: field for field in self.fields}
        while waiting:
            name = waiting.pop()
            if name in known and name not in wanted:
                wanted.add(name)
                waiting += known[name].when.fields() if known[name].when else ()
        return [field for field in self.fields if field.name in wanted]

    def _answers(
        self, read: Sequence[FormField], every: Sequence[Condition], bounds: "_Bounds"
    ) -> Iterator[Facts]:
        if not read:
            yield {}
            return
        *above, last = read
        for facts in self._answers(above, every, bounds):
            values = [None]
            if holds(last.when, facts):
                answers = self._answers_to(last, every, bounds)
                values = answers if last.required else [*answers, None]
            for value in values:
                yield facts if value is None else {**facts, last.name: value}

    def _answers_to(
        self, field: FormField, every: Sequence[Condition], bounds: "_Bounds"
    ) -> list[Any]:
        if field.type is FieldType.GROUP:
            return self._groups(field, every)
        if field.type in YES_NO_TYPES:
            return [True] if field.type is FieldType.CONSENT else [True, False]
        if field.type in NUMBER_TYPES:
            most = Decimal(10**12) if field.at_most is None else field.at_most
            figures = {*bounds.figures, Decimal(field.at_least), most}
            return sorted(figure for figure in figures if field.at_least <= figure <= most)
        if field.type in DATE_TYPES:
            return self._days(bounds, ahead=field.type is FieldType.DATE_AHEAD)
        named = _options_of(field.name, every)
        if field.type is not FieldType.CHOICE:
            return [*named, "другое"]
        options = [option.value for option in field.options]
        others = [option for option in options if option not in named]
        return [*(option for option in named if option in options), *others[:1]]

    def _days(self, bounds: "_Bounds", *, ahead: bool) -> list[date]:
        """A date that is to come is not before the day, another one not after it."""
        days = {*bounds.days, self.day, self.day + timedelta(9_999 if ahead else -30_000)}
        return sorted(day for day in days if day == self.day or (day > self.day) == ahead)

    def _groups(self, field: FormField, every: Sequence[Condition]) -> list[Any]:
        """Nobody, each made-up member alone, and any two of them."""
        asked = [part.some for said in every for part in _parts(said) if _is_about(part, field)]
        inner = _Form(field.fields, self.measures, self.day)
        bounds, read = _bounds(asked, self.day), {}
        for condition in asked:
            read |= {member.name: member for member in inner._read(condition)}
        ordered = [member for member in field.fields if member.name in read]
        members = list(islice(inner._answers(ordered, asked, bounds), MEMBERS_TRIED + 1))
        if len(members) > MEMBERS_TRIED:
            return _TOO_MANY
        nobody = () if field.required and field.at_least else ((),)
        return [*nobody, *((m,) for m in members), *combinations(members, 2)]

    def _values_of(self, measure: str, bounds: "_Bounds") -> list[Any]:
        figures = sorted({*bounds.figures, Decimal(0), Decimal(10**9)})
        defined = self.measures.get(measure)
        if isinstance(defined, Count):
            least = 1 if defined.and_applicant is True else 0
            return [figure for figure in figures if figure >= least]
        positive = defined is not None and defined.unit is MeasureUnit.PEOPLE
        return [None, *(figure for figure in figures if figure >= 0 or not positive)]


_TOO_MANY: list[Any] = [()] * (TRIES + 2)
"""More groups than can be tried: the search gives up, and nothing is told."""


_BESIDE = (Decimal(-1), -KOPECK, Decimal(0), KOPECK, Decimal(1))


class _Bounds(NamedTuple):
    figures: frozenset[Decimal]
    days: frozenset[date]


def _bounds(every: Iterable[Condition], day: date) -> _Bounds:
    """Every bound that is named, and what is next to it on either side."""
    figures: set[Decimal] = set()
    days: set[date] = set()
    for part in (part for said in every for part in _parts(said)):
        for bound in (part.at_most, part.at_least):
            if isinstance(bound, date):
                days |= {bound + timedelta(shift) for shift in (-1, 0, 1)}
            elif isinstance(bound, Decimal):
                figures |= {bound + shift for shift in _BESIDE}
        for years in (part.age_at_least, part.age_under):
            if years is not None:
                birthday = date(day.year - years, day.month, min(day.day, 28))
                days |= {birthday + timedelta(shift) for shift in range(-1, 5)}
    return _Bounds(frozenset(figures), frozenset(days))


def _parts(condition: Condition) -> Iterator[Condition]:
    yield condition
    for part in condition.parts():
        yield from _parts(part)


def _measures_in(said: Condition) -> Iterator[str]:
    """The measures that it reads, also those that fields are compared with, and inside a group."""
    for part in _parts(said):
        yield from (part.measure,) if part.measure else ()
        yield from (bound for bound in (part.at_most, part.at_least) if isinstance(bound, str))
        yield from _measures_in(part.some) if part.some else ()


def _is_about(part: Condition, field: FormField) -> bool:
    return part.field == field.name and part.some is not None


def _options_of(name: str, every: Iterable[Condition]) -> list[str]:
    found: dict[str, None] = {}
    for part in (part for said in every for part in _parts(said)):
        if part.field == name:
            found |= dict.fromkeys(part.in_ or ())
            found |= dict.fromkeys((part.is_,) if isinstance(part.is_, str) else ())
    return list(found)
