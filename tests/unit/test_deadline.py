"""Terms as a citizen would retell them, then at random against the recount."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters.calendars import calendar_for
from casework.deadline import (
    ClockEvent,
    Length,
    OnQuestion,
    Unit,
    due,
    prove,
)
from casework.errors import CalendarNotCovered, InvalidValue
from tests.unit import recount

MOSCOW = calendar_for("RU-MOW")
WORKING, CALENDAR, HOURS = Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.HOURS
RESTART, RUN_ON = OnQuestion.RESTART, OnQuestion.RUN_ON


def length(amount: int, unit: Unit = WORKING) -> Length:
    return Length(amount=amount, unit=unit)


def at(text: str) -> datetime:
    """Moscow time: '2026-04-20' is its noon, '2026-04-20 23:59' exact."""
    moment = datetime.fromisoformat(text)
    return (moment if " " in text else moment.replace(hour=12)).replace(tzinfo=MOSCOW.zone)


def asked(text: str) -> ClockEvent:
    return ClockEvent("asked", at(text))


def answered(text: str) -> ClockEvent:
    return ClockEvent("answered", at(text))


def paused(text: str) -> ClockEvent:
    return ClockEvent("paused", at(text))


def resumed(text: str) -> ClockEvent:
    return ClockEvent("resumed", at(text))


def extended(text: str, days: int) -> ClockEvent:
    return ClockEvent("extended", at(text), days)


def due_day(term: Length, received: str, *events: ClockEvent, **options) -> date:
    """Of `prove`, having checked that `due` agrees."""
    proven = prove(term, at(received), MOSCOW, events, **options)
    assert due(term, at(received), MOSCOW, events, **options) == proven[:3]
    return proven.due_day


def ledger_of(term: Length, received: str, *events: ClockEvent, **options) -> dict:
    proven = prove(term, at(received), MOSCOW, events, **options)
    return {line.day: line for line in proven.ledger}


class TestCounting:
    def test_the_day_of_receipt_is_not_counted(self):
        lines = ledger_of(length(1), "2026-04-20")
        assert not lines[date(2026, 4, 20)].counted
        assert lines[date(2026, 4, 20)].code == "received"
        assert lines[date(2026, 4, 21)].counted
        assert list(lines) == [date(2026, 4, 20), date(2026, 4, 21)]

    def test_a_working_day_term_skips_weekends_and_holidays(self):
        assert due_day(length(30), "2026-04-20") == date(2026, 6, 3)

    def test_the_holiday_that_was_skipped_is_named(self):
        lines = ledger_of(length(30), "2026-04-20")
        assert lines[date(2026, 5, 9)].because == "День Победы"
        assert lines[date(2026, 5, 11)].because == "выходной перенесён с субботы 9 мая"

    def test_a_working_saturday_is_counted(self):
        assert due_day(length(1), "2024-04-26") == date(2024, 4, 27)

    def test_an_application_on_a_weekend_is_first_counted_on_monday(self):
        assert due_day(length(1), "2026-04-18") == date(2026, 4, 20)

    def test_the_due_instant_is_the_midnight_after_the_due_day(self):
        end = due(length(1), at("2026-04-20"), MOSCOW)
        assert end.due == at("2026-04-22 00:00")
        assert end.due.tzinfo is MOSCOW.zone

    def test_a_calendar_day_term_that_ends_on_a_weekend_ends_on_the_next_working_day(self):
        term = length(5, CALENDAR)
        assert due_day(term, "2026-04-20") == date(2026, 4, 27)
        lines = ledger_of(term, "2026-04-20")
        assert lines[date(2026, 4, 25)].counted
        assert lines[date(2026, 4, 26)].code == "rolled"
        assert "срок окончится в ближайший рабочий" in lines[date(2026, 4, 27)].because

    def test_a_calendar_day_term_counts_the_days_off_within_it(self):
        lines = ledger_of(length(10, CALENDAR), "2026-04-20")
        assert lines[date(2026, 4, 25)].counted
        assert lines[date(2026, 4, 25)].because == "выходной; срок считается в календарных днях"

    def test_the_new_year_holidays_move_a_calendar_day_term_to_the_twelfth_of_january(self):
        assert due_day(length(10, CALENDAR), "2025-12-25") == date(2026, 1, 12)

    def test_the_leap_day_is_a_day_like_any_other(self):
        assert due_day(length(1), "2024-02-28") == date(2024, 2, 29)
        assert due_day(length(2, CALENDAR), "2024-02-28") == date(2024, 3, 1)

    def test_a_term_in_hours_runs_exactly_through_the_weekend(self):
        end = due(length(24, HOURS), at("2026-04-18 10:30"), MOSCOW)
        assert end == (at("2026-04-19 10:30"), date(2026, 4, 19), False)

    def test_hours_that_end_at_midnight_end_in_the_day_before(self):
        proven = prove(length(24, HOURS), at("2026-04-18 00:00"), MOSCOW)
        assert proven.due_day == date(2026, 4, 18)
        assert [line.day for line in proven.ledger] == [date(2026, 4, 18)]

    def test_the_ledger_of_hours_lists_the_days_they_touch(self):
        lines = ledger_of(length(30, HOURS), "2026-04-18 22:00")
        assert [line.counted for line in lines.values()] == [True, True, True]


class TestPlaces:
    def test_the_day_is_the_day_of_the_region(self):
        """At 22:00 in Moscow it is already tomorrow in Kamchatka."""
        late = at("2026-04-20 22:00")
        assert due(length(1), late, MOSCOW).due_day == date(2026, 4, 21)
        assert due(length(1), late, calendar_for("RU-KAM")).due_day == date(2026, 4, 22)

    def test_the_same_instant_is_the_same_whatever_offset_it_is_written_in(self):
        moment = at("2026-04-20 23:30")
        for zone in (UTC, timezone(timedelta(hours=12)), timezone(-timedelta(hours=5))):
            assert due(length(3), moment.astimezone(zone), MOSCOW) == due(length(3), moment, MOSCOW)

    def test_a_regional_holiday_holds_in_its_region_only(self):
        before = at("2026-05-26")
        assert due(length(1), before, MOSCOW).due_day == date(2026, 5, 27)
        tatarstan = prove(length(1), before, calendar_for("RU-TA"))
        assert tatarstan.due_day == date(2026, 5, 28)
        assert tatarstan.ledger[1][2:] == ("regional", "Курбан-байрам")


class TestPause:
    def test_days_of_waiting_are_not_counted_up_to_and_including_the_answer(self):
        events = asked("2026-04-21"), answered("2026-04-23")
        assert due_day(length(5), "2026-04-20", *events) == date(2026, 4, 29)
        lines = ledger_of(length(5), "2026-04-20", *events)
        assert lines[date(2026, 4, 21)].counted
        assert lines[date(2026, 4, 22)].because == "отсчёт остановлен: ждём ответа заявителя"
        assert lines[date(2026, 4, 23)].because == "день получения ответа"

    def test_a_question_answered_the_same_day_costs_nothing(self):
        events = asked("2026-04-21 09:00"), answered("2026-04-21 18:00")
        assert due_day(length(5), "2026-04-20", *events) == due_day(length(5), "2026-04-20")

    def test_a_question_asked_and_answered_over_a_weekend_costs_a_working_day_term_nothing(self):
        events = asked("2026-04-24 23:00"), answered("2026-04-26")
        assert due_day(length(5), "2026-04-20", *events) == due_day(length(5), "2026-04-20")

    def test_several_questions_add_up(self):
        events = (
            asked("2026-04-21"),
            answered("2026-04-22"),
            asked("2026-04-22 15:00"),
            answered("2026-04-24"),
        )
        assert due_day(length(5), "2026-04-20", *events) == date(2026, 4, 30)

    def test_a_question_on_the_day_of_receipt_stops_the_term_before_it_starts(self):
        events = asked("2026-04-20 15:00"), answered("2026-04-22")
        assert due_day(length(1), "2026-04-20", *events) == date(2026, 4, 23)

    def test_a_question_on_the_last_day_leaves_the_term_ending_that_day(self):
        end = due(length(1), at("2026-04-20"), MOSCOW, [asked("2026-04-21")])
        assert (end.due_day, end.paused) == (date(2026, 4, 21), False)

    def test_a_question_after_the_due_day_changes_nothing(self):
        late = asked("2026-04-22"), answered("2026-04-30")
        for rule in OnQuestion:
            assert due_day(length(1), "2026-04-20", *late, on_question=rule) == date(2026, 4, 21)

    def test_a_question_while_the_term_waits_for_a_working_day_changes_nothing(self):
        """All five days are counted by Saturday; only Monday's end is awaited."""
        for question in ("2026-04-25", "2026-04-26"):
            events = asked(question), answered("2026-04-27 09:00")
            assert due_day(length(5, CALENDAR), "2026-04-20", *events) == date(2026, 4, 27)
            lines = ledger_of(length(5, CALENDAR), "2026-04-20", *events)
            assert lines[date(2026, 4, 27)].code == "rolled"

    def test_hours_are_prolonged_by_exactly_the_time_of_waiting(self):
        events = asked("2026-04-20 13:00"), answered("2026-04-22 14:30")
        end = due(length(24, HOURS), at("2026-04-20 12:00"), MOSCOW, events)
        assert end.due == at("2026-04-23 13:30")

    def test_a_day_wholly_spent_waiting_does_not_count_in_hours(self):
        events = asked("2026-04-20 13:00"), answered("2026-04-22 14:30")
        lines = ledger_of(length(24, HOURS), "2026-04-20 12:00", *events)
        assert [line.counted for line in lines.values()] == [True, False, True, True]
        assert lines[date(2026, 4, 21)].code == "paused"

    def test_waiting_from_midnight_makes_the_whole_day_one_of_waiting(self):
        events = asked("2026-04-21 00:00"), answered("2026-04-22 00:00")
        lines = ledger_of(length(24, HOURS), "2026-04-20 12:00", *events)
        assert [line.counted for line in lines.values()] == [True, False, True]
        assert lines[date(2026, 4, 21)].code == "paused"

    def test_a_question_at_the_very_end_of_the_hours_is_too_late(self):
        events = asked("2026-04-21 12:00"), answered("2026-04-25")
        for rule in OnQuestion:
            end = due(length(24, HOURS), at("2026-04-20 12:00"), MOSCOW, events, on_question=rule)
            assert end.due == at("2026-04-21 12:00")

    def test_a_question_at_the_instant_of_receipt_leaves_no_hour_run_that_day(self):
        events = asked("2026-04-20 12:00"), answered("2026-04-21 10:00")
        lines = ledger_of(length(1, HOURS), "2026-04-20 12:00", *events)
        assert [line.counted for line in lines.values()] == [False, True]


