"""Lines of applications for figures: those in work, and what became of those that are closed.

pk = APP#<number>   sk = OUTCOME    a line of what became of it (adapters/applications.py)
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from adapters.application_items import app_key, instant
from adapters.sealed_table import item_of, plain
from casework.calendar import Calendar
from casework.statistics import OpenLine, Outcome


def outcome_key(number: str) -> dict[str, str]:
    return {"pk": app_key(number), "sk": "OUTCOME"}


def outcome_item(outcome: Outcome, region: str) -> dict[str, Any]:
    closed_at = instant(outcome.closed_at)
    return {
        **outcome_key(outcome.number),
        **outcome._asdict(),
        "submitted_at": instant(outcome.submitted_at),
        "closed_at": closed_at,
        "queue": _closed_in(region),
        "due": f"{closed_at}#{outcome.number}",
    }


def _closed_in(region: str) -> str:
    """No officer's queue is called so."""
    return f"closed#{region}"


class Figures:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def open(self, region: str) -> Iterator[OpenLine]:
        for item in self._lines(region, "0", "~"):
            due = date.fromisoformat(item["due"].partition("#")[0])
            yield OpenLine(item["number"], item["service"], item["stage"], due)

    def closed(self, calendar: Calendar, since: date, until: date) -> Iterator[Outcome]:
        """What was closed in the calendar's region from the day `since` to the day `until`."""
        first, end = instant(calendar.start_of(since)), instant(calendar.end_of(until))
        for item in self._lines(_closed_in(calendar.region.code), first, end):
            told = {name: item[name] for name in Outcome._fields}
            at = {
                name: datetime.fromisoformat(told[name]) for name in ("submitted_at", "closed_at")
            }
            yield Outcome(**(told | at))

    def _lines(self, queue: str, since: str, until: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="#queue = :queue AND #due BETWEEN :since AND :until",
            ExpressionAttributeNames={"#queue": "queue", "#due": "due"},
            ExpressionAttributeValues=item_of({":queue": queue, ":since": since, ":until": until}),
        )
        for page in pages:
            yield from map(plain, page["Items"])
