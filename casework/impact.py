"""What a changed service file would change for applications that are stored: nothing is written.

Applications keep the version they began under; this tells those who change a file what it will do
to the next ones, and what it would have done to these.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from casework import actions, form
from casework.application import Application, Stage
from casework.errors import InvalidForm, OporaError, Problem
from casework.ports import Case, Rules
from casework.review import terms

PASSED_OVER = frozenset({Stage.DRAFT, Stage.WITHDRAWN, Stage.EXPIRED})


class Difference(NamedTuple):
    """`what`: outcome, amount (rubles), promise or limit (days by which a decision is due)."""

    what: str
    before: Any
    after: Any


class Impact(NamedTuple):
    """`problems`: why the changed file would not accept the form, or cannot judge it."""

    number: str
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]


class _Seen(NamedTuple):
    outcome: str | None
    amount: Decimal | None
    promise: date | None
    limit: date | None


def impact(case: Case, before: Rules, after: Rules, now: datetime) -> Impact | None:
    """None when nothing would change. What was not submitted, or was withdrawn, is passed over."""
    if case.application.stage in PASSED_OVER:
        return None
    try:
        then = _seen(case, after, _priority(case, after), now)
    except InvalidForm as error:
        return Impact(case.application.number, (), error.problems)
    except OporaError as error:
        return Impact(case.application.number, (), (Problem("", error.code, error.details),))
    once = _seen(case, before, case.application.priority, now)
    differences = tuple(_differences(once, then))
    return Impact(case.application.number, differences, ()) if differences else None


def _differences(once: _Seen, then: _Seen) -> Iterator[Difference]:
    for what, before, after in zip(_Seen._fields, once, then, strict=True):
        if before != after:
            yield Difference(what, before, after)


def _seen(case: Case, rules: Rules, priority: str | None, now: datetime) -> _Seen:
    """What the rules say of the case; days that are due only while nobody has decided."""
    assessment = actions.assessment(case, rules)
    amount = assessment.amount.rubles if assessment.amount else None
    due = _due(replace(case.application, priority=priority), rules, now)
    return _Seen(assessment.outcome, amount, due.get("promise"), due.get("limit"))


def _due(application: Application, rules: Rules, now: datetime) -> dict[str, date]:
    if not application.in_work:
        return {}
    begun = terms(application, rules, now)
    return {term.kind: term.proven.due_day for term in begun if term.name == "decision"}


def _priority(case: Case, rules: Rules) -> str | None:
    """The category that the changed file would have put the application into."""
    day = rules.calendar.local_day(case.application.submitted_at)
    facts = form.facts(rules.service, case.form, day)
    return rules.service.priority_of(facts, rules.measures(facts, day))


def totals(found: Iterable[Impact]) -> dict[str, int]:
    """How many applications each kind of change would touch."""
    counted = dict.fromkeys((*_Seen._fields, "not_accepted"), 0)
    for one in found:
        for difference in one.differences:
            counted[difference.what] += 1
        counted["not_accepted"] += bool(one.problems)
    return counted
