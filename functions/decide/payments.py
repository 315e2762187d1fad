"""Payments, every day: who is to be paid, asking the bank, and what it answered.

The bank's connector reads the queue of requests and answers into the queue of replies, like those
of the registries. A message holds ids only; to whom and how much stands in the application.
"""

from collections.abc import Iterator
from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from adapters.queues import TransferReply, TransferRequest
from adapters.records import each_message
from casework import benefit_actions
from casework.application import SYSTEM
from casework.benefit import PAY_DAYS, State, transfer_key
from casework.errors import NotFound
from casework.ports import Case
from functions.decide.wiring import applications, logger, payment_parts, payment_runs, transfers

A_PART = 50


def begin(_: dict[str, Any], __: Any) -> None:
    """By the clock: start the day's execution, named by the day; a second one is refused, and on a
    day when nobody is to be paid there is none.

    At 3:00 UTC it is the same day in every region, from Kaliningrad to Kamchatka.
    """
    if next(_due_today(), None) is None:
        return
    payment_runs().start(f"{now():%Y-%m-%d}", {"run": f"payments-{now():%Y-%m-%d}"})


def list_due(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """State "List the payments": numbers of applications, in parts."""
    manifest, parts = payment_parts().put(event["run"], list(_due_today()), A_PART)
    return {"manifest": manifest, "parts": parts}


def _due_today() -> Iterator[str]:
    watches = ("daily", "monthly") if now().day in PAY_DAYS else ("daily",)
    for watch in watches:
        yield from applications().to_pay(watch)


def pay_part(event: dict[str, Any], _: Any) -> dict[str, int]:
    """State "Pay one part": one bad case stops no other; it is looked at again tomorrow."""
    failed = 0
    for number in payment_parts().numbers(event["part"]):
        try:
            _pay(number)
        except Exception:
            logger.exception("a payment was not asked for", extra={"number": number})
            failed += 1
    return {"failed": failed}


def _pay(number: str) -> None:
    """Put down each period that is due, then ask the bank: dying in between, it is asked for by
    the next run, by the same key."""
    at = now()
    case = applications().load(number).application
    day = rules_of(case).calendar.local_day(at)
    for period in case.benefit.payable(day):
        done = applications().change(
            number,
            lambda known, period=period: benefit_actions.send(
                known, rules_of(known.application), period, at
            ),
            actor=SYSTEM,
            now=at,
        )
        _ask_the_bank(done.case, period)
    applications().change(
        number,
        lambda known: benefit_actions.mark_overdue(known, rules_of(known.application), at),
        actor=SYSTEM,
        now=at,
    )


def _ask_the_bank(case: Case, period: str) -> None:
    application = case.application
    if application.benefit.transfers[period].state is State.SENT:
        key = transfer_key(application.number, period)
        transfers().send([TransferRequest(application.number, period, key)])


def take_answers(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Replies of the bank's connector, through a queue."""
    return each_message(event, _take_answer, logger)


def _take_answer(body: dict[str, Any]) -> None:
    reply = TransferReply(**body)
    try:
        applications().change(
            reply.number,
            lambda case: benefit_actions.note_answer(case, reply.period, reply.code),
            actor=SYSTEM,
            now=now(),
        )
    except NotFound:
        logger.warning("the bank answers about an unknown application")
