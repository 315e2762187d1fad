"""May I apply? The rules of a service, asked of a few answers before anything is filled in.

The questions are those fields that the rules rest on; a figure that is reckoned from many answers
(the income of a family) is asked for as it is. They are asked one after the other, and no more than
the rules still need. What registries and officers find later is told as not known yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from casework import form
from casework.condition import Condition, holds
from casework.decision import Assessment, assess
from casework.errors import Problem
from casework.fields import FieldType, FormField
from casework.measures import Count, Measure, Measures, MeasureUnit, Sum, Value
from casework.parameters import Parameters
from casework.service import Rule, ServiceDefinition

ASKED_OF = "measure_"  # how the names of questions for figures begin
FORESEEN = frozenset({
    FieldType.CHOICE, FieldType.YES_NO, FieldType.DATE, FieldType.DATE_AHEAD,
    FieldType.NUMBER, FieldType.MONEY,
})  # fmt: skip
"""What is asked beforehand; words and documents are looked at when they are there."""


@dataclass(frozen=True, slots=True)
class Foresight:
    """`asked`: the questions answered so far; `next`: the one to answer now, None when no more is
    needed; `assessment`: what the rules say of that, None until then, and where no rule can be
    tried; `later`: titles of what is decided only after submission; `problems`: of the answers."""

    asked: tuple[FormField, ...]
    next: FormField | None
    assessment: Assessment | None
    later: tuple[str, ...]
    problems: tuple[Problem, ...]


def foresee(
    service: ServiceDefinition, answers: Mapping[str, Any], parameters: Parameters, day: date
) -> Foresight:
    """What the rules say of these answers; those to questions that are not asked do not count."""
    plain = _plain(service)
    asking = _Asking(plain, answers, parameters, day)
    tried: list[Rule] = []
    untold: list[Rule] = []
    for rule in plain.rules:
        found = asking.holds(rule.when) if rule.when else UNTOLD
        if found.next:
            return asking.waits_for(found.next)
        (untold if found.fits is None else tried).append(rule)
        if found.fits is (rule in plain.grounds):
            break  # a requirement that fails, or a ground that holds: no more is needed
    return asking.ended(tried, untold)


class Tried(NamedTuple):
    """`fits`: None while it is not known; `next`: the question that would tell, if any would."""

    fits: bool | None
    next: FormField | None = None


UNTOLD = Tried(None)


def _plain(service: ServiceDefinition) -> ServiceDefinition:
    """The same rules over fewer questions: a figure made of many answers is asked for as it is."""
    asked = {name: m for name, m in service.measures.items() if isinstance(m, Sum | Count)}
    figures = tuple(_figure_asked(name, measure) for name, measure in asked.items())
    values = {
        name: Value(title=measure.title, unit=measure.unit, value=ASKED_OF + name)
        for name, measure in asked.items()
    }
    fields = tuple(field for field in service.fields if field.type in FORESEEN)
    changed = {"fields": (*fields, *figures), "measures": {**service.measures, **values}}
    return service.model_copy(update=changed)


def _figure_asked(name: str, measure: Measure) -> FormField:
    money = measure.unit is MeasureUnit.RUBLES
    kind = FieldType.MONEY if money else FieldType.NUMBER
    return FormField(name=ASKED_OF + name, title=measure.title, type=kind)


class _Asking:
    """One look at the answers. Questions come up as the rules need them."""

    def __init__(
        self,
        service: ServiceDefinition,
        answers: Mapping[str, Any],
        parameters: Parameters,
        day: date,
    ) -> None:
        self._service = service
        self._fields = {field.name: field for field in service.fields}
        said = {name: value for name, value in answers.items() if name in self._fields}
        anyhow = tuple(
            field.model_copy(update={"when": None, "required": False}) for field in service.fields
        )
        self._passed_over = {f.name for f in service.fields if not f.required and f.name in said}
        self._facts, problems = form.check_fields(anyhow, said, day)
        self._problems = tuple(problems)
        self._parameters = parameters
        self._day = day
        self._asked: dict[str, FormField] = {}

    # ---- what comes of it -----------------------------------------------------------------------

    def waits_for(self, question: FormField) -> Foresight:
        problems = tuple(p for p in self._problems if p.field == question.name)
        return Foresight(self._answered, question, None, (), problems)

    def ended(self, tried: list[Rule], untold: list[Rule]) -> Foresight:
        names = {rule.name for rule in tried}
        known = self._service.model_copy(
            update={
                part: tuple(r for r in getattr(self._service, part) if r.name in names)
                for part in ("requirements", "grounds")
            }
        )
        found = assess(known, self._facts, {}, self._parameters, self._day) if tried else None
        return Foresight(self._answered, None, found, tuple(self._later(untold)), ())

    @property
    def _answered(self) -> tuple[FormField, ...]:
        return tuple(self._asked.values())

    def _later(self, untold: list[Rule]) -> Iterator[str]:
        yield from (rule.title for rule in untold)
        titles = {rule.title for rule in untold}
        yield from (c.title for c in self._service.checks if c.title not in titles)

    # ---- what is known --------------------------------------------------------------------------

    def holds(self, said: Condition) -> Tried:
        if said.all is not None:
            return self._together(said.all, decisive=False)
        if said.any is not None:
            return self._together(said.any, decisive=True)
        if said.not_ is not None:
            found = self.holds(said.not_)
            return found if found.fits is None else Tried(not found.fits)
        needed = self._field(said.field) if said.field else self._measured(said)
        if needed is not None:
            return needed
        measures = self._measures()
        fits = measures.if_known(lambda: holds(said, self._facts, measures))
        return Tried(fits)

    def _together(self, parts: tuple[Condition, ...], *, decisive: bool) -> Tried:
        """One part that is `decisive` settles it; else the first that is not known."""
        found = []
        for part in parts:
            tried = self.holds(part)
            if tried.fits is decisive or tried.next:
                return tried
            found.append(tried)
        return UNTOLD if UNTOLD in found else Tried(not decisive)

    def _field(self, name: str) -> Tried | None:
        """What keeps the field from being known; None when it is answered, or is not asked."""
        field = self._fields.get(name)
        if field is None:
            return UNTOLD
        if field.when and name not in self._facts:
            asked = self.holds(field.when)
            if not asked.fits:
                return asked if asked.fits is None else None
        wrong = any(problem.field == name for problem in self._problems)
        if name in self._facts or (name in self._passed_over and not wrong):
            self._asked[name] = field
            return None
        return Tried(None, field)

    def _measured(self, said: Condition) -> Tried | None:
        for name in said.measures():
            if found := self._measure(name):
                return found
        return None

    def _measure(self, name: str) -> Tried | None:
        measure = self._service.measures[name]
        for path in measure.paths():
            if found := self._field(path):
                return found
        if branches := getattr(measure, "first_of", None):
            return self._first_of(branches, measure.otherwise)
        for operand in measure.operands():
            if found := self._measure(operand):
                return found
        return None

    def _first_of(self, branches: tuple[Any, ...], otherwise: Any) -> Tried | None:
        """Only the branch that is taken is asked about."""
        taken = otherwise
        for branch in branches:
            found = self.holds(branch.when)
            if found.fits is None:
                return found
            if found.fits:
                taken = branch.take
                break
        return self._measure(taken) if isinstance(taken, str) else None

    def _measures(self) -> Measures:
        return Measures(self._service.measures, self._facts, self._parameters, self._day)
