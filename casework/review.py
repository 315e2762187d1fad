"""What comes next in an open application, and until when: the one function that waits read.

State machines ask `next_step` before they wait, and everything that happens asks it again: when
the answer differs from what is waited for, the wait is over. So a wake-up that comes twice, late,
or before the wait began does no harm.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from casework import document_check
from casework.application import SYSTEM, Application, Gap, Question, Stage
from casework.calendar import Calendar
from casework.deadline import ClockEvent, Due, OnQuestion, ProvenDue, due, prove
from casework.ports import Rules, Task
from casework.provision_waits import MORNING, marks_to_come
from casework.service import Lengths, Milestone, OnMismatch, ServiceDefinition, Term

SLACK = timedelta(minutes=5)
"""A timer is set some seconds after it was reckoned, and later when the attempt was repeated."""
RESUME = "resume"  # the mark at which an officer's pause ends
LONGEST_WAIT = timedelta(days=30)  # when no mark is left; nothing waits for ever


MOVING_KINDS = frozenset({
    "submitted", "corrected", "registry_replied", "registries_given_up", "asked", "answered",
    "proposed", "returned", "decided", "withdrawn", "fee_refund_due", "decision_superseded",
    "rebooked", "document_checked", "clock_paused", "clock_resumed",
    "programme_proposed", "programme_agreed", "programme_declined", "provider_chosen", "act_formed",
    "complaint_made", "complaint_reviewed", "provision_ended", "ended",
    "original_ready", "original_handed_over",
    "consent_withdrawn", "document_erased",
})  # fmt: skip
"""The events that can end a wait; the template filters the stream by them."""


class Next(StrEnum):
    CHECK = "check"
    ASK = "ask"
    DECIDE = "decide"
    CONFIRM = "confirm"
    ISSUE = "issue"
    # After an approval, what provision and handover await (their own words for it).
    PROGRAMME = "programme"
    AGREEMENT = "agreement"
    PROVIDER = "provider"
    ACT = "act"
    SERVICES = "services"
    COMPLAINT = "complaint"
    ORIGINAL = "original"
    HANDOVER = "handover"
    CLOSED = "closed"


PROVIDED = (
    Next.PROGRAMME, Next.AGREEMENT, Next.PROVIDER, Next.ACT, Next.SERVICES, Next.COMPLAINT,
    Next.ORIGINAL, Next.HANDOVER,
)  # fmt: skip
"""The steps that service_provision waits in; all others are application_review's."""


class QuestionClock(StrEnum):
    STOPS = "stops"  # the term stands still until the answer
    RESTARTS = "restarts"  # it begins anew with the answer
    EXTENDED = "extended"  # it was lengthened, and runs on
    RUNS_ON = "runs_on"


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
    met_at: datetime | None = None

    def is_missed(self, now: datetime) -> bool:
        """Whether it has passed unmet, or was met too late."""
        return self.proven.due <= (self.met_at or now) and not self.proven.paused


def must_leave(task: Task, step: Step, now: datetime) -> bool:
    """Whether a wait is over: something else comes next, or the clock would wake it too late."""
    late = task.until is not None and task.until > now + timedelta(seconds=step.seconds) + SLACK
    return task.purpose != step.next or late


def next_step(application: Application, rules: Rules, now: datetime) -> Step:
    step = _what_next(application, rules.service)
    until = _WAITS[step](application, rules, now) if step in _WAITS else now
    return Step(step, max(1, math.ceil((until - now).total_seconds())))


def _what_next(application: Application, service: ServiceDefinition) -> Next:
    must_ask = gaps_to_ask(application, service)
    if application.provided and application.provided.awaits:
        return Next(application.provided.awaits)
    order = (
        (Next.ISSUE, application.decision is not None and not application.issued),
        (Next.CLOSED, application.closed),
        (Next.ASK, application.question is not None),
        (Next.CHECK, application.open_checks),
        (Next.CONFIRM, application.proposal is not None),
        (Next.ASK, must_ask),
    )
    return next((step for step, due in order if due), Next.DECIDE)


def gaps_to_ask(application: Application, service: ServiceDefinition) -> tuple[Gap, ...]:
    """Everything that the system asks about, in one question: not before the experts have judged
    every document, or are late. Registries are believed once; each rejected document is asked for.
    """
    if document_check.is_awaited(application, service) or application.pause:
        return ()
    mismatched = () if application.asked_by_system else mismatch_gaps(application, service)
    return (*mismatched, *document_check.gaps(application))


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
        marks = _marks_of_asking(application.question, application, rules)
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


def _marks_of_asking(question: Question, application: Application, rules: Rules) -> list[Mark]:
    """While a question stops the clock, the decision has no marks; else it has them as ever."""
    marks = _question_marks(question, rules)
    if clock_of(question, rules) in (QuestionClock.STOPS, QuestionClock.RESTARTS):
        return marks
    return [*marks, *_decision_marks(application, rules)]


def clock_of(question: Question, rules: Rules) -> QuestionClock:
    """What an open question does to the term of the decision."""
    if question.extends:
        return QuestionClock.EXTENDED
    on_question = rules.service.term("decision").on_question
    return {
        OnQuestion.PAUSE: QuestionClock.STOPS,
        OnQuestion.RESTART: QuestionClock.RESTARTS,
        OnQuestion.RUN_ON: QuestionClock.RUNS_ON,
    }[on_question]


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
    if application.pause:
        return [Mark(RESUME, application.pause.until)]
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
    until = min(asked_again_at(now, rules), patience_ends(application, rules))
    return min([until, *(mark.at for mark in _check_marks(application, rules))])


