"""What every chain of events in the table is stored by: commands that are carried out once,
transactions that say why they failed, and another attempt when somebody else was faster.

    pk = COMMAND#<key>  sk = COMMAND                a request that was carried out, by its key
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from boto3.dynamodb.types import (  # noqa: TID251  how values are written, no client
    TypeDeserializer,
    TypeSerializer,
)

from adapters.application_items import to_json
from casework.errors import KeyReused, VersionConflict

ATTEMPTS = 5
KEYS_KEPT = timedelta(days=7)

to_dynamodb = TypeSerializer().serialize
_from_dynamodb = TypeDeserializer().deserialize


class Command(NamedTuple):
    """A request that may come twice. `key`: who and which; `request`: digest of what was asked.

    `kept`: how long it is remembered; None is for ever (a row of a batch).
    """

    key: str
    request: str
    kept: timedelta | None = KEYS_KEPT

    @classmethod
    def of(cls, *who_and_which: str, request: Any, kept: timedelta | None = KEYS_KEPT) -> "Command":
        return cls(_digest(who_and_which), _digest(request), kept)


class Done(NamedTuple):
    """The case after a change. `repeated`: the command had been carried out before."""

    case: Any
    result: Mapping[str, Any] = {}
    repeated: bool = False


class Repeated(Exception):
    """The transaction found that its command was carried out already."""


class Taken(Exception):
    """An item that must be new is there: `pk` names it."""

    def __init__(self, pk: str) -> None:
        self.pk = pk
        super().__init__(pk)


class SealedTable:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def query(self, pk: str) -> Iterator[dict[str, Any]]:
        """Everything under one key, in the order of the range keys, as it is this instant."""
        query = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": item_of({":pk": pk}),
            "ConsistentRead": True,
        }
        while True:
            found = self._client.query(**query)
            yield from map(plain, found["Items"])
            if "LastEvaluatedKey" not in found:
                return
            query["ExclusiveStartKey"] = found["LastEvaluatedKey"]

    def known(self, command: Command) -> dict[str, Any] | None:
        """What was noted of the command when it was carried out. Raises KeyReused."""
        found = self._client.get_item(
            TableName=self._table,
            Key=item_of({"pk": f"COMMAND#{command.key}", "sk": "COMMAND"}),
            ConsistentRead=True,
        ).get("Item")
        if found is None:
            return None
        known = plain(found)
        if known["request"] != command.request:
            raise KeyReused()
        return known | {"result": json.loads(known["result"])}

    def carried_out(self, command: Command | None, load: Callable[[str], Any]) -> Done | None:
        """What came of the command, if it was carried out before. Raises KeyReused."""
        known = self.known(command) if command else None
        return Done(load(known["number"]), known["result"], repeated=True) if known else None

    def change(
        self,
        number: str,
        act: Callable[[Any], Any],
        write: Callable[[Any, Any], Done],
        *,
        load: Callable[[str], Any],
        command: Command | None,
    ) -> Done:
        """Carry out `act` on what `load` gives of the number as it stands; when somebody else was
        faster, on the new one; once, however often the command comes.

        Raises what `act` raises, KeyReused, and VersionConflict when others are faster each time.
        """
        if done := self.carried_out(command, load):
            return done
        for _ in range(ATTEMPTS):
            case = load(number)
            change = act(case)
            if not change.happenings:
                return Done(case, change.result)
            try:
                return write(case, change)
            except Repeated:
                return self.carried_out(command, load)
            except VersionConflict:
                continue
        raise VersionConflict()

    def listed(
        self, index: str, key: str, value: str, *, at_most: int, newest_first: bool = False
    ) -> list[dict[str, Any]]:
        """What the index holds under that key, in the order of its range key."""
        found = self._client.query(
            TableName=self._table,
            IndexName=index,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues=item_of({":key": value}),
            ScanIndexForward=not newest_first,
            Limit=at_most,
        )
        return list(map(plain, found["Items"]))

    def due(self, queue: str, day: date) -> Iterator[dict[str, Any]]:
        """What waits in the queue for that day or an earlier one; its `due` begins with the day."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="queue = :queue AND due <= :until",
            ExpressionAttributeValues=item_of({":queue": queue, ":until": f"{day}#~"}),
        )
        yield from (plain(item) for page in pages for item in page["Items"])

    def put(self, item: Mapping[str, Any], *, must_be_new: bool) -> dict[str, Any]:
        put = {"TableName": self._table, "Item": item_of(item)}
        condition = {"ConditionExpression": "attribute_not_exists(pk)"} if must_be_new else {}
        return {"Put": put | condition}

    def delete(self, key: Mapping[str, Any]) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table, "Key": item_of(key)}}

    def transact(self, writes: list[dict[str, Any]], puts: list[dict[str, Any]]) -> None:
        """All of the writes, which begin with `puts`, or nothing. Raises Repeated, Taken (for what
        stands under OPEN#) or VersionConflict."""
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            failed = {
                put["sk"].partition("#")[0]: put["pk"]
                for put, reason in zip(puts, reasons, strict=False)
                if reason.get("Code") == "ConditionalCheckFailed"
            }
            if "COMMAND" in failed:
                raise Repeated from error
            if "OPEN" in failed:
                raise Taken(failed["OPEN"]) from error
            raise VersionConflict from error


def command_item(
    command: Command, number: str, result: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """`number`: whose chain carries the events that the command caused."""
    item = {
        "pk": f"COMMAND#{command.key}",
        "sk": "COMMAND",
        "request": command.request,
        "number": number,
        "result": to_json(result),
    }
    return item | ({"expires": int((now + command.kept).timestamp())} if command.kept else {})


def item_of(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_dynamodb(value) for name, value in plain.items()}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _from_dynamodb(value) for name, value in item.items()}


def _digest(value: Any) -> str:
    return hashlib.sha256(to_json(value).encode()).hexdigest()
