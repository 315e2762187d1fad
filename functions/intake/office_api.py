"""The part of the API for the office, and for agencies that provide: the queue, what officers do
with an application, times of doctors, the machines at work."""

from typing import Any

from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from casework import actions
from casework.application import Gap, Stage, is_number
from casework.errors import BadRequest, NotFound
from functions.intake import about_another, appointments, bodies, show
from functions.intake import document_check_api as _document_checks  # noqa: F401  its routes
from functions.intake import provision_office_api as _provision  # noqa: F401  its routes
from functions.intake.access import acted, api, respond, seen
from functions.intake.http import AGENCY, CURSOR, STAFF, SUPERVISOR, Request
from functions.intake.wiring import appeal_reviews, applications, reviews


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)


# ---- applications -------------------------------------------------------------------------------


@api.operation(
    "GET",
    "/queue",
    "Open applications of a region, the first due first",
    bodies.ApplicationPage,
    roles=STAFF,
    query={
        **CURSOR,
        "region": "Region code; by default the officer's own",
        "stage": "Only this stage",
        "service": "Only this service",
        "officer": "Only those claimed by this officer",
    },
)
def queue(request: Request) -> dict[str, Any]:
    region = request.query.get("region") or request.person.region
    if not region:
        raise BadRequest("bad_parameter", name="region", expected="RU-XX")
    calendar_for(region)  # refuses an unknown one
    if request.query.get("stage", Stage.REVIEW) not in set(Stage):
        raise BadRequest("bad_parameter", name="stage", expected=", ".join(Stage))
    filters = {name: request.query.get(name) for name in ("stage", "service", "officer")}
    page = applications().queue(region, request.query.get("cursor"), **filters)
    return show.page(page, request.now, request.language)


@api.operation(
    "POST", "/applications/{number}/claim", "Take into work", bodies.ApplicationView, roles=STAFF
)
def claim(request: Request, number: str) -> dict[str, Any]:
    return acted(request, number, lambda case: actions.claim(case, request.person.id))


@api.operation(
    "POST",
    "/applications/{number}/release",
    "Give back to the queue",
    bodies.ApplicationView,
    roles=STAFF,
)
def release(request: Request, number: str) -> dict[str, Any]:
    supervisor = SUPERVISOR in request.person.roles
    return acted(
        request,
        number,
        lambda case: actions.release(case, request.person.id, supervisor=supervisor),
    )


@api.operation(
    "POST",
    "/applications/{number}/question",
    "Ask the applicant once about everything that is missing",
    bodies.ApplicationView,
    roles=STAFF,
    body=bodies.NewQuestion,
)
def ask(request: Request, number: str) -> dict[str, Any]:
    asked: bodies.NewQuestion = request.body
    gaps = [Gap(gap.code, gap.field, gap.document) for gap in asked.gaps]
    return acted(
        request,
        number,
        lambda case: about_another.ask(case, request.person.id, gaps, asked.message),
    )


@api.operation(
    "POST",
    "/applications/{number}/letter",
    "Note what the post says of the letter with the decision: handed over, or come back",
    bodies.ApplicationView,
    roles=STAFF,
    body=bodies.LetterNews,
)
def note_letter(request: Request, number: str) -> dict[str, Any]:
    return acted(
        request, number, lambda case: about_another.note_letter(case, request.body, request.now)
    )


@api.operation(
    "GET",
    "/applications/{number}/assessment",
    "What the rules propose, and what was compared with what",
    bodies.AssessmentView,
    roles=STAFF,
)
def assess(request: Request, number: str) -> dict[str, Any]:
    case = seen(number, request.person)
    proposed = actions.assessment(case, rules_of(case.application))
    return actions.told(proposed, proposed.reasons) | {"outcome": proposed.outcome}


@api.operation(
    "POST",
    "/applications/{number}/proposal",
    "Approve; or propose a refusal, or a ruling on an appeal, to a second officer",
    bodies.ApplicationView,
    roles=STAFF,
    body=bodies.NewProposal,
)
def propose(request: Request, number: str) -> dict[str, Any]:
    new: bodies.NewProposal = request.body
    return acted(
        request,
        number,
        lambda case: about_another.propose(case, request.person.id, new, request.now),
    )


@api.operation(
    "POST",
    "/applications/{number}/confirmation",
    "As the second officer, confirm a refusal or a ruling, or return it",
    bodies.ApplicationView,
    roles=STAFF,
    body=bodies.Confirmation,
)
def confirm(request: Request, number: str) -> dict[str, Any]:
    given: bodies.Confirmation = request.body
    return acted(
        request,
        number,
        lambda case: about_another.confirm(case, request.person.id, given, request.now),
    )


# ---- appointments -------------------------------------------------------------------------------


@api.operation(
    "POST",
    "/slots",
    "Publish times of a doctor",
    bodies.SlotPage,
    roles=STAFF | {AGENCY},
    body=bodies.NewSlots,
    status=201,
)
def publish_slots(request: Request) -> dict[str, Any]:
    return appointments.publish(request)


@api.operation(
    "DELETE",
    "/slots/{slot}",
    "Take a slot back; whoever has it is told and chooses another",
    bodies.SlotView,
    roles=STAFF | {AGENCY},
)
def close_slot(request: Request, slot: str) -> dict[str, Any]:
    return appointments.close(request, slot)


# ---- the machines at work -----------------------------------------------------------------------


@api.operation(
    "GET",
    "/executions",
    "Executions of a state machine, newest first",
    bodies.ExecutionPage,
    roles=STAFF,
    query={
        **CURSOR,
        "status": "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED",
        "machine": "application_review (by default) or appeal_review",
    },
)
def list_executions(request: Request) -> dict[str, Any]:
    status = request.query.get("status")
    known = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
    if status is not None and status not in known:
        raise BadRequest("bad_parameter", name="status", expected=", ".join(known))
    machines = {"application_review": reviews, "appeal_review": appeal_reviews}
    machine = request.query.get("machine", "application_review")
    if machine not in machines:
        raise BadRequest("bad_parameter", name="machine", expected=", ".join(machines))
    return machines[machine]().latest(status, request.query.get("cursor"))


@api.operation(
    "GET",
    "/executions/{number}",
    "One execution: current state and history",
    bodies.ExecutionView,
    roles=STAFF,
)
def show_execution(_: Request, number: str) -> dict[str, Any]:
    application, _, _ = number.partition(".")  # reopened after an appeal: <number>.2, .3, ...
    if not is_number(application):
        raise NotFound("unknown_execution")
    try:
        return reviews().show(number)
    except NotFound:
        return appeal_reviews().show(number)
