"""What each group of the office may do: experts judge documents, auditors read and change nothing,
supervisors may all."""

import pytest

from functions.intake.http import (
    AUDITOR,
    CITIZEN,
    EXPERT,
    OFFICER,
    STAFF,
    SUPERVISOR,
    person_of,
)
from local.office import Refused
from tests.api.people import PROPOSAL, in_review

LOOKS = {"look_at_document", "look_at_proof"}  # POSTs, since they leave a trace: who looked
SHOWS = LOOKS | {"find_account"}  # what is searched for stands in no address
BY_EXPERTS = {"check_document", "request_paper", "note_presence", *LOOKS}


@pytest.fixture
def operations(cloud):
    """All of them are registered once somebody has asked for the document."""
    from functions.intake.access import api  # noqa: PLC0415  it reads the environment

    assert cloud.request("GET", "/openapi.json").status_code == 200
    return [operation for operation in api.operations if operation.roles]


def _changed_by(role, operations):
    return {o.name for o in operations if role in o.roles and o.method != "GET"}


def test_an_auditor_reads_whatever_an_officer_reads_and_changes_nothing(operations):
    assert _changed_by(AUDITOR, operations) == SHOWS
    for operation in operations:
        if operation.method == "GET" and OFFICER in operation.roles:
            assert AUDITOR in operation.roles, operation.name


def test_an_expert_changes_nothing_but_verdicts(operations):
    assert _changed_by(EXPERT, operations) == BY_EXPERTS


def test_only_experts_judge_documents_and_a_supervisor_may_do_whatever_others_may(operations):
    roles = {operation.name: operation.roles for operation in operations}
    assert roles["check_document"] == {EXPERT, SUPERVISOR}
    for name, allowed in roles.items():
        if allowed & {OFFICER, EXPERT, AUDITOR}:
            assert SUPERVISOR in allowed, name


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        ("experts", {EXPERT}),
        ("auditors", {AUDITOR}),
        ("experts,officers", {EXPERT, OFFICER}),
        ("supervisors", {SUPERVISOR}),
        ("strangers", {CITIZEN}),
    ],
)
def test_a_group_is_a_role(groups, roles):
    person = person_of({"cognito:username": "somebody", "cognito:groups": groups})
    assert person.roles == roles
    assert person.is_staff == (CITIZEN not in roles)


def test_an_auditor_sees_the_whole_case_and_decides_nothing(office):
    number = in_review(office)
    path = f"/applications/{number}"
    seen = office.auditor.get(path)
    assert seen | {"office_ways": []} == office.officer.get(path) | {"office_ways": []}
    assert seen["office_ways"] == []
    assert office.auditor.get(f"{path}/history")["intact"]
    assert office.auditor.get("/queue")["applications"]
    for act, body in (("claim", None), ("proposal", PROPOSAL)):
        with pytest.raises(Refused, match="role_needed"):
            office.auditor.post(f"{path}/{act}", body)
    assert office.auditor.get(path) == seen


def test_an_expert_is_no_officer_and_an_officer_no_expert(office):
    number = in_review(office)
    assert STAFF.isdisjoint({EXPERT, AUDITOR})
    assert office.expert.get(f"/applications/{number}")["number"] == number
    with pytest.raises(Refused, match="role_needed"):
        office.expert.post(f"/applications/{number}/proposal", PROPOSAL)
    (document, *_) = office.show(number)["documents"]
    path = f"/applications/{number}/documents/{document['id']}/check"
    with pytest.raises(Refused, match="role_needed"):
        office.officer.post(path, {"verdict": "conforming"})
