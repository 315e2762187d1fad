"""Carry what has happened to an application into its execution (the table's stream)."""

from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.records import each_application_of_events
from casework.application import Application, Stage
from casework.ports import Task
from casework.review import Next, next_step
from functions.decide.wiring import applications, logger, reviews


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return each_application_of_events(event, _carry, logger)


def _must_ask_anew(task: Task, application: Application) -> bool:
    """The form was corrected while registries were being asked about the old one: leave the wait,
    come back to it, and ask about the new one."""
    return task.purpose == Next.CHECK and any(c.state == "due" for c in application.checks.values())


def _carry(number: str, kinds: set[str]) -> None:
    """Start, stop or wake the execution, whichever the application as it is now calls for."""
    case = applications().load(number)
    application, task = case.application, case.task
    if application.stage is Stage.WITHDRAWN:
        reviews().stop(number, "withdrawn by the applicant")
        return
    step = next_step(application, rules_of(application), now())
    if "submitted" in kinds:
        reviews().start_review(number, step)
    if task and (task.purpose != step.next or _must_ask_anew(task, application)):
        reviews().wake(task.token, number, step)
