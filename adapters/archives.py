"""People's own archives, in the table of applications.

    pk = ARCHIVE#<person>   sk = META                   for the clock: what is reminded of, and when
                                 EVENT#<sequence>       the chain; never changed
                                 DOC#<id>#<version>     a file's name, place, verdict and paper
                                 GRANT#<id>             whom the owner trusts: name, phone
                                 CONTACT                phone and e-mail of the owner's last token

A grant is found by the phone of whoever is trusted, through the index by applicant: no person is
called `granted:...`. A change is one transaction, as an application's is.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import reduce
from typing import Any

from adapters.application_items import (
    chain_key,
    event_item,
    event_of,
    file_of,
    file_told,
    to_json,
)
from adapters.applications import SealedChain
from adapters.sealed_table import (
    Command,
    Done,
    SealedTable,
    command_item,
    item_of,
    plain,
)
from casework.application import Event, chain, first_broken_link
from casework.archive import (
    Archive,
    ArchiveCase,
    ArchiveChange,
    ArchiveRecord,
    Contact,
    Paper,
    Trusted,
    apply,
    document_of,
    fold,
    number_of,
    person_of,
    version_of,
)
from casework.archive_actions import next_reminder

QUEUE = "archive"  # in which archives wait for the clock; no region is called so


class Archives:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._sealed = SealedTable(client, table)

    # ---- reading --------------------------------------------------------------------------------

    def load(self, person: str) -> ArchiveCase:
        """Everybody has one; until something is put into it, it is empty."""
        return self._read(number_of(person))

    def _read(self, number: str) -> ArchiveCase:
        return _case_of(number, self._sealed.query(chain_key(number)))

    def sealed_chain(self, person: str) -> SealedChain:
        number = number_of(person)
        items = {item["sk"]: item for item in self._sealed.query(chain_key(number))}
        events = [item for sk, item in items.items() if sk.startswith("EVENT#")]
        sealed = [(event_of(number, item), item["hash"]) for item in events]
        head = items.get("META", {}).get("head", "") if events else None
        return SealedChain(sealed, first_broken_link(sealed, head))

    def granted_to(self, phone: str) -> Iterator[tuple[str, str]]:
        """(owner, grant) of every grant that is kept for that phone, the newest first."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_applicant",
            KeyConditionExpression="applicant = :phone",
            ExpressionAttributeValues=item_of({":phone": _lister(phone)}),
            ScanIndexForward=False,
        )
        for item in (plain(item) for page in pages for item in page["Items"]):
            yield item["pk"].partition("#")[2], item["sk"].partition("#")[2]

    def due(self, day: date) -> Iterator[str]:
        """The people whose papers the clock may have something to say of by that day."""
        return (person_of(item["number"]) for item in self._sealed.due(QUEUE, day))

    # ---- changing -------------------------------------------------------------------------------

    def change(
        self,
        person: str,
        act: Callable[[ArchiveCase], ArchiveChange],
        *,
        actor: str,
        now: datetime,
        command: Command | None = None,
    ) -> Done:
        """Carry out `act` on the archive as it stands; when somebody else was faster, on the new
        one. Raises what `act` raises, KeyReused, and VersionConflict."""
        return self._sealed.change(
            number_of(person),
            act,
            lambda case, change: self._write(case, change, actor, now, command),
            load=self._read,
            command=command,
        )

    def carried_out(self, command: Command | None) -> Done | None:
        """What came of the command, if it was carried out before. Raises KeyReused."""
        return self._sealed.carried_out(command, self._read)

    def put_contact(self, person: str, contact: Contact) -> None:
        item = {"pk": chain_key(number_of(person)), "sk": "CONTACT", **contact._asdict()}
        self._client.put_item(TableName=self._table, Item=item_of(item))

    def forget_contact(self, person: str) -> None:
        key = {"pk": chain_key(number_of(person)), "sk": "CONTACT"}
        self._client.delete_item(TableName=self._table, Key=item_of(key))

    def _write(
        self,
        case: ArchiveCase,
        change: ArchiveChange,
        actor: str,
        now: datetime,
        command: Command | None,
    ) -> Done:
        events = chain(case.archive, change.happenings, now, actor)
        archive = reduce(apply, events, case.archive)
        puts = list(self._puts(archive, events, change, command, now))
        writes = [self._sealed.put(item, must_be_new=new) for item, new in puts]
        pk = chain_key(archive.number)
        gone = [*map(_file_key, change.forgets), *map(_grant_key, change.ungranted)]
        writes += [self._sealed.delete({"pk": pk, "sk": sk}) for sk in gone]
        self._sealed.transact(writes, [item for item, _ in puts])
        return Done(self.load(archive.person), change.result)

    def _puts(
        self,
        archive: Archive,
        events: list[Event],
        change: ArchiveChange,
        command: Command | None,
        now: datetime,
    ) -> Iterator[tuple[dict[str, Any], bool]]:
        """Every item of the transaction, and whether it must not exist yet."""
        pk = chain_key(archive.number)
        if command:
            yield command_item(command, archive.number, change.result, now), True
        for event in events:
            yield event_item(event), True
        yield _meta_item(archive), False
        for record in change.documents:
            yield {"pk": pk, **_document_item(record)}, False
        for id_, trusted in change.trusted.items():
            yield (
                {
                    "pk": pk,
                    "sk": _grant_key(id_),
                    **trusted._asdict(),
                    **_found(archive, id_, trusted),
                },
                False,
            )