class TestOpenQuestion:
    def test_an_unanswered_question_pauses_the_term_not_earlier_than_today(self):
        question = [asked("2026-04-21")]
        end = due(length(5), at("2026-04-20"), MOSCOW, question, as_of=at("2026-04-23"))
        assert (end.due_day, end.paused) == (date(2026, 4, 29), True)

    def test_without_a_today_it_is_as_if_answered_at_once(self):
        end = due(length(5), at("2026-04-20"), MOSCOW, [asked("2026-04-21")])
        assert (end.due_day, end.paused) == (date(2026, 4, 27), True)

    def test_a_today_before_the_question_is_the_day_of_the_question(self):
        question = [asked("2026-04-21")]
        early = due(length(5), at("2026-04-20"), MOSCOW, question, as_of=at("2026-04-01"))
        assert early == due(length(5), at("2026-04-20"), MOSCOW, question)

    def test_the_ledger_never_calls_an_unanswered_day_the_day_of_the_answer(self):
        lines = ledger_of(length(5), "2026-04-20", asked("2026-04-21"), as_of=at("2026-04-23"))
        assert lines[date(2026, 4, 23)].code == "paused"

    def test_a_restart_awaited_counts_the_whole_term_from_today(self):
        end = due(
            length(5),
            at("2026-04-20"),
            MOSCOW,
            [asked("2026-04-24")],
            on_question=RESTART,
            as_of=at("2026-04-28"),
        )
        assert (end.due_day, end.paused) == (date(2026, 5, 6), True)

    def test_a_term_that_runs_on_is_not_paused(self):
        end = due(length(5), at("2026-04-20"), MOSCOW, [asked("2026-04-21")], on_question=RUN_ON)
        assert (end.due_day, end.paused) == (date(2026, 4, 27), False)


