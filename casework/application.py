"""What an application is: its events, the state they fold to, and the chain that seals them.

An event holds ids, codes, days and digests, never personal data: form, file names and free texts
are kept beside the chain and can be erased without breaking it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from casework import benefit, files, original, provision
from casework.benefit import Benefit
from casework.deadline import ClockEvent
from casework.fee_receipts import REFUND_DUE, REFUNDED, RUBLES, FeeReceipt, FeeRequest, Fees
from casework.files import FileState
from casework.happening import Happening
from casework.original import Original
from casework.provision import Provision

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
    EXPIRED = "expired"  # a draft that nobody went on with


IN_WORK = frozenset({Stage.CHECKING, Stage.CLARIFICATION, Stage.REVIEW, Stage.CONFIRMATION})
WORK_ON_A_DRAFT = frozenset(
    {"drafted", "changed", "document_announced", "fee_requested", "fee_paid"}
)
GONE = frozenset({"replaced", "erased"})  # documents that nothing happens to any more
CLOSED = frozenset({Stage.APPROVED, Stage.REFUSED, Stage.WITHDRAWN, Stage.EXPIRED})


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
    """`event`: the sequence number of the event that asked; it names the question. `extends`: it
    asks for documents only and lengthened the term instead of stopping it."""

    event: int
    asked_at: datetime
    by: str
    gaps: tuple[Gap, ...]
    reminded: bool = False
    extends: bool = False


class Checked(NamedTuple):
    """An expert's verdict on a document: conforming | nonconforming | unreadable | suspect, with
    the codes of what he found; `event` is the sequence number of the event that says so."""

    verdict: str
    defects: tuple[str, ...]
    at: datetime
    officer: str
    event: int


@dataclass(frozen=True, slots=True)
class DocumentState(FileState):
    """`state`: what a file may be (casework.files), and replaced | erased."""

    replaces: str | None = None  # the document that this one is uploaded instead of
    accepted_at: datetime | None = None
    accepted_in: int = 0  # the sequence number of the event that accepted it
    checked_by_expert: Checked | None = None
    check_marks: frozenset[str] = frozenset()  # what the clock of the expert's check has said
    asked: bool = False  # whether the applicant was asked about what the expert found

    @property
    def checked(self) -> str | None:
        """The expert's verdict, if there is one."""
        return self.checked_by_expert.verdict if self.checked_by_expert else None

    @property
    def may_be_asked_about(self) -> bool:
        """Whether an expert rejected it and the applicant was not asked about it."""
        return self.state == "rejected" and self.checked_by_expert is not None and not self.asked


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


class Pause(NamedTuple):
    """An officer stopped every term, for that reason; at `until` it ends by itself."""

    reason: str
    officer: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    outcome: str
    reasons: tuple[str, ...]
    at: datetime
    officer: str
    second_officer: str | None
    event: int
    ruling: str | None = None  # of an appeal: upheld | changed | sent_back

    @property
    def officers(self) -> frozenset[str]:
        """Who proposed it and who confirmed it."""
        return frozenset(filter(None, (self.officer, self.second_officer)))


