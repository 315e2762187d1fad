"""Batches of records that Lambda hands over, and which of them must come again.

What fails is reported by its id. Of a queue only that comes again; of a stream all that follows,
too, which is harmless: every side effect is keyed.
"""

import json
from collections.abc import Callable, Iterable
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
    groups = [([record["messageId"]], [record]) for record in event["Records"]]
    return _failures(groups, lambda records: act(json.loads(records[0]["body"])), logger)


def each_application_of_messages(
    event: dict[str, Any], act: Callable[[str, list[dict[str, Any]]], None], logger: Logger
) -> dict[str, Any]:
    """act(number, bodies): the SQS messages about one application together."""
    grouped = _grouped(event, lambda record: json.loads(record["body"])["number"])
    groups = [([r["messageId"] for r in records], records) for records in grouped]

    def act_on(records: list[dict[str, Any]]) -> None:
        bodies = [json.loads(record["body"]) for record in records]
        act(bodies[0]["number"], bodies)

    return _failures(groups, act_on, logger)


def each_event(
    event: dict[str, Any], act: Callable[[Happened], None], logger: Logger
) -> dict[str, Any]:
    """Every new event in a batch of the stream; from the first failure on, all come again."""
    groups = [([_place(record)], [record]) for record in event["Records"]]
    return _failures(groups, lambda records: act(_happened(records[0])), logger)


def each_application_of_events(
    event: dict[str, Any], act: Callable[[str, set[str]], None], logger: Logger
) -> dict[str, Any]:
    """act(number, kinds): the new events of one application together."""
    grouped = _grouped(event, lambda record: _happened(record).number)
    groups = [([_place(records[0])], records) for records in grouped]

    def act_on(records: list[dict[str, Any]]) -> None:
        act(_happened(records[0]).number, {_happened(record).kind for record in records})

    return _failures(groups, act_on, logger)


def _grouped(
    event: dict[str, Any], key: Callable[[dict[str, Any]], str]
) -> Iterable[list[dict[str, Any]]]:
    """Records that have the same key; one that cannot be read is a group of its own."""
    groups: dict[Any, list[dict[str, Any]]] = {}
    for position, record in enumerate(event["Records"]):
        try:
            groups.setdefault(key(record), []).append(record)
        except (ValueError, KeyError, TypeError):
            groups[position] = [record]
    return groups.values()


def _failures(
    groups: Iterable[tuple[list[str], list[dict[str, Any]]]],
    act: Callable[[list[dict[str, Any]]], None],
    logger: Logger,
) -> dict[str, Any]:
    """Lambda's answer: the ids of the groups that failed."""
    failed = [id_ for ids, records in groups if not _done(act, records, logger) for id_ in ids]
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in failed]}


def _place(record: dict[str, Any]) -> str:
    return record["dynamodb"]["SequenceNumber"]


def _happened(record: dict[str, Any]) -> Happened:
    image = record["dynamodb"]["NewImage"]
    return Happened(image["number"]["S"], int(image["sequence"]["N"]), image["kind"]["S"])


def _done(
    act: Callable[[list[dict[str, Any]]], None], records: list[dict[str, Any]], logger: Logger
) -> bool:
    try:
        act(records)
    except Exception:
        # Whatever it was, this record comes again, and in the end goes to the dead letters.
        logger.exception("a record failed and comes again")
        return False
    return True
