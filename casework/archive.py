"""A person's own archive of documents: its events, the state they fold to, and what lies beside the
chain. The chain is sealed as an application's is (casework/application.py).

A *document* is a paper of a person; each scan of it is a *file*, named `<document>.<version>` and
counted from 1. A file lives as an application's document does (casework/files.py), and in the end
it may be erased. The newest file that is good is the current one.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import quote, unquote

from casework import files
from casework.application import GENESIS, Event
from casework.errors import NotFound
from casework.files import ACCEPTED, FileState
from casework.happening import Happening
from casework.ports import DocumentRecord

PREFIX = "archive."
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Validity:
    """`until`: the last day the paper holds; `reminded`: the marks (month | day) that its owner was
    told of, or that had passed when he said the day himself."""

    until: date | None = None
    reminded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Grant:
    """`may`: look | download, the second includes the first; `until`: the last day, in the owner's
    region; `taken_by`: the account that used it first, and that alone may from then on."""

    documents: frozenset[str]
    may: str
    until: date
    granted_at: datetime
    taken_by: str | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """`files` and `validity` go by the file's name; `number` names the chain."""

    number: str
    version: int = 0
    head: str = GENESIS
    region: str = ""
    files: Mapping[str, FileState] = field(default_factory=dict)
    validity: Mapping[str, Validity] = field(default_factory=dict)
    grants: Mapping[str, Grant] = field(default_factory=dict)
    consent_withdrawn_at: datetime | None = None

    @property
    def person(self) -> str:
        return person_of(self.number)

    @property
    def is_open(self) -> bool:
        return bool(self.region) and self.consent_withdrawn_at is None

    @property
    def documents(self) -> dict[str, list[str]]:
        """The files of each document that are not erased, oldest first."""
        found: dict[str, list[str]] = {}
        for file, known in self.files.items():
            if known.state != ERASED:
                found.setdefault(document_of(file), []).append(file)
        return found

    def current(self, document: str) -> str | None:
        """The newest good file of the document."""
        good = (f for f in self.documents.get(document, ()) if self.files[f].state == ACCEPTED)
        return max(good, key=version_of, default=None)

    def next_file(self, document: str) -> str:
        """A number is not given twice, also when its file was erased."""
        taken = (version_of(file) for file in self.files if document_of(file) == document)
        return f"{document}.{max(taken, default=0) + 1}"


class Paper(NamedTuple):
    """What its owner says of a paper: as it is printed on it. `valid_until`: the last day."""

    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ArchiveRecord(DocumentRecord):
    """What is kept of a file outside the chain; `salt` keeps the chain's digest of it from being
    guessed: the number of a passport has ten digits only."""

    paper: Paper = field(default_factory=Paper)
    salt: str = ""


class Trusted(NamedTuple):
    """Who may look, and who let him: names and phones, kept outside the chain and erased with the
    grant. The chain has a digest with the salt."""

    name: str
    phone: str
    owner: str
    salt: str


class Contact(NamedTuple):
    """How the owner is reached, as the last verified token said."""

    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class ArchiveCase:
    """An archive with what lies beside its chain. `documents` go by the file's name."""

    archive: Archive
    events: tuple[Event, ...] = ()
    documents: Mapping[str, ArchiveRecord] = field(default_factory=dict)
    trusted: Mapping[str, Trusted] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)

    def file(self, document: str, version: int | None = None) -> str:
        """The file of that version, or the current one. Raises NotFound."""
        file = f"{document}.{version}" if version else self.archive.current(document)
        known = self.archive.files.get(file or "")
        if known is None or known.state == ERASED:
            raise NotFound("unknown_archived")
        return file


@dataclass(frozen=True, slots=True)
class ArchiveChange:
    """What an action wants stored, all or nothing. `forgets` and `ungranted`: files and grants of
    which nothing is left but the chain."""

    happenings: tuple[Happening, ...] = ()
    documents: tuple[ArchiveRecord, ...] = ()
    trusted: Mapping[str, Trusted] = field(default_factory=dict)
    forgets: tuple[str, ...] = ()
    ungranted: tuple[str, ...] = ()
    result: Mapping[str, Any] = field(default_factory=dict)


NOTHING = ArchiveChange()


def number_of(person: str) -> str:
    """The name of a person's archive as a chain, and in the keys of uploaded files: people choose
    what they are called, and a `/` would begin somebody else's keys."""
    return PREFIX + quote(person, safe="")


def person_of(number: str) -> str:
    return unquote(number.removeprefix(PREFIX))


def is_archive(number: str) -> bool:
    return number.startswith(PREFIX)


