"""The JSON API of citizens, agencies and officers."""

import json
import uuid
from typing import Any

from chalice import Chalice

from adapters import definitions
from adapters.applications import Done, lister_of
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from casework import actions, form
from casework.application import Gap, Stage, is_number
from casework.errors import (
    BadRequest,
    NotFound,
    VersionConflict,
)
from casework.ports import Case, Change, DocumentRecord
from functions.intake import bodies, show
from functions.intake.http import (
    AGENCY,
    CITIZEN,
    STAFF,
    SUPERVISOR,
    Api,
    Person,
    Request,
    language_of,
    problem_response,
)
from functions.intake.openapi import document as openapi_document
from functions.intake.wiring import (
    applications,
    create_application,
    deliveries,
    documents,
    logger,
    reviews,
)

app = Chalice(app_name="opora")
api = Api(app, logger)

FORM_AT_MOST = 300 * 1024  # bytes; the table takes 400 KB an item
APPLICANTS = frozenset({CITIZEN, AGENCY})
CURSOR = {"cursor": "Where the next page begins, as the last one told"}


# ---- what there is to apply for -----------------------------------------------------------------


@api.operation("GET", "/services", "Services one can apply for", bodies.ServiceList, roles=None)
def list_services(_: Request) -> dict[str, Any]:
    return {"services": [_service_line(service) for service in definitions.services().values()]}


@api.operation(
    "GET", "/services/{service}", "A service: who, documents, terms", bodies.ServiceView, roles=None
)
def show_service(_: Request, service: str) -> dict[str, Any]:
    found = definitions.service(service)
    dumped = found.model_dump(mode="json", by_alias=True, exclude_none=True)
    return _service_line(found) | {
        "who": list(found.who),
        "documents": dumped["documents"],
        "terms": dumped["terms"],
        "appeal": found.appeal.text,
    }


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
    return openapi_document(api.operations)


def _service_line(service: Any) -> dict[str, Any]:
    return {name: getattr(service, name) for name in ("id", "title", "version", "summary")}


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
    return show.application(
        _seen(number, request.person), request.person, request.language, request.now
    )


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
        return actions.change(case, rules_of(case.application), request.body.form, request.now)

    return _acted(request, number, act)


@api.operation(
    "POST",
    "/applications/{number}/submission",
    "Submit: number and term begin",
    bodies.ApplicationView,
    roles=APPLICANTS,
)
def submit(request: Request, number: str) -> dict[str, Any]:
    return _acted(
        request, number, lambda case: actions.submit(case, rules_of(case.application), request.now)
    )


@api.operation(
    "POST",
    "/applications/{number}/withdrawal",
    "Withdraw",
    bodies.ApplicationView,
    roles=APPLICANTS,
)
def withdraw(request: Request, number: str) -> dict[str, Any]:
    return _acted(
        request,
        number,
        lambda case: actions.withdraw(case, rules_of(case.application), request.now),
    )


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
    return _acted(
        request,
        number,
        lambda case: actions.answer(
            case, rules_of(case.application), given.form, given.message, request.now
        ),
    )


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
        lambda case: actions.ask(
            case, rules_of(case.application), request.person.id, gaps, asked.message
        ),
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
    "Approve, or propose a refusal to a second officer",
    bodies.ApplicationView,
    roles=STAFF,
    body=bodies.NewProposal,
)
def propose(request: Request, number: str) -> dict[str, Any]:
    new: bodies.NewProposal = request.body
    return _acted(
        request,
        number,
        lambda case: actions.propose(
            case,
            rules_of(case.application),
            request.person.id,
            new.outcome,
            new.reasons,
            new.explanation,
            request.now,
        ),
    )


@api.operation(
    "POST",
    "/applications/{number}/confirmation",
    "As the second officer, confirm a refusal or return it",
    bodies.ApplicationView,
    roles=STAFF,
    body=bodies.Confirmation,
)
def confirm(request: Request, number: str) -> dict[str, Any]:
    given: bodies.Confirmation = request.body
    return _acted(
        request,
        number,
        lambda case: actions.confirm(
            case,
            rules_of(case.application),
            request.person.id,
            given.agrees,
            given.explanation,
            request.now,
        ),
    )


@api.operation(
    "GET",
    "/executions",
    "Executions of application_review, newest first",
    bodies.ExecutionPage,
    roles=STAFF,
    query={**CURSOR, "status": "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED"},
)
def list_executions(request: Request) -> dict[str, Any]:
    status = request.query.get("status")
    known = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
    if status is not None and status not in known:
        raise BadRequest("bad_parameter", name="status", expected=", ".join(known))
    return reviews().latest(status, request.query.get("cursor"))


@api.operation(
    "GET",
    "/executions/{number}",
    "One execution: current state and history",
    bodies.ExecutionView,
    roles=STAFF,
)
def show_execution(_: Request, number: str) -> dict[str, Any]:
    if not is_number(number):
        raise NotFound("unknown_execution")
    return reviews().show(number)


# ---- shared -------------------------------------------------------------------------------------


def _create(request: Request, change: Change) -> Done:
    return create_application(
        _fitting(change),
        actor=request.person.id,
        now=request.now,
        command=request.command,
    )


def _act(request: Request, number: str, act: Any) -> Done:
    """Carry out `act` on an application that the person may see."""

    def act_if_seen(case: Case) -> Change:
        _check_seen(case, request.person)
        return _fitting(act(case))

    if not is_number(number):
        raise NotFound("unknown_number", number=number[:20])
    return applications().change(
        number, act_if_seen, actor=request.person.id, now=request.now, command=request.command
    )


def _fitting(change: Change) -> Change:
    """A draft grows by every request, and numbers grow when they are written out."""
    stored = json.dumps(change.form, ensure_ascii=False)
    if len(stored.encode()) > FORM_AT_MOST:
        raise BadRequest("body_too_large", at_most=FORM_AT_MOST)
    return change


def _acted(request: Request, number: str, act: Any) -> dict[str, Any]:
    return _shown(_act(request, number, act), request)


def _shown(done: Done, request: Request) -> dict[str, Any]:
    return show.application(done.case, request.person, request.language, request.now)


def _seen(number: str, person: Person) -> Case:
    if not is_number(number):
        raise NotFound("unknown_number", number=number[:20])
    case = applications().load(number)
    _check_seen(case, person)
    return case


def _check_seen(case: Case, person: Person) -> None:
    """Somebody else's application is as if it did not exist. What was never submitted is its
    author's alone, also when it is withdrawn."""
    app = case.application
    own = app.applicant == person.id or (app.agency is not None and app.agency == person.agency)
    if not own and (not person.is_staff or app.submitted_at is None):
        raise NotFound("unknown_number", number=app.number)


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
