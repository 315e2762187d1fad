"""Signatures that come beside a document, as files of their own (.sig, .p7s).

They are checked apart, by functions/verify/signatures.py; the archive shows what came of it.
"""

import base64
import binascii
from typing import Any

from adapters.calendars import calendar_for
from casework import archive_actions
from casework.archive import ArchiveCase, ArchiveChange
from casework.errors import InvalidForm, Problem
from functions.intake import archive_bodies as bodies
from functions.intake import archive_show as show
from functions.intake.access import api
from functions.intake.archive_api import ONE, OWNER
from functions.intake.http import Request
from functions.intake.wiring import archives


@api.operation(
    "POST",
    f"{ONE}/signature",
    "Put an electronic signature beside a document; it is checked within a minute",
    bodies.ArchivedView,
    roles=OWNER,
    body=bodies.AttachedSignature,
    status=201,
)
def attach_signature(request: Request, document: str) -> dict[str, Any]:
    asked: bodies.AttachedSignature = request.body
    signature = _read(asked.signature)

    def act(case: ArchiveCase) -> ArchiveChange:
        file = case.file(document, asked.version)
        if case.archive.files[file].sha256 != asked.sha256:
            raise InvalidForm([Problem("sha256", "signature_of_another_file")])
        return archive_actions.attach_signature(case, file, signature)

    person = request.person.id
    done = archives().change(person, act, actor=person, now=request.now, command=request.command)
    today = calendar_for(done.case.archive.region).local_day(request.now)
    return show.archived(done.case, document, today, request.language)


def _read(text: str) -> str:
    """The same bytes written in one way only. Raises InvalidForm."""
    try:
        return base64.b64encode(base64.b64decode("".join(text.split()), validate=True)).decode()
    except (ValueError, binascii.Error):
        raise InvalidForm([Problem("signature", "not_base64")]) from None
