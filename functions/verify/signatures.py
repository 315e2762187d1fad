"""Check the electronic signatures of a document, once it lies in the vault (through a queue).

The libraries for it are heavy and the files are strangers': no other function carries them.
"""

import base64
from collections.abc import Callable
from functools import partial
from typing import Any

from adapters import definitions
from adapters.clock import now
from adapters.document_signatures import NoSignature, is_signable
from adapters.document_signatures.apart import signatures_apart
from adapters.queues import SignatureCheck
from adapters.records import each_message
from casework import actions, archive_actions, document_signatures
from casework.application import SYSTEM
from casework.archive import ArchiveCase, is_archive, person_of
from casework.document_signatures import SignatureReport
from casework.files import FileState, Move
from casework.ports import Case, DocumentRecord
from functions.verify.wiring import applications, archives, logger, vault


def check(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return each_message(event, _check, logger)


def _check(body: dict[str, Any]) -> None:
    request = SignatureCheck(**body)
    case = _case(request.number)
    document = case.events[request.event - 1].data["document"]
    record = case.documents.get(document)
    if record is None or record.vault_key is None:
        return  # erased meanwhile, or thrown out
    if record.signature is None and not is_signable(record.content_type):
        return
    data = vault().read(record.vault_key)
    if data is None:
        return
    _note(request.number, document, partial(document_signatures.note, found=_found(record, data)))


def _note(number: str, document: str, act: Callable[[FileState], Move]) -> None:
    """As functions/verify/shelves.py does, which brings the inspection's libraries along."""
    if is_archive(number):
        archives().change(
            person_of(number),
            lambda case: archive_actions.move_file(case, document, act),
            actor=SYSTEM,
            now=now(),
        )
        return
    applications().change(
        number,
        lambda case: actions.move_document(case, document, act),
        actor=SYSTEM,
        now=now(),
    )


def _case(number: str) -> Case | ArchiveCase:
    return archives().load(person_of(number)) if is_archive(number) else applications().load(number)


def _found(record: DocumentRecord, data: bytes) -> SignatureReport:
    roots, at = definitions.trust_roots(), now()
    beside = base64.b64decode(record.signature) if record.signature else None
    try:
        return signatures_apart(data, record.content_type, beside=beside, roots=roots, now=at)
    except NoSignature:
        return document_signatures.unreadable("cms")
