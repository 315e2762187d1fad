"""The pages for citizens, and what all pages share."""

from typing import Any

from functions.intake import account_api as _own  # noqa: F401  its operations
from functions.intake import api as _api  # noqa: F401  its operations
from functions.intake import cabinet_api as _cabinet  # noqa: F401  its operations
from functions.intake import identity_api as _identity  # noqa: F401  its operations
from functions.portal import account_pages as _account  # noqa: F401  its pages
from functions.portal import acting_pages as _acting  # noqa: F401  its pages
from functions.portal import appointment_pages as _appointments  # noqa: F401  its pages
from functions.portal import archive_pages as _archive  # noqa: F401  its pages
from functions.portal import case_pages as _cases  # noqa: F401  its pages
from functions.portal import catalogue_pages as _catalogue  # noqa: F401  its pages
from functions.portal import consent_pages as _consents  # noqa: F401  its pages
from functions.portal import entry_pages as _entry  # noqa: F401  its pages
from functions.portal import form_pages as _forms  # noqa: F401  its pages
from functions.portal import grant_pages as _grants  # noqa: F401  its pages
from functions.portal import home_pages as _home  # noqa: F401  its pages
from functions.portal import notification_pages as _notifications  # noqa: F401  its pages
from functions.portal import paper_pages as _papers  # noqa: F401  its pages
from functions.portal import payment_pages as _payments  # noqa: F401  its pages
from functions.portal import profile_pages as _profile  # noqa: F401  its pages
from functions.portal import provision_pages as _provision  # noqa: F401  its pages
from functions.portal import question_pages as _questions  # noqa: F401  its pages
from functions.portal import status_pages as _status  # noqa: F401  its pages
from functions.portal import support_pages as _support  # noqa: F401  its pages
from functions.portal import upload_pages as _uploads  # noqa: F401  its pages
from functions.portal.pages import respond


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)
