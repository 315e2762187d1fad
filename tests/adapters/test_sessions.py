"""Sessions of the pages, in the table."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.sessions import IDLE, KEPT, LONGEST, Sessions

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
PERSON = {"id": "p1", "roles": ["citizen"]}


@pytest.fixture
def sessions(dynamodb_client, table):
    return Sessions(dynamodb_client, table.name)


def test_a_session_is_found_by_its_token_alone(sessions, table):
    token = sessions.begin(PERSON, NOW)
    assert sessions.find(token).person == PERSON
    assert sessions.find(token + "x") is None
    assert token not in str(table.scan()["Items"])


def test_two_sessions_of_one_person_are_two(sessions):
    first, second = sessions.begin(PERSON, NOW), sessions.begin(PERSON, NOW)
    sessions.end(first)
    assert sessions.find(first) is None
    assert sessions.find(second) is not None


def test_it_ends_after_silence_and_at_the_latest_after_its_longest(sessions):
    token = sessions.begin(PERSON, NOW)
    session = sessions.find(token)
    assert session.ends_at == NOW + IDLE
    later = NOW + LONGEST - timedelta(minutes=5)
    sessions.note_seen(token, session, later)
    assert sessions.find(token).ends_at == NOW + LONGEST


def test_it_is_written_down_once_a_minute_at_most(sessions):
    token = sessions.begin(PERSON, NOW)
    session = sessions.find(token)
    sessions.note_seen(token, session, NOW + timedelta(seconds=59))
    assert sessions.find(token).seen_at == NOW
    sessions.note_seen(token, session, NOW + timedelta(seconds=60))
    assert sessions.find(token).seen_at == NOW + timedelta(seconds=60)


def test_one_that_was_ended_does_not_come_back(sessions):
    token = sessions.begin(PERSON, NOW)
    session = sessions.find(token)
    sessions.end(token)
    assert sessions.note_seen(token, session, NOW + timedelta(minutes=5)) is None
    sessions.act_for(token, "p2")
    assert sessions.find(token) is None


def test_to_be_seen_does_not_change_for_whom_one_acts(sessions):
    token = sessions.begin(PERSON, NOW)
    before = sessions.find(token)
    sessions.act_for(token, "r2", "Образцов Семён")
    sessions.note_seen(token, before, NOW + timedelta(minutes=5))
    acting = sessions.find(token)
    assert (acting.acting_for, acting.acting_name) == ("r2", "Образцов Семён")
    sessions.act_for(token, None)
    acting = sessions.find(token)
    assert (acting.acting_for, acting.acting_name) == (None, None)


def test_the_table_forgets_it_a_day_after_its_end(sessions, table):
    sessions.begin(PERSON, NOW)
    (item,) = table.scan()["Items"]
    assert int(item["expires"]) == (NOW + IDLE + KEPT).timestamp()


def test_what_was_typed_is_the_persons_and_of_that_page(sessions):
    sessions.keep_typed("p1", "/a", {"name": ["Ёж"]}, NOW)
    assert sessions.typed("p1", "/a") == {"name": ["Ёж"]}
    assert sessions.typed("p2", "/a") is None
    assert sessions.typed("p1", "/b") is None
    sessions.forget_typed("p1", "/a")
    assert sessions.typed("p1", "/a") is None


def test_all_sessions_of_a_person_end_at_once_and_later_ones_do_not(sessions):
    first, other = sessions.begin(PERSON, NOW), sessions.begin({**PERSON, "id": "p2"}, NOW)
    sessions.end_all("p1", NOW)
    assert sessions.find(first) is None
    assert sessions.find(other) is not None
    later = sessions.begin(PERSON, NOW + timedelta(seconds=1))
    assert sessions.find(later) is not None


def test_what_ended_all_sessions_is_forgotten_after_the_last_of_them(sessions, table):
    sessions.end_all("p1", NOW)
    (item,) = table.scan()["Items"]
    assert int(item["expires"]) == (NOW + LONGEST + KEPT).timestamp()
