"""Carry events to handlers as AWS does: what moto delivers itself, it delivers inside the cause.

Everything here runs in one thread at a time, the conductor's. Whatever has to wait (a retry, a
message in flight, a schedule) waits on the virtual clock.
"""

import base64
import json
import logging
import re
import uuid
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import count
from unittest import mock

from moto.events.models import EventPattern, Rule
from moto.s3 import notifications

from local.aws import ACCOUNT, REGION, Backends
from local.mends import dynamodb

log = logging.getLogger(__name__)

ASYNC_RETRIES = 2  # Lambda's default for asynchronous invocations
ASYNC_RETRY_SECONDS = (60, 120)  # Lambda waits a minute, then two
STREAM_RETRY_SECONDS = (1, 2, 4, 8, 16, 32, 60)  # AWS backs off too, but does not say how far
S3_REASONS = {"Put": "PutObject", "Post": "POST Object", "Copy": "CopyObject"}


class Deliveries:
    def __init__(self, clock, lambdas, stack):
        self._clock = clock
        self._lambdas = lambdas
        self._async = AsyncInvocations(self, clock, stack)
        lambdas.invoke_later = self._async.add
        self._rules = Rules(clock, self._async, stack)
        self.publish, self.listeners = self._rules.publish, self._rules.listeners
        self._sources = [
            _source(mapping)(self, clock, mapping)
            for mapping in stack.of_type("AWS::Lambda::EventSourceMapping")
        ]
        self.delivered = deque(maxlen=10_000)  # (function ARN, event)
        self.dropped = []  # events that failed for good and had no queue to go to

    def patches(self) -> Iterator:
        yield from self._rules.patches()

    def begin(self):
        """Plan what the clock must know of: nothing else is planned yet."""
        self._rules.plan_schedules()

    def deliver_one(self) -> bool:
        """Make one delivery, if there is one; its handler may cause others."""
        return self._async.deliver() or any(source.deliver() for source in self._sources)

    def next_deadline(self) -> float:
        """When the next message in flight becomes visible again."""
        return min((source.next_deadline() for source in self._sources), default=float("inf"))

    def repeat(self, order=list) -> list:
        """Deliver again whatever was delivered, in `order(deliveries)`; returns what failed."""
        attempts = [(event, *self.invoke(arn, event)) for arn, event in order(list(self.delivered))]
        return [(event, payload) for event, payload, failed in attempts if failed]

    def forget(self, *, skip=False):
        """Start over; with `skip`, after the changes that the streams hold."""
        self.delivered.clear()
        self.dropped.clear()
        self._async.forget()
        for source in self._sources:
            source.start_over(skip=skip)

    def invoke(self, function_arn, event):
        function = Backends().lambdas.get_function(function_arn)
        payload, failed = self._lambdas.run(function, event)
        return json.loads(payload), failed

    def deliver(self, function_arn, event):
        self.delivered.append((function_arn, event))
        return self.invoke(function_arn, event)

    def give_up(self, destination_arn, body, attributes=None):
        if destination_arn is None:
            log.error("An event has failed for good, and there is no queue for it: %s", body)
            self.dropped.append(body)
            return
        queue = destination_arn.split(":")[-1]
        Backends().sqs.send_message(queue, json.dumps(body), message_attributes=attributes or {})


# ---- asynchronous invocations: rules, schedules, InvocationType=Event ---------------------------