@dataclass(frozen=True, slots=True)
class ProofOfReceipt:
    """A proof that the decision reached the person. `how`: sms | email | letter | cabinet;
    `notice`: the event whose notice carried it, none when it was read in the cabinet."""

    at: datetime
    how: str
    notice: int | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """What of the data beside the chain is no more. `kept`: what stays, each with why (the state
    whose rule keeps it) and until which ISO day, None while that lasts (casework/retention.py)."""

    at: datetime
    what: frozenset[str]
    kept: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class PaperState:
    """A PDF that we issued (casework/papers.py) about the event `of`, in one `print` (standard |
    large), at that instant. `sha256` and `size` are of the file as it is kept."""

    kind: str
    of: int
    at: datetime
    print: str
    sha256: str
    size: int


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
    checked_at: datetime | None = None
    checks_delayed: bool = False
    question: Question | None = None
    asked_by_system: bool = False
    clock: tuple[ClockEvent, ...] = ()
    officer: str | None = None
    proposal: Proposal | None = None
    pause: Pause | None = None
    escalated_by: str | None = None  # who called for a supervisor, until one has it
    decision: Decision | None = None
    marks: frozenset[str] = frozenset()
    issued: bool = False
    contests: str | None = None  # of an appeal: the application whose decision it is about
    proofs: tuple[ProofOfReceipt, ...] = ()
    appealed_by: str | None = None
    superseded: tuple[Decision, ...] = ()
    reopened_at: datetime | None = None
    holds_nothing: bool = False  # reopened while another application held its keys
    provision: Provision | None = None
    benefit: Benefit | None = None
    original: Original | None = None
    ended_by: str | None = None
    changed_by: frozenset[str] = frozenset()
    fees: Fees = field(default_factory=Fees)
    draft_kept_from: datetime | None = None
    draft_reminded: bool = False
    slot_lost: bool = False  # the clinic took back the time that was held or booked
    violation: str | None = None
    papers: Mapping[str, PaperState] = field(default_factory=dict)
    upheld_by: str | None = None  # the appeal that left the decision as it is
    consent_withdrawn_at: datetime | None = None
    erased: Erasure | None = None

    @property
    def provided(self) -> Provision | Original | None:
        """What goes on after the outcome was issued, in waits of its own."""
        return self.provision or self.original

    @property
    def is_granted(self) -> bool:
        """What was approved is in force: not undone, given up or ended since."""
        approved = self.decision is not None and self.stage is Stage.APPROVED
        return self.issued and approved and self.ended_by is None

    @property
    def in_work(self) -> bool:
        return self.stage in IN_WORK

    @property
    def closed(self) -> bool:
        return self.stage in CLOSED

    @property
    def received(self) -> ProofOfReceipt | None:
        """The earliest proof that the decision reached the person."""
        return min(self.proofs, key=lambda proof: proof.at, default=None)

    @property
    def begun_at(self) -> datetime | None:
        """When its terms began: at submission, anew when an appeal sent it back."""
        return self.reopened_at or self.submitted_at

    @property
    def execution(self) -> str:
        """The name of its execution; when an appeal undoes a decision, a new one begins."""
        return _run_of(self.number, len(self.superseded) + 1)

    @property
    def past_executions(self) -> tuple[str, ...]:
        """The names of those that came before."""
        return tuple(_run_of(self.number, place + 1) for place in range(len(self.superseded)))

    @property
    def open_checks(self) -> tuple[str, ...]:
        return tuple(name for name, check in self.checks.items() if check.is_open)

    def is_erased(self, part: str) -> bool:
        """Whether that part of what lies beside the chain is no more (casework/retention.py)."""
        return self.erased is not None and part in self.erased.what

    def documents_in(self, state: str) -> dict[str, str]:
        """Kinds by document id, of the documents in that state."""
        return {id_: d.kind for id_, d in self.documents.items() if d.state == state}


def _run_of(number: str, place: int) -> str:
    return number if place == 1 else f"{number}.{place}"


def fold(number: str, events: Iterable[Event]) -> Application:
    application = Application(number)
    for event in events:
        application = apply(application, event)
    return application


def apply(application: Application, event: Event) -> Application:
    changes = _CHANGES[event.kind](application, event)
    if event.kind in WORK_ON_A_DRAFT:
        changes |= {"draft_kept_from": event.at, "draft_reminded": False}
    if changes.get("stage") is Stage.REVIEW and application.checked_at is None:
        changes["checked_at"] = event.at
    return replace(
        application, version=event.sequence, head=event.hash, changed_at=event.at, **changes
    )


class Chained(Protocol):
    """What events fold to: `version` is the sequence number of the last, `head` its hash."""

    number: str
    version: int
    head: str


def chain(
    chained: Chained, happenings: Iterable[Happening], at: datetime, actor: str
) -> list[Event]:
    """The happenings as the next events of an application, or of what else is chained."""
    events, sequence, previous = [], chained.version, chained.head
    for happening in happenings:
        sequence += 1
        event = Event(chained.number, sequence, happening.kind, at, actor, happening.data, previous)
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
NUMBER_LENGTH = 12  # 123-456-7890
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
    shaped = (
        len(text) == NUMBER_LENGTH and len(digits) == 10 and digits.isascii() and digits.isdigit()
    )
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


