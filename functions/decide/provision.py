"""The states of service_provision that begin it and act for its clock; its waits are those of
application_review (functions/decide/review.py)."""

from datetime import datetime, timedelta
from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.executions import step_payload
from casework import actions
from casework.application import SYSTEM, Application
from casework.review import next_step
from functions.decide.wiring import applications, provisions

OLD = timedelta(days=300)  # Step Functions ends an execution after a year
RENEW = "renew"


def begin(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Start the execution, named as the review was; or (`after`) the one that goes on from another,
    named by the number and how many went before."""
    number, after = event["number"], event.get("after")
    application = applications().load(number).application
    name = _name_after(number, after) if after else application.execution
    payload = _payload(application)
    provisions().start(name, payload)
    return payload


def _name_after(number: str, name: str) -> str:
    before = name.removeprefix(number).removeprefix(".") or "1"
    return f"{number}.{int(before) + 1}"


def mark(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Record what the clock has reached. An execution that has grown old is to be renewed."""
    at = now()
    done = applications().change(
        event["number"],
        lambda case: actions.mark(case, rules_of(case.application), at),
        actor=SYSTEM,
        now=at,
    )
    payload = _payload(done.case.application)
    old = at - datetime.fromisoformat(event["since"]) > OLD
    return payload | ({"next": RENEW} if old else {})


def _payload(application: Application) -> dict[str, Any]:
    return step_payload(application.number, next_step(application, rules_of(application), now()))
