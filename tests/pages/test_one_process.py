"""Pages of many people come out of one process: what it keeps between them is nobody's own, and
what it keeps for one page ends with that page."""

import re

import pytest

from local.office import Caller, form_of
from local.people import person
from tests.pages.visitor import Visitor

DESK, OWN = "/office/applications/{}", "/cabinet/applications/{}"
PAGES = "functions.portal.{}.handler"


@pytest.fixture
def number(office):
    return office.apply(form_of(person(1)))


def queries(office, handler):
    return [call for h, call in office.cloud.calls if (h, call) == (handler, "Query")]


def test_an_application_is_read_once_for_a_page_and_again_for_the_next(office, number):
    """The application and what the rules propose; who else is looking is a query of its own."""
    visitor = Visitor(office.cloud, office.officer)
    office.cloud.calls.clear()
    assert visitor.open(DESK.format(number)).status == 200
    assert len(queries(office, PAGES.format("office"))) == 2
    before = [visitor.open(DESK.format(number)).text for _ in range(2)]
    office.second_officer.post(f"/applications/{number}/claim")
    assert before[0] == before[1] != visitor.open(DESK.format(number)).text


def test_what_one_may_see_the_next_one_may_not(office, number):
    """Each asks for the same addresses, in turn; the clerk works for an agency that did not file
    it."""
    me, stranger, clerk, officer = (
        Visitor(office.cloud, caller)
        for caller in (office.citizen, office.relative, office.agency("B"), office.officer)
    )
    for _ in range(2):
        assert me.open(OWN.format(number)).status == 200
        assert officer.open(DESK.format(number)).status == 200
        for other, place in ((stranger, OWN), (clerk, OWN), (me, DESK), (stranger, DESK)):
            refused = other.open(place.format(number))
            assert refused.status in (403, 404)
            assert person(1)["last_name"] not in refused.source


def test_the_frame_is_the_visitors(office):
    """Where one can go, whose session it is, and the proof that a form is one's own."""
    people = (office.citizen, office.officer, office.auditor, office.relative)
    visitors = [Visitor(office.cloud, caller) for caller in people]
    visitors.append(Visitor(office.cloud))
    shown = [visitor.open("/cabinet/services").source for visitor in visitors * 2]
    assert shown[:5] == shown[5:]
    places = [re.findall(r'service-navigation__link" href="([^"]+)"', page) for page in shown[:5]]
    assert places[0] == places[3]
    assert len({tuple(found) for found in places}) == 4
    tokens = [set(re.findall(r'(?:_token" value|form-token)="(\w+)"', page)) for page in shown[:5]]
    assert [len(found) for found in tokens] == [1, 1, 1, 1, 0]
    assert len(set.union(*tokens)) == 4


def test_lists_are_each_persons_own_and_queues_of_the_officers_region(office, number):
    pages = [
        Visitor(office.cloud, caller).open("/cabinet/applications").text
        for caller in (office.citizen, office.relative, office.citizen)
    ]
    assert [number in page for page in pages] == [True, False, True]
    there = {"name": "Другая", "custom:region": "RU-SPE"}
    elsewhere = Caller(office.cloud, "elsewhere", ("officers",), **there)
    for caller, region, is_there in (
        (office.officer, "RU-MOW", True),
        (elsewhere, "RU-SPE", False),
        (office.officer, "RU-MOW", True),
    ):
        page = Visitor(office.cloud, caller).open("/office/queue")
        assert f'value="{region}" selected' in page.source
        assert (number in page.text) is is_there
