"""What happens with a payment that was approved: ordered, sent to the bank, made or failed,
ordered anew from a day, stopped, claimed back. In the manner of casework/actions.py.

Who pays is outside: a bank is asked by `transfer_key`, which names one payment for ever, so that
whatever is asked twice is paid once. Sums and accounts are texts beside the chain.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from casework import identifiers
from casework.actions import identity_key
from casework.application import Happening
from casework.benefit import (
    ONCE,
    PAY_DAYS,
    Benefit,
    State,
    begins_on,
    month_after,
    month_of,
)
from casework.deadline import due
from casework.earlier_support import ended as support_ended
from casework.errors import InvalidForm, InvalidValue, Problem, WrongStage
from casework.ports import NOTHING, Case, Change, Rules
from casework.service import Milestone, Payment, Schedule, Term

PAYMENT_TERM = "payment"  # of a service that says how soon after the decision money comes
REASONS = ("refused", "death", "not_entitled", "violation", "moved")


def order_of(case: Case, rules: Rules, payment: Payment) -> Change:
    """The order that an approval gives: the sum that was reckoned at the decision, to the account
    of the form, from the month after the decision; a one-time payment is due at once. Where an
    appeal undid an approval that was paid on, the new order counts from the day of that."""
    known = case.application.benefit
    if known and payment.schedule is Schedule.ONCE and ONCE in known.transfers:
        return Change((Happening("effect_missed", {"why": "paid_before"}),))
    amount = _amount(case, rules, payment)
    if amount is None or amount <= 0:
        return Change((Happening("effect_missed", {"why": "no_amount"}),))
    day = rules.calendar.local_day(case.application.decision.at)
    once = payment.schedule is Schedule.ONCE
    first = ONCE if once else month_after(month_of(day))
    data = {
        "first": first,
        "since": known.paused_on if known else day.isoformat(),
        "at_once": once or _term(rules) is not None,
    }
    told = {
        "amount": str(amount),
        "bic": case.form[payment.bic],
        "account": case.form[payment.account],
        "payee": _payee(case, rules, payment),
    }
    number = len(known.orders) + 1 if known else 1
    return Change((Happening("payment_ordered", data),), texts={f"order_{number}": told})


def _amount(case: Case, rules: Rules, payment: Payment) -> Decimal | None:
    """As it was reckoned at the decision; where the officer approved what the rules would not, as
    they reckon it by the day the application was received."""
    told = (case.texts.get("assessment") or {}).get("amount")
    if told is not None:
        return Decimal(told["rubles"])
    day = rules.calendar.local_day(case.application.submitted_at)
    facts = rules.facts(case.form, case.application.submitted_at)
    return rules.measures(facts, day)[payment.amount]


def _payee(case: Case, rules: Rules, payment: Payment) -> str:
    names = (payment.payee,) if payment.payee else rules.service.subject.name
    return " ".join(case.form[name] for name in names if case.form.get(name))


def order_anew(case: Case, since: date, *, by: str, changes: Mapping[str, str]) -> Change:
    """From a day, the same with other details (`amount`, `bic`, `account`, `payee`); what was paid
    before stays as it was. A day before the first order is the day of that. The same change named
    by the same `by` again is nothing new."""
    benefit = _running(case)
    if by in case.application.changed_by:
        return NOTHING
    since = max(since, date.fromisoformat(benefit.orders[0].since))
    current = case.texts[f"order_{benefit.order_on(since).number}"]
    told = {**current, **changes}
    if problems := list(_detail_problems(told)):
        raise InvalidForm(problems)
    number = len(benefit.orders) + 1
    happenings = (
        Happening("changed_by", {"by": by, "since": since.isoformat()}),
        Happening("payment_ordered", {"since": since.isoformat(), "by": by}),
    )
    return Change(happenings, texts={f"order_{number}": told})


def _detail_problems(told: Mapping[str, str]) -> Iterator[Problem]:
    try:
        identifiers.bank_account(told["account"], bic=identifiers.bic(told["bic"]))
    except InvalidValue as error:
        yield Problem("account", error.code, error.details)
    if Decimal(told["amount"]) <= 0:
        yield Problem("amount", "money_too_little", {"at_least": "0.01"})


# ---- each day -----------------------------------------------------------------------------------


def send(case: Case, rules: Rules, period: str, now: datetime) -> Change:
    """The bank is about to be asked to pay the period. What it was asked before and has not
    answered is asked again in the same words; an account that cannot be is not asked about."""
    day, benefit = rules.calendar.local_day(now), case.application.benefit
    if benefit is None or period not in benefit.payable(day):
        return NOTHING
    known = benefit.transfers.get(period)
    if known and known.state is State.SENT:
        return NOTHING
    order = benefit.order_for(period)
    to = case.texts[f"order_{benefit.order_on(day).number}"]
    told = {**to, "amount": case.texts[f"order_{order.number}"]["amount"]}
    sent = Happening("payment_sent", {"period": period, "order": order.number})
    change = Change((sent,), texts={f"transfer_{period}": told})
    if problems := list(_detail_problems(told)):
        failed = _failure(benefit, period, problems[0].code)
        return Change((sent, failed), texts=change.texts)
    return change


def note_answer(case: Case, period: str, code: str | None) -> Change:
    """The bank paid, or (`code`) refused; its second answer is nothing new."""
    benefit = case.application.benefit
    known = benefit.transfers.get(period) if benefit else None
    if known is None or known.state is State.PAID:
        return NOTHING
    if code is None:
        return Change((Happening("payment_made", {"period": period, "order": known.order}),))
    if known.state is State.FAILED:
        return NOTHING
    return Change((_failure(benefit, period, code),))


def _failure(benefit: Benefit, period: str, code: str) -> Happening:
    """`told`: whether anybody is to hear of it; the same failure day by day is told once."""
    again = code in benefit.failures.get(period, ())
    return Happening("payment_failed", {"period": period, "code": code, "told": not again})


def mark_overdue(case: Case, rules: Rules, now: datetime) -> Change:
    """A first payment that its term has passed: said once, and the duty to pay remains."""
    benefit, term = case.application.benefit, _term(rules)
    if benefit is None or term is None or benefit.overdue or benefit.paused_on:
        return NOTHING
    if benefit.first_is_paid or benefit.is_over or now < _due(term, case, rules):
        return NOTHING
    return Change((Happening("payment_overdue", {"period": benefit.first}),))


def _due(term: Term, case: Case, rules: Rules) -> datetime:
    length = term.limit or term.promise
    return due(length, case.application.decision.at, rules.calendar).due


def _term(rules: Rules) -> Term | None:
    terms = (term for term in rules.service.terms if term.since is Milestone.DECIDED)
    return next((term for term in terms if term.name == PAYMENT_TERM), None)


# ---- the end of it ------------------------------------------------------------------------------


def stop(case: Case, rules: Rules, reason: str, since: date, by: str, now: datetime) -> Change:
    """What was granted ends on a day: its payments, its programme, and that it is known as support.
    `by`: the application that asked for it, or the officer. Ended before: nothing."""
    application = case.application
    if application.ended_by is not None:
        return NOTHING
    if not application.is_granted:
        raise WrongStage("nothing_granted")
    facts = rules.facts(case.form, now)
    data = {"reason": reason, "since": since.isoformat(), "by": by}
    forgets = support_ended(application, identity_key(rules, facts), now)
    return Change((Happening("ended", data),), forgets=forgets)


def claim(case: Case, periods: Iterable[str], words: str) -> Change:
    """What was paid wrongly is claimed back: the months concerned, each once, and their sum."""
    benefit = case.application.benefit
    periods = sorted(set(periods))
    if benefit is None:
        raise WrongStage("nothing_paid")
    paid = {p for p, t in benefit.transfers.items() if t.state is State.PAID}
    if wrong := [p for p in periods if p not in paid or p in benefit.claimed]:
        raise InvalidForm([Problem("periods", "not_paid_or_claimed", {"found": ", ".join(wrong)})])
    if not periods:
        raise InvalidForm([Problem("periods", "too_few", {"at_least": 1})])
    amount = sum((Decimal(case.texts[f"transfer_{p}"]["amount"]) for p in periods), Decimal(0))
    told = {"periods": periods, "amount": str(amount), "words": words}
    number = len([event for event in case.events if event.kind == "payment_claimed"]) + 1
    claimed = Happening("payment_claimed", {"periods": periods, "claim": number})
    return Change((claimed,), texts={f"claim_{number}": told}, result={"amount": str(amount)})


# ---- what people see ----------------------------------------------------------------------------


def history(case: Case) -> list[dict[str, Any]]:
    """Every payment, the latest first; of the account the last four digits."""
    benefit = case.application.benefit
    if benefit is None:
        return []
    return [
        {
            "period": period,
            "state": transfer.state,
            "at": transfer.at,
            "amount": case.texts[f"transfer_{period}"]["amount"],
            "account": _masked(case.texts[f"transfer_{period}"]["account"]),
            "code": transfer.code,
            "claimed": period in benefit.claimed,
        }
        for period, transfer in sorted(benefit.transfers.items(), reverse=True)
        if f"transfer_{period}" in case.texts  # sums and accounts are erased in the end
    ]


def orders(case: Case) -> list[dict[str, Any]]:
    """What is paid from which day, and to which account."""
    benefit = case.application.benefit
    if benefit is None:
        return []
    kept = [order for order in benefit.orders if f"order_{order.number}" in case.texts]
    told = [(order, case.texts[f"order_{order.number}"]) for order in kept]
    return [
        {"since": o.since, "amount": t["amount"], "account": _masked(t["account"])} for o, t in told
    ]


def claims(case: Case) -> list[dict[str, Any]]:
    """What is claimed back: which months, how much in all, and why."""
    made = sum(event.kind == "payment_claimed" for event in case.events)
    kept = (case.texts.get(f"claim_{number}") for number in range(1, made + 1))
    return [told for told in kept if told]


def expected(case: Case, day: date) -> dict[str, Any] | None:
    """The next payment: its period, and between which days it is made; no days where it is owed
    already, or has a term of its own."""
    benefit = case.application.benefit
    period = benefit.expected(day) if benefit else None
    if period is None:
        return None
    begins = begins_on(period)
    at_once = begins is None or (benefit.at_once and not benefit.first_is_paid)
    late = begins is not None and begins.replace(day=PAY_DAYS[-1]) < day
    if at_once or late:
        return {"period": period, "since": None, "until": None}
    days = {"since": begins.replace(day=PAY_DAYS[0]), "until": begins.replace(day=PAY_DAYS[-1])}
    return {"period": period} | days


def _masked(account: str) -> str:
    return f"…{account[-4:]}"


def _running(case: Case) -> Benefit:
    benefit = case.application.benefit
    if benefit is None or benefit.is_over or benefit.paused_on:
        raise WrongStage("nothing_paid")
    return benefit