# ---- items --------------------------------------------------------------------------------------


def _found(archive: Archive, grant: str, trusted: Trusted) -> dict[str, str]:
    """A revoked one is found by nobody; its owner still reads whom he had trusted."""
    known = archive.grants[grant]
    if known.revoked_at is not None:
        return {}
    return {"applicant": _lister(trusted.phone), "drafted_at": known.granted_at.isoformat()}


def _lister(phone: str) -> str:
    return f"granted:{phone}"


def _file_key(file: str) -> str:
    return f"DOC#{document_of(file)}#{version_of(file)}"


def _grant_key(id_: str) -> str:
    return f"GRANT#{id_}"


def _meta_item(archive: Archive) -> dict[str, Any]:
    day = next_reminder(archive)
    due = {"queue": QUEUE, "due": f"{day}#{archive.person}"} if day else {}
    return {
        "pk": chain_key(archive.number),
        "sk": "META",
        "number": archive.number,
        "version": archive.version,
        "head": archive.head,
        **due,
    }


def _document_item(record: ArchiveRecord) -> dict[str, Any]:
    paper = to_json([str(told or "") for told in record.paper])
    return {"sk": _file_key(record.id), **file_told(record), "paper": paper, "salt": record.salt}


def _record_of(item: Mapping[str, Any]) -> ArchiveRecord:
    number, issuer, issued_on, valid_until = json.loads(item["paper"])
    return ArchiveRecord(
        item["sk"].partition("#")[2].replace("#", "."),
        **file_of(item),
        paper=Paper(number, issuer, _day(issued_on), _day(valid_until)),
        salt=item["salt"],
    )


def _day(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _case_of(number: str, items: Iterator[Mapping[str, Any]]) -> ArchiveCase:
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        by_kind.setdefault(item["sk"].partition("#")[0], []).append(item)
    events = tuple(event_of(number, item) for item in by_kind.get("EVENT", []))
    records = map(_record_of, by_kind.get("DOC", []))
    contact = by_kind.get("CONTACT")
    return ArchiveCase(
        fold(number, events),
        events,
        {record.id: record for record in records},
        {
            item["sk"].partition("#")[2]: Trusted(**{n: item[n] for n in Trusted._fields})
            for item in by_kind.get("GRANT", [])
        },
        Contact(*(contact[0][name] for name in Contact._fields)) if contact else Contact(),
    )
