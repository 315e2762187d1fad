"""What the queue is asked for: filters of GET /queue, which a saved view keeps."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from adapters.applications import Chosen
from adapters.calendars import calendar_for
from casework.application import Stage
from casework.errors import BadRequest
from functions.intake.http import Request
from functions.intake.staff_names import check_known

DUE_AT_MOST = 366
YES = "yes"
FILTERS = {
    "region": "Region code; by default the officer's own",
    "stage": "Only this stage",
    "service": "Only this service",
    "officer": "Only those claimed by this officer",
    "priority": "Only this category of priority; any: all that have one",
    "due_within": "Only those promised within so many days from today; 0: today",
    "overdue": "yes: only those whose promised day has passed",
    "mine": "yes: only those that the asker has claimed",
    "free": "yes: only those that nobody has claimed",
    "escalated": "yes: only those that were brought to a supervisor",
}


def region_of(request: Request) -> str:
    region = request.query.get("region") or request.person.region
    if not region:
        raise BadRequest("bad_parameter", name="region", expected="RU-XX")
    calendar_for(region)  # refuses an unknown one
    return region


def chosen(request: Request) -> Chosen:
    given = request.query
    _check(given)
    today = calendar_for(region_of(request)).local_day(request.now)
    equals = {name: given[name] for name in ("stage", "service", "officer") if given.get(name)}
    if given.get("mine"):
        equals["officer"] = request.person.id
    priority = given.get("priority")
    until = today + timedelta(days=int(given["due_within"])) if "due_within" in given else None
    if given.get("overdue"):
        until = today - timedelta(days=1)
    return Chosen(
        equals | ({"priority": priority} if priority not in (None, "any") else {}),
        present=tuple(_present(given)),
        absent=("officer",) if given.get("free") else (),
        until=until,
    )


def _present(given: dict[str, str]) -> Iterator[str]:
    if given.get("priority") == "any":
        yield "priority"
    if given.get("escalated"):
        yield "escalated"


def _check(given: dict[str, str]) -> None:
    """Raises BadRequest naming the parameter that is wrong."""
    if given.get("stage", Stage.REVIEW) not in set(Stage):
        raise BadRequest("bad_parameter", name="stage", expected=", ".join(Stage))
    for name in ("overdue", "mine", "free", "escalated"):
        if given.get(name, YES) != YES:
            raise BadRequest("bad_parameter", name=name, expected=YES)
    if given.get("officer"):
        check_known(given["officer"], "officer")
    days: Any = given.get("due_within", "0")
    if not (days.isascii() and days.isdigit() and int(days) <= DUE_AT_MOST):
        raise BadRequest("bad_parameter", name="due_within", expected=f"0 .. {DUE_AT_MOST}")