class TestRestart:
    def test_the_day_of_the_answer_is_a_new_day_zero(self):
        events = asked("2026-04-22"), answered("2026-04-24")
        assert due_day(length(5), "2026-04-20", *events, on_question=RESTART) == date(2026, 5, 4)
        lines = ledger_of(length(5), "2026-04-20", *events, on_question=RESTART)
        assert lines[date(2026, 4, 21)].code == "restarted"
        assert lines[date(2026, 4, 23)].code == "paused"
        assert lines[date(2026, 4, 24)].code == "answered"
        assert sum(line.counted for line in lines.values()) == 5

    def test_even_an_answer_on_the_same_day_starts_the_term_anew(self):
        events = asked("2026-04-22 09:00"), answered("2026-04-22 10:00")
        assert due_day(length(2), "2026-04-20", *events, on_question=RESTART) == date(2026, 4, 24)

    def test_an_extension_before_the_restart_falls_away_with_the_old_term(self):
        events = extended("2026-04-21", 10), asked("2026-04-22"), answered("2026-04-24")
        assert due_day(length(5), "2026-04-20", *events, on_question=RESTART) == date(2026, 5, 4)

    def test_an_extension_after_the_restart_stands(self):
        events = asked("2026-04-22"), answered("2026-04-24"), extended("2026-04-27", 1)
        assert due_day(length(5), "2026-04-20", *events, on_question=RESTART) == date(2026, 5, 5)

    def test_the_ledger_names_only_the_extension_that_stands(self):
        before, after = extended("2026-04-21", 10), extended("2026-04-27", 1)
        events = before, asked("2026-04-22"), answered("2026-04-24"), after
        lines = ledger_of(length(5), "2026-04-20", *events, on_question=RESTART)
        assert lines[date(2026, 5, 5)].because == "срок продлён решением от 27.04.2026"

    def test_hours_start_anew_at_the_instant_of_the_answer(self):
        events = asked("2026-04-20 20:00"), answered("2026-04-22 14:30")
        end = due(length(24, HOURS), at("2026-04-20"), MOSCOW, events, on_question=RESTART)
        assert end.due == at("2026-04-23 14:30")


