"""What follows an approval: the programme and what the person says to it, providers compared, a
complaint about one."""

from chalice import Response

from functions.intake.http import APPLICANTS
from functions.portal.case_pages import ONE
from functions.portal.pages import page
from functions.portal.signing import signed_body
from functions.portal.visit import Visit

SORTED = {
    "rating": lambda row: (-row.provider.rating, row.a_month),
    "cost": lambda row: (row.a_month, -row.provider.rating),
    "start": lambda row: (row.starts_in_days, -row.provider.rating),
    "title": lambda row: row.provider.title,
}
"""What a person may sort providers by; the first is how the office lists them."""


@page("GET", f"{ONE}/programme", roles=APPLICANTS)
def show_own_programme(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    programme = visit.do("show_programme", number=number)
    return visit.html("programme.html", case=case, programme=programme)


@page("POST", f"{ONE}/programme", roles=APPLICANTS)
def answer_own_programme(visit: Visit, number: str) -> Response:
    agrees = visit.value("agrees") == "yes"
    body = {"agrees": agrees, "wishes": visit.value("wishes") or None}
    signature = signed_body(visit, number, "agreement") if agrees else {}
    visit.do("answer_programme", number=number, body=body | signature)
    return visit.go(
        f"/cabinet/applications/{number}/programme", told="agreed" if agrees else "wishes_sent"
    )


@page("GET", f"{ONE}/providers", roles=APPLICANTS)
def show_providers(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    compared = visit.do("compare_providers", number=number)
    by = visit.query.get("sort", "")
    by = by if by in SORTED else "rating"
    rows = sorted(compared.providers, key=SORTED[by])
    return visit.html("providers.html", case=case, rows=rows, by=by)


@page("POST", f"{ONE}/providers", roles=APPLICANTS)
def choose_own_provider(visit: Visit, number: str) -> Response:
    provider = visit.value("provider")
    signature = signed_body(visit, number, "provider", provider=provider)
    visit.do("choose_provider", number=number, body={"provider": provider} | signature)
    return visit.go(f"/cabinet/applications/{number}/programme", told="provider_chosen")


@page("GET", f"{ONE}/complaint", roles=APPLICANTS)
def show_complaint(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    programme = visit.do("show_programme", number=number)
    return visit.html("complaint.html", case=case, programme=programme)


@page("POST", f"{ONE}/complaint", roles=APPLICANTS)
def send_complaint(visit: Visit, number: str) -> Response:
    visit.do("complain", number=number, body={"words": visit.value("words")})
    return visit.go(f"/cabinet/applications/{number}/programme", told="complaint_sent")
