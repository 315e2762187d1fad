"""The working calendar of one region: which days are worked, which are not, and why.

A year's file holds what the law and the government's decree say of that year; a `Calendar` joins
consecutive years for one region and answers in its local days. A day that no file covers is
refused (CalendarNotCovered): a guessed holiday would be a broken promise to a citizen.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import Annotated, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from casework.errors import BadDefinition, CalendarNotCovered, InvalidValue

SATURDAY = 5
ONE_DAY = timedelta(days=1)


class CalendarStatus(StrEnum):
    DECREED = "decreed"
    """The decree is published; the days will not move unless it is amended."""
    PROVISIONAL = "provisional"
    """Only what the law says by itself is known; a later decree may move days."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _iso_day(value: object) -> object:
    """TOML keys are strings; pydantic alone would also read "0" as the first day of 1970."""
    return date.fromisoformat(value) if isinstance(value, str) else value


Reason = Annotated[str, Field(min_length=1)]
DayReasons = dict[Annotated[date, BeforeValidator(_iso_day)], Reason]


class Region(_Frozen):
    """A federal subject. `zone` is the zone of its capital: a term's days are days there."""

    code: Annotated[str, Field(pattern=r"^RU-[A-Z]{2,3}$")]
    title: Reason
    zone: ZoneInfo
    own_days: bool = False
    """The region's law is known to add non-working days; a year that lists none is provisional."""


class RegionalDays(_Frozen):
    """What one region adds to one year; a holiday may fall on a weekend (it then names the day)."""

    status: CalendarStatus
    source: Reason
    days_off: DayReasons


class CalendarYear(_Frozen):
    """One year's file. Reasons are Russian and are shown to citizens.

    holidays          statutory holidays (Labour Code, article 112), those on weekends too
    days_off          weekdays off because a day off was moved there
    working_weekends  Saturdays and Sundays worked because their day off was moved
    regions           region code -> the days it adds
    """

    year: Annotated[int, Field(ge=2000, le=2100)]
    status: CalendarStatus
    decree: Reason
    source: Reason
    holidays: DayReasons
    days_off: DayReasons
    working_weekends: DayReasons = {}
    regions: dict[str, RegionalDays] = {}

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        listed = [self.holidays, self.days_off, self.working_weekends]
        regional = [overlay.days_off for overlay in self.regions.values()]
        for day in _every_day(listed + regional):
            if day.year != self.year:
                raise ValueError(f"{day} is not in {self.year}")
        for day in self.days_off:
            if _is_weekend(day) or day in self.holidays:
                raise ValueError(f"{day} is off without a transfer")
        for day in self.working_weekends:
            if not _is_weekend(day) or day in self.holidays:
                raise ValueError(f"{day} is no weekend that could be worked")
        return self


class CalendarDay(NamedTuple):
    """`code`: working, weekend, holiday, transferred, regional or working_weekend."""

    date: date
    working: bool
    code: str
    because: str


class Calendar:
    """Consecutive years as one region lives them. Every question about a day is O(1).

    Raises BadDefinition when the years have a gap or repeat, CalendarNotCovered for a day outside.
    """

    def __init__(self, years: Iterable[CalendarYear], region: Region) -> None:
        ordered = sorted(years, key=lambda year: year.year)
        _check_consecutive([year.year for year in ordered])
        self.region = region
        self.zone = region.zone
        self._years = {year.year: year for year in ordered}
        self._first = date(ordered[0].year, 1, 1).toordinal()
        self._days = tuple(
            _classify(day, self._years[day.year], region.code)
            for day in _days_of(ordered[0].year, ordered[-1].year)
        )
        self._working = tuple(day.date for day in self._days if day.working)
        # _worked[i]: working days up to and including day i; _starts[i]: the midnight it begins
        # with, one more than there are days, so that each day has an end.
        self._worked = tuple(accumulate(day.working for day in self._days))
        self._starts = tuple(
            datetime.combine(date.fromordinal(ordinal), time(), self.zone).astimezone(UTC)
            for ordinal in range(self._first, self._first + len(self._days) + 1)
        )

    def day(self, day: date) -> CalendarDay:
        return self._days[self._index(day)]

    def days(self, first: date, last: date) -> Sequence[CalendarDay]:
        """Every day from `first` to `last`, both included; empty when `last` is earlier."""
        return self._days[self._index(first) : self._index(last) + 1]

    def local_day(self, instant: datetime) -> date:
        """The region's date at that instant; InvalidValue(naive_instant) without an offset."""
        if instant.utcoffset() is None:
            raise InvalidValue("naive_instant", instant=instant.isoformat())
        return instant.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The local midnight the day begins with, in UTC."""
        return self._starts[self._index(day)]

    def end_of(self, day: date) -> datetime:
        """The next local midnight, in UTC: the first instant that is no longer in the day."""
        return self._starts[self._index(day) + 1]

    def working_days_through(self, day: date) -> int:
        """How many working days the calendar has up to and including that day."""
        return self._worked[self._index(day)]

    def working_day(self, number: int) -> date:
        """The calendar's working day of that number, from 1; undoes `working_days_through`."""
        if not 1 <= number <= len(self._working):
            raise self._not_covered(max(self._years) + 1 if number > 0 else min(self._years) - 1)
        return self._working[number - 1]

    def working_on_or_after(self, day: date) -> date:
        """The day itself when it is worked, else the next one that is."""
        if self.day(day).working:
            return day
        return self.working_day(self.working_days_through(day) + 1)

    def working_days_before(self, day: date, n: int) -> date:
        """The n-th working day before `day`, which itself is not counted; `day` when n is 0."""
        if n < 0:
            raise InvalidValue("negative_days", days=n)
        if n == 0:
            return day
        earlier = self.working_days_through(day) - self.day(day).working
        return self.working_day(earlier + 1 - n)

    def provisional(self, day: date) -> bool:
        """Whether a decree still to come may change this day's year for this region."""
        year = self._years[self.day(day).date.year]
        if year.status is CalendarStatus.PROVISIONAL:
            return True
        overlay = year.regions.get(self.region.code)
        if overlay is None:
            return self.region.own_days
        return overlay.status is CalendarStatus.PROVISIONAL

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._first
        if not 0 <= index < len(self._days):
            raise self._not_covered(day.year)
        return index

    def _not_covered(self, year: int) -> CalendarNotCovered:
        return CalendarNotCovered(year=year, region=self.region.code)


def _classify(day: date, year: CalendarYear, region_code: str) -> CalendarDay:
    """Holidays first: a region cannot take one away, and a region's own day beats a transfer."""
    overlay = year.regions.get(region_code)
    if reason := year.holidays.get(day):
        return CalendarDay(day, False, "holiday", reason)
    if overlay and (reason := overlay.days_off.get(day)):
        return CalendarDay(day, False, "regional", reason)
    if reason := year.days_off.get(day):
        return CalendarDay(day, False, "transferred", reason)
    if reason := year.working_weekends.get(day):
        return CalendarDay(day, True, "working_weekend", reason)
    if _is_weekend(day):
        return CalendarDay(day, False, "weekend", "выходной")
    return CalendarDay(day, True, "working", "рабочий день")


def _is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _every_day(lists: Iterable[DayReasons]) -> Iterator[date]:
    return (day for reasons in lists for day in reasons)


def _days_of(first_year: int, last_year: int) -> Iterator[date]:
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        yield day
        day += ONE_DAY


def _check_consecutive(years: Sequence[int]) -> None:
    if not years or list(years) != list(range(years[0], years[0] + len(years))):
        raise BadDefinition("calendar_gap", years=list(years))
