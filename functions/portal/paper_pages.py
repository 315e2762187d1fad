"""The papers issued on an application: receipts, decisions, the proof of its due dates."""

from chalice import Response

from functions.intake.http import APPLICANTS
from functions.portal.case_pages import ONE
from functions.portal.pages import page
from functions.portal.visit import Visit


@page("GET", f"{ONE}/papers", roles=APPLICANTS)
def show_papers(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    papers = visit.do("list_papers", number=number).papers
    return visit.html("papers.html", case=case, papers=papers)


@page("POST", f"{ONE}/papers", roles=APPLICANTS)
def ask_for_ledger(visit: Visit, number: str) -> Response:
    visit.do("request_paper", number=number, body={"kind": "ledger"})
    return visit.go(f"/cabinet/applications/{number}/papers", told="paper_asked")


@page("GET", f"{ONE}/papers/{{paper}}", roles=APPLICANTS)
def download_paper(visit: Visit, number: str, paper: str) -> Response:
    """Its address holds for minutes, so it is asked for at each click."""
    found = visit.do("show_paper", number=number, paper=paper)
    return Response("", status_code=303, headers={"Location": found.url})
