"""The part of the API for those who are not signed in: signing up and in, recovering access.

Nobody learns here whether somebody else has an account: known and unknown phones are answered the
same, after the same work.
"""

import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from adapters.access_requests import new_number
from adapters.accounts import new_id
from adapters.flows import LASTS
from adapters.staff import Member
from adapters.user_pool import claims_of
from adapters.wording import account_message
from casework import accounts as law
from casework.access_requests import ACCESS, AccessRequest
from casework.accounts import (
    BEGUN_BY_ADDRESS,
    FINISH,
    LINK,
    LINKS_TO_ONE,
    PASSWORDS_BY_ADDRESS,
    PASSWORDS_BY_LOGIN,
    SET_PASSWORD,
    SIGN_IN,
    Account,
)
from casework.errors import InvalidForm, NotAllowed, Problem
from functions.intake import access_scans
from functions.intake import entry_bodies as shapes
from functions.intake.access import api
from functions.intake.entry_steps import (
    begin_flow,
    canonical,
    check_all,
    check_consent,
    checked_person,
    link,
    login_of,
    proven,
    send_code,
    tell,
    use_code,
)
from functions.intake.entry_wiring import (
    access_requests,
    attempts,
    flows,
    mail,
    user_pool,
)
from functions.intake.http import OFFICE, Request, person_of
from functions.intake.wiring import accounts, sessions, staff

# ---- signing up ---------------------------------------------------------------------------------


@api.operation(
    "POST",
    "/account/sign-up",
    "Begin to sign up: a code goes to the phone",
    shapes.FlowView,
    roles=None,
    body=shapes.NewSignUp,
)
def begin_sign_up(request: Request) -> dict[str, Any]:
    phone = canonical({"phone": request.body.phone})["phone"]
    attempts().count(BEGUN_BY_ADDRESS, request.address, request.now)
    account = _called(phone)
    new = account is None or law.state(account, request.now) == law.INACTIVE
    message = "sign_up" if new else "sign_up_known"
    told = {"to": phone, "message": message, "shown": True, "known": new}
    return begin_flow("sign_up", told, request)


@api.operation(
    "POST",
    "/account/sign-up/code",
    "Enter the code: the phone is yours",
    shapes.ProvenView,
    roles=None,
    body=shapes.FlowCode,
)
def prove_phone(request: Request) -> dict[str, Any]:
    flow, now = request.body.flow, request.now
    told = use_code("sign_up", flow, request.body.code, request)
    account = accounts().open(law.opened(new_id(), told["to"], now))
    return _proven("sign_up", flow, {**told, "account": account.id}, request)


@api.operation(
    "POST",
    "/account/sign-up/password",
    "Set the password and the e-mail address: the account is there",
    shapes.SignedInView,
    roles=None,
    body=shapes.SignUpEnd,
)
def end_sign_up(request: Request) -> dict[str, Any]:
    given: shapes.SignUpEnd = request.body
    told = proven("sign_up", given.flow, request)
    check_all(
        lambda: law.check_password(given.password, phone=told["to"], email=given.email),
        lambda: canonical({"email": given.email}),
        lambda: check_consent(given.consents_to_processing),
    )
    email = canonical({"email": given.email})["email"]
    if not told.get("done"):
        account = accounts().load(told["account"])
        told = _allowed("sign_up", given.flow, told, account, FINISH, request)
        if law.state(account, request.now) == law.INACTIVE:
            user_pool().add(account.id, account.phone, email, given.password)
            act = partial(law.with_password, email=email, now=request.now)
            account = _changed(account.id, act, "password_set", request)
        flows().note("sign_up", given.flow, {**told, "done": True}, request.now)
        send_link(account, request)  # last: whoever dies here asks for another in the cabinet
    return _signed_in(user_pool().token(told["account"], given.password))


# ---- signing in ---------------------------------------------------------------------------------


@api.operation(
    "POST",
    "/account/sign-in",
    "Begin to sign in with the password: a code goes to the phone",
    shapes.FlowView,
    roles=None,
    body=shapes.SignIn,
)
def begin_sign_in(request: Request) -> dict[str, Any]:
    given: shapes.SignIn = request.body
    login = login_of(given.login) or "nobody"
    attempts().count(PASSWORDS_BY_ADDRESS, request.address, request.now)
    attempts().count(PASSWORDS_BY_LOGIN, login, request.now)
    person = accounts().called(login) or new_id()  # of nobody: the same work
    account, token = accounts().find(person), user_pool().token(person, given.password)
    if account is None or token is None:
        raise NotAllowed("wrong_login_or_password")
    law.must(account, SIGN_IN, request.now)
    attempts().forgive(PASSWORDS_BY_LOGIN, login, request.now)
    told = {"to": account.phone, "message": "sign_in", "shown": login == account.phone}
    kept = {"known": True, "account": account.id, "token": token, "at": request.now.isoformat()}
    return begin_flow("sign_in", told | kept, request)


