"""Executions on the state machine of the template: what comes twice or late changes nothing."""

import uuid

import boto3
import pytest

from adapters.executions import Executions, step_payload
from casework.errors import BadRequest, NotFound
from casework.review import Next, Step
from local.aws import REGION
from local.office import Office, form_of
from local.people import MOTHER

DECIDE = Step(Next.DECIDE, 3600)


@pytest.fixture
def reviews(office: Office) -> Executions:
    client = boto3.client("stepfunctions", REGION)
    return Executions(client, office.cloud.outputs["ApplicationReview"])


@pytest.fixture
def number(office: Office) -> str:
    """An application that waits for its officer."""
    applied = office.apply(form_of(MOTHER))
    office.cloud.advance(minutes=10)
    assert office.show(applied)["stage"] == "review"
    return applied


def test_a_payload_is_an_id_and_what_to_wait_for():
    assert step_payload("1", DECIDE) == {"number": "1", "next": "decide", "seconds": 3600}


def test_a_second_start_changes_nothing(reviews, number):
    before = reviews.show(number)
    reviews.start_review(number, DECIDE)
    reviews.start(number, {"number": number, "other": "input"})
    assert reviews.show(number) == before


def test_a_wait_ends_once_and_late_or_foreign_tokens_change_nothing(office, reviews, number):
    token = office.casebook.load(number).task.token
    office.approve(number)
    ended = reviews.show(number)
    assert ended["status"] == "SUCCEEDED"
    for stale in (token, str(uuid.uuid4()), "x"):
        reviews.wake(stale, number, DECIDE)
    office.cloud.settle()
    assert reviews.show(number) == ended


def test_an_execution_shows_where_it_is(reviews, number):
    shown = reviews.show(number)
    assert (shown["number"], shown["status"], shown["stopped_at"]) == (number, "RUNNING", None)
    assert shown["current_state"] == shown["states"][-1]["state"]
    assert (shown["error"], shown["cause"]) == (None, None)


def test_what_is_stopped_twice_or_never_began_stays_as_it_is(office, reviews, number):
    reviews.stop(number, "withdrawn")
    office.cloud.settle()
    stopped = reviews.show(number)
    assert (stopped["status"], stopped["cause"]) == ("ABORTED", "withdrawn")
    reviews.stop(number, "again")
    reviews.stop("000-000-0000", "never began")
    assert reviews.show(number) == stopped


def test_an_unknown_execution_is_not_found(reviews):
    with pytest.raises(NotFound) as raised:
        reviews.show("000-000-0000" * 4)
    assert raised.value.code == "unknown_execution"


def test_executions_are_listed_by_status_and_page(office, reviews, number):
    names = [f"listed-{n}" for n in range(27)]
    for name in names:
        reviews.start(name, step_payload(name, DECIDE))
        reviews.stop(name, "only listed")
    office.cloud.settle()
    first = reviews.latest("ABORTED", None)
    second = reviews.latest("ABORTED", first["cursor"])
    assert (len(first["executions"]), len(second["executions"])) == (25, 2)
    assert second["cursor"] is None
    listed = {e["number"] for e in first["executions"] + second["executions"]}
    assert listed == set(names)
    running = reviews.latest("RUNNING", None)["executions"]
    assert [execution["number"] for execution in running] == [number]


def test_a_made_up_cursor_is_refused(reviews):
    with pytest.raises(BadRequest) as raised:
        reviews.latest(None, "made up")
    assert raised.value.code == "bad_cursor"
