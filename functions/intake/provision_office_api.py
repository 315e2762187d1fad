"""The part of the API for the office about what follows an approval: the programme, the original of
a document, what is paid."""

from typing import Any

from adapters.casebook import rules_of
from casework import benefit_actions, original_actions, provision_actions
from casework.errors import BadRequest, NotFound
from casework.ports import Case, Change
from casework.provision_actions import Line, Offer, Provider
from functions.intake import provision_bodies as bodies
from functions.intake import provision_show as show
from functions.intake.access import api, carry_out, check_impartial
from functions.intake.http import AGENCY, STAFF, Request
from functions.intake.provision import (
    ONE,
    local_day,
    payments,
    provider_of,
    seen_by_those_concerned,
    told,
)
from functions.intake.wiring import applications, providers

# ---- the programme ------------------------------------------------------------------------------


@api.operation(
    "POST",
    f"{ONE}/programme",
    "Propose a programme, or another one",
    bodies.ProgrammeView,
    roles=STAFF,
    body=bodies.NewProgramme,
)
def propose_programme(request: Request, number: str) -> dict[str, Any]:
    new: bodies.NewProgramme = request.body
    lines = [Line(**line.model_dump()) for line in new.lines]
    return told(
        request,
        number,
        lambda case: provision_actions.propose_programme(
            case, lines, new.review_on, local_day(case, request)
        ),
    )


@api.operation("POST", f"{ONE}/act", "Form the act of provision", bodies.ProgrammeView, roles=STAFF)
def form_act(request: Request, number: str) -> dict[str, Any]:
    return told(
        request,
        number,
        lambda case: provision_actions.form_act(case, local_day(case, request)),
    )


@api.operation(
    "POST",
    f"{ONE}/service-event",
    "A service has begun, or has ended with a result",
    bodies.ProgrammeView,
    roles={*STAFF, AGENCY},
    body=bodies.ServiceEvent,
)
def record_service(request: Request, number: str) -> dict[str, Any]:
    new: bodies.ServiceEvent = request.body
    case = seen_by_those_concerned(request, number)
    if not request.person.is_staff and request.person.agency != provider_of(case):
        raise NotFound("unknown_number", number=number)
    check_impartial(case, request.person)

    def act(known: Case) -> Change:
        today = local_day(known, request)
        if new.event == "started":
            return provision_actions.start_service(known, new.line, new.on, today)
        return provision_actions.end_service(known, new.line, new.on, new.result, today)

    done = applications().change(
        number, act, actor=request.person.id, now=request.now, command=request.command
    )
    return show.programme(done.case, request.language)


@api.operation(
    "POST",
    f"{ONE}/complaint-review",
    "Answer a complaint; upheld, it frees the person to choose anew",
    bodies.ProgrammeView,
    roles=STAFF,
    body=bodies.ComplaintReview,
)
def review_complaint(request: Request, number: str) -> dict[str, Any]:
    given: bodies.ComplaintReview = request.body
    return told(
        request,
        number,
        lambda case: provision_actions.review_complaint(case, given.upheld, given.answer),
    )


@api.operation(
    "POST",
    "/providers",
    "Put a provider into the list of its region",
    bodies.ProviderView,
    roles=STAFF,
    body=bodies.NewProvider,
)
def load_provider(request: Request) -> dict[str, Any]:
    new: dict[str, Any] = request.body.model_dump()
    new["offers"] = tuple(Offer(**offer) for offer in new["offers"])
    providers().put(Provider(**new))
    return show.provider(providers().get(new["region"], new["id"]))


# ---- the original of a document -----------------------------------------------------------------


@api.operation(
    "POST",
    f"{ONE}/original",
    "The original is ready at its place, or has been handed over",
    bodies.OriginalView,
    roles=STAFF,
    body=bodies.OriginalNote,
)
def note_original(request: Request, number: str) -> dict[str, Any]:
    note: bodies.OriginalNote = request.body

    def act(case: Case) -> Change:
        today = local_day(case, request)
        if note.event == "ready":
            return original_actions.make_ready(case)
        return original_actions.hand_over(case, note.on or today, note.tracking, today)

    case = carry_out(request, number, act).case
    original = case.application.original
    return {
        "number": number,
        "awaits": original.awaits,
        "place": original.place,
        "handed_over_on": original.handed_over_on,
        "tracking": case.texts.get("tracking"),
    }


# ---- payments -----------------------------------------------------------------------------------


@api.operation(
    "POST",
    f"{ONE}/payment-order",
    "Pay another sum, or to another account, from a day",
    bodies.PaymentsView,
    roles=STAFF,
    body=bodies.NewOrder,
)
def order_anew(request: Request, number: str) -> dict[str, Any]:
    changes = request.body.model_dump(exclude={"since"}, exclude_none=True)
    if not changes:
        raise BadRequest("nothing_changes")

    def act(case: Case) -> Change:
        by = f"{request.person.id}.{case.application.version}"
        return benefit_actions.order_anew(case, request.body.since, by=by, changes=changes)

    return payments(carry_out(request, number, act).case, request)


@api.operation(
    "POST",
    f"{ONE}/stop",
    "What was granted ends on a day",
    bodies.PaymentsView,
    roles=STAFF,
    body=bodies.Stop,
)
def stop_granted(request: Request, number: str) -> dict[str, Any]:
    asked: bodies.Stop = request.body

    def act(case: Case) -> Change:
        return benefit_actions.stop(
            case,
            rules_of(case.application),
            asked.reason,
            asked.since,
            request.person.id,
            request.now,
        )

    return payments(carry_out(request, number, act).case, request)


@api.operation(
    "POST",
    f"{ONE}/repayment",
    "Claim back what was paid wrongly",
    bodies.PaymentsView,
    roles=STAFF,
    body=bodies.Claim,
)
def claim_back(request: Request, number: str) -> dict[str, Any]:
    asked: bodies.Claim = request.body
    done = carry_out(
        request, number, lambda case: benefit_actions.claim(case, asked.periods, asked.words)
    )
    return payments(done.case, request)
