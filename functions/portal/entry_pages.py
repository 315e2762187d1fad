"""The doors: signing up and in, recovering access, asking the office to be let in.

What somebody is in the middle of is kept under the cookie of the visit, never in an address: the
secret of a flow, and where the person wanted to go.
"""

import hashlib
from datetime import datetime
from typing import Any

from chalice import Response

from adapters.user_pool import claims_of
from functions.intake.http import person_of
from functions.intake.wiring import sessions
from functions.portal.pages import page
from functions.portal.places import places
from functions.portal.typed import said_of
from functions.portal.visit import Visit

CODE_PAGES = {
    "sign_up": "/cabinet/sign-up/code",
    "sign_in": "/cabinet/sign-in/code",
    "recovery": "/cabinet/recovery/code",
    "access": "/cabinet/access/code",
}
INSTANTS = frozenset({"until", "again", "due"})
SAID = ("last_name", "first_name", "patronymic", "birth_date", "snils", "inn")


# ---- signing up ---------------------------------------------------------------------------------


@page("GET", "/cabinet/sign-up")
def show_sign_up(visit: Visit) -> Response:
    _blame(visit, "phone")
    return visit.html("entry/sign_up.html")


@page("POST", "/cabinet/sign-up")
def begin_sign_up(visit: Visit) -> Response:
    return _begun(visit, "sign_up", visit.do("begin_sign_up", {"phone": visit.value("phone")}))


@page("GET", "/cabinet/sign-up/code")
def show_sign_up_code(visit: Visit) -> Response:
    return _code_page(visit, "sign_up", "/cabinet/sign-up")


@page("POST", "/cabinet/sign-up/code")
def prove_phone(visit: Visit) -> Response:
    visit.do("prove_phone", _code(visit, "sign_up"))
    return visit.go("/cabinet/sign-up/password")


@page("GET", "/cabinet/sign-up/password")
def show_sign_up_password(visit: Visit) -> Response:
    return _step(visit, "sign_up", "entry/sign_up_password.html", "/cabinet/sign-up")


@page("POST", "/cabinet/sign-up/password")
def end_sign_up(visit: Visit) -> Response:
    told = {"email": visit.value("email"), **_password(visit), **_consent(visit)}
    token = visit.do("end_sign_up", {**_flow(visit, "sign_up"), **told}).token
    return _let_in(visit, token, "/cabinet/account", told="signed_up")


# ---- signing in ---------------------------------------------------------------------------------


@page("GET", "/cabinet/sign-in")
def show_sign_in(visit: Visit) -> Response:
    _blame(visit, "login")
    return visit.html("entry/sign_in.html")


@page("POST", "/cabinet/sign-in")
def begin_sign_in(visit: Visit) -> Response:
    told = {"login": visit.value("login"), **_password(visit)}
    return _begun(visit, "sign_in", visit.do("begin_sign_in", told))


@page("GET", "/cabinet/sign-in/code")
def show_sign_in_code(visit: Visit) -> Response:
    return _code_page(visit, "sign_in", "/cabinet/sign-in")


@page("POST", "/cabinet/sign-in/code")
def end_sign_in(visit: Visit) -> Response:
    return _let_in(visit, visit.do("end_sign_in", _code(visit, "sign_in")).token)


@page("POST", "/cabinet/code-again", again="/cabinet/sign-in")
def send_code_again(visit: Visit) -> Response:
    kind = visit.value("kind")
    sent = visit.do("send_code_again", {"kind": kind, **_flow(visit, kind)})
    return _begun(visit, kind, sent)


# ---- the address --------------------------------------------------------------------------------


@page("GET", "/cabinet/email/{token}")
def show_email_link(visit: Visit, token: str) -> Response:
    """Only a button: programs that look at letters open every link in them."""
    return visit.html("entry/email_link.html", token=token)


@page("POST", "/cabinet/email/{token}")
def confirm_email(visit: Visit, token: str) -> Response:
    visit.do("confirm_email", {"token": token})
    return visit.go("/cabinet/account" if visit.person else "/cabinet", told="email_confirmed")


# ---- recovering access --------------------------------------------------------------------------


@page("GET", "/cabinet/recovery")
def show_recovery(visit: Visit) -> Response:
    _blame(visit, "login")
    return visit.html("entry/recovery.html")


@page("POST", "/cabinet/recovery")
def begin_recovery(visit: Visit) -> Response:
    return _begun(visit, "recovery", visit.do("begin_recovery", {"login": visit.value("login")}))


@page("GET", "/cabinet/recovery/code")
def show_recovery_code(visit: Visit) -> Response:
    return _code_page(visit, "recovery", "/cabinet/recovery")


@page("POST", "/cabinet/recovery/code")
def prove_recovery(visit: Visit) -> Response:
    visit.do("prove_recovery", _code(visit, "recovery"))
    return visit.go("/cabinet/recovery/password")


@page("GET", "/cabinet/recovery/password")
def show_new_password(visit: Visit) -> Response:
    return _step(visit, "recovery", "entry/new_password.html", "/cabinet/recovery")


