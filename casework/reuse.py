"""A document of the archive becomes a document of an application, without a new upload. The file is
copied: what happens to one of the two is nothing to the other."""

import hashlib
from dataclasses import replace

from casework import actions
from casework.archive import Archive
from casework.errors import InvalidForm, NotFound, Problem, WrongStage
from casework.files import ACCEPTED, FileState
from casework.happening import Happening
from casework.ports import Case, Change, DocumentRecord, Rules


def document_for(archive: Archive, file: str, kind: str) -> str:
    """The id of a file as that document of an application: asked for again, it is the same one."""
    return hashlib.sha256(f"{archive.number}/{file}/{kind}".encode()).hexdigest()[:32]


def take(
    case: Case,
    rules: Rules,
    record: DocumentRecord,
    known: FileState,
    file: str,
    replaces: str | None = None,
) -> Change:
    """The file of the archive as an accepted document. `record`: what it is in the application;
    `replaces`: the document that gives way to it."""
    taken = case.application.documents.get(record.id)
    if taken is not None and taken.state == ACCEPTED:
        return Change(result={"document": record.id})
    if taken is not None:  # refused once, the same file would be refused again
        raise InvalidForm([Problem("document", "document_refused_before")])
    announced = actions.announce_document(case, rules, record, replaces)
    told = {"sha256": known.sha256, "size": known.size, "warnings": list(known.warnings)}
    data = {**announced.happenings[0].data, **told, "from_archive": file}
    return replace(announced, happenings=(Happening("document_accepted", data),))


def keepable(case: Case, document: str) -> tuple[DocumentRecord, FileState]:
    """An accepted document of an application. Raises NotFound, WrongStage."""
    known, record = case.application.documents.get(document), case.documents.get(document)
    if known is None or record is None:
        raise NotFound("no_such_document")
    if known.state != ACCEPTED or record.vault_key is None:
        raise WrongStage("file_not_accepted")
    return record, known
