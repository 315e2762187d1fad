"""The JSON API of citizens, agencies and officers."""

import uuid
from decimal import Decimal
from typing import Any

from adapters import definitions
from adapters.applications import Done, lister_of
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from casework import actions, fees, form, provision_actions, signature
from casework.application import Event, Gap, Stage, is_number
from casework.errors import (
    BadRequest,
    NotFound,
    VersionConflict,
)
from casework.ports import Case, Change, DocumentRecord
from functions.intake import (
    about_another,
    appointments,
    bodies,
    catalogue,
    provision_api,
    show,
)
from functions.intake import payments as payment_news
from functions.intake.access import api, app
from functions.intake.access import carry_out as _act
from functions.intake.access import fitting as _fitting
from functions.intake.access import seen as _seen
from functions.intake.access import signed as _signed
from functions.intake.applicants import check_bars
from functions.intake.http import (
    AGENCY,
    CITIZEN,
    STAFF,
    SUPERVISOR,
    Request,
    language_of,
    problem_response,
)
from functions.intake.openapi import document as openapi_document
from functions.intake.wiring import (
    appeal_reviews,
    applications,
    create_application,
    deliveries,
    documents,
    logger,
    payments,
    reviews,
    signature_check,
)

APPLICANTS = frozenset({CITIZEN, AGENCY})
CURSOR = {"cursor": "Where the next page begins, as the last one told"}


# ---- what there is to apply for -----------------------------------------------------------------


@api.operation(
    "GET",
    "/services",
    "Services one can apply for",
    bodies.ServiceList,
    roles=None,
    query={"q": "Only those that answer to these words, in any form"},
)
def list_services(request: Request) -> dict[str, Any]:
    return {"services": catalogue.lines(request.query.get("q", ""))}


@api.operation(
    "GET",
    "/services/{service}",
    "A service: who may apply, documents, terms, fee, in words",
    bodies.ServiceView,
    roles=None,
)
def show_service(request: Request, service: str) -> dict[str, Any]:
    return catalogue.summary(definitions.service(service), request.now.date())


@api.operation(
    "GET",
    "/services/{service}/schema",
    "JSON Schema of a service's form",
    bodies.SchemaView,
    roles=None,
)
def show_schema(_: Request, service: str) -> dict[str, Any]:
    return form.json_schema(definitions.service(service))


@api.operation("GET", "/openapi.json", "This API, described", bodies.SchemaView, roles=None)
def show_openapi(_: Request) -> dict[str, Any]:
    forms = {s.id: form.json_schema(s) for s in definitions.services().values()}
    return openapi_document(api.operations, forms)


# ---- the applicant ------------------------------------------------------------------------------


@api.operation(
    "POST",
    "/applications",
    "Begin a draft",
    bodies.ApplicationView,
    roles=APPLICANTS,
    body=bodies.NewApplication,
    status=201,
)
def draft(request: Request) -> dict[str, Any]:
    asked: bodies.NewApplication = request.body
    rules = definitions.rules(asked.service, asked.region)
    person = request.person
    change = actions.draft(
        rules, asked.form, region=asked.region, applicant=person.id, agency=person.agency
    )
    return _shown(_create(request, change), request)


@api.operation(
    "GET",
    "/applications",
    "The person's own applications, newest first",
    bodies.ApplicationPage,
    query=CURSOR,
)
def list_own(request: Request) -> dict[str, Any]:
    lister = lister_of(request.person.id, request.person.agency)
    page = applications().listed(lister, request.query.get("cursor"))
    return _page(page, request)


@api.operation(
    "GET",
    "/applications/{number}",
    "Status, due dates with their proof, next step",
    bodies.ApplicationView,
)
def show_application(request: Request, number: str) -> dict[str, Any]:
    case = about_another.viewed(_seen(number, request.person), request.person, request.now)
    return _view(case, request)


@api.operation(
    "PATCH",
    "/applications/{number}",
    "Change a draft, or correct a live application",
    bodies.ApplicationView,
    roles=APPLICANTS,
    body=bodies.FormChange,
)
def change(request: Request, number: str) -> dict[str, Any]:
    def act(case: Case) -> Change:
        _must_be_at(case, request.body.version)
        appointments.must_not_have_begun(case, request)
        changed = actions.change(case, rules_of(case.application), request.body.form, request.now)
        return _signed(request, case, changed)

    return _acted(request, number, act)