def _document_moved(application: Application, event: Event) -> Changes:
    """What happens to any uploaded file; an accepted document takes the place of another."""
    id_ = event.data["document"]
    begun = DocumentState(event.data["kind"], replaces=event.data.get("replaces"))
    known = application.documents.get(id_, begun)
    document = files.apply(known, event.kind, event.data, event.at)
    if event.kind != "document_accepted":
        return {"documents": {**application.documents, id_: document}}
    document = replace(document, accepted_at=event.at, accepted_in=event.sequence)
    return _without_replaced({**application.documents, id_: document}, id_)


_CHANGES |= dict.fromkeys(files.EVENTS, _document_moved)


def _without_replaced(documents: Mapping[str, DocumentState], id_: str) -> Changes:
    """The one that the accepted document was uploaded instead of gives way to it."""
    old = documents.get(documents[id_].replaces)
    if old is None or old.state != "accepted":
        return {"documents": documents}
    return {"documents": {**documents, documents[id_].replaces: replace(old, state="replaced")}}


def _with_document(application: Application, event: Event, state: str) -> Changes:
    id_ = event.data["document"]
    document = replace(application.documents[id_], state=state, defect=None)
    return {"documents": {**application.documents, id_: document}}


# ---- the expert's check of documents (casework/document_check.py) -------------------------------


@_on("document_checked")
def _document_checked(application: Application, event: Event) -> Changes:
    data, id_ = event.data, event.data["document"]
    found = Checked(data["verdict"], tuple(data["defects"]), event.at, event.actor, event.sequence)
    known = replace(application.documents[id_], checked_by_expert=found)
    if found.defects:
        known = replace(known, state="rejected", defect=found.defects[0])
    return {"documents": {**application.documents, id_: known}}


@_on("document_looked")
def _document_looked(_: Application, __: Event) -> Changes:
    return {}


@_on("document_check_marked")
def _document_check_marked(application: Application, event: Event) -> Changes:
    mark = frozenset({event.data["mark"]})
    marked = {
        id_: replace(application.documents[id_], check_marks=mark | known.check_marks)
        for id_, known in application.documents.items()
        if id_ in event.data["documents"]
    }
    return {"documents": {**application.documents, **marked}}


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
        "contests": event.data.get("contests"),
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
    by_system = event.actor == SYSTEM and any(gap.field for gap in gaps)
    extends = event.data.get("extends", False)
    return {
        "stage": Stage.CLARIFICATION,
        "question": Question(event.sequence, event.at, event.actor, gaps, extends=extends),
        "asked_by_system": application.asked_by_system or by_system,
        "documents": _asked_about(application.documents, gaps),
        "clock": (*application.clock, ClockEvent("extended" if extends else "asked", event.at)),
    }


def _asked_about(
    documents: Mapping[str, DocumentState], gaps: Iterable[Gap]
) -> dict[str, DocumentState]:
    """Where an expert rejected documents of the kind, the question is about those; otherwise it
    rejects every document of the kind."""
    defects = {gap.document: gap.code for gap in gaps if gap.document}
    found = {d.kind for d in documents.values() if d.may_be_asked_about}

    def after(document: DocumentState) -> DocumentState:
        if document.kind not in defects or document.state in GONE:
            return document
        if document.kind in found:
            return replace(document, asked=True) if document.may_be_asked_about else document
        return replace(document, state="rejected", defect=defects[document.kind])

    return {id_: after(document) for id_, document in documents.items()}


@_on("applicant_reminded")
def _applicant_reminded(application: Application, _: Event) -> Changes:
    return {"question": replace(application.question, reminded=True)}


@_on("answered")
def _answered(application: Application, event: Event) -> Changes:
    answered = () if application.question.extends else (ClockEvent("answered", event.at),)
    return _recheck(application, event) | {
        "question": None,
        "form": event.data["form"],
        "checks_due_at": event.at,  # nothing was asked of the registries while we waited
        "checks_delayed": False,
        "clock": (*application.clock, *answered),
    }


