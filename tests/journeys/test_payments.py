"""Payments on the real machine, month after month: paid once whatever happens, failed and tried
again, changed from a day, stopped from a day. The bank's book is what counts."""

from zoneinfo import ZoneInfo

import pytest

from local import people
from local.office import Office, Refused
from tests.journeys.appeal_steps import appeal_form, rule, third
from tests.journeys.provision_steps import (
    apply_for,
    benefit,
    granted,
    history,
    paid,
    periods,
    run_payments,
)
from tests.journeys.steps import (
    begin,
    clock,
    dead_letters,
    events,
    happened,
    stage,
    told,
    told_inside,
    wait_until,
)
from tests.variants import sampled

SUM = "10000.00"  # the childcare benefit of services/parameters/figures.toml
PAYER = "functions.decide.payments.pay_part"


def last_digits(office: Office, number: str) -> str:
    return office.casebook.load(number).texts["order_1"]["account"][-4:]


def nothing_left(office: Office) -> None:
    assert dead_letters(office) == []
    assert office.cloud.dropped == []
    assert list(office.cloud.lambdas.errors) == []


# ---- month after month --------------------------------------------------------------------------


def test_paid_each_month_over_the_new_year_and_february(office: Office) -> None:
    """The first payment does not wait: its service promises it within ten working days."""
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2027-03-01 12:00")
    account = last_digits(office, number)
    months = ("2026-12", "2027-01", "2027-02", "2027-03")
    assert paid(office, number) == [(month, SUM, account) for month in months]
    assert happened(office, number, "payment_made") == [
        "2026-11-20 06:00",
        "2027-01-01 06:00",
        "2027-02-01 06:00",
        "2027-03-01 06:00",
    ]
    assert [line["state"] for line in history(office, number)] == ["paid"] * 4
    nothing_left(office)