@api.operation(
    "POST",
    "/applications/{number}/submission",
    "Submit: number and term begin",
    bodies.ApplicationView,
    roles=APPLICANTS,
    body=bodies.Submission,
)
def submit(request: Request, number: str) -> dict[str, Any]:
    def act(case: Case) -> Change:
        rules = rules_of(case.application)
        submitted = about_another.submit(case, request.now)
        check_bars(rules, submitted.form, case.application.agency, request.now)
        return _signed(request, case, submitted)

    return _acted(request, number, act)


@api.operation(
    "POST",
    "/applications/{number}/signing",
    "What exactly is signed for an act; nothing is changed",
    bodies.SigningView,
    roles=APPLICANTS,
    body=bodies.Signing,
)
def show_signing(request: Request, number: str) -> dict[str, Any]:
    asked: bodies.Signing = request.body
    case = _seen(number, request.person)
    rules, now = rules_of(case.application), request.now
    acts = {
        "submission": lambda: about_another.submit(case, now),
        "correction": lambda: actions.change(case, rules, asked.form, now),
        "answer": lambda: actions.answer(case, rules, asked.form, None, now),
        "withdrawal": lambda: actions.withdraw(case, rules, now),
        "agreement": lambda: provision_actions.answer_programme(case, agrees=True, wishes=None),
        "provider": lambda: provision_api.chosen(case, asked.provider, now),
    }
    change = acts[asked.act]()
    if not change.happenings:
        raise BadRequest("nothing_to_sign")
    text = signature.text_of(case, change)
    return {"text": text, "sha256": signature.digest(text)}


@api.operation(
    "POST",
    "/applications/{number}/payment",
    "Pay the state fee: where, and how much",
    bodies.PaymentView,
    roles=APPLICANTS,
)
def request_payment(request: Request, number: str) -> dict[str, Any]:
    done = _act(
        request, number, lambda case: fees.request(case, rules_of(case.application), request.now)
    )
    payment, amount = done.result["payment"], Decimal(done.result["amount"])
    url = payments().page(payment, amount)
    return {"payment": payment, "amount": f"{amount:.2f}", "url": url}


@api.operation(
    "POST",
    "/payments/webhook",
    "News from the payment provider, sealed by it",
    bodies.PaymentTakenView,
    roles=None,
    body=bodies.PaymentNews,
    sealed_in="X-Payment-Seal",
)
def take_payment_news(request: Request) -> dict[str, Any]:
    seal = request.headers.get("x-payment-seal")
    return {"taken": payment_news.take(request.body, seal, request.raw, request.now)}


@api.operation(
    "POST",
    "/applications/{number}/withdrawal",
    "Withdraw",
    bodies.ApplicationView,
    roles=APPLICANTS,
    body=bodies.Submission,
)
def withdraw(request: Request, number: str) -> dict[str, Any]:
    def act(case: Case) -> Change:
        appointments.must_not_have_begun(case, request)
        withdrawn = actions.withdraw(case, rules_of(case.application), request.now)
        return _signed(request, case, withdrawn)

    return _acted(request, number, act)


@api.operation(
    "POST",
    "/applications/{number}/resubmission",
    "Draft a new application in place of a refused or withdrawn one",
    bodies.ApplicationView,
    roles=APPLICANTS,
    status=201,
)
def resubmit(request: Request, number: str) -> dict[str, Any]:
    case = _seen(number, request.person)
    app = case.application
    done = applications().carried_out(request.command) or _create(
        request, actions.resubmit(case, definitions.rules(app.service, app.region))
    )
    # After the new one is there: a crash in between leaves a draft too many, never a dead end.
    applications().change(
        number,
        lambda old: actions.note_successor(old, done.case.application.number),
        actor=request.person.id,
        now=request.now,
    )
    return _shown(done, request)


@api.operation(
    "POST",
    "/applications/{number}/answer",
    "Answer the open question",
    bodies.ApplicationView,
    roles=APPLICANTS,
    body=bodies.Answer,
)
def answer(request: Request, number: str) -> dict[str, Any]:
    given: bodies.Answer = request.body

    def act(case: Case) -> Change:
        rules = rules_of(case.application)
        answered = actions.answer(case, rules, given.form, given.message, request.now)
        return _signed(request, case, answered)

    return _acted(request, number, act)


