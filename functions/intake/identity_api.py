"""The part of the API about who people are: signing up and in, recovery, identity; and the office's
answers to what is asked about accounts. The only one that speaks to the user pool."""

from typing import Any

from functions.intake import access_requests_api as _requests  # noqa: F401  its routes
from functions.intake import entry_api as _entry  # noqa: F401  its routes
from functions.intake import own_account_api as _own  # noqa: F401  its routes
from functions.intake.access import respond


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)
