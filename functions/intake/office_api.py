"""The part of the API for the office, and for agencies that provide: the queue, what officers do
with an application, times of doctors."""

from typing import Any

from adapters.casebook import rules_of
from casework import actions, decision
from casework.application import Gap
from functions.intake import (
    about_another,
    appointments,
    bodies,
    queue_filters,
    show,
    status_show,
)
from functions.intake import document_check_api as _document_checks  # noqa: F401  its routes
from functions.intake import provision_office_api as _provision  # noqa: F401  its routes
from functions.intake.access import acted, api, foreseen, respond, seen
from functions.intake.http import AGENCY, CURSOR, READERS, STAFF, SUPERVISOR, Request
from functions.intake.staff_names import names_of
from functions.intake.wiring import applications


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)


# ---- applications -------------------------------------------------------------------------------


@api.operation(
    "GET",
    "/queue",
    "Open applications of a region, the first due first",
    bodies.ApplicationPage,
    roles=READERS,
    query={**CURSOR, **queue_filters.FILTERS},
)
def queue(request: Request) -> dict[str, Any]:
    region, chosen = queue_filters.region_of(request), queue_filters.chosen(request)
    page = applications().queue(region, request.query.get("cursor"), chosen)
    names = names_of((item.get("officer") for item in page.items), request)
    return show.page(page, request.now, request.language, names)


@api.operation(
    "POST", "/applications/{number}/claim", "Take into work", bodies.ApplicationView, roles=STAFF
)
def claim(request: Request, number: str) -> dict[str, Any]:
    return acted(request, number, lambda case: about_another.claim(case, request.person.id))


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
    roles=READERS,
)
def assess(request: Request, number: str) -> dict[str, Any]:
    case = seen(number, request.person)
    rules = rules_of(case.application)
    proposed = actions.assessment(case, rules)
    told = actions.told(proposed, proposed.reasons)
    known = map(decision.reason, actions.refusals_to_name(rules))
    return told | {
        "outcome": proposed.outcome,
        "words": status_show.decision(told, rules),
        "possible_reasons": actions.told(None, known)["reasons"],
    }


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
    carry_out = foreseen if new.dry_run else acted
    return carry_out(
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
    carry_out = foreseen if given.dry_run else acted
    return carry_out(
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
