"""What an application is: its events, the state they fold to, and the chain that seals them.

An event holds ids, codes, days and digests, never personal data: form, file names and free texts
are kept beside the chain and can be erased without breaking it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from casework.deadline import ClockEvent

SYSTEM = "system"
GENESIS = "0" * 64


class Stage(StrEnum):
    DRAFT = "draft"
    CHECKING = "checking"
    CLARIFICATION = "clarification"
    REVIEW = "review"
    CONFIRMATION = "confirmation"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


IN_WORK = frozenset({Stage.CHECKING, Stage.CLARIFICATION, Stage.REVIEW, Stage.CONFIRMATION})
CLOSED = frozenset({Stage.APPROVED, Stage.REFUSED, Stage.WITHDRAWN})


class Happening(NamedTuple):
    """What an action lets happen, before it has its place in the chain."""

    kind: str
    data: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Event:
    """`previous` is the hash of the event before; the first event's is all zeros."""

    number: str
    sequence: int
    kind: str
    at: datetime
    actor: str
    data: Mapping[str, Any]
    previous: str

    @property
    def id(self) -> str:
        return f"{self.number}.{self.sequence}"

    @property
    def hash(self) -> str:
        sealed = [
            self.number,
            self.sequence,
            self.kind,
            self.at.astimezone(UTC).isoformat(),
            self.actor,
            self.data,
            self.previous,
        ]
        text = json.dumps(sealed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Gap(NamedTuple):
    """What is missing or wrong: one field, or one kind of document, and the code of why."""

    code: str
    field: str | None = None
    document: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """`event`: the sequence number of the event that asked; it names the question."""

    event: int
    asked_at: datetime
    by: str
    gaps: tuple[Gap, ...]
    reminded: bool = False


@dataclass(frozen=True, slots=True)
class DocumentState:
    kind: str
    state: str  # announced | accepted | rejected
    defect: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class CheckState:
    """`state`: due (must be asked) | asked | matched | mismatched | given_up."""

    state: str
    fields: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in ("due", "asked")


@dataclass(frozen=True, slots=True)
class Proposal:
    outcome: str
    reasons: tuple[str, ...]
    officer: str


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: str
    reasons: tuple[str, ...]
    at: datetime
    officer: str
    second_officer: str | None
    event: int


@dataclass(frozen=True, slots=True)
class Application:
    number: str
    version: int = 0
    head: str = GENESIS
    stage: Stage = Stage.DRAFT
    service: str = ""
    service_version: int = 0
    region: str = ""
    applicant: str | None = None
    agency: str | None = None
    previous: str | None = None
    successor: str | None = None
    drafted_at: datetime | None = None
    submitted_at: datetime | None = None
    changed_at: datetime | None = None
    closed_at: datetime | None = None
    form: str | None = None
    priority: str | None = None
    documents: Mapping[str, DocumentState] = field(default_factory=dict)
    checks: Mapping[str, CheckState] = field(default_factory=dict)
    checks_due_at: datetime | None = None
    checks_delayed: bool = False
    question: Question | None = None
    asked_by_system: bool = False
    clock: tuple[ClockEvent, ...] = ()
    officer: str | None = None
    proposal: Proposal | None = None
    decision: Decision | None = None
    marks: frozenset[str] = frozenset()
    issued: bool = False

    @property
    def in_work(self) -> bool:
        return self.stage in IN_WORK

    @property
    def closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def open_checks(self) -> tuple[str, ...]:
        return tuple(name for name, check in self.checks.items() if check.is_open)

    def documents_in(self, state: str) -> dict[str, str]:
        """Kinds by document id, of the documents in that state."""
        return {id_: d.kind for id_, d in self.documents.items() if d.state == state}


def fold(number: str, events: Iterable[Event]) -> Application:
    application = Application(number)
    for event in events:
        application = apply(application, event)
    return application


def apply(application: Application, event: Event) -> Application:
    changes = _CHANGES[event.kind](application, event)
    return replace(
        application, version=event.sequence, head=event.hash, changed_at=event.at, **changes
    )


def chain(
    application: Application, happenings: Iterable[Happening], at: datetime, actor: str
) -> list[Event]:
    """The happenings as the next events of the application."""
    events, sequence, previous = [], application.version, application.head
    for happening in happenings:
        sequence += 1
        event = Event(
            application.number, sequence, happening.kind, at, actor, happening.data, previous
        )
        events.append(event)
        previous = event.hash
    return events


def first_broken_link(events: Iterable[tuple[Event, str]], head: str | None = None) -> int | None:
    """Given each event with its stored hash, in order: the first sequence number that was altered,
    removed or moved; None when the chain is whole. `head`: the last hash as it is kept elsewhere;
    without it nobody sees that events are missing at the end."""
    previous, expected = GENESIS, 0
    for expected, (event, stored_hash) in enumerate(events, start=1):
        intact = (event.sequence, event.previous, event.hash) == (expected, previous, stored_hash)
        if not intact:
            return expected
        previous = stored_hash
    return None if head in (None, previous) else expected + 1


# ---- numbers ------------------------------------------------------------------------------------

NUMBER_SPACE = 10**9
# Damm's quasigroup: its check digit catches every wrong digit and every swap of neighbours.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def number_from(value: int) -> str:
    """A number to be read over the phone: ten digits as 123-456-7890, the last one checks."""
    digits = f"{value % NUMBER_SPACE:09d}"
    text = digits + str(_damm(digits))
    return f"{text[:3]}-{text[3:6]}-{text[6:]}"


def is_number(text: str) -> bool:
    digits = text.replace("-", "")
    shaped = len(text) == 12 and len(digits) == 10 and digits.isascii() and digits.isdigit()
    return shaped and text[3] == text[7] == "-" and _damm(digits) == 0


def _damm(digits: str) -> int:
    check = 0
    for digit in digits:
        check = int(_DAMM[check][int(digit)])
    return check


# ---- what each event changes --------------------------------------------------------------------

Changes = dict[str, Any]
_CHANGES: dict[str, Callable[[Application, Event], Changes]] = {}


def _on(kind: str) -> Callable:
    def register(change: Callable[[Application, Event], Changes]) -> Callable:
        _CHANGES[kind] = change
        return change

    return register


def event_kinds() -> frozenset[str]:
    return frozenset(_CHANGES)


@_on("drafted")
def _drafted(_: Application, event: Event) -> Changes:
    names = ("service", "service_version", "region", "applicant", "agency", "previous")
    return {name: event.data.get(name) for name in names} | {"drafted_at": event.at}


@_on("changed")
def _changed(_: Application, event: Event) -> Changes:
    return {"form": event.data["form"]}


@_on("document_announced")
def _document_announced(application: Application, event: Event) -> Changes:
    return _with_document(application, event, "announced")


@_on("document_accepted")
def _document_accepted(application: Application, event: Event) -> Changes:
    return _with_document(application, event, "accepted", sha256=event.data["sha256"])


@_on("document_rejected")
def _document_rejected(application: Application, event: Event) -> Changes:
    return _with_document(application, event, "rejected", defect=event.data["defect"])


def _with_document(application: Application, event: Event, state: str, **more: Any) -> Changes:
    document = DocumentState(event.data["kind"], state, **more)
    return {"documents": {**application.documents, event.data["document"]: document}}


@_on("submitted")
def _submitted(_: Application, event: Event) -> Changes:
    checks = {name: CheckState("due") for name in event.data["checks"]}
    return {
        "stage": _stage_after(checks),
        "submitted_at": event.at,
        "form": event.data["form"],
        "priority": event.data["priority"],
        "checks": checks,
        "checks_due_at": event.at,
    }


@_on("corrected")
def _corrected(application: Application, event: Event) -> Changes:
    changes = _recheck(application, event)
    if application.question is not None:
        changes["stage"] = application.stage  # the question stays open until it is answered
    return changes | {"form": event.data["form"]}


def _recheck(application: Application, event: Event) -> Changes:
    """The checks that the changed fields make due again, without those they make needless, and
    where that puts the application."""
    again = {name: CheckState("due") for name in event.data["recheck"]}
    dropped = event.data.get("dropped", ())
    kept = {name: check for name, check in application.checks.items() if name not in dropped}
    checks = {**kept, **again}
    changes: Changes = {"stage": _stage_after(checks), "checks": checks}
    return changes | ({"checks_due_at": event.at, "checks_delayed": False} if again else {})


def _stage_after(checks: Mapping[str, CheckState]) -> Stage:
    """An application is on check until every registry was heard or given up, then on review."""
    return Stage.CHECKING if any(check.is_open for check in checks.values()) else Stage.REVIEW


@_on("registries_asked")
def _registries_asked(application: Application, event: Event) -> Changes:
    asked = {name: CheckState("asked") for name in event.data["checks"]}
    return {"checks": {**application.checks, **asked}}


@_on("registries_delayed")
def _registries_delayed(_: Application, __: Event) -> Changes:
    return {"checks_delayed": True}


@_on("registry_replied")
def _registry_replied(application: Application, event: Event) -> Changes:
    reply = CheckState(event.data["outcome"], tuple(event.data["fields"]))
    return _heard(application, {event.data["check"]: reply})


@_on("registries_given_up")
def _registries_given_up(application: Application, event: Event) -> Changes:
    return _heard(application, {name: CheckState("given_up") for name in event.data["checks"]})


def _heard(application: Application, replies: Mapping[str, CheckState]) -> Changes:
    checks = {**application.checks, **replies}
    on_check = application.stage is Stage.CHECKING
    return {"checks": checks, "stage": _stage_after(checks) if on_check else application.stage}


@_on("asked")
def _asked(application: Application, event: Event) -> Changes:
    gaps = tuple(Gap(**gap) for gap in event.data["gaps"])
    defects = {gap.document: gap.code for gap in gaps if gap.document}
    documents = {
        id_: DocumentState(d.kind, "rejected", defects[d.kind]) if d.kind in defects else d
        for id_, d in application.documents.items()
    }
    return {
        "stage": Stage.CLARIFICATION,
        "question": Question(event.sequence, event.at, event.actor, gaps),
        "asked_by_system": application.asked_by_system or event.actor == SYSTEM,
        "documents": documents,
        "clock": (*application.clock, ClockEvent("asked", event.at)),
    }


@_on("applicant_reminded")
def _applicant_reminded(application: Application, _: Event) -> Changes:
    return {"question": replace(application.question, reminded=True)}


@_on("answered")
def _answered(application: Application, event: Event) -> Changes:
    return _recheck(application, event) | {
        "question": None,
        "form": event.data["form"],
        "checks_due_at": event.at,  # nothing was asked of the registries while we waited
        "checks_delayed": False,
        "clock": (*application.clock, ClockEvent("answered", event.at)),
    }


@_on("claimed")
def _claimed(_: Application, event: Event) -> Changes:
    return {"officer": event.actor}


@_on("released")
def _released(_: Application, __: Event) -> Changes:
    return {"officer": None}


@_on("proposed")
def _proposed(_: Application, event: Event) -> Changes:
    proposal = Proposal(event.data["outcome"], tuple(event.data["reasons"]), event.actor)
    return {"stage": Stage.CONFIRMATION, "proposal": proposal}


@_on("returned")
def _returned(_: Application, __: Event) -> Changes:
    return {"stage": Stage.REVIEW, "proposal": None}


@_on("decided")
def _decided(_: Application, event: Event) -> Changes:
    data = event.data
    decision = Decision(
        data["outcome"],
        tuple(data["reasons"]),
        event.at,
        data["officer"],
        data.get("second_officer"),
        event.sequence,
    )
    return {
        "stage": Stage(data["outcome"]),
        "decision": decision,
        "question": None,
        "closed_at": event.at,
    }


@_on("issued")
def _issued(_: Application, __: Event) -> Changes:
    return {"issued": True}


@_on("withdrawn")
def _withdrawn(_: Application, event: Event) -> Changes:
    return {"stage": Stage.WITHDRAWN, "question": None, "closed_at": event.at}


@_on("resubmitted")
def _resubmitted(_: Application, event: Event) -> Changes:
    return {"successor": event.data["number"]}


@_on("marked")
def _marked(application: Application, event: Event) -> Changes:
    return {"marks": application.marks | {event.data["mark"]}}
