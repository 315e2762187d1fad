"""The part of the API for agencies' files: sending one, how far it has come, its report. An agency
sees its own, the office all."""

from datetime import timedelta
from typing import Any

from adapters import definitions
from adapters.batch_lines import BatchLine
from casework.errors import NotFound
from functions.intake import oversight_bodies as bodies
from functions.intake.access import api
from functions.intake.http import AGENCY, CURSOR, READERS, Person, Request
from functions.intake.wiring import batch_lines, batches

LINK_SECONDS = 300


@api.operation(
    "POST",
    "/batches",
    "Send a file of applications: post it where the answer says",
    bodies.BatchInvitation,
    roles={AGENCY},
    body=bodies.NewBatch,
    status=201,
)
def send_batch(request: Request) -> dict[str, Any]:
    new: bodies.NewBatch = request.body
    definitions.service(new.service)  # refuses an unknown one
    agency = request.person.agency
    return batches().invite(agency, new.service, new.file_name, new.then, dry_run=new.dry_run)


@api.operation(
    "GET",
    "/batches",
    "Files of applications, newest first",
    bodies.BatchPage,
    roles=READERS | {AGENCY},
    query={**CURSOR, "agency": "Only of this agency; an agency sees its own"},
)
def list_batches(request: Request) -> dict[str, Any]:
    agency = request.person.agency or request.query.get("agency")
    lines, cursor = batch_lines().latest(agency, request.query.get("cursor"))
    return {"batches": [_shown(line) for line in lines], "cursor": cursor}


@api.operation(
    "GET",
    "/batches/{batch}",
    "A file of applications: how many of its parts are done, and the link to its report",
    bodies.BatchView,
    roles=READERS | {AGENCY},
)
def show_batch(request: Request, batch: str) -> dict[str, Any]:
    line = _seen(batch, request.person)
    progress = batches().progress(line.drop.batch)
    report = batches().report_address(line.drop, LINK_SECONDS) if line.reported_at else None
    valid_until = request.now + timedelta(seconds=LINK_SECONDS) if report else None
    return {
        **_shown(line),
        "parts": progress.parts,
        "parts_done": progress.done,
        "report_url": report,
        "valid_until": valid_until,
    }


def _seen(batch: str, person: Person) -> BatchLine:
    """Another agency's is as if it did not exist."""
    line = batch_lines().load(batch[:60])
    if person.agency and line.drop.agency != person.agency:
        raise NotFound("unknown_batch")
    return line


def _shown(line: BatchLine) -> dict[str, Any]:
    return {
        "batch": line.drop.batch,
        "agency": line.drop.agency,
        "service": line.drop.service,
        "file_name": line.drop.key.rpartition("/")[2],
        "dry_run": line.drop.dry_run,
        "state": "reported" if line.reported_at else "taken_in",
        "dropped_at": line.dropped_at,
        "reported_at": line.reported_at,
        "readable": line.readable,
        "totals": line.totals,
    }
