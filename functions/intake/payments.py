"""News from the payment provider, taken down where it belongs. Whatever is told is acknowledged
only when it is on record; money that belongs to no application is on record too, and goes back.
"""

from datetime import datetime
from decimal import Decimal

from adapters.applications import Command
from adapters.casebook import rules_of
from adapters.payment_provider import check_seal
from casework import fees
from casework.application import SYSTEM, is_number
from casework.errors import NotFound
from casework.fees import Received
from casework.ports import Case, Change
from functions.intake.bodies import PaymentNews
from functions.intake.wiring import applications, logger, payments, payments_secret


def take(news: PaymentNews, seal: str | None, raw: bytes, now: datetime) -> str:
    """noted | known (heard before, or nothing to note) | nobodys. Raises NotAllowed for news that
    the provider did not seal, or not lately."""
    check_seal(payments_secret(), seal, raw, now)
    if news.kind == "failed":
        return "known"  # nothing was paid; the provider's page has said so
    try:
        return _note(news, now)
    except NotFound:
        return _note_stray(news, now)


def _note(news: PaymentNews, now: datetime) -> str:
    number = fees.number_of(news.payment)
    if not is_number(number):
        raise NotFound("unknown_number", number=number)
    done = applications().change(
        number,
        lambda case: _change(case, news, now),
        actor=SYSTEM,
        now=now,
        command=Command.of("payment", news.event, request=news.model_dump(), kept=None),
    )
    return "known" if done.repeated else "noted"


def _change(case: Case, news: PaymentNews, now: datetime) -> Change:
    if news.kind == "refunded":
        return fees.note_refunded(case, news.transaction)
    sum_ = Received(news.payment, news.transaction, Decimal(news.amount), news.currency)
    return fees.note_received(case, rules_of(case.application), sum_, now)


def _note_stray(news: PaymentNews, now: datetime) -> str:
    state = "refunded" if news.kind == "refunded" else "refund_due"
    sum_ = Received(news.payment, news.transaction, Decimal(news.amount), news.currency)
    if applications().put_stray(sum_, state, now) and news.kind == "received":
        payments().give_back(news.payment, news.transaction, sum_.amount, news.currency)
        logger.warning("money that belongs to no application goes back")
    return "nobodys"
