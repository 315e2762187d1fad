"""Who is told what about an archive: its owner, of a paper that ends and of a file that was not
accepted; whoever is trusted, that there is something to look at."""

from datetime import date

from casework.application import Event
from casework.archive import ArchiveCase, document_of, live_grants
from casework.notice import Channel, Contact

OWNER, TRUSTED = "owner", "trusted"
KINDS = frozenset({"archive_reminded", "document_rejected", "granted"})
"""The events of an archive that somebody is told about."""


def notices_of(event: Event) -> tuple[tuple[str, str], ...]:
    """Whom, and the template of the words (services/texts/archive_notices.toml)."""
    if event.kind == "archive_reminded":
        return ((OWNER, f"paper_ends_{event.data['mark']}"),)
    if event.kind == "document_rejected":
        return ((OWNER, "file_rejected"),)
    return ((TRUSTED, "documents_granted"),) if event.kind == "granted" else ()


def is_outdated(case: ArchiveCase, event: Event, today: date) -> bool:
    """What came late says nothing that is no longer so; `today` is the day of the archive."""
    if not case.archive.is_open:
        return True
    if event.kind == "granted":
        return event.data["grant"] not in dict(live_grants(case.archive, today))
    file = event.data["document"]
    if file not in case.documents:
        return True
    if event.kind == "archive_reminded":
        known = case.archive.validity[file]
        newest = case.archive.current(document_of(file)) == file
        return not newest or event.data["mark"] not in known.reminded
    return False


def reached_by(case: ArchiveCase, event: Event, audience: str) -> Contact:
    """The owner, as his last token said; whoever is trusted, by the phone he is trusted by."""
    if audience == TRUSTED:
        known = case.trusted.get(event.data["grant"])
        phone, email = known.phone if known else None, None
    else:
        phone, email = case.contact
    channels = {Channel.SMS: phone, Channel.EMAIL: email}
    return Contact(phone, email, "", tuple(c for c, address in channels.items() if address))


def words(case: ArchiveCase, event: Event, link: str, title: str) -> dict[str, str]:
    """What the texts may name; those of SMS, the link only. `title`: of the kind of paper."""
    validity = case.archive.validity.get(event.data.get("document"))
    until = validity.until if validity else None
    return {"link": link, "title": title, "until": f"{until:%d.%m.%Y}" if until else ""}
