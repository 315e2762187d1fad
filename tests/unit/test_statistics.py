"""Figures of the office: what is open and overdue, what was in time, what the pace will break."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.calendars import calendar_for
from casework.application import Stage
from casework.statistics import (
    AHEAD,
    LOOKED_BACK,
    OpenLine,
    Outcome,
    count_decided,
    count_open,
    first_day_looked_back,
    forecast,
    outcome_of,
)
from tests.unit.fake_casebook import approved, on_review, refused, withdrawn

CALENDAR = calendar_for("RU-MOW")
TODAY = date(2026, 3, 2)  # a Monday; 9 March, the next one, is off
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def line(number: str, due: date, stage: str = "review") -> OpenLine:
    return OpenLine(number, "v1", stage, due)


def outcome(became: str, days: int = 1, promise: bool = True, limit: bool = True) -> Outcome:
    return Outcome("1", "v1", became, AT - timedelta(days=days), AT, promise, limit)


def test_what_is_open_is_counted_by_its_promise():
    lines = [
        line("1", TODAY - timedelta(days=1)),
        line("2", TODAY),
        line("3", TODAY + timedelta(days=1), "clarification"),
    ]
    assert count_open(lines, TODAY)._asdict() == {
        "total": 3, "overdue": 1, "due_today": 1, "waiting": 1,
    }  # fmt: skip


def test_what_was_decided_is_counted_by_promise_and_limit_and_a_withdrawal_by_neither():
    counted = count_decided(
        [
            outcome("approved", 3),
            outcome("refused", 40, promise=False),
            outcome("refused", 50, promise=False, limit=False),
            outcome("withdrawn"),
        ],
        CALENDAR,
    )
    assert (counted.decided, counted.approved, counted.refused, counted.withdrawn) == (3, 1, 2, 1)
    assert (counted.on_time, counted.late, counted.median_days) == (1, 1, 40)
    assert count_decided([], CALENDAR).median_days is None


def test_an_outcome_says_whether_its_terms_were_kept():
    in_time = outcome_of(approved().application, approved().rules)
    assert (in_time.outcome, in_time.promise_kept, in_time.limit_kept) == ("approved", True, True)
    life = on_review()
    life.wait(days=80)
    life.propose("approved")
    late = outcome_of(life.application, life.rules)
    assert (late.promise_kept, late.limit_kept) == (False, False)


def test_what_is_not_closed_or_was_never_filed_has_no_outcome():
    life = withdrawn()
    assert outcome_of(life.application, life.rules).outcome == "withdrawn"
    assert outcome_of(replace(life.application, submitted_at=None), life.rules) is None
    assert outcome_of(on_review().application, life.rules) is None
    assert outcome_of(refused().application, life.rules).outcome == "refused"


def test_the_first_due_are_decided_first_and_the_rest_break_their_promise():
    lines = [line(str(n), TODAY) for n in range(3)] + [line("next", TODAY + timedelta(days=1))]
    foreseen = forecast(lines, 2 * LOOKED_BACK, CALENDAR, TODAY)  # two a day
    first, second, *rest = foreseen.days
    assert (first.day, first.due, first.broken, first.numbers) == (TODAY, 3, 1, ("2",))
    assert (second.due, second.broken) == (1, 0)
    assert [day.broken for day in rest] == [0] * (AHEAD - 2)


def test_overdue_ones_are_decided_before_others():
    lines = [line("old", TODAY - timedelta(days=3)), line("new", TODAY)]
    foreseen = forecast(lines, LOOKED_BACK, CALENDAR, TODAY)
    assert (foreseen.overdue, foreseen.days[0].numbers) == (1, ("new",))


def test_what_waits_for_the_applicant_breaks_no_promise():
    foreseen = forecast([line("1", TODAY, Stage.CLARIFICATION)], 0, CALENDAR, TODAY)
    assert (foreseen.days[0].due, foreseen.days[0].broken) == (0, 0)


def test_the_days_ahead_are_worked_and_a_promise_for_a_holiday_is_kept_by_the_next():
    foreseen = forecast([line("1", date(2026, 3, 9))], 0, CALENDAR, TODAY)
    days = [day.day for day in foreseen.days]
    assert len(days) == AHEAD
    assert all(CALENDAR.day(day).working for day in days)
    assert [day.day for day in foreseen.days if day.due] == [date(2026, 3, 10)]


@pytest.mark.parametrize("today", [date(2026, 3, 7), date(2026, 1, 2)])
def test_on_a_day_off_the_first_day_ahead_is_the_next_one_worked(today):
    foreseen = forecast([line("1", today)], 0, CALENDAR, today)
    assert foreseen.days[0].day == CALENDAR.working_on_or_after(today)
    assert foreseen.days[0].due == 1


def test_the_pace_is_that_of_twenty_working_days():
    first = first_day_looked_back(CALENDAR, TODAY)
    worked = CALENDAR.working_days_through(TODAY - timedelta(days=1))
    assert worked - CALENDAR.working_days_through(first) + 1 == LOOKED_BACK


@given(
    st.lists(st.integers(-10, 25), max_size=60),
    st.integers(0, 200),
)
def test_more_decisions_never_break_more_promises_and_none_are_lost(offsets, decided):
    lines = [line(str(n), TODAY + timedelta(days=days)) for n, days in enumerate(offsets)]
    slow = forecast(lines, decided, CALENDAR, TODAY)
    quick = forecast(lines, decided + LOOKED_BACK, CALENDAR, TODAY)
    assert all(q.broken <= s.broken <= s.due for q, s in zip(quick.days, slow.days, strict=True))
    last = slow.days[-1].day
    promised = sum(line.due <= last for line in lines)
    assert slow.overdue + sum(day.due for day in slow.days) == promised
