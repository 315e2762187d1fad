"""Rules -> reasons -> a proposed outcome, each compared figure shown, and the counterfactual.

The rules propose; an officer decides (D9). Every reason names what was compared with what and from
which source, and a refusal tells the smallest change that would turn it, where one exists: every
requirement that fails must be mended, every registry that contradicts must come to agree, and one
ground must hold.

A figure that is not known harms only what compares with it: the outcome is still proposed where the
other rules give it, and is an error, never a guess, where they do not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from casework.application import CheckState
from casework.condition import Condition, Facts, holds
from casework.counterfactual import Move, Way, cost, smallest_way
from casework.measures import KOPECK, Measures, MeasureUnit, rubles
from casework.parameters import Parameters
from casework.service import Cause, FieldType, RefusalReason, Rule, ServiceDefinition

APPROVED, REFUSED = "approved", "refused"
DISAGREES = "Сведения расходятся с государственным реестром: {checks}."
MUST_AGREE = "Нужно, чтобы государственный реестр подтвердил сведения: {checks}."
MUST_BE = "«{title}» — сейчас {value}, а нужно {word} {to}."
NOT_TRIED = "Не проверено: не установлена величина, с которой нужно сравнить."


@dataclass(frozen=True, slots=True)
class Comparison:
    """`value` of the named field or measure against `bound` ("at_most", "at_least", "in", ...).
    `working`: how the value came about, where it was reckoned."""

    subject: str
    title: str
    test: str
    value: Any
    bound: Any
    holds: bool
    working: str = ""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """`required`: a requirement; otherwise one of the grounds, of which one is enough. `tried` is
    False where a figure is not known: then nobody can say whether it holds."""

    name: str
    title: str
    source: str
    required: bool
    holds: bool
    tried: bool
    comparisons: tuple[Comparison, ...]
    explanation: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A change that would turn a refusal. For a figure: `subject` must go from `value` to `to`.
    `rule`: the rule that it mends, or the reason; turns of one rule belong together. `needed`: it
    takes this one in any case; of the other rules one is enough, the smallest change goes first."""

    rule: str
    text: str
    needed: bool
    subject: str | None = None
    value: Decimal | None = None
    to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    title: str
    mend: str


@dataclass(frozen=True, slots=True)
class Amount:
    """What is paid, in rubles, and each step of how it was reckoned, the last one first."""

    rubles: Decimal
    schedule: str
    working: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessment:
    outcome: str
    rules: tuple[RuleResult, ...]
    reasons: tuple[Reason, ...]
    counterfactual: tuple[Turn, ...]
    circumstances: tuple[str, ...]
    amount: Amount | None
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
    measures = Measures(service.measures, facts, parameters, day)
    contradicted = {name for name, check in checks.items() if check.state == "mismatched"}
    case = _Case(service, facts, measures, contradicted)
    results = tuple(_try(rule, case) for rule in service.rules)
    fits = _fit(results, case)
    reasons = tuple(_reasons(service, fits, contradicted))
    weighed = tuple(c.title for c in service.circumstances if case.is_true(c.when))
    return Assessment(
        outcome=REFUSED if reasons else APPROVED,
        rules=results,
        reasons=reasons,
        counterfactual=_counterfactual(case, results, fits=fits),
        circumstances=weighed,
        amount=None if reasons else measures.if_known(lambda: _amount(service, measures)),
        measures=measures.taken(),
        sources={
            parameters.title(figure.name): figure.source for figure in measures.figures_used()
        },
    )


@dataclass(frozen=True, slots=True)
class _Case:
    service: ServiceDefinition
    facts: Facts
    measures: Measures
    contradicted: set[str]

    def against(self, rule: Rule) -> str:
        """Titles of the registry checks that contradict the rule."""
        against = self.contradicted & set(rule.checks)
        return ", ".join(check.title for check in self.service.checks if check.name in against)

    def is_true(self, condition: Condition | None) -> bool | None:
        """None when it takes a figure that is not known."""
        return self.measures.if_known(lambda: holds(condition, self.facts, self.measures))

    def step(self, comparison: Condition) -> Decimal | None:
        """The smallest difference between two values of what is compared."""
        if comparison.measure:
            unit = self.measures.unit(comparison.measure)
            return {MeasureUnit.RUBLES: KOPECK, MeasureUnit.NUMBER: None}.get(unit, Decimal(1))
        field = next(f for f in self.service.fields if f.name == comparison.field)
        return KOPECK if field.type is FieldType.MONEY else Decimal(1)

    def title(self, comparison: Condition) -> str:
        if comparison.measure:
            return self.measures.title(comparison.measure)
        return next(f.title for f in self.service.fields if f.name == comparison.field)

    def written(self, comparison: Condition, value: Decimal) -> str:
        if comparison.measure:
            return self.measures.written(comparison.measure, value)
        return rubles(Decimal(value))


