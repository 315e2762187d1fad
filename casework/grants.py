"""Whom a person trusts with documents of the archive: to look at them or to download them, until a
day, and every look on record.

Whoever is trusted is known by the phone of his own account. The account that uses a grant first
keeps it: a number that later goes to somebody else opens nothing.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from casework.archive import (
    NOTHING,
    Archive,
    ArchiveCase,
    ArchiveChange,
    Grant,
    Trusted,
    live_grants,
    sealed,
)
from casework.errors import InvalidForm, NotAllowed, NotFound, Problem
from casework.happening import Happening

LONGEST = timedelta(days=365)
GRANTS_AT_MOST = 50  # in force at once
LOOK, DOWNLOAD = "look", "download"
LOOKS = {LOOK: "document_looked_at", DOWNLOAD: "document_downloaded"}


class Reader(NamedTuple):
    """Who wants to see a document of somebody else: an account and its verified phone."""

    id: str
    phone: str | None


def grant(
    case: ArchiveCase,
    id_: str,
    documents: Iterable[str],
    may: str,
    until: date,
    trusted: Trusted,
    *,
    own_phone: str | None,
    today: date,
) -> ArchiveChange:
    """`until`: the last day, in the owner's region, at most a year from now."""
    wanted = sorted(set(documents))
    problems = []
    if not all(map(case.archive.current, wanted)):
        problems.append(Problem("documents", "unknown_archived"))
    if until < today:
        problems.append(Problem("until", "in_the_past", {"earliest": f"{today:%d.%m.%Y}"}))
    if until > today + LONGEST:
        last = today + LONGEST
        problems.append(Problem("until", "too_late", {"latest": f"{last:%d.%m.%Y}"}))
    if trusted.phone == own_phone:
        problems.append(Problem("phone", "own_phone"))
    if len(list(live_grants(case.archive, today))) >= GRANTS_AT_MOST:
        problems.append(Problem("documents", "too_many", {"at_most": GRANTS_AT_MOST}))
    if problems:
        raise InvalidForm(problems)
    data = {
        "grant": id_,
        "documents": wanted,
        "may": may,
        "until": until.isoformat(),
        "trusted": sealed(trusted.salt, [trusted.name, trusted.phone]),
    }
    granted = Happening("granted", data)
    return ArchiveChange((granted,), trusted={id_: trusted}, result={"grant": id_})


def revoke(case: ArchiveCase, id_: str) -> ArchiveChange:
    """At once, and as often as one likes. Raises NotFound."""
    known = case.archive.grants.get(id_)
    if known is None:
        raise NotFound("unknown_grant")
    if known.revoked_at is not None:
        return NOTHING
    revoked = Happening("grant_revoked", {"grant": id_})
    return ArchiveChange((revoked,), trusted={id_: case.trusted[id_]})


def look_at_own(file: str, how: str) -> ArchiveChange:
    """The owner's own looks are on record too: somebody may have his password."""
    return ArchiveChange((Happening(LOOKS[how], {"document": file}),), result={"file": file})


def look(
    case: ArchiveCase, id_: str, document: str, how: str, reader: Reader, today: date
) -> ArchiveChange:
    """What is granted, and nothing but that: the current file of the document, if he may.

    Whatever is not granted to the reader is as if it did not exist. Raises NotFound, NotAllowed.
    """
    granted = open_to(case, reader, today).get(id_)
    file = case.archive.current(document)
    if granted is None or document not in granted.documents or file is None:
        raise NotFound("unknown_grant")
    if how == DOWNLOAD and granted.may != DOWNLOAD:
        raise NotAllowed("only_look_granted")
    happened = Happening(LOOKS[how], {"document": file, "grant": id_})
    return ArchiveChange((happened,), result={"file": file})


def open_to(case: ArchiveCase, reader: Reader, today: date) -> dict[str, Grant]:
    """The grants in force that this reader may use; `today` is the day of the owner's region."""
    if reader.phone is None or reader.id == case.archive.person:
        return {}
    return {
        id_: granted
        for id_, granted in live_grants(case.archive, today)
        if id_ in case.trusted
        and case.trusted[id_].phone == reader.phone
        and granted.taken_by in (None, reader.id)
    }


def in_grant(archive: Archive, granted: Grant) -> list[str]:
    """The files that the grant opens now: of each document the current one."""
    return [file for file in map(archive.current, sorted(granted.documents)) if file]
