"""Slots over HTTP: who may publish, see and close them, and what is refused."""

import pytest

from tests.api.people import check_problem, tokens

TIMETABLE = {
    "region": "RU-MOW",
    "speciality": "therapist",
    "clinic": "Поликлиника № 1",
    "place": "каб. 12",
    "doctor": "Иванова А. С.",
    "minutes": 20,
    "starts": ["2026-03-03T10:00:00+03:00", "2026-03-03T10:20:00+03:00"],
}
FREE = "/slots?speciality=therapist&region=RU-MOW"
EVERYBODY = ("owner", "stranger", "agency", "other agency", "officer", "supervisor")


@pytest.fixture
def ask(office):
    """ask(role, method, path, body) -> the answer"""
    signed_in = tokens(office)

    def asked(role, method, path, body=None):
        return office.cloud.request(method, path, token=signed_in[role], json=body)

    return asked


@pytest.fixture
def published(ask):
    return [slot["id"] for slot in ask("agency", "POST", "/slots", TIMETABLE).json["slots"]]


def test_agencies_and_the_office_publish_and_everybody_sees(ask):
    for role, status in zip(EVERYBODY, (403, 403, 201, 201, 201, 201), strict=True):
        assert ask(role, "POST", "/slots", TIMETABLE).status_code == status
    for role in EVERYBODY:
        slots = ask(role, "GET", FREE).json["slots"]
        assert [slot["starts"] for slot in slots] == TIMETABLE["starts"]
        assert {slot["speciality_title"] for slot in slots} == {"Терапевт"}


def test_published_twice_it_is_there_once_and_belongs_to_the_first(ask, published):
    again = ask("other agency", "POST", "/slots", TIMETABLE)
    assert [slot["id"] for slot in again.json["slots"]] == published
    assert len(ask("owner", "GET", FREE).json["slots"]) == 2
    check_problem(ask("other agency", "DELETE", f"/slots/{published[0]}"), 403, "slot_of_another")


def test_whoever_published_it_and_the_office_take_it_back(ask, published):
    statuses = {
        role: ask(role, "DELETE", f"/slots/{published[0]}").status_code for role in EVERYBODY[:4]
    }
    assert statuses == {"owner": 403, "stranger": 403, "agency": 200, "other agency": 403}
    assert ask("officer", "DELETE", f"/slots/{published[1]}").json["free"] is False
    assert ask("owner", "GET", FREE).json["slots"] == []


def test_what_the_office_published_is_no_clerks_whose_agency_nobody_set(office, ask):
    (slot, _) = (slot["id"] for slot in ask("officer", "POST", "/slots", TIMETABLE).json["slots"])
    clerk = office.cloud.sign_in("clerk-of-nothing", groups=["agencies"])
    answer = office.cloud.request("DELETE", f"/slots/{slot}", token=clerk)
    check_problem(answer, 403, "slot_of_another")


@pytest.mark.parametrize("slot", ["nothing", "%00", "x" * 3000, "slot%7C1", "%F0%9F%98%80"])
def test_a_slot_that_is_not_there_cannot_be_taken_back(ask, slot):
    check_problem(ask("officer", "DELETE", f"/slots/{slot}"), 404, "unknown_slot")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("", 400, "unknown_speciality"),
        ("?speciality=astrologer&region=RU-MOW", 400, "unknown_speciality"),
        ("?speciality=therapist", 400, "bad_parameter"),
        ("?speciality=therapist&region=RU-XX", 422, "unknown_region"),
        ("?speciality=therapist&region=RU-MOW&from=tomorrow", 400, "bad_parameter"),
        ("?speciality=therapist&region=RU-MOW&from=2026-02-30", 400, "bad_parameter"),
        ("?speciality=therapist&region=RU-MOW&from=0001-01-01", 400, "bad_parameter"),
        ("?speciality=therapist&region=RU-MOW&from=9999-12-31T23:59:59-14:00", 400,
         "bad_parameter"),
        ("?speciality=therapist&region=RU-MOW&cursor=x", 400, "bad_cursor"),
        ("?speciality=therapist&region=RU-MOW&cursor=2026-03-03T07:00:00%2B00:00%23", 400,
         "bad_cursor"),
        ("?speciality=therapist&region=RU-MOW&doctor=1", 400, "unknown_parameter"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused(ask, published, query, status, code):
    check_problem(ask("owner", "GET", f"/slots{query}"), status, code)


def test_from_a_day_on(ask, published):
    assert len(ask("owner", "GET", f"{FREE}&from=2026-03-03").json["slots"]) == 2
    assert len(ask("owner", "GET", f"{FREE}&from=2026-03-03T10:10:00%2B03:00").json["slots"]) == 1
    assert ask("owner", "GET", f"{FREE}&from=2026-03-04").json["slots"] == []
    long_ago = ask("owner", "GET", f"{FREE}&from=2001-01-01").json["slots"]
    assert len(long_ago) == 2


@pytest.mark.parametrize(
    ("wrong", "status", "code", "field"),
    [
        ({"starts": []}, 422, "too_few", "starts"),
        ({"starts": ["2026-03-03T10:00:00"]}, 422, "wrong_type", "starts.0"),
        ({"starts": ["2026-03-01T10:00:00+03:00"]}, 422, "slot_begun", "starts"),
        ({"starts": ["9999-12-31T23:59:59-14:00"]}, 422, "slot_too_far", "starts"),
        ({"starts": ["2026-03-03T10:00:00+03:00"] * 101}, 422, "too_many", "starts"),
        ({"minutes": 0}, 422, "number_too_little", "minutes"),
        ({"minutes": 10**40}, 422, None, "minutes"),
        ({"minutes": "20"}, 422, "wrong_type", "minutes"),
        ({"doctor": " "}, 422, "too_short", "doctor"),
        ({"clinic": "x" * 201}, 422, "too_long", "clinic"),
        ({"region": "RU-XX"}, 422, "unknown_region", "region"),
        ({"taken_by": "123"}, 422, "unknown_field", "taken_by"),
    ],
)
def test_a_wrong_timetable_is_refused_and_publishes_nothing(ask, wrong, status, code, field):
    answer = check_problem(ask("agency", "POST", "/slots", TIMETABLE | wrong), status)
    (problem,) = answer["errors"]
    assert problem["field"] == field
    assert code in (None, problem["code"])
    assert ask("owner", "GET", FREE).json["slots"] == []


def test_a_speciality_that_nobody_has_is_refused(ask):
    answer = ask("agency", "POST", "/slots", TIMETABLE | {"speciality": "astrologer"})
    check_problem(answer, 400, "unknown_speciality")