def document_of(file: str) -> str:
    return file.rpartition(".")[0]


def version_of(file: str) -> int:
    return int(file.rpartition(".")[2])


def sealed(salt: str, told: Iterable[Any]) -> str:
    """A digest that says nothing of what it seals to whoever has not the salt."""
    text = json.dumps([salt, *told], ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def live_grants(archive: Archive, today: date) -> Iterator[tuple[str, Grant]]:
    """Those neither revoked nor past their last day; `today` is the day of the owner's region."""
    for id_, grant in archive.grants.items():
        if grant.revoked_at is None and today <= grant.until:
            yield id_, grant


# ---- the fold -----------------------------------------------------------------------------------


def fold(number: str, events: Iterable[Event]) -> Archive:
    archive = Archive(number)
    for event in events:
        archive = apply(archive, event)
    return archive


def apply(archive: Archive, event: Event) -> Archive:
    changes = _CHANGES[event.kind](archive, event)
    return replace(archive, version=event.sequence, head=event.hash, **changes)


Changes = dict[str, Any]
_CHANGES: dict[str, Callable[[Archive, Event], Changes]] = {}


def _on(kind: str) -> Callable:
    def register(change: Callable[[Archive, Event], Changes]) -> Callable:
        _CHANGES[kind] = change
        return change

    return register


def event_kinds() -> frozenset[str]:
    return frozenset(_CHANGES)


@_on("archive_opened")
def _archive_opened(_: Archive, event: Event) -> Changes:
    return {"region": event.data["region"], "consent_withdrawn_at": None}


def _file_moved(archive: Archive, event: Event) -> Changes:
    """What happens to any uploaded file; whoever puts one in says until when its paper holds."""
    file = event.data["document"]
    known = archive.files.get(file, FileState(event.data["kind"]))
    moved = files.apply(known, event.kind, event.data, event.at)
    changes: Changes = {"files": {**archive.files, file: moved}}
    return changes | (_validity(archive, event) if "described" in event.data else {})


_CHANGES |= dict.fromkeys(files.EVENTS, _file_moved)


@_on("signature_attached")
def _signature_attached(_: Archive, __: Event) -> Changes:
    return {}


@_on("document_described")
def _document_described(archive: Archive, event: Event) -> Changes:
    return _validity(archive, event)


def _validity(archive: Archive, event: Event) -> Changes:
    """Another last day is reminded of anew."""
    told, file = event.data.get("valid_until"), event.data["document"]
    until = date.fromisoformat(told) if told else None
    known = archive.validity.get(file)
    if known is not None and known.until == until:
        return {}
    passed = frozenset(event.data.get("passed", ()))
    return {"validity": {**archive.validity, file: Validity(until, passed)}}


@_on("archive_reminded")
def _archive_reminded(archive: Archive, event: Event) -> Changes:
    file = event.data["document"]
    known = archive.validity[file]
    told = replace(known, reminded=known.reminded | {event.data["mark"]})
    return {"validity": {**archive.validity, file: told}}


@_on("granted")
def _granted(archive: Archive, event: Event) -> Changes:
    data = event.data
    until = date.fromisoformat(data["until"])
    grant = Grant(frozenset(data["documents"]), data["may"], until, event.at)
    return {"grants": {**archive.grants, data["grant"]: grant}}


@_on("grant_revoked")
def _grant_revoked(archive: Archive, event: Event) -> Changes:
    id_ = event.data["grant"]
    revoked = replace(archive.grants[id_], revoked_at=event.at)
    return {"grants": {**archive.grants, id_: revoked}}


@_on("document_looked_at")
@_on("document_downloaded")
def _document_looked_at(archive: Archive, event: Event) -> Changes:
    id_ = event.data.get("grant")
    if id_ is None or archive.grants[id_].taken_by is not None:
        return {}
    taken = replace(archive.grants[id_], taken_by=event.actor)
    return {"grants": {**archive.grants, id_: taken}}


@_on("consent_withdrawn")
def _consent_withdrawn(_: Archive, event: Event) -> Changes:
    return {"consent_withdrawn_at": event.at}


@_on("document_erased")
def _document_erased(archive: Archive, event: Event) -> Changes:
    return _erased(archive, {event.data["document"]})


@_on("data_erased")
def _data_erased(archive: Archive, event: Event) -> Changes:
    """`what` names files and grants, of which nothing is left beside the chain."""
    return _erased(archive, archive.files.keys() & set(event.data["what"]))


def _erased(archive: Archive, gone: Set[str]) -> Changes:
    erased = {file: replace(archive.files[file], state=ERASED) for file in gone}
    return {"files": {**archive.files, **erased}}
