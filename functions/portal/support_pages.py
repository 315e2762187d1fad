"""Letters to support, and the telephone."""

from chalice import Response

from functions.intake.http import APPLICANTS
from functions.portal.pages import page
from functions.portal.typed import said_of
from functions.portal.visit import Visit

SUPPORT = "/cabinet/support"
ONE = f"{SUPPORT}/{{number}}"


@page("GET", SUPPORT)
def show_support(visit: Visit) -> Response:
    """The telephone is for everybody, also for one who cannot sign in."""
    threads = visit.do("list_threads").threads if visit.is_one_of(APPLICANTS) else None
    return visit.html("support.html", hotline=visit.do("show_hotline"), threads=threads)


@page("GET", f"{SUPPORT}/new", roles=APPLICANTS)
def show_new_letter(visit: Visit) -> Response:
    return visit.html("support_new.html", hotline=visit.do("show_hotline"))


@page("POST", f"{SUPPORT}/new", roles=APPLICANTS)
def send_letter(visit: Visit) -> Response:
    thread = visit.do("write_to_support", body=said_of(visit, "topic", "text", "application"))
    return visit.go(f"{SUPPORT}/{thread.number}", told="letter_sent")


@page("GET", ONE, roles=APPLICANTS)
def show_letter(visit: Visit, number: str) -> Response:
    return visit.html("support_thread.html", thread=visit.do("show_thread", number=number))


@page("POST", ONE, roles=APPLICANTS)
def write_on(visit: Visit, number: str) -> Response:
    visit.do("write_more", number=number, body=said_of(visit, "text"))
    return visit.go(f"{SUPPORT}/{number}", told="letter_sent")


@page("POST", f"{ONE}/closing", roles=APPLICANTS, again=ONE)
def close_letter(visit: Visit, number: str) -> Response:
    visit.do("close_thread", number=number)
    return visit.go(f"{SUPPORT}/{number}", told="letter_closed")
