"""The states of application_review that wait for people and act for the clock."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.executions import step_payload
from casework import actions, issuing
from casework.application import SYSTEM
from casework.errors import NotFound, WrongStage
from casework.ports import Case, Change, Task
from casework.review import PROVIDED, Next, must_leave, next_step
from functions.decide.wiring import applications, reviews

PROVIDE = "provide"  # what application_review's last question is asked about


def await_people(event: dict[str, Any], _: Any) -> None:
    """Wait with a token for what `purpose` names; when it has come already, do not wait at all."""
    number, purpose, token, at = event["number"], event["purpose"], event["token"], now()
    if purpose == Next.ASK:
        _act(number, lambda case: actions.ask_by_system(case, rules_of(case.application)))
    if purpose == Next.DECIDE:
        _act(number, lambda case: actions.decide_by_rules(case, rules_of(case.application), at))
    task = Task(purpose, token, at + timedelta(seconds=event["seconds"]))
    applications().put_task(number, task)
    application = applications().load(number).application  # after the token is there to be found
    step = next_step(application, rules_of(application), at)
    if must_leave(task, step, at):
        reviews().wake(token, number, step)


def mark_deadline(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Record what the clock has reached; each record has its consequence in the notices."""
    at = now()
    return _act(event["number"], lambda case: actions.mark(case, rules_of(case.application), at))


def issue_outcome(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """The outcome, and what it sets going here and in the application it is about."""
    number, at = event["number"], now()
    payload = _act(number, lambda case: issuing.issue(case, rules_of(case.application), at))
    source = applications().load(number)
    target = issuing.about(source, rules_of(source.application))
    if target is not None:
        _take_effect(source, target)
    return payload | ({"next": PROVIDE} if payload["next"] in PROVIDED else {})


def _take_effect(source: Case, target: str) -> None:
    """Keyed by the source's number: after a crash in between it is done again, or already is."""
    number, rules, at = source.application.number, rules_of(source.application), now()

    def act(case: Case) -> Change:
        return issuing.take_effect(case, rules_of(case.application), source, rules, at)

    try:
        applications().change(target, act, actor=SYSTEM, now=at)
    except (NotFound, WrongStage) as error:
        why = error.code
        applications().change(
            number, lambda case: issuing.note_missed(case, why), actor=SYSTEM, now=at
        )


def _act(number: str, act: Callable[[Case], Change]) -> dict[str, Any]:
    at = now()
    application = applications().change(number, act, actor=SYSTEM, now=at).case.application
    return step_payload(number, next_step(application, rules_of(application), at))