@_on("rebooked")
def _rebooked(_: Application, event: Event) -> Changes:
    """Another slot; the form is the event's own when nothing else was corrected with it."""
    return {"slot_lost": False} | ({"form": event.data["form"]} if "form" in event.data else {})


@_on("slot_lost")
def _slot_lost(_: Application, __: Event) -> Changes:
    return {"slot_lost": True}


@_on("claimed")
def _claimed(_: Application, event: Event) -> Changes:
    return {"officer": event.actor}


@_on("reassigned")
def _reassigned(_: Application, event: Event) -> Changes:
    return {"officer": event.data["officer"], "escalated_by": None}


@_on("escalated")
def _escalated(_: Application, event: Event) -> Changes:
    return {"escalated_by": event.actor}


@_on("clock_paused")
def _clock_paused(application: Application, event: Event) -> Changes:
    until = datetime.fromisoformat(event.data["ends_at"])
    return {
        "pause": Pause(event.data["reason"], event.actor, event.at, until),
        "clock": (*application.clock, ClockEvent("paused", event.at)),
    }


@_on("clock_resumed")
def _clock_resumed(application: Application, event: Event) -> Changes:
    """Noted late by the clock, it has ended when it was to end."""
    ended = min(event.at, application.pause.until)
    return {"pause": None, "clock": (*application.clock, ClockEvent("resumed", ended))}


@_on("released")
def _released(_: Application, __: Event) -> Changes:
    return {"officer": None}


@_on("proposed")
def _proposed(_: Application, event: Event) -> Changes:
    proposal = Proposal(event.data["outcome"], tuple(event.data["reasons"]), event.actor)
    return {"stage": Stage.CONFIRMATION, "proposal": proposal, "escalated_by": None}


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
        data.get("ruling"),
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


# ---- a draft that nobody goes on with -----------------------------------------------------------


@_on("draft_reminded")
def _draft_reminded(_: Application, __: Event) -> Changes:
    return {"draft_reminded": True}


@_on("expired")
def _expired(_: Application, event: Event) -> Changes:
    return {"stage": Stage.EXPIRED, "closed_at": event.at}


# ---- the state fee ------------------------------------------------------------------------------


@_on("fee_requested")
def _fee_requested(application: Application, event: Event) -> Changes:
    asked = FeeRequest(Decimal(event.data["amount"]), event.at)
    return {"fees": application.fees.with_request(event.data["payment"], asked)}


@_on("fee_paid")
def _fee_paid(application: Application, event: Event) -> Changes:
    data = event.data
    currency = data.get("currency", RUBLES)
    receipt = FeeReceipt(data["payment"], Decimal(data["amount"]), currency, event.at)
    return {"fees": application.fees.with_receipt(data["transaction"], receipt)}


@_on("fee_refund_due")
def _fee_refund_due(application: Application, event: Event) -> Changes:
    data = event.data
    return {"fees": application.fees.going(data["transaction"], REFUND_DUE, data["reason"])}


@_on("fee_refunded")
def _fee_refunded(application: Application, event: Event) -> Changes:
    return {"fees": application.fees.going(event.data["transaction"], REFUNDED)}


# ---- what was approved is provided (each folds in its own module) -------------------------------


def _provision_goes_on(application: Application, event: Event) -> Changes:
    return {"provision": provision.fold(application.provision, event)}


def _benefit_goes_on(application: Application, event: Event) -> Changes:
    return {"benefit": benefit.fold(application.benefit, event)}


def _original_goes_on(application: Application, event: Event) -> Changes:
    return {"original": original.fold(application.original, event)}


_CHANGES |= dict.fromkeys(provision.KINDS, _provision_goes_on)
_CHANGES |= dict.fromkeys(benefit.KINDS, _benefit_goes_on)
_CHANGES |= dict.fromkeys(original.KINDS, _original_goes_on)


@_on("ended")
def _ended(application: Application, event: Event) -> Changes:
    """What was granted ends: by the number of the application that asked for it, or an officer."""
    stopped = _provision_goes_on(application, event) | _benefit_goes_on(application, event)
    return stopped | {"ended_by": event.data["by"]}


