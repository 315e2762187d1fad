"""The shapes of requests and answers about the archive of a person's own documents."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from casework.files import UNJUDGED
from functions.intake.bodies import (
    Body,
    Code,
    RegionCode,
    SignaturesView,
    Then,
    View,
)

FileName = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, StringConstraints(min_length=2, max_length=150, strip_whitespace=True)]
Number = Annotated[str, StringConstraints(max_length=60, strip_whitespace=True)]
Issuer = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)]
How = Literal["look", "download"]
ArchivedType = Annotated[
    Literal["application/pdf", "image/jpeg", "image/png", "application/xml", UNJUDGED],
    Field(description="What the file is posted as; its content decides what it is"),
]


class Paper(Body):
    """What stands on the paper. `valid_until`: the last day on which it holds."""

    number: Number = ""
    issuer: Issuer = ""
    issued_on: date | None = None
    valid_until: date | None = None


class NewFile(Body):
    file_name: FileName | None = Field(None, description="By default by the pattern of its kind")
    content_type: ArchivedType = UNJUDGED
    then: Then | None = None
    paper: Paper | None = Field(None, description="Of a new version: by default as the one before")


class NewArchived(NewFile):
    """`region`: whose days count, said once; the first document opens the archive."""

    kind: Code
    region: RegionCode | None = None


class ArchivedChange(Body):
    """Only what is said changes; null clears a day."""

    version: int | None = Field(None, ge=1, description="By default the newest")
    file_name: FileName | None = None
    number: Number | None = None
    issuer: Issuer | None = None
    issued_on: date | None = None
    valid_until: date | None = None


class KeptFromApplication(Body):
    """`document`: of the application, accepted there; `archived`: the document of the archive that
    it is the next version of, by default none."""

    number: Annotated[str, StringConstraints(max_length=20)]
    document: Annotated[str, StringConstraints(max_length=60)]
    kind: Code
    archived: Id | None = None
    paper: Paper = Field(default_factory=Paper)


class FromArchive(Body):
    """`document` of the archive for the `kind` that the service names."""

    document: Id
    version: int | None = Field(None, ge=1, description="By default the newest good one")
    kind: Code
    replaces: Annotated[str, StringConstraints(max_length=60)] | None = None


class Look(Body):
    how: How = "look"
    version: int | None = Field(None, ge=1, description="By default the newest good one")


class AttachedSignature(Body):
    """`signature`: the contents of the .sig or .p7s file, base64; `sha256`: of the file it is of,
    hex, so that it does not come to stand beside another."""

    signature: Annotated[str, StringConstraints(min_length=1, max_length=64 * 1024)]
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    version: int | None = Field(None, ge=1, description="By default the newest good one")


class GrantedLook(Body):
    document: Id
    how: How = "look"


class NewGrant(Body):
    """Who is trusted: by the phone of his own account. `own_name`: who trusts, as he reads it."""

    name: Name
    phone: Annotated[str, StringConstraints(max_length=30)]
    own_name: Name
    documents: Annotated[list[Id], Field(min_length=1, max_length=20)]
    may: How
    until: date


# ---- answers ------------------------------------------------------------------------------------


class PaperView(View):
    number: str
    issuer: str
    issued_on: date | None
    valid_until: date | None


class FileView(View):
    """One version. `suggested_name`: the name by the pattern, when the file has another."""

    version: int
    state: str
    state_title: str
    message: str | None
    current: bool
    expired: bool
    file_name: str
    suggested_name: str | None
    content_type: str
    sha256: str | None = Field(description="Of the file as it is kept, once it is accepted")
    paper: PaperView
    signatures: SignaturesView | None


class ArchivedView(View):
    id: str
    kind: str
    title: str
    versions: list[FileView]


class ArchiveKindView(View):
    kind: str
    title: str


class ArchiveView(View):
    """`region`: null until the first document opens the archive. `kinds`: what may be kept."""

    region: str | None
    documents: list[ArchivedView]
    kinds: list[ArchiveKindView]


class ArchiveUploadView(View):
    """Post the file to `url` with `fields`, the file last; XML is for the archive only."""

    document: ArchivedView
    url: str
    fields: dict[str, str]


class ErasedView(View):
    erased: Literal[True]


class LookView(View):
    """Read the file at `url` before `valid_until`."""

    url: str
    file_name: str
    valid_until: datetime


class GrantView(View):
    id: str
    name: str | None
    phone: str | None
    documents: list[str]
    may: How
    until: date
    granted_at: datetime
    state: Literal["in_force", "ended", "revoked"]
    revoked_at: datetime | None


class GrantList(View):
    grants: list[GrantView]


class GrantedDocumentView(View):
    id: str
    title: str
    file_name: str


class GrantedView(View):
    grant: str
    owner: str
    may: How
    until: date
    documents: list[GrantedDocumentView]


class GrantedList(View):
    granted: list[GrantedView]


class LogLine(View):
    """`who`: the owner himself, one he trusted (by `name` and `phone`), an officer, or Opora."""

    at: datetime
    what: str
    title: str
    who: Literal["owner", "trusted", "office", "system"]
    name: str | None
    phone: str | None
    document: str | None
    document_title: str | None
    version: int | None
    grant: str | None


class LogView(View):
    """`intact`: nobody altered, removed or moved a line."""

    lines: list[LogLine]
    intact: bool
