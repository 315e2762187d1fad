"""Acting in the name of another person, through the API."""

from urllib.parse import urlsplit

import pytest

from local.office import Caller, Refused, form_of
from local.people import person
from tests.api.people import NEW, check_problem
from tests.journeys.archive_steps import put_in

SON = {
    "last_name": "Берёзов",
    "first_name": "Пётр",
    "birth_date": "01.02.2019",
    "snils": "112-233-445 95",
}
OWN_NAME = "Анна Берёзова"


class Acting:
    """A citizen at work in the name of another."""

    def __init__(self, office, caller, by):
        self._office, self._caller, self._by = office, caller, by

    def __call__(self, method, path, body=None, **headers):
        return self._office.cloud.request(
            method,
            path,
            token=self._caller.token(),
            json=body,
            headers={"Acting-For": self._by, **headers},
        )


def _confirmed_for_a_child(office):
    proof = put_in(office, office.citizen)
    body = {"kind": "parent", "person": SON, "own_name": OWN_NAME, "proof": proof}
    id_ = office.citizen.post("/representations", body)["representation"]
    office.officer.post(f"/representations/{id_}/confirmation", {"confirms": True})
    return id_


def _agreed(office):
    """The relative agrees that the citizen acts in her name."""
    asked = {"kind": "child", "person": SON, "own_name": OWN_NAME, "phone": office.relative.phone}
    id_ = office.citizen.post("/representations", asked)["representation"]
    office.relative.confirmed("POST", f"/representations/{id_}/acceptance")
    return id_


def test_a_parent_files_for_a_child_whom_an_officer_has_seen_on_paper(office):
    id_ = _confirmed_for_a_child(office)
    act = Acting(office, office.citizen, id_)
    begun = act("POST", "/applications", {**NEW, "form": {"first_name": "Пётр"}}).json
    number = begun["number"]
    assert [line["number"] for line in act("GET", "/applications").json["applications"]] == [number]
    assert office.citizen.get("/applications")["applications"] == []
    with pytest.raises(Refused, match="unknown_number"):
        office.citizen.get(f"/applications/{number}")
    act("PATCH", f"/applications/{number}", {"form": {"first_name": "Пётр", "wishes": "нет"}})
    events = office.casebook.load(number).events
    assert {(event.actor, event.data["for"]) for event in events} == {("citizen", id_)}
    filled = act("GET", f"/applications/{number}/prefill").json["values"]
    assert (filled["last_name"], filled["birth_date"]) == ("Берёзов", "2019-02-01")
    assert filled["phone"] == office.citizen.phone


def test_the_profile_of_a_child_is_kept_by_the_parent(office):
    act = Acting(office, office.citizen, _confirmed_for_a_child(office))
    told = {"version": 0, "values": {"birth_place": "г. Примерск"}}
    assert act("PATCH", "/profile", told).json["values"] == told["values"]
    assert office.citizen.get("/profile")["values"] == {}


def test_a_grown_up_agrees_himself_and_takes_it_back(office):
    asked = {"kind": "child", "person": SON, "own_name": OWN_NAME, "phone": office.relative.phone}
    id_ = office.citizen.post("/representations", asked)["representation"]
    act = Acting(office, office.citizen, id_)
    check_problem(act("GET", "/applications"), 403, "not_representing")
    (seen,) = office.relative.get("/representations")["about_me"]
    assert (seen["representative_name"], seen["role"], seen["state"]) == (
        OWN_NAME,
        "represented",
        "proposed",
    )
    office.relative.confirmed("POST", f"/representations/{id_}/acceptance")
    number = act("POST", "/applications", NEW).json["number"]
    assert office.relative.get(f"/applications/{number}")["stage"] == "draft"
    check_problem(act("GET", "/profile"), 403, "profile_of_another")
    office.relative.delete(f"/representations/{id_}")
    check_problem(act("GET", f"/applications/{number}"), 403, "not_representing")
    (own,) = office.citizen.get("/representations")["own"]
    assert own["state"] == "revoked"


