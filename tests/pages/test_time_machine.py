"""The page on which whoever tries Opora at home turns the clock."""

import pytest
from werkzeug.test import Client

from local.control import Control
from tests.journeys.steps import apply, begin

HERE = "http://localhost"
BROWSER = {"Origin": HERE, "Accept": "text/html"}


@pytest.fixture
def browser(office):
    return Client(Control(office.cloud, office))


def jump(browser, length, headers=BROWSER):
    return browser.post("/_local/time", base_url=HERE, data={"jump": length}, headers=headers)


def test_a_button_turns_the_clock_and_shows_it(office, browser):
    assert "02.03.2026, 09:00" in browser.get("/_local/time", base_url=HERE).text
    assert jump(browser, "hour").status_code == 303
    assert "02.03.2026, 10:00" in browser.get("/_local/time", base_url=HERE).text
    jump(browser, "working_day")
    assert "03.03.2026, 10:00" in browser.get("/_local/time", base_url=HERE).text


def test_a_jump_to_the_next_deadline_makes_it_pass(office, browser):
    assert "срок не идёт" in jump(browser, "deadline").text
    number = apply(office)
    promised = next(t for t in office.show(number)["terms"] if t["kind"] == "promise")
    assert not promised["missed"]
    jump(browser, "deadline")
    assert next(t for t in office.show(number)["terms"] if t["kind"] == "promise")["missed"]


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://elsewhere.example"}])
def test_no_other_page_can_turn_the_clock(office, browser, headers):
    before = office.cloud.now()
    assert jump(browser, "day", headers).status_code == 400
    assert office.cloud.now() == before


def test_beyond_the_last_known_calendar_there_is_no_time(office, browser):
    begin(office, "2027-12-20 09:00")
    assert "календар" in jump(browser, "month").text.lower()
    assert office.cloud.now().year == 2027
