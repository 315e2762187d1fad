"""Ask the registries a service names, and take down what they reply."""

from typing import Any

from adapters.applications import Task
from adapters.casebook import rules_of
from adapters.clock import now
from adapters.queues import RegistryReply, RegistryRequest
from adapters.records import each_message
from casework import actions
from casework.application import SYSTEM
from casework.errors import NotFound
from casework.review import Next, next_step
from functions.verify.wiring import applications, logger, registry_requests, reviews


def check(event: dict[str, Any], _: Any) -> None:
    """State "Check documents and registries": wait with a token until every registry was heard."""
    number, token, at = event["number"], event["token"], now()
    applications().put_task(number, Task(Next.CHECK, token))  # first: a quick reply must find it
    asked = applications().change(
        number,
        lambda case: actions.ask_registries(case, rules_of(case.application), at),
        actor=SYSTEM,
        now=at,
    )
    application = asked.case.application
    rules = rules_of(application)
    for name in application.open_checks:
        registry = rules.service.check(name).registry
        registry_requests().send(RegistryRequest(number, name, application.form, registry))
    step = next_step(application, rules, at)
    if step.next is not Next.CHECK:
        reviews().wake(token, number, step)


def take_replies(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Replies from the registries' connectors, through a queue."""
    return each_message(event, _take_reply, logger)


def _take_reply(body: dict[str, Any]) -> None:
    reply = RegistryReply(**body)
    try:
        applications().change(
            reply.number,
            lambda case: actions.note_reply(
                case,
                rules_of(case.application),
                reply.check,
                reply.form,
                reply.outcome,
                reply.fields,
            ),
            actor=SYSTEM,
            now=now(),
        )
    except NotFound:
        logger.warning("reply about an unknown application", extra={"check": reply.check})
