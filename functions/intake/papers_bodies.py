"""The shapes of requests and answers about the papers that we issue."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from functions.intake.bodies import Body, View


class PaperRequest(Body):
    """A paper that is drawn when somebody asks for it: `ledger`, the due dates day by day."""

    kind: Literal["ledger"]


class PaperView(View):
    """`print`: standard | large; `standing`: whether it holds now, in a word and in a sentence."""

    paper: str
    kind: str
    title: str
    print: str
    issued_at: datetime
    size: int
    sha256: str
    standing: str
    told: str


class PaperList(View):
    number: str
    papers: list[PaperView] = Field(description="The newest first")


class DocumentFile(View):
    """The file itself, at `url`, until `valid_until`."""

    url: str
    valid_until: datetime
    file_name: str
    content_type: str


class PaperDownload(View):
    """The PDF itself, at `url`, until `valid_until`."""

    url: str
    valid_until: datetime
    file_name: str
    sha256: str
