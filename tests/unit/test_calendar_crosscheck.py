"""Our federal days against the `holidays` package, day by day: equal totals can hide two errors.

The package has decrees up to 2027 (0.109) and no regions; past its decrees it guesses silently, so
a year that it has no transfers for must not be compared.
"""

from datetime import date, timedelta

import holidays
import pytest

from adapters.calendars import calendar_for

MOSCOW = calendar_for("RU-MOW")


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_each_federal_day_is_worked_or_not_as_elsewhere(year):
    theirs = holidays.RU(years=year)
    assert year in theirs.special_public_holidays, "the package has no decree for this year"
    day = date(year, 1, 1)
    while day.year == year:
        worked = day in theirs.weekend_workdays or (day.weekday() < 5 and day not in theirs)
        assert MOSCOW.day(day).working == worked, day
        day += timedelta(days=1)
