"""The application that answers the API, and what every view does with a case: see whether this
person may see it, act on it, have it signed, show it.

Three functions answer (api, office_api, cabinet_api). Each registers its own views here, and they
are all that its process knows.
"""

import json
from typing import Any

from chalice import Chalice

from adapters.applications import Done
from adapters.casebook import rules_of
from adapters.clock import now
from casework import signature
from casework.application import Application, is_number
from casework.errors import AlreadyOpen, BadRequest, NotAllowed, NotFound, SlotTaken
from casework.ports import Case, Change, Signature
from casework.representation import noted
from functions.intake import about_another, bodies, show
from functions.intake.acting import acting
from functions.intake.applicants import filing_day
from functions.intake.appointments import of_case, offering_free
from functions.intake.http import Api, Person, Request, language_of, problem_response
from functions.intake.staff_names import names_of
from functions.intake.wiring import (
    applications,
    logger,
    looks,
    one_time_codes,
    sessions,
    signature_check,
)

app = Chalice(app_name="opora")
api = Api(app, logger, one_time_codes, acting, lambda who, since: sessions().are_over(who, since))

FORM_AT_MOST = 300 * 1024  # bytes; the table takes 400 KB an item

_CHALICE_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    415: "unsupported_media_type",
    500: "error",
}


def respond(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """What a view answers; and what Chalice answers by itself, in our words."""
    logger.append_keys(request_id=event["requestContext"].get("requestId"))
    answer = app(event, context)
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    code = _CHALICE_CODES.get(answer["statusCode"])
    if code is None or '"type": "urn:opora' in answer["body"]:
        return answer
    language = language_of(headers.get("accept-language"))
    return problem_response(answer["statusCode"], code, language).to_dict()


def acted(request: Request, number: str, act: Any) -> dict[str, Any]:
    """Carry it out, and show what has become of the application."""
    return view(carry_out(request, number, act).case, request)


def view(case: Case, request: Request) -> dict[str, Any]:
    return show.application(
        case,
        request.person,
        request.language,
        request.now,
        of_case(case),
        had_part=about_another.had_part(case, request.person),
        names=names_of(_at_work(case.application), request),
    )


def _at_work(app: Application) -> tuple[str | None, ...]:
    return app.officer, app.escalated_by, app.proposal.officer if app.proposal else None


def carry_out(request: Request, number: str, act: Any) -> Done:
    """Carry out `act` on an application that the person may see."""
    checked = _if_seen(request, act)
    _check_number(number)
    try:
        return applications().change(
            number, checked, actor=request.person.id, now=request.now, command=request.command
        )
    except SlotTaken as error:
        raise offering_free(error, request.now) from error
    except AlreadyOpen as error:
        raise _told_to(request.person, error) from error


def foresee(request: Request, number: str, act: Any) -> Change:
    """What carrying it out would change, as the application stands. Nothing is changed; raises what
    `act` raises."""
    _check_number(number)
    return _if_seen(request, act)(applications().load(number))


def foreseen(request: Request, number: str, act: Any) -> dict[str, Any]:
    """The application as it would be shown, had it been carried out. Nothing is changed; raises
    what `act` raises."""
    _check_number(number)
    case = applications().load(number)
    change = _if_seen(request, act)(case)
    after = applications().foreseen(case, change, actor=request.person.id, now=request.now)
    return view(after, request)


def _if_seen(request: Request, act: Any) -> Any:
    def act_if_seen(case: Case) -> Change:
        _check_seen(case, request.person)
        check_impartial(case, request.person)
        return noted(fitting(act(case)), request.person.acting_by)

    return act_if_seen


def _check_number(number: str) -> None:
    if not is_number(number):
        raise NotFound("unknown_number", number=number[:20])


def _told_to(person: Person, error: AlreadyOpen) -> AlreadyOpen:
    """Which application is open already is for its own people; others learn that there is one."""
    number = error.details.get("number")
    earlier = applications().load(number).application if number else None
    if earlier is None or not is_own(earlier, person):
        return AlreadyOpen()
    return AlreadyOpen("already_open_yours", number=number, filed=filing_day(earlier))


def signed(request: Request, case: Case, change: Change) -> Change:
    given: bodies.GivenSignature | None = request.body.signature
    return signature.signed(
        case,
        rules_of(case.application),
        change,
        Signature(**given.model_dump()) if given else None,
        signature_check(),
        signer=request.person.id,
        now=request.now,
    )


def fitting(change: Change) -> Change:
    """A draft grows by every request, and numbers grow when they are written out."""
    stored = json.dumps(change.form, ensure_ascii=False)
    if len(stored.encode()) > FORM_AT_MOST:
        raise BadRequest("body_too_large", at_most=FORM_AT_MOST)
    return change


def seen(number: str, person: Person) -> Case:
    _check_number(number)
    case = applications().load_once(number)
    _check_seen(case, person)
    if person.is_staff:
        looks().note(number, person.id, now())
    return case


def _check_seen(case: Case, person: Person) -> None:
    """Somebody else's application is as if it did not exist. What was never submitted is its
    author's alone, also when it is withdrawn."""
    app = case.application
    if not is_own(app, person) and (not person.is_staff or app.submitted_at is None):
        raise NotFound("unknown_number", number=app.number)


def check_impartial(case: Case, person: Person) -> None:
    """Nobody acts for the office on what he filed himself before he came to work there."""
    if person.is_staff and case.application.applicant == person.id:
        raise NotAllowed("own_application")


def is_own(app: Application, person: Person) -> bool:
    same_agency = app.agency is not None and app.agency == person.agency
    return app.applicant == person.acts_as or same_agency