class AsyncInvocations:
    """Lambda's own queue, in front of every function that is not waited for."""

    def __init__(self, deliveries, clock, stack):
        self._deliveries, self._clock = deliveries, clock
        self._ready = deque()  # (function ARN, event, attempt)
        self._functions = {
            function.function_arn: function.properties
            for function in stack.of_type("AWS::Lambda::Function")
        }
        self._configurations = {
            configuration.properties["FunctionName"]: configuration.properties
            for configuration in stack.of_type("AWS::Lambda::EventInvokeConfig")
        }

    def add(self, function_arn, event, attempt=0):
        self._ready.append((function_arn, event, attempt))

    def forget(self):
        self._ready.clear()

    def deliver(self) -> bool:
        if not self._ready:
            return False
        function_arn, event, attempt = self._ready.popleft()
        payload, failed = self._deliveries.deliver(function_arn, event)
        if failed:
            self._retry_or_give_up(function_arn, event, attempt, payload)
        return True

    def _retry_or_give_up(self, function_arn, event, attempt, payload):
        configuration = self._configurations.get(function_arn.split(":")[-1], {})
        if attempt < int(configuration.get("MaximumRetryAttempts", ASYNC_RETRIES)):
            later = self._clock.now().timestamp() + ASYNC_RETRY_SECONDS[attempt]
            self._clock.call_at(later, partial(self.add, function_arn, event, attempt + 1))
            return
        destination = (
            configuration.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        )
        if destination:
            record = _failure_record(function_arn, event, payload, attempt + 1)
            self._deliveries.give_up(destination, record)
        else:  # A rule's own dead-letter queue is only for events that never reached the function.
            queue = self._functions[function_arn].get("DeadLetterConfig", {}).get("TargetArn")
            self._deliveries.give_up(queue, event, _error_attributes(payload))


def _failure_record(function_arn, event, payload, attempts):
    return {
        "version": "1.0",
        "timestamp": datetime.now(UTC).isoformat(),
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": f"{function_arn}:$LATEST",
            "condition": "RetriesExhausted",
            "approximateInvokeCount": attempts,
        },
        "requestPayload": event,
        "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
        "responsePayload": payload,
    }


def _error_attributes(payload):
    values = {
        "RequestID": str(uuid.uuid4()),
        "ErrorCode": "200",
        "ErrorMessage": payload["errorMessage"][:1024],
    }
    return {
        name: {"data_type": "String", "string_value": value}
        for name, value in values.items()
        if value
    }


class Rules:
    """EventBridge: patterns and schedules whose targets are functions."""

    def __init__(self, clock, invocations, stack):
        self._clock, self._invocations = clock, invocations
        self._rules = stack.of_type("AWS::Events::Rule")
        self.listeners = []  # services of AWS's own that hear what happens to objects
        self._sequence = count(1)
        for rule in self._rules:
            _require_known_targets(rule)

    def patches(self) -> Iterator:
        # moto knows only queues, log groups and buses as targets; PutEvents raises for others.
        yield mock.patch.object(Rule, "send_to_targets", self._receive())
        # moto's own events have canned ids, sequencers and reasons, and it swallows every error.
        yield mock.patch.object(notifications, "send_event", self._receive_from_s3)

    def _receive(self):
        def send_to_targets(rule, event, **_):
            known = {key: value for key, value in event.items() if key != "event-bus-name"}
            self._match(rule, {**known, "time": _iso(self._clock.now())})

        return send_to_targets

    def _match(self, rule, event):
        if rule.state == "ENABLED" and rule.event_pattern.matches_event(event):
            self._send(rule, event)

    def _receive_from_s3(self, _account, event_name, bucket, key):
        configuration = bucket.notification_configuration
        if configuration is None or configuration.event_bridge is None:
            return
        event = _event(
            "aws.s3", notifications._detail_type(event_name), bucket.arn, self._clock.now()
        )
        event["detail"] = self._s3_detail(event_name, bucket, key)
        self._send_to_rules(event)
        for hear in self.listeners:
            hear(event)

    def publish(self, source, detail_type, resource, detail):
        """What a service of AWS's own says."""
        event = _event(source, detail_type, resource, self._clock.now())
        self._send_to_rules(event | {"detail": detail})

    def _send_to_rules(self, event):
        for rule in self._rules:
            if not rule.scheduled_expression:
                self._match(rule, event)

    def _s3_detail(self, event_name, bucket, key):
        instant = int(self._clock.now().timestamp())
        stored = {
            "key": key.name,
            "size": key.size,
            "etag": key.etag.strip('"'),
            "sequencer": f"{instant:08X}{next(self._sequence):010X}",
        }
        if bucket.is_versioned:
            stored["version-id"] = key.version_id
        action = event_name.split(":")[-1]
        return {
            "version": "0",
            "bucket": {"name": bucket.name},
            "object": stored,
            "request-id": uuid.uuid4().hex[:16].upper(),
            "requester": ACCOUNT,
            "source-ip-address": "127.0.0.1",
            "reason": S3_REASONS.get(action, action),
        }

    def _send(self, rule, event):
        for target in rule.targets:
            content = json.loads(target["Input"]) if "Input" in target else event
            self._invocations.add(target["Arn"], content)

    def plan_schedules(self):
        for rule in self._rules:
            if rule.scheduled_expression and rule.state == "ENABLED":
                self._plan(
                    rule, _next_time(rule.scheduled_expression, self._clock.now().timestamp())
                )

    def _plan(self, rule, instant):
        self._clock.call_at(instant, partial(self._fire, rule, instant))

    def _fire(self, rule, instant):
        self._plan(rule, _next_time(rule.scheduled_expression, instant))
        fired = datetime.fromtimestamp(instant, UTC)
        self._send(rule, _event("aws.events", "Scheduled Event", rule.arn, fired))