@api.operation(
    "POST",
    "/applications/{number}/documents",
    "Announce a document; the answer says where to post the file",
    bodies.UploadView,
    roles=APPLICANTS,
    body=bodies.NewDocument,
    status=201,
)
def announce(request: Request, number: str) -> dict[str, Any]:
    new: bodies.NewDocument = request.body
    record = DocumentRecord(uuid.uuid4().hex, new.kind, new.file_name, new.content_type)

    def act(case: Case) -> Change:
        return actions.announce_document(case, rules_of(case.application), record)

    done = _act(request, number, act)
    id_ = done.result["document"]
    invitation = documents().invitation(number, id_, new.content_type)
    return {
        "document": show.document(done.case, id_, request.language),
        "number": number,
        **invitation,
    }


@api.operation(
    "GET",
    "/applications/{number}/history",
    "Everything that happened, sealed, and who was told what",
    bodies.HistoryView,
)
def history(request: Request, number: str) -> dict[str, Any]:
    _seen(number, request.person)
    sealed = applications().sealed_chain(number)
    return {
        "number": number,
        "events": [show.event(told, request.person, request.language) for told, _ in sealed.events],
        "told": [told._asdict() for told in deliveries().of(number)],
        "signatures": _signatures(number, [told for told, _ in sealed.events]),
        "intact": sealed.broken_at is None,
    }


# ---- officers -----------------------------------------------------------------------------------


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
    return _page(page, request)


@api.operation(
    "POST", "/applications/{number}/claim", "Take into work", bodies.ApplicationView, roles=STAFF
)
def claim(request: Request, number: str) -> dict[str, Any]:
    return _acted(request, number, lambda case: actions.claim(case, request.person.id))


@api.operation(
    "POST",
    "/applications/{number}/release",
    "Give back to the queue",
    bodies.ApplicationView,
    roles=STAFF,
)
def release(request: Request, number: str) -> dict[str, Any]:
    supervisor = SUPERVISOR in request.person.roles
    return _acted(
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
    return _acted(
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
    return _acted(
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
    case = _seen(number, request.person)
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
    return _acted(
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
    return _acted(
        request,
        number,
        lambda case: about_another.confirm(case, request.person.id, given, request.now),
    )


# ---- appointments -------------------------------------------------------------------------------


@api.operation(
    "GET",
    "/slots",
    "Free times of doctors, the earliest first",
    bodies.SlotPage,
    query={
        **CURSOR,
        "speciality": "Of the list of specialities",
        "region": "Region code; by default the person's own",
        "from": "A day of the region, or an instant; by default now",
    },
)
def list_slots(request: Request) -> dict[str, Any]:
    return appointments.listed(request)


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


# ---- shared -------------------------------------------------------------------------------------


def _create(request: Request, change: Change) -> Done:
    return create_application(
        _fitting(change),
        actor=request.person.id,
        now=request.now,
        command=request.command,
    )


def _signatures(number: str, events: list[Event]) -> list[dict[str, Any]]:
    under = [event for event in events if "signature" in event.data]
    kept = applications().signatures(number) if under else {}
    return [
        {
            "event": event.sequence,
            "signer": event.data["signature"]["signer"],
            "fits": signature.fits(event, kept.get(event.sequence), signature_check()),
        }
        for event in under
    ]


def _acted(request: Request, number: str, act: Any) -> dict[str, Any]:
    return _shown(_act(request, number, act), request)


def _shown(done: Done, request: Request) -> dict[str, Any]:
    return _view(done.case, request)


def _view(case: Case, request: Request) -> dict[str, Any]:
    booked = appointments.of_case(case)
    return show.application(case, request.person, request.language, request.now, booked)


def _must_be_at(case: Case, version: int | None) -> None:
    if version is not None and version != case.application.version:
        raise VersionConflict()


def _page(page: Any, request: Request) -> dict[str, Any]:
    lines = [show.line(item, request.now, request.language) for item in page.items]
    return {"applications": lines, "cursor": page.cursor}


# ---- what Chalice answers by itself, in our words -----------------------------------------------

_CHALICE_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
    500: "error",
}


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    logger.append_keys(request_id=event["requestContext"].get("requestId"))
    answer = app(event, context)
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    code = _CHALICE_CODES.get(answer["statusCode"])
    if code is None or '"type": "urn:opora' in answer["body"]:
        return answer
    language = language_of(headers.get("accept-language"))
    return problem_response(answer["statusCode"], code, language).to_dict()
