"""Stored applications of one service, for replaying: from a table, or as lines of JSON.

A record is {"number", "events": [{"sequence", "kind", "at", "actor", "data"}], "form"}.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from adapters.applications import Applications
from casework.application import GENESIS, Event, fold
from casework.ports import Case


def stored_cases(client: Any, table: str, service: str) -> Iterator[Case]:
    """Every application of the service, as it stands. Reads the whole table: not for handlers."""
    casebook = Applications(client, table, lambda _: None)
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="#sk = :meta AND #service = :service",
        ProjectionExpression="#number",
        ExpressionAttributeNames={"#sk": "sk", "#service": "service", "#number": "number"},
        ExpressionAttributeValues={":meta": {"S": "META"}, ":service": {"S": service}},
    )
    for page in pages:
        for item in page["Items"]:
            yield casebook.load(item["number"]["S"])


def record_of(case: Case) -> dict[str, Any]:
    events = [
        {
            "sequence": event.sequence,
            "kind": event.kind,
            "at": event.at.isoformat(),
            "actor": event.actor,
            "data": dict(event.data),
        }
        for event in case.events
    ]
    return {"number": case.application.number, "events": events, "form": dict(case.form)}


def case_of(record: Mapping[str, Any]) -> Case:
    """Raises KeyError, TypeError or ValueError for what is no such record."""
    number = record["number"]
    events: list[Event] = []
    for told in record["events"]:
        at, previous = datetime.fromisoformat(told["at"]), events[-1].hash if events else GENESIS
        sealed = (told["sequence"], told["kind"], at, told["actor"], told["data"], previous)
        events.append(Event(number, *sealed))
    return Case(fold(number, events), record["form"], tuple(events))
