"""The part of the API about who of the office saw and did what, and who is looking just now."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from adapters import definitions
from adapters.looks import AT_MOST, Entry, order
from casework.application import is_number
from casework.errors import BadRequest, NotFound
from casework.ports import Case
from functions.intake import oversight_bodies as bodies
from functions.intake.access import api, check_impartial, seen
from functions.intake.http import AUDITOR, EXPERT, STAFF, SUPERVISOR, Request
from functions.intake.staff_names import check_known, names_of
from functions.intake.wiring import applications, looks, presence, threads

AS_A_RULE = timedelta(days=30)
ONE_DAY = timedelta(days=1)


@api.operation(
    "GET",
    "/audit",
    "Who of the office saw and did what: with one thing, or one officer in a period",
    bodies.AuditView,
    roles={AUDITOR, SUPERVISOR},
    query={
        "number": "Of an application, a letter to support, a request for access, a representation, "
        "an account; or",
        "actor": "an officer's id, with",
        "since": "the first day, YYYY-MM-DD (by default 30 days ago), and",
        "until": "the last day, YYYY-MM-DD (by default today); days of UTC",
    },
)
def show_audit(request: Request) -> dict[str, Any]:
    number, actor = request.query.get("number"), request.query.get("actor")
    if (number is None) == (actor is None):
        raise BadRequest("bad_parameter", name="number", expected="number or actor")
    entries = _of_case(number) if number is not None else _of_actor(actor, request)
    shown = entries[:AT_MOST]
    names = names_of((entry.actor for entry in shown), request)
    return {
        "entries": [_shown(entry, names, request.language) for entry in shown],
        "more": len(entries) >= AT_MOST,
    }


def _of_case(number: str) -> list[Entry]:
    found = looks().of_case(number[:128])
    entries = [*found, *_acts_or_letter(number)] if is_number(number) else found
    if not entries:
        raise NotFound("unknown_number", number=number[:20])
    return sorted(entries, key=order, reverse=True)


def _acts_or_letter(number: str) -> list[Entry]:
    """What was done with an application; or looks at a letter, which lie with its application's."""
    with suppress(NotFound):
        return _acts(applications().load(number))
    with suppress(NotFound):
        about = threads().load(number).thread.application
        return [look for look in looks().of_case(about) if look.number == number] if about else []
    return []


def _acts(case: Case) -> list[Entry]:
    number = case.application.number
    return [Entry(e.at, e.actor, number, e.kind, e.sequence) for e in case.events]


def _of_actor(actor: str, request: Request) -> list[Entry]:
    until = _day(request, "until") or request.now.date()
    since = _day(request, "since") or until - AS_A_RULE
    first, end = (
        request.now.replace(
            year=day.year, month=day.month, day=day.day, hour=0, minute=0, second=0, microsecond=0
        )
        for day in (since, until + ONE_DAY)
    )
    found = looks().of_actor(actor[:128], first, end)
    if not found:  # who left before names were kept is found by what he did
        check_known(actor, "actor")
    return found


def _day(request: Request, name: str) -> date | None:
    given = request.query.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise BadRequest("bad_parameter", name=name, expected="YYYY-MM-DD") from error


def _shown(entry: Entry, names: Mapping[str, str], language: str) -> dict[str, Any]:
    """A look has no event: it changed nothing."""
    if entry.event is None:
        title = definitions.texts("oversight")["looked"][entry.subject][language]
    else:
        title = definitions.texts("statuses")["events"][entry.event][language]
    return {**entry._asdict(), "actor_name": names.get(entry.actor), "title": title}


@api.operation(
    "POST",
    "/applications/{number}/presence",
    "Say that one is looking at it; see who else is",
    bodies.PresenceView,
    roles=STAFF | {EXPERT},
)
def note_presence(request: Request, number: str) -> dict[str, Any]:
    check_impartial(seen(number, request.person), request.person)
    presence().note(number, request.person.id, request.now)
    others = presence().others(number, request.person.id, request.now)
    names = names_of((other.who for other in others), request)
    shown = [{**other._asdict(), "who_name": names.get(other.who)} for other in others]
    return {"number": number, "others": shown}