def reason(refusal: RefusalReason) -> Reason:
    return Reason(refusal.code, refusal.title, refusal.mend)


def _try(rule: Rule, case: _Case) -> RuleResult:
    fits, against = case.is_true(rule.when), case.against(rule)
    fails = not fits or bool(against and rule.when is None)
    told = NOT_TRIED if fits is None else _told(rule.refusal, rule, case.measures) if fails else ""
    return RuleResult(
        rule.name,
        rule.title,
        rule.source,
        rule in case.service.requirements,
        bool(fits) and not against,
        fits is not None or bool(against),
        tuple(_comparisons(rule.when, case)),
        _with_registry(told, DISAGREES, against) or rule.title,
    )


def _fit(results: tuple[RuleResult, ...], case: _Case) -> bool:
    """Whether every requirement holds, and one of the grounds. Raises BadDefinition when that
    hangs on a rule that cannot be tried."""
    if _are_enough(results, lambda result: result.holds):
        return True
    if not _are_enough(results, lambda result: result.holds or not result.tried):
        return False
    untried = {result.name for result in results if not result.tried}
    return all(
        holds(rule.when, case.facts, case.measures)  # raises what kept it from being tried
        for rule in case.service.rules
        if rule.name in untried
    )


def _are_enough(results: tuple[RuleResult, ...], is_good: Callable[[RuleResult], bool]) -> bool:
    grounds = [result for result in results if not result.required]
    required = all(is_good(result) for result in results if result.required)
    return required and (not grounds or any(map(is_good, grounds)))


def _with_registry(told: str, sentence: str, against: str) -> str:
    """What the rule says, and what the registry says, where each says anything."""
    return " ".join(filter(None, (told, sentence.format(checks=against) if against else "")))


def _comparisons(condition: Condition | None, case: _Case) -> Iterator[Comparison]:
    if condition is None:
        return
    for part in condition.parts():
        yield from _comparisons(part, case)
    subject = condition.field or condition.measure
    if subject is None:
        return
    measures, (test, bound) = case.measures, condition.comparison()
    if test in ("at_most", "at_least"):
        bound = measures.known(bound) if isinstance(bound, str) else bound
    elif isinstance(bound, Condition):
        bound = bound.model_dump(mode="json", by_alias=True, exclude_none=True)
    value = measures.known(subject) if condition.measure else case.facts.get(subject)
    working = measures.working(subject) if condition.measure and value is not None else ""
    fits = bool(case.is_true(condition))
    yield Comparison(subject, case.title(condition), test, value, bound, fits, working)


def _reasons(service: ServiceDefinition, fits: bool, contradicted: set[str]) -> Iterator[Reason]:
    if not fits:
        yield reason(service.refusal_for(Cause.NO_GROUND))
    for refusal in service.refusals:
        if refusal.check in contradicted:
            yield reason(refusal)


def _counterfactual(
    case: _Case, results: tuple[RuleResult, ...], *, fits: bool
) -> tuple[Turn, ...]:
    """The smallest change, the alternatives to it last. Empty when nothing is to be turned, or a
    failing requirement cannot be mended by anything the person does."""
    failing = [rule for rule, r in zip(case.service.rules, results, strict=True) if not r.holds]
    required = [rule for rule in failing if rule in case.service.requirements]
    grounds = [] if fits else [rule for rule in failing if rule in case.service.grounds]
    if len(grounds) < len(case.service.grounds):
        grounds = []  # one of them holds
    offered = sorted(filter(None, (_way_out(rule, case) for rule in grounds)), key=lambda o: o.cost)
    needed = [_way_out(rule, case) for rule in required]
    if None in needed or (grounds and not offered):
        return ()
    turns = [turn for out in needed for turn in out.turns(needed=True)]
    turns += _settled(case, failing)
    return (*turns, *(turn for out in offered for turn in out.turns(needed=False)))