def _event(source, detail_type, resource, instant):
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": _iso(instant),
        "region": REGION,
        "resources": [resource],
        "detail": {},
    }


def _require_known_targets(rule):
    if rule.scheduled_expression:
        _next_time(rule.scheduled_expression, 0)
    for target in rule.targets:
        if ":lambda:" not in target["Arn"] or target.keys() & {"InputPath", "InputTransformer"}:
            raise NotImplementedError(f"Target of {rule.name}: {target}")


def _next_time(expression, instant):
    """The next time after the instant: of a rate from there on, of cron(M H * * ? *) at M past H
    UTC."""
    daily = re.fullmatch(r"cron\((\d+) (\d+) \* \* \? \*\)", expression)
    if daily is None:
        return instant + _period(expression)
    minute, hour = map(int, daily.groups())
    midnight = instant - instant % 86400
    today = midnight + hour * 3600 + minute * 60
    return today if today > instant else today + 86400


def _period(expression):
    """Seconds of rate(5 minutes)."""
    try:
        number, unit = expression.removeprefix("rate(").removesuffix(")").split()
        return int(number) * {"minute": 60, "hour": 3600, "day": 86400}[unit.removesuffix("s")]
    except (KeyError, ValueError):
        raise NotImplementedError(f"Schedule {expression}") from None


def _iso(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- event source mappings ----------------------------------------------------------------------


def _source(mapping):
    return QueueSource if ":sqs:" in mapping.event_source_arn else StreamSource


class StreamSource:
    """A DynamoDB stream: in order, batch by batch; one that fails holds up those behind it."""

    def __init__(self, deliveries, clock, mapping):
        self._deliveries, self._clock, self._mapping = deliveries, clock, mapping
        table = mapping.event_source_arn.split("/")[1]
        self._stream = Backends().dynamodb.tables[table].stream_shard
        self._reports_items = "ReportBatchItemFailures" in (mapping.function_response_types or ())
        rules = (mapping.filter_criteria or {}).get("Filters", [])
        self._filters = [EventPattern.load(rule["Pattern"]) for rule in rules]
        self.start_over(skip=False)

    def start_over(self, *, skip):
        self._position = len(self._stream.items) if skip else 0
        self._failures = 0  # of the batch at the position
        self._limit = None  # smaller batches while bisecting
        self._backing_off = False

    def next_deadline(self):
        return float("inf")  # what has to wait is on the clock already

    def deliver(self) -> bool:
        if self._backing_off or len(self._stream.items) <= self._position:
            return False
        batch = self._next_batch()
        records = [_stream_record(item, self._mapping.event_source_arn) for item in batch]
        wanted = [record for record in records if self._passes(record)]
        if not wanted:
            self._move_on(len(batch))
            return True
        answer, failed = self._deliveries.deliver(self._mapping.function_arn, {"Records": wanted})
        done = self._count_done(records, answer, failed)
        if done:
            self._move_on(done)
        if done < len(records):
            self._handle_failure(records[done:])
        return True

    def _next_batch(self):
        with dynamodb.lock:  # a transaction under way may yet take back its records
            end = self._position + (self._limit or self._mapping.batch_size)
            return self._stream.items[self._position : end]

    def _passes(self, record):
        return not self._filters or any(each.matches_event(record) for each in self._filters)

    def _count_done(self, records, answer, failed):
        """How many records, from the first, need not be delivered again."""
        if failed:
            return 0
        reported = (answer or {}).get("batchItemFailures") if self._reports_items else None
        if not reported:
            return len(records)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        known = [
            numbers.index(item["itemIdentifier"])
            for item in reported
            if item["itemIdentifier"] in numbers
        ]
        return min(known) if len(known) == len(reported) else 0  # as AWS: a wrong name fails all

    def _move_on(self, number):
        self._position += number
        self._failures, self._limit = 0, None

    def _handle_failure(self, records):
        if self._mapping.bisect_on_error and len(records) > 1:
            self._limit = len(records) // 2
        self._failures += 1
        allowed = self._mapping.max_retry_attempts
        if allowed in (None, -1) or self._failures <= int(allowed):
            self._back_off()
            return
        self._deliveries.give_up(self._on_failure(), self._failure_record(records))
        self._move_on(len(records))

    def _back_off(self):
        self._backing_off = True
        seconds = STREAM_RETRY_SECONDS[min(self._failures, len(STREAM_RETRY_SECONDS)) - 1]
        self._clock.call_at(self._clock.now().timestamp() + seconds, self._try_again)

    def _try_again(self):
        self._backing_off = False

    def _on_failure(self):
        return (self._mapping.destination_config or {}).get("OnFailure", {}).get("Destination")

    def _failure_record(self, records):
        first, last = records[0]["dynamodb"], records[-1]["dynamodb"]
        return {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": self._mapping.function_arn,
                "condition": "RetryAttemptsExhausted",
                "approximateInvokeCount": self._failures,
            },
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(),
            "DDBStreamBatchInfo": {
                "shardId": self._stream.id,
                "startSequenceNumber": first["SequenceNumber"],
                "endSequenceNumber": last["SequenceNumber"],
                "batchSize": len(records),
                "streamArn": self._mapping.event_source_arn,
            },
        }


