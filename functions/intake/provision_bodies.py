"""The shapes of requests and answers about what follows an approval."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from casework.benefit_actions import REASONS
from casework.provision_actions import Need, Per
from functions.intake.bodies import Body, GivenSignature, RegionCode, View, Words

Short = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
ProviderId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Rubles = Annotated[str, StringConstraints(pattern=r"^\d{1,9}(\.\d{2})?$")]
Period = Annotated[str, StringConstraints(pattern=r"^(\d{4}-(0[1-9]|1[0-2])|once)$")]


def _iso(value: Any) -> Any:
    """Strict bodies take a day only as a date; in JSON it is a text."""
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value


Day = Annotated[date, BeforeValidator(_iso)]


class NewLine(Body):
    """One service: `times` each `per` until a day, and why it is needed."""

    need: Need
    title: Short
    times: Annotated[int, Field(ge=1, le=100)]
    per: Per
    until: Day
    why: Words


class NewProgramme(Body):
    lines: Annotated[list[NewLine], Field(min_length=1, max_length=30)]
    review_on: Day


class Agreement(Body):
    """`wishes`: what should be otherwise, when the person does not agree."""

    agrees: bool
    wishes: Words | None = None
    signature: GivenSignature | None = None


class ProviderChoice(Body):
    provider: ProviderId
    signature: GivenSignature | None = None


class ServiceEvent(Body):
    """`line`: number of the service in the programme, from 1; an end has its result."""

    line: Annotated[int, Field(ge=1, le=30)]
    event: Literal["started", "ended"]
    on: Day
    result: Words | None = None


class Complaint(Body):
    words: Words


class ComplaintReview(Body):
    upheld: bool
    answer: Words


class NewOffer(Body):
    need: Need
    price: Rubles
    starts_in_days: Annotated[int, Field(ge=0, le=365)]


class NewProvider(Body):
    """`rating`: out of 5, over so many `reviews`. The same id again replaces it."""

    id: ProviderId
    region: RegionCode
    title: Short
    place: Short
    licence: Short
    licensed_until: Day
    accreditation: Short | None = None
    rating: Annotated[str, StringConstraints(pattern=r"^([0-4]\.\d|5\.0)$")]
    reviews: Annotated[int, Field(ge=0)]
    offers: Annotated[list[NewOffer], Field(min_length=1, max_length=10)]


class OriginalNote(Body):
    """`tracking`: of the letter, when the original goes by post."""

    event: Literal["ready", "handed_over"]
    on: Day | None = None
    tracking: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{8,20}$")] | None = None


class NewOrder(Body):
    """The same payment with other details from a day; what is left out stays as it is."""

    since: Day
    amount: Rubles | None = None
    bic: Annotated[str, StringConstraints(max_length=20)] | None = None
    account: Annotated[str, StringConstraints(max_length=40)] | None = None
    payee: Short | None = None


class Stop(Body):
    reason: Literal[REASONS]
    since: Day


class Claim(Body):
    """Months (2026-05), or `once`, that were paid wrongly, and why."""

    periods: Annotated[list[Period], Field(min_length=1, max_length=120)]
    words: Words


# ---- answers ------------------------------------------------------------------------------------


class LineView(View):
    number: int
    need: Need
    need_title: str
    title: str
    times: int
    per: Per
    per_title: str
    until: date
    why: str
    started_on: date | None
    ended_on: date | None
    result: str | None


class ProgrammeView(View):
    """`awaits`: what is awaited now; null when nothing is. `wishes`, `complaint`: the latest."""

    number: str
    awaits: str | None
    awaits_title: str
    edition: int
    review_on: date | None
    agreed: bool
    lines: list[LineView]
    wishes: str | None
    provider: dict[str, Any] | None
    act: dict[str, Any] | None
    complaint: str | None
    complaint_answer: str | None
    ended: str | None


class OfferView(View):
    need: Need
    price: Decimal
    starts_in_days: int


class ProviderView(View):
    id: str
    region: str
    title: str
    place: str
    licence: str
    licensed_until: date
    accreditation: str | None
    rating: Decimal
    reviews: int
    offers: list[OfferView]


class ComparedView(View):
    """`a_month`: what the person would pay a month for everything in the programme, in rubles."""

    provider: ProviderView
    starts_in_days: int
    a_month: Decimal


class ComparisonView(View):
    number: str
    providers: list[ComparedView]


class OriginalView(View):
    number: str
    awaits: Literal["original", "handover"] | None
    place: str
    handed_over_on: date | None
    tracking: str | None


class OrderView(View):
    since: date
    amount: Decimal
    account: str


class PaidView(View):
    period: str
    state: Literal["sent", "paid", "failed"]
    at: datetime
    amount: Decimal
    account: str
    code: str | None
    claimed: bool
    state_title: str


class ExpectedView(View):
    """The next payment; no days where it is owed already, or has a term of its own."""

    period: str
    since: date | None
    until: date | None


class ClaimView(View):
    periods: list[str]
    amount: Decimal
    words: str


class PaymentsView(View):
    """`orders`: what is paid from which day; `history`: the latest period first. Of accounts, the
    last four digits."""

    number: str
    first: str | None = Field(description="The first month that is paid, or `once`")
    stopped_on: date | None
    orders: list[OrderView]
    history: list[PaidView]
    expected: ExpectedView | None
    claims: list[ClaimView] = Field(description="What is claimed back")
