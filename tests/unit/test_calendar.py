"""The calendar's files, and what a calendar answers about a day."""

import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from adapters import calendars
from adapters.calendars import calendar_for, regions
from casework.calendar import Calendar, CalendarYear, Region
from casework.errors import BadDefinition, CalendarNotCovered, InvalidValue

MOSCOW, TATARSTAN, BASHKORTOSTAN = map(calendar_for, ("RU-MOW", "RU-TA", "RU-BA"))
YEARS = (2024, 2025, 2026, 2027)


def year_file(**changes) -> CalendarYear:
    entries = {
        "year": 2026,
        "status": "decreed",
        "decree": "Постановление",
        "source": "Собрание законодательства",
        "holidays": {"2026-05-01": "Праздник Весны и Труда"},
        "days_off": {},
    }
    return CalendarYear(**(entries | changes))


def moscow(**changes) -> Region:
    return Region(**({"code": "RU-MOW", "title": "Москва", "zone": "Europe/Moscow"} | changes))


def working_days(calendar: Calendar, year: int) -> int:
    return sum(day.working for day in calendar.days(date(year, 1, 1), date(year, 12, 31)))


class TestYears:
    def test_the_working_days_of_each_year_are_those_of_the_decrees(self):
        assert [working_days(MOSCOW, year) for year in YEARS] == [248, 247, 247, 247]

    def test_the_ministries_of_the_republics_count_the_same_days(self):
        assert [working_days(TATARSTAN, year) for year in (2025, 2026)] == [245, 244]
        assert [working_days(BASHKORTOSTAN, year) for year in (2024, 2026)] == [245, 244]

    @pytest.mark.parametrize("day", ["2026-01-09", "2026-03-09", "2026-05-11", "2026-12-31"])
    def test_a_day_moved_from_a_weekend_is_off(self, day):
        assert MOSCOW.day(date.fromisoformat(day)).code == "transferred"

    @pytest.mark.parametrize("day", ["2024-04-27", "2024-11-02", "2024-12-28", "2027-02-20"])
    def test_a_saturday_worked_by_decree_is_a_working_day_and_says_why(self, day):
        saturday = MOSCOW.day(date.fromisoformat(day))
        assert (saturday.working, saturday.code) == (True, "working_weekend")
        assert saturday.because.startswith("рабочая суббота: выходной перенесён на")

    def test_every_day_has_its_reason_in_russian(self):
        assert MOSCOW.day(date(2026, 11, 4))[1:] == (False, "holiday", "День народного единства")
        assert MOSCOW.day(date(2026, 11, 7))[1:] == (False, "weekend", "выходной")
        assert MOSCOW.day(date(2026, 11, 9))[1:] == (True, "working", "рабочий день")

    @pytest.mark.parametrize("day", [date(2023, 12, 31), date(2028, 1, 1)])
    def test_a_day_of_an_unknown_year_is_refused(self, day):
        for question in (MOSCOW.day, MOSCOW.end_of, MOSCOW.start_of, MOSCOW.provisional):
            with pytest.raises(CalendarNotCovered) as refusal:
                question(day)
            assert refusal.value.details == {"year": day.year, "region": "RU-MOW"}


class TestRegions:
    def test_all_subjects_with_an_iso_code_are_there_with_their_zones(self):
        assert len(regions()) == 83
        assert regions()["RU-KGD"].zone.key == "Europe/Kaliningrad"
        assert regions()["RU-TA"].title == "Республика Татарстан"

    def test_an_unknown_region_is_refused(self):
        with pytest.raises(InvalidValue) as refusal:
            calendar_for("RU-XXX")
        assert refusal.value.code == "unknown_region"
        assert refusal.value.details == {"region": "RU-XXX"}

    def test_every_region_has_a_calendar(self):
        for code in regions():
            assert calendar_for(code).region.code == code

    def test_every_overlay_is_of_a_region_known_to_have_days_of_its_own(self):
        for year in YEARS:
            path = calendars.PARAMETERS / "calendars" / f"{year}.toml"
            for code in tomllib.loads(path.read_text("utf-8"))["regions"]:
                assert regions()[code].own_days

    def test_tatarstan_does_not_move_its_holidays_from_weekends(self):
        assert TATARSTAN.day(date(2025, 3, 30)).because == "Ураза-байрам"
        assert TATARSTAN.day(date(2025, 3, 31)).working

    def test_bashkortostan_moves_its_holidays_from_weekends(self):
        assert not BASHKORTOSTAN.day(date(2025, 3, 31)).working
        assert not BASHKORTOSTAN.day(date(2025, 10, 13)).working

    def test_a_regional_holiday_is_worked_elsewhere(self):
        assert TATARSTAN.day(date(2026, 11, 6)).code == "regional"
        assert MOSCOW.day(date(2026, 11, 6)).working

    def test_dates_are_provisional_where_an_act_is_still_to_come(self):
        assert not MOSCOW.provisional(date(2027, 3, 10))
        assert TATARSTAN.provisional(date(2027, 3, 10))
        assert not TATARSTAN.provisional(date(2026, 3, 20))

    def test_dates_are_provisional_where_a_region_s_own_days_are_not_listed(self):
        assert calendar_for("RU-DA").provisional(date(2026, 6, 1))

    def test_a_provisional_year_is_provisional_everywhere(self):
        calendar = Calendar([year_file(status="provisional")], moscow())
        assert calendar.provisional(date(2026, 6, 1))


