"""A request that comes twice is carried out once: Idempotency-Key, double clicks, two people."""

import json

import pytest

from tests.api.people import DOCUMENT, NEW, PROPOSAL, check_problem, in_review, state

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


def _events(office, number):
    return len(office.citizen.get(f"/applications/{number}/history")["events"])


def test_the_same_draft_is_begun_once(office):
    first, second = (office.citizen.post("/applications", NEW, key=KEY) for _ in range(2))
    assert first == second
    assert len(office.citizen.get("/applications")["applications"]) == 1


def test_the_same_key_with_another_request_is_refused(office):
    number = office.citizen.post("/applications", NEW, key=KEY)["number"]
    token, headers = office.citizen.token(), {"Idempotency-Key": KEY}
    for path, body in (
        ("/applications", NEW | {"form": {"first_name": "Анна"}}),
        (f"/applications/{number}/documents", DOCUMENT),
        (f"/applications/{number}/withdrawal", None),
    ):
        answer = office.cloud.request("POST", path, token=token, json=body, headers=headers)
        check_problem(answer, 422, "key_reused")
    assert office.show(number)["version"] == 1
    assert len(office.citizen.get("/applications")["applications"]) == 1


def test_two_people_with_the_same_key_have_nothing_to_do_with_each_other(office):
    other = office.cloud.sign_in("stranger")
    mine = office.citizen.post("/applications", NEW, key=KEY)["number"]
    theirs = office.cloud.request(
        "POST", "/applications", token=other, json=NEW, headers={"Idempotency-Key": KEY}
    ).json["number"]
    assert mine != theirs


@pytest.mark.parametrize("key", ["a" * 201, "ключ", "a\tb"])
def test_a_key_is_a_short_plain_text(office, key):
    answer = office.cloud.request(
        "POST",
        "/applications",
        token=office.citizen.token(),
        json=NEW,
        headers={"Idempotency-Key": key},
    )
    check_problem(answer, 400, "bad_idempotency_key")
    assert office.citizen.get("/applications")["applications"] == []


def test_a_document_is_announced_once(office):
    number = office.citizen.post("/applications", NEW)["number"]
    path = f"/applications/{number}/documents"
    first, second = (office.citizen.post(path, DOCUMENT, key=KEY) for _ in range(2))
    assert first["document"] == second["document"]
    assert first["fields"]["key"] == second["fields"]["key"]
    assert len(office.show(number)["documents"]) == 1


def test_every_step_of_a_citizen_and_an_officer_may_come_twice(office):
    """Each is sent twice with one key: the second answer is the first, the effect is one."""
    number = in_review(office)
    path = f"/applications/{number}"
    refusal = {"outcome": "refused", "reasons": ["data_wrong"], "explanation": "Сверьте."}
    ask = {"gaps": [{"code": "unclear", "field": "income"}], "message": "За какой год?"}
    steps = [
        (office.officer, f"{path}/claim", None),
        (office.officer, f"{path}/release", None),
        (office.officer, f"{path}/question", ask),
        (office.citizen, f"{path}/answer", {"form": {}, "message": "За прошлый."}),
        (office.officer, f"{path}/proposal", refusal),
        (office.second_officer, f"{path}/confirmation", {"agrees": True}),
        (office.citizen, f"{path}/resubmission", None),
    ]
    for position, (caller, where, body) in enumerate(steps):
        first = caller.post(where, body, key=f"{KEY}-{position}")
        events = _events(office, number)
        assert caller.post(where, body, key=f"{KEY}-{position}") == first, where
        assert _events(office, number) == events
        office.cloud.settle()
        office.cloud.advance(minutes=10)
    assert office.show(number)["stage"] == "refused"
    assert len(office.citizen.get("/applications")["applications"]) == 2


def test_submitting_and_withdrawing_twice(office):
    from local.office import form_of  # noqa: PLC0415
    from local.people import person  # noqa: PLC0415

    number = office.draft(form_of(person(3)))
    for step in ("submission", "withdrawal"):
        path = f"/applications/{number}/{step}"
        first = office.citizen.post(path, key=f"{KEY}-{step}")
        assert office.citizen.post(path, key=f"{KEY}-{step}") == first
    again = office.cloud.request(
        "POST", f"/applications/{number}/withdrawal", token=office.citizen.token()
    )
    check_problem(again, 409, "wrong_stage")


def test_a_double_click_without_a_key_decides_once(office):
    number = in_review(office)
    office.approve(number)
    before = state(office, number)
    answer = office.cloud.request(
        "POST",
        f"/applications/{number}/proposal",
        token=office.officer.token(),
        json=PROPOSAL,
    )
    check_problem(answer, 409, "wrong_stage")
    assert state(office, number) == before


def test_a_refused_request_may_be_sent_again_with_its_key_once_it_is_right(office):
    """A refusal is not remembered: nothing was carried out."""
    number = office.citizen.post("/applications", NEW)["number"]
    path = f"/applications/{number}/submission"
    token, headers = office.citizen.token(), {"Idempotency-Key": KEY}
    for _ in range(2):
        answer = office.cloud.request("POST", path, token=token, headers=headers)
        check_problem(answer, 422, "invalid_form")


def test_a_key_is_remembered_for_a_week(office):
    number = office.citizen.post("/applications", NEW, key=KEY)["number"]
    office.cloud.advance(days=6)
    assert office.citizen.post("/applications", NEW, key=KEY)["number"] == number


def test_the_version_that_was_read_guards_what_is_written(office):
    number = office.citizen.post("/applications", NEW)["number"]
    path = f"/applications/{number}"
    office.citizen.patch(path, {"form": {"first_name": "Анна"}, "version": 1})
    stale = json.dumps({"form": {"first_name": "Яна"}, "version": 1})
    answer = office.cloud.request(
        "PATCH",
        path,
        token=office.citizen.token(),
        body=stale,
        headers={"Content-Type": "application/json"},
    )
    check_problem(answer, 409, "version_conflict")
    assert office.show(number)["form"] == {"first_name": "Анна"}