@api.operation(
    "POST",
    "/account/sign-in/code",
    "Enter the code: signed in",
    shapes.SignedInView,
    roles=None,
    body=shapes.FlowCode,
)
def end_sign_in(request: Request) -> dict[str, Any]:
    told = use_code("sign_in", request.body.flow, request.body.code, request)
    _must_still_stand(told)
    _changed(told["account"], lambda a: law.signed_in(a, request.now), "signed_in", request)
    _note_staff(claims_of(told["token"]), request)
    return _signed_in(told["token"])


def _note_staff(claims: dict[str, str], request: Request) -> None:
    """Under which name the office sees its own."""
    person = person_of(claims)
    roles = tuple(sorted(person.roles & OFFICE))
    staff().note(Member(person.id, person.name, roles, person.region, request.now.date()))


@api.operation(
    "POST",
    "/account/codes",
    "Send the code again, five minutes after the last one",
    shapes.FlowView,
    roles=None,
    body=shapes.CodeAgain,
)
def send_code_again(request: Request) -> dict[str, Any]:
    given: shapes.CodeAgain = request.body
    told = flows().find(given.kind, given.flow, request.now)
    return send_code(given.kind, given.flow, told, request)


# ---- the address --------------------------------------------------------------------------------


@api.operation(
    "POST",
    "/account/email-confirmation",
    "The link in the e-mail was opened: the address is yours",
    shapes.DoneView,
    roles=None,
    body=shapes.Link,
)
def confirm_email(request: Request) -> dict[str, Any]:
    told = flows().find("email", request.body.token, request.now)
    account = _changed(
        told["account"], lambda a: law.email_confirmed(a, told["email"]), "email_confirmed", request
    )
    user_pool().set_email(account.id, account.email, confirmed=True)
    return {}


def send_link(account: Account, request: Request) -> None:
    """Raises TooOften."""
    to = f"{account.id} {account.email.lower()}"
    attempts().count(LINKS_TO_ONE, to, request.now)
    told = {"account": account.id, "email": account.email}
    token = flows().begin("email", told, request.now, LINK)
    subject = account_message("email_link_subject", request.language)
    text = account_message("email_link", request.language, link=link(f"/email/{token}"))
    mail().send(account.email, subject, text)


# ---- recovering access --------------------------------------------------------------------------


@api.operation(
    "POST",
    "/account/recovery",
    "Begin to recover access: a code goes to the phone, or to the confirmed address",
    shapes.FlowView,
    roles=None,
    body=shapes.Login,
)
def begin_recovery(request: Request) -> dict[str, Any]:
    login = login_of(request.body.login)
    if login is None:
        raise InvalidForm([Problem("login", "phone_or_email")])
    attempts().count(BEGUN_BY_ADDRESS, request.address, request.now)
    account = _called(login)
    stands = law.state(account, request.now) if account else law.INACTIVE
    messages = {law.INACTIVE: "recovery_unknown", law.BLOCKED: "recovery_blocked"}
    message = messages.get(stands, "recovery")
    told = {"to": login, "message": message, "shown": True, "known": message == "recovery"}
    kept = {"account": account.id if account else "", "at": request.now.isoformat()}
    return begin_flow("recovery", told | kept, request)


@api.operation(
    "POST",
    "/account/recovery/code",
    "Enter the code: a new password may be set for half an hour",
    shapes.ProvenView,
    roles=None,
    body=shapes.FlowCode,
)
def prove_recovery(request: Request) -> dict[str, Any]:
    flow = request.body.flow
    told = use_code("recovery", flow, request.body.code, request)
    _must_still_stand(told)
    if not told.get("proven"):
        _changed(
            told["account"], lambda a: law.recovering(a, request.now), "recovery_begun", request
        )
    return _proven("recovery", flow, told, request)


