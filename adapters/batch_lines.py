"""Agencies' files in lists, newest first: what came when, and what became of it.

pk = BATCH#<batch>      sk = BATCH      queue = batches#<agency>, and a line for the office:
pk = BATCH#<batch>      sk = OFFICE     queue = batches
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from adapters.application_items import instant
from adapters.applications import decode_cursor, encode_cursor
from adapters.batches import Drop
from adapters.sealed_table import item_of, plain
from casework.errors import BadRequest, NotFound

PAGE = 25


class BatchLine(NamedTuple):
    """`reported_at`: None while it is being taken in; `readable`: whether the file could be read;
    `totals`: rows, accepted, repeated, rejected."""

    drop: Drop
    dropped_at: datetime
    reported_at: datetime | None = None
    readable: bool | None = None
    totals: Mapping[str, int] | None = None


class BatchLines:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def begin(self, drop: Drop, now: datetime) -> None:
        """Heard of again, it stays as it is."""
        for item in self._items(BatchLine(drop, now)):
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=item_of(item),
                    ConditionExpression="attribute_not_exists(pk)",
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                continue

    def end(self, drop: Drop, totals: Mapping[str, int], now: datetime, *, readable: bool) -> None:
        begun = self.load(drop.batch).dropped_at
        line = BatchLine(drop, begun, now, readable, totals)
        for item in self._items(line):
            self._client.put_item(TableName=self._table, Item=item_of(item))

    def load(self, batch: str) -> BatchLine:
        """Raises NotFound."""
        key = item_of({"pk": f"BATCH#{batch}", "sk": "BATCH"})
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        if "Item" not in found:
            raise NotFound("unknown_batch")
        return _line(plain(found["Item"]))

    def latest(self, agency: str | None, cursor: str | None) -> tuple[list[BatchLine], str | None]:
        """Of an agency, or of all. Raises BadRequest for a cursor that is not from here."""
        queue = _queue(agency)
        start = decode_cursor(cursor, {"pk", "sk", "queue", "due"})
        if start and start["queue"]["S"] != queue:
            raise BadRequest("bad_cursor")
        found = self._client.query(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="#queue = :queue",
            ExpressionAttributeNames={"#queue": "queue"},
            ExpressionAttributeValues=item_of({":queue": queue}),
            ScanIndexForward=False,
            Limit=PAGE,
            **({"ExclusiveStartKey": start} if start else {}),
        )
        lines = [_line(plain(item)) for item in found["Items"]]
        return lines, encode_cursor(found.get("LastEvaluatedKey"))

    def _items(self, line: BatchLine) -> list[dict[str, Any]]:
        told = {
            **line.drop._asdict(),
            "dropped_at": instant(line.dropped_at),
            "reported_at": instant(line.reported_at),
            "readable": line.readable,
            "totals": dict(line.totals) if line.totals else None,
            "due": f"{instant(line.dropped_at)}#{line.drop.batch}",
        }
        known = {name: value for name, value in told.items() if value is not None}
        pk, agency = f"BATCH#{line.drop.batch}", line.drop.agency
        return [
            {"pk": pk, "sk": "OFFICE", "queue": _queue(None), **known},
            {"pk": pk, "sk": "BATCH", "queue": _queue(agency), **known},
        ]


def _queue(agency: str | None) -> str:
    return f"batches#{agency}" if agency else "batches"


def _line(item: Mapping[str, Any]) -> BatchLine:
    reported, totals = item.get("reported_at"), item.get("totals")
    return BatchLine(
        Drop(*(item[name] for name in Drop._fields)),
        datetime.fromisoformat(item["dropped_at"]),
        datetime.fromisoformat(reported) if reported else None,
        item.get("readable"),
        {name: int(count) for name, count in totals.items()} if totals else None,
    )
