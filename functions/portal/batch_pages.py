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
    """`like`: the batch whose file is sent once more, as a rule for real after a dry run."""
    services = [(each.id, each.title) for each in visit.do("list_services").services]
    like = visit.query.get("like")
    earlier = visit.do("show_batch", batch=like) if like else None
    return visit.html("office/batch_new.html", services=services, earlier=earlier)


@page("POST", f"{BATCHES}/new", roles={AGENCY})
def invite_batch(visit: Visit) -> Response:
    """Not a page of its own: the invitation is good for minutes, and asking again gives another."""
    dry_run = visit.value("dry_run") == "yes"
    then = visit.address_of(f"{BATCHES}?told=batch_sent{'_dry' if dry_run else ''}")
    body = said_of(visit, "service", "file_name") | {"then": then, "dry_run": dry_run}
    invited = visit.do("send_batch", body=body)
    return visit.html("office/batch_file.html", invited=invited, dry_run=dry_run)


@page("GET", f"{BATCHES}/{{batch}}", roles=READERS | {AGENCY})
def show_one_batch(visit: Visit, batch: str) -> Response:
    return visit.html("office/batch.html", batch=visit.do("show_batch", batch=batch))
