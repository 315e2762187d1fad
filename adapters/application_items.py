"""What lies beside each other under one application, as plain items and back (the table is drawn in
adapters/applications.py)."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from casework.application import Event, fold
from casework.archive import is_archive, person_of
from casework.errors import NotFound
from casework.ports import Case, DocumentRecord, Note, Signature, Signed, Task
from casework.representation import id_of, is_representation
from casework.retention import Part, part_of_text
from casework.support import is_thread, told_number


def app_key(number: str) -> str:
    return f"APP#{number}"


def chain_key(number: str) -> str:
    """Of an application, of a person's archive, or of a letter to support."""
    if is_representation(number):
        return f"ACTING#{id_of(number)}"
    if is_thread(number):
        return f"THREAD#{told_number(number)}"
    return f"ARCHIVE#{person_of(number)}" if is_archive(number) else app_key(number)


def event_item(event: Event) -> dict[str, Any]:
    return {
        "pk": chain_key(event.number),
        "sk": f"EVENT#{event.sequence:06d}",
        "number": event.number,
        "sequence": event.sequence,
        "kind": event.kind,
        "at": event.at.astimezone(UTC).isoformat(),
        "actor": event.actor,
        "data": to_json(event.data),
        "previous": event.previous,
        "hash": event.hash,
    }


def acts_of(actor: str) -> str:
    """The list of what somebody of the office did; no queue is called so."""
    return f"acts#{actor}"


def event_of(number: str, item: Mapping[str, Any]) -> Event:
    return Event(
        number,
        int(item["sequence"]),
        item["kind"],
        datetime.fromisoformat(item["at"]),
        item["actor"],
        json.loads(item["data"]),
        item["previous"],
    )


def document_item(number: str, record: DocumentRecord) -> dict[str, Any]:
    return {"pk": app_key(number), "sk": f"DOC#{record.id}", **file_told(record)}


def document_of(item: Mapping[str, Any]) -> DocumentRecord:
    return DocumentRecord(item["sk"].partition("#")[2], **file_of(item))


def file_told(record: DocumentRecord) -> dict[str, Any]:
    """What an item holds of a file, of an application's as of an archive's; few are signed."""
    signature = {"signature": record.signature} if record.signature else {}
    signatures = {"signatures": to_json(record.signatures)} if record.signatures else {}
    details = {"details": to_json(record.details)}
    return {name: getattr(record, name) for name in _FILE} | details | signature | signatures


def file_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """The record's fields but its id."""
    signatures = item.get("signatures")
    return {
        **{name: item[name] for name in _FILE},
        "details": json.loads(item["details"]),
        "signature": item.get("signature"),
        "signatures": json.loads(signatures) if signatures else None,
    }


_FILE = ("kind", "file_name", "content_type", "vault_key", "defect")


def note_key(note: Note) -> dict[str, Any]:
    return {"pk": f"{note.kind.upper()}#{note.key}", "sk": f"NOTE#{note.number}"}


def signature_item(number: str, event: int, signed: Signed) -> dict[str, Any]:
    told = signed.signature
    return {
        "pk": app_key(number),
        "sk": f"SIGNATURE#{event:06d}",
        "text": signed.text,
        **told._asdict(),
        "at": told.at.isoformat(),
    }


def signed_of(item: Mapping[str, Any]) -> Signed:
    told = {name: item[name] for name in Signature._fields}
    at = datetime.fromisoformat(told["at"])
    return Signed(Signature(**{**told, "at": at}), item["text"])


def case_of(number: str, items: Iterable[Mapping[str, Any]]) -> Case:
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        by_kind.setdefault(item["sk"].partition("#")[0], []).append(item)
    events = tuple(event_of(number, item) for item in by_kind.get("EVENT", []))
    if not events:
        raise NotFound("unknown_number", number=number[:20])
    form = by_kind.get("FORM")
    documents = map(document_of, by_kind.get("DOC", []))
    task = by_kind.get("TASK")
    return Case(
        fold(number, events),
        json.loads(form[0]["form"]) if form else {},
        events,
        {record.id: record for record in documents},
        {
            text["sk"].rpartition("#")[2]: json.loads(text["text"])
            for text in by_kind.get("TEXT", [])
        },
        _task_of(task[0]) if task else None,
    )


def _task_of(item: Mapping[str, Any]) -> Task:
    until = item.get("until")
    return Task(item["purpose"], item["token"], datetime.fromisoformat(until) if until else None)


_PARTS = {
    "FORM": Part.FORM,
    "DOC": Part.DOCUMENTS,
    "SIGNATURE": Part.SIGNATURES,
    "PAPER": Part.PAPERS,
}


def part_of(sk: str) -> Part | None:
    """The part of the data beside the chain that an item belongs to; None: to none."""
    kind, _, rest = sk.partition("#")
    return part_of_text(rest.rpartition("#")[2]) if kind == "TEXT" else _PARTS.get(kind)


def as_of(items: Iterable[Mapping[str, Any]], sequence: int) -> list[Mapping[str, Any]]:
    """Without the events after that one, and the texts of later changes. What one change brings has
    one instant, and its texts stand under its last event."""
    items = list(items)
    at = {int(item["sequence"]): item["at"] for item in items if item["sk"].startswith("EVENT#")}
    last = max(n for n, instant in at.items() if instant <= at[sequence])
    return [item for item in items if _is_before(item["sk"], sequence, last)]


def _is_before(sk: str, event: int, last: int) -> bool:
    kind, _, rest = sk.partition("#")
    if kind not in ("EVENT", "TEXT"):
        return True
    return int(rest.partition("#")[0]) <= (event if kind == "EVENT" else last)


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
