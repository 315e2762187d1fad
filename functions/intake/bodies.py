"""The shapes of the API's requests and answers; the OpenAPI document is made from them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from casework.application import Stage
from casework.files import UNJUDGED
from casework.office_ways import OfficeWay
from casework.open_ways import Way

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
RegionCode = Annotated[str, StringConstraints(pattern=r"^RU-[A-Z]{2,3}$")]
Then = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s/]+/\S*$", max_length=500),
    Field(description="Where the browser goes after a form without scripts has posted the file"),
]
FormValues = Annotated[
    dict[str, Any],
    Field(description="Values by field name; see the schema of the service. null clears a field."),
]


class Body(BaseModel):
    # Deferred, here and below: a process answers a few kinds of requests, and starts in 20 ms less.
    model_config = ConfigDict(
        extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True
    )


class NewApplication(Body):
    service: Annotated[str, StringConstraints(max_length=60)]
    region: RegionCode
    form: FormValues = {}


class GivenSignature(Body):
    """A signature under the text that POST /applications/{number}/signing shows."""

    kind: Literal["identity_provider"]
    signer: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    at: datetime
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    value: Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class Signing(Body):
    """Which act would be signed, and with what: for a correction or an answer, the form; for the
    choice of a provider, its id."""

    act: Literal["submission", "correction", "answer", "withdrawal", "agreement", "provider"]
    form: FormValues = {}
    provider: Annotated[str, StringConstraints(max_length=60)] = ""


class Submission(Body):
    signature: GivenSignature | None = None


class FollowUp(Body):
    """`service`: one of the `related` of the application."""

    service: Annotated[str, StringConstraints(max_length=60)]


class PaymentNews(Body):
    """What the payment provider tells. `event` names the news: the same one may come again;
    `transaction` names the sum, `payment` is our name for what was to be paid."""

    event: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    kind: Literal["received", "failed", "refunded"]
    payment: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    transaction: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    amount: Annotated[str, StringConstraints(pattern=r"^\d{1,9}\.\d{2}$")]
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class FormChange(Body):
    form: FormValues
    signature: GivenSignature | None = None
    version: int | None = Field(None, ge=1, description="Refuse when it has changed since")


class NewSlots(Body):
    """Times of one doctor at one place; each of `starts` becomes a slot."""

    region: RegionCode
    speciality: Code
    clinic: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    place: Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
    doctor: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    minutes: int
    starts: Annotated[list[AwareDatetime], Field(min_length=1, max_length=100)]


ScanType = Annotated[
    Literal["application/pdf", "image/jpeg", "image/png", UNJUDGED],
    Field(description="What the file is posted as; its content decides what it is"),
]


class NewDocument(Body):
    """`replaces`: the id of a document of the same kind that gives way to it, once accepted."""

    kind: Code
    replaces: Annotated[str, StringConstraints(max_length=100)] | None = None
    file_name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    content_type: ScanType = UNJUDGED
    then: Then | None = None


class Answer(Body):
    form: FormValues = {}
    message: Words | None = None
    signature: GivenSignature | None = None


class AskedGap(Body):
    """One of `field` and `document` (a kind)."""

    code: Literal["missing", "unreadable", "incomplete", "expired", "differs", "unclear"]
    field: Code | None = None
    document: Code | None = None


class NewQuestion(Body):
    gaps: Annotated[list[AskedGap], Field(min_length=1, max_length=30)]
    message: Words | None = None


class NewProposal(Body):
    """Of an appeal: `upheld`, `changed` or `sent_back`, always with an explanation. With `dry_run`
    nothing is changed: the answer shows the application as it would be, or what is wrong."""

    outcome: Literal["approved", "refused", "upheld", "changed", "sent_back"]
    reasons: Annotated[list[Code], Field(max_length=10)] = []
    explanation: Words | None = None
    dry_run: bool = False


class LetterNews(Body):
    fate: Literal["delivered", "returned"]
    on: date | None = Field(None, description="The day on which the post handed it over")


class Confirmation(Body):
    """`dry_run`: as of a proposal."""

    agrees: bool
    explanation: Words | None = None
    dry_run: bool = False


# ---- answers ------------------------------------------------------------------------------------


class View(BaseModel):
    """An answer that does not fit is logged as an error: without the values, which are people's."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)


class ProblemView(View):
    field: str
    code: str
    message: str


