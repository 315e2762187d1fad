"""An execution dies, and somebody other than the applicant finds out."""

import json

import boto3
import pytest

from local.aws import REGION
from local.office import Office, form_of
from local.people import person
from tests.api.people import in_review
from tests.journeys.provision_steps import in_hand
from tests.journeys.steps import UNCLEAR_INCOME
from tests.journeys.test_redrive import REVIEW, stop

NEVER = {"looked_at": None, "open": 0, "paused": 0, "found": 0, "findings": []}


def board(office: Office) -> dict:
    """After the next look."""
    office.cloud.advance(days=7)
    return office.auditor.get("/sentinel")


def faults(office: Office) -> list[tuple[str, str]]:
    return [(found["number"], found["fault"]) for found in board(office)["findings"]]


def test_an_execution_that_died_is_found_and_mended(office: Office):
    assert office.officer.get("/sentinel") == NEVER
    lost = in_review(office)
    stop(office, lost)
    shown = board(office)
    assert (shown["open"], shown["found"]) == (1, 1)
    (found,) = shown["findings"]
    assert (found["number"], found["fault"]) == (lost, "no_timer")
    assert (found["machine"], found["execution"]) == ("application_review", lost)
    office.supervisor.post(f"/executions/{lost}/redrive", REVIEW)
    office.cloud.settle()
    assert faults(office) == []


@pytest.mark.long
def test_what_begins_twice_or_for_nobody_is_found(office: Office):
    twice, over = in_review(office), in_review(office, 2)
    office.withdraw(over)
    client, arn = boto3.client("stepfunctions", REGION), office.cloud.outputs["ApplicationReview"]
    waiting = json.dumps({"number": twice, "next": "decide", "seconds": 5_000_000})
    for number in (twice, over):
        client.start_execution(stateMachineArn=arn, name=f"{number}.9", input=waiting)
    office.cloud.settle()
    found = faults(office)
    assert sorted(found) == sorted([(twice, "two_timers"), (over, "nobodys")])


@pytest.mark.long
def test_nothing_is_wrong_at_any_stage_of_a_long_life(office: Office):
    """With silent registries, a question, a refusal that waits for its second officer, and what is
    provided after an approval."""
    office.registries.behave("taxes", down_until=office.cloud.now().replace(year=2027))
    silent = office.apply(form_of(person(3)))
    office.registries.behave("taxes")
    asked, proposed, provided = in_review(office, 4), in_review(office, 5), in_hand(office)
    office.ask(asked, UNCLEAR_INCOME)
    office.propose_refusal(proposed, "data_wrong", explanation="Сверьте")
    at_work = {number: office.show(number)["stage"] for number in (silent, asked, proposed)}
    assert at_work == {silent: "checking", asked: "clarification", proposed: "confirmation"}
    for _ in range(5):
        assert faults(office) == []
    assert office.show(asked)["stage"] == "refused"
    assert provided in office.casebook.unfinished(provided=True)
