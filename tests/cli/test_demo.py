"""`opora demo`: it tells what happens, and a journey that goes otherwise is not hidden."""

from contextlib import nullcontext

import pytest

from local.office import Refused
from opora import demo


@pytest.fixture
def play(office, monkeypatch, capsys):
    """play(1): the demo on the deployment that the session has; (exit status, what it printed)"""
    monkeypatch.setattr(demo, "LocalCloud", lambda **_: nullcontext(office.cloud))
    monkeypatch.setattr(demo, "Office", lambda _: office)

    def run(*journeys):
        status = demo.demo(journeys)
        return status, capsys.readouterr().out

    return run


def test_a_journey_that_goes_as_it_should(play):
    status, told = play(1)
    assert status == 0
    lines = told.splitlines()
    assert lines[1] == f"1. {demo.JOURNEYS[1][0]}"
    assert lines[2].split() == ["virtual", "time", "stage", "who", "what", "told", "due"]
    assert "Mon 27.04.2026 10:00" in told
    assert "accepted by sms" in told
    assert "approved by sms" in told
    assert "DIFF" not in told
    assert lines[-1].startswith("Everything went as it should, in ")


def test_a_wrong_expectation_is_a_difference(play, monkeypatch):
    def walk(on):
        on.expect("the answer", 41, 42)
        on.expect("the rest", "good", "good")

    monkeypatch.setattr(demo, "JOURNEYS", {1: ("Counting", walk)})
    status, told = play(1)
    assert status == 1
    assert "DIFF the answer: 41" in told
    assert "ok   the rest: good" in told
    assert told.endswith("1 difference(s):\n  journey 1: the answer is 41, not 42\n")


def test_an_unexpected_refusal_is_a_difference_and_the_next_journey_is_played(play, monkeypatch):
    def refused(_):
        raise Refused(409, {"code": "wrong_stage"})

    journeys = {1: ("Refused", refused), 2: ("Fine", lambda on: on.expect("all", 1, 1))}
    monkeypatch.setattr(demo, "JOURNEYS", journeys)
    status, told = play(1, 2)
    assert status == 1
    assert "ok   all: 1" in told
    assert "journey 1: refused unexpectedly, 409 {'code': 'wrong_stage'}" in told


def test_there_are_thirteen_journeys():
    assert list(demo.JOURNEYS) == list(range(1, 14))


@pytest.mark.parametrize(
    "number", [9, 10, *(pytest.param(n, marks=pytest.mark.long) for n in (11, 12, 13))]
)
def test_fees_appointments_appeals_programmes_and_payments_go_as_they_should(play, number):
    status, told = play(number)
    assert "DIFF" not in told
    assert status == 0


def test_ten_documents_of_one_minute_are_one_line(play):
    _, told = play(13)
    assert "Document accepted (10 times)" in told
