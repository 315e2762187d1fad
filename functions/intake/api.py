"""The part of the API for applicants: what there is to apply for, their applications, and what
follows an approval."""

import uuid
from decimal import Decimal
from typing import Any

from adapters import definitions
from adapters.applications import Done, lister_of
from adapters.casebook import rules_of
from casework import actions, fees, form, provision_actions, signature
from casework.application import GONE, Event
from casework.errors import BadRequest, NotFound, VersionConflict
from casework.ports import Case, Change, DocumentRecord
from casework.representation import noted
from functions.intake import (
    about_another,
    appointments,
    bodies,
    catalogue,
    provision,
    show,
    status_show,
)
from functions.intake import form_api as _form  # noqa: F401  its routes
from functions.intake import payments as payment_news
from functions.intake import provision_api as _provision  # noqa: F401  its routes
from functions.intake.access import acted, api, carry_out, fitting, respond, seen, signed, view
from functions.intake.applicants import check_bars, check_known
from functions.intake.http import APPLICANTS, CITIZEN, CURSOR, Request
from functions.intake.openapi import document as openapi_document
from functions.intake.staff_names import names_of
from functions.intake.whose_numbers import check_numbers
from functions.intake.wiring import (
    applications,
    create_application,
    deliveries,
    documents,
    payments,
    signature_check,
)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)


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
    # They are other functions': read when somebody asks, not at every start of this one.
    from functions.intake import account_api as _account  # noqa: F401, PLC0415
    from functions.intake import cabinet_api, office_api, oversight_api  # noqa: F401, PLC0415
    from functions.intake import identity_api as _identity  # noqa: F401, PLC0415

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
        rules, asked.form, region=asked.region, applicant=person.acts_as, agency=person.agency
    )
    return view(_create(request, change).case, request)


@api.operation(
    "GET",
    "/applications",
    "The person's own applications, newest first",
    bodies.ApplicationPage,
    query=CURSOR,
)
def list_own(request: Request) -> dict[str, Any]:
    lister = lister_of(request.person.acts_as, request.person.agency)
    page = applications().listed(lister, request.query.get("cursor"))
    return show.page(page, request.now, request.language)


@api.operation(
    "GET",
    "/applications/{number}",
    "Status, due dates with their proof, next step",
    bodies.ApplicationView,
)
def show_application(request: Request, number: str) -> dict[str, Any]:
    case = about_another.viewed(seen(number, request.person), request.person, request.now)
    return view(case, request)


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
        if case.application.submitted_at:  # a draft may say anything
            check_numbers(request, case, changed)
        return signed(request, case, changed)

    return acted(request, number, act)


@api.operation(
    "POST",
    "/applications/{number}/submission",
    "Submit: number and term begin",
    bodies.ApplicationView,
    roles=APPLICANTS,
    body=bodies.Submission,
)
def submit(request: Request, number: str) -> dict[str, Any]:
    if CITIZEN in request.person.roles:  # an agency answers for its clients
        check_known(request.person.id, request.now)

    def act(case: Case) -> Change:
        rules = rules_of(case.application)
        submitted = about_another.submit(case, request.now)
        check_numbers(request, case, submitted)
        check_bars(rules, submitted.form, case.application.agency, request.now)
        return signed(request, case, submitted)

    return acted(request, number, act)


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
    case = seen(number, request.person)
    rules, now = rules_of(case.application), request.now
    acts = {
        "submission": lambda: about_another.submit(case, now),
        "correction": lambda: actions.change(case, rules, asked.form, now),
        "answer": lambda: actions.answer(case, rules, asked.form, None, now),
        "withdrawal": lambda: actions.withdraw(case, rules, now),
        "agreement": lambda: provision_actions.answer_programme(case, agrees=True, wishes=None),
        "provider": lambda: provision.chosen(case, asked.provider, now),
    }
    change = acts[asked.act]()
    if not change.happenings:
        raise BadRequest("nothing_to_sign")
    check_numbers(request, case, change)
    text = signature.text_of(case, change)
    demanded = signature.is_demanded(case, rules, change)
    return {"text": text, "sha256": signature.digest(text), "demanded": demanded}


