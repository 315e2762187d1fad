import json
from datetime import timedelta

import boto3
import pytest

DAY = 24 * 3600


@pytest.fixture
def states():
    return boto3.client("stepfunctions")


@pytest.fixture
def review(start):
    start("A-1", case="A-1", patience=7 * DAY)


def test_an_execution_waits_for_a_person(cloud, review):
    assert cloud.execution("A-1", "Review") == {
        "status": "RUNNING",
        "states": ["Check", "Ask"],
        "error": None,
        "cause": None,
    }


def test_a_silent_officer_is_reminded_at_the_deadline(cloud, review):
    cloud.advance(days=7, seconds=-1)
    assert cloud.sms == []
    cloud.advance(seconds=1)
    assert cloud.sms == [("+70000000002", "Case A-1 waits for you")]
    cloud.advance(days=28)
    assert len(cloud.sms) == 5
    assert cloud.execution("A-1", "Review")["states"][2:5] == ["Remind", "Ask", "Remind"]


def test_an_answer_goes_on(cloud, app, review, states):
    states.send_task_success(taskToken=app.seen["tokens"][0], output='{"decision": "granted"}')
    cloud.settle()
    assert cloud.execution("A-1", "Review")["status"] == "RUNNING"
    cloud.advance(days=1)
    assert cloud.execution("A-1", "Review")["status"] == "SUCCEEDED"


@pytest.fixture
def answer(states):
    def send(token, decision="granted"):
        output = json.dumps({"decision": decision})
        return states.send_task_success(taskToken=token, output=output)

    return send


def test_a_second_answer_is_refused(app, review, answer, states):
    (token,) = app.seen["tokens"]
    answer(token)
    with pytest.raises(states.exceptions.TaskTimedOut):
        answer(token, "refused")


def test_a_late_answer_is_refused(cloud, app, review, answer, states):
    cloud.advance(days=7)
    first, second = app.seen["tokens"]
    with pytest.raises(states.exceptions.TaskTimedOut):
        answer(first)
    answer(second)


def test_an_unknown_token_is_refused(cloud, answer, states):
    with pytest.raises(states.exceptions.InvalidToken):
        answer("never given")


def test_an_answer_must_be_json(app, review, states):
    with pytest.raises(states.exceptions.InvalidOutput):
        states.send_task_success(taskToken=app.seen["tokens"][0], output="granted")


def test_a_failure_keeps_its_cause_and_is_caught_by_name(cloud, app, review, states):
    states.send_task_failure(taskToken=app.seen["tokens"][0], error="Withdrawn", cause="by phone")
    cloud.settle()
    execution = cloud.execution("A-1", "Review")
    assert (execution["status"], execution["states"][-1]) == ("SUCCEEDED", "Refused")
    (failed,) = [event for event in cloud.history("A-1", "Review") if event["type"] == "TaskFailed"]
    assert failed["taskFailedEventDetails"]["cause"] == "by phone"


def test_a_stopped_execution_is_aborted_and_its_token_refused(cloud, app, review, answer, states):
    arn = cloud.outputs["Review"].replace("stateMachine", "execution") + ":A-1"
    states.stop_execution(executionArn=arn, error="Withdrawn", cause="by phone")
    with pytest.raises(states.exceptions.TaskTimedOut):
        answer(app.seen["tokens"][0])
    cloud.settle()

    stopped = states.describe_execution(executionArn=arn)
    assert (stopped["status"], stopped["error"], stopped["cause"]) == (
        "ABORTED",
        "Withdrawn",
        "by phone",
    )
    assert stopped["stopDate"] == cloud.now()
    assert cloud.history("A-1", "Review")[-1]["type"] == "ExecutionAborted"
    cloud.advance(days=30)
    assert cloud.sms == []


def test_an_execution_stops_while_it_waits_to_retry(cloud, app, start, states):
    app.trouble["check"] = 9
    start("A-1", case="A-1", patience=60)
    arn = cloud.outputs["Review"].replace("stateMachine", "execution") + ":A-1"
    states.stop_execution(executionArn=arn)
    cloud.advance(days=1)
    assert cloud.execution("A-1", "Review")["status"] == "ABORTED"
    assert app.trouble["check"] == 8


def test_retries_wait_in_virtual_time_up_to_their_longest_delay(cloud, app, start):
    app.trouble["check"] = 3
    start("A-1", case="A-1", patience=60)
    attempts = {}
    for hour in (1, 2, 1, 1):  # 1 h, 2 h, and 2 h again instead of 4
        cloud.advance(hours=hour)
        attempts[cloud.now().hour] = 3 - app.trouble["check"]
    assert attempts == {10: 2, 12: 3, 13: 3, 14: 3}
    assert cloud.execution("A-1", "Review")["states"][:2] == ["Check", "Ask"]
    assert cloud.transitions("A-1", "Review") >= 5


def test_a_business_no_is_caught_by_the_name_of_its_class(cloud, start):
    start("A-1", case="not-eligible", patience=60)
    assert cloud.execution("A-1", "Review")["states"] == ["Check", "Refused"]


def test_the_same_name_is_refused_twice(cloud, review, states):
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=cloud.outputs["Review"], name="A-1", input="{}")


