"""What people ask the office about their accounts: to be let in again, to be known by a video call;
and closing an account that must be closed."""

from chalice import Response

from functions.intake.http import READERS, STAFF
from functions.portal.pages import page
from functions.portal.typed import said_of
from functions.portal.visit import Visit

ALL = "/office/access-requests"
ONE = f"{ALL}/{{entry}}"
ACCOUNTS = "/office/accounts"
REFUSALS = [
    ("not_the_same_person", "Это другой человек"),
    ("scan_unreadable", "Скан не читается"),
    ("no_such_account", "Такой учётной записи нет"),
    ("did_not_come", "Человек не пришёл на звонок"),
]
CHECKED_BY = [("video", "По видео"), ("documents", "По документам")]
BLOCKS = [
    ("rules_broken", "Нарушены правила"),
    ("stolen", "Записью пользуется другой"),
    ("wrong_data", "В записи неверные данные"),
]


@page("GET", ALL, roles=READERS)
def show_access_requests(visit: Visit) -> Response:
    found = visit.do("list_access_requests").requests
    return visit.html("office/access_requests.html", found=found)


@page("GET", ONE, roles=READERS)
def show_one_access_request(visit: Visit, entry: str) -> Response:
    return visit.html(
        "office/access_request.html",
        asked=visit.do("show_access_request", entry=entry),
        refusals=REFUSALS,
        checks=CHECKED_BY,
    )


@page("POST", ONE, roles=STAFF)
def answer_about_access(visit: Visit, entry: str) -> Response:
    said = said_of(visit, "outcome", "account", "checked_by")
    refused = said.get("outcome") == "refused"
    said |= said_of(visit, "reason") if refused else {}
    visit.do("answer_access_request", entry=entry, body=said)
    return visit.go(ALL, told="access_answered")


@page("GET", ACCOUNTS, roles=READERS)
def show_account_search(visit: Visit) -> Response:
    return visit.html("office/account.html", account=None, blocks=BLOCKS)


@page("POST", ACCOUNTS, roles=READERS)
def find_account_by_login(visit: Visit) -> Response:
    """Not a page of its own: phones and addresses stand in no address of ours."""
    account = visit.do("find_account", body={"login": visit.value("login")})
    return visit.html("office/account.html", account=account, blocks=BLOCKS)


@page("POST", f"{ACCOUNTS}/{{account}}/block", roles=STAFF, again=ACCOUNTS)
def close_account(visit: Visit, account: str) -> Response:
    visit.do("block_account", account=account, body=said_of(visit, "reason"))
    return visit.go(ACCOUNTS, told="account_blocked")