class TestExtension:
    def test_an_extension_adds_its_days_at_the_end(self):
        assert due_day(length(5), "2026-04-20", extended("2026-04-22", 3)) == date(2026, 4, 30)
        lines = ledger_of(length(5), "2026-04-20", extended("2026-04-22", 3))
        assert lines[date(2026, 4, 27)].code == "working"
        assert lines[date(2026, 4, 28)].because == "срок продлён решением от 22.04.2026"
        assert sum(line.counted for line in lines.values()) == 8

    def test_an_extension_of_hours_adds_hours(self):
        end = due(length(2, HOURS), at("2026-04-20"), MOSCOW, [extended("2026-04-20 13:00", 30)])
        assert end.due == at("2026-04-21 20:00")

    def test_the_days_of_an_extension_in_hours_are_named_so(self):
        lines = ledger_of(length(24, HOURS), "2026-04-20 00:00", extended("2026-04-20 13:00", 1))
        assert [line.code for line in lines.values()] == ["hours", "extended"]

    def test_an_extension_on_the_last_day_is_in_time(self):
        assert due_day(length(1), "2026-04-20", extended("2026-04-21", 1)) == date(2026, 4, 22)

    def test_an_extension_cannot_revive_a_term_that_has_run_out(self):
        assert due_day(length(1), "2026-04-20", extended("2026-04-22", 5)) == date(2026, 4, 21)

    def test_an_extension_while_waiting_for_the_answer_counts(self):
        events = asked("2026-04-21"), extended("2026-05-20", 2), answered("2026-05-25")
        assert due_day(length(2), "2026-04-20", *events) == date(2026, 5, 28)

    def test_a_question_on_the_last_day_stops_what_an_extension_then_adds(self):
        events = asked("2026-04-21 09:00"), extended("2026-04-21 10:00", 2), answered("2026-04-23")
        assert due_day(length(1), "2026-04-20", *events) == date(2026, 4, 27)


