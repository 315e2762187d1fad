"""The part of the API for a person's own papers: the archive, whom he trusts with it, signatures,
what he attached, papers that we issued and whether they hold, the consent to data processing."""

from typing import Any

from functions.intake import archive_api as _archive  # noqa: F401  its routes
from functions.intake import attached_api as _attached  # noqa: F401  its routes
from functions.intake import check_api as _checks  # noqa: F401  its routes
from functions.intake import consent_api as _consent  # noqa: F401  its routes
from functions.intake import papers_api as _papers  # noqa: F401  its routes
from functions.intake import signatures_api as _signatures  # noqa: F401  its routes
from functions.intake.access import respond


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)
