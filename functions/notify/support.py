"""What people are told about their letters to support: that an answer has come."""

from collections.abc import Iterator

from adapters import definitions
from adapters.queues import DeliveryRequest
from adapters.records import Happened
from casework.notice import Audience, Channel, Contact
from casework.support import told_number
from functions.notify.channels import wanted
from functions.notify.wiring import settings, threads

TEMPLATE = "support_answered"


def requests(happened: Happened) -> Iterator[DeliveryRequest]:
    yield DeliveryRequest(happened.number, happened.sequence, Audience.APPLICANT, TEMPLATE)


def prepared(request: DeliveryRequest) -> tuple[Contact, dict[str, str]] | None:
    """How to reach the person, and the words by their place; None when he cannot be reached, or
    what was written is erased: then there is nothing to read."""
    number = told_number(request.number)
    phone, email = threads().contact_of(number)
    known = {Channel.SMS: phone, Channel.EMAIL: email}
    channels = tuple(channel for channel, address in known.items() if address)
    person = threads().load(number).thread.person
    contact = wanted(Contact(phone, email, "", channels), person, TEMPLATE)
    if not contact.channels:
        return None
    filled = {"number": number, "link": f"{settings.cabinet_url}/support/{number}"}
    texts = definitions.texts("support")["notice"]
    told = {name: text.format_map(filled).strip() for name, text in texts.items()}
    return contact, told
