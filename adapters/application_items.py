"""What lies beside each other under one application, as plain items and back (the table is drawn in
adapters/applications.py)."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from casework.application import Event, fold
from casework.errors import NotFound
from casework.ports import Case, DocumentRecord, Note, Signature, Signed, Task


def app_key(number: str) -> str:
    return f"APP#{number}"


def event_item(event: Event) -> dict[str, Any]:
    return {
        "pk": app_key(event.number),
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
    return {
        "pk": app_key(number),
        "sk": f"DOC#{record.id}",
        "kind": record.kind,
        "file_name": record.file_name,
        "content_type": record.content_type,
        "vault_key": record.vault_key,
        "defect": record.defect,
        "details": to_json(record.details),
    }


def document_of(item: Mapping[str, Any]) -> DocumentRecord:
    return DocumentRecord(
        item["sk"].partition("#")[2],
        item["kind"],
        item["file_name"],
        item["content_type"],
        item["vault_key"],
        item["defect"],
        json.loads(item["details"]),
    )


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
        Task(task[0]["purpose"], task[0]["token"]) if task else None,
    )


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None
