"""How systems outside of the template, which the local cloud simulates, take their messages."""

import json
from typing import Any

from adapters.aws import client
from local.aws import Backends


def taken_from(queue_url: str) -> list[dict[str, Any]]:
    """The bodies of up to ten messages, which are off the queue then."""
    name = queue_url.rpartition("/")[2]
    if not Backends().sqs.queues[name]._messages:  # asked after everything that happens
        return []
    sqs = client("sqs")
    found = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", [])
    for message in found:
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in found]
