"""How the office keeps its terms: what is open and overdue, what was decided in time, and which
promises of the next ten working days will be broken at the pace of the last twenty.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from casework.application import Application, Stage
from casework.calendar import Calendar
from casework.ports import Rules
from casework.review import terms

ONE_DAY = timedelta(days=1)
AHEAD = 10  # working days that are forecast
LOOKED_BACK = 20  # working days whose pace is taken for that of the next
NAMED_AT_MOST = 50  # numbers of a day that are told


class OpenLine(NamedTuple):
    """An application in work, as the queue tells of it. `due`: the promised day."""

    number: str
    service: str
    stage: str
    due: date


class Outcome(NamedTuple):
    """`outcome`: approved | refused | withdrawn; a withdrawal keeps or breaks no term. Instants are
    UTC; `promise_kept`, `limit_kept`: the decision came within the shorter and the longer term."""

    number: str
    service: str
    outcome: str
    submitted_at: datetime
    closed_at: datetime
    promise_kept: bool
    limit_kept: bool


class OpenCount(NamedTuple):
    total: int = 0
    overdue: int = 0
    due_today: int = 0
    waiting: int = 0  # for the applicant


class DecidedCount(NamedTuple):
    """`on_time`: within the promise; `late`: after the limit; what is neither came in between.
    `median_days`: calendar days from the filing to the decision; None when nothing was decided."""

    approved: int = 0
    refused: int = 0
    withdrawn: int = 0
    on_time: int = 0
    late: int = 0
    median_days: int | None = None

    @property
    def decided(self) -> int:
        return self.approved + self.refused


class DayAhead(NamedTuple):
    """`due`: promised for that day and not decided; `broken`: those of them that the pace leaves
    undone at its end, by number, the first of them."""

    day: date
    due: int
    broken: int
    numbers: tuple[str, ...]


class Forecast(NamedTuple):
    """`pace`: decisions a working day; `overdue`: promises that are broken already."""

    pace: Decimal
    overdue: int
    days: tuple[DayAhead, ...]


def outcome_of(application: Application, rules: Rules) -> Outcome | None:
    """What became of it; None while it is open, and of what was never submitted."""
    decision, closed_at = application.decision, application.closed_at
    withdrawn = application.stage is Stage.WITHDRAWN
    if application.submitted_at is None or not (decision or withdrawn):
        return None
    kept = {"promise": True, "limit": True}
    if decision:
        for term in terms(application, rules, decision.at):
            if term.name == "decision":
                kept[term.kind] = decision.at < term.proven.due
    return Outcome(
        application.number,
        application.service,
        "withdrawn" if withdrawn else decision.outcome,
        application.begun_at,
        closed_at,
        kept["promise"],
        kept["limit"],
    )


def count_open(lines: Iterable[OpenLine], today: date) -> OpenCount:
    lines = list(lines)
    return OpenCount(
        len(lines),
        sum(line.due < today for line in lines),
        sum(line.due == today for line in lines),
        sum(_waits(line) for line in lines),
    )


def count_decided(outcomes: Iterable[Outcome], calendar: Calendar) -> DecidedCount:
    outcomes = list(outcomes)
    became = Counter(outcome.outcome for outcome in outcomes)
    decided = [outcome for outcome in outcomes if outcome.outcome != "withdrawn"]
    took = [
        (calendar.local_day(o.closed_at) - calendar.local_day(o.submitted_at)).days for o in decided
    ]
    return DecidedCount(
        became["approved"],
        became["refused"],
        became["withdrawn"],
        sum(outcome.promise_kept for outcome in decided),
        sum(not outcome.limit_kept for outcome in decided),
        round(median(took)) if took else None,
    )


def first_day_looked_back(calendar: Calendar, today: date) -> date:
    """The first of the working days whose pace is taken; today is not over and not counted."""
    return calendar.working_days_before(today, LOOKED_BACK)


def forecast(lines: Iterable[OpenLine], decided: int, calendar: Calendar, today: date) -> Forecast:
    """`decided`: how many were decided since `first_day_looked_back`. The first due is taken first,
    from today on; what waits for the applicant is nobody's to decide and breaks no promise."""
    pace = Decimal(decided) / LOOKED_BACK
    waiting = sorted((line for line in lines if not _waits(line)), key=lambda line: line.due)
    first = calendar.working_days_through(calendar.working_on_or_after(today))
    ahead, before = [], today - ONE_DAY
    for place in range(AHEAD):
        day = calendar.working_day(first + place)
        ahead.append(_day_ahead(before, day, waiting, int(pace * (place + 1))))
        before = day
    return Forecast(pace, sum(line.due < today for line in waiting), tuple(ahead))


def _day_ahead(before: date, day: date, waiting: Sequence[OpenLine], done: int) -> DayAhead:
    """What is promised after `before` and by `day`. `done`: how many of all that wait are decided
    by the end of the day."""
    due = [(place, line) for place, line in enumerate(waiting) if before < line.due <= day]
    broken = [line.number for place, line in due if place >= done]
    return DayAhead(day, len(due), len(broken), tuple(broken[:NAMED_AT_MOST]))


def _waits(line: OpenLine) -> bool:
    return line.stage == Stage.CLARIFICATION
