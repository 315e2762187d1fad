"""What casework asks of the outside, and the small records that cross the border."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from casework.application import Application, Event, Happening
from casework.calendar import Calendar
from casework.parameters import Parameters
from casework.service import ServiceDefinition


class Rules(NamedTuple):
    """What an application is decided under: its pinned service, its region's days and figures."""

    service: ServiceDefinition
    calendar: Calendar
    parameters: Parameters


class Reply(Protocol):
    """What a registry says about one check of the form that `form` seals."""

    check: str
    form: str
    outcome: str
    fields: Collection[str]


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """What is kept of a document outside the chain: it may name people, and it can be erased."""

    id: str
    kind: str
    file_name: str
    content_type: str
    vault_key: str | None = None
    defect: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


class Task(NamedTuple):
    """A state machine waits: `purpose` is the step it waits in, `token` wakes it."""

    purpose: str
    token: str


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


@dataclass(frozen=True, slots=True)
class Change:
    """What an action wants stored, all or nothing. Nothing in it: nothing is to be done.

    `holds`: the duplicate key to take; `frees`: the one to give back.
    """

    happenings: tuple[Happening, ...] = ()
    form: Mapping[str, Any] | None = None
    documents: tuple[DocumentRecord, ...] = ()
    texts: Mapping[str, Any] = field(default_factory=dict)
    holds: str | None = None
    frees: str | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
