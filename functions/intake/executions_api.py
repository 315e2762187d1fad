"""The part of the API about the machines at work: their executions, those that failed, and letting
them go on."""

import re
from typing import Any

from adapters.executions import LAWFULLY_STOPPED, Executions
from casework.errors import BadRequest, NotFound
from functions.intake import oversight_bodies as bodies
from functions.intake.access import api
from functions.intake.http import CURSOR, READERS, SUPERVISOR, Request
from functions.intake.wiring import logger, machines

STATUSES = ("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")
FAILED = ("FAILED", "TIMED_OUT", "ABORTED")
NAME = re.compile(r"[0-9A-Za-z.-]{1,80}")
OF_A_NUMBER = ("application_review", "appeal_review", "service_provision")
MACHINE = {
    "machine": "application_review, appeal_review, service_provision, benefit_payments "
    "or batch_intake"
}


@api.operation(
    "GET",
    "/executions",
    "Executions of a state machine, newest first",
    bodies.ExecutionPage,
    roles=READERS,
    query={
        **CURSOR,
        **MACHINE,
        "status": "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED",
    },
)
def list_executions(request: Request) -> dict[str, Any]:
    status = request.query.get("status")
    if status is not None and status not in STATUSES:
        raise BadRequest("bad_parameter", name="status", expected=", ".join(STATUSES))
    name = request.query.get("machine", "application_review")
    page = _machine(name).latest(status, request.query.get("cursor"))
    return page | {"executions": [line | {"machine": name} for line in page["executions"]]}


@api.operation(
    "GET",
    "/executions/stuck",
    "Executions of all machines that failed, timed out or were stopped by hand, the latest of each",
    bodies.StuckList,
    roles=READERS,
)
def list_stuck_executions(_: Request) -> dict[str, Any]:
    found = [
        _shown(name, machine, line["number"])
        for name, machine in machines().items()
        for status in FAILED
        for line in machine.latest(status, None)["executions"]
    ]
    stuck = [each for each in found if each["error"] != LAWFULLY_STOPPED]
    return {"executions": sorted(stuck, key=lambda each: each["stopped_at"], reverse=True)}


@api.operation(
    "GET",
    "/executions/{number}",
    "One execution: current state and history",
    bodies.ExecutionView,
    roles=READERS,
    query={"machine": f"{MACHINE['machine']}; by default the one that has the number"},
)
def show_execution(request: Request, number: str) -> dict[str, Any]:
    _check_name(number)
    asked = request.query.get("machine")
    for name in (asked,) if asked else OF_A_NUMBER:
        try:
            return _shown(name, _machine(name), number)
        except NotFound:
            continue
    raise NotFound("unknown_execution")


@api.operation(
    "POST",
    "/executions/{number}/redrive",
    "Let a failed execution go on from where it failed",
    bodies.ExecutionView,
    roles={SUPERVISOR},
    body=bodies.Redrive,
)
def redrive_execution(request: Request, number: str) -> dict[str, Any]:
    _check_name(number)
    name: str = request.body.machine
    _machine(name).redrive(number)
    who = {"number": number, "machine": name, "by": request.person.id}
    logger.info("an execution was redriven", extra=who)
    return _shown(name, _machine(name), number)


def _machine(name: str) -> Executions:
    if name not in machines():
        raise BadRequest("bad_parameter", name="machine", expected=", ".join(machines()))
    return machines()[name]


def _check_name(number: str) -> None:
    if not NAME.fullmatch(number):
        raise NotFound("unknown_execution")


def _shown(name: str, machine: Executions, number: str) -> dict[str, Any]:
    shown = machine.show(number)
    lawful = shown["error"] == LAWFULLY_STOPPED
    may = shown["status"] in FAILED and not lawful
    return shown | {"machine": name, "may_be_redriven": may}
