"""The shapes of the API's requests and answers; the OpenAPI document is made from them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.application import Stage

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
RegionCode = Annotated[str, StringConstraints(pattern=r"^RU-[A-Z]{2,3}$")]
FormValues = Annotated[
    dict[str, Any],
    Field(description="Values by field name; see the schema of the service. null clears a field."),
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class NewApplication(Body):
    service: Annotated[str, StringConstraints(max_length=60)]
    region: RegionCode
    form: FormValues = {}


class FormChange(Body):
    form: FormValues
    version: int | None = Field(None, ge=1, description="Refuse when it has changed since")


class NewDocument(Body):
    kind: Code
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    content_type: Literal["application/pdf", "image/jpeg", "image/png"]


class Answer(Body):
    form: FormValues = {}
    message: Words | None = None


class AskedGap(Body):
    """One of `field` and `document` (a kind)."""

    code: Literal["missing", "unreadable", "incomplete", "expired", "differs", "unclear"]
    field: Code | None = None
    document: Code | None = None


class NewQuestion(Body):
    gaps: Annotated[list[AskedGap], Field(min_length=1, max_length=30)]
    message: Words | None = None


class NewProposal(Body):
    outcome: Literal["approved", "refused"]
    reasons: Annotated[list[Code], Field(max_length=10)] = []
    explanation: Words | None = None


class Confirmation(Body):
    agrees: bool
    explanation: Words | None = None


# ---- answers ------------------------------------------------------------------------------------


class View(BaseModel):
    """An answer that does not fit is logged as an error: without the values, which are people's."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class ProblemView(View):
    field: str
    code: str
    message: str


class LedgerDayView(View):
    day: date
    counted: bool
    code: str
    because: str


class TermView(View):
    name: str
    title: str
    kind: Literal["promise", "limit"]
    due: datetime
    due_day: date
    paused: bool
    ledger: list[LedgerDayView]


class DocumentView(View):
    id: str
    kind: str
    title: str
    file_name: str | None
    state: Literal["announced", "accepted", "rejected"]
    defect: str | None
    message: str | None = Field(description="What is wrong and how to mend it")


class UploadView(View):
    """Send the file as multipart/form-data: every field of `fields`, then `file`, to `url`."""

    document: DocumentView
    url: str
    fields: dict[str, str]
    number: str


class GapView(View):
    code: str
    field: str | None
    document: str | None
    title: str


class QuestionView(View):
    asked_at: datetime
    answer_until: datetime
    gaps: list[GapView]
    message: str | None


class ReasonView(View):
    code: str
    title: str
    mend: str


class DecisionView(View):
    outcome: Literal["approved", "refused"]
    title: str
    at: datetime
    reasons: list[ReasonView]
    explanation: str | None
    assessment: dict[str, Any] = Field(
        description="What was compared with what, as of the decision"
    )
    appeal: str | None
    next: str | None


class NextView(View):
    """What happens next, and who acts."""

    who: Literal["applicant", "registries", "officer", "second_officer", "nobody"]
    what: str
    until: datetime | None


class CheckView(View):
    name: str
    title: str
    state: Literal["due", "asked", "matched", "mismatched", "given_up"]
    fields: list[str]


class ApplicationView(View):
    number: str
    version: int
    service: str
    title: str
    region: str
    stage: Stage
    stage_title: str
    priority: str | None
    drafted_at: datetime
    submitted_at: datetime | None
    previous: str | None
    successor: str | None
    officer: str | None = Field(description="Told to officers only")
    terms: list[TermView]
    next: NextView
    question: QuestionView | None
    decision: DecisionView | None
    documents: list[DocumentView]
    checks: list[CheckView]
    form: dict[str, Any]
    problems: list[ProblemView] = Field(description="What a draft still lacks")


class ApplicationLine(View):
    number: str
    service: str
    stage: Stage
    stage_title: str
    region: str
    due_day: date | None
    overdue: bool
    priority: str | None
    officer: str | None
    drafted_at: datetime
    submitted_at: datetime | None


class ApplicationPage(View):
    applications: list[ApplicationLine]
    cursor: str | None


class EventView(View):
    sequence: int
    kind: str
    title: str
    at: datetime
    actor: str
    data: dict[str, Any]
    hash: str


class ToldView(View):
    """A notice about event `event`, as it was delivered; `sending` is not known to have arrived."""

    event: int
    template: str
    channel: str
    state: Literal["sending", "sent", "failed"]
    at: datetime


class HistoryView(View):
    number: str
    events: list[EventView]
    told: list[ToldView]
    intact: bool = Field(description="Nothing was altered, removed or moved since")


class AssessmentView(View):
    outcome: Literal["approved", "refused"]
    reasons: list[ReasonView]
    grounds: list[dict[str, Any]]
    counterfactual: list[dict[str, Any]]
    circumstances: list[str]
    measures: dict[str, Any]
    sources: dict[str, str]


class ExecutionLine(View):
    number: str
    status: str
    started_at: datetime
    stopped_at: datetime | None


class ExecutionPage(View):
    executions: list[ExecutionLine]
    cursor: str | None


class StateView(View):
    state: str
    at: datetime


class ExecutionView(ExecutionLine):
    current_state: str | None
    states: list[StateView]
    error: str | None
    cause: str | None


class ServiceLine(View):
    id: str
    title: str
    version: int
    summary: str


class ServiceList(View):
    services: list[ServiceLine]


class ServiceView(ServiceLine):
    who: list[str]
    documents: list[dict[str, Any]]
    terms: list[dict[str, Any]]
    appeal: str


class SchemaView(BaseModel):
    """A JSON Schema (2020-12)."""

    model_config = ConfigDict(extra="allow")
