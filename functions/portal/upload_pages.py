"""The documents of an application, one by one: what each must show, the file itself straight to the
store, what came of it, and how to mend it."""

from typing import Any

from chalice import Response

from casework.errors import NotFound
from functions.intake.http import APPLICANTS, CITIZEN
from functions.portal.pages import page
from functions.portal.typed import said_of
from functions.portal.visit import Visit

ALL = "/cabinet/applications/{number}/documents"
ONE = f"{ALL}/{{kind}}"


@page("GET", ALL, roles=APPLICANTS)
def show_documents_needed(visit: Visit, number: str) -> Response:
    return visit.html("papers_needed.html", form=visit.do("show_form", number=number))


@page("GET", ONE, roles=APPLICANTS)
def show_document_needed(visit: Visit, number: str, kind: str) -> Response:
    form = visit.do("show_form", number=number)
    needed = next((each for each in form.documents if each.kind == kind), None)
    if needed is None:
        raise NotFound("not_found")
    kept = _archived(visit) if CITIZEN in visit.person.roles else []
    return visit.html("paper_needed.html", form=form, needed=needed, archive=kept)


def _archived(visit: Visit) -> list[Any]:
    """Those that have a good version; one of the same kind goes first in the template."""
    documents = visit.do("show_archive").documents
    return [document for document in documents if any(each.current for each in document.versions)]


@page("POST", ONE, roles=APPLICANTS)
def send_document(visit: Visit, number: str, kind: str) -> Response:
    """Not a page of its own: the invitation is good for minutes, and asking again gives another."""
    here = f"/cabinet/applications/{number}/documents/{kind}"
    then = visit.address_of(f"{here}?told=file_sent")
    told = {"kind": kind, "file_name": f"{kind}.", "then": then}
    told |= said_of(visit, "replaces")
    invited = visit.do("announce", told, number=number)
    return visit.html("paper_file.html", number=number, kind=kind, invited=invited)


@page("POST", f"{ONE}/from-archive", roles=APPLICANTS, again=ONE)
def use_archived(visit: Visit, number: str, kind: str) -> Response:
    told = {"kind": kind} | said_of(visit, "document", "replaces")
    visit.do("take_from_archive", told, number=number)
    return visit.go(f"/cabinet/applications/{number}/documents/{kind}", told="taken_from_archive")


@page("POST", f"{ONE}/remove", roles=APPLICANTS, again=ONE)
def remove_document(visit: Visit, number: str, kind: str) -> Response:
    visit.do("erase_document", number=number, document=visit.value("document"))
    return visit.go(f"/cabinet/applications/{number}/documents/{kind}", told="document_removed")


@page("GET", "/cabinet/applications/{number}/attached/{document}", roles=APPLICANTS)
def open_attached(visit: Visit, number: str, document: str) -> Response:
    """Its address holds for a minute, so it is asked for at each click."""
    found = visit.do("show_attached", number=number, document=document)
    return Response("", status_code=303, headers={"Location": found.url})
