"""Where those who work here begin, each by his role; and what the keyboard does."""

from chalice import Response

from functions.intake.http import AGENCY, AUDITOR, EXPERT, OFFICE, STAFF
from functions.portal.pages import page
from functions.portal.visit import Visit

BEGINS = {
    AGENCY: "/office/agency",
    EXPERT: "/office/document-checks",
    AUDITOR: "/office/statistics",
}


@page("GET", "/office", roles=OFFICE | {AGENCY})
def show_office(visit: Visit) -> Response:
    if not visit.is_one_of(STAFF):
        return visit.go(next(path for role, path in BEGINS.items() if visit.is_one_of({role})))
    return visit.html(
        "office/home.html",
        mine=visit.do("queue", query={"mine": "yes"}).applications,
        due=visit.do("queue", query={"due_within": "0"}).applications,
    )


@page("GET", "/office/keys", roles=OFFICE | {AGENCY})
def show_keys(visit: Visit) -> Response:
    return visit.html("office/keys.html")
