"""The shapes of requests and answers about the work of the office itself."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from adapters.looks import Subject
from functions.intake.bodies import AskedGap, Body, Code, ProblemView, RegionCode, Then, View, Words

Machine = Literal[
    "application_review", "appeal_review", "service_provision", "benefit_payments", "batch_intake"
]


# ---- executions ---------------------------------------------------------------------------------


class Redrive(Body):
    machine: Machine


class ExecutionLine(View):
    """`number`: its name: an application's number (`<number>.2` after an appeal), a day of
    payments, or a batch."""

    machine: Machine
    number: str
    status: Literal["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
    started_at: datetime
    stopped_at: datetime | None


class ExecutionPage(View):
    executions: list[ExecutionLine]
    cursor: str | None


class StateView(View):
    state: str
    at: datetime


class ExecutionView(ExecutionLine):
    """`states`: those entered, in order, the last of them being the current one."""

    current_state: str | None
    states: list[StateView]
    error: str | None
    cause: str | None
    may_be_redriven: bool


class StuckList(View):
    executions: list[ExecutionView]


# ---- the sentinel -------------------------------------------------------------------------------


class FindingView(View):
    """`execution`: the one that there should be, or that runs in vain; `since`: when the
    application last changed."""

    number: str
    fault: Literal[
        "no_timer",
        "two_timers",
        "wrong_machine",
        "wrong_wait",
        "silent_timer",
        "late_timer",
        "nobodys",
    ]
    title: str
    machine: Machine
    execution: str
    since: datetime | None


class SentinelBoard(View):
    """As of `looked_at`, null until it has looked for the first time. `found`: how many there are,
    of which `findings` shows the first five hundred."""

    looked_at: datetime | None
    open: int
    paused: int
    found: int
    findings: list[FindingView]


# ---- figures ------------------------------------------------------------------------------------


class OpenFigures(View):
    """Of applications in work. `overdue`: the promised day is over; `waiting`: for the person."""

    total: int
    overdue: int
    due_today: int
    waiting: int


class DecidedFigures(View):
    """What was closed in the period. `on_time`: decided within the promise; `late`: after the
    limit, the longer term; `median_days`: calendar days, null when nothing was decided."""

    decided: int
    approved: int
    refused: int
    withdrawn: int
    on_time: int
    late: int
    median_days: int | None


class StageFigures(OpenFigures):
    stage: str
    title: str


class ServiceFigures(View):
    service: str
    title: str
    open: OpenFigures
    decided: DecidedFigures


class StatisticsView(View):
    region: str
    since: date
    until: date
    as_of: datetime
    open: OpenFigures
    decided: DecidedFigures
    by_stage: list[StageFigures]
    by_service: list[ServiceFigures]


class DayAheadView(View):
    """`due`: promised for that day and not decided; `broken`: of them, what will not be decided in
    time at this pace; `numbers`: the first fifty of those."""

    day: date
    due: int
    broken: int
    numbers: list[str]


class ForecastView(View):
    region: str
    as_of: datetime
    pace: str = Field(description="Decisions a working day, over the last twenty of them")
    overdue: int = Field(description="Promises that are broken already")
    days: list[DayAheadView]


# ---- who saw and did what -----------------------------------------------------------------------


class AuditEntry(View):
    """`event`: the kind of the event that somebody caused, at `sequence` of the history; null: he
    only saw what has that number, in the hour that `at` lies in. `actor_name`: null of whoever is
    not of the office."""

    at: datetime
    actor: str
    actor_name: str | None
    subject: Subject
    number: str
    event: str | None
    sequence: int | None
    title: str


class AuditView(View):
    """Newest first; `more`: there are earlier ones, of an earlier period."""

    entries: list[AuditEntry]
    more: bool


class PresentView(View):
    who: str
    who_name: str | None
    at: datetime


class PresenceView(View):
    """Who else has had it open within three minutes."""

    number: str
    others: list[PresentView]


# ---- those who work here ------------------------------------------------------------------------


class StaffMember(View):
    """`id`: as events have it; `name`: whole; `here`: has a role and came within a month."""

    id: str
    name: str
    short_name: str
    roles: list[Literal["officer", "supervisor", "expert", "auditor"]]
    region: str | None
    here: bool


class StaffList(View):
    people: list[StaffMember]


# ---- the queue ----------------------------------------------------------------------------------

Name = Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
Officer = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\s:]+$")]
Number = Annotated[str, StringConstraints(max_length=20)]
Yes = Literal["yes"]


class Filters(Body):
    """Those of GET /queue."""

    region: RegionCode | None = None
    stage: Literal["checking", "clarification", "review", "confirmation"] | None = None
    service: Name | None = None
    officer: Officer | None = None
    priority: Name | None = None
    due_within: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}$")] | None = None
    overdue: Yes | None = None
    mine: Yes | None = None
    free: Yes | None = None
    escalated: Yes | None = None


class NewView(Body):
    name: Name
    filters: Filters


class SavedView(View):
    """`filters`: as GET /queue takes them."""

    id: str
    name: str
    filters: dict[str, str]


class SavedViews(View):
    views: list[SavedView]


class Bulk(Body):
    """`gaps`, `message`: of `ask`, the same question to each; `officer`: of `reassign`, who is to
    have them. With `dry_run` nothing is changed."""

    act: Literal["claim", "release", "ask", "reassign"]
    numbers: Annotated[list[Number], Field(min_length=1, max_length=50)]
    dry_run: bool = False
    gaps: list[AskedGap] = Field(default_factory=list, max_length=30)
    message: Words | None = None
    officer: Officer | None = None


class BulkLine(View):
    """`done`: it went well, or would; `changes`: anything changed by it, or would. Else `code` and
    `title` say why not, `errors` with which fields."""

    number: str
    done: bool
    changes: bool
    code: str | None = None
    title: str | None = None
    errors: list[ProblemView] = Field(default_factory=list)


class BulkResult(View):
    dry_run: bool
    results: list[BulkLine]


# ---- pauses and calls for a supervisor ----------------------------------------------------------


class NewPause(Body):
    """`until`: the last day that is not counted; `words`: why, for the applicant to read."""

    reason: Code
    until: date
    words: Words


class NewEscalation(Body):
    """`words`: for the supervisor; the applicant does not read them."""

    words: Words


class PauseReason(View):
    code: str
    title: str
    at_most_days: int
    source: str


class PauseReasons(View):
    reasons: list[PauseReason]


# ---- agencies' files ----------------------------------------------------------------------------

FileName = Annotated[
    str,
    StringConstraints(
        max_length=120, pattern=r"^[^/\\\x00-\x1f]+\.(csv|xlsx|jsonl|zip|CSV|XLSX|JSONL|ZIP)$"
    ),
]


class NewBatch(Body):
    """`dry_run`: the file is only judged, and nothing is left of it but the report."""

    service: Name
    file_name: FileName
    then: Then | None = None
    dry_run: bool = False


class BatchInvitation(View):
    """Send the file as multipart/form-data: every field of `fields`, then `file`, to `url`."""

    url: str
    fields: dict[str, str]


class BatchTotals(View):
    rows: int
    accepted: int
    repeated: int
    rejected: int


class BatchLine(View):
    """`readable`, `totals`: null until it is reported. `dry_run`: nothing was taken in; `accepted`
    counts the rows that would be."""

    batch: str
    agency: str
    service: str
    file_name: str
    dry_run: bool
    state: Literal["taken_in", "reported"]
    dropped_at: datetime
    reported_at: datetime | None
    readable: bool | None
    totals: BatchTotals | None


class BatchPage(View):
    batches: list[BatchLine]
    cursor: str | None


class BatchView(BatchLine):
    """`parts`: null until the file is split; `report_url`: the report as CSV, for five minutes."""

    parts: int | None
    parts_done: int
    report_url: str | None
    valid_until: datetime | None
