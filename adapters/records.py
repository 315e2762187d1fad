"""Batches of records that Lambda hands over, and which of them must come again.

Each record is one piece of work. What fails is reported by its id and comes again by itself, so one
bad record never brings back its neighbours' side effects.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger


class Happened(NamedTuple):
    """A new event of an application, as the table's stream tells it."""

    number: str
    sequence: int
    kind: str


def each_message(
    event: dict[str, Any], act: Callable[[dict[str, Any]], None], logger: Logger
) -> dict[str, Any]:
    """Every SQS message, its body parsed; failed ones come again after their visibility timeout."""
    failed = [
        record["messageId"]
        for record in event["Records"]
        if not _done(lambda record=record: act(json.loads(record["body"])), logger)
    ]
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def each_event(
    event: dict[str, Any], act: Callable[[Happened], None], logger: Logger
) -> dict[str, Any]:
    """Every new event in a batch of the stream, in order; from the first failure on, all come again."""
    for record in event["Records"]:
        image = record["dynamodb"]["NewImage"]
        happened = Happened(image["number"]["S"], int(image["sequence"]["N"]), image["kind"]["S"])
        if not _done(lambda happened=happened: act(happened), logger):
            place = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": place}]}
    return {"batchItemFailures": []}


def _done(work: Callable[[], None], logger: Logger) -> bool:
    try:
        work()
    except Exception:
        # Whatever it was, this record comes again, and in the end goes to the dead letters.
        logger.exception("a record failed and comes again")
        return False
    return True
