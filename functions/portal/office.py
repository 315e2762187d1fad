"""The pages for operators."""

from typing import Any

from functions.intake import account_api as _own  # noqa: F401  its operations
from functions.intake import api as _api  # noqa: F401  its operations
from functions.intake import identity_api as _identity  # noqa: F401  its operations
from functions.intake import office_api as _office  # noqa: F401  its operations
from functions.intake import oversight_api as _oversight  # noqa: F401  its operations
from functions.portal import access_request_pages as _access  # noqa: F401  its pages
from functions.portal import agency_pages as _agencies  # noqa: F401  its pages
from functions.portal import batch_pages as _batches  # noqa: F401  its pages
from functions.portal import execution_pages as _executions  # noqa: F401  its pages
from functions.portal import expert_pages as _experts  # noqa: F401  its pages
from functions.portal import office_acting_pages as _acting  # noqa: F401  its pages
from functions.portal import office_case_pages as _cases  # noqa: F401  its pages
from functions.portal import office_home_pages as _home  # noqa: F401  its pages
from functions.portal import office_provision_pages as _provision  # noqa: F401  its pages
from functions.portal import office_support_pages as _support  # noqa: F401  its pages
from functions.portal import oversight_pages as _watch  # noqa: F401  its pages
from functions.portal import queue_pages as _queue  # noqa: F401  its pages
from functions.portal import slot_pages as _slots  # noqa: F401  its pages
from functions.portal.pages import respond


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)
