"""The part of the API about what follows an approval: the programme and its provider, the original
of a document, payments."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from adapters import definitions
from adapters.applications import Done
from adapters.casebook import rules_of
from casework import benefit_actions, original_actions, provision_actions
from casework.application import is_number
from casework.errors import BadRequest, NotFound
from casework.ports import Case, Change
from casework.provision_actions import Line, Offer, Provider
from functions.intake import provision_bodies as bodies
from functions.intake.access import api, carry_out, check_impartial, seen, signed
from functions.intake.http import AGENCY, CITIZEN, STAFF, Request
from functions.intake.wiring import applications, providers

APPLICANTS = frozenset({CITIZEN, AGENCY})
ONE = "/applications/{number}"


# ---- the programme ------------------------------------------------------------------------------


@api.operation(
    "GET", f"{ONE}/programme", "The programme, and how far it has come", bodies.ProgrammeView
)
def show_programme(request: Request, number: str) -> dict[str, Any]:
    return _programme(_seen_by_those_concerned(request, number), request.language)


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
    return _told(
        request,
        number,
        lambda case: provision_actions.propose_programme(
            case, lines, new.review_on, _today(case, request)
        ),
    )


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

    return _told(request, number, act)


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
    rows = provision_actions.compared(providers().of(region), lines, region, _today(case, request))
    return {"number": number, "providers": [_compared(row) for row in rows]}


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

    return _told(request, number, act)


def chosen(case: Case, provider: str, now: datetime) -> Change:
    found = providers().get(case.application.region, provider)
    day = rules_of(case.application).calendar.local_day(now)
    return provision_actions.choose_provider(case, found, day)


@api.operation("POST", f"{ONE}/act", "Form the act of provision", bodies.ProgrammeView, roles=STAFF)
def form_act(request: Request, number: str) -> dict[str, Any]:
    return _told(
        request,
        number,
        lambda case: provision_actions.form_act(case, _today(case, request)),
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
    case = _seen_by_those_concerned(request, number)
    if not request.person.is_staff and request.person.agency != _provider_of(case):
        raise NotFound("unknown_number", number=number)
    check_impartial(case, request.person)

    def act(known: Case) -> Change:
        today = _today(known, request)
        if new.event == "started":
            return provision_actions.start_service(known, new.line, new.on, today)
        return provision_actions.end_service(known, new.line, new.on, new.result, today)

    done = applications().change(
        number, act, actor=request.person.id, now=request.now, command=request.command
    )
    return _programme(done.case, request.language)


@api.operation(
    "POST",
    f"{ONE}/complaint",
    "Complain about the provider",
    bodies.ProgrammeView,
    roles=APPLICANTS,
    body=bodies.Complaint,
)
def complain(request: Request, number: str) -> dict[str, Any]:
    return _told(request, number, lambda case: provision_actions.complain(case, request.body.words))


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
    return _told(
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
    return _provider(providers().get(new["region"], new["id"]))


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
        today = _today(case, request)
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


@api.operation("GET", f"{ONE}/payments", "What is paid, and what was", bodies.PaymentsView)
def show_payments(request: Request, number: str) -> dict[str, Any]:
    return _payments(seen(number, request.person))


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

    return _payments(carry_out(request, number, act).case)


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

    return _payments(carry_out(request, number, act).case)


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
    return _payments(done.case)


# ---- shared -------------------------------------------------------------------------------------


def _told(request: Request, number: str, act: Callable[[Case], Change]) -> dict[str, Any]:
    done: Done = carry_out(request, number, act)
    return _programme(done.case, request.language)


def _today(case: Case, request: Request) -> date:
    return rules_of(case.application).calendar.local_day(request.now)


def _provider_of(case: Case) -> str | None:
    provision = case.application.provision
    return provision.provider if provision else None


def _seen_by_those_concerned(request: Request, number: str) -> Case:
    """By whoever sees the application, and by the provider that the person chose."""
    person = request.person
    if person.agency is not None and is_number(number):
        case = applications().load(number)
        if _provider_of(case) == person.agency:
            return case
    return seen(number, person)


def _programme(case: Case, language: str) -> dict[str, Any]:
    provision, texts = case.application.provision, case.texts
    if provision is None:
        raise NotFound("nothing_provided")
    awaits = provision.awaits
    titles = definitions.texts("statuses")
    return {
        "number": case.application.number,
        "awaits": awaits,
        "awaits_title": titles["next"][awaits or "closed"][language],
        "edition": provision.edition,
        "review_on": provision.review_on,
        "agreed": provision.agreed,
        "lines": [
            _line(case, place, line, language)
            for place, line in enumerate(provision_actions.lines_of(case), start=1)
        ],
        "wishes": texts.get("wishes"),
        "provider": texts.get("provider") if provision.provider else None,
        "act": texts.get("act") if provision.act else None,
        "complaint": texts.get("complaint"),
        "complaint_answer": texts.get("complaint_answer"),
        "ended": provision.ended,
    }


def _line(case: Case, place: int, line: Line, language: str) -> dict[str, Any]:
    done = case.application.provision.services.get(place)
    words = definitions.texts("provision")
    return {
        "number": place,
        **{name: getattr(line, name) for name in line.__slots__},
        "need_title": words["needs"][line.need][language],
        "per_title": words["per"][line.per][language],
        "started_on": done.started_on if done else None,
        "ended_on": done.ended_on if done else None,
        "result": case.texts.get(f"result_{place}") if done and done.ended_on else None,
    }


def _compared(row: provision_actions.Compared) -> dict[str, Any]:
    return {
        "provider": _provider(row.provider),
        "starts_in_days": row.starts_in_days,
        "a_month": row.a_month,
    }


def _provider(provider: Provider) -> dict[str, Any]:
    shown = {name: getattr(provider, name) for name in provider.__slots__}
    offers = [{n: getattr(offer, n) for n in offer.__slots__} for offer in provider.offers]
    return shown | {"offers": offers}


def _payments(case: Case) -> dict[str, Any]:
    benefit = case.application.benefit
    return {
        "number": case.application.number,
        "first": benefit.first if benefit else None,
        "stopped_on": benefit.ends_on if benefit else None,
        "orders": benefit_actions.orders(case),
        "history": benefit_actions.history(case),
    }