class LedgerDayView(View):
    day: date
    counted: bool
    code: str
    because: str


class SigningView(View):
    """Sign exactly the bytes of `text` in UTF-8; `sha256` is their digest."""

    text: str
    sha256: str
    demanded: bool = Field(description="The act is taken with a signature only")


class PaymentView(View):
    """Pay at `url`; the receipt ties itself to the application."""

    payment: str
    amount: str
    url: str


class PaymentTakenView(View):
    taken: Literal["noted", "known", "nobodys"]


class FeeReceiptView(View):
    payment: str
    amount: str
    currency: str
    at: datetime
    state: Literal["paid", "refund_due", "refunded"]
    reason: str | None


class OwnFeeView(View):
    """The state fee: what is due by the form as it is, and what has been paid."""

    title: str | None = Field(description="None: the service costs nothing, what came goes back")
    due: bool
    amount: str
    source: str | None
    paid: bool
    receipts: list[FeeReceiptView]


class SignatureView(View):
    event: int
    signer: str
    fits: bool = Field(description="The kept signature still fits what was signed, and the event")
    erased: bool = Field(description="It was erased with the consent to data processing")


class TermView(View):
    name: str
    title: str
    kind: Literal["promise", "limit"]
    due: datetime
    due_day: date
    paused: bool
    met_at: datetime | None = Field(description="When what the term is for was done")
    ledger: list[LedgerDayView]
    lasts: str = Field(description="How long it is, in Russian words")
    missed: bool = Field(description="It has passed unmet, or was met too late")
    provisional: bool = Field(description="A decree may still move days of that year")


class FoundView(View):
    """One thing that is wrong with a document."""

    code: str
    message: str


class StatementView(View):
    code: str
    text: str


class FoundSignatureView(View):
    """One electronic signature. `signer`, `issuer`: parts of their names; `intact`: null when the
    mathematics could not be checked; `covers_all`: the whole file is signed."""

    kind: str
    signer: dict[str, str]
    issuer: dict[str, str]
    serial: str | None
    algorithm: str | None
    valid_from: datetime | None
    valid_until: datetime | None
    signed_at: datetime | None
    time_stamped: bool
    intact: bool | None
    covers_all: bool
    chain: Literal["trusted", "untrusted", "not_checked"]
    proven: list[StatementView]
    not_proven: list[StatementView]


class SignaturesView(View):
    """What mathematics say of the electronic signatures of a document; no judgement of law."""

    verdict: Literal["signed_intact", "altered", "not_proven", "unsigned"]
    title: str
    signatures: list[FoundSignatureView]


class DocumentView(View):
    id: str
    kind: str
    title: str
    file_name: str | None
    state: Literal["announced", "inspected", "accepted", "rejected", "replaced", "erased"]
    state_title: str
    defect: str | None
    message: str | None = Field(description="What is wrong and how to mend it")
    found: list[FoundView]
    note: str | None = Field(description="What an expert wrote to the applicant about it")
    shows: list[str] = Field(description="What it must show")
    awaits_expert: bool
    check_until: datetime | None = Field(description="When an expert is to have judged it")
    verdict: str | None = Field(description="An expert's: for officers only")
    signatures: SignaturesView | None = Field(description="Null when it has none")


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
    why: str
    asked: "FieldView | None" = Field(description="Of a field: what is to be filled in")


class QuestionView(View):
    asked_at: datetime
    answer_until: datetime
    gaps: list[GapView]
    message: str | None


class ReasonView(View):
    code: str
    title: str
    mend: str


class ReceivedView(View):
    at: datetime
    how: Literal["sms", "email", "letter", "cabinet"]


class AppealUntilView(View):
    """The last day in time, `due_day`, and how it was counted."""

    due: datetime
    due_day: date
    ledger: list[LedgerDayView]


class SupersededView(View):
    """A decision that an appeal has undone."""

    outcome: Literal["approved", "refused"]
    at: datetime
    reasons: list[Code]


class AppealView(View):
    """An appeal against a decision of this application, and how it stands."""

    number: str
    fate: Literal["open", "withdrawn", "upheld", "superseded"]


class BarredView(View):
    code: str
    message: str


class FigureView(View):
    """What was compared: as it was, as it should be, and how it was reckoned."""

    title: str
    value: str
    needed: str
    working: str


