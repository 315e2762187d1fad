"""When a term ends, and the proof of it, day by day.

How a term is counted (the days are days of the region's time zone):
- the day of receipt is day zero; the first counted day is the next one;
- a term in working days ends with its last working day; a term in calendar days whose last day is
  not worked ends with the next working day; `due` is the end of that day, the next local midnight,
  which itself is no longer in time; hours run exactly, on any day;
- PAUSE: the days after the question, up to and including the day of the answer, are not counted;
  RESTART: the day of the answer is a new day zero; RUN_ON: a question does not touch the term;
- an extension adds its amount, in the term's own unit, at the end.

What follows from these, where the rules leave room:
- An event after the term's end changes nothing: a question cannot stop, nor an extension revive,
  a term that has run out. On its last day both still count.
- A pause that begins when every day of the term has been counted stops nothing: a question on the
  last day leaves the term ending that day, and `paused` is False.
- A restart gives the whole term anew, so an extension of the broken-off term falls away with it;
  otherwise one delay would be granted twice. If its ground still stands it is given again.
- While a question is open, `due` is counted as if answered at `as_of`: "not earlier than".

All of it is arithmetic on a line of points. A point is a day's ordinal, the number of working
days since the calendar began, or, for hours, of microseconds since 1970. So a pause pushes the end
by its own width on that line, whatever the unit. `due` stops there; `prove` walks the days and
names the reason for each. Both read the same `_Clock`, so they cannot disagree.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from casework.calendar import Calendar
from casework.errors import InvalidValue

LONGEST = 10_000
"""No term or extension is longer, in any unit; it keeps instants far from datetime's own limits."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Unit(StrEnum):
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class OnQuestion(StrEnum):
    PAUSE = "pause"
    RESTART = "restart"
    RUN_ON = "run_on"


