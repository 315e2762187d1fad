"""The dead-clock sentinel: every open application has exactly one armed timer, or one recorded
pause with the timer that ends it.

A timer is an execution that waits; when it began to wait it wrote down for what and until when
(casework.ports.Task). Here that is compared with what the application itself calls for, so that
whatever stopped, was never started, or waits for the wrong thing is found by somebody other than
the applicant.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from casework.application import Application, Stage
from casework.ports import Case, Rules
from casework.review import must_leave, next_step

GRACE = timedelta(minutes=15)
"""What has just happened is on its way to its execution: within seconds as a rule, and within nine
minutes when every attempt but the last fails."""


class Machine(StrEnum):
    REVIEW = "application_review"
    APPEAL = "appeal_review"
    PROVISION = "service_provision"


class Fault(StrEnum):
    NO_TIMER = "no_timer"  # nothing runs for it
    TWO_TIMERS = "two_timers"  # more than one execution does
    WRONG_MACHINE = "wrong_machine"
    WRONG_WAIT = "wrong_wait"  # it waits for something else than comes next
    SILENT_TIMER = "silent_timer"  # it should have rung, and did not
    LATE_TIMER = "late_timer"  # it will ring after the mark that it is for
    NOBODYS = "nobodys"  # it runs for an application that waits for nothing


class Running(NamedTuple):
    """An execution that runs: `name` is the application's number, after an appeal with `.2`."""

    machine: str
    name: str

    @property
    def number(self) -> str:
        return self.name.partition(".")[0]


class Finding(NamedTuple):
    """`since`: when the application last changed; None of an execution that is nobody's."""

    number: str
    fault: str
    machine: str
    execution: str
    since: datetime | None


def is_open(application: Application) -> bool:
    """Whether something is to happen to it by itself: from its registration to its outcome, and
    while what was approved is provided or handed over."""
    if application.submitted_at is None or application.stage is Stage.WITHDRAWN:
        return False
    if application.provided and application.provided.awaits:
        return True
    return not application.issued


def has_settled(application: Application, now: datetime) -> bool:
    """Whether all that its last event brings about has had its time."""
    return now - application.changed_at >= GRACE


def machine_of(application: Application) -> Machine:
    if application.provided and application.provided.awaits:
        return Machine.PROVISION
    return Machine.APPEAL if application.contests else Machine.REVIEW


def fault_of(case: Case, rules: Rules, running: Collection[Running], now: datetime) -> Fault | None:
    """What is wrong with the timer of an open application; `running`: all that runs for it."""
    application = case.application
    if not has_settled(application, now):
        return None
    if not running:
        return Fault.NO_TIMER
    if len(running) > 1:
        return Fault.TWO_TIMERS
    (only,) = running
    if only.machine != machine_of(application):
        return Fault.WRONG_MACHINE
    return _fault_of_wait(case, rules, now)


def _fault_of_wait(case: Case, rules: Rules, now: datetime) -> Fault | None:
    step, task = next_step(case.application, rules, now), case.task
    if task is None or task.purpose != step.next:
        return Fault.WRONG_WAIT
    if task.until is None or task.until < now - GRACE:
        return Fault.SILENT_TIMER
    return Fault.LATE_TIMER if must_leave(task, step, now) else None


def finding(case: Case, fault: Fault) -> Finding:
    application = case.application
    machine = machine_of(application)
    name = application.execution
    return Finding(application.number, fault, machine, name, application.changed_at)


def of_nobody(running: Running) -> Finding:
    return Finding(running.number, Fault.NOBODYS, running.machine, running.name, None)
