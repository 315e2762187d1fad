"""Rules -> reasons -> a proposed outcome, each compared figure shown, and the counterfactual.

The rules propose; an officer decides (D9). Every reason names what was compared with what and from
which source, and a refusal tells the smallest change that would turn it, where one exists.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from casework.application import CheckState
from casework.condition import Condition, Facts, bound_of, holds
from casework.measures import Measures
from casework.parameters import Parameters
from casework.service import Cause, Ground, RefusalReason, ServiceDefinition

APPROVED, REFUSED = "approved", "refused"
NARROW_SPACE = "\u202f"
DISAGREES = "Сведения расходятся с государственным реестром: {checks}."
MUST_AGREE = "Нужно, чтобы государственный реестр подтвердил сведения: {checks}."


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value` of the named field or measure against `bound` ("at_most", "at_least", "in", ...)."""

    subject: str
    test: str
    value: Any
    bound: Any
    holds: bool


@dataclass(frozen=True, slots=True)
class GroundResult:
    name: str
    title: str
    source: str
    holds: bool
    comparisons: tuple[Comparison, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A change that would turn a refusal. For a figure: `subject` must go from `value` to `to`."""

    ground: str
    text: str
    subject: str | None = None
    value: Decimal | None = None
    to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    title: str
    mend: str


@dataclass(frozen=True, slots=True)
class Assessment:
    outcome: str
    grounds: tuple[GroundResult, ...]
    reasons: tuple[Reason, ...]
    counterfactual: tuple[Turn, ...]
    circumstances: tuple[str, ...]
    measures: Mapping[str, Any]
    sources: Mapping[str, str]


def assess(
    service: ServiceDefinition,
    facts: Facts,
    checks: Mapping[str, CheckState],
    parameters: Parameters,
    day: date,
) -> Assessment:
    """What the rules propose for an application received on `day`."""
    measures = Measures(facts, parameters, day)
    contradicted = {name for name, check in checks.items() if check.state == "mismatched"}
    against = {g.name: _contradictions(service, g, contradicted) for g in service.grounds}
    grounds = tuple(_try(g, facts, measures, against[g.name]) for g in service.grounds)
    supported = any(ground.holds for ground in grounds)
    reasons = tuple(_reasons(service, supported, contradicted))
    return Assessment(
        outcome=REFUSED if reasons else APPROVED,
        grounds=grounds,
        reasons=reasons,
        counterfactual=() if supported else _turns(service, facts, measures, against),
        circumstances=tuple(
            c.title for c in service.circumstances if holds(c.when, facts, measures)
        ),
        measures=measures,
        sources=_sources(parameters, measures, day),
    )


def reason(refusal: RefusalReason) -> Reason:
    return Reason(refusal.code, refusal.title, refusal.mend)


def rubles(amount: Decimal) -> str:
    """12 345,67 with a narrow no-break space, as Russian letters write it."""
    return f"{amount:,.2f}".replace(",", NARROW_SPACE).replace(".", ",")


def _contradictions(service: ServiceDefinition, ground: Ground, contradicted: set[str]) -> str:
    """Titles of the registry checks that contradict the ground."""
    return ", ".join(c.title for c in service.checks if c.name in contradicted & set(ground.checks))


def _try(ground: Ground, facts: Facts, measures: Facts, against: str) -> GroundResult:
    fits = holds(ground.when, facts, measures)
    told = "" if fits else _told(ground.refusal, ground, measures)
    return GroundResult(
        ground.name,
        ground.title,
        ground.source,
        fits and not against,
        tuple(_comparisons(ground.when, facts, measures)),
        _with_registry(told, DISAGREES, against) or ground.title,
    )


def _with_registry(told: str, sentence: str, against: str) -> str:
    """What the rule says, and what the registry says, where each says anything."""
    return " ".join(filter(None, (told, sentence.format(checks=against) if against else "")))


def _comparisons(condition: Condition, facts: Facts, measures: Facts) -> Iterator[Comparison]:
    for part in condition.parts():
        yield from _comparisons(part, facts, measures)
    subject = condition.field or condition.measure
    if subject is None:
        return
    value = facts.get(subject) if condition.field else measures.get(subject)
    test, bound = condition.comparison()
    bound = bound_of(bound, measures) if test in ("at_most", "at_least") else bound
    yield Comparison(subject, test, value, bound, holds(condition, facts, measures))


def _reasons(
    service: ServiceDefinition, supported: bool, contradicted: set[str]
) -> Iterator[Reason]:
    if not supported:
        yield reason(service.refusal_for(Cause.NO_GROUND))
    for refusal in service.refusals:
        if refusal.check in contradicted:
            yield reason(refusal)


def _turns(
    service: ServiceDefinition, facts: Facts, measures: Facts, against: Mapping[str, str]
) -> tuple[Turn, ...]:
    turns = [_turn(ground, facts, measures, against[ground.name]) for ground in service.grounds]
    return tuple(sorted(turns, key=lambda turn: turn.to is None))  # what can be counted goes first


def _turn(ground: Ground, facts: Facts, measures: Facts, against: str) -> Turn:
    """A figure that is good as it is needs no change, only the registry's agreement."""
    if holds(ground.when, facts, measures):
        return Turn(ground.name, _with_registry("", MUST_AGREE, against))
    text = _with_registry(_told(ground.change, ground, measures), MUST_AGREE, against)
    return Turn(ground.name, text, *(_figure(ground, measures) or ()))


def _figure(ground: Ground, measures: Facts) -> tuple[str, Decimal, Decimal] | None:
    """(measure, its value, the bound it misses) of a ground that is one comparison of figures."""
    when = ground.when
    if when.measure is None or (when.at_most is None and when.at_least is None):
        return None
    _, bound = when.comparison()
    value, to = measures.get(when.measure), bound_of(bound, measures)
    return None if value is None or to is None else (when.measure, value, to)


def _told(text: str, ground: Ground, measures: Facts) -> str:
    shown = {
        name: rubles(value) if isinstance(value, Decimal) else value
        for name, value in measures.items()
    }
    if figure := _figure(ground, measures):
        _, value, to = figure
        shown["difference"] = rubles(abs(Decimal(value) - to))
    return text.format(**shown)


def _sources(parameters: Parameters, measures: Facts, day: date) -> dict[str, str]:
    return {
        "subsistence_minimum": parameters.subsistence_minimum(day).source,
        "household_coefficient": parameters.household_coefficient(
            measures["family_size"], day
        ).source,
    }
