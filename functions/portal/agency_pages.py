"""Where an agency's clerk begins: the applications that the agency has filed."""

from chalice import Response

from functions.intake.http import AGENCY
from functions.portal.pages import page
from functions.portal.visit import Visit


@page("GET", "/office/agency", roles={AGENCY})
def show_agency(visit: Visit) -> Response:
    asked = {"cursor": visit.query["cursor"]} if visit.query.get("cursor") else {}
    found = visit.do("list_own", query=asked)
    return visit.html("office/agency.html", found=found, asked={})