@_on("effect_missed")
def _effect_missed(_: Application, __: Event) -> Changes:
    return {}


@_on("changed_by")
def _changed_by(application: Application, event: Event) -> Changes:
    return {"changed_by": application.changed_by | {event.data["by"]}}


# ---- appeals ------------------------------------------------------------------------------------


@_on("decision_received")
def _decision_received(application: Application, event: Event) -> Changes:
    data = event.data
    proof = ProofOfReceipt(datetime.fromisoformat(data["at"]), data["how"], data["notice"])
    return {"proofs": (*application.proofs, proof)}


@_on("letter_returned")
def _letter_returned(application: Application, event: Event) -> Changes:
    """The proof by that letter falls; whatever else is proven stays."""
    notice = event.data["notice"]
    kept = (p for p in application.proofs if (p.how, p.notice) != ("letter", notice))
    return {"proofs": tuple(kept)}


@_on("appealed")
def _appealed(_: Application, event: Event) -> Changes:
    return {"appealed_by": event.data["number"]}


@_on("appeal_withdrawn")
def _appeal_withdrawn(_: Application, __: Event) -> Changes:
    return {"appealed_by": None}


@_on("decision_upheld")
def _decision_upheld(_: Application, event: Event) -> Changes:
    return {"upheld_by": event.data["number"]}


@_on("decision_superseded")
def _decision_superseded(application: Application, event: Event) -> Changes:
    """The old decision is history, with what was begun on it; payments pause till the new one."""
    return {
        "benefit": benefit.pause(application.benefit, event.data["since"]),
        "superseded": (*application.superseded, application.decision),
        "decision": None,
        "proposal": None,
        "issued": False,
        "closed_at": None,
        "proofs": (),
        "appealed_by": None,
        "officer": None,
        "provision": None,
        "original": None,
        "stage": Stage.REVIEW,
    }


@_on("reopened")
def _reopened(application: Application, event: Event) -> Changes:
    """Terms and marks begin anew; the registries named are asked again."""
    again = {name: CheckState("due") for name in event.data["recheck"]}
    checks = {**application.checks, **again}
    since = datetime.fromisoformat(event.data["since"])
    return {
        "stage": _stage_after(checks),
        "checks": checks,
        "checks_due_at": event.at,
        "checks_delayed": False,
        "checked_at": None if again else event.at,
        "reopened_at": since,
        "marks": frozenset(),
        "holds_nothing": not event.data["held"],
    }


# ---- false data ---------------------------------------------------------------------------------


@_on("violation_recorded")
def _violation_recorded(_: Application, event: Event) -> Changes:
    return {"violation": event.data["reason"]}


@_on("violation_lifted")
def _violation_lifted(_: Application, __: Event) -> Changes:
    return {"violation": None}


# ---- consent withdrawn --------------------------------------------------------------------------


@_on("consent_withdrawn")
def _consent_withdrawn(_: Application, event: Event) -> Changes:
    return {"consent_withdrawn_at": event.at}


@_on("data_erased")
def _data_erased(application: Application, event: Event) -> Changes:
    """What was erased before stays so; a part that is given anew later is kept like any other."""
    what = frozenset(event.data["what"])
    changes: Changes = {"erased": Erasure(event.at, what, tuple(event.data["kept"]))}
    if "documents" in what:
        documents = application.documents.items()
        changes["documents"] = {
            id_: replace(document, state="erased", defect=None) for id_, document in documents
        }
    return changes


@_on("document_erased")
def _document_erased(application: Application, event: Event) -> Changes:
    return _with_document(application, event, "erased")


# ---- papers that we issue -----------------------------------------------------------------------


@_on("paper_requested")
def _paper_requested(_: Application, __: Event) -> Changes:
    return {}


@_on("paper_issued")
def _paper_issued(application: Application, event: Event) -> Changes:
    data = event.data
    names = ("kind", "of", "print", "sha256", "size")
    paper = PaperState(at=event.at, **{name: data[name] for name in names})
    return {"papers": {**application.papers, data["paper"]: paper}}
