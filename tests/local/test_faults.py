import boto3
import pytest

TASK, UPLOAD = "tests.local.fixture.app.task", "tests.local.fixture.app.on_upload"


@pytest.fixture
def upload(cloud):
    def put(key):
        boto3.client("s3").put_object(Bucket=cloud.outputs["Uploads"], Key=key, Body=b"photo")
        cloud.settle()

    return put


def test_every_call_of_a_handler_is_counted(cloud, start):
    start("A-1", case="A-1", patience=60)
    assert cloud.calls == [(TASK, "PutItem"), (TASK, "PutItem")]
    cloud.calls.clear()
    start("A-2", case="not-eligible", patience=60)
    assert cloud.calls == []


@pytest.mark.parametrize(
    ("call", "when", "kept"),
    [
        (1, "before", []),
        (1, "after", ["CHECKED"]),
        (2, "before", ["CHECKED"]),
        (2, "after", ["CHECKED", "CHECKED AGAIN"]),
    ],
)
def test_a_killed_handler_leaves_what_it_had_done_and_is_retried(
    cloud, start, table, call, when, kept
):
    cloud.kill(TASK, call=call, when=when)
    start("A-1", case="A-1", patience=60)
    items = table.scan()["Items"]
    assert [item["sk"] for item in items] == kept

    cloud.advance(hours=1)
    assert cloud.execution("A-1", "Review")["states"][-1] == "Ask"
    (failed,) = [event for event in cloud.history("A-1", "Review") if event["type"] == "TaskFailed"]
    assert failed["taskFailedEventDetails"]["error"] == "Runtime.ExitError"
    assert len(table.scan()["Items"]) == 2


def test_calls_are_counted_over_several_invocations(cloud, app, upload):
    cloud.kill(UPLOAD, call=3, when="before")
    upload("in/a")
    upload("in/b")
    assert app.seen["uploads"] == ["in/a"]
    cloud.advance(minutes=1)
    assert app.seen["uploads"] == ["in/a", "in/b"]


def test_a_killed_stream_handler_gets_its_batch_again(cloud, app, upload, table):
    """The fixture's stream handler calls nothing; the upload's call shows that others go on."""
    cloud.kill(UPLOAD, call=1, when="after")
    upload("in/a")
    assert table.get_item(Key={"pk": "FILE", "sk": "in/a"})["Item"]["size"] == 5
    assert cloud.published("Decided") == []
    cloud.advance(minutes=1)
    assert cloud.published("Decided") == ["took in/a"]


def test_no_such_moment(cloud):
    with pytest.raises(ValueError, match="during"):
        cloud.kill(TASK, call=1, when="during")