class Length(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Annotated[int, Field(gt=0, le=LONGEST, strict=True)]
    unit: Unit


LONGEST_HOLIDAY = 14  # days on which nothing is worked, with room to spare


def is_longer(length: Length, than: Length) -> bool:
    """For certain, whatever the calendar: working days take up to a long holiday more."""
    if length.unit is than.unit:
        return length.amount > than.amount
    return _days(length)[0] > _days(than)[1]


def _days(length: Length) -> tuple[int, int]:
    """The fewest and the most calendar days it can take."""
    if length.unit is Unit.HOURS:
        return length.amount // 24, length.amount // 24 + 1
    if length.unit is Unit.CALENDAR_DAYS:
        return length.amount, length.amount + LONGEST_HOLIDAY
    return length.amount, length.amount * 7 // 5 + LONGEST_HOLIDAY


class ClockEvent(NamedTuple):
    """Something that touches a running term. `days`: an extension's amount, in the term's unit.

    A question may pause, restart or not touch a term, as the service says; an officer's pause stops
    every term, and none begins anew after it.
    """

    kind: Literal["asked", "answered", "extended", "paused", "resumed"]
    at: datetime
    days: int = 0


class Due(NamedTuple):
    """`due`: the first instant that is too late, in the region's zone; `due_day`: the last day in
    time. `paused`: a question is open and moves both, so they are "not earlier than"."""

    due: datetime
    due_day: date
    paused: bool


class LedgerDay(NamedTuple):
    """One day of the term and why it counts or not, in Russian, for the citizen.

    `code`: the calendar's own (working, weekend, holiday, ...) where the day as such decides, else
    received, paused, answered, suspended, resumed, restarted (before the new day zero), rolled
    (from a last day that is not worked to the next that is), extended (counted thanks to an
    extension), hours.
    """

    day: date
    counted: bool
    code: str
    because: str


class ProvenDue(NamedTuple):
    """A Due with its ledger: every day from receipt to `due_day`, without a gap.

    For days, as many are counted as the term has, extensions included. For hours a counted day is
    one in which the clock ran at all, the day of receipt included.
    """

    due: datetime
    due_day: date
    paused: bool
    ledger: tuple[LedgerDay, ...]


def due(
    length: Length,
    received: datetime,
    calendar: Calendar,
    events: Sequence[ClockEvent] = (),
    *,
    on_question: OnQuestion = OnQuestion.PAUSE,
    as_of: datetime | None = None,
) -> Due:
    """When the term ends. `events` in order of time; `as_of` matters while it is stopped.

    Raises CalendarNotCovered when a day that must be counted has no calendar, and InvalidValue:
    naive_instant, unknown_event, event_before_receipt, events_out_of_order, asked_twice,
    answered_without_question, paused_twice, resumed_without_pause, bad_extension.
    """
    return _wound(length, received, calendar, events, on_question=on_question, as_of=as_of).due()


def prove(
    length: Length,
    received: datetime,
    calendar: Calendar,
    events: Sequence[ClockEvent] = (),
    *,
    on_question: OnQuestion = OnQuestion.PAUSE,
    as_of: datetime | None = None,
) -> ProvenDue:
    """`due` of the same arguments, with its ledger. Raises what `due` raises."""
    clock = _wound(length, received, calendar, events, on_question=on_question, as_of=as_of)
    end = clock.due()
    ledger = _hours_ledger if length.unit is Unit.HOURS else _days_ledger
    return ProvenDue(*end, tuple(ledger(clock, end.due_day)))


def _wound(
    length: Length,
    received: datetime,
    calendar: Calendar,
    events: Sequence[ClockEvent],
    *,
    on_question: OnQuestion,
    as_of: datetime | None,
) -> "_Clock":
    """The clock after every event that came before the term's end."""
    clock = _CLOCKS[length.unit](length, received, calendar, on_question)
    if as_of is not None:
        calendar.local_day(as_of)  # only to refuse one without an offset
    if events:
        _check(events, received)
        for event in events:
            if clock.has_ended_before(event.at):
                break
            clock.take(event)
        clock.settle_open_question(as_of)
    return clock


class _Wait(NamedTuple):
    """A question and its answer, or a pause and its end; when `answered` is False, `until` is the
    moment it is looked at."""

    asked_at: datetime
    until: datetime
    answered: bool
    by_officer: bool


class _Clock(ABC):
    """One term as it runs. A subclass says what a point on its line is and where the line ends."""

    step = 1
    """Points in one unit of the term."""

    def __init__(
        self, length: Length, received: datetime, calendar: Calendar, on_question: OnQuestion
    ) -> None:
        self.length = length
        self.received = received
        self.calendar = calendar
        self.on_question = on_question
        self.asked_at: datetime | None = None  # or paused at
        self.by_officer = False
        self.waits: list[_Wait] = []
        self._begin(received)

    @abstractmethod
    def point(self, at: datetime) -> int: ...

    @abstractmethod
    def due(self) -> Due: ...

    def has_ended_before(self, at: datetime) -> bool:
        return not self.is_held() and self.calendar.local_day(at) > self.due().due_day

    def take(self, event: ClockEvent) -> None:
        if event.kind == "extended":
            self.amount += event.days
            self.extensions.append(event)
        elif self.on_question is OnQuestion.RUN_ON and event.kind in ("asked", "answered"):
            return
        elif event.kind in ("asked", "paused"):
            self.asked_at, self.by_officer = event.at, event.kind == "paused"
        else:
            self._close_question(event.at, answered=True)

    def settle_open_question(self, as_of: datetime | None) -> None:
        """Counts a question still open as answered at `as_of`, or when asked if that is later."""
        if self.is_held():
            self._close_question(max(self.asked_at, as_of or self.asked_at), answered=False)

    def is_held(self) -> bool:
        """Whether an open question, or a pause, keeps the term from ending."""
        if self.asked_at is None:
            return False
        return self._will_restart() or self.end() > self.point(self.asked_at)

    def _will_restart(self) -> bool:
        return self.on_question is OnQuestion.RESTART and not self.by_officer

    def is_paused(self) -> bool:
        """Whether the last question still awaits its answer, once the open one is settled."""
        return bool(self.waits) and not self.waits[-1].answered

    def end(self) -> int:
        """The point at which the term, extensions included, is complete."""
        return self.end_of(self.amount)

    def end_of(self, amount: int) -> int:
        """The point at which that many units have run since day zero."""
        end = self.zero + amount * self.step
        for wait in self.waits:
            # Before `zero` lies what a restart undid; past `end` there is nothing left to stop.
            asked = self.point(wait.asked_at)
            if self.zero <= asked < end:
                end += self.point(wait.until) - asked
        return end

    def _begin(self, at: datetime) -> None:
        self.zero_at = at
        self.zero = self.point(at)
        self.amount = self.length.amount
        self.extensions: list[ClockEvent] = []

    def _close_question(self, at: datetime, *, answered: bool) -> None:
        self.waits.append(_Wait(self.asked_at, at, answered, self.by_officer))
        self.asked_at = None
        if self._will_restart():
            self._begin(at)


class _DayClock(_Clock):
    @abstractmethod
    def last_day(self) -> date:
        """The last counted day."""

    @abstractmethod
    def due_day(self) -> date: ...

    def due(self) -> Due:
        due_day = self.due_day()
        due = self.calendar.end_of(due_day).astimezone(self.calendar.zone)
        return Due(due, due_day, self.is_paused())


class _CalendarDayClock(_DayClock):
    """A point is the ordinal of a day."""

    def point(self, at: datetime) -> int:
        return self.calendar.day(self.calendar.local_day(at)).date.toordinal()

    def last_day(self) -> date:
        return date.fromordinal(self.end())

    def due_day(self) -> date:
        return self.calendar.working_on_or_after(self.last_day())


class _WorkingDayClock(_DayClock):
    """A point is the number of working days since the calendar began."""

    def point(self, at: datetime) -> int:
        return self.calendar.working_days_through(self.calendar.local_day(at))

    def last_day(self) -> date:
        return self.calendar.working_day(self.end())

    due_day = last_day


class _HourClock(_Clock):
    """A point is the number of microseconds since 1970."""

    step = timedelta(hours=1) // _MICROSECOND

    def point(self, at: datetime) -> int:
        self.calendar.day(self.calendar.local_day(at))  # only to refuse a day without a calendar
        return self.point_of(at)

    @staticmethod
    def point_of(instant: datetime) -> int:
        return (instant - _EPOCH) // _MICROSECOND

    def due(self) -> Due:
        due = (_EPOCH + self.end() * _MICROSECOND).astimezone(self.calendar.zone)
        # A term that ends at midnight has its last instant in the day before.
        due_day = self.calendar.local_day(due - _MICROSECOND)
        self.calendar.day(due_day)  # as above
        return Due(due, due_day, self.is_paused())

    def has_ended_before(self, at: datetime) -> bool:
        return not self.is_held() and self.point(at) >= self.end()

    def runs(self) -> Iterator[tuple[int, int]]:
        """The stretches in which the clock ran, each from a point to a point."""
        start = self.zero
        for wait in self.waits:
            asked = self.point(wait.asked_at)
            if asked >= start:  # what lies before, a restart undid
                yield start, asked
                start = self.point(wait.until)
        yield start, self.end()


_CLOCKS: dict[Unit, type[_Clock]] = {
    Unit.HOURS: _HourClock,
    Unit.WORKING_DAYS: _WorkingDayClock,
    Unit.CALENDAR_DAYS: _CalendarDayClock,
}


def _check(events: Sequence[ClockEvent], received: datetime) -> None:
    """Raises InvalidValue for a list of events that cannot have happened."""
    before, stopped_by = received, None
    for number, event in enumerate(events):
        if event.at.utcoffset() is None:
            raise InvalidValue("naive_instant", event=number)
        if event.at < received:
            raise InvalidValue("event_before_receipt", event=number)
        if event.at < before:
            raise InvalidValue("events_out_of_order", event=number)
        if problem := _out_of_turn(event, stopped_by):
            raise InvalidValue(problem, event=number)
        before = event.at
        if event.kind != "extended":
            stopped_by = event.kind if event.kind in ("asked", "paused") else None


def _out_of_turn(event: ClockEvent, stopped_by: str | None) -> str | None:
    """`stopped_by`: the kind of the event that the term stands still since."""
    match event.kind:
        case "asked":
            return "asked_twice" if stopped_by else None
        case "answered":
            return None if stopped_by == "asked" else "answered_without_question"
        case "paused":
            return "paused_twice" if stopped_by else None
        case "resumed":
            return None if stopped_by == "paused" else "resumed_without_pause"
        case "extended":
            return None if 0 < event.days <= LONGEST else "bad_extension"
        case _:
            return "unknown_event"


_Reason = tuple[str, str]
"""A ledger line's code and its Russian text."""

_RECEIVED = ("received", "день получения заявления: срок считается со следующего дня")
_PAUSED = ("paused", "отсчёт остановлен: ждём ответа заявителя")
_ANSWERED = ("answered", "день получения ответа")
_SUSPENDED = ("suspended", "отсчёт приостановлен по решению специалиста")
_RESUMED = ("resumed", "день, когда отсчёт возобновили")
_RESTARTED = ("restarted", "не засчитан: после ответа заявителя срок считается заново")
_ROLLED = (
    "rolled",
    "последний день срока пришёлся на нерабочий день, срок окончится в ближайший рабочий",
)
_HOURS = ("hours", "срок идёт в часах, в том числе ночью и в выходные")


def _days_ledger(clock: _DayClock, due_day: date) -> Iterator[LedgerDay]:
    calendar, last_day = clock.calendar, clock.last_day()
    working_days_only = clock.length.unit is Unit.WORKING_DAYS
    stopped, extended = _stopped_days(clock), _extended(clock)
    counted = 0
    for day, working, code, because in calendar.days(calendar.local_day(clock.received), last_day):
        if reason := stopped.get(day):
            yield LedgerDay(day, False, *reason)
        elif working_days_only and not working:
            yield LedgerDay(day, False, code, because)
        else:
            counted += 1
            if counted > clock.length.amount:
                yield LedgerDay(day, True, *extended)
            elif working:
                yield LedgerDay(day, True, code, because)
            else:
                yield LedgerDay(day, True, code, f"{because}; срок считается в календарных днях")
    for rolled in _days_after(last_day, due_day):
        yield LedgerDay(rolled, False, *_ROLLED)


def _hours_ledger(clock: _HourClock, due_day: date) -> Iterator[LedgerDay]:
    calendar = clock.calendar
    stopped, runs = _stopped_days(clock), tuple(clock.runs())
    unextended_end = clock.end_of(clock.length.amount)
    for day in calendar.days(calendar.local_day(clock.received), due_day):
        start, end = map(clock.point_of, (calendar.start_of(day.date), calendar.end_of(day.date)))
        if not any(max(began, start) < min(ended, end) for began, ended in runs):
            yield LedgerDay(day.date, False, *stopped.get(day.date, _PAUSED))
        else:
            extended = start >= unextended_end
            yield LedgerDay(day.date, True, *(_extended(clock) if extended else _HOURS))


def _stopped_days(clock: _Clock) -> dict[date, _Reason]:
    """The days that an event, not the calendar, keeps from counting."""
    local_day = clock.calendar.local_day
    received, zero = local_day(clock.received), local_day(clock.zero_at)
    reasons = dict.fromkeys(_days_after(received, zero), _RESTARTED)
    for wait in clock.waits:
        asked, until = local_day(wait.asked_at), local_day(wait.until)
        stopped, over = (_SUSPENDED, _RESUMED) if wait.by_officer else (_PAUSED, _ANSWERED)
        reasons.update(dict.fromkeys(_days_after(asked, until), stopped))
        if wait.answered and until in reasons:
            reasons[until] = over
    reasons[received] = _RECEIVED
    return reasons


def _extended(clock: _Clock) -> _Reason:
    given = (clock.calendar.local_day(extension.at) for extension in clock.extensions)
    return "extended", f"срок продлён решением от {', '.join(f'{day:%d.%m.%Y}' for day in given)}"


def _days_after(first: date, last: date) -> Iterator[date]:
    """From the day after `first` up to and including `last`."""
    return map(date.fromordinal, range(first.toordinal() + 1, last.toordinal() + 1))
