"""Those who work here: under which names the office sees them, and to whom work can be given."""

from collections.abc import Iterable
from datetime import datetime

from adapters.staff import Member
from casework.application import SYSTEM
from casework.errors import BadRequest, InvalidForm, Problem
from functions.intake.http import STAFF, Request
from functions.intake.wiring import staff


def names_of(ids: Iterable[str | None], request: Request) -> dict[str, str]:
    """Short names by id, for the office alone: a citizen is told that somebody of the office acted,
    and not who. One read, whatever the number of ids."""
    if not request.person.is_staff:
        return {}
    return staff().names({id_ for id_ in ids if id_ and id_ != SYSTEM}, request.now)


def may_be_given_work(member: Member, now: datetime) -> bool:
    return bool(STAFF.intersection(member.roles)) and member.is_here(now)


def check_may_be_given_work(officer: str, now: datetime) -> None:
    """Raises InvalidForm."""
    member = staff().find(officer)
    if member is None or not may_be_given_work(member, now):
        raise InvalidForm([Problem("officer", "no_such_officer")])


def check_known(officer: str, parameter: str) -> None:
    """Whoever has left is known, too. Raises BadRequest naming the parameter."""
    if staff().find(officer[:128]) is None:
        raise BadRequest("bad_parameter", name=parameter, expected="id of somebody of the office")
