"""The scan that comes with a request for access. Who sends it is nobody yet, so it lies in an
archive of the request's own: inspected, scanned and erased as everybody's documents are."""

import secrets
from datetime import datetime
from typing import Any

from adapters import definitions
from casework import archive_actions
from casework.application import SYSTEM
from casework.archive import ArchiveCase, ArchiveChange, ArchiveRecord, document_of
from casework.errors import NotFound
from casework.files import ACCEPTED
from functions.intake.wiring import archives, documents, vault

KIND, REGION = "passport", "RU-MOW"  # whose days count matters to no scan
LOOK_SECONDS = 300


def announced(
    number: str, file: str, file_name: str, content_type: str, then: str | None, now: datetime
) -> dict[str, Any]:
    """Where to post the file: {"url", "fields"}. Of the same file again, the same."""
    record = ArchiveRecord(file, KIND, file_name, content_type, salt=secrets.token_hex(16))

    def act(case: ArchiveCase) -> ArchiveChange:
        if file in case.archive.files:
            return ArchiveChange()
        kinds, today = definitions.archive_kinds(), now.date()
        return archive_actions.announce(case, kinds, record, region=REGION, today=today)

    done = archives().change(_owner(number), act, actor=SYSTEM, now=now)
    return documents().invitation(done.case.archive.number, file, content_type, then)


def shown(number: str) -> tuple[str | None, str | None]:
    """(how the file stands, where to look at it); nothing of a request without one."""
    case = archives().load(_owner(number))
    if not case.documents:
        return None, None
    (file, record), *_ = case.documents.items()
    state = case.archive.files[file].state
    if state != ACCEPTED:
        return state, None
    name = f"{number}.{record.content_type.rpartition('/')[2]}"
    address = vault().address(
        record.vault_key, name, record.content_type, download=False, seconds=LOOK_SECONDS
    )
    return state, address


def erase(number: str, by: str, now: datetime) -> None:
    """Once the request is answered nobody needs it."""

    def act(case: ArchiveCase) -> ArchiveChange:
        if not case.documents:
            raise NotFound("unknown_archived")
        return archive_actions.erase(case, document_of(next(iter(case.documents))))

    try:
        archives().change(_owner(number), act, actor=by, now=now)
    except NotFound:
        return


def has_passport(person: str) -> bool:
    """Whether a scan of the passport lies in the person's own archive, found good."""
    files = archives().load(person).archive.files.values()
    return any(file.kind == KIND and file.state == ACCEPTED for file in files)


def _owner(number: str) -> str:
    """No person of the user pool is called so: their names are drawn, or given by the office."""
    return f"access-request-{number}"