@api.operation(
    "POST",
    "/applications/{number}/payment",
    "Pay the state fee: where, and how much",
    bodies.PaymentView,
    roles=APPLICANTS,
)
def request_payment(request: Request, number: str) -> dict[str, Any]:
    def act(case: Case) -> Change:
        asked = fees.request(case, rules_of(case.application), request.now)
        check_numbers(request, case, Change(form=case.form))
        return asked

    done = carry_out(request, number, act)
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
        return signed(request, case, withdrawn)

    return acted(request, number, act)


@api.operation(
    "POST",
    "/applications/{number}/resubmission",
    "Draft a new application in place of a refused or withdrawn one",
    bodies.ApplicationView,
    roles=APPLICANTS,
    status=201,
)
def resubmit(request: Request, number: str) -> dict[str, Any]:
    case = seen(number, request.person)
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
    return view(done.case, request)


@api.operation(
    "POST",
    "/applications/{number}/follow-up",
    "Draft an application about this one (an appeal, a change, a stop), filled in from it",
    bodies.ApplicationView,
    roles=APPLICANTS,
    body=bodies.FollowUp,
    status=201,
)
def follow_up(request: Request, number: str) -> dict[str, Any]:
    case, person = seen(number, request.person), request.person
    rules = definitions.rules(request.body.service, case.application.region)
    filled = about_another.filled_in(case, rules, request.now)
    whose = {"applicant": person.acts_as, "agency": person.agency}
    drafted = actions.draft(rules, filled, region=case.application.region, **whose)
    return view(_create(request, drafted).case, request)


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
        check_numbers(request, case, answered)
        return signed(request, case, answered)

    return acted(request, number, act)


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
        rules = rules_of(case.application)
        return actions.announce_document(case, rules, record, new.replaces)

    done = carry_out(request, number, act)
    id_ = done.result["document"]
    if done.case.application.documents[id_].state in GONE:  # by a request that came before
        raise NotFound("no_such_document")
    invitation = documents().invitation(number, id_, new.content_type, new.then)
    return {
        "document": show.document(done.case, id_, request.language, request.person),
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
    applicant = seen(number, request.person).application.applicant
    sealed = applications().sealed_chain(number)
    acted = {told.actor for told, _ in sealed.events} - {applicant}
    given = {told.data.get("officer") for told, _ in sealed.events}
    names = names_of(acted | given, request)
    if request.person.is_staff:
        names |= {applicant: definitions.texts("oversight")["applicant"][request.language]}
    return {
        "number": number,
        "events": [
            show.event(told, request.person, request.language, names) for told, _ in sealed.events
        ],
        "told": [_told(told._asdict(), number, request) for told in deliveries().of(number)],
        "signatures": _signatures(number, [told for told, _ in sealed.events]),
        "intact": sealed.broken_at is None,
    }


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


# ---- shared -------------------------------------------------------------------------------------


def _create(request: Request, change: Change) -> Done:
    return create_application(
        noted(fitting(change), request.person.acting_by),
        actor=request.person.id,
        now=request.now,
        command=request.command,
    )


def _told(delivery: dict[str, Any], number: str, request: Request) -> dict[str, Any]:
    return delivery | status_show.told(delivery, number, request.language)


def _signatures(number: str, events: list[Event]) -> list[dict[str, Any]]:
    under = [event for event in events if "signature" in event.data]
    kept = applications().signatures(number) if under else {}
    erasures = [event for event in events if event.kind == "data_erased"]
    erased = any("signatures" in event.data["what"] for event in erasures)
    return [
        {
            "event": event.sequence,
            "signer": event.data["signature"]["signer"],
            "fits": signature.fits(event, kept.get(event.sequence), signature_check()),
            "erased": erased and event.sequence not in kept,
        }
        for event in under
    ]


def _must_be_at(case: Case, version: int | None) -> None:
    if version is not None and version != case.application.version:
        raise VersionConflict()
