"""Acts that are signed (A9): what is signed is shown, signed at the identity provider, and sent.

The provider's page takes the person and the digest of what is signed, and sends the browser back
with the signature; meanwhile the form waits where forms wait whose session ended.
"""

import json
from collections.abc import Mapping
from typing import Any

from chalice import Response

from casework.errors import BadRequest, NotFound
from functions.intake.http import APPLICANTS
from functions.intake.wiring import sessions
from functions.portal.pages import page
from functions.portal.visit import SIGNATURE, SignatureNeeded, Visit

PARTS = ("kind", "signer", "at", "sha256", "value")


def signed_body(
    visit: Visit,
    number: str,
    act: str,
    form: Mapping[str, Any] | None = None,
    provider: str = "",
) -> dict[str, Any]:
    """{"signature": ...} for the body of the act; nothing where the act takes none.

    Raises SignatureNeeded, on which the page of signing is shown and the form comes again.
    """
    if given := visit.value(SIGNATURE):
        return {"signature": _read(given)}
    asked = {"act": act, "form": dict(form or {}), "provider": provider}
    try:
        told = visit.do("show_signing", asked, number=number)
    except BadRequest as error:
        if error.code != "nothing_to_sign":
            raise
        return {}
    if not told.demanded:
        return {}
    raise SignatureNeeded(told)


def _read(given: str) -> dict[str, str]:
    try:
        told = json.loads(given)
    except ValueError as error:
        raise BadRequest("broken_json") from error
    return told if isinstance(told, dict) else {}


@page("GET", "/cabinet/signed", roles=APPLICANTS)
def show_signed(visit: Visit) -> Response:
    """Where the provider sends the browser: the form that waited goes on with the signature."""
    path = visit.next_path("")
    waiting = sessions().typed(visit.person.id, path) if path else None
    if waiting is None:
        raise NotFound("not_found")
    signature = {part: visit.query.get(part, "") for part in PARTS}
    return visit.html("signed.html", path=path, waiting=waiting, signature=json.dumps(signature))
