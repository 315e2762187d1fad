"""What works, and for whom: open to everybody."""

from chalice import Response

from functions.portal.pages import page
from functions.portal.visit import Visit


@page("GET", "/cabinet/status")
def show_what_works(visit: Visit) -> Response:
    return visit.html("status.html", status=visit.do("show_status"))


@page("GET", "/cabinet/accessibility")
def show_accessibility(visit: Visit) -> Response:
    return visit.html("accessibility.html", hotline=visit.do("show_hotline"))
