"""The states of application_review that wait for people and act for the clock."""

from collections.abc import Callable
from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.executions import step_payload
from casework import actions
from casework.application import SYSTEM
from casework.ports import Case, Change, Task
from casework.review import Next, next_step
from functions.decide.wiring import applications, reviews


def await_people(event: dict[str, Any], _: Any) -> None:
    """Wait with a token for what `purpose` names; when it has come already, do not wait at all."""
    number, purpose, token, at = event["number"], event["purpose"], event["token"], now()
    if purpose == Next.ASK:
        _act(number, lambda case: actions.ask_about_mismatches(case, rules_of(case.application)))
    applications().put_task(number, Task(purpose, token))
    application = applications().load(number).application  # after the token is there to be found
    step = next_step(application, rules_of(application), at)
    if step.next != purpose:
        reviews().wake(token, number, step)


def mark_deadline(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Record what the clock has reached; each record has its consequence in the notices."""
    at = now()
    return _act(event["number"], lambda case: actions.mark(case, rules_of(case.application), at))


def issue_outcome(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return _act(event["number"], actions.issue)


def _act(number: str, act: Callable[[Case], Change]) -> dict[str, Any]:
    at = now()
    application = applications().change(number, act, actor=SYSTEM, now=at).case.application
    return step_payload(number, next_step(application, rules_of(application), at))
