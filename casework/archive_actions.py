"""What a person and the clock may do with an archive. Each action takes the case as it stands and
gives the change it causes, or raises why not."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from casework.archive import (
    ERASED,
    NOTHING,
    Archive,
    ArchiveCase,
    ArchiveChange,
    ArchiveRecord,
    Paper,
    Validity,
    document_of,
    sealed,
)
from casework.errors import InvalidForm, NotFound, Problem
from casework.files import (
    ACCEPTED,
    ENDINGS,
    REJECTED,
    STILL,
    UNDER_WAY,
    FileState,
    Move,
)
from casework.happening import Happening
from casework.service import DocumentRequirement

REMINDED_BEFORE = timedelta(days=30)
DOCUMENTS_AT_MOST = 60
VERSIONS_AT_MOST = 20  # that are kept at once; older ones are erased to make room
RESOLUTION_LOW = "resolution_low"  # the inspection's warning: less than 300 dpi
NAME_AT_MOST = 60  # characters of a paper's number in the name of a file
TAKEN_BY_SERVICES = frozenset({"application/pdf", "image/jpeg", "image/png"})
TAKEN_BY_ARCHIVE = TAKEN_BY_SERVICES | {"application/xml"}


class Kind(NamedTuple):
    """A kind of paper (services/parameters/archive_documents.toml)."""

    value: str
    title: str
    file_name: str
    serves: Sequence[str] = ()

    def may_be(self, service_kind: str) -> bool:
        """Whether it can stand for that document of a service."""
        return service_kind == self.value or service_kind in self.serves


# ---- the owner ----------------------------------------------------------------------------------


def announce(
    case: ArchiveCase,
    kinds: Mapping[str, Kind],
    record: ArchiveRecord,
    *,
    region: str | None,
    today: date,
) -> ArchiveChange:
    """A file will be uploaded: the first of a document, or its next version. `record.id` is the
    file's; `region` opens an archive that is not open yet; `today` is its day."""
    opening = _opening(case.archive, region)
    _check_room(case.archive, record, kinds)
    data = {"document": record.id, "kind": record.kind, **_described(record, today)}
    announced = Happening("document_announced", data)
    return ArchiveChange((*opening, announced), (record,), result={"file": record.id})


def keep(
    case: ArchiveCase,
    kinds: Mapping[str, Kind],
    record: ArchiveRecord,
    taken: FileState,
    *,
    number: str,
    region: str,
    today: date,
) -> ArchiveChange:
    """Keep what an application accepted: the file is copied, and needs no other inspection."""
    if record.id in case.archive.files:
        return ArchiveChange(result={"file": record.id})
    _check_room(case.archive, record, kinds)
    named = {"document": record.id, "kind": record.kind}
    announced = Happening("document_announced", {**named, **_described(record, today)})
    good = {"sha256": taken.sha256, "size": taken.size, "warnings": list(taken.warnings)}
    accepted = Happening("document_accepted", {**named, **good, "from_application": number})
    opening = _opening(case.archive, region)
    return ArchiveChange((*opening, announced, accepted), (record,), result={"file": record.id})


def describe(
    case: ArchiveCase, file: str, paper: Paper, file_name: str, *, salt: str, today: date
) -> ArchiveChange:
    """Other words about a paper, or another name of its file."""
    known = case.documents[file]
    if (known.paper, known.file_name) == (paper, file_name):
        return NOTHING
    record = replace(known, paper=paper, file_name=file_name, salt=salt)
    data = {"document": file, **_described(record, today)}
    return ArchiveChange((Happening("document_described", data),), (record,))


def erase(case: ArchiveCase, document: str) -> ArchiveChange:
    """All versions of a document go; again, nothing. Raises NotFound."""
    if not any(document_of(file) == document for file in case.archive.files):
        raise NotFound("unknown_archived")
    files = case.archive.documents.get(document, ())
    erased = (
        Happening("document_erased", {"document": file, "kind": case.archive.files[file].kind})
        for file in files
    )
    return ArchiveChange(tuple(erased), forgets=tuple(files))


def _opening(archive: Archive, region: str | None) -> tuple[Happening, ...]:
    if archive.is_open:
        return ()
    if region is None:
        raise InvalidForm([Problem("region", "required")])
    return (Happening("archive_opened", {"region": region}),)


def _check_room(archive: Archive, record: ArchiveRecord, kinds: Mapping[str, Kind]) -> None:
    if record.kind not in kinds:
        raise InvalidForm([Problem("kind", "not_in_list", {"options": ", ".join(kinds)})])
    documents = archive.documents
    versions = documents.get(document_of(record.id), [])
    if not versions and len(documents) >= DOCUMENTS_AT_MOST:
        raise InvalidForm([Problem("kind", "too_many", {"at_most": DOCUMENTS_AT_MOST})])
    if len(versions) >= VERSIONS_AT_MOST:
        raise InvalidForm([Problem("file_name", "too_many", {"at_most": VERSIONS_AT_MOST})])


