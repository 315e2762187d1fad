"""Letters to support (W4): a thread has a number, a topic, and messages both ways.

What was written lies beside the chain of events, as the words of applications do. The office owes
an answer within hours of the first message that it has not answered yet.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from casework.application import GENESIS, Event
from casework.calendar import Calendar
from casework.condition import Definition
from casework.errors import TooOften, VersionConflict, WrongStage
from casework.fields import Name, Text
from casework.happening import Happening

PREFIX = "support:"  # no number of an application begins so
MESSAGES_AT_MOST = 100
OPEN_AT_MOST = 10
"""Threads of one person that wait for the office at once."""

ASKED, ANSWERED, CLOSED = "support_asked", "support_answered", "support_closed"
KINDS = frozenset({ANSWERED})
"""The events of a thread that somebody is told about."""


class Hotline(Definition):
    """Local times of the region's working days."""

    region: Text
    phone: Text
    opens: time
    closes: time


class Support(Definition):
    answer_hours: int
    topics: tuple[Name, ...]
    hotline: Hotline


class State(StrEnum):
    OPEN = "open"  # the office is to answer
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Thread:
    """`number`: with its prefix. `asked_at`: of the first message that is not answered yet."""

    number: str
    version: int = 0
    head: str = GENESIS
    person: str = ""
    topic: str = ""
    application: str | None = None
    opened_at: datetime | None = None
    asked_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def state(self) -> State:
        if self.closed_at is not None:
            return State.CLOSED
        return State.OPEN if self.asked_at is not None else State.ANSWERED

    def answer_due(self, support: Support) -> datetime | None:
        """Hours run exactly."""
        if self.state is not State.OPEN:
            return None
        return self.asked_at + timedelta(hours=support.answer_hours)


@dataclass(frozen=True, slots=True)
class ThreadCase:
    """A thread with what lies beside its chain: `texts` by the number of their event."""

    thread: Thread
    events: tuple[Event, ...] = ()
    texts: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThreadChange:
    """`text`: of the one message among the happenings."""

    happenings: tuple[Happening, ...] = ()
    text: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)


def number_of(told: str) -> str:
    """The number in the chain, of the one that people are told."""
    return f"{PREFIX}{told}"


def told_number(number: str) -> str:
    return number.removeprefix(PREFIX)


def is_thread(number: str) -> bool:
    return number.startswith(PREFIX)


# ---- acting --------------------------------------------------------------------------------------


def begin(
    case: ThreadCase, person: str, topic: str, application: str | None, text: str, waiting: int
) -> ThreadChange:
    """`waiting`: how many threads of the person wait for the office. Raises TooOften, and
    VersionConflict when somebody has that number."""
    if case.thread.version:
        raise VersionConflict()
    if waiting >= OPEN_AT_MOST:
        raise TooOften("too_many_threads", at_most=OPEN_AT_MOST)
    begun = {"person": person, "topic": topic, "application": application}
    return ThreadChange((Happening(ASKED, begun),), text)


def write(case: ThreadCase, text: str) -> ThreadChange:
    """The person goes on. Raises WrongStage, TooOften."""
    _must_be_open(case)
    return ThreadChange((Happening(ASKED),), text)


def answer(case: ThreadCase, text: str, version: int | None) -> ThreadChange:
    """`version`: what the officer has read; somebody may have written since. Raises WrongStage,
    VersionConflict, TooOften."""
    _must_be_open(case)
    if version not in (None, case.thread.version):
        raise VersionConflict()
    return ThreadChange((Happening(ANSWERED),), text)


def close(case: ThreadCase) -> ThreadChange:
    """By either side; again, nothing."""
    if case.thread.closed_at is not None:
        return ThreadChange()
    return ThreadChange((Happening(CLOSED),))


def _must_be_open(case: ThreadCase) -> None:
    if case.thread.closed_at is not None:
        raise WrongStage("thread_closed")
    if case.thread.version >= MESSAGES_AT_MOST:
        raise TooOften("thread_too_long", at_most=MESSAGES_AT_MOST)


# ---- the fold ------------------------------------------------------------------------------------


def fold(number: str, events: Iterable[Event]) -> Thread:
    thread = Thread(number)
    for event in events:
        thread = apply(thread, event)
    return thread


def apply(thread: Thread, event: Event) -> Thread:
    changes = _CHANGES[event.kind](thread, event)
    return replace(thread, version=event.sequence, head=event.hash, **changes)


def _asked(thread: Thread, event: Event) -> dict[str, Any]:
    begun = {**event.data, "opened_at": event.at} if thread.version == 0 else {}
    return {**begun, "asked_at": thread.asked_at or event.at}


_CHANGES: dict[str, Callable[[Thread, Event], dict[str, Any]]] = {
    ASKED: _asked,
    ANSWERED: lambda _, __: {"asked_at": None},
    CLOSED: lambda _, event: {"closed_at": event.at},
}


# ---- the hotline ---------------------------------------------------------------------------------


def opening(hotline: Hotline, calendar: Calendar, now: datetime) -> tuple[bool, datetime]:
    """Whether somebody answers the telephone now, and when that changes."""
    day = calendar.local_day(now)
    opens, closes = (_at(each, day, calendar) for each in (hotline.opens, hotline.closes))
    works = calendar.day(day).working
    if works and opens <= now < closes:
        return True, closes
    if works and now < opens:
        return False, opens
    following = calendar.working_on_or_after(day + timedelta(days=1))
    return False, _at(hotline.opens, following, calendar)


def _at(when: time, day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, when, calendar.zone)
