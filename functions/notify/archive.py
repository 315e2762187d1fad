"""What people are told about archives: who, of which event, and in which words."""

from collections.abc import Iterator
from datetime import datetime

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.queues import DeliveryRequest
from adapters.records import Happened
from casework.archive import person_of
from casework.archive_notices import OWNER, is_outdated, notices_of, reached_by, words
from casework.notice import Contact
from functions.notify.channels import wanted
from functions.notify.wiring import archives, settings


def requests(happened: Happened) -> Iterator[DeliveryRequest]:
    case = archives().load(person_of(happened.number))
    for whom, template in notices_of(case.events[happened.sequence - 1]):
        yield DeliveryRequest(happened.number, happened.sequence, whom, template)


def prepared(request: DeliveryRequest, now: datetime) -> tuple[Contact, dict[str, str]] | None:
    """How to reach whom, and the words by their place; None when there is nothing left to tell, or
    nobody who can be reached: he reads it in the cabinet."""
    case = archives().load(person_of(request.number))
    event = case.events[request.event - 1]
    contact = reached_by(case, event, request.audience)
    if request.audience == OWNER:
        contact = wanted(contact, case.archive.person, request.template)
    if not contact.channels or is_outdated(
        case, event, calendar_for(case.archive.region).local_day(now)
    ):
        return None
    kind = definitions.archive_kinds().get(event.data.get("kind"))
    filled = words(case, event, f"{settings.cabinet_url}/archive", kind.title if kind else "")
    texts = definitions.texts("archive_notices")[request.template]
    return contact, {name: text.format_map(filled).strip() for name, text in texts.items()}