def _stream_record(item, stream_arn):
    # A copy: what moto gives is its own.
    record = json.loads(json.dumps(item.to_json(), default=_in_json))
    return {**record, "awsRegion": REGION, "eventSourceARN": stream_arn}


def _in_json(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.replace(tzinfo=UTC).timestamp()  # the only other one is the time of the change


class QueueSource:
    """An SQS queue: batches; a message that fails comes back when its visibility timeout ends."""

    def __init__(self, deliveries, _clock, mapping):
        self._deliveries, self._mapping = deliveries, mapping
        self._name = mapping.event_source_arn.split(":")[-1]
        self._reports_items = "ReportBatchItemFailures" in (mapping.function_response_types or ())

    def start_over(self, *, skip):
        """Nothing is kept here: the queue knows what it has delivered."""

    @property
    def _queue(self):
        return Backends().sqs.queues[self._name]

    def next_deadline(self):
        hidden = (
            max(message.visible_at, message.delayed_until) / 1000
            for message in list(self._queue._messages)
            if message.delayed or not message.visible
        )
        return min(hidden, default=float("inf"))

    def deliver(self) -> bool:
        if not self._queue._messages:
            return False
        before = len(self._queue._messages)
        messages = Backends().sqs.receive_message(
            self._name, self._mapping.batch_size, 0, self._queue.visibility_timeout, ["All"]
        )
        if messages:
            self._deliver_batch(messages)
        # Without messages, some may still have moved to the dead-letter queue.
        return bool(messages) or len(self._queue._messages) < before

    def _deliver_batch(self, messages):
        records = [_queue_record(message, self._queue.queue_arn) for message in messages]
        answer, failed = self._deliveries.deliver(self._mapping.function_arn, {"Records": records})
        kept = {record["messageId"] for record in records} if failed else self._reported(answer)
        for record in records:
            if record["messageId"] not in kept:
                Backends().sqs.delete_message(self._name, record["receiptHandle"])

    def _reported(self, answer):
        if not self._reports_items or not answer:
            return set()
        return {item["itemIdentifier"] for item in answer.get("batchItemFailures", [])}


def _queue_record(message, queue_arn):
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "md5OfBody": message.body_md5,
        "attributes": {
            "ApproximateReceiveCount": str(message.approximate_receive_count),
            "SentTimestamp": str(message.sent_timestamp),
            "SenderId": message.sender_id,
            "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
        },
        "messageAttributes": {
            name: {"dataType": value["data_type"], "stringValue": value.get("string_value")}
            for name, value in message.message_attributes.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": REGION,
    }
