"""The part of the API where the office answers what people ask about their accounts, and closes
accounts that must be closed."""

from functools import partial
from typing import Any

from casework import accounts as law
from casework.access_requests import ACCESS, GRANTED, AccessRequest, answered
from casework.accounts import VIDEO, Account
from casework.errors import NotAllowed, NotFound
from functions.intake import access_scans, identity_show
from functions.intake import entry_bodies as shapes
from functions.intake.access import api
from functions.intake.entry_steps import login_of, tell, titled
from functions.intake.entry_wiring import access_requests, user_pool
from functions.intake.http import READERS, STAFF, SUPERVISOR, Request
from functions.intake.staff_names import names_of
from functions.intake.wiring import accounts, looks, sessions

ONE = "/access-requests/{entry}"
ACCOUNT = "/accounts/{account}"


@api.operation(
    "GET",
    "/access-requests",
    "What people ask about their accounts, the first due first",
    shapes.RequestList,
    roles=READERS,
)
def list_access_requests(request: Request) -> dict[str, Any]:
    return {"requests": [_line(each, request) for each in access_requests().awaiting()]}


@api.operation(
    "GET",
    ONE,
    "A request, what its person says of himself, and the scan",
    shapes.RequestView,
    roles=READERS,
)
def show_access_request(request: Request, entry: str) -> dict[str, Any]:
    asked = access_requests().load(entry)
    shown = _shown(asked, request)
    subject = "access_scan" if shown["scan"] else "access_request"
    looks().note(asked.number, request.person.id, request.now, subject)
    return shown


@api.operation(
    "POST",
    f"{ONE}/answer",
    "Let the person in, or confirm who he is; or refuse and say why",
    shapes.RequestView,
    roles=STAFF,
    body=shapes.RequestAnswer,
)
def answer_access_request(request: Request, entry: str) -> dict[str, Any]:
    given, by, now = request.body.model_dump(), request.person.id, request.now
    before = access_requests().load(entry)
    if before.answer and (before.answer.by, before.answer.outcome) == (by, given["outcome"]):
        return _shown(before, request)
    after = answered(before, **given, by=by, now=now)
    if after.account:
        _tell(_carried_out(after, request), after, request)  # rather twice than never
    done = access_requests().change(entry, lambda known: answered(known, **given, by=by, now=now))
    if done.kind == ACCESS:
        access_scans.erase(entry, by, now)
    return _shown(done, request)


@api.operation(
    "POST",
    "/accounts/search",
    "Find an account by the phone or the address that signs in to it",
    shapes.AccountView,
    roles=READERS,
    body=shapes.AccountSearch,
)
def find_account(request: Request) -> dict[str, Any]:
    known = accounts().called(login_of(request.body.login) or "nobody")
    if known is None:
        raise NotFound("unknown_account")
    looks().note(known, request.person.id, request.now, "account")
    return _account(accounts().load(known), request)


@api.operation(
    "POST",
    f"{ACCOUNT}/block",
    "Close an account; its person may ask to be let in again",
    shapes.AccountView,
    roles=STAFF,
    body=shapes.AccountBlock,
)
def block_account(request: Request, account: str) -> dict[str, Any]:
    by, now, reason = request.person.id, request.now, request.body.reason
    _check_may_decide(account, request)
    sessions().end_all(account, now)  # first: whoever dies after it is asked to do it again
    closed = partial(law.block, reason=reason, by=by, now=now)
    tell(closed(accounts().load(account)), "blocked", request)  # who comes again is refused
    return _account(accounts().change(account, closed, "blocked", by=by, now=now), request)


def _carried_out(asked: AccessRequest, request: Request) -> Account:
    """First what is granted, then that it was: who dies in between does it again."""
    by, now = request.person.id, request.now
    _check_may_decide(asked.account, request)
    if asked.answer.outcome != GRANTED:
        return accounts().load(asked.account)
    if asked.kind == ACCESS:
        let_in = accounts().change(
            asked.account, lambda a: law.let_in(a, asked.phone, now), "let_in", by=by, now=now
        )
        user_pool().set_phone(let_in.id, let_in.phone)
        sessions().end_all(let_in.id, now)
        return let_in

    def act(account: Account) -> Account:
        has_scan = access_scans.has_passport(account.id)
        if account.identity is None:
            law.check_ready(account, VIDEO, now, has_scan=has_scan)
        return law.confirmed(account, VIDEO, by, now)

    return accounts().change(asked.account, act, "identity_confirmed", by=by, now=now)


def _check_may_decide(account: str, request: Request) -> None:
    """Nobody decides about himself; of those who work here, no officer about a supervisor, in whose
    account he would be one."""
    if account == request.person.id:
        raise NotAllowed("own_application")
    if SUPERVISOR not in request.person.roles and user_pool().works_here(account):
        raise NotAllowed("only_supervisors")


def _tell(account: Account, asked: AccessRequest, request: Request) -> None:
    granted = asked.answer.outcome == GRANTED
    about = "access" if asked.kind == ACCESS else "video"
    path = "/recovery" if granted else "/access"
    tell(account, f"{about}_{asked.answer.outcome}", request, path)


# ---- what is told -------------------------------------------------------------------------------


def _line(asked: AccessRequest, request: Request) -> dict[str, Any]:
    return {
        "number": asked.number,
        "kind": asked.kind,
        "kind_title": titled("kinds", asked.kind, request.language),
        "asked_at": asked.asked_at,
        "due": asked.due,
        "overdue": asked.is_late(request.now),
    }


def _shown(asked: AccessRequest, request: Request) -> dict[str, Any]:
    state, scan = access_scans.shown(asked.number) if asked.kind == ACCESS else (None, None)
    answer = asked.answer
    refusal = answer.reason if answer else ""
    return {
        **_line(asked, request),
        "phone": asked.phone,
        "said": asked.said,
        "account": asked.account or None,
        "scan": scan,
        "scan_state": state,
        "outcome": answer.outcome if answer else None,
        "refusal": titled("refusals", refusal, request.language) if refusal else None,
    }


def _account(account: Account, request: Request) -> dict[str, Any]:
    acts = list(accounts().acts(account.id))
    names = names_of({act.by for act in acts} - {account.id}, request)
    return identity_show.to_office(account, acts, names, request.now, request.language)