class TestDays:
    def test_a_day_is_the_day_of_the_region(self):
        instant = datetime(2026, 4, 20, 21, 30, tzinfo=UTC)
        assert MOSCOW.local_day(instant) == date(2026, 4, 21)
        assert calendar_for("RU-KGD").local_day(instant) == date(2026, 4, 20)

    def test_an_instant_without_an_offset_is_refused(self):
        with pytest.raises(InvalidValue, match="naive_instant"):
            MOSCOW.local_day(datetime(2026, 4, 20))  # noqa: DTZ001

    def test_a_day_ends_where_the_next_begins(self):
        first, second = date(2026, 12, 31), date(2027, 1, 1)
        assert MOSCOW.end_of(first) == MOSCOW.start_of(second)
        assert MOSCOW.end_of(first) == datetime(2026, 12, 31, 21, tzinfo=UTC)
        assert MOSCOW.end_of(date(2027, 12, 31)) == datetime(2027, 12, 31, 21, tzinfo=UTC)

    def test_a_zone_that_changes_its_clocks_has_short_and_long_days(self):
        calendar = Calendar([year_file()], moscow(zone="Europe/Berlin"))
        short, long = date(2026, 3, 29), date(2026, 10, 25)
        assert calendar.end_of(short) - calendar.start_of(short) == timedelta(hours=23)
        assert calendar.end_of(long) - calendar.start_of(long) == timedelta(hours=25)

    def test_the_reminder_two_working_days_before_skips_the_weekend(self):
        assert MOSCOW.working_days_before(date(2026, 4, 20), 2) == date(2026, 4, 16)
        assert MOSCOW.working_days_before(date(2026, 4, 19), 1) == date(2026, 4, 17)
        assert MOSCOW.working_days_before(date(2026, 4, 19), 0) == date(2026, 4, 19)

    def test_a_reminder_before_the_known_years_is_refused(self):
        with pytest.raises(CalendarNotCovered) as refusal:
            MOSCOW.working_days_before(date(2024, 1, 10), 2)
        assert refusal.value.details["year"] == 2023
        with pytest.raises(InvalidValue, match="negative_days"):
            MOSCOW.working_days_before(date(2024, 1, 10), -1)

    def test_working_days_are_numbered_and_found_by_their_number(self):
        for day in MOSCOW.days(date(2024, 1, 1), date(2027, 12, 31)):
            number = MOSCOW.working_days_through(day.date)
            if day.working:
                assert MOSCOW.working_day(number) == day.date
            elif number:
                assert MOSCOW.working_day(number) < day.date

    def test_the_next_working_day_is_the_day_itself_when_it_is_worked(self):
        assert MOSCOW.working_on_or_after(date(2026, 5, 8)) == date(2026, 5, 8)
        assert MOSCOW.working_on_or_after(date(2026, 5, 9)) == date(2026, 5, 12)

    def test_no_working_day_is_guessed_after_the_last_known_year(self):
        with pytest.raises(CalendarNotCovered) as refusal:
            MOSCOW.working_on_or_after(date(2027, 12, 31))
        assert refusal.value.details["year"] == 2028


class TestFilesThatContradictThemselves:
    @pytest.mark.parametrize(
        "changes",
        [
            {"holidays": {"2025-05-01": "Праздник Весны и Труда"}},
            {"days_off": {"2026-05-02": "суббота и так выходной"}},
            {"days_off": {"2026-05-01": "уже праздник"}},
            {"working_weekends": {"2026-05-05": "вторник и так рабочий"}},
            {
                "holidays": {"2026-05-09": "День Победы"},
                "working_weekends": {"2026-05-09": "праздник"},
            },
            {
                "regions": {
                    "RU-TA": {"status": "decreed", "source": "Закон", "days_off": {"0": "?"}}
                }
            },
            {"holidays": {"2026-05-01": ""}},
            {"status": "guessed"},
            {"decree_number": 1187},
        ],
    )
    def test_a_year_that_contradicts_itself_is_refused(self, changes):
        with pytest.raises(ValidationError):
            year_file(**changes)

    def test_a_gap_between_years_is_refused(self):
        later = year_file(year=2028, holidays={})
        for years in ([year_file(), later], [year_file(), year_file()], []):
            with pytest.raises(BadDefinition, match="calendar_gap"):
                Calendar(years, moscow())

    @pytest.mark.parametrize("code", ["MOW", "RU-mow", "RU-MOW\n", "RU-M1"])
    def test_a_region_code_is_an_iso_code(self, code):
        with pytest.raises(ValidationError):
            moscow(code=code)

    @pytest.mark.parametrize(
        "text", ['["RU-MOW"', '["RU-MOW"]\ntitle = "Москва"\nzone = "Europe/Mosco"\n']
    )
    def test_a_broken_file_is_named(self, text, tmp_path, monkeypatch):
        (tmp_path / "regions.toml").write_text(text, "utf-8")
        monkeypatch.setattr(calendars, "PARAMETERS", tmp_path)
        with pytest.raises(BadDefinition) as refusal:
            regions.__wrapped__()
        assert refusal.value.details["file"] == "regions.toml"
