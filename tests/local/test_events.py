import json
from datetime import timedelta
from random import Random

import boto3
import pytest


@pytest.fixture
def write(table):
    def write_events(*names):
        for name in names:
            table.put_item(Item={"pk": "A-1", "sk": f"EVENT#{name}"})

    return write_events


@pytest.fixture
def send(cloud):
    queue = boto3.resource("sqs").Queue(cloud.outputs["Work"])

    def send_bodies(*bodies, **options):
        for body in bodies:
            queue.send_message(MessageBody=body, **options)

    return send_bodies


@pytest.fixture
def upload(cloud):
    def put(key, content=b"photo"):
        boto3.client("s3").put_object(Bucket=cloud.outputs["Uploads"], Key=key, Body=content)

    return put


class TestStream:
    def test_changes_come_in_order_and_in_batches(self, cloud, app, write):
        write(*"abcdefg")
        cloud.settle()
        assert app.seen["changes"] == [f"EVENT#{name}" for name in "abcdefg"]
        assert app.seen["batches"] == [3, 3, 1]

    def test_only_what_the_filter_wants_comes(self, cloud, app, table, write):
        table.put_item(Item={"pk": "A-1", "sk": "META"})
        write("a")
        table.put_item(Item={"pk": "A-1", "sk": "EVENT#a", "changed": True})
        cloud.settle()
        assert app.seen["changes"] == ["EVENT#a"]

    def test_nothing_of_a_cancelled_transaction_comes(self, cloud, app, table, write):
        write("a")
        dynamodb = boto3.client("dynamodb")
        put = {"TableName": table.name, "Item": {"pk": {"S": "A-1"}, "sk": {"S": "EVENT#b"}}}
        impossible = {
            "TableName": table.name,
            "Key": {"pk": {"S": "A-1"}, "sk": {"S": "EVENT#a"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
            dynamodb.transact_write_items(
                TransactItems=[{"Put": put}, {"ConditionCheck": impossible}]
            )
        write("c")
        cloud.settle()
        assert app.seen["changes"] == ["EVENT#a", "EVENT#c"]
        assert "Item" not in table.get_item(Key={"pk": "A-1", "sk": "EVENT#b"})

    def test_a_reported_failure_comes_again_and_holds_up_the_rest(self, cloud, app, write):
        app.trouble["report EVENT#b"] = 1
        write(*"abc")
        cloud.settle()
        assert app.seen["changes"] == ["EVENT#a"]
        cloud.advance(seconds=1)
        assert app.seen["changes"] == ["EVENT#a", "EVENT#b", "EVENT#c"]

    def test_a_poisonous_record_ends_in_the_dead_letters(self, cloud, app, write, dead_letters):
        app.trouble["report EVENT#b"] = 99
        write(*"abc")
        cloud.advance(minutes=1)
        assert app.seen["changes"] == ["EVENT#a", "EVENT#c"]
        (letter,) = map(json.loads, dead_letters())
        assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
        assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"

    def test_a_failing_batch_is_halved_until_the_culprit_is_alone(
        self, cloud, app, write, dead_letters
    ):
        app.trouble["change EVENT#a"] = 99
        write(*"abc")
        cloud.advance(minutes=1)
        assert app.seen["changes"] == ["EVENT#b", "EVENT#c"]
        assert len(dead_letters()) == 1

    def test_sequence_numbers_are_never_used_twice(self, cloud, table, write):
        stream = table.latest_stream_arn
        streams = boto3.client("dynamodbstreams")

        def numbers():
            (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
            iterator = streams.get_shard_iterator(
                StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            records = streams.get_records(ShardIterator=iterator)["Records"]
            return [record["dynamodb"]["SequenceNumber"] for record in records]

        write("a", "b")
        before = numbers()
        cloud.reset()
        write("a", "b")
        assert max(before) < min(numbers())


class TestQueue:
    def test_messages_come_in_batches(self, cloud, app, send):
        send(*"abc")
        cloud.settle()
        assert app.seen["messages"] == ["a", "b", "c"]
        assert app.seen["batches"] == [2, 1]

    def test_a_failed_message_comes_back_when_its_visibility_ends(self, cloud, app, send):
        app.trouble["b"] = 1
        send(*"abc")
        cloud.settle()
        assert app.seen["messages"] == ["a", "c"]
        cloud.advance(seconds=59)
        assert app.seen["messages"] == ["a", "c"]
        cloud.advance(seconds=1)
        assert app.seen["messages"] == ["a", "c", "b"]

    def test_a_poisonous_message_ends_in_the_dead_letters(self, cloud, app, send, dead_letters):
        app.trouble["b"] = 99
        send(*"ab")
        cloud.advance(minutes=10)
        assert app.trouble["b"] == 96
        assert dead_letters() == ["b"]

    def test_a_delayed_message_comes_in_its_time(self, cloud, app, send):
        send("a", DelaySeconds=600)
        cloud.advance(seconds=599)
        assert app.seen["messages"] == []
        cloud.advance(seconds=1)
        assert app.seen["messages"] == ["a"]


class TestUploads:
    def test_an_upload_is_told_as_eventbridge_tells_it(self, cloud, app, upload):
        upload("in/photo й+1.jpg")
        upload("elsewhere/photo.jpg")
        cloud.settle()
        (event,) = app.seen["upload events"]
        stored = boto3.client("s3").head_object(
            Bucket=cloud.outputs["Uploads"], Key="in/photo й+1.jpg"
        )
        assert event["source"], event["detail-type"] == ("aws.s3", "Object Created")
        assert event["time"] == "2026-03-02T09:00:00Z"
        assert event["detail"]["bucket"] == {"name": cloud.outputs["Uploads"]}
        assert event["detail"]["reason"] == "PutObject"
        sequencer = event["detail"]["object"].pop("sequencer")
        assert int(sequencer, 16)
        assert event["detail"]["object"] == {
            "key": "in/photo й+1.jpg",
            "size": 5,
            "etag": stored["ETag"].strip('"'),
            "version-id": stored["VersionId"],
        }

    def test_a_failed_upload_is_tried_again_after_one_minute_and_after_two(
        self, cloud, app, upload
    ):
        app.trouble["upload"] = 2
        upload("in/a")
        cloud.advance(minutes=3, seconds=-1)
        assert app.seen["uploads"] == []
        cloud.advance(seconds=1)
        assert app.seen["uploads"] == ["in/a"]

    def test_an_upload_that_always_fails_ends_in_the_dead_letters(
        self, cloud, app, upload, dead_letters
    ):
        app.trouble["upload"] = 99
        upload("in/a")
        cloud.advance(minutes=10)
        assert app.trouble["upload"] == 96
        (letter,) = map(json.loads, dead_letters())
        assert letter["detail"]["object"]["key"] == "in/a"
        assert cloud.dropped == []


class TestSchedules:
    def test_a_schedule_fires_at_its_rate(self, cloud, app):
        cloud.advance(hours=3)
        times = ["2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z"]
        assert app.seen["ticks"] == times

    def test_retries_and_destination_are_as_configured(self, cloud, app, dead_letters):
        app.trouble["tick"] = 1
        cloud.advance(hours=1, minutes=59)
        assert app.seen["ticks"] == []
        (letter,) = map(json.loads, dead_letters())
        assert letter["requestContext"]["condition"] == "RetriesExhausted"
        assert letter["requestPayload"]["detail-type"] == "Scheduled Event"
        assert letter["responsePayload"]["errorType"] == "RegistryDownError"


def test_an_asynchronous_invocation_does_not_run_inside_its_cause(cloud, app):
    boto3.client("lambda").invoke(
        FunctionName=cloud.outputs["TaskFunction"],
        InvocationType="Event",
        Payload=json.dumps({"do": "ask", "token": "t"}),
    )
    assert app.seen["tokens"] == []
    cloud.settle()
    assert app.seen["tokens"] == ["t"]


def test_every_event_can_come_twice_and_in_disorder(cloud, app, upload, send, write):
    upload("in/a")
    send("m")
    write("e")
    cloud.settle()

    assert cloud.repeat_events(lambda events: Random(1).sample(events, len(events))) == []

    assert app.seen["uploads"] == ["in/a", "in/a"]
    assert app.seen["messages"] == ["m", "m"]
    assert app.seen["changes"].count("EVENT#e") == 2


def test_a_callable_runs_at_its_instant(cloud):
    seen = []
    cloud.call_at(cloud.now() + timedelta(hours=5), lambda: seen.append(cloud.now().hour))
    cloud.advance(hours=4)
    assert seen == []
    cloud.advance(days=1)
    assert seen == [14]
