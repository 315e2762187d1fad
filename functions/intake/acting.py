"""Whoever asks in the name of another, by a representation that is in force."""

from datetime import datetime

from casework.errors import NotAllowed, NotFound
from casework.representation import in_force
from functions.intake.http import CITIZEN, Person
from functions.intake.wiring import representations


def acting(person: Person, by: str, now: datetime) -> Person:
    """Raises NotAllowed: what a representation is not, and what is over, opens nothing."""
    if CITIZEN not in person.roles:
        raise NotAllowed("role_needed")
    try:
        case = representations().load(by[:60])
    except NotFound:
        raise NotAllowed("not_representing") from None
    found = in_force(case, person.id, now.date())
    return person._replace(acting_by=found.id, represented=found.represented)
