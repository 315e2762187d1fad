"""Which month is paid when, how much, to which account; and what stops it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import benefit as benefits
from casework.benefit import ONCE, Benefit, State

AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Happened:
    kind: str
    data: dict = field(default_factory=dict)
    at: datetime = AT
    sequence: int = 1


def lived(*events: Happened) -> Benefit:
    known = None
    for event in events:
        known = benefits.fold(known, event)
    return known


def ordered(since: str = "2026-05-01", first: str | None = None, **more) -> Happened:
    told = {"first": first or since[:7], "since": since, "at_once": False}
    return Happened("payment_ordered", told | more)


def sent(period: str, order: int = 1) -> Happened:
    return Happened("payment_sent", {"period": period, "order": order})


def made(period: str) -> Happened:
    return Happened("payment_made", {"period": period, "order": 1})


def failed(period: str, code: str = "account_closed") -> Happened:
    return Happened("payment_failed", {"period": period, "code": code, "told": True})


def paid(*periods: str) -> list[Happened]:
    return [event for period in periods for event in (sent(period), made(period))]


def stopped(since: str) -> Happened:
    return Happened("ended", {"since": since, "reason": "refused", "by": "n"})


def day(text: str) -> date:
    return date.fromisoformat(text)


class TestMonths:
    @pytest.mark.parametrize(
        ("on", "payable"),
        [
            ("2026-04-30", ()),
            ("2026-05-01", ("2026-05",)),
            ("2026-05-05", ("2026-05",)),
            ("2026-05-06", ()),  # nobody asked the bank in the first days: next month at the latest
            ("2026-06-01", ("2026-05", "2026-06")),
        ],
    )
    def test_a_month_is_paid_in_its_first_five_days(self, on, payable):
        assert lived(ordered()).payable(day(on)) == payable

    def test_what_failed_is_tried_on_the_days_after_too(self):
        known = lived(ordered(), sent("2026-05"), failed("2026-05"))
        assert known.payable(day("2026-05-20")) == ("2026-05",)
        assert known.watch == "daily"

    def test_what_was_paid_is_not_paid_again(self):
        known = lived(ordered(), *paid("2026-05"))
        assert known.payable(day("2026-05-02")) == ()
        assert known.watch == "monthly"

    @pytest.mark.parametrize(
        ("month", "after"), [("2026-12", "2027-01"), ("2027-01", "2027-02"), ("2028-02", "2028-03")]
    )
    def test_one_month_follows_another(self, month, after):
        assert benefits.month_after(month) == after

    def test_a_first_payment_with_a_term_does_not_wait_for_its_month(self):
        known = lived(ordered("2026-05-01", at_once=True))
        assert known.payable(day("2026-04-10")) == ("2026-05",)
        assert known.watch == "daily"
        assert lived(ordered(at_once=True), *paid("2026-05")).watch == "monthly"

    def test_a_one_time_payment_is_due_at_once_and_then_over(self):
        order = ordered("2026-04-10", first=ONCE, at_once=True)
        assert lived(order).payable(day("2026-04-10")) == (ONCE,)
        assert lived(order, *paid(ONCE)).payable(day("2026-05-01")) == ()
        assert lived(order, *paid(ONCE)).watch is None


class TestDetails:
    FROM_MAY, FROM_JULY = ordered(), ordered("2026-07-01", by="n")

    def test_each_month_has_the_sum_that_is_in_force_when_it_begins(self):
        known = lived(self.FROM_MAY, self.FROM_JULY)
        months = ("2026-05", "2026-06", "2026-07", "2027-02")
        assert [known.order_for(month).number for month in months] == [1, 1, 2, 2]

    @pytest.mark.parametrize(
        ("since", "changed_in"), [("2026-06-02", "2026-07"), ("2028-02-29", "2028-03")]
    )
    def test_a_change_in_the_middle_counts_from_the_month_that_follows(self, since, changed_in):
        known = lived(self.FROM_MAY, ordered(since, by="n"))
        assert known.order_for(since[:7]).number == 1
        assert known.order_for(changed_in).number == 2

    def test_an_account_counts_from_its_very_day(self):
        known = lived(self.FROM_MAY, ordered("2026-06-03", by="n"))
        days = ("2026-06-02", "2026-06-03", "2026-06-04")
        assert [known.order_on(day(on)).number for on in days] == [1, 2, 2]

    def test_of_two_changes_from_one_day_the_later_one_counts(self):
        known = lived(self.FROM_MAY, self.FROM_JULY, self.FROM_JULY)
        assert known.order_for("2026-07").number == 3

    def test_a_change_from_an_earlier_day_leaves_the_later_one_in_force(self):
        known = lived(self.FROM_MAY, self.FROM_JULY, ordered("2026-06-01", by="m"))
        assert [known.order_for(m).number for m in ("2026-06", "2026-07")] == [3, 2]


class TestTheEnd:
    @pytest.mark.parametrize(
        ("since", "owed"), [("2026-06-01", ("2026-05",)), ("2026-06-02", ("2026-05", "2026-06"))]
    )
    def test_a_month_that_began_before_the_last_day_is_still_owed(self, since, owed):
        known = lived(ordered(), stopped(since))
        assert known.owed(day("2026-08-01")) == owed
        assert known.watch == "monthly"

    def test_when_all_before_it_is_paid_nobody_looks_any_more(self):
        known = lived(ordered(), *paid("2026-05"), stopped("2026-06-01"))
        assert known.watch is None

    @pytest.mark.parametrize("since", ["0001-01-01", "9999-12-31"])
    def test_no_day_is_too_far(self, since):
        known = lived(ordered(), *paid("2026-05"), stopped(since))
        assert known.watch == (None if since < "2026" else "monthly")
        assert lived(ordered(), ordered(since, by="n")).order_for("2026-05").number in (1, 2)

    def test_stopped_before_it_began_nothing_is_owed(self):
        known = lived(ordered(), stopped("2026-04-15"))
        assert (known.owed(day("2027-01-01")), known.watch) == ((), None)

    def test_what_the_bank_was_asked_for_is_followed_up(self):
        known = lived(ordered(), sent("2026-05"), stopped("2026-05-01"))
        assert known.payable(day("2026-05-03")) == ("2026-05",)
        assert known.watch == "daily"

    def test_what_the_bank_refused_is_not_tried_after_a_stop(self):
        known = lived(ordered(), sent("2026-05"), failed("2026-05"), stopped("2026-05-01"))
        assert (known.payable(day("2026-05-03")), known.watch) == ((), None)

    def test_the_earliest_end_stands(self):
        assert lived(ordered(), stopped("2026-07-01"), stopped("2026-06-01")).stopped_on == (
            "2026-06-01"
        )

    def test_a_one_time_payment_that_was_stopped_in_time_is_not_made(self):
        order = ordered("2026-04-10", first=ONCE, at_once=True)
        assert lived(order, stopped("2026-04-10")).payable(day("2026-04-11")) == ()


class TestADecisionThatAnAppealUndid:
    def undone(self, *before: Happened, on: str = "2026-07-15") -> Benefit:
        return benefits.pause(lived(*before), on)

    def resumed(self, known: Benefit, first: str = "2026-10") -> Benefit:
        anew = ordered(known.paused_on, first=first)
        return benefits.fold(known, anew)

    def test_nothing_that_begins_after_the_day_is_paid_until_it_is_decided_anew(self):
        known = self.undone(ordered(), *paid("2026-05", "2026-06"))
        assert known.owed(day("2026-09-01")) == ("2026-07",)
        known = benefits.fold(benefits.fold(known, sent("2026-07")), made("2026-07"))
        assert (known.payable(day("2026-09-01")), known.watch) == ((), None)

    def test_the_months_that_went_by_are_paid_as_the_new_decision_orders(self):
        known = self.resumed(self.undone(ordered(), *paid("2026-05", "2026-06", "2026-07")))
        assert known.payable(day("2026-10-01")) == ("2026-08", "2026-09", "2026-10")
        assert {known.order_for(m).number for m in ("2026-08", "2026-09", "2027-05")} == {2}
        assert known.watch == "monthly"

    def test_a_later_sum_that_the_old_decision_had_ahead_is_no_more(self):
        known = self.resumed(self.undone(ordered(), ordered("2027-01-01", by="n")))
        assert [known.order_for(m).number for m in ("2026-07", "2027-02")] == [1, 3]
        known = benefits.fold(known, ordered("2027-03-01", by="m"))
        assert [known.order_for(m).number for m in ("2027-02", "2027-03")] == [3, 4]

    def test_what_had_ended_for_good_stays_so(self):
        known = self.resumed(self.undone(ordered(), stopped("2026-06-01")))
        assert known.owed(day("2027-01-01")) == ("2026-05",)

    def test_refused_anew_what_was_owed_before_is_still_paid(self):
        known = self.undone(ordered())
        assert known.payable(day("2026-08-01")) == ("2026-05", "2026-06", "2026-07")
        assert known.watch == "monthly"

    def test_what_is_paid_once_waits_too(self):
        once = ordered("2026-07-14", first=ONCE, at_once=True)
        known = self.undone(once)
        assert (known.payable(day("2026-07-16")), known.watch) == ((), None)
        anew = self.resumed(known, first=ONCE)
        assert anew.payable(day("2026-09-20")) == (ONCE,)
        assert anew.order_for(ONCE).number == 2

    def test_monthly_where_it_was_once_begins_with_the_month_that_is_ordered(self):
        once = ordered("2026-07-14", first=ONCE, at_once=True)
        known = self.resumed(self.undone(once, *paid(ONCE)))
        assert known.owed(day("2026-10-05")) == ("2026-10",)


# ---- against a model that knows nothing of orders and states ------------------------------------

BEGIN, DAYS = day("2027-11-15"), 480  # over two new years and a leap February
somewhen = st.integers(0, DAYS).map(lambda n: BEGIN + timedelta(days=n))
edges = st.sampled_from([
    day(text)
    for text in (
        "2027-12-01", "2027-12-31", "2028-01-01", "2028-02-28", "2028-02-29", "2028-03-01",
        "2028-03-31", "2028-04-01", "2028-12-31", "2029-01-01",
    )
])  # fmt: skip


@given(
    st.lists(st.one_of(edges, somewhen), max_size=4),
    st.none() | st.one_of(edges, somewhen),
    st.sets(st.one_of(edges, somewhen), max_size=20),
)
def test_every_month_is_paid_once_by_the_order_in_force(changes, stop, bank_is_shut_on):
    """All changes and the stop are known from the beginning; the bank refuses on some days."""
    events = [ordered("2027-12-01"), *(ordered(c.isoformat(), by="n") for c in changes)]
    events += [stopped(stop.isoformat())] if stop else []
    known, got = lived(*events), {}
    for n in range(DAYS):
        today = BEGIN + timedelta(days=n)
        for period in known.payable(today):
            order = known.order_for(period).number
            known = benefits.fold(known, sent(period, order))
            if today in bank_is_shut_on:
                known = benefits.fold(known, failed(period))
                continue
            assert period not in got
            got[period] = (order, known.order_on(today).number, today)
            known = benefits.fold(known, made(period))
            assert known.transfers[period].state is State.PAID
    last_day = BEGIN + timedelta(days=DAYS - 1)
    begins = [date(y, m, 1) for y in (2027, 2028, 2029) for m in range(1, 13)]
    due = [b for b in begins if day("2027-12-01") <= b <= last_day and (not stop or b < stop)]
    orders = [day("2027-12-01"), *changes]

    def latest(on):
        in_force = [place for place, since in enumerate(orders, 1) if since <= on]
        return max(in_force, key=lambda place: (orders[place - 1], place), default=1)

    unpaid = [begun for begun in due if f"{begun:%Y-%m}" not in got]
    assert set(got) == {f"{begun:%Y-%m}" for begun in due if begun not in unpaid}
    for begun in unpaid:  # only what the bank refused on every day it was tried on
        assert {on for on in _first_days(begun) if on <= last_day} <= bank_is_shut_on
    for period, (order, account, on) in got.items():
        begun = date.fromisoformat(f"{period}-01")
        assert (order, account) == (latest(begun), latest(on))
        assert on in _first_days(begun) or _first_days(begun) <= bank_is_shut_on


def _first_days(begun: date) -> set[date]:
    return {begun + timedelta(days=n) for n in range(5)}


class TestExpected:
    @pytest.mark.parametrize(
        ("events", "on", "period"),
        [
            ([ordered()], "2026-04-10", "2026-05"),
            ([ordered()], "2026-05-20", "2026-05"),  # missed: it is still owed
            ([ordered(), *paid("2026-05")], "2026-05-20", "2026-06"),
            ([ordered(), *paid("2026-05"), *paid("2026-06")], "2026-05-20", "2026-07"),
            ([ordered(), *paid("2026-05"), stopped("2026-06-01")], "2026-05-20", None),
            ([ordered(), *paid("2026-05"), stopped("2026-07-01")], "2026-05-20", "2026-06"),
            ([ordered(first=ONCE)], "2026-05-02", ONCE),
            ([ordered(first=ONCE), *paid(ONCE)], "2026-05-20", None),
        ],
    )
    def test_what_is_paid_next(self, events, on, period):
        assert lived(*events).expected(day(on)) == period