@api.operation(
    "POST",
    "/account/recovery/password",
    "Set the new password; then sign in with it, and with a code by SMS",
    shapes.DoneView,
    roles=None,
    body=shapes.NewPassword,
)
def set_new_password(request: Request) -> dict[str, Any]:
    given: shapes.NewPassword = request.body
    told = proven("recovery", given.flow, request)
    if told.get("done"):
        return {}
    account = accounts().load(told["account"])
    law.check_password(given.password, phone=account.phone, email=account.email)
    told = _allowed("recovery", given.flow, told, account, SET_PASSWORD, request)
    user_pool().set_password(account.id, given.password)
    sessions().end_all(account.id, request.now)
    if law.state(account, request.now) == law.RECOVERING:
        act = partial(law.recovered, now=request.now)
        account = _changed(account.id, act, "password_changed", request)
    tell(account, "password_changed", request)  # rather twice than never, if we die here
    flows().note("recovery", given.flow, {**told, "done": True}, request.now)
    return {}


# ---- asking the office --------------------------------------------------------------------------


@api.operation(
    "POST",
    "/account/access-request",
    "Ask the office to be let in, when a code does not help; a code goes to the phone given",
    shapes.FlowView,
    roles=None,
    body=shapes.NewAccessRequest,
)
def begin_access_request(request: Request) -> dict[str, Any]:
    given = request.body.model_dump(exclude={"words", "consents_to_processing"})
    today = request.now.date()
    check_all(
        lambda: checked_person(given, today),
        lambda: check_consent(request.body.consents_to_processing),
    )
    said = checked_person(given, today)
    attempts().count(BEGUN_BY_ADDRESS, request.address, request.now)
    said |= {"words": request.body.words} if request.body.words else {}
    told = {"to": said["phone"], "message": "access", "shown": True, "known": True}
    kept = {"said": said, "number": new_number(), "file": f"{uuid.uuid4().hex}.1"}
    return begin_flow("access", told | kept, request)


@api.operation(
    "POST",
    "/account/access-request/code",
    "Enter the code: the request is with the office, which answers within 24 hours",
    shapes.RequestTakenView,
    roles=None,
    body=shapes.FlowCode,
)
def end_access_request(request: Request) -> dict[str, Any]:
    flow = request.body.flow
    told = use_code("access", flow, request.body.code, request)
    number, said = told["number"], told["said"]
    access_requests().put(AccessRequest(number, ACCESS, request.now, said["phone"], said))
    _proven("access", flow, told, request)
    return {"number": number, "due": access_requests().load(number).due}


@api.operation(
    "POST",
    "/account/access-request/scan",
    "Announce the scan of a document for the request; the answer says where to post it",
    shapes.UploadInvitation,
    roles=None,
    body=shapes.NewScan,
)
def announce_access_scan(request: Request) -> dict[str, Any]:
    given: shapes.NewScan = request.body
    told = proven("access", given.flow, request)
    named = (told["number"], told["file"], given.file_name, given.content_type, given.then)
    return access_scans.announced(*named, request.now)


# ---- common to all ------------------------------------------------------------------------------


def _called(login: str) -> Account | None:
    """Two reads, whether there is an account or not."""
    return accounts().find(accounts().called(login) or new_id())


def _changed(id_: str, act: Any, kind: str, request: Request) -> Account:
    return accounts().change(id_, act, kind, by=id_, now=request.now)


def _allowed(
    kind: str, flow: str, told: dict[str, Any], account: Account, act: str, request: Request
) -> dict[str, Any]:
    """What is told of the flow from now on: that its last act was allowed once. Whoever died half
    way comes again when the account does not wait for that act any more, and goes on."""
    if told.get("allowed"):
        return told
    law.must(account, act, request.now)
    told = {**told, "allowed": True}
    flows().note(kind, flow, told, request.now)
    return told


def _must_still_stand(told: dict[str, Any]) -> None:
    """What was begun with a password, or a phone, that was changed since, leads nowhere."""
    if sessions().are_over(told["account"], datetime.fromisoformat(told["at"])):
        raise NotAllowed("flow_over")


def _proven(kind: str, flow: str, told: dict[str, Any], request: Request) -> dict[str, Any]:
    flows().note(kind, flow, {**told, "proven": True}, request.now)
    return {"flow": flow, "until": request.now + LASTS}


def _signed_in(token: str | None) -> dict[str, Any]:
    if token is None:
        raise NotAllowed("wrong_login_or_password")
    expires = datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(claims_of(token)["exp"]))
    return {"token": token, "expires_at": expires}
