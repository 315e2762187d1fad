"""The part of the API about the papers that we issue: a list, the PDF itself, one more on request.

Who sees the application sees its papers.
"""

from datetime import timedelta
from typing import Any

from adapters.casebook import rules_of
from adapters.issued_papers import CONTENT_TYPE, paper_key
from casework import papers
from casework.application import Application, PaperState
from casework.errors import NotFound
from functions.intake import papers_bodies as bodies
from functions.intake.access import api, carry_out, seen
from functions.intake.http import ANYBODY, AUDITOR, Request
from functions.intake.wiring import vault

DOWNLOAD_SECONDS = 300
PAPERS = "/applications/{number}/papers"


@api.operation("GET", PAPERS, "The papers issued on an application", bodies.PaperList)
def list_papers(request: Request, number: str) -> dict[str, Any]:
    return _list(seen(number, request.person).application, request)


@api.operation(
    "POST",
    PAPERS,
    "Have a paper drawn; it is in the list within seconds",
    bodies.PaperList,
    roles=ANYBODY - {AUDITOR},
    body=bodies.PaperRequest,
)
def request_paper(request: Request, number: str) -> dict[str, Any]:
    def act(case: Any) -> Any:
        return papers.request_ledger(case, rules_of(case.application), request.now)

    return _list(carry_out(request, number, act).case.application, request)


@api.operation("GET", f"{PAPERS}/{{paper}}", "Where the PDF is read", bodies.PaperDownload)
def show_paper(request: Request, number: str, paper: str) -> dict[str, Any]:
    application = seen(number, request.person).application
    if paper not in application.papers or application.is_erased("papers"):
        raise NotFound("unknown_paper")
    file_name = f"{number}-{paper}.pdf"
    address = vault().address(
        paper_key(number, paper, application.papers[paper].sha256),
        file_name,
        CONTENT_TYPE,
        download=True,
        seconds=DOWNLOAD_SECONDS,
    )
    return {
        "url": address,
        "valid_until": request.now + timedelta(seconds=DOWNLOAD_SECONDS),
        "file_name": file_name,
        "sha256": application.papers[paper].sha256,
    }


def _list(application: Application, request: Request) -> dict[str, Any]:
    issued = {} if application.is_erased("papers") else application.papers
    newest = sorted(issued.items(), key=lambda item: item[1].of, reverse=True)
    shown = [_shown(id_, paper, application, request.language) for id_, paper in newest]
    return {"number": application.number, "papers": shown}


def _shown(id_: str, paper: PaperState, application: Application, language: str) -> dict[str, Any]:
    standing = papers.standing(paper, application)
    return {
        "paper": id_,
        "kind": paper.kind,
        "title": papers.title(paper.kind, language),
        "print": paper.print,
        "issued_at": paper.at,
        "size": paper.size,
        "sha256": paper.sha256,
        "standing": standing,
        "told": papers.told_of(standing, language),
    }
