"""The shapes of requests and answers about the experts' check of documents."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from functions.intake.bodies import Body, Code, View, Words

Note = Annotated[Words, Field(max_length=1000)]


class NewVerdict(Body):
    """What an expert found. Everything but `conforming` names its defects, of those that GET
    /document-checks/defects lists under the verdict; `note` is for the applicant to read."""

    verdict: Literal["conforming", "nonconforming", "unreadable", "suspect"]
    defects: list[Code] = Field(default_factory=list, max_length=10)
    note: Note | None = None


class LookView(View):
    """The file itself, at `url`, until `valid_until`; `shows`: what it must show."""

    url: str
    valid_until: datetime
    file_name: str
    content_type: str
    shows: list[str]


class DefectView(View):
    code: str
    verdict: str
    title: str
    told: str = Field(description="What the applicant reads")


class DefectList(View):
    defects: list[DefectView]


class AwaitingLine(View):
    """`due`: the instant by which the first of its documents is to be judged."""

    number: str
    service: str
    title: str
    region: str
    due: datetime
    overdue: bool


class AwaitingPage(View):
    applications: list[AwaitingLine]
    cursor: str | None
