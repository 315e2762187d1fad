"""Counts terms the slow way, so that the fast way can be checked against it.

Nothing here comes from casework: the days are read from the TOML files and walked one by one
(hours quarter by quarter, so instants must lie on quarters of an hour). Where casework does
arithmetic, this asks of every single day: does it count?

Events are (kind, instant, amount) triples; everything else is what casework's arguments are.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

PARAMETERS = Path(__file__).resolve().parents[2] / "services" / "parameters"
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)

Event = tuple[str, datetime, int]


@cache
def _year(year: int) -> dict:
    return tomllib.loads((PARAMETERS / "calendars" / f"{year}.toml").read_text("utf-8"))


@cache
def zone_of(region: str) -> ZoneInfo:
    return ZoneInfo(tomllib.loads((PARAMETERS / "regions.toml").read_text("utf-8"))[region]["zone"])


@cache
def code_of(region: str, day: date) -> str:
    facts, key = _year(day.year), day.isoformat()
    if key in facts["holidays"]:
        return "holiday"
    if key in facts.get("regions", {}).get(region, {}).get("days_off", {}):
        return "regional"
    if key in facts["days_off"]:
        return "transferred"
    if key in facts.get("working_weekends", {}):
        return "working_weekend"
    return "weekend" if day.isoweekday() > 5 else "working"


def is_off(region: str, day: date) -> bool:
    return code_of(region, day) not in ("working", "working_weekend")


@dataclass
class Wait:
    asked: datetime
    until: datetime | None = None
    answered: bool = False
    by_officer: bool = False

    @property
    def codes(self) -> tuple[str, str]:
        """Of a day within it, and of the day on which it ends."""
        return ("suspended", "resumed") if self.by_officer else ("paused", "answered")


@dataclass
class Term:
    """What has happened to the term so far, and the walk over its days."""

    region: str
    unit: str
    amount: int
    received: datetime
    on_question: str
    zero: datetime = None
    granted: int = 0
    waits: list[Wait] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.zero = self.received

    def local(self, instant: datetime) -> date:
        return instant.astimezone(zone_of(self.region)).date()

    def in_wait(self, day: date) -> Wait | None:
        for wait in self.waits:
            if self.local(wait.asked) < day and (
                wait.until is None or day <= self.local(wait.until)
            ):
                return wait
        return None

    def hourly_wait(self, instant: datetime) -> bool:
        return any(
            w.asked <= instant and (w.until is None or instant < w.until) for w in self.waits
        )

    def is_open(self) -> bool:
        return bool(self.waits) and self.waits[-1].until is None

    def last_counted(self) -> date | None:
        """The day on which the count is full; None while an open question keeps it from that."""
        day, counted = self.local(self.zero), 0
        while counted < self.amount + self.granted:
            day += DAY
            wait = self.in_wait(day)
            if wait and wait.until is None:
                return None
            if not wait and not (self.unit == "working_days" and is_off(self.region, day)):
                counted += 1
        return day

    def last_instant(self) -> datetime | None:
        """For hours: the exact end; None while an open question keeps it away."""
        instant, run = self.zero, timedelta()
        while run < timedelta(hours=self.amount + self.granted):
            if not self.hourly_wait(instant):
                run += QUARTER
            elif self.is_open() and instant >= self.waits[-1].asked:
                return None
            instant += QUARTER
        return instant

    def due(self) -> tuple[datetime, date] | None:
        if self.is_open() and self.restarts(self.waits[-1]):
            return None
        if self.unit == "hours":
            end = self.last_instant()
            return end and (end, self.local(end - QUARTER))
        day = self.last_counted()
        if day is None:
            return None
        while is_off(self.region, day):
            day += DAY
        midnight = datetime.combine(day + DAY, time(), zone_of(self.region))
        return midnight.astimezone(UTC), day

    def ended_before(self, instant: datetime) -> bool:
        due = self.due()
        if due is None:
            return False
        return instant >= due[0] if self.unit == "hours" else self.local(instant) > due[1]

    def happens(self, kind: str, at: datetime, amount: int) -> None:
        if kind == "extended":
            self.granted += amount
        elif self.on_question == "run_on" and kind in ("asked", "answered"):
            pass
        elif kind in ("asked", "paused"):
            self.waits.append(Wait(at, by_officer=kind == "paused"))
        else:
            self.answer(at, answered=True)

    def answer(self, at: datetime, *, answered: bool) -> None:
        self.waits[-1].until, self.waits[-1].answered = at, answered
        if self.restarts(self.waits[-1]):
            self.zero, self.granted = at, 0

    def restarts(self, wait: Wait) -> bool:
        return self.on_question == "restart" and not wait.by_officer


def replay(
    region: str,
    unit: str,
    amount: int,
    received: datetime,
    events: Sequence[Event] = (),
    *,
    on_question: str = "pause",
    as_of: datetime | None = None,
) -> tuple[Term, bool]:
    """The term after every event that came in time, and whether it is held by an open question."""
    term = Term(region, unit, amount, received.astimezone(UTC), on_question)
    for kind, at, days in events:
        if term.ended_before(at):
            break
        term.happens(kind, at.astimezone(UTC), days)
    held = term.due() is None
    if held:
        asked = term.waits[-1].asked
        term.answer(max(asked, (as_of or asked).astimezone(UTC)), answered=False)
    elif term.is_open():
        term.waits.pop()  # asked when nothing was left to count: it stops nothing
    return term, held


def check_due(term: Term, held: bool, due: tuple[datetime, date, bool]) -> None:
    instant, day = term.due()
    assert due[0] == instant
    assert due[1] == day
    assert due[2] == held
    assert due[0].tzinfo == zone_of(term.region)


def check_ledger(term: Term, ledger: Sequence[tuple[date, bool, str, str]]) -> None:
    """Every line: the right day, rightly counted, under the right code, in Russian."""
    _, due_day = term.due()
    day, counted = term.local(term.received), 0
    for line_day, line_counted, code, because in ledger:
        assert line_day == day
        assert any("а" <= letter <= "я" for letter in because.lower()), because
        if term.unit == "hours":
            assert line_counted == _ran_on(term, day), day
        else:
            expected = _expected(term, day, counted + 1)
            assert (line_counted, code) == expected, day
        counted += line_counted
        day += DAY
    assert day == due_day + DAY
    if term.unit != "hours":
        assert counted == term.amount + term.granted


def _expected(term: Term, day: date, number: int) -> tuple[bool, str]:
    code = code_of(term.region, day)
    if day == term.local(term.received):
        return False, "received"
    if day > term.last_counted():
        return False, "rolled"
    if stopped := _stopped(term, day):
        return False, stopped
    if term.unit == "working_days" and is_off(term.region, day):
        return False, code
    return True, "extended" if number > term.amount else code


def _stopped(term: Term, day: date) -> str | None:
    """Why the day stood still, by the last wait that it lies in or that ended on it; None when it
    did not. What a restart undid stood still too."""
    found = "restarted" if day <= term.local(term.zero) else None
    for wait in term.waits:
        within, last = wait.codes
        if term.local(wait.asked) < day <= term.local(wait.until):
            found = within
        if found and wait.answered and day == term.local(wait.until):
            found = last
    return found


def _ran_on(term: Term, day: date) -> bool:
    """Whether the clock ran for any quarter of an hour of that day."""
    instant = datetime.combine(day, time(), zone_of(term.region)).astimezone(UTC)
    end, _ = term.due()
    return any(
        term.zero <= moment < end and not term.hourly_wait(moment)
        for moment in (instant + QUARTER * n for n in range(96))
    )
