"""The part of the API for looking at what one attached to an application."""

from datetime import timedelta
from typing import Any

from adapters.vault import SHOWN_SECONDS, neutral_name
from casework import reuse
from functions.intake import papers_bodies as bodies
from functions.intake.access import api, seen
from functions.intake.http import APPLICANTS, Request
from functions.intake.wiring import vault


@api.operation(
    "GET",
    "/applications/{number}/documents/{document}",
    "Look at an accepted document of one's own application: an address for a minute",
    bodies.DocumentFile,
    roles=APPLICANTS,
)
def show_attached(request: Request, number: str, document: str) -> dict[str, Any]:
    """It is no event: whose the application is may look, as at everything else in it."""
    record, _ = reuse.keepable(seen(number, request.person), document)
    url = vault().address(
        record.vault_key, neutral_name(record), record.content_type, download=False
    )
    return {
        "url": url,
        "valid_until": request.now + timedelta(seconds=SHOWN_SECONDS),
        "file_name": record.called,
        "content_type": record.content_type,
    }
