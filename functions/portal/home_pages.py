"""The first page, the session's own page, leaving."""

from chalice import Response

from functions.intake.http import ANYBODY, APPLICANTS
from functions.portal.pages import json_answer, page
from functions.portal.visit import Visit


@page("GET", "/")
def show_start(visit: Visit) -> Response:
    return visit.go("/cabinet")


@page("GET", "/cabinet")
def show_home(visit: Visit) -> Response:
    services = visit.do("list_services").services
    applies = visit.person and visit.person.roles & APPLICANTS
    own = visit.do("list_own").applications if applies else []
    titles = {service.id: service.title for service in services}
    return visit.html("home.html", services=services, own=own, titles=titles)


@page("GET", "/cabinet/session", roles=ANYBODY)
def show_session(visit: Visit) -> Response:
    return visit.html("session.html")


@page("POST", "/cabinet/session", roles=ANYBODY)
def extend_session(visit: Visit) -> Response:
    """That it was asked extends it; a script asks while the person is typing."""
    if visit.value("script"):
        return json_answer({"ends_at": visit.session.ends_at.isoformat()})
    return visit.go("/cabinet/session", told="session_extended")


@page("POST", "/cabinet/sign-out", roles=ANYBODY, again="/cabinet")
def sign_out(visit: Visit) -> Response:
    visit.sign_out()
    return visit.go("/cabinet", told="signed_out")
