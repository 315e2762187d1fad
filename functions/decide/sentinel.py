"""Once an hour (EventBridge): does every open application have its timer?"""

from collections import defaultdict
from datetime import datetime
from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.watch import Board
from casework.errors import NotFound
from casework.ports import Case
from casework.sentinel import (
    Finding,
    Running,
    fault_of,
    finding,
    has_settled,
    is_open,
    of_nobody,
)
from functions.decide.wiring import applications, boards, logger, watched_machines


def watch(_: dict[str, Any], __: Any) -> dict[str, int]:
    """Every open application against every execution that runs; what is wrong is on the board."""
    at, running = now(), _running()
    open_ones, paused, found = 0, 0, []
    for number in applications().watched():
        case = applications().load(number)
        runs = running.pop(number, [])
        if is_open(case.application):  # it may have ended since it was listed
            open_ones += 1
            paused += case.application.pause is not None
            found += _look(case, runs, at)
    found += [each for runs in running.values() for each in _left_over(runs, at)]
    for each in found:
        logger.error("an application has lost its timer", extra=_named(each))
    boards().put(Board(at, open_ones, paused, len(found), tuple(found)))
    return {"open": open_ones, "paused": paused, "found": len(found)}


def _running() -> dict[str, list[Running]]:
    """By the number of the application that each runs for."""
    by_number: dict[str, list[Running]] = defaultdict(list)
    for machine, executions in watched_machines().items():
        for name in executions.running():
            by_number[Running(machine, name).number].append(Running(machine, name))
    return by_number


def _look(case: Case, running: list[Running], at: datetime) -> list[Finding]:
    fault = fault_of(case, rules_of(case.application), running, at)
    return [finding(case, fault)] if fault else []


def _left_over(running: list[Running], at: datetime) -> list[Finding]:
    """Executions of applications that are not open: unless they have just ended, or begun."""
    try:
        application = applications().load(running[0].number).application
    except NotFound:
        return list(map(of_nobody, running))
    settling = is_open(application) or not has_settled(application, at)
    return [] if settling else list(map(of_nobody, running))


def _named(found: Finding) -> dict[str, str]:
    return {"number": found.number, "fault": found.fault, "execution": found.execution}
