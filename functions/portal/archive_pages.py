"""A person's own documents: the archive, one document, who looked."""

import base64
from typing import Any

from chalice import Response

from adapters.calendars import regions
from functions.intake.http import CITIZEN
from functions.portal.pages import page
from functions.portal.typed import days_of, said_of, whole_of
from functions.portal.visit import Visit

OWNER = frozenset({CITIZEN})
ALL = "/cabinet/documents"
ONE = f"{ALL}/{{document}}"
DAYS = ("issued_on", "valid_until")


@page("GET", ALL, roles=OWNER)
def show_documents(visit: Visit) -> Response:
    if "bucket" in visit.query:  # S3 adds where it put the file; addresses are logged
        return visit.go(ALL, told="file_sent")
    return visit.html("documents.html", archive=visit.do("show_archive"))


@page("GET", f"{ALL}/log", roles=OWNER)
def show_looks(visit: Visit) -> Response:
    return visit.html("document_log.html", log=visit.do("show_archive_log"))


# ---- a new one ----------------------------------------------------------------------------------


@page("GET", f"{ALL}/new", roles=OWNER)
def show_new_document(visit: Visit) -> Response:
    archive = visit.do("show_archive")
    choice = [] if archive.region else sorted(regions().values(), key=lambda each: each.title)
    return visit.html("document_new.html", archive=archive, regions=choice)


@page("POST", f"{ALL}/new", roles=OWNER)
def add_document(visit: Visit) -> Response:
    told = _file(visit) | said_of(visit, "kind", "region") | {"paper": _paper(visit)}
    return _ask_for_file(visit, visit.do("announce_archived", body=told))


@page("GET", f"{ONE}/version", roles=OWNER)
def show_new_version(visit: Visit, document: str) -> Response:
    shown = visit.do("show_archived", document=document)
    return visit.html("document_version.html", document=shown)


@page("POST", f"{ONE}/version", roles=OWNER)
def add_version(visit: Visit, document: str) -> Response:
    return _ask_for_file(visit, visit.do("announce_version", document=document, body=_file(visit)))


def _file(visit: Visit) -> dict[str, Any]:
    return {"then": visit.address_of(f"{ALL}?told=file_sent")}


def _paper(visit: Visit) -> dict[str, Any]:
    said = {name: visit.value(name) for name in ("number", "issuer")}
    return said | days_of(visit, *DAYS)


def _ask_for_file(visit: Visit, invited: Any) -> Response:
    """Not a page of its own: the invitation is good for minutes, and asking again gives another."""
    return visit.html("document_file.html", invited=invited)


# ---- one document -------------------------------------------------------------------------------


@page("GET", ONE, roles=OWNER)
def show_document(visit: Visit, document: str) -> Response:
    shown = visit.do("show_archived", document=document)
    return visit.html("document.html", document=shown)


@page("POST", f"{ONE}/look", roles=OWNER, again=ONE)
def look_at_document(visit: Visit, document: str) -> Response:
    asked = {"how": visit.value("how"), "version": whole_of(visit, "version")}
    seen = visit.do("look_at_archived", document=document, body=asked)
    return visit.html(
        "look.html", seen=seen, how=asked["how"], back_to=f"{ALL}/{document}", own=True
    )


@page("GET", f"{ONE}/describe", roles=OWNER)
def show_description(visit: Visit, document: str) -> Response:
    shown = visit.do("show_archived", document=document)
    return visit.html("document_describe.html", document=shown, newest=shown.versions[0])


@page("POST", f"{ONE}/describe", roles=OWNER)
def describe_document(visit: Visit, document: str) -> Response:
    said = _paper(visit) | said_of(visit, "file_name")
    visit.do("describe_archived", document=document, body=said)
    return visit.go(f"{ALL}/{document}", told="document_described")


@page("POST", f"{ONE}/rename", roles=OWNER, again=ONE)
def rename_document(visit: Visit, document: str) -> Response:
    named = {"version": whole_of(visit, "version")} | said_of(visit, "file_name")
    visit.do("describe_archived", document=document, body=named)
    return visit.go(f"{ALL}/{document}", told="document_renamed")


@page("POST", f"{ONE}/signature", roles=OWNER, again=ONE)
def attach_signature(visit: Visit, document: str) -> Response:
    told = {"version": whole_of(visit, "version")} | said_of(visit, "sha256", "signature")
    if text := visit.value("signature_text"):  # without a script nobody has read the file
        told["signature"] = base64.b64encode(text.encode()).decode()
    visit.do("attach_signature", document=document, body=told)
    return visit.go(f"{ALL}/{document}", told="signature_attached")


@page("GET", f"{ONE}/erase", roles=OWNER)
def ask_before_erasing(visit: Visit, document: str) -> Response:
    return visit.html("document_erase.html", document=visit.do("show_archived", document=document))


@page("POST", f"{ONE}/erase", roles=OWNER)
def erase_own_document(visit: Visit, document: str) -> Response:
    visit.do("erase_archived", document=document)
    return visit.go(ALL, told="document_erased")


# ---- out of an application ----------------------------------------------------------------------


@page("GET", f"{ALL}/keep/{{number}}", roles=OWNER)
def show_keepable(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    kinds = visit.do("show_archive").kinds
    accepted = [document for document in case.documents if document.state == "accepted"]
    return visit.html("document_keep.html", case=case, documents=accepted, kinds=kinds)


@page("POST", f"{ALL}/keep/{{number}}", roles=OWNER)
def keep_document(visit: Visit, number: str) -> Response:
    asked = said_of(visit, "document", "kind") | {"number": number}
    kept = visit.do("keep_from_application", body=asked)
    return visit.go(f"{ALL}/{kept.id}", told="document_kept")
