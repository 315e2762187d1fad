"""Ask the registries a service names, and take down what they reply."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from adapters.accounts import is_check
from adapters.casebook import rules_of
from adapters.clock import now
from adapters.queues import RegistryReply, RegistryRequest
from adapters.records import each_application_of_messages
from casework import actions, earlier_support
from casework.application import SYSTEM
from casework.errors import NotFound
from casework.ports import Case, Change, Note, Rules, Task
from casework.review import Next, must_leave, next_step
from functions.verify import identities
from functions.verify.wiring import applications, logger, registry_requests, reviews


def check(event: dict[str, Any], _: Any) -> None:
    """State "Check documents and registries": wait with a token until every registry was heard."""
    number, token, at = event["number"], event["token"], now()
    task = Task(Next.CHECK, token, at + timedelta(seconds=event["seconds"]))
    applications().put_task(number, task)  # first: a quick reply must find it
    applications().change(number, actions.ask_registries, actor=SYSTEM, now=at)
    case = _answer_from_own_casebook(number, at)
    application, rules = case.application, rules_of(case.application)
    registry_requests().send(
        RegistryRequest(number, name, application.form, rules.service.check(name).registry)
        for name in application.open_checks
    )
    step = next_step(application, rules, at)
    if must_leave(task, step, at):
        reviews().wake(token, number, step)


def _answer_from_own_casebook(number: str, at: datetime) -> Case:
    """The checks that nobody else has to be asked for."""

    def act(case: Case) -> Change:
        rules = rules_of(case.application)
        checks = earlier_support.own_checks(case.application, rules)
        known = _support_of(case, rules, at) if checks else []
        replies = [earlier_support.reply(case.application, check, known) for check in checks]
        change = actions.note_replies(case, rules, replies)
        earlier = earlier_support.told(earlier_support.others(case.application, known))
        return replace(change, texts={earlier_support.EARLIER: earlier}) if checks else change

    return applications().change(number, act, actor=SYSTEM, now=at).case


def _support_of(case: Case, rules: Rules, at: datetime) -> list[Note]:
    facts = rules.facts(case.form, at)
    key = actions.identity_key(rules, facts)
    return applications().notes(earlier_support.SUPPORT, key) if key else []


def take_replies(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Replies from the registries' connectors, through a queue."""
    return each_application_of_messages(event, _take_replies, logger)


def _take_replies(number: str, bodies: list[dict[str, Any]]) -> None:
    replies = [RegistryReply(**body) for body in bodies]
    if is_check(number):
        identities.take_replies(number, replies)
        return
    try:
        applications().change(
            number,
            lambda case: actions.note_replies(case, rules_of(case.application), replies),
            actor=SYSTEM,
            now=now(),
        )
    except NotFound:
        logger.warning("replies about an unknown application")
