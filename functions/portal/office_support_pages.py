"""Letters of citizens that wait for the office, and its answers."""

from typing import Any

from chalice import Response

from functions.intake.http import OFFICE, STAFF
from functions.portal.pages import page
from functions.portal.typed import said_of, whole_of
from functions.portal.visit import Visit

SUPPORT = "/office/support"
ONE = f"{SUPPORT}/{{number}}"


@page("GET", SUPPORT, roles=OFFICE)
def show_support_queue(visit: Visit) -> Response:
    return visit.html("office/support.html", threads=visit.do("list_support_queue").threads)


@page("GET", ONE, roles=OFFICE)
def show_citizens_letter(visit: Visit, number: str) -> Response:
    return visit.html("office/support_thread.html", thread=visit.do("show_thread", number=number))


@page("POST", ONE, roles=STAFF)
def answer_letter(visit: Visit, number: str) -> Response:
    told: dict[str, Any] = said_of(visit, "text")
    visit.do("answer_thread", number=number, body=told | {"version": whole_of(visit, "version")})
    return visit.go(SUPPORT, told="letter_answered")


@page("POST", f"{ONE}/closing", roles=STAFF, again=ONE)
def close_citizens_letter(visit: Visit, number: str) -> Response:
    visit.do("close_thread", number=number)
    return visit.go(SUPPORT, told="letter_closed")
