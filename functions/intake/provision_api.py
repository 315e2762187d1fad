"""The part of the API for applicants about what follows an approval: the programme and its
provider, what is paid."""

from typing import Any

from casework import provision_actions
from casework.errors import NotFound
from casework.ports import Case, Change
from functions.intake import provision_bodies as bodies
from functions.intake import provision_show as show
from functions.intake.access import api, seen, signed
from functions.intake.http import APPLICANTS, Request
from functions.intake.provision import (
    ONE,
    chosen,
    local_day,
    payments,
    seen_by_those_concerned,
    told,
)
from functions.intake.wiring import providers

# ---- the programme ------------------------------------------------------------------------------


@api.operation(
    "GET", f"{ONE}/programme", "The programme, and how far it has come", bodies.ProgrammeView
)
def show_programme(request: Request, number: str) -> dict[str, Any]:
    return show.programme(seen_by_those_concerned(request, number), request.language)


@api.operation(
    "POST",
    f"{ONE}/agreement",
    "Agree to the programme, or say what should be otherwise",
    bodies.ProgrammeView,
    roles=APPLICANTS,
    body=bodies.Agreement,
)
def answer_programme(request: Request, number: str) -> dict[str, Any]:
    given: bodies.Agreement = request.body

    def act(case: Case) -> Change:
        answered = provision_actions.answer_programme(case, given.agrees, given.wishes)
        return signed(request, case, answered)

    return told(request, number, act)


@api.operation(
    "GET",
    f"{ONE}/providers",
    "The providers that the norms allow for the programme, compared",
    bodies.ComparisonView,
)
def compare_providers(request: Request, number: str) -> dict[str, Any]:
    case = seen(number, request.person)
    region, lines = case.application.region, provision_actions.lines_of(case)
    if not lines:
        raise NotFound("nothing_provided")
    rows = provision_actions.compared(
        providers().of(region), lines, region, local_day(case, request)
    )
    return {"number": number, "providers": [show.compared(row) for row in rows]}


@api.operation(
    "POST",
    f"{ONE}/provider",
    "Choose who provides, or another one",
    bodies.ProgrammeView,
    roles=APPLICANTS,
    body=bodies.ProviderChoice,
)
def choose_provider(request: Request, number: str) -> dict[str, Any]:
    def act(case: Case) -> Change:
        return signed(request, case, chosen(case, request.body.provider, request.now))

    return told(request, number, act)


@api.operation(
    "POST",
    f"{ONE}/complaint",
    "Complain about the provider",
    bodies.ProgrammeView,
    roles=APPLICANTS,
    body=bodies.Complaint,
)
def complain(request: Request, number: str) -> dict[str, Any]:
    return told(request, number, lambda case: provision_actions.complain(case, request.body.words))


# ---- payments -----------------------------------------------------------------------------------


@api.operation("GET", f"{ONE}/payments", "What is paid, and what was", bodies.PaymentsView)
def show_payments(request: Request, number: str) -> dict[str, Any]:
    return payments(seen(number, request.person), request)
