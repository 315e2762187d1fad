"""The part of the API for what a person sets up for himself: the profile, how he is told of news,
in whose name he acts, his letters to support."""

from typing import Any

from functions.intake import preferences_api as _preferences  # noqa: F401  its routes
from functions.intake import profile_api as _profile  # noqa: F401  its routes
from functions.intake import representation_api as _representations  # noqa: F401  its routes
from functions.intake import status_api as _status  # noqa: F401  its routes
from functions.intake import support_api as _support  # noqa: F401  its routes
from functions.intake.access import respond


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)
