"""By which channel people are told, as they chose in the cabinet."""

import pytest

from local.office import Refused, form_of
from local.people import person


def _chosen(citizen, **chosen):
    version = citizen.get("/notification-preferences")["version"]
    body = {"version": version, "chosen": chosen}
    return citizen.patch("/notification-preferences", body)


def test_a_choice_is_followed_by_what_is_told_next(office):
    citizen, address = office.citizen, "latest@example.org"
    number = office.apply(form_of(person(1), notify_by="sms"))
    office.cloud.advance(minutes=10)
    shown = _chosen(citizen, decisions="email")
    told = {group["group"]: group["channel"] for group in shown["groups"]}
    assert (told["decisions"], told["questions"]) == ("email", None)
    citizen.patch("/profile", {"version": 0, "values": {"email": address}})
    before = len(office.cloud.sms)
    office.approve(number)
    office.cloud.advance(minutes=5)
    assert any(address in str(mail) for mail in office.cloud.emails)
    assert len(office.cloud.sms) == before


def test_what_the_law_wants_told_cannot_be_switched_off(office):
    with pytest.raises(Refused) as refusal:
        _chosen(office.citizen, decisions="off", drafts="off")
    assert refusal.value.fields == {"chosen.decisions": "legal_notice"}
    assert office.citizen.get("/notification-preferences")["version"] == 0


def test_an_answer_of_support_can_be(office):
    _chosen(office.citizen, support="off")
    letter = office.citizen.post("/support", {"topic": "other", "text": "?"})
    office.officer.post(f"/support/{letter['number']}/answer", {"text": "!"})
    before = list(office.cloud.sms)
    office.cloud.settle()
    assert office.cloud.sms == before
