"""The part of the API about a person's own account: how it stands, the e-mail address, and showing
who one is, which comes before applying."""

from dataclasses import replace
from typing import Any

from adapters.access_requests import new_number
from adapters.accounts import new_check_number
from adapters.queues import RegistryRequest
from adapters.sealed_table import to_json
from casework import accounts as law
from casework.access_requests import VIDEO_CALL, AccessRequest
from casework.accounts import ADDRESSES, IDENTITY_CHECKS, OPENID, REGISTRIES, VIDEO, Account
from casework.application import SYSTEM
from casework.errors import NotAllowed, TooOften
from functions.intake import entry_bodies as shapes
from functions.intake import identity_show
from functions.intake.access import api
from functions.intake.access_scans import has_passport
from functions.intake.entry_api import send_link
from functions.intake.entry_steps import canonical, checked_person
from functions.intake.entry_wiring import (
    access_requests,
    attempts,
    flows,
    openid,
    registry_requests,
    user_pool,
)
from functions.intake.http import CITIZEN, Request
from functions.intake.wiring import accounts

OWNER = frozenset({CITIZEN})


@api.operation(
    "GET",
    "/account",
    "The person's own account, and what is to be done before applying",
    shapes.OwnAccountView,
    roles=OWNER,
)
def show_own_account(request: Request) -> dict[str, Any]:
    return _shown(accounts().load(request.person.id), request)


@api.operation(
    "POST",
    "/account/email",
    "Give another e-mail address, or have the link sent again",
    shapes.OwnAccountView,
    roles=OWNER,
    body=shapes.Email,
)
def change_email(request: Request) -> dict[str, Any]:
    """A wrong address is mended at once; to each a letter goes in five minutes, to all of them ten
    a day, so that nobody's box is filled from here. What is refused was not saved."""
    email = canonical({"email": request.body.email})["email"]
    before = accounts().load(request.person.id)
    if law.with_email(before, email).email_confirmed:
        return _shown(before, request)
    attempts().count(ADDRESSES, before.id, request.now)
    account = _changed(request, lambda a: law.with_email(a, email), "email_changed")
    user_pool().set_email(account.id, account.email, confirmed=False)
    try:
        send_link(account, request)
    except TooOften:
        if before.email == account.email:
            raise  # else it is that of some minutes ago again, and the letter there holds
    return _shown(account, request)


# ---- who a person is ----------------------------------------------------------------------------


@api.operation(
    "POST",
    "/account/identity/registries",
    "Have the passport and the SNILS or INN checked by registries",
    shapes.OwnAccountView,
    roles=OWNER,
    body=shapes.SaidIdentity,
)
def ask_registries_who(request: Request) -> dict[str, Any]:
    said = checked_person(request.body.model_dump(), request.now.date())
    account = _ready(request, REGISTRIES)
    before = accounts().find_check(account.check) if account.check else None
    if before and before.verdict == law.ASKED and before.said == said:
        return _shown(account, request)
    attempts().count(IDENTITY_CHECKS, account.id, request.now)
    check = law.asked(new_check_number(), account.id, said, request.now)
    accounts().put_check(check)
    account = _changed(request, lambda a: replace(a, check=check.number), "identity_asked")
    sealed = to_json(sorted(check.replies))
    registry_requests().send(
        RegistryRequest(check.number, registry, sealed, registry) for registry in check.replies
    )
    return _shown(account, request)


@api.operation(
    "POST",
    "/account/identity/video",
    "Ask for a video call: the office answers within 24 hours",
    shapes.RequestTakenView,
    roles=OWNER,
    body=shapes.VideoCall,
)
def ask_for_video_call(request: Request) -> dict[str, Any]:
    account = _ready(request, VIDEO)
    said = {"words": request.body.words}
    for waiting in access_requests().awaiting():
        if (waiting.kind, waiting.account, waiting.said) == (VIDEO_CALL, account.id, said):
            return {"number": waiting.number, "due": waiting.due}
    attempts().count(IDENTITY_CHECKS, account.id, request.now)
    asked = AccessRequest(new_number(), VIDEO_CALL, request.now, account.phone, said, account.id)
    access_requests().put(asked)
    return {"number": asked.number, "due": asked.due}


@api.operation(
    "POST",
    "/account/identity/openid",
    "Be recognised by the state's identity provider: where to go",
    shapes.OpenIdView,
    roles=OWNER,
)
def begin_openid(request: Request) -> dict[str, Any]:
    account = _ready(request, OPENID)
    begun = openid().begin()
    kept = {"account": account.id, "nonce": begun.nonce, "verifier": begun.verifier}
    flows().note("openid", begun.state, kept, request.now)
    return {"url": begun.url}


@api.operation(
    "POST",
    "/account/identity/openid/answer",
    "What the identity provider sent the person back with",
    shapes.OwnAccountView,
    roles=OWNER,
    body=shapes.OpenIdAnswer,
)
def end_openid(request: Request) -> dict[str, Any]:
    state, now = request.body.state, request.now
    kept = flows().find("openid", state, now)
    if kept["account"] != request.person.id or not flows().end(state):
        raise NotAllowed("openid_not_good")
    vouched = openid().finish(request.body.code, kept["nonce"], kept["verifier"])
    owns = [number for number in (vouched.snils, f"openid:{vouched.sub}") if number]
    _ready(request, OPENID)
    account = accounts().change(
        request.person.id,
        lambda a: law.confirmed(a, OPENID, SYSTEM, now, vouched.snils),
        "identity_confirmed",
        by=SYSTEM,
        now=now,
        owns=owns,
    )
    return _shown(account, request)


def _ready(request: Request, way: str) -> Account:
    account = accounts().load(request.person.id)
    law.check_ready(account, way, request.now, has_scan=has_passport(account.id))
    return account


def _changed(request: Request, act: Any, kind: str) -> Account:
    me = request.person.id
    return accounts().change(me, act, kind, by=me, now=request.now)


def _shown(account: Account, request: Request) -> dict[str, Any]:
    check = accounts().find_check(account.check) if account.check else None
    scan = has_passport(account.id)
    return identity_show.own(account, check, request.now, request.language, has_scan=scan)
