"""Judge uploaded files: by their content, and by what the malware scanner says of them.

Both kinds of news come as events, in either order, late and twice. A file leaves the quarantine
when the inspection and the scanner have found the same object good.
"""

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

from adapters.clock import now
from adapters.documents import Sent, Upload, upload_of, vault_key
from adapters.inspection import Verdict
from adapters.inspection.apart import inspect_apart
from adapters.malware import scanned_of
from adapters.queues import ScanAwaited
from casework import files
from casework.files import FileState, Inspection, Move, Scan
from functions.verify.shelves import Expected, Shelf, shelf_of
from functions.verify.wiring import documents, logger, operators, scans_awaited

ROUNDS = 3  # of releasing a file that was written anew meanwhile


def judge(event: dict[str, Any], _: Any) -> None:
    """An object was created in the quarantine (EventBridge)."""
    key = event["detail"]["object"]["key"]
    upload = upload_of(key)
    shelf = shelf_of(upload) if upload else None
    expected = shelf.expected(upload) if shelf else None
    if expected is None:
        _report_stranger(key)
    elif expected.over or expected.file.state not in files.UNDER_WAY:
        logger.info("an upload that nobody waits for", extra=upload._asdict())
    elif sent := documents().read(key):
        found = _inspected(upload, expected, sent)
        file = carry(shelf, upload, expected.file, partial(files.inspect, found=found))
        _wait_for_verdict(upload, file)
    else:
        logger.warning("the upload is gone", extra=upload._asdict())


def take_verdict(event: dict[str, Any], _: Any) -> None:
    """The scanner has looked at an object (EventBridge, in the shape of GuardDuty's events)."""
    scanned = scanned_of(event)
    upload = upload_of(scanned.key)
    shelf = shelf_of(upload) if upload else None
    expected = shelf.expected(upload) if shelf else None
    if scanned.verdict is None:
        logger.error("the scanner gave no verdict", extra={"result": scanned.result})
    elif expected is None:
        logger.warning("a verdict on an unannounced upload", extra={"result": scanned.result})
    elif scanned.verdict == files.INFECTED:
        _take_infected(shelf, upload, expected, scanned.etag)
    elif not expected.over:
        found = Scan(scanned.etag, scanned.verdict)
        file = carry(shelf, upload, expected.file, partial(files.scan, found=found))
        if file.state == files.ANNOUNCED:
            _wait_for_verdict(upload, file)


def carry(
    shelf: Shelf, upload: Upload, file: FileState, act: Callable[[FileState], Move]
) -> FileState:
    """Write down what happened to the file, and its acceptance when nothing else was missing: into
    the vault first, so that nothing is accepted that is not there. Gives the file as it is then."""
    for _ in range(ROUNDS):
        coming = files.moved(file, act(file), now())
        in_vault = coming.sha256 if files.is_good(coming) else None
        if in_vault:
            documents().release(upload, in_vault)
        file = shelf.move(
            upload,
            lambda file, in_vault=in_vault: files.released(file, act(file), in_vault, now()),
            vault_key(upload, in_vault) if in_vault else None,
        )
        if not files.is_good(file):
            break
    return file


def _inspected(upload: Upload, expected: Expected, sent: Sent) -> Inspection:
    """The verdict, and what it found good set aside."""
    verdict: Verdict = inspect_apart(
        sent.data,
        declared_type=expected.content_type,
        file_name=expected.file_name,
        allowed=expected.allowed,
        dpi_at_least=expected.dpi_at_least,
    )
    if not verdict.accepted:
        return Inspection(
            sent.etag,
            verdict.sha256,
            verdict.size,
            expected.content_type,
            verdict.defect,
            verdict.details,
        )
    kept = sent.data if verdict.cleaned is None else verdict.cleaned
    sha256 = documents().set_aside(upload, kept, verdict.content_type)
    return Inspection(sent.etag, sha256, len(kept), verdict.content_type, warnings=verdict.warnings)


def _take_infected(shelf: Shelf, upload: Upload, expected: Expected, etag: str) -> None:
    """Deleted before anything is said of it; what is left is its digest."""
    sent = documents().read(upload.key)
    found = Scan(etag, files.INFECTED)
    if sent and sent.etag == etag:
        found = Scan(etag, files.INFECTED, hashlib.sha256(sent.data).hexdigest(), len(sent.data))
    touched = bool(files.scan(expected.file, found).happenings)
    documents().discard(upload, expected.file.sha256 if touched else None)
    logger.warning("an infected upload was deleted", extra=upload._asdict())
    shelf.move(upload, partial(files.scan, found=found), None)


def _wait_for_verdict(upload: Upload, file: FileState) -> None:
    """What is not answered in a while is looked at again (functions/verify/scans.py)."""
    if files.is_awaited(file):
        scans_awaited().send([ScanAwaited(*upload)])


def _report_stranger(key: str) -> None:
    """Nobody announced it: it stays in the quarantine, nobody reads it, operators are told.

    The key is not repeated: whoever put the object there chose it, and it may name a person.
    """
    if documents().read(key) is None:
        return  # late news of an upload that was erased, and all we knew of it with it
    logger.warning("an upload that nobody announced stays in quarantine")
    operators().publish("stranger_quarantined", {"key_length": len(key)})
