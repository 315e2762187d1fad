"""What failed is found, and goes on from where it failed."""

import boto3
import pytest

from local.aws import REGION
from local.office import Office, Refused
from tests.api.people import in_review
from tests.journeys.provision_steps import benefit

REVIEW = {"machine": "application_review"}


def stop(office, number, machine="ApplicationReview"):
    """By hand, in the console: what nobody here would do."""
    client = boto3.client("stepfunctions", REGION)
    arn = office.cloud.outputs[machine].replace(":stateMachine:", ":execution:")
    client.stop_execution(executionArn=f"{arn}:{number}", error="ByHand", cause="a slip")
    office.cloud.settle()


def stuck(office):
    found = office.auditor.get("/executions/stuck")["executions"]
    return [(each["machine"], each["number"], each["status"]) for each in found]


def test_a_stopped_execution_is_stuck_and_goes_on_when_it_is_redriven(office: Office):
    number = in_review(office)
    stop(office, number)
    assert stuck(office) == [("application_review", number, "ABORTED")]
    shown = office.officer.get(f"/executions/{number}")
    assert (shown["error"], shown["may_be_redriven"]) == ("ByHand", True)
    with pytest.raises(Refused, match="role_needed"):
        office.officer.post(f"/executions/{number}/redrive", REVIEW)
    office.supervisor.post(f"/executions/{number}/redrive", REVIEW)
    office.cloud.settle()
    again = office.officer.get(f"/executions/{number}")
    assert (again["status"], again["current_state"]) == ("RUNNING", shown["current_state"])
    assert again["states"][: len(shown["states"])] == shown["states"]
    assert (again["error"], again["stopped_at"]) == (None, None)
    assert stuck(office) == []
    office.approve(number)
    assert office.show(number)["stage"] == "approved"
    assert office.execution(number)["status"] == "SUCCEEDED"


def test_what_runs_or_ended_well_is_not_redriven(office: Office):
    number = in_review(office)
    path = f"/executions/{number}/redrive"
    with pytest.raises(Refused, match="not_redrivable"):
        office.supervisor.post(path, REVIEW)
    office.approve(number)
    with pytest.raises(Refused, match="not_redrivable"):
        office.supervisor.post(path, REVIEW)
    with pytest.raises(Refused, match="unknown_execution"):
        office.supervisor.post(path, {"machine": "appeal_review"})


def test_what_we_stopped_ourselves_is_not_stuck(office: Office):
    number = in_review(office)
    office.withdraw(number)
    assert office.execution(number)["status"] == "ABORTED"
    assert stuck(office) == []
    assert not office.officer.get(f"/executions/{number}")["may_be_redriven"]


def test_every_machine_shows_its_executions(office: Office):
    """A benefit runs on the machines of reviews and of payments, a file on that of batches."""
    benefit(office)
    office.cloud.advance(days=2)
    office.drop("lipa", "empty.csv", b"?")
    seen = {}
    for machine in ("application_review", "benefit_payments", "batch_intake"):
        (line, *_) = office.officer.get(f"/executions?machine={machine}")["executions"]
        path = f"/executions/{line['number']}?machine={machine}"
        seen[machine] = office.officer.get(path)["current_state"]
        assert line["machine"] == machine
    assert seen == {
        "application_review": "Closed",
        "benefit_payments": "Asked for",
        "batch_intake": "Reported",
    }
    assert office.officer.get("/executions?machine=service_provision")["executions"] == []
    with pytest.raises(Refused, match="bad_parameter"):
        office.officer.get("/executions?machine=other")
