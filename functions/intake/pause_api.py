"""The part of the API for what stops or hastens a case: an officer's pause of its terms, and his
call for a supervisor."""

from typing import Any

from adapters import definitions
from adapters.casebook import rules_of
from casework import pauses
from casework.ports import Case, Change
from functions.intake import bodies as shapes
from functions.intake import oversight_bodies as bodies
from functions.intake.access import acted, api
from functions.intake.http import READERS, STAFF, Request

ONE = "/applications/{number}"


@api.operation(
    "GET",
    "/pause-reasons",
    "For what an officer may pause the terms of an application, and for how long",
    bodies.PauseReasons,
    roles=READERS,
)
def list_pause_reasons(_: Request) -> dict[str, Any]:
    known = definitions.pause_reasons().items()
    return {"reasons": [{"code": code, **reason.model_dump()} for code, reason in known]}


@api.operation(
    "POST",
    f"{ONE}/pause",
    "Pause every term of an application, for a lawful reason and until a day",
    shapes.ApplicationView,
    roles=STAFF,
    body=bodies.NewPause,
)
def pause_clock(request: Request, number: str) -> dict[str, Any]:
    new: bodies.NewPause = request.body

    def act(case: Case) -> Change:
        rules, known = rules_of(case.application), definitions.pause_reasons()
        said = (new.reason, new.until, new.words)
        return pauses.pause(case, rules, known, request.person.id, *said, request.now)

    return acted(request, number, act)


@api.operation(
    "POST",
    f"{ONE}/resumption",
    "Let the terms of a paused application run again",
    shapes.ApplicationView,
    roles=STAFF,
)
def resume_clock(request: Request, number: str) -> dict[str, Any]:
    return acted(request, number, lambda case: pauses.resume(case, request.person.id))


@api.operation(
    "POST",
    f"{ONE}/escalation",
    "Bring an application to a supervisor, and say why",
    shapes.ApplicationView,
    roles=STAFF,
    body=bodies.NewEscalation,
)
def escalate(request: Request, number: str) -> dict[str, Any]:
    words = request.body.words
    return acted(request, number, lambda case: pauses.escalate(case, request.person.id, words))
