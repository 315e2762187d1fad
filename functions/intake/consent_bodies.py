"""What the API tells of a withdrawn consent to data processing."""

from datetime import date, datetime

from pydantic import Field

from functions.intake.bodies import View


class KeptView(View):
    what: str
    title: str
    why: str
    source: str
    until: date | None = Field(description="The first day without it; null: while the reason lasts")


class ErasedPartView(View):
    what: str
    title: str


class ErasedApplicationView(View):
    number: str
    service: str
    title: str
    state: str
    state_title: str
    ends: bool = Field(description="It is in work, or a draft, and ends with the consent")
    erased: list[ErasedPartView]
    kept: list[KeptView]
    done: bool = Field(description="Everything that is to be erased is erased")


class ErasedArchiveView(View):
    """Of the person's own archive nothing is kept."""

    files: int
    grants: int


class GivenConsentView(View):
    """`edition`: of the text, by the first day on which it was asked for."""

    at: datetime
    edition: date | None
    text: str | None
    about: str | None


class ConsentView(View):
    given: GivenConsentView | None = Field(description="At sign-up")
    withdrawn_at: datetime | None
    applications: list[ErasedApplicationView]
    archive: ErasedArchiveView
    beyond: list[str] = Field(description="What no erasure reaches, and what becomes of it")
