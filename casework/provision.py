"""What an approved programme has come to: proposed, agreed, in whose hands, begun and ended.

A state of its own inside an application: the application folds these events into one field. What
the programme says, the person's wishes and the words of a complaint lie beside the chain.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class Awaited(StrEnum):
    """What the provision waits for; the person, the officer or the provider must bring it."""

    PROGRAMME = "programme"  # the officer: needs, services, amounts, terms
    AGREEMENT = "agreement"  # the person: agrees, or says what should be otherwise
    PROVIDER = "provider"  # the person: chooses who provides
    ACT = "act"  # the officer: the act of provision with that provider
    SERVICES = "services"  # the provider: beginning, end and result of each service
    COMPLAINT = "complaint"  # the officer: reviews it


@dataclass(frozen=True, slots=True)
class Delivery:
    """One service of the programme, as it was provided: ISO days."""

    started_on: str
    ended_on: str | None = None


@dataclass(frozen=True, slots=True)
class Provision:
    """`edition` counts the programmes proposed; `programme` seals the one in hand, `lines` is how
    many services it has (numbered from 1), `review_on` the ISO day it is to be looked at again.
    `since`: when what is awaited now began to be awaited; `marks` are those of that wait."""

    since: datetime
    edition: int = 0
    programme: str | None = None
    lines: int = 0
    review_on: str | None = None
    agreed: bool = False
    provider: str | None = None
    act: str | None = None
    services: Mapping[int, Delivery] = field(default_factory=dict)
    complaint: int | None = None  # the sequence number of the event that made it
    marks: frozenset[str] = frozenset()
    ended: str | None = None  # why: completed | refused | ...

    @property
    def awaits(self) -> Awaited | None:
        """None: it is over."""
        order = (
            (None, self.ended is not None),
            (Awaited.COMPLAINT, self.complaint is not None),
            (Awaited.PROGRAMME, self.programme is None),
            (Awaited.AGREEMENT, not self.agreed),
            (Awaited.PROVIDER, self.provider is None),
            (Awaited.ACT, self.act is None),
        )
        return next((awaited for awaited, due in order if due), Awaited.SERVICES)


Changes = dict[str, Any]


def fold(provision: Provision | None, event: Any) -> Provision | None:
    """The provision after the event of its application. `begun` begins it; the end of what was
    granted ends it, where there is one."""
    if event.kind == "provision_begun":
        return Provision(event.at)
    if provision is None:
        return None
    after = replace(provision, **_CHANGES[event.kind](provision, event))
    if after.awaits is not provision.awaits or event.kind == "programme_proposed":
        after = replace(after, since=event.at, marks=frozenset())
    return after


def _proposed(provision: Provision, event: Any) -> Changes:
    """Other services may need another provider: what followed from the old ones is left behind."""
    return {
        "edition": provision.edition + 1,
        "programme": event.data["programme"],
        "lines": event.data["lines"],
        "review_on": event.data["review_on"],
        "agreed": False,
        "provider": None,
        "act": None,
        "services": {},
    }


def _chosen(provision: Provision, event: Any) -> Changes:
    """Another provider begins anew what the one before did not end."""
    ended = {line: done for line, done in provision.services.items() if done.ended_on}
    return {"provider": event.data["provider"], "act": None, "services": ended}


def _started(provision: Provision, event: Any) -> Changes:
    begun = Delivery(event.data["on"])
    return {"services": {**provision.services, event.data["line"]: begun}}


def _ended(provision: Provision, event: Any) -> Changes:
    line = event.data["line"]
    done = replace(provision.services[line], ended_on=event.data["on"])
    return {"services": {**provision.services, line: done}}


def _complaint_reviewed(provision: Provision, event: Any) -> Changes:
    """A complaint that is upheld sets the person free to choose another provider."""
    if not event.data["upheld"]:
        return {"complaint": None}
    ended = {line: done for line, done in provision.services.items() if done.ended_on}
    return {"complaint": None, "provider": None, "act": None, "services": ended}


_CHANGES = {
    "programme_proposed": _proposed,
    "programme_agreed": lambda *_: {"agreed": True},
    "programme_declined": lambda *_: {"programme": None},
    "provider_chosen": _chosen,
    "act_formed": lambda _, event: {"act": event.data["act"]},
    "service_started": _started,
    "service_ended": _ended,
    "complaint_made": lambda _, event: {"complaint": event.sequence},
    "complaint_reviewed": _complaint_reviewed,
    "provision_marked": lambda provision, event: {"marks": provision.marks | {event.data["mark"]}},
    "provision_ended": lambda _, event: {"ended": event.data["reason"]},
    "ended": lambda provision, event: {"ended": provision.ended or event.data["reason"]},
}
KINDS = ("provision_begun", *(kind for kind in _CHANGES if kind != "ended"))