def test_executions_are_listed_and_told_with_their_dates(cloud, start, states):
    start("A-1", case="not-eligible", patience=60)
    cloud.advance(hours=1)
    start("A-2", case="A-2", patience=60)
    listed = states.list_executions(stateMachineArn=cloud.outputs["Review"])["executions"]
    assert [execution["name"] for execution in listed] == ["A-2", "A-1"]
    assert listed[0]["startDate"] == cloud.now()
    assert listed[1]["stopDate"] == cloud.now() - timedelta(hours=1)
    running = states.list_executions(
        stateMachineArn=cloud.outputs["Review"], statusFilter="RUNNING"
    )
    assert [execution["name"] for execution in running["executions"]] == ["A-2"]


def test_history_is_read_backwards_and_in_pages(cloud, review, states):
    arn = cloud.outputs["Review"].replace("stateMachine", "execution") + ":A-1"
    last = states.get_execution_history(executionArn=arn, reverseOrder=True, maxResults=2)
    assert [event["type"] for event in last["events"]] == ["TaskSubmitted", "TaskStarted"]
    assert last["events"][0]["timestamp"] == cloud.now()
    following = states.get_execution_history(
        executionArn=arn, reverseOrder=True, maxResults=2, nextToken=last["nextToken"]
    )
    assert following["events"][0]["id"] == last["events"][1]["id"] - 1


def test_waiting_until_an_instant_with_an_offset(cloud, start):
    start("P-1", "Probe", how="until", until="2026-03-05T12:00:00+03:00")
    cloud.advance(days=3, seconds=-1)
    assert cloud.execution("P-1", "Probe")["status"] == "RUNNING"
    cloud.advance(seconds=1)
    assert cloud.execution("P-1", "Probe")["status"] == "SUCCEEDED"


def test_a_retried_wait_has_a_new_token(cloud, app, start, answer):
    start("P-1", "Probe", how="retry", case="P-1")
    cloud.advance(hours=1, minutes=1)
    first, second = app.seen["tokens"]
    assert first != second
    answer(second)
    cloud.settle()
    assert cloud.execution("P-1", "Probe")["status"] == "SUCCEEDED"


def test_parallel_branches_wait_side_by_side(cloud, start):
    start("P-1", "Probe", how="parallel")
    cloud.advance(minutes=59)
    assert cloud.execution("P-1", "Probe")["status"] == "RUNNING"
    cloud.advance(minutes=1)
    assert cloud.execution("P-1", "Probe")["status"] == "SUCCEEDED"


def test_a_parent_waits_for_its_child(cloud, start):
    child = {"machine": cloud.outputs["Probe"], "name": "child", "until": "2026-04-01T09:00:00Z"}
    start("parent", "Probe", how="child", **child)
    cloud.advance(days=29)
    assert cloud.execution("parent", "Probe")["status"] == "RUNNING"
    cloud.advance(days=1)
    assert cloud.execution("parent", "Probe")["status"] == "SUCCEEDED"
    assert cloud.execution("child", "Probe")["status"] == "SUCCEEDED"


def test_a_text_output_keeps_its_quotes(cloud, start, states):
    start("P-1", "Probe", how="pass")
    arn = cloud.outputs["Probe"].replace("stateMachine", "execution") + ":P-1"
    assert states.describe_execution(executionArn=arn)["output"] == '"a text"'


def test_what_fails_says_why(cloud, start):
    start("P-1", "Probe", how="no such way")
    assert cloud.execution("P-1", "Probe") == {
        "status": "FAILED",
        "states": ["How?", "Broken"],
        "error": "BrokenError",
        "cause": "nothing fits",
    }


def put_rows(cloud, number):
    rows = json.dumps([{"name": f"row {index}"} for index in range(number)])
    boto3.client("s3").put_object(Bucket=cloud.outputs["Uploads"], Key="batch.json", Body=rows)


def test_a_batch_takes_every_row_and_retries_on_the_clock(cloud, app, start):
    put_rows(cloud, 30)
    app.trouble["row 7"] = 2
    start("B-1", "Batch", key="batch.json")
    assert cloud.execution("B-1", "Batch")["status"] == "RUNNING"
    cloud.advance(minutes=3)
    assert cloud.execution("B-1", "Batch")["status"] == "SUCCEEDED"
    assert sorted(app.seen["rows"]) == list(range(30))


def test_a_batch_with_too_many_bad_rows_fails(cloud, app, start):
    put_rows(cloud, 10)
    app.trouble.update({"row 1": 99, "row 2": 99})
    start("B-1", "Batch", key="batch.json")
    cloud.advance(hours=1)
    execution = cloud.execution("B-1", "Batch")
    assert execution["status"] == "FAILED"
    assert execution["error"] == "States.ExceedToleratedFailureThreshold"


def test_a_batch_tolerates_a_few_bad_rows(cloud, app, start):
    put_rows(cloud, 10)
    app.trouble["row 1"] = 99
    start("B-1", "Batch", key="batch.json")
    cloud.advance(hours=1)
    assert cloud.execution("B-1", "Batch")["status"] == "SUCCEEDED"


def test_an_execution_without_a_name_gets_one(cloud, states):
    arns = {
        states.start_execution(stateMachineArn=cloud.outputs["Probe"], input='{"how": "pass"}')[
            "executionArn"
        ]
        for _ in range(2)
    }
    assert len(arns) == 2
