"""Agencies' files of applications: sending one, how far it has come, its report."""

from chalice import Response

from functions.intake.http import AGENCY, READERS
from functions.portal.pages import page
from functions.portal.typed import said_of
from functions.portal.visit import Visit

BATCHES = "/office/batches"


@page("GET", BATCHES, roles=READERS | {AGENCY})
def show_batches(visit: Visit) -> Response:
    asked = {name: visit.query[name] for name in ("agency", "cursor") if visit.query.get(name)}
    found = visit.do("list_batches", query=asked)
    return visit.html("office/batches.html", found=found, asked=asked)


@page("GET", f"{BATCHES}/new", roles={AGENCY})
def show_new_batch(visit: Visit) -> Response:
    services = [(each.id, each.title) for each in visit.do("list_services").services]
    return visit.html("office/batch_new.html", services=services)


@page("POST", f"{BATCHES}/new", roles={AGENCY})
def invite_batch(visit: Visit) -> Response:
    """Not a page of its own: the invitation is good for minutes, and asking again gives another."""
    then = visit.address_of(f"{BATCHES}?told=batch_sent")
    body = said_of(visit, "service", "file_name") | {"then": then}
    return visit.html("office/batch_file.html", invited=visit.do("send_batch", body=body))


@page("GET", f"{BATCHES}/{{batch}}", roles=READERS | {AGENCY})
def show_one_batch(visit: Visit, batch: str) -> Response:
    return visit.html("office/batch.html", batch=visit.do("show_batch", batch=batch))