@page("POST", "/cabinet/recovery/password")
def set_new_password(visit: Visit) -> Response:
    visit.do("set_new_password", {**_flow(visit, "recovery"), **_password(visit)})
    return visit.go("/cabinet/sign-in", told="password_changed")


# ---- asking the office --------------------------------------------------------------------------


@page("GET", "/cabinet/access")
def show_access(visit: Visit) -> Response:
    return visit.html("entry/access.html")


@page("POST", "/cabinet/access")
def begin_access_request(visit: Visit) -> Response:
    told = {name: visit.value(name) for name in (*SAID, "phone")}
    told |= said_of(visit, "account_phone", "words") | _consent(visit)
    return _begun(visit, "access", visit.do("begin_access_request", told))


@page("GET", "/cabinet/access/code")
def show_access_code(visit: Visit) -> Response:
    return _code_page(visit, "access", "/cabinet/access")


@page("POST", "/cabinet/access/code")
def end_access_request(visit: Visit) -> Response:
    taken = visit.do("end_access_request", _code(visit, "access"))
    due = taken.due.isoformat()
    _remember(visit, "access", number=taken.number, due=due, **_recalled(visit, "access"))
    return visit.go("/cabinet/access/scan")


@page("GET", "/cabinet/access/scan")
def show_access_scan(visit: Visit) -> Response:
    return _step(visit, "access", "entry/access_scan.html", "/cabinet/access")


@page("POST", "/cabinet/access/scan")
def announce_access_scan(visit: Visit) -> Response:
    """Not a page of its own: the invitation is good for minutes, and asking again gives another."""
    told = {"file_name": "document.", "then": visit.address_of("/cabinet/access/done")}
    invited = visit.do("announce_access_scan", {**_flow(visit, "access"), **told})
    return visit.html("entry/access_file.html", invited=invited)


@page("GET", "/cabinet/access/done")
def show_access_done(visit: Visit) -> Response:
    return _step(visit, "access", "entry/access_done.html", "/cabinet/access")


# ---- what is kept between the steps -------------------------------------------------------------


def _begun(visit: Visit, kind: str, sent: Any) -> Response:
    """On to the code, with what must be known there."""
    wanted = visit.next_path("") or _recalled(visit, kind).get("next", "")
    times = {"until": sent.valid_until.isoformat(), "again": sent.another_from.isoformat()}
    _remember(visit, kind, flow=sent.flow, sent_to=sent.sent_to or "", next=wanted, **times)
    return visit.go(CODE_PAGES[kind])


def _code_page(visit: Visit, kind: str, begins: str) -> Response:
    _blame(visit, "code")
    return _step(visit, kind, "entry/code.html", begins)


def _step(visit: Visit, kind: str, template: str, begins: str) -> Response:
    """A page in the midst of a flow; from its beginning for whoever comes without one."""
    known: dict[str, Any] = _recalled(visit, kind)
    if not known:
        return visit.go(begins)
    instants = {name: datetime.fromisoformat(known[name]) for name in INSTANTS & known.keys()}
    return visit.html(template, known=known | instants, kind=kind, begins=begins)


def _blame(visit: Visit, name: str) -> None:
    """What is wrong as a whole is wrong with this one field, on a page that asks for no other."""
    if visit.trouble:
        visit.problems, visit.trouble = [{"field": name, "message": visit.trouble}], None


def _let_in(
    visit: Visit, token: str, begins: str | None = None, told: str | None = None
) -> Response:
    """To what the person wanted; else to `begins`, or the first place that is open to them."""
    person = person_of(claims_of(token))
    wanted = _recalled(visit, "sign_in").get("next")
    visit.sign_in(person)
    if wanted:
        return visit.go(wanted)
    return visit.go(begins or places(person)[0][0], told=told)


def _code(visit: Visit, kind: str) -> dict[str, str]:
    return {**_flow(visit, kind), "code": visit.value("code")}


def _flow(visit: Visit, kind: str) -> dict[str, str]:
    """Nothing known: the operation says that too much time has passed."""
    return {"flow": _recalled(visit, kind).get("flow", "-" * 20)}


def _password(visit: Visit) -> dict[str, str]:
    """With the blanks around it, which are not allowed, and must be told."""
    return {"password": visit.typed.get("password", [""])[0]}


def _consent(visit: Visit) -> dict[str, bool]:
    return {"consents_to_processing": True} if visit.value("consents_to_processing") else {}


def _remember(visit: Visit, kind: str, **told: str) -> None:
    values = {name: [value] for name, value in told.items()}
    sessions().keep_typed(_visitor(visit), kind, values, visit.now)


def _recalled(visit: Visit, kind: str) -> dict[str, str]:
    kept = sessions().typed(_visitor(visit), kind) or {}
    return {name: values[0] for name, values in kept.items()}


def _visitor(visit: Visit) -> str:
    """No person of the user pool is called so."""
    return f"visit:{hashlib.sha256(visit.token.encode()).hexdigest()}"
