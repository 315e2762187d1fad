"""Who works here, by name: kept as it was last said, read at once however many are asked about."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from adapters.staff import AWAY, Member, Staff, with_initials

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
MARIA = Member("m-1", "Петрова Мария Сергеевна", ("officer",), "RU-MOW", NOW.date())
ANDREY = Member("a-2", "соколов Андрей", ("officer", "supervisor"), None, NOW.date())
NAMELESS = Member("n-3", "", ("expert",), "RU-MOW", NOW.date())


class Counting:
    """The table, and what was asked of it."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.calls.append(name)
        return getattr(self._client, name)


@pytest.fixture
def client(dynamodb_client) -> Counting:
    return Counting(dynamodb_client)


@pytest.fixture
def staff(client, table) -> Staff:
    return Staff(client, table.name)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Петрова Мария Сергеевна", "Петрова М. С."),
        ("Ким  Елена", "Ким Е."),
        ("Громова", "Громова"),
        ("Мамин-Сибиряк Анна-Мария", "Мамин-Сибиряк А."),
        ("", ""),
    ],
)
def test_a_name_is_shortened_as_officials_write_it(name, short):
    assert with_initials(name).replace("\N{NO-BREAK SPACE}", " ") == short


def test_what_is_no_news_is_not_written_again(staff, client):
    staff.note(MARIA)
    staff.note(MARIA)
    assert client.calls.count("put_item") == 1
    staff.note(MARIA._replace(name="Иванова Мария Сергеевна"))
    assert staff.find("m-1").name == "Иванова Мария Сергеевна"


def test_nobody_is_noted_who_never_worked_here_and_who_left_keeps_the_name(staff):
    stranger = Member("s-9", "Чужой", (), None, NOW.date())
    staff.note(stranger)
    assert staff.find("s-9") is None
    staff.note(MARIA)
    staff.note(MARIA._replace(roles=()))
    assert not staff.find("m-1").is_here(NOW)
    assert staff.names(["m-1"], NOW) == {"m-1": MARIA.short_name}


def test_who_has_come_within_a_month_is_here():
    assert MARIA._replace(seen_on=date(2026, 3, 2) - AWAY).is_here(NOW)
    assert not MARIA._replace(seen_on=date(2026, 3, 1) - AWAY).is_here(NOW)


def test_names_are_read_at_once_and_remembered_for_an_hour(staff, client):
    for member in (MARIA, ANDREY, NAMELESS):
        staff.note(member)
    assert staff.everybody() == [NAMELESS, MARIA, ANDREY]
    client.calls.clear()
    assert staff.names([], NOW) == {}
    assert client.calls == []
    names = staff.names(["m-1", "a-2", "n-3", "nobody"], NOW)
    assert names.keys() == {"m-1", "a-2", "n-3"}
    assert names["n-3"] == "n-3"
    assert staff.names(["a-2", "m-1"], NOW) == {id_: names[id_] for id_ in ("m-1", "a-2")}
    assert client.calls == ["query"]
    staff.names(["m-1"], NOW + timedelta(hours=1))
    assert client.calls == ["query"] * 2
