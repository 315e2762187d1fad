"""The channels by which a person is told of a kind of news, as he has chosen them."""

from adapters import definitions
from casework.notice import Contact
from casework.preferences import preferred
from functions.notify.wiring import preference_items


def wanted(contact: Contact, person: str, template: str) -> Contact:
    group = definitions.notice_groups().of(template)
    return preferred(contact, preference_items().load(person), group)
