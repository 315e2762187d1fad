"""A state fee (P7): what is due, the request to pay it, the receipts, and what goes back.

The fee is paid while the application is a draft, for its form as it then is. The receipt ties
itself to the application by the payment's name. What is paid without need (twice, in another sum,
for a draft that is withdrawn, expires or needs no fee any more) is recorded and given back.
A fee that was due when the application was submitted is kept, whatever is decided.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from casework import form
from casework.application import NUMBER_LENGTH, Application, Happening, Stage
from casework.condition import Facts, holds
from casework.errors import Conflict, InvalidForm, Problem, WrongStage
from casework.fee_receipts import REFUNDED, RUBLES, FeeReceipt
from casework.ports import Case, Change, Rules


@dataclass(frozen=True, slots=True)
class FeeDue:
    """What must be paid, by the figure in force, and by which law."""

    title: str
    amount: Decimal
    source: str


class Received(NamedTuple):
    """A sum that the provider received for `payment`; `transaction`: the provider's name for it."""

    payment: str
    transaction: str
    amount: Decimal
    currency: str


def due(rules: Rules, facts: Facts, now: datetime) -> FeeDue | None:
    """The fee for an application with these facts, if paid now."""
    fee, day = rules.service.fee, rules.calendar.local_day(now)
    if fee is None or not holds(fee.when, facts, rules.measures(facts, day)):
        return None
    figure = rules.parameters.figure(fee.amount, day)
    return FeeDue(fee.title, figure.amount, fee.source)


def number_of(payment: str) -> str:
    """The application that a payment is for."""
    return payment[:NUMBER_LENGTH]


def covering(application: Application, rules: Rules, facts: Facts) -> str | None:
    """The transaction that pays the fee: the sum that was due on the day it came."""
    for transaction, receipt in application.fees.kept().items():
        needed = due(rules, facts, receipt.at)
        if needed and (receipt.amount, receipt.currency) == (needed.amount, RUBLES):
            return transaction
    return None


# ---- the applicant ------------------------------------------------------------------------------


def request(case: Case, rules: Rules, now: datetime) -> Change:
    """Ask the applicant to pay. The same sum asked for again is the same payment.

    `result`: payment, amount. Raises WrongStage (also when no fee is due, or it is paid),
    InvalidForm while the form has mistakes: what is due is read from it.
    """
    application = case.application
    if application.stage is not Stage.DRAFT:
        raise WrongStage(stage=application.stage)
    facts = form.checked_form(rules.service, case.form, rules.calendar.local_day(now))
    needed = due(rules, facts, now)
    if needed is None:
        raise Conflict("no_fee")
    if covering(application, rules, facts):
        raise Conflict("fee_paid_already")
    surplus = _give_back(application.fees.kept(), "not_due")
    for payment, asked in application.fees.requests.items():
        if asked.amount == needed.amount and not _received(application, payment):
            return Change(tuple(surplus), result=_told(payment, needed))
    payment = f"{application.number}-{len(application.fees.requests) + 1}"
    asked = Happening("fee_requested", {"payment": payment, "amount": str(needed.amount)})
    return Change((*surplus, asked), result=_told(payment, needed))


def _received(application: Application, payment: str) -> bool:
    return any(receipt.payment == payment for receipt in application.fees.receipts.values())


def _told(payment: str, needed: FeeDue) -> dict[str, Any]:
    return {"payment": payment, "amount": str(needed.amount)}


# ---- what submitting, withdrawing and expiring have to do with it --------------------------------


def unpaid(application: Application, rules: Rules, facts: Facts, now: datetime) -> list[Problem]:
    """The problem of a draft whose fee is due and not paid."""
    needed = due(rules, facts, now)
    if needed is None or covering(application, rules, facts):
        return []
    return [Problem("fee", "fee_unpaid", {"amount": f"{needed.amount}"})]


def check_correction(
    application: Application, rules: Rules, before: Facts, after: Facts, now: datetime
) -> None:
    """A registered application is not corrected into one that costs a fee nobody has paid."""
    if due(rules, before, now) is None and unpaid(application, rules, after, now):
        raise InvalidForm([Problem("fee", "fee_by_correction")])


def surplus(application: Application, rules: Rules, facts: Facts) -> list[Happening]:
    """What was paid beyond the fee of the form that is submitted."""
    covered = covering(application, rules, facts)
    kept = {id_: r for id_, r in application.fees.kept().items() if id_ != covered}
    return _give_back(kept, "not_due")


def of_closed_draft(application: Application, reason: str) -> list[Happening]:
    """A draft that is given up (`reason`: withdrawn | expired) costs nothing."""
    if application.stage is not Stage.DRAFT:
        return []
    return _give_back(application.fees.kept(), reason)


# ---- the provider -------------------------------------------------------------------------------


def note_received(case: Case, rules: Rules, received: Received, now: datetime) -> Change:
    """A sum came in. Each sum is recorded once; one that pays for nothing goes back at once."""
    application = case.application
    if received.transaction in application.fees.receipts:
        return Change()
    paid = Happening(
        "fee_paid",
        {
            "payment": received.payment,
            "transaction": received.transaction,
            "amount": str(received.amount),
            "currency": received.currency,
        },
    )
    reason = _pays_for_nothing(case, rules, received, now)
    if reason is None:
        return Change((paid,))
    receipt = FeeReceipt(received.payment, received.amount, received.currency, now)
    back = _give_back({received.transaction: receipt}, reason)
    return Change((paid, *back))


def _pays_for_nothing(case: Case, rules: Rules, received: Received, now: datetime) -> str | None:
    application = case.application
    asked = application.fees.requests.get(received.payment)
    if asked is None:
        return "unknown_payment"
    if received.currency != RUBLES:
        return "wrong_currency"
    if received.amount != asked.amount:
        return "wrong_amount"
    if application.closed and application.submitted_at is None:
        return "too_late"
    facts = rules.facts(case.form, now)
    if covering(application, rules, facts):
        return "paid_twice"
    return None if application.stage is Stage.DRAFT else "not_due"


def note_refunded(case: Case, transaction: str) -> Change:
    """The provider has given the sum back, asked to or not (a bank may take it back itself): then
    it pays for nothing any more. The second word of it says nothing new."""
    receipt = case.application.fees.receipts.get(transaction)
    if receipt is None or receipt.state == REFUNDED:
        return Change()
    data = {
        "payment": receipt.payment,
        "transaction": transaction,
        "amount": str(receipt.amount),
    }
    return Change((Happening("fee_refunded", data),))


def _give_back(receipts: Mapping[str, FeeReceipt], reason: str) -> list[Happening]:
    return [
        Happening(
            "fee_refund_due",
            {
                "payment": receipt.payment,
                "transaction": transaction,
                "amount": str(receipt.amount),
                "currency": receipt.currency,
                "reason": reason,
            },
        )
        for transaction, receipt in receipts.items()
    ]
