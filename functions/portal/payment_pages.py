"""What is paid on an application: when and how much, what came of it, what is to be given back."""

from chalice import Response

from functions.intake.http import APPLICANTS
from functions.portal.case_pages import ONE
from functions.portal.pages import page
from functions.portal.visit import Visit


@page("GET", f"{ONE}/payments", roles=APPLICANTS)
def show_own_payments(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    payments = visit.do("show_payments", number=number)
    return visit.html("payments.html", case=case, payments=payments)
