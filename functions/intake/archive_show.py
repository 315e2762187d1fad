"""An archive as the API shows it: to its owner, and to those whom he trusts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from adapters import definitions
from adapters.applications import SealedChain
from adapters.looks import Entry
from adapters.wording import text_of
from casework.application import SYSTEM, Event
from casework.archive import ArchiveCase, document_of, live_grants, version_of
from casework.archive_actions import suggested_name
from casework.grants import in_grant
from functions.intake import signatures_show


def archive(case: ArchiveCase, today: date, language: str) -> dict[str, Any]:
    return {
        "region": case.archive.region or None,
        "documents": [archived(case, id_, today, language) for id_ in case.archive.documents],
        "kinds": [
            {"kind": kind.value, "title": kind.title}
            for kind in definitions.archive_kinds().values()
        ],
    }


def archived(case: ArchiveCase, document: str, today: date, language: str) -> dict[str, Any]:
    files = case.archive.documents[document]
    kind = definitions.archive_kinds()[case.archive.files[files[0]].kind]
    return {
        "id": document,
        "kind": kind.value,
        "title": kind.title,
        "versions": [_file(case, file, today, language) for file in reversed(files)],
    }


def _file(case: ArchiveCase, file: str, today: date, language: str) -> dict[str, Any]:
    state, record = case.archive.files[file], case.documents[file]
    paper, kind = record.paper, definitions.archive_kinds()[record.kind]
    suggested = suggested_name(kind, paper.number, record.content_type)
    defect = state.defect
    return {
        "version": version_of(file),
        "state": state.state,
        "state_title": definitions.texts("statuses")["documents"][state.state][language],
        "message": text_of("problems", defect, language, record.details) if defect else None,
        "current": case.archive.current(document_of(file)) == file,
        "expired": paper.valid_until is not None and paper.valid_until < today,
        "file_name": record.called,
        "suggested_name": suggested if suggested not in (record.file_name, record.called) else None,
        "content_type": record.content_type,
        "sha256": state.sha256 if state.state == "accepted" else None,
        "paper": paper._asdict(),
        "signatures": signatures_show.shown(record, language),
    }


def grants(case: ArchiveCase, today: date) -> list[dict[str, Any]]:
    """The latest first."""
    in_force = dict(live_grants(case.archive, today))
    return [
        {
            "id": id_,
            "name": case.trusted[id_].name if id_ in case.trusted else None,
            "phone": case.trusted[id_].phone if id_ in case.trusted else None,
            "documents": sorted(known.documents),
            "may": known.may,
            "until": known.until,
            "granted_at": known.granted_at,
            "state": "revoked" if known.revoked_at else "in_force" if id_ in in_force else "ended",
            "revoked_at": known.revoked_at,
        }
        for id_, known in reversed(case.archive.grants.items())
    ]


def granted(case: ArchiveCase, id_: str) -> dict[str, Any]:
    """A grant as whoever is trusted sees it: what may be looked at now."""
    known = case.archive.grants[id_]
    files = in_grant(case.archive, known)
    return {
        "grant": id_,
        "owner": case.trusted[id_].owner,
        "may": known.may,
        "until": known.until,
        "documents": [
            {
                "id": document_of(file),
                "title": definitions.archive_kinds()[case.documents[file].kind].title,
                "file_name": case.documents[file].called,
            }
            for file in files
        ],
    }


def log(
    case: ArchiveCase, chain: SealedChain, looks: Iterable[Entry], language: str
) -> dict[str, Any]:
    """`looks`: of the office, at copies of what is in the archive."""
    lines = [_look(look, language) for look in looks]
    lines += [_line(case, event, language) for event, _ in reversed(chain.events)]
    lines.sort(key=lambda line: line["at"], reverse=True)
    return {"lines": lines, "intact": chain.broken_at is None}


def _look(look: Entry, language: str) -> dict[str, Any]:
    """Which officer it was is told to the office alone."""
    nothing = ("name", "phone", "document", "document_title", "version", "grant")
    what = f"{look.subject}_looked_at"
    title = definitions.texts("oversight")["told"][what][language]
    return {"at": look.at, "what": what, "title": title, "who": "office"} | dict.fromkeys(nothing)


def _line(case: ArchiveCase, event: Event, language: str) -> dict[str, Any]:
    grant, file = event.data.get("grant"), event.data.get("document")
    trusted = case.trusted.get(grant)
    return {
        "at": event.at,
        "what": event.kind,
        "title": definitions.texts("statuses")["archive_events"][event.kind][language],
        "who": _who(case, event),
        "name": trusted.name if trusted else None,
        "phone": trusted.phone if trusted else None,
        "document": document_of(file) if file else None,
        "document_title": _title(case, file) if file else None,
        "version": version_of(file) if file else None,
        "grant": grant,
    }


def _who(case: ArchiveCase, event: Event) -> str:
    if event.actor == SYSTEM:
        return "system"
    return "owner" if event.actor == case.archive.person else "trusted"


def _title(case: ArchiveCase, file: str) -> str | None:
    known = case.archive.files.get(file)
    return definitions.archive_kinds()[known.kind].title if known else None
