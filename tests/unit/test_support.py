"""Letters to support: who is to write next, by when, and when the telephone is answered."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters import definitions
from adapters.calendars import calendar_for
from casework import support
from casework.application import chain
from casework.errors import TooOften, VersionConflict, WrongStage
from casework.support import State, ThreadCase

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
SUPPORT = definitions.support()
NUMBER = support.number_of("123-456-7890")


class Letter:
    """A thread as it goes on, an hour between two steps."""

    def __init__(self):
        self.case, self.now = ThreadCase(support.fold(NUMBER, ())), NOW

    def does(self, change):
        events = (*self.case.events, *chain(self.case.thread, change.happenings, self.now, "x"))
        self.case = ThreadCase(support.fold(NUMBER, events), events)
        self.now += timedelta(hours=1)
        return self

    def begun(self):
        return self.does(support.begin(self.case, "citizen", "other", None, "Помогите", 0))

    def written(self):
        return self.does(support.write(self.case, "Ещё"))

    def answered(self, version=None):
        return self.does(support.answer(self.case, "Ответ", version))

    def closed(self):
        return self.does(support.close(self.case))

    @property
    def due(self):
        return self.case.thread.answer_due(SUPPORT)


def test_the_office_owes_an_answer_within_a_day_of_the_first_message_without_one():
    letter = Letter().begun().written()
    assert letter.case.thread.state is State.OPEN
    assert letter.due == NOW + timedelta(hours=24)


def test_an_answer_meets_it_and_the_next_message_begins_anew():
    letter = Letter().begun().answered()
    assert (letter.case.thread.state, letter.due) == (State.ANSWERED, None)
    assert letter.written().due == NOW + timedelta(hours=2 + 24)


def test_what_is_closed_stays_so():
    letter = Letter().begun().closed()
    assert (letter.case.thread.state, letter.due) == (State.CLOSED, None)
    assert support.close(letter.case).happenings == ()
    for more in (letter.written, letter.answered):
        with pytest.raises(WrongStage, match="thread_closed"):
            more()


def test_an_officer_does_not_answer_what_he_has_not_read():
    letter = Letter().begun()
    read = letter.case.thread.version
    letter.written()
    with pytest.raises(VersionConflict):
        letter.answered(read)
    assert letter.answered(read + 1).case.thread.state is State.ANSWERED


def test_nobody_has_more_than_some_letters_waiting_and_none_is_endless():
    with pytest.raises(TooOften, match="too_many_threads"):
        support.begin(Letter().case, "citizen", "other", None, "?", support.OPEN_AT_MOST)
    letter = Letter().begun()
    for _ in range(support.MESSAGES_AT_MOST - 1):
        letter.written()
    with pytest.raises(TooOften, match="thread_too_long"):
        letter.answered()


def test_a_number_is_begun_with_once():
    with pytest.raises(VersionConflict):
        Letter().begun().begun()


@pytest.mark.parametrize(
    ("at", "is_open", "changes_at"),
    [
        ("2026-03-02T08:59", False, "2026-03-02T09:00"),
        ("2026-03-02T09:00", True, "2026-03-02T18:00"),
        ("2026-03-02T18:00", False, "2026-03-03T09:00"),
        ("2026-03-06T20:00", False, "2026-03-10T09:00"),  # a holiday is transferred to Monday
        ("2026-03-07T12:00", False, "2026-03-10T09:00"),
    ],
)
def test_the_hotline_keeps_the_hours_of_working_days(at, is_open, changes_at):
    moscow = calendar_for("RU-MOW")

    def local(text):
        return datetime.fromisoformat(text).replace(tzinfo=moscow.zone)

    hotline = SUPPORT.hotline
    assert hotline.region == "RU-MOW"
    assert support.opening(hotline, moscow, local(at)) == (is_open, local(changes_at))


def test_everything_has_its_words():
    texts = definitions.texts("support")
    assert texts["topics"].keys() == set(SUPPORT.topics)
    assert texts["states"].keys() == set(State)
    assert texts["events"].keys() == support._CHANGES.keys()
