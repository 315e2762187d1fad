"""Judge each uploaded document by its content, within seconds of the upload."""

from dataclasses import replace
from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.documents import Upload, upload_of
from adapters.inspection import Verdict, inspect
from casework import actions
from casework.application import SYSTEM
from casework.errors import NotFound
from casework.ports import Case, DocumentRecord
from functions.verify.wiring import applications, documents, logger, operators


def judge(event: dict[str, Any], _: Any) -> None:
    """An object was created in the quarantine (EventBridge)."""
    key = event["detail"]["object"]["key"]
    upload = upload_of(key)
    case = _announced(upload)
    if case is None:
        _report_stranger(key)
        return
    data = documents().read(key)
    if data is None:
        logger.warning("the upload is gone", extra={"number": upload.number})
        return
    record = case.documents[upload.document]
    needed = rules_of(case.application).service.document(record.kind)
    verdict = inspect(
        data,
        declared_type=record.content_type,
        file_name=record.file_name,
        dpi_at_least=needed.dpi_at_least,
    )
    judged = _judged(record, upload, data, verdict)
    applications().change(
        upload.number,
        lambda case: actions.judge_document(case, judged, sha256=verdict.sha256, size=verdict.size),
        actor=SYSTEM,
        now=now(),
    )


def _announced(upload: Upload | None) -> Case | None:
    """The case that expects this upload."""
    try:
        case = applications().load(upload.number) if upload else None
    except NotFound:
        return None
    return case if case and upload.document in case.documents else None


def _judged(
    record: DocumentRecord, upload: Upload, data: bytes, verdict: Verdict
) -> DocumentRecord:
    if not verdict.accepted:
        return replace(record, defect=verdict.defect, details=verdict.details)
    key = documents().keep(upload, data, verdict.content_type)
    return replace(record, content_type=verdict.content_type, vault_key=key)


def _report_stranger(key: str) -> None:
    """Nobody announced it: it stays in the quarantine, nobody reads it, operators are told.

    The key is not repeated: whoever put the object there chose it, and it may name a person.
    """
    logger.warning("an upload that nobody announced stays in quarantine")
    operators().publish("stranger_quarantined", {"key_length": len(key)})
