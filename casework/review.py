"""What comes next in an open application, and until when: the one function that waits read.

State machines ask `next_step` before they wait, and everything that happens asks it again: when
the answer differs from what is waited for, the wait is over. So a wake-up that comes twice, late,
or before the wait began does no harm.
"""

import math
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from casework.application import SYSTEM, Application, Gap, Question, Stage
from casework.calendar import Calendar
from casework.deadline import ProvenDue, due, prove
from casework.ports import Rules
from casework.service import OnMismatch, ServiceDefinition

LONGEST_WAIT = timedelta(days=30)  # when no mark is left; nothing waits for ever
MORNING = timedelta(hours=9)  # reminders come by day: nobody is woken by one


MOVING_KINDS = frozenset({
    "submitted", "corrected", "registry_replied", "registries_given_up", "asked", "answered",
    "proposed", "returned", "decided", "withdrawn",
})  # fmt: skip
"""The events that can end a wait; the template filters the stream by them."""


class Next(StrEnum):
    CHECK = "check"
    ASK = "ask"
    DECIDE = "decide"
    CONFIRM = "confirm"
    ISSUE = "issue"
    CLOSED = "closed"


class Step(NamedTuple):
    """`seconds`: how long the next state may wait before the clock has something to say."""

    next: Next
    seconds: int


class Mark(NamedTuple):
    """A moment at which the clock acts: `name` is recorded once and has its consequence."""

    name: str
    at: datetime


class TermDue(NamedTuple):
    name: str
    title: str
    kind: str  # promise | limit
    proven: ProvenDue


def next_step(application: Application, rules: Rules, now: datetime) -> Step:
    step = _what_next(application, rules.service)
    until = _WAITS[step](application, rules, now) if step in _WAITS else now
    return Step(step, max(1, math.ceil((until - now).total_seconds())))


def _what_next(application: Application, service: ServiceDefinition) -> Next:
    must_ask = mismatch_gaps(application, service) and not application.asked_by_system
    order = (
        (Next.ISSUE, application.decision is not None and not application.issued),
        (Next.CLOSED, application.closed),
        (Next.ASK, application.question is not None),
        (Next.CHECK, application.open_checks),
        (Next.CONFIRM, application.proposal is not None),
        (Next.ASK, must_ask),
    )
    return next((step for step, due in order if due), Next.DECIDE)


def mismatch_gaps(application: Application, service: ServiceDefinition) -> tuple[Gap, ...]:
    """The fields that registries contradict and the applicant can mend: asked about at once."""
    mendable = {c.name for c in service.checks if c.on_mismatch is OnMismatch.ASK}
    fields = (
        name
        for check, state in application.checks.items()
        if check in mendable and state.state == "mismatched"
        for name in state.fields
    )
    return tuple(Gap("mismatch", field=name) for name in dict.fromkeys(fields))


# ---- the marks of each wait: those that are not made yet ----------------------------------------


def due_marks(application: Application, rules: Rules, now: datetime) -> list[str]:
    """Names of the marks that the clock has reached and nobody has recorded, earliest first."""
    if application.question is not None:
        marks = _question_marks(application.question, rules)
    elif application.stage in (Stage.REVIEW, Stage.CONFIRMATION):
        marks = _decision_marks(application, rules)
    else:
        marks = []
    return [mark.name for mark in sorted(marks, key=lambda mark: mark.at) if mark.at <= now]


def asked_again_at(asked_at: datetime, rules: Rules) -> datetime:
    """When registries that are still silent are asked again."""
    return asked_at + timedelta(hours=rules.service.checking.ask_again.amount)


def patience_ends(application: Application, rules: Rules) -> datetime:
    return due(rules.service.checking.patience, application.checks_due_at, rules.calendar).due


def _question_marks(question: Question, rules: Rules) -> list[Mark]:
    marks = [Mark("unanswered", answer_due(question, rules))]
    if not question.reminded:
        marks.append(Mark("question_reminder", _reminder_of(question, rules)))
    return marks


def answer_due(question: Question, rules: Rules) -> datetime:
    """The instant at which the question is unanswered."""
    return due(rules.service.clarification.limit, question.asked_at, rules.calendar).due


def _reminder_of(question: Question, rules: Rules) -> datetime:
    reminder = due(rules.service.clarification.reminder, question.asked_at, rules.calendar)
    return rules.calendar.start_of(reminder.due_day) + MORNING


def _decision_marks(application: Application, rules: Rules) -> list[Mark]:
    promise, limit = (_due_of(application, rules, kind) for kind in ("promise", "limit"))
    before = rules.service.marks.reminder.amount
    remind_on = rules.calendar.working_days_before(promise.due_day, before)
    marks = [
        Mark("reminder", rules.calendar.start_of(remind_on) + MORNING),
        Mark("overdue", promise.due),
        Mark("escalation", limit.due),
    ]
    return [mark for mark in marks if mark.name not in application.marks]


# ---- until when each step waits ------------------------------------------------------------------


def _until_asking_again(application: Application, rules: Rules, now: datetime) -> datetime:
    return min(asked_again_at(now, rules), patience_ends(application, rules))


def _until_question_mark(application: Application, rules: Rules, now: datetime) -> datetime:
    question = application.question or Question(0, now, SYSTEM, ())  # about to be asked
    return _earliest(_question_marks(question, rules), now)


def _until_decision_mark(application: Application, rules: Rules, now: datetime) -> datetime:
    return _earliest(_decision_marks(application, rules), now)


def _earliest(marks: list[Mark], now: datetime) -> datetime:
    return min((mark.at for mark in marks), default=now + LONGEST_WAIT)


_WAITS = {
    Next.CHECK: _until_asking_again,
    Next.ASK: _until_question_mark,
    Next.DECIDE: _until_decision_mark,
    Next.CONFIRM: _until_decision_mark,
}


# ---- due dates ----------------------------------------------------------------------------------


def _due_of(application: Application, rules: Rules, kind: str):
    term = rules.service.term("decision")
    length = dict(term.lengths(application.priority).kinds())[kind]
    return due(
        length,
        application.submitted_at,
        rules.calendar,
        application.clock,
        on_question=term.on_question,
    )


def promised_day(application: Application, rules: Rules) -> str | None:
    """The day by which a decision is promised, ISO; the queue of officers is sorted by it."""
    if not application.in_work:
        return None
    return _due_of(application, rules, "promise").due_day.isoformat()


def terms(application: Application, rules: Rules, now: datetime) -> list[TermDue]:
    """Every term of a submitted application with its proof. An open question is counted as if
    it were answered today."""
    if application.submitted_at is None:
        return []
    return prove_terms(
        rules.service,
        rules.calendar,
        application.submitted_at,
        application.priority,
        application.clock,
        as_of=min(now, application.closed_at or now),
    )


def prove_terms(
    service: ServiceDefinition,
    calendar: Calendar,
    received: datetime,
    priority: str | None = None,
    clock=(),
    as_of: datetime | None = None,
) -> list[TermDue]:
    return [
        TermDue(
            term.name,
            term.title,
            kind,
            prove(length, received, calendar, clock, on_question=term.on_question, as_of=as_of),
        )
        for term in service.terms
        for kind, length in term.lengths(priority).kinds()
    ]
