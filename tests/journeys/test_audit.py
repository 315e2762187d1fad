"""Who of the office saw and did what, and who is looking just now."""

import pytest

from local.office import Office, Refused
from tests.api.people import in_review


def entries(office: Office, query: str) -> list[tuple[str, str | None]]:
    """(who, what he did, None when he only looked), the latest first."""
    shown = office.auditor.get(f"/audit?{query}")["entries"]
    return [(entry["actor"], entry["event"]) for entry in shown]


def test_looks_and_acts_are_told_of_a_case_and_of_an_officer(office: Office):
    number, other = in_review(office), in_review(office, 2)
    path = f"/applications/{number}"
    assert [who for who, what in entries(office, f"number={number}") if what is None] == []
    for _ in range(3):
        office.second_officer.get(path)  # one look in one hour
    office.second_officer.get(f"{path}/history")
    office.citizen.get(path)  # a citizen's own is nobody's business
    office.cloud.advance(hours=1)
    office.officer.post(f"{path}/claim")
    office.cloud.advance(minutes=1)
    office.officer.get(f"/applications/{other}")
    office.second_officer.get(path)
    of_case = entries(office, f"number={number}")
    assert of_case[:3] == [
        ("second-officer", None),
        ("officer", "claimed"),
        ("second-officer", None),
    ]
    assert of_case[-1] == ("citizen", "drafted")
    assert entries(office, "actor=second-officer") == [("second-officer", None)] * 2
    assert entries(office, "actor=officer") == [("officer", None), ("officer", "claimed")]
    told = office.supervisor.get("/audit?actor=officer")["entries"]
    assert told[0]["title"] == "Открыл заявление"
    assert {entry["number"] for entry in told} == {number, other}
    assert entries(office, "actor=officer&until=2026-03-01") == []


def test_an_officer_does_not_audit_and_the_question_must_be_one(office: Office):
    with pytest.raises(Refused, match="role_needed"):
        office.officer.get("/audit?actor=supervisor")
    for query in ("", "?number=1&actor=officer", "?actor=officer&since=today"):
        with pytest.raises(Refused, match="bad_parameter"):
            office.auditor.get(f"/audit{query}")


def test_whoever_has_it_open_is_told_of_the_others_for_three_minutes(office: Office):
    number = in_review(office)
    path = f"/applications/{number}/presence"
    assert office.officer.post(path)["others"] == []
    (other,) = office.second_officer.post(path)["others"]
    assert other["who"] == "officer"
    office.cloud.advance(minutes=2)
    assert [o["who"] for o in office.officer.post(path)["others"]] == ["second-officer"]
    office.cloud.advance(minutes=2)
    assert office.officer.post(path)["others"] == []
