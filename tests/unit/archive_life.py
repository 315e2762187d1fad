"""An archive in memory, and its owner: what adapters/archives.py keeps, without AWS."""

from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from adapters import definitions
from casework import archive_actions
from casework.application import SYSTEM, chain
from casework.archive import (
    Archive,
    ArchiveCase,
    ArchiveChange,
    ArchiveRecord,
    apply,
    document_of,
    number_of,
)
from casework.files import CLEAN, Inspection, Scan, inspect, released, scan
from casework.happening import Happening

OWNER = "citizen-1"
KINDS = definitions.archive_kinds()
NOW = datetime(2026, 4, 6, 7, 0, tzinfo=UTC)  # a Monday
TODAY = date(2026, 4, 6)
SHA256 = "5" * 64


class ArchiveLife:
    def __init__(self, *, opened: bool = True) -> None:
        self.case = ArchiveCase(Archive(number_of(OWNER)))
        self.now = NOW
        self._added = 0
        if opened:
            self.happen("archive_opened", region="RU-MOW")

    @property
    def archive(self) -> Archive:
        return self.case.archive

    @property
    def events(self) -> tuple:
        return self.case.events

    def do(self, change: ArchiveChange, actor: str = OWNER) -> ArchiveChange:
        events = chain(self.archive, change.happenings, self.now, actor)
        archive = self.archive
        for event in events:
            archive = apply(archive, event)
        documents = {**self.case.documents, **{record.id: record for record in change.documents}}
        trusted = {**self.case.trusted, **change.trusted}
        self.case = ArchiveCase(
            archive,
            (*self.events, *events),
            {id_: record for id_, record in documents.items() if id_ not in change.forgets},
            {id_: known for id_, known in trusted.items() if id_ not in change.ungranted},
        )
        return change

    def happen(self, kind: str, actor: str = SYSTEM, **data: Any) -> None:
        self.do(ArchiveChange((Happening(kind, data),)), actor)

    # ---- documents ----

    def announce(self, document: str | None = None, **known: Any) -> str:
        """A file that is not uploaded yet; its name."""
        self._added += 1
        file = self.archive.next_file(document or f"{self._added:032x}")
        named = {"file_name": "scan.jpg", "content_type": "image/jpeg", "kind": "passport"}
        record = ArchiveRecord(id=file, salt=f"salt-{self._added}", **(named | known))
        asked = {"region": None, "today": TODAY}
        self.do(archive_actions.announce(self.case, KINDS, record, **asked))
        return file

    def announce_version(self, document: str, **known: Any) -> str:
        return self.announce(document, **known)

    def add(self, **known: Any) -> str:
        """A document that was found good; its id."""
        file = self.announce(**known)
        self.good(file)
        return document_of(file)

    def good(self, file: str, warnings: tuple[str, ...] = ()) -> None:
        found = Inspection("etag", SHA256, 5, "image/jpeg", warnings=warnings)
        self._move(file, partial(inspect, found=found))
        clean = partial(scan, found=Scan("etag", CLEAN))
        self._move(file, lambda known: released(known, clean(known), SHA256, self.now))

    def bad(self, file: str) -> None:
        found = Inspection("etag", SHA256, 5, "image/jpeg", "does_not_open")
        self._move(file, partial(inspect, found=found))

    def _move(self, file: str, act: Any) -> None:
        change = archive_actions.move_file(self.case, file, act, f"{self.archive.number}/{file}-5")
        self.do(change, SYSTEM)