def test_who_is_paid_still_finds_the_application_in_his_list(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    (line,) = office.citizen.get("/applications")["applications"]
    assert (line["number"], line["stage"], line["due_day"]) == (number, "approved", None)


def test_the_history_tells_no_whole_account(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2026-11-25 12:00")
    shown = office.citizen.get(f"/applications/{number}/payments")
    account = office.casebook.load(number).texts["order_1"]["account"]
    assert account not in str(shown)
    assert shown["history"][0]["account"] == f"…{account[-4:]}"
    told_of = str([event.data for event in office.casebook.load(number).events])
    assert account not in told_of
    assert SUM not in told_of


def test_care_is_paid_in_the_first_days_of_the_month_after(office: Office) -> None:
    """Its service promises no first payment: it comes when the month does."""
    begin(office, "2026-04-06 10:00")
    number = granted(office, "care-for-disabled")
    wait_until(office, "2026-04-30 12:00")
    assert paid(office, number) == []
    wait_until(office, "2026-06-10 12:00")
    assert periods(office, number) == ["2026-05", "2026-06"]


def test_at_birth_is_paid_once(office: Office) -> None:
    begin(office, "2026-04-06 10:00")
    number = benefit(office, "at_birth")
    wait_until(office, "2026-07-10 12:00")
    assert [(period, sum_) for period, sum_, _ in paid(office, number)] == [("once", "25000.00")]
    assert happened(office, number, "payment_made") == ["2026-04-08 06:00"]


@pytest.mark.long
def test_in_the_far_east_it_is_the_first_too(office: Office) -> None:
    kamchatka = ZoneInfo("Asia/Kamchatka")
    begin(office, "2026-04-06 10:00")
    number = granted(office, "care-for-disabled")
    wait_until(office, "2026-05-02 12:00")
    assert clock(history(office, number)[0]["at"], kamchatka)[:10] == "2026-05-01"


# ---- paid once ----------------------------------------------------------------------------------


def test_run_twice_it_is_paid_once(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2027-01-01 06:00")
    assert run_payments(office, "again") == "SUCCEEDED"
    assert run_payments(office, "and-again") == "SUCCEEDED"
    office.cloud.advance(hours=1)
    assert periods(office, number) == ["2026-12", "2027-01"]
    assert events(office, number).count("payment_made") == 2


def test_with_nobody_to_pay_the_run_ends_at_once(office: Office) -> None:
    assert run_payments(office, "empty") == "SUCCEEDED"
    states = office.cloud.execution("empty", "BenefitPayments")["states"]
    assert states == ["List the payments", "Is anybody to be paid?", "Asked for"]


@pytest.mark.long
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("handler", [PAYER, "functions.decide.payments.take_answers"])
def test_whoever_dies_at_any_call_pays_once(office: Office, handler: str, when: str) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    office.cloud.calls.clear()
    wait_until(office, "2026-11-21 12:00")
    calls = sum(called == handler for called, _ in office.cloud.calls)
    assert calls > 1  # it reads and it writes
    for call in range(1, calls + 1):
        begin(office, "2026-11-18 10:00")
        number = benefit(office)
        office.cloud.kill(handler, call, when)
        wait_until(office, "2027-01-03 12:00")
        assert periods(office, number) == ["2026-12", "2027-01"], call
        assert events(office, number).count("payment_made") == 2, call
        assert dead_letters(office) == []


@pytest.mark.parametrize(("call", "when"), sampled([(2, "after"), (3, "before"), (3, "after")], 2))
def test_dead_around_asking_the_bank_it_pays_once(office: Office, call: int, when: str) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    office.cloud.kill(PAYER, call, when)
    wait_until(office, "2026-11-22 12:00")
    assert periods(office, number) == ["2026-12"]
    assert events(office, number).count("payment_made") == 1
    assert dead_letters(office) == []


def test_while_the_bank_is_down_the_order_waits_and_is_paid_once(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    office.bank.down = True
    wait_until(office, "2026-11-23 12:00")
    assert history(office, number)[0]["state"] == "sent"
    office.bank.down = False
    wait_until(office, "2026-11-24 12:00")
    assert periods(office, number) == ["2026-12"]
    assert len(office.bank.asked) > 1  # asked every day, by one key


# ---- a failed transfer --------------------------------------------------------------------------


def test_a_refused_transfer_is_told_once_and_tried_until_it_is_paid(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2026-12-15 12:00")
    account = office.casebook.load(number).texts["order_1"]["account"]
    office.bank.refuses[account] = "account_closed"
    wait_until(office, "2027-01-04 12:00")
    assert history(office, number)[0]["code"] == "account_closed"
    assert [what for what, _ in told(office, number)].count("payment_failed") == 1
    assert told_inside(office, number).count(("operators", "payment_failed")) == 1
    office.bank.refuses.clear()
    wait_until(office, "2027-01-05 12:00")
    assert periods(office, number) == ["2026-12", "2027-01"]


def test_not_paid_within_ten_working_days_is_told_and_still_owed(office: Office) -> None:
    """Decided on Thursday 19 November: the tenth working day is 3 December."""
    begin(office, "2026-11-18 10:00")
    number = apply_for(
        office, "child-benefits", programme="at_birth", child_birth_date="01.09.2026"
    )
    account = office.casebook.load(number).form["account"]
    office.bank.refuses[account] = "account_closed"
    office.approve(number, explanation="Проверено")
    wait_until(office, "2026-12-10 12:00")
    assert happened(office, number, "payment_overdue") == ["2026-12-04 06:00"]
    assert ("payment_overdue", "2026-12-04 06:00") in told(office, number)
    assert ("operators", "payment_overdue") in told_inside(office, number)
    office.bank.refuses.clear()
    wait_until(office, "2026-12-11 12:00")
    assert periods(office, number) == ["once"]


# ---- changes ------------------------------------------------------------------------------------


def change_of_account(office: Office, number: str, effective: str) -> str:
    """Applied for as a change of what was granted, and approved."""
    change = asked_for_another_account(office, number, effective)
    office.approve(change, explanation="Проверено")
    office.cloud.advance(minutes=1)
    return change


def asked_for_another_account(office: Office, number: str, effective: str) -> str:
    form = office.casebook.load(number).form
    bic = people.bic_for(77)
    return apply_for(
        office,
        "change-or-renewal",
        granted=number,
        change="payee",
        effective=effective,
        snils=form["snils"],
        bic=bic,
        account=people.bank_account_for(4321, bic),
    )


def test_a_new_account_counts_from_its_day(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    old = last_digits(office, number)
    wait_until(office, "2027-01-10 12:00")
    change = change_of_account(office, number, "10.01.2027")
    wait_until(office, "2027-02-10 12:00")
    assert [(period, account) for period, _, account in paid(office, number)] == [
        ("2026-12", old),
        ("2027-01", old),
        ("2027-02", "4321"),
    ]
    assert change in office.casebook.load(number).application.changed_by
    assert [what for what, _ in told(office, number)][-1] == "payment_changed"


def test_the_new_account_saves_a_month_that_failed(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2026-12-15 12:00")
    account = office.casebook.load(number).texts["order_1"]["account"]
    office.bank.refuses[account] = "account_closed"
    wait_until(office, "2027-01-08 12:00")
    change_of_account(office, number, "08.01.2027")
    wait_until(office, "2027-01-12 12:00")
    assert paid(office, number)[-1] == ("2027-01", SUM, "4321")


def test_the_officer_orders_another_sum_from_a_month(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2026-12-15 12:00")
    order = {"since": "2027-02-01", "amount": "9500.00"}
    office.officer.post(f"/applications/{number}/payment-order", order)
    wait_until(office, "2027-02-02 12:00")
    assert [sum_ for _, sum_, _ in paid(office, number)] == [SUM, SUM, "9500.00"]


@pytest.mark.parametrize("call", sampled(range(1, 7), 1, 4))
def test_a_change_takes_effect_once_though_its_bringer_dies(office: Office, call: int) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    office.cloud.kill("functions.decide.review.issue_outcome", call, "after")
    change_of_account(office, number, "19.11.2026")
    office.cloud.advance(minutes=20)
    assert len(office.casebook.load(number).application.benefit.orders) == 2
    assert events(office, number).count("changed_by") == 1


# ---- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", sampled(["death", "violation"], 0))
def test_stopped_from_a_day_nothing_that_begins_later_is_paid(office: Office, reason: str) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2027-01-15 12:00")
    stop = {"reason": reason, "since": "2027-02-01"}
    office.officer.post(f"/applications/{number}/stop", stop)
    wait_until(office, "2027-04-10 12:00")
    assert periods(office, number) == ["2026-12", "2027-01"]
    assert told(office, number)[-1][0] == "granted_ended"
    shown = office.citizen.get(f"/applications/{number}/payments")
    assert shown["stopped_on"] == "2027-02-01"


def test_what_was_paid_wrongly_is_claimed_back_month_by_month(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2027-02-10 12:00")
    path = f"/applications/{number}/repayment"
    claim = {"periods": ["2027-01", "2027-02"], "words": "Доход был выше предела"}
    shown = office.officer.post(path, claim)
    assert [line["claimed"] for line in shown["history"]] == [True, True, False]
    assert office.casebook.load(number).texts["claim_1"]["amount"] == "20000.00"
    for wrong in (["2027-01"], ["2027-03"]):
        with pytest.raises(Refused) as refused:
            office.officer.post(path, claim | {"periods": wrong})
        assert refused.value.fields == {"periods": "not_paid_or_claimed"}
    office.cloud.settle()
    assert told(office, number)[-1][0] == "payment_claimed"


def test_a_change_of_what_has_ended_meanwhile_is_told_to_the_officer(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    change = asked_for_another_account(office, number, "18.11.2026")
    stop = {"reason": "death", "since": "2026-11-19"}
    office.officer.post(f"/applications/{number}/stop", stop)
    office.approve(change, explanation="Проверено")
    office.cloud.advance(minutes=1)
    assert "effect_missed" in events(office, change)
    assert ("operators", "effect_missed") in told_inside(office, change)


@pytest.mark.long
def test_the_new_account_counts_whatever_its_service_calls_it(office: Office) -> None:
    begin(office, "2026-04-06 10:00")
    number = granted(office, "care-for-disabled")
    change_of_account(office, number, "07.04.2026")
    wait_until(office, "2026-05-02 12:00")
    assert [account for _, _, account in paid(office, number)] == ["4321"]


# ---- a decision that an appeal undid ------------------------------------------------------------


def sent_back(office: Office, number: str) -> None:
    """The mother appeals against how much she was granted, and is right."""
    form = appeal_form(office, number)
    appeal = office.draft(form, service="appeal")
    office.submit(appeal)
    rule(office, appeal, "sent_back")


def decided_anew(office: Office, number: str) -> None:
    third(office).post(
        f"/applications/{number}/proposal", {"outcome": "approved", "explanation": "Проверено"}
    )
    office.cloud.advance(minutes=5)


def test_an_approval_that_is_sent_back_pauses_and_the_new_one_orders_anew(office: Office) -> None:
    begin(office, "2026-11-18 10:00")
    number = benefit(office)
    wait_until(office, "2026-12-10 12:00")
    office.officer.post(
        f"/applications/{number}/payment-order", {"since": "2027-02-01", "amount": "1.00"}
    )
    sent_back(office, number)
    assert stage(office, number) == "review"
    assert [line["number"] for line in office.officer.get("/queue")["applications"]] == [number]
    wait_until(office, "2027-02-20 12:00")
    assert periods(office, number) == ["2026-12"]
    decided_anew(office, number)
    wait_until(office, "2027-03-02 12:00")
    assert paid(office, number) == [
        (month, SUM, last_digits(office, number))
        for month in ("2026-12", "2027-01", "2027-02", "2027-03")
    ]
    assert events(office, number).count("payment_ordered") == 3
    nothing_left(office)


def test_what_was_paid_once_is_not_paid_again_and_the_officer_hears_of_it(office: Office) -> None:
    begin(office, "2026-04-06 10:00")
    number = benefit(office, "at_birth")
    wait_until(office, "2026-04-10 12:00")
    sent_back(office, number)
    decided_anew(office, number)
    wait_until(office, "2026-06-10 12:00")
    assert periods(office, number) == ["once"]
    assert ("operators", "effect_missed") in told_inside(office, number)
