"""A person's profile: told once, filled in in every form, and gone with the consent."""

import pytest

from local.office import Caller, Refused
from tests.api.people import NEW, check_problem

OWN = {"last_name": "Берёзова", "first_name": "Анна", "snils": "11223344595"}


def _told(person, **values):
    known = person.get("/profile")
    return person.patch("/profile", {"version": known["version"], "values": values})


def test_a_profile_is_told_once_and_filled_in(office):
    citizen = office.citizen
    assert citizen.get("/profile")["values"] == {}
    known = _told(citizen, **OWN)
    assert known["values"] == OWN | {"snils": "112-233-445 95"}
    assert known["verified"] == {"phone": citizen.phone, "email": None}
    number = citizen.post("/applications", NEW | {"form": {"first_name": "Яна"}})["number"]
    filled = citizen.get(f"/applications/{number}/prefill")["values"]
    assert filled == {
        "last_name": "Берёзова",
        "snils": "112-233-445 95",
        "phone": citizen.phone,
    }
    assert office.show(number)["form"] == {"first_name": "Яна"}


def test_it_is_nobody_elses(office):
    _told(office.citizen, **OWN)
    stranger = Caller(office.cloud, "stranger")
    assert stranger.get("/profile")["values"] == {}
    number = office.citizen.post("/applications", NEW)["number"]
    with pytest.raises(Refused, match="unknown_number"):
        stranger.get(f"/applications/{number}/prefill")


def test_what_is_wrong_is_told_field_by_field_and_two_tabs_do_not_overwrite_each_other(office):
    _told(office.citizen, **OWN)
    with pytest.raises(Refused) as refusal:
        _told(office.citizen, snils="11223344596", shoe="43")
    assert refusal.value.fields == {"snils": "snils_check_digits", "shoe": "unknown_field"}
    stale = {"version": 0, "values": {"sex": "female"}}
    answer = office.cloud.request("PATCH", "/profile", token=office.citizen.token(), json=stale)
    check_problem(answer, 409, "version_conflict")
    assert office.citizen.get("/profile")["version"] == 1


def test_its_schema_names_what_may_be_told(office):
    schema = office.citizen.get("/profile/schema")
    assert schema["properties"].keys() >= OWN.keys()
    assert schema["required"] == []


def test_it_goes_with_the_consent(office):
    _told(office.citizen, **OWN)
    office.citizen.confirmed("POST", "/consent/withdrawal")
    office.cloud.settle()
    assert office.citizen.get("/profile")["values"] == {}
