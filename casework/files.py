"""The life of one uploaded file, whoever it belongs to: an application or a person's archive.

    announced -> inspected -> accepted
        any of them -------> rejected

Two judges who know nothing of each other look at it: the inspection (is it a readable scan?) and
the malware scanner. Their news come in either order, late, twice, or never; a file is accepted when
both have found the same object good, and never without the scanner's verdict.

An object is named by its ETag. While an invitation holds, the same key can be written again: what
was said of one object says nothing of the next.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from casework.happening import Happening

ANNOUNCED, INSPECTED, ACCEPTED, REJECTED = "announced", "inspected", "accepted", "rejected"
UNDER_WAY = frozenset({ANNOUNCED, INSPECTED})
CLEAN, INFECTED, UNSCANNABLE = "clean", "infected", "unscannable"  # the scanner's verdicts

FIRST_WAITS = (timedelta(minutes=15), timedelta(hours=1))
THEN_EVERY = timedelta(days=1)
ESCALATED_AT = len(FIRST_WAITS)  # from this attempt on, operators are told
UNSCANNABLE_AT_MOST = 2  # the scanner's own trouble passes; what it cannot scan twice, it cannot
UNJUDGED = "application/octet-stream"  # the type of a file until the inspection says what it is
ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/xml": "xml",
}
SPARE = 5  # the same upload sent again by a bad network; more writes nothing into the chain


@dataclass(frozen=True, slots=True)
class FileState:
    """`sha256`, `size`: of the bytes that are kept once it is accepted; of what was sent, when it
    was rejected. `etag`: of the object that was inspected. `clean`: ETags of the objects that were
    found clean. `unscannable`: the attempts that ended so. `since`: when the first of the judges
    spoke. `attempts`: how often a verdict was missed and asked for again. `signatures`: what the
    report on its electronic signatures says (casework/document_signatures.py), with its digest."""

    kind: str
    state: str = ANNOUNCED
    defect: str | None = None
    sha256: str | None = None
    size: int | None = None
    warnings: tuple[str, ...] = ()
    etag: str | None = None
    inspections: int = 0
    clean: frozenset[str] = frozenset()
    unscannable: frozenset[int] = frozenset()
    since: datetime | None = None
    attempts: int = 0
    signatures: tuple[str, str] | None = None


class Inspection(NamedTuple):
    """What the inspection found. Without a defect, `sha256` and `size` are of the cleaned bytes."""

    etag: str
    sha256: str
    size: int
    content_type: str
    defect: str | None = None
    details: Mapping[str, Any] = {}
    warnings: tuple[str, ...] = ()


class Scan(NamedTuple):
    """What the scanner found: clean | infected | unscannable. `sha256`, `size`: of what was sent,
    where somebody may want to look it up."""

    etag: str
    verdict: str
    sha256: str | None = None
    size: int | None = None


class Move(NamedTuple):
    """What happens to a file, and what is to be known of it beside the chain (the fields of its
    record that change)."""

    happenings: tuple[Happening, ...] = ()
    beside: Mapping[str, Any] = {}


def name_with_ending(name: str, content_type: str) -> str:
    """What a file is called: a name of ours ends with a dot as long as nobody knows the type, and
    is given the ending of what the file turns out to be. A name that people gave stays."""
    if not name.endswith("."):
        return name
    return f"{name}{ENDINGS[content_type]}" if content_type in ENDINGS else name[:-1]


STILL = Move()
File = TypeVar("File", bound=FileState)


# ---- what comes next ----------------------------------------------------------------------------


def inspect(file: FileState, found: Inspection) -> Move:
    """The inspection has spoken."""
    if file.state not in UNDER_WAY:
        return STILL
    if found.defect:
        return _rejected(file, found.defect, found.sha256, found.size, found.details)
    if found.etag == file.etag or file.inspections > file.attempts + SPARE:
        return STILL
    told = {
        "sha256": found.sha256,
        "size": found.size,
        "warnings": list(found.warnings),
        "etag": found.etag,
    }
    return Move((Happening("document_inspected", told),), {"content_type": found.content_type})


def scan(file: FileState, found: Scan) -> Move:
    """The scanner has spoken. What it calls infected is rejected whatever was said before."""
    told = Happening("document_scanned", {"verdict": found.verdict, "etag": found.etag})
    if found.verdict == INFECTED:
        return _infected(file, found, told)
    if file.state not in UNDER_WAY:
        return STILL
    if found.verdict == UNSCANNABLE:
        return _unscannable(file, told)
    if found.etag in file.clean or len(file.clean) > file.attempts + SPARE:
        return STILL
    return Move((told,))


def _infected(file: FileState, found: Scan, told: Happening) -> Move:
    same = file.state == ACCEPTED and found.etag == file.etag
    if file.state not in UNDER_WAY and not same:
        return STILL
    rejected = _rejected(file, INFECTED, found.sha256, found.size)
    return Move((told, *rejected.happenings), {**rejected.beside, "vault_key": None})


def _unscannable(file: FileState, told: Happening) -> Move:
    if file.attempts in file.unscannable:
        return STILL
    if len(file.unscannable) + 1 < UNSCANNABLE_AT_MOST:
        return Move((told,))
    rejected = give_up(file)
    return Move((told, *rejected.happenings), rejected.beside)


def give_up(file: FileState) -> Move:
    """It cannot be scanned: the person is asked for another file."""
    if file.state not in UNDER_WAY:
        return STILL
    return _rejected(file, UNSCANNABLE, file.sha256, file.size)


def _rejected(
    file: FileState,
    defect: str,
    sha256: str | None,
    size: int | None,
    details: Mapping[str, Any] | None = None,
) -> Move:
    """`late`: nobody looks at the page any more."""
    told = {"defect": defect, "sha256": sha256, "size": size}
    told |= {"late": True} if file.attempts else {}
    beside = {"defect": defect, "details": dict(details or {})}
    return Move((Happening("document_rejected", told),), beside)


def is_good(file: FileState) -> bool:
    """Both judges have found the same object good: it may leave the quarantine."""
    return file.state == INSPECTED and file.etag in file.clean


def released(file: File, move: Move, in_vault: str | None, now: datetime) -> Move:
    """The move, and the acceptance when nothing else is missing. `in_vault`: the SHA-256 of what
    lies in the vault already: nothing is accepted that is not there."""
    then = moved(file, move, now)
    if not is_good(then) or then.sha256 != in_vault:
        return move
    ended = (Happening("document_scan_ended"),) if then.attempts else ()
    accepted = Happening("document_accepted", {"sha256": then.sha256, "size": then.size})
    return Move((*move.happenings, *ended, accepted), move.beside)


def moved(file: File, move: Move, now: datetime) -> File:
    """The file as the move leaves it."""
    for happening in move.happenings:
        file = apply(file, happening.kind, happening.data, now)
    return file


# ---- silence ------------------------------------------------------------------------------------


def is_awaited(file: FileState) -> bool:
    """One judge has spoken and the other has not."""
    return file.state in UNDER_WAY and file.since is not None


def next_attempt(file: FileState) -> datetime | None:
    """When the verdict that is missing is asked for again; None when nothing is missing."""
    if not is_awaited(file):
        return None
    if file.attempts < len(FIRST_WAITS):
        return file.since + FIRST_WAITS[file.attempts]
    return file.since + THEN_EVERY * (file.attempts - len(FIRST_WAITS) + 1)


def try_again(file: FileState, now: datetime) -> Move:
    """A verdict is late: told once, and escalated when it stays away."""
    due = next_attempt(file)
    if due is None or now < due:
        return STILL
    attempt = file.attempts + 1
    told = {"attempt": attempt, "escalated": attempt >= ESCALATED_AT}
    return Move((Happening("document_scan_delayed", told),))


# ---- what each event changes --------------------------------------------------------------------

EVENTS = (
    "document_announced",
    "document_inspected",
    "document_scanned",
    "document_scan_delayed",
    "document_scan_ended",
    "document_accepted",
    "document_rejected",
    "signature_checked",
)


def apply(file: File, event: str, data: Mapping[str, Any], at: datetime) -> File:
    """The file after the event (one of EVENTS)."""
    change = _CHANGES.get(event)
    return change(file, data, at) if change else file


def _inspected(file: File, data: Mapping[str, Any], at: datetime) -> File:
    return replace(
        file,
        state=INSPECTED,
        sha256=data["sha256"],
        size=data["size"],
        warnings=tuple(data["warnings"]),
        etag=data["etag"],
        inspections=file.inspections + 1,
        since=file.since or at,
    )


def _scanned(file: File, data: Mapping[str, Any], at: datetime) -> File:
    if data["verdict"] == UNSCANNABLE:
        ended = file.unscannable | {file.attempts}
        return replace(file, unscannable=ended, since=file.since or at)
    if data["verdict"] == CLEAN:
        return replace(file, clean=file.clean | {data["etag"]}, since=file.since or at)
    return file


def _attempted(file: File, data: Mapping[str, Any], _: datetime) -> File:
    return replace(file, attempts=data["attempt"])


def _accepted(file: File, data: Mapping[str, Any], _: datetime) -> File:
    """One that was good elsewhere begins so."""
    warnings = tuple(data.get("warnings", file.warnings))
    known = {"sha256": data["sha256"], "size": data.get("size"), "warnings": warnings}
    return replace(file, state=ACCEPTED, **known)


def _refused(file: File, data: Mapping[str, Any], _: datetime) -> File:
    known = {name: data.get(name) for name in ("defect", "sha256", "size")}
    return replace(file, state=REJECTED, **known)


def _signatures_checked(file: File, data: Mapping[str, Any], _: datetime) -> File:
    return replace(file, signatures=(data["verdict"], data["report"]))


_CHANGES = {
    "document_inspected": _inspected,
    "document_scanned": _scanned,
    "document_scan_delayed": _attempted,
    "document_accepted": _accepted,
    "document_rejected": _refused,
    "signature_checked": _signatures_checked,
}
