"""The shapes of requests and answers about acting in the name of another person."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from functions.intake.bodies import Body, Code, View, Words

Typed = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class RepresentedPerson(Body):
    last_name: Typed
    first_name: Typed
    patronymic: Typed | None = None
    birth_date: Typed
    snils: Typed


class NewRepresentation(Body):
    """`own_name`: who asks, as the other one knows him. `phone`: of that person, if he has a
    cabinet and agrees there himself; else an officer looks at `proof`, a document of one's own
    archive. `until`: the last day; demanded of a power of attorney."""

    kind: Code
    person: RepresentedPerson
    own_name: Typed
    phone: Annotated[str, StringConstraints(max_length=40)] | None = None
    proof: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")] | None = None
    by_attorney: bool = False
    notarised: bool = False
    until: date | None = None


class RepresentationDecision(Body):
    confirms: bool
    words: Words | None = Field(None, description="Demanded when it is declined")


class RepresentedView(View):
    last_name: str
    first_name: str
    patronymic: str | None = None
    birth_date: date
    snils: str


class RepresentationView(View):
    """`awaits`: who is to agree. `person`, `representative_name`: null when they were erased.
    `words`: why an officer declined."""

    representation: str
    kind: str
    kind_title: str
    role: Literal["representative", "represented", "officer"]
    state: Literal["proposed", "accepted", "declined", "revoked", "expired"]
    awaits: Literal["person", "officer"] | None
    by_attorney: bool
    until: date | None
    proposed_at: datetime
    review_due: datetime | None
    person: RepresentedView | None
    representative_name: str | None
    words: str | None
    has_proof: bool


class RepresentationKindView(View):
    """`attorney`: an officer wants a notarised power of attorney."""

    kind: str
    title: str
    proof: str
    attorney: bool


class RepresentationList(View):
    own: list[RepresentationView]
    about_me: list[RepresentationView]
    kinds: list[RepresentationKindView]


class RepresentationQueue(View):
    representations: list[RepresentationView]


class ProofView(View):
    url: str
    file_name: str
    seconds: int