def _until_question_mark(application: Application, rules: Rules, now: datetime) -> datetime:
    question = application.question or Question(0, now, SYSTEM, ())  # about to be asked
    marks = _marks_of_asking(question, application, rules)
    return _earliest([*marks, *_check_marks(application, rules)], now)


def _until_decision_mark(application: Application, rules: Rules, now: datetime) -> datetime:
    marks = _decision_marks(application, rules)
    return _earliest([*marks, *_check_marks(application, rules)], now)


def _until_provided_mark(application: Application, rules: Rules, now: datetime) -> datetime:
    """Never so long that the execution grows too old over it."""
    until = _earliest([Mark(*mark) for mark in marks_to_come(application, rules)], now)
    return min(until, now + LONGEST_WAIT)


def _check_marks(application: Application, rules: Rules) -> list[Mark]:
    """Those of the experts' check of documents; what they record names the documents."""
    to_come = document_check.marks_to_come(application, rules)
    return [Mark(mark.name, mark.at) for mark in to_come]


def _earliest(marks: list[Mark], now: datetime) -> datetime:
    return min((mark.at for mark in marks), default=now + LONGEST_WAIT)


_WAITS = {
    Next.CHECK: _until_asking_again,
    Next.ASK: _until_question_mark,
    Next.DECIDE: _until_decision_mark,
    Next.CONFIRM: _until_decision_mark,
    **dict.fromkeys(PROVIDED, _until_provided_mark),
}


# ---- due dates ----------------------------------------------------------------------------------


def _due_of(application: Application, rules: Rules, kind: str) -> Due:
    """When the decision is due. A term that runs from the end of the checks has not begun before;
    until then it is counted as if they ended when they began."""
    term = rules.service.term("decision")
    lengths = dict(term.lengths(application.priority).kinds())
    start = _reached(term.since, application) or application.begun_at
    events = _clock(term, kind, application.clock, start)
    return due(lengths[kind], start, rules.calendar, events, on_question=term.on_question)


def _reached(milestone: Milestone, application: Application) -> datetime | None:
    """When the application came to it; None when it has not."""
    return {
        Milestone.SUBMITTED: application.begun_at,
        Milestone.CHECKED: application.checked_at,
        Milestone.DECIDED: application.decision.at if application.decision else None,
        Milestone.PAID: application.benefit.first_paid_at if application.benefit else None,
    }[milestone]


def _clock(
    term: Term, kind: str, events: Iterable[ClockEvent], since: datetime
) -> list[ClockEvent]:
    """What touches the term since it began; how long an extension is, only the term knows."""
    more = dict((term.extension or Lengths()).kinds()).get(kind)
    touching: list[ClockEvent] = []
    for event in events:
        if event.at < since:
            continue
        if event.kind != "extended" or event.days:
            touching.append(event)
        elif more is not None:
            touching.append(event._replace(days=more.amount))
    return touching


def promised_day(application: Application, rules: Rules) -> str | None:
    """The day by which a decision is promised, ISO; the queue of officers is sorted by it."""
    if not application.in_work:
        return None
    return _due_of(application, rules, "promise").due_day.isoformat()


def terms(application: Application, rules: Rules, now: datetime) -> list[TermDue]:
    """Every term that has begun, with its proof. An open question is counted as if it were
    answered today."""
    if application.submitted_at is None:
        return []
    as_of = min(now, application.closed_at or now)
    return [
        shown
        for term in rules.service.terms
        for shown in (
            _terms_of_check(term, application, rules, as_of)
            if term is rules.service.document_check
            else _term(term, application, rules, as_of)
        )
    ]


def _term(term: Term, application: Application, rules: Rules, as_of: datetime) -> Iterator[TermDue]:
    since = _reached(term.since, application)
    if since is None:
        return
    for kind, length in term.lengths(application.priority).kinds():
        proven = prove(
            length,
            since,
            rules.calendar,
            _clock(term, kind, application.clock, since),
            on_question=term.on_question,
            as_of=as_of,
        )
        yield TermDue(term.name, term.title, kind, proven, _reached(term.until, application))


def _terms_of_check(
    term: Term, application: Application, rules: Rules, as_of: datetime
) -> Iterator[TermDue]:
    """Documents that came later have the same term again."""
    for proven, met_at in document_check.rounds(application, rules, as_of):
        yield TermDue(term.name, term.title, "limit", proven, met_at)


def foreseen_terms(
    service: ServiceDefinition,
    calendar: Calendar,
    received: datetime,
    priority: str | None = None,
    clock: tuple[ClockEvent, ...] = (),
) -> list[TermDue]:
    """The terms of an application received and checked at that instant; those that run from its
    decision are left out. Each extension in `clock` says its own days. Raises what `prove` does."""
    return [
        TermDue(
            term.name,
            term.title,
            kind,
            prove(length, received, calendar, clock, on_question=term.on_question),
        )
        for term in service.terms
        if term.since is not Milestone.DECIDED
        for kind, length in term.lengths(priority).kinds()
    ]
