"""Letters to support and their answers, through the API."""

import pytest

from local.office import Caller, Refused
from tests.api.people import NEW, check_problem, in_review

LETTER = {"topic": "documents", "text": "Не загружается справка."}


def test_a_letter_is_answered_and_its_writer_told(office):
    citizen, officer = office.citizen, office.officer
    number = in_review(office)
    letter = citizen.post("/support", LETTER | {"application": number})
    path = f"/support/{letter['number']}"
    (waits,) = officer.get("/support/queue")["threads"]
    assert (waits["number"], waits["application"]) == (letter["number"], number)
    assert not waits["overdue"]
    office.cloud.advance(hours=25)
    assert officer.get("/support/queue")["threads"][0]["overdue"]
    officer.post(f"{path}/answer", {"text": "Попробуйте PDF.", "version": letter["version"]})
    assert officer.get("/support/queue")["threads"] == []
    office.cloud.settle()
    told = [text for phone, text in office.cloud.sms if phone == citizen.phone][-1]
    assert path in told
    shown = citizen.get(path)
    assert [(m["sender"], m["text"], m["author"]) for m in shown["messages"]] == [
        ("person", LETTER["text"], None),
        ("office", "Попробуйте PDF.", None),
    ]
    assert officer.get(path)["messages"][1]["author"] == "officer"
    assert citizen.post(f"{path}/message", {"text": "Не вышло."})["state"] == "open"
    assert citizen.post(f"{path}/closing")["state"] == "closed"
    assert [line["state"] for line in citizen.get("/support")["threads"]] == ["closed"]


def test_a_letter_is_its_writers_and_the_offices(office):
    number = office.citizen.post("/support", LETTER)["number"]
    for caller in (Caller(office.cloud, "stranger"), office.agency("lipa")):
        for step, body in (("message", {"text": "?"}), ("closing", None)):
            with pytest.raises(Refused, match="unknown_thread"):
                caller.post(f"/support/{number}/{step}", body)
        with pytest.raises(Refused, match="unknown_thread"):
            caller.get(f"/support/{number}")
        assert caller.get("/support")["threads"] == []


def test_it_names_only_an_application_of_ones_own(office):
    number = office.citizen.post("/applications", NEW)["number"]
    with pytest.raises(Refused, match="unknown_number"):
        Caller(office.cloud, "stranger").post("/support", LETTER | {"application": number})


def test_a_topic_is_one_of_the_list(office):
    with pytest.raises(Refused) as refusal:
        office.citizen.post("/support", LETTER | {"topic": "weather"})
    assert refusal.value.fields == {"topic": "not_in_list"}


def test_everybody_may_know_the_hours(cloud):
    shown = cloud.request("GET", "/support/hotline").json
    assert shown["open_now"]  # nine in the morning in Moscow, a Monday
    assert {topic["topic"] for topic in shown["topics"]} >= {"documents", "other"}


def test_what_was_written_goes_with_the_consent(office):
    number = office.citizen.post("/support", LETTER)["number"]
    office.citizen.confirmed("POST", "/consent/withdrawal")
    office.cloud.settle()
    shown = office.citizen.get(f"/support/{number}")
    assert [message["text"] for message in shown["messages"]] == [None]


def test_a_thread_that_is_none_is_not_found(office):
    answer = office.cloud.request("GET", "/support/nothing", token=office.officer.token())
    check_problem(answer, 404, "unknown_thread")
