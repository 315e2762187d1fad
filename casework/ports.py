"""What casework asks of the outside, and the small records that cross the border."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from casework.application import Application, Event, Happening
from casework.calendar import Calendar
from casework.condition import Facts
from casework.files import name_with_ending
from casework.form import facts
from casework.measures import Measures
from casework.parameters import Parameters
from casework.service import ServiceDefinition


class Rules(NamedTuple):
    """What an application is decided under: its pinned service, its region's days and figures."""

    service: ServiceDefinition
    calendar: Calendar
    parameters: Parameters

    def facts(self, kept: Mapping[str, Any], now: datetime) -> Facts:
        """Checked values of a form as it is kept; of a draft, those that are good."""
        return facts(self.service, kept, self.calendar.local_day(now))

    def measures(self, facts: Facts, day: date) -> Measures:
        return Measures(self.service.measures, facts, self.parameters, day)


class Reply(Protocol):
    """What a registry says about one check of the form that `form` seals."""

    check: str
    form: str
    outcome: str
    fields: Collection[str]


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What is kept of a document outside the chain: it may name people, and it can be erased.

    `signature`: base64 of the electronic signature that came beside the file; `signatures`: the
    report on all that there are, as JSON (casework/document_signatures.py).
    """

    id: str
    kind: str
    file_name: str
    content_type: str
    vault_key: str | None = None
    defect: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    signature: str | None = None
    signatures: Mapping[str, Any] | None = None

    @property
    def called(self) -> str:
        """The name of the file, with an ending that tells its type."""
        return name_with_ending(self.file_name, self.content_type)


class Task(NamedTuple):
    """A state machine waits: `purpose` is the step it waits in, `token` wakes it; `until`: when the
    clock does."""

    purpose: str
    token: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An application with what lies beside its chain.

    `form` is as stored (JSON types); `texts`: the latest free text of each name ("answer", ...);
    `task`: the last wait that began, over or not.
    """

    application: Application
    form: Mapping[str, Any]
    events: tuple[Event, ...] = ()
    documents: Mapping[str, DocumentRecord] = field(default_factory=dict)
    texts: Mapping[str, Any] = field(default_factory=dict)
    task: Task | None = None


class Note(NamedTuple):
    """What the office knows of somebody beside an application: `kind` (support | violation), the
    `key` it is found by, the application that it comes from, and since when."""

    kind: str
    key: str
    number: str
    since: datetime


class Signature(NamedTuple):
    """`signer` signed, at that instant, the text that has this SHA-256; `value` proves it.

    `kind`: identity_provider | certificate.
    """

    kind: str
    signer: str
    at: datetime
    sha256: str
    value: str


class Signed(NamedTuple):
    """A signature with exactly what was signed; kept beside the chain, since it names people."""

    signature: Signature
    text: str


class PaymentProvider(Protocol):
    """Whoever takes money for us. `payment` is our name for it: the same name is the same payment,
    `transaction` the provider's name of a sum it received."""

    def page(self, payment: str, amount: Decimal) -> str:
        """The address at which the payment is paid."""

    def give_back(self, payment: str, transaction: str, amount: Decimal, currency: str) -> None:
        """Return the sum; asked for again, it is returned once. Raises Unavailable."""


class SignatureCheck(Protocol):
    def holds(self, signature: Signature) -> bool:
        """Whether its signer made the signature, unaltered."""


@dataclass(frozen=True, slots=True)
class Change:
    """What an action wants stored, all or nothing. Nothing in it: nothing is to be done.

    `holds`: keys to take, each of which one application at a time has (an open application of a
    person and service, a slot); `frees`: those to give back. `notes`: what to know of people from
    now on; `forgets`: what is so no more. `signed`: the signature under the first happening.
    `erases`: the parts beside the chain (casework.retention.Part) that are to be gone.
    """

    happenings: tuple[Happening, ...] = ()
    form: Mapping[str, Any] | None = None
    documents: tuple[DocumentRecord, ...] = ()
    texts: Mapping[str, Any] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    frees: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    forgets: tuple[Note, ...] = ()
    signed: Signed | None = None
    erases: frozenset[str] = frozenset()
    result: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Change()