def test_what_is_submitted_for_another_is_told_as_the_form_says(office):
    """Who acts has put his own phone there; the profile of the other one is not asked."""
    act = Acting(office, office.citizen, _agreed(office))
    office.relative.patch("/profile", {"version": 0, "values": {"phone": "+79160000009"}})
    form = form_of(person(3), notify_by="sms")
    office.citizen, mine = _InTheNameOf(act), office.citizen
    try:
        number = office.draft(form)
        refused = act("POST", f"/applications/{number}/submission")
        assert [(e["field"], e["code"]) for e in check_problem(refused, 422)["errors"]] == [
            ("snils", "not_their_snils")
        ]
        act("PATCH", f"/applications/{number}", {"form": {"snils": SON["snils"]}})
        office.submit(number)
    finally:
        office.citizen = mine
    office.cloud.advance(minutes=5)
    assert {phone for phone, text in office.cloud.sms if "зарегистрировано" in text} == {
        form["phone"]
    }


class _InTheNameOf:
    name = "citizen"

    def __init__(self, act):
        self._act = act

    def get(self, path):
        return self._act("GET", path).json

    def post(self, path, body=None):
        return self._act("POST", path, body).json


def test_a_right_opens_nothing_to_anybody_else(office):
    id_ = _confirmed_for_a_child(office)
    stranger = Caller(office.cloud, "stranger")
    for caller in (stranger, office.agency("lipa")):
        answer = Acting(office, caller, id_)("GET", "/applications")
        assert answer.status_code == 403
    check_problem(Acting(office, stranger, "nothing")("GET", "/applications"), 403)
    for step in ("acceptance",):
        with pytest.raises(Refused, match="unknown_representation"):
            stranger.confirmed("POST", f"/representations/{id_}/{step}")
    with pytest.raises(Refused, match="unknown_representation"):
        stranger.delete(f"/representations/{id_}")


def test_an_officer_sees_the_proof_and_may_decline_with_the_reason(office):
    proof = put_in(office, office.citizen)
    body = {"kind": "guardian", "person": SON, "own_name": OWN_NAME, "proof": proof}
    id_ = office.citizen.post("/representations", body)["representation"]
    (waits,) = office.officer.get("/representations/queue")["representations"]
    assert waits["representation"] == id_
    shown = office.officer.post(f"/representations/{id_}/look")
    assert "proof" in urlsplit(shown["url"]).path
    refusal = {"confirms": False, "words": "Нет печати"}
    office.officer.post(f"/representations/{id_}/confirmation", refusal)
    (own,) = office.citizen.get("/representations")["own"]
    assert (own["state"], own["words"]) == ("declined", "Нет печати")
    assert office.officer.get("/representations/queue")["representations"] == []


@pytest.mark.long
def test_a_renewed_right_finds_the_same_applications(office):
    first = _confirmed_for_a_child(office)
    number = Acting(office, office.citizen, first)("POST", "/applications", NEW).json["number"]
    office.citizen.delete(f"/representations/{first}")
    second = Acting(office, office.citizen, _confirmed_for_a_child(office))
    assert second("GET", f"/applications/{number}").status_code == 200


def test_it_ends_with_the_consent(office):
    act = Acting(office, office.citizen, _agreed(office))
    office.citizen.confirmed("POST", "/consent/withdrawal")
    office.cloud.settle()
    check_problem(act("GET", "/applications"), 403, "not_representing")
    (own,) = office.citizen.get("/representations")["own"]
    assert (own["state"], own["person"]) == ("revoked", None)


def test_one_key_is_not_used_for_oneself_and_for_another(office):
    act = Acting(office, office.citizen, _agreed(office))
    key = {"Idempotency-Key": "once"}
    office.citizen.post("/applications", NEW, key="once")
    check_problem(act("POST", "/applications", NEW, **key), 422, "key_reused")
