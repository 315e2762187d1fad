"""SQS: safe under threads, exact in virtual time, pulled instead of pushed."""

import functools
import threading
from collections.abc import Iterator
from unittest import mock

from moto.core.utils import unix_time, unix_time_millis
from moto.sqs.models import Message, Queue, SQSBackend

lock = threading.RLock()


def patches() -> Iterator:
    for owner, method in (
        (Queue, "add_message"),
        (Queue, "delete_message"),
        (SQSBackend, "change_message_visibility"),
    ):
        yield locked(owner, method)
    yield receive_without_waiting()
    yield expiry_is_looked_at_once()
    yield visible_when_the_timeout_ends()
    yield queues_are_pulled()


def locked(owner, method):
    """moto rebuilds the list of messages while others append to it: messages are lost."""
    unlocked = getattr(owner, method)

    @functools.wraps(unlocked)
    def call(*arguments, **options):
        with lock:
            return unlocked(*arguments, **options)

    return mock.patch.object(owner, method, call)


def receive_without_waiting():
    """Long polling would wait for ever while time stands still; and a message older than the
    queue's retention hides everything behind it."""
    unsafe = SQSBackend.receive_message

    @functools.wraps(unsafe)
    def receive_message(backend, queue_name, count, _wait_seconds, *rest, **options):
        with lock:
            _drop_expired(backend.get_queue(queue_name))
            return unsafe(backend, queue_name, count, 0, *rest, **options)

    return mock.patch.object(SQSBackend, "receive_message", receive_message)


def _drop_expired(queue):
    oldest = (unix_time() - queue.message_retention_period) * 1000
    queue._messages = [message for message in queue._messages if message.sent_timestamp >= oldest]


def expiry_is_looked_at_once():
    """moto counts every message of the queue to learn its retention, for each message received:
    seconds for a thousand. `_drop_expired` has removed what is too old already."""
    return mock.patch.object(
        SQSBackend, "is_message_valid_based_on_retention_period", return_value=True
    )


def visible_when_the_timeout_ends():
    """Not only after it: at the deadline itself the clock stands still."""
    visible = property(lambda message: unix_time_millis() >= message.visible_at)
    return mock.patch.object(Message, "visible", visible)


def queues_are_pulled():
    """moto would call the handler inside SendMessage, without batches, retries or redrive."""
    nothing = property(lambda _: {}, lambda *_: None)
    return mock.patch.object(Queue, "lambda_event_source_mappings", nothing, create=True)