class TestAnOfficersPause:
    """It stops every term, and none begins anew after it."""

    @pytest.mark.parametrize("on_question", OnQuestion)
    def test_the_days_of_a_pause_are_not_counted_and_those_before_it_stay_counted(
        self, on_question
    ):
        events = paused("2026-04-22"), resumed("2026-04-24")
        due = due_day(length(5), "2026-04-20", *events, on_question=on_question)
        assert due == date(2026, 4, 29)
        ledger = ledger_of(length(5), "2026-04-20", *events, on_question=on_question)
        told = [ledger[date(2026, 4, day)].code for day in (21, 22, 23, 24, 27)]
        assert told == ["working", "working", "suspended", "resumed", "working"]

    def test_while_it_lasts_the_term_ends_not_earlier_than_today(self):
        proven = prove(
            length(5), at("2026-04-20"), MOSCOW, [paused("2026-04-22")], as_of=at("2026-05-20")
        )
        assert proven.paused
        assert proven.due_day > date(2026, 5, 20)


class TestRefusals:
    @pytest.mark.parametrize(
        ("code", "events"),
        [
            ("answered_without_question", [answered("2026-04-21")]),
            ("asked_twice", [asked("2026-04-21"), asked("2026-04-22")]),
            ("asked_twice", [paused("2026-04-21"), asked("2026-04-22")]),
            ("paused_twice", [asked("2026-04-21"), paused("2026-04-22")]),
            ("resumed_without_pause", [asked("2026-04-21"), resumed("2026-04-22")]),
            ("answered_without_question", [paused("2026-04-21"), answered("2026-04-22")]),
            ("events_out_of_order", [asked("2026-04-22"), answered("2026-04-21")]),
            ("event_before_receipt", [asked("2026-04-19")]),
            ("naive_instant", [ClockEvent("asked", datetime(2026, 4, 21))]),  # noqa: DTZ001
            ("bad_extension", [extended("2026-04-21", 0)]),
            ("bad_extension", [extended("2026-04-21", -3)]),
            ("unknown_event", [ClockEvent("forgotten", at("2026-04-21"))]),
        ],
    )
    @pytest.mark.parametrize("unit", Unit)
    @pytest.mark.parametrize("reckon", [due, prove])
    def test_events_that_cannot_have_happened_are_refused(self, reckon, unit, code, events):
        with pytest.raises(InvalidValue) as refusal:
            reckon(length(5, unit), at("2026-04-20"), MOSCOW, events)
        assert refusal.value.code == code

    @pytest.mark.parametrize("unit", Unit)
    def test_a_receipt_or_a_today_without_an_offset_is_refused(self, unit):
        naive = datetime(2026, 4, 20, 12)  # noqa: DTZ001
        with pytest.raises(InvalidValue, match="naive_instant"):
            due(length(5, unit), naive, MOSCOW)
        with pytest.raises(InvalidValue, match="naive_instant"):
            due(length(5, unit), at("2026-04-20"), MOSCOW, as_of=naive)

    @pytest.mark.parametrize("unit", Unit)
    @pytest.mark.parametrize("reckon", [due, prove])
    def test_a_term_that_leaves_the_known_years_is_refused_not_guessed(self, reckon, unit):
        with pytest.raises(CalendarNotCovered):
            reckon(length(10_000, unit), at("2027-12-20"), MOSCOW)
        with pytest.raises(CalendarNotCovered):
            reckon(length(1, unit), at("2023-12-20"), MOSCOW)

    @pytest.mark.parametrize("unit", Unit)
    @pytest.mark.parametrize("reckon", [due, prove])
    def test_a_receipt_before_the_known_years_is_refused_even_when_the_end_is_known(
        self, reckon, unit
    ):
        with pytest.raises(CalendarNotCovered):
            reckon(length(48, unit), at("2023-12-31"), MOSCOW)

    @pytest.mark.parametrize("amount", [0, -1, 10_001, 1.5, "3"])
    def test_a_length_is_a_sensible_whole_number(self, amount):
        with pytest.raises(ValidationError):
            Length(amount=amount, unit=WORKING)