def _settled(case: _Case, failing: list[Rule]) -> list[Turn]:
    """What the registries contradict, beyond what the failing rules tell of themselves."""
    told = {check for rule in failing for check in rule.checks}
    return [
        Turn(refusal.code, refusal.mend, needed=True)
        for refusal in case.service.refusals
        if refusal.check in case.contradicted - told
    ]


@dataclass(frozen=True, slots=True)
class _WayOut:
    """How a failing rule is mended: in words, and the figures that must move."""

    rule: Rule
    text: str
    way: Way
    case: _Case

    @property
    def cost(self) -> tuple[int, int, Decimal]:
        unsettled, moves, distance = cost(self.way)
        return unsettled + (not self.way or bool(self.case.against(self.rule))), moves, distance

    def turns(self, *, needed: bool) -> Iterator[Turn]:
        figures = [move for move in self.way if move.to is not None]
        if len(self.way) == len(figures) == 1:
            yield Turn(self.rule.name, self.text, needed, *_figures_of(figures[0]))
            return
        yield Turn(self.rule.name, self.text, needed)
        for move in figures:
            yield Turn(self.rule.name, self._wanted(move), needed, *_figures_of(move))

    def _wanted(self, move: Move) -> str:
        said = move.comparison
        return MUST_BE.format(
            title=self.case.title(said),
            value=self.case.written(said, move.value),
            word="не больше" if move.to < move.value else "не меньше",
            to=self.case.written(said, move.to),
        )


def _figures_of(move: Move) -> tuple[str, Decimal, Decimal]:
    return move.subject, move.value, move.to


def _way_out(rule: Rule, case: _Case) -> _WayOut | None:
    """None when nothing the person can do mends the rule. A figure that is good as it is needs no
    change, only the registry's agreement."""
    against = case.against(rule)
    fits = case.is_true(rule.when)
    if fits and (rule.when is not None or rule.change is None):
        return _WayOut(rule, _with_registry("", MUST_AGREE, against), (), case)
    if fits is None or rule.change is None:
        return None
    text = _with_registry(_told(rule.change, rule, case.measures), MUST_AGREE, against)
    way = () if fits else smallest_way(rule.when, case.facts, case.measures, case.step)
    return _WayOut(rule, text, way, case)


def _told(text: str, rule: Rule, measures: Measures) -> str:
    shown = {name: measures.shown(name) for name in set(rule.placeholders()) & set(measures)}
    return text.format(**({"difference": _difference(rule, measures)} | shown))


def _difference(rule: Rule, measures: Measures) -> str:
    """By how much the figure of a rule that is one comparison of figures misses its bound."""
    if not rule.compares_figures:
        return ""
    _, bound = rule.when.comparison()
    value = measures.known(rule.when.measure)
    to = measures.known(bound) if isinstance(bound, str) else bound
    missing = None if value is None or to is None else abs(Decimal(value) - to)
    return measures.written(rule.when.measure, missing)


def _amount(service: ServiceDefinition, measures: Measures) -> Amount | None:
    payment = service.outcome_of(measures.facts).payment
    if payment is None or measures[payment.amount] is None:
        return None
    working = tuple(_steps(payment.amount, service, measures))
    return Amount(measures[payment.amount], payment.schedule, working)


def _steps(name: str, service: ServiceDefinition, measures: Measures) -> Iterator[str]:
    """ "Title: working = value" of the measure, then of every measure it was reckoned from."""
    seen, waiting = set(), [name]
    while waiting:
        name = waiting.pop(0)
        if name in seen or measures[name] is None:
            continue
        seen.add(name)
        working = measures.working(name)
        value = measures.shown_with_unit(name)
        yield (
            f"{measures.title(name)}: {working} = {value}"
            if working
            else f"{measures.title(name)}: {value}"
        )
        waiting.extend(service.measures[name].operands_used(measures))
