"""Support that somebody already has (P11): what lasts is known by person and service from the day
it is issued until it ends, and another application for the same finds it at once.

The check that asks is part of every lasting service (services/blocks/support.toml); its registry
is our own casebook, so nobody has to be waited for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.application import Application
from casework.ports import Note, Rules
from casework.service import Outcome, RegistryCheck

SUPPORT = "support"
OWN_REGISTRY = "opora"
EARLIER = "earlier_support"  # the text that tells the officer which application


@dataclass(frozen=True, slots=True)
class OwnReply:
    """What our own casebook says about a check, in the shape of a registry's reply."""

    check: str
    form: str
    outcome: str
    fields: tuple[str, ...]


def own_checks(application: Application, rules: Rules) -> list[RegistryCheck]:
    """The open checks that our own casebook answers."""
    asked = (rules.service.check(name) for name in application.open_checks)
    return [check for check in asked if check.registry == OWN_REGISTRY]


def reply(application: Application, check: RegistryCheck, known: Iterable[Note]) -> OwnReply:
    earlier = others(application, known)
    outcome = "mismatched" if earlier else "matched"
    return OwnReply(check.name, application.form, outcome, check.fields if earlier else ())


def others(application: Application, known: Iterable[Note]) -> list[Note]:
    return [note for note in known if note.number != application.number]


def told(known: Iterable[Note]) -> list[dict[str, Any]]:
    """What officers read of it."""
    return [{"number": note.number, "since": note.since.isoformat()} for note in known]


def granted(
    application: Application, outcome: Outcome, key: str | None, now: datetime
) -> tuple[Note, ...]:
    """What issuing this outcome makes known. `key`: the person and service
    (casework.actions.identity_key)."""
    approved = application.decision.outcome == "approved"
    if key is None or not approved or not outcome.lasting:
        return ()
    return (Note(SUPPORT, key, application.number, now),)


def ended(application: Application, key: str | None, now: datetime) -> tuple[Note, ...]:
    """For `Change.forgets`, when what was granted stops, is revoked or is undone by an appeal."""
    return (Note(SUPPORT, key, application.number, now),) if key else ()