class RuleView(View):
    """A rule that was tried, in words; `why` it is not met, where it is not."""

    title: str
    verdict: str
    why: str
    figures: list[FigureView]
    source: str


class SourceView(View):
    title: str
    source: str


class AmountView(View):
    rubles: str
    schedule: str
    working: list[str]


class DecisionView(View):
    outcome: Literal["approved", "refused"]
    title: str
    at: datetime
    reasons: list[ReasonView]
    explanation: str | None
    assessment: dict[str, Any] = Field(
        description="What was compared with what, as of the decision"
    )
    ruling: Literal["upheld", "changed", "sent_back"] | None = Field(description="On an appeal")
    received: ReceivedView | None = Field(description="The earliest proof that it was received")
    appeal_until: AppealUntilView | None = Field(description="None until receipt is proven")
    appeal: str | None
    next: str | None
    rules: list[RuleView] = Field(description="The assessment in words")
    sources: list[SourceView]
    amount: AmountView | None
    changes: list[str] = Field(description="What would turn a refusal")
    circumstances: list[str]


class ProposalView(View):
    """What waits for the second officer. `title`: what the applicant will be told it is."""

    outcome: Literal["refused", "upheld", "changed", "sent_back"]
    title: str
    officer: str
    officer_name: str | None
    reasons: list[ReasonView]
    explanation: str | None


class NextView(View):
    """What happens next, and who acts."""

    who: Literal["applicant", "registries", "officer", "second_officer", "provider", "nobody"]
    what: str
    until: datetime | None


class CheckView(View):
    name: str
    title: str
    state: Literal["due", "asked", "matched", "mismatched", "given_up"]
    fields: list[str]
    earlier: list[dict[str, str]] = Field(
        description="Told to officers only: the applications that already give this support"
    )


class AppointmentView(View):
    """A ticket once it is `booked`; `held` while the application is in work; `lost`: the clinic
    took the time back, and another can be chosen."""

    state: Literal["held", "booked", "lost"]
    number: str
    speciality: str | None = None
    speciality_title: str | None = None
    doctor: str | None = None
    clinic: str | None = None
    place: str | None = None
    starts: datetime | None = None
    minutes: int | None = None


class SlotView(View):
    id: str
    region: str
    free: bool
    taken_by: str | None = Field(description="Told to those only who published it")
    speciality: str
    speciality_title: str
    doctor: str
    clinic: str
    place: str
    starts: datetime
    minutes: int


class SlotPage(View):
    slots: list[SlotView]
    cursor: str | None


class LeftView(View):
    """`why` names the state in whose rule it stands; `until`: the first day without it."""

    what: str
    title: str
    why: str
    until: date | None


class ErasureView(View):
    title: str
    at: datetime
    what: list[str]
    kept: list[LeftView]


class MilestoneView(View):
    """`outcome`: of a decision."""

    kind: str
    title: str
    at: datetime
    outcome: str | None


class RelatedView(View):
    """A service that can be applied for about this application."""

    service: str
    title: str
    kind: Literal["appeal", "change", "stop"]


class OwnOriginalView(View):
    """The original of a document: who acts next, where it is, how the post names its letter."""

    awaits: Literal["original", "handover"] | None
    place: str
    by_post: bool
    handed_over_on: date | None
    tracking: str | None


class PauseView(View):
    """Every term stands still until `until` (`until_day`: its last day) or until it is resumed."""

    reason: str
    title: str
    since: datetime
    until: datetime
    until_day: date
    words: str = Field(description="Why, for the applicant")