def _described(record: ArchiveRecord, today: date) -> dict[str, Any]:
    """What the chain says of a paper: its last day, which reminders that leaves, and a digest of
    the rest. Raises InvalidForm."""
    paper = record.paper
    problems = []
    if paper.issued_on and paper.issued_on > today:
        problems.append(Problem("issued_on", "in_the_future"))
    if paper.valid_until and paper.issued_on and paper.valid_until < paper.issued_on:
        problems.append(Problem("valid_until", "before_issue"))
    if problems:
        raise InvalidForm(problems)
    digest = sealed(record.salt, [record.file_name, *paper])
    if paper.valid_until is None:
        return {"described": digest}
    # Whoever writes that a paper ends next week needs no message that it does.
    passed = [mark for mark, day in _marks(paper.valid_until).items() if today >= day]
    return {"described": digest, "valid_until": paper.valid_until.isoformat(), "passed": passed}


def suggested_name(kind: Kind, number: str, content_type: str) -> str:
    """The name that a file is offered: "passport_4510-123456.pdf", with the dot alone as long
    as nobody knows its type."""
    told = re.sub(r"[\W_]+", "-", number).strip("-")[:NAME_AT_MOST]
    stem = f"{kind.file_name}_{told}" if told else kind.file_name
    return f"{stem}.{ENDINGS.get(content_type, '')}"


def attach_signature(case: ArchiveCase, file: str, signature: str) -> ArchiveChange:
    """An electronic signature that came beside the file (base64); it takes the place of an earlier
    one. Whether it is one, and of this file, is found out later."""
    known, state = case.documents[file], case.archive.files[file]
    if state.state != ACCEPTED:
        raise InvalidForm([Problem("version", "document_pending")])
    if known.signature == signature:
        return NOTHING
    digest = hashlib.sha256(signature.encode()).hexdigest()
    data = {"document": file, "kind": known.kind, "sha256": digest}
    attached = Happening("signature_attached", data)
    return ArchiveChange((attached,), (replace(known, signature=signature, signatures=None),))


# ---- what is found out about a file -------------------------------------------------------------


def move_file(
    case: ArchiveCase, file: str, act: Callable[[FileState], Move], vault_key: str | None = None
) -> ArchiveChange:
    """What happens to an uploaded file (casework.files); news that say nothing new change nothing.
    `vault_key`: where it lies once it is accepted."""
    known = case.archive.files[file]
    move = act(known) if case.archive.is_open and known.state != ERASED else STILL
    if not move.happenings:
        return NOTHING
    named = {"document": file, "kind": known.kind}
    happenings = tuple(Happening(kind, {**named, **data}) for kind, data in move.happenings)
    beside = dict(move.beside)
    if happenings[-1].kind == "document_accepted":
        beside["vault_key"] = vault_key
    return ArchiveChange(happenings, (replace(case.documents[file], **beside),))


# ---- an application takes a document ------------------------------------------------------------


def usable(
    case: ArchiveCase, file: str, kind: Kind, needed: DocumentRequirement, today: date
) -> ArchiveRecord:
    """The record of a file that may stand for the document that a service needs; `today` is the
    day of the application's region. Raises InvalidForm with why it may not."""
    known, record = case.archive.files[file], case.documents[file]
    ends = record.paper.valid_until
    unusable = {
        "kind_differs": not kind.may_be(needed.kind),
        "document_rejected": known.state == REJECTED,
        "document_pending": known.state in UNDER_WAY,
        "type_not_for_services": record.content_type not in TAKEN_BY_SERVICES,
        "expired": ends is not None and ends < today,
        "resolution_not_enough": bool(needed.dpi_at_least) and RESOLUTION_LOW in known.warnings,
    }
    if why := next((code for code, is_so in unusable.items() if is_so), None):
        raise InvalidForm([Problem("document", why, {"kind": needed.kind})])
    return record


# ---- the clock ----------------------------------------------------------------------------------


def next_reminder(archive: Archive) -> date | None:
    """The next day on which the clock has something to say of a paper."""
    marks = (_next_mark(archive.validity[file]) for file in _in_use(archive))
    return min((day for _, day in filter(None, marks)), default=None)


def remind(case: ArchiveCase, today: date) -> ArchiveChange:
    """A month before the last day of a paper, and on that day; of two that have passed, the last
    only. Of a paper that a newer version took the place of, nothing."""
    if case.archive.consent_withdrawn_at:
        return NOTHING
    happenings = []
    for file in _in_use(case.archive):
        known = case.archive.validity[file]
        days = _marks(known.until) if known.until else {}
        due = [m for m, day in days.items() if today >= day and m not in known.reminded]
        if due and "day" not in known.reminded:
            named = {"document": file, "kind": case.archive.files[file].kind}
            happenings.append(Happening("archive_reminded", {**named, "mark": due[-1]}))
    return ArchiveChange(tuple(happenings))


def _in_use(archive: Archive) -> list[str]:
    current = filter(None, map(archive.current, archive.documents))
    return [file for file in current if file in archive.validity]


def _next_mark(validity: Validity) -> tuple[str, date] | None:
    if validity.until is None or "day" in validity.reminded:
        return None
    return next(m for m in _marks(validity.until).items() if m[0] not in validity.reminded)


def _marks(until: date) -> dict[str, date]:
    return {"month": until - REMINDED_BEFORE, "day": until}
