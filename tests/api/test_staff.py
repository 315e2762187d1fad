"""People of the office appear to each other under their names, and to citizens under none."""

import json

import boto3
import pytest

from local.aws import REGION
from local.office import Caller, Office, Refused
from tests.api.people import MISSING, check_problem, in_review

MARIA, ANDREY, OLGA = "Петрова М. С.", "Соколов А. И.", "Громова О. П."
REFUSAL = {"outcome": "refused", "reasons": ["criteria_not_met"], "explanation": "Доход выше."}


def spaced(shown: object) -> object:
    """A name is not broken over two lines; here it is compared without that."""
    text = json.dumps(shown, ensure_ascii=False)
    return json.loads(text.replace("\N{NO-BREAK SPACE}", " "))


def reassigned(office: Office, officer: str, number: str):
    body = {"act": "reassign", "numbers": [number], "officer": officer}
    token = office.supervisor.token()
    return office.cloud.request("POST", "/bulk", token=token, json=body)


def test_names_stand_beside_ids_in_a_case_its_history_and_the_queue(office: Office):
    number = in_review(office)
    path = f"/applications/{number}"
    office.second_officer.token()
    assert reassigned(office, "second-officer", number).status_code == 200
    office.second_officer.post(f"{path}/escalation", {"words": "Нужен совет"})
    shown = spaced(office.officer.get(path))
    assert (shown["officer"], shown["officer_name"]) == ("second-officer", ANDREY)
    assert (shown["escalation"]["by"], shown["escalation"]["by_name"]) == ("second-officer", ANDREY)
    office.second_officer.post(f"{path}/proposal", REFUSAL)
    assert spaced(office.officer.get(path))["proposal"]["officer_name"] == ANDREY
    (line,) = spaced(office.officer.get("/queue"))["applications"]
    assert (line["officer"], line["officer_name"]) == ("second-officer", ANDREY)
    told = spaced(office.auditor.get(f"{path}/history"))["events"]
    names = {event["kind"]: (event["actor_name"], event["officer_name"]) for event in told}
    assert names["reassigned"] == (OLGA, ANDREY)
    assert names["submitted"] == ("Заявитель", None)
    audit = spaced(office.auditor.get(f"/audit?number={number}"))["entries"]
    assert {MARIA, ANDREY, OLGA} <= {each["actor_name"] for each in audit}
    office.second_officer.post(f"{path}/presence")
    (other,) = spaced(office.officer.post(f"{path}/presence"))["others"]
    assert (other["who"], other["who_name"]) == ("second-officer", ANDREY)


def test_a_citizen_is_told_no_name_and_no_id(office: Office):
    number = in_review(office)
    office.officer.post(f"/applications/{number}/claim")
    letter = office.citizen.post("/support", {"topic": "documents", "text": "Как?"})
    answer = {"text": "Так.", "version": letter["version"]}
    office.officer.post(f"/support/{letter['number']}/answer", answer)
    seen = spaced(office.officer.get(f"/support/{letter['number']}"))["messages"][1]
    assert (seen["author"], seen["author_name"]) == ("officer", MARIA)
    for path in (
        f"/applications/{number}",
        f"/applications/{number}/history",
        "/applications",
        f"/support/{letter['number']}",
    ):
        told = json.dumps(spaced(office.citizen.get(path)), ensure_ascii=False)
        assert "Петрова" not in told, path
    (line,) = office.citizen.get("/applications")["applications"]
    assert (line["officer"], line["officer_name"]) == (None, None)


@pytest.mark.long
def test_names_of_a_queue_are_one_read_however_long_it_is(office: Office):
    for caller, n in ((office.officer, 1), (office.second_officer, 2)):
        caller.post(f"/applications/{in_review(office, n)}/claim")

    def reads() -> int:
        before = len(office.cloud.calls)
        office.third_officer.get("/queue")
        return sum(name == "Query" for _, name in list(office.cloud.calls)[before:])

    assert reads() <= 2  # the queue itself, and all the names
    assert reads() == 1  # which are remembered


def test_work_is_given_to_those_who_do_it_only(office: Office):
    for caller in (office.citizen, office.expert, office.auditor):
        caller.token()
    for who in ("nobody", "citizen", "expert", "auditor"):
        problem = check_problem(reassigned(office, who, MISSING), 422, "invalid_form")
        (error,) = problem["errors"]
        assert (error["field"], error["code"]) == ("officer", "no_such_officer")
        assert "no_such_officer" not in error["message"]


def test_who_has_not_come_for_a_month_is_given_no_work_and_keeps_the_name(office: Office):
    office.second_officer.token()
    office.cloud.advance(days=31)
    office.officer.token()
    people = office.supervisor.get("/staff?assignable=yes")["people"]
    assert [each["name"] for each in people] == [
        "Громова Ольга Павловна",
        "Петрова Мария Сергеевна",
    ]
    check_problem(reassigned(office, "second-officer", MISSING), 422)
    known = {each["id"]: each for each in spaced(office.auditor.get("/staff")["people"])}
    left = known["second-officer"]
    assert (left["short_name"], left["here"]) == (ANDREY, False)


def test_a_filter_or_an_audit_by_who_is_nobody_is_refused(office: Office):
    office.citizen.token()
    for where in (
        "/queue?officer=nobody",
        "/audit?actor=nobody",
        "/audit?actor=",
        "/staff?assignable=1",
    ):
        with pytest.raises(Refused, match="bad_parameter"):
            office.supervisor.get(where)
    with pytest.raises(Refused, match="unknown_number"):
        office.supervisor.get("/audit?number=")
    assert office.supervisor.get("/staff?region=RU-SPE")["people"] == []


def test_the_name_is_read_at_the_door_and_forgotten_roles_with_the_group(office: Office):
    newcomer = Caller(office.cloud, "newcomer", ("experts",), name="Орлова Нина Львовна")
    newcomer.token()
    pool = {"UserPoolId": office.cloud.outputs["People"], "Username": "newcomer"}
    cognito = boto3.client("cognito-idp", REGION)

    def sign_in() -> dict:
        said = {"login": newcomer.phone, "password": office.password}
        flow = office.cloud.request("POST", "/account/sign-in", json=said).json["flow"]
        code = {"flow": flow, "code": newcomer.code()}
        assert office.cloud.request("POST", "/account/sign-in/code", json=code).status_code == 200
        people = office.supervisor.get("/staff")["people"]
        return next(each for each in people if each["id"] == "newcomer")

    changed = {"Name": "name", "Value": "Соколова Нина Львовна"}
    cognito.admin_update_user_attributes(**pool, UserAttributes=[changed])
    known = sign_in()
    assert (known["name"], known["roles"]) == ("Соколова Нина Львовна", ["expert"])
    cognito.admin_remove_user_from_group(**pool, GroupName="experts")
    office.cloud.advance(minutes=6)
    known = sign_in()
    assert (known["name"], known["roles"], known["here"]) == ("Соколова Нина Львовна", [], False)