class EscalationView(View):
    by: str
    by_name: str | None
    words: str


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
    officer_name: str | None = Field(description="Told to officers only")
    pause: PauseView | None = Field(description="An officer has paused its terms")
    escalation: EscalationView | None = Field(description="Told to officers only")
    terms: list[TermView]
    next: NextView
    question: QuestionView | None
    decision: DecisionView | None
    superseded: list[SupersededView] = Field(description="Earlier decisions, undone by appeals")
    appealed_by: str | None = Field(description="The appeal against the decision")
    contests: str | None = Field(description="Of an appeal: whose decision it is about")
    appeals: list[AppealView] = Field(description="All there have been, the earliest first")
    barred: BarredView | None = Field(
        description="Of an appeal: why the officer who asks may not rule on it"
    )
    documents: list[DocumentView]
    checks: list[CheckView]
    appointment: AppointmentView | None
    form: dict[str, Any]
    erased: ErasureView | None = Field(description="What was erased with the consent, what is left")
    fee: OwnFeeView | None
    expires_on: date | None = Field(description="When a draft that nobody goes on with is removed")
    problems: list[ProblemView] = Field(description="What a draft still lacks")
    milestones: list[MilestoneView] = Field(description="How far it has come, the earliest first")
    open_ways: list[Way] = Field(description="What its applicant can do with it now")
    related: list[RelatedView]
    follows: list[Literal["programme", "payments"]] = Field(description="What an approval brought")
    proposal: ProposalView | None = Field(description="Told to officers only")
    returned: str | None = Field(
        description="Why the second officer returned it last; for officers"
    )
    office_ways: list[OfficeWay] = Field(description="What the officer who asks can do with it now")
    priority_title: str | None
    original: OwnOriginalView | None


class ApplicationLine(View):
    """`days_left`: calendar days to `due_day`; fewer than none when it is overdue."""

    number: str
    service: str
    title: str
    next: NextView
    stage: Stage
    stage_title: str
    region: str
    due_day: date | None
    days_left: int | None
    overdue: bool
    priority: str | None
    priority_title: str | None
    officer: str | None = Field(description="Told to officers only")
    officer_name: str | None = Field(description="Told to officers only")
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
    actor_name: str | None = Field(description="What the office calls them; told to it only")
    officer_name: str | None = Field(description="Whom it was given to; told to officers only")
    data: dict[str, Any]
    hash: str


class ToldView(View):
    """A notice about event `event`, as it was delivered; `sending` is not known to have arrived."""

    event: int
    template: str
    channel: str
    state: Literal["sending", "sent", "failed"]
    at: datetime
    title: str
    channel_title: str | None = Field(description="Null for what went to the office or an agency")
    state_title: str


class HistoryView(View):
    number: str
    events: list[EventView]
    told: list[ToldView]
    signatures: list[SignatureView]
    intact: bool = Field(description="Nothing was altered, removed or moved since")


class AssessedView(View):
    rules: list[RuleView]
    sources: list[SourceView]
    amount: AmountView | None
    changes: list[str] = Field(description="What would turn a refusal")
    circumstances: list[str]


class AssessmentView(View):
    outcome: Literal["approved", "refused"]
    reasons: list[ReasonView]
    rules: list[dict[str, Any]]
    amount: dict[str, Any] | None = None
    counterfactual: list[dict[str, Any]]
    circumstances: list[str]
    measures: dict[str, Any]
    sources: dict[str, str]
    words: AssessedView = Field(description="The same in words")
    possible_reasons: list[ReasonView] = Field(description="What a refusal may name")


class ServiceLine(View):
    id: str
    code: str | None = Field(description="What the office calls it, for example V2")
    title: str
    version: int
    summary: str


class ServiceList(View):
    services: list[ServiceLine]


class PriorityView(View):
    category: str
    title: str
    when: str


class FeeView(View):
    title: str
    needed: str = Field(description="Who pays it, in words")
    amounts: list[dict[str, str]] = Field(description="By region; empty: the region sets it")
    source: str


class OptionView(View):
    value: str
    title: str


class FieldView(View):
    name: str
    title: str
    type: str
    required: bool
    hint: str
    asked: str = Field(description="When it is asked, in words; empty: always")
    options: list[OptionView]
    at_most: int | None = Field(description="Of a text, its length")
    fields: list["FieldView"] = Field(description="Of each member of a group")


class OutcomeView(View):
    when: str = Field(description="For whom, in words; empty: for everybody else")
    approved: str
    next: str
    refused: str


class ServiceView(ServiceLine):
    who: list[str]
    documents: list[dict[str, Any]] = Field(description="`needed`: for whom, in words")
    terms: list[dict[str, Any]] = Field(description="`text`: the term in words")
    priorities: list[PriorityView]
    fee: FeeView | None
    signed: bool = Field(description="Submitting takes an electronic signature")
    fields: list[FieldView]
    outcome: OutcomeView
    other_outcomes: list[OutcomeView]
    appeal: str
    source: str


class SchemaView(BaseModel):
    """A JSON Schema (2020-12)."""

    model_config = ConfigDict(extra="allow")