REGIONS = ("RU-MOW", "RU-TA", "RU-BA", "RU-KGD", "RU-KAM", "RU-SAM")
OFFSETS = st.sampled_from([UTC, *(timezone(timedelta(hours=h)) for h in (-5, 3, 5, 12))])
FIRST_QUARTER = datetime(2024, 1, 2, tzinfo=UTC)


@st.composite
def instants(draw, after: datetime, at_most_hours: int) -> datetime:
    quarters = draw(st.integers(0, at_most_hours * 4))
    return (after + quarters * recount.QUARTER).astimezone(draw(OFFSETS))


@st.composite
def happenings(draw, received: datetime, gap_hours: int) -> list[ClockEvent]:
    """A possible list of events: whatever is drawn is put where it can stand."""
    events, now, ends_with = [], received, None
    kinds = st.sampled_from(["asked", "asked", "paused", "extended"])
    for kind in draw(st.lists(kinds, max_size=6)):
        now = draw(instants(now, gap_hours))
        if kind == "extended":
            events.append(ClockEvent("extended", now, draw(st.integers(1, 15))))
        else:
            events.append(ClockEvent(ends_with or kind, now))
            ends_with = None if ends_with else {"asked": "answered", "paused": "resumed"}[kind]
    return events


@st.composite
def cases(draw, units: st.SearchStrategy[Unit], longest: int, gap_hours: int) -> dict:
    received = draw(instants(FIRST_QUARTER, 24 * 900))
    return {
        "region": draw(st.sampled_from(REGIONS)),
        "length": Length(amount=draw(st.integers(1, longest)), unit=draw(units)),
        "received": received,
        "events": draw(happenings(received, gap_hours)),
        "on_question": draw(st.sampled_from(OnQuestion)),
        "as_of": draw(st.none() | instants(received, 24 * 60)),
    }


def matches_the_recount(case: dict) -> None:
    region, term = case["region"], case["length"]
    arguments = (term, case["received"], calendar_for(region), case["events"])
    options = {"on_question": case["on_question"], "as_of": case["as_of"]}
    proven = prove(*arguments, **options)
    assert due(*arguments, **options) == proven[:3]
    recounted, held = recount.replay(
        region, term.unit.value, term.amount, case["received"], case["events"], **options
    )
    recount.check_due(recounted, held, proven[:3])
    recount.check_ledger(recounted, proven.ledger)


class TestAgainstTheRecount:
    @settings(max_examples=400, deadline=None)
    @given(cases(st.sampled_from([WORKING, CALENDAR]), longest=40, gap_hours=24 * 20))
    def test_any_term_in_days_and_every_line_of_its_ledger(self, case):
        matches_the_recount(case)

    @settings(max_examples=300, deadline=None)
    @given(cases(st.sampled_from([WORKING, CALENDAR]), longest=4, gap_hours=30))
    def test_short_terms_with_events_crowded_around_their_end(self, case):
        matches_the_recount(case)

    @settings(max_examples=120, deadline=None)
    @given(cases(st.just(HOURS), longest=48, gap_hours=40))
    def test_any_term_in_hours(self, case):
        case["as_of"] = case["as_of"] and min(case["as_of"], case["received"] + timedelta(days=12))
        matches_the_recount(case)

    def test_the_recount_itself_notices_a_wrong_line(self):
        term, held = recount.replay("RU-MOW", "working_days", 5, at("2026-04-20"))
        proven = prove(length(5), at("2026-04-20"), MOSCOW)
        recount.check_due(term, held, proven[:3])
        for number, line in enumerate(proven.ledger):
            wrong = list(proven.ledger)
            wrong[number] = line._replace(counted=not line.counted)
            with pytest.raises(AssertionError):
                recount.check_ledger(term, wrong)


@settings(max_examples=200, deadline=None)
@given(cases(st.sampled_from(Unit), longest=40, gap_hours=24 * 5))
def test_a_later_answer_never_brings_the_due_date_forward(case):
    calendar = calendar_for(case["region"])
    arguments = (case["length"], case["received"], calendar, case["events"])
    today = case["as_of"] or case["received"]
    earlier = due(*arguments, on_question=case["on_question"], as_of=today)
    later = due(*arguments, on_question=case["on_question"], as_of=today + timedelta(days=3))
    assert later.due >= earlier.due
    assert later.paused == earlier.paused
