"""The consent to data processing: what rests on it, and its withdrawal."""

from chalice import Response

from functions.portal.archive_pages import OWNER
from functions.portal.pages import page
from functions.portal.visit import Visit

CONSENTS = "/cabinet/consents"


@page("GET", CONSENTS, roles=OWNER)
def show_consents(visit: Visit) -> Response:
    return visit.html("consents.html", consent=visit.do("show_consent"))


@page("GET", f"{CONSENTS}/withdrawal", roles=OWNER)
def ask_before_withdrawal(visit: Visit) -> Response:
    return visit.html("consent_withdrawal.html", consent=visit.do("show_consent"))


@page("POST", f"{CONSENTS}/withdrawal", roles=OWNER)
def withdraw(visit: Visit) -> Response:
    visit.do("withdraw_consent")
    return visit.go(CONSENTS, told="consent_withdrawn")
