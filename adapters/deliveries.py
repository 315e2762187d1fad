"""Each delivery on record, once per notice and channel, beside the application it is about.

`sending` is written before the provider is called. Found again later it means that somebody died
in between, and nobody can know whether the message went out.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from adapters.application_items import chain_key


class State(StrEnum):
    NEW = "new"  # nobody has tried: it is ours to send now
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Delivery(NamedTuple):
    number: str
    event: int
    template: str
    channel: str

    @property
    def name(self) -> str:
        return f"{self.number}.{self.event:06d}.{self.template}"

    @property
    def key(self) -> dict[str, Any]:
        sk = f"NOTICE#{self.event:06d}#{self.template}#{self.channel}"
        return {"pk": {"S": chain_key(self.number)}, "sk": {"S": sk}}


class Told(NamedTuple):
    """A delivery as it is on record."""

    event: int
    template: str
    channel: str
    state: State
    at: str


class Deliveries:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def begin(self, delivery: Delivery, at: str) -> State:
        """Take the delivery; NEW when it is ours, else how far somebody came before."""
        item = {**delivery.key, "state": {"S": State.SENDING}, "at": {"S": at}}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(pk)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            found = self._client.get_item(
                TableName=self._table, Key=delivery.key, ConsistentRead=True
            )
            return State(found["Item"]["state"]["S"])
        return State.NEW

    def end(self, delivery: Delivery, state: State, detail: str, at: str) -> None:
        """Record how it ended: `detail` is the provider's id, or the code of the failure."""
        item = {
            **delivery.key,
            "state": {"S": state},
            "detail": {"S": detail},
            "at": {"S": at},
        }
        self._client.put_item(TableName=self._table, Item=item)

    def ended_at(self, delivery: Delivery) -> datetime:
        """When a delivery that ended did."""
        found = self._client.get_item(TableName=self._table, Key=delivery.key, ConsistentRead=True)
        return datetime.fromisoformat(found["Item"]["at"]["S"])

    def forget(self, delivery: Delivery) -> None:
        """It surely was not sent: whoever comes next may try."""
        self._client.delete_item(TableName=self._table, Key=delivery.key)

    def of(self, number: str) -> list[Told]:
        """Who was told what about the application, in the order of its events."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :notice)",
            ExpressionAttributeValues={":pk": {"S": f"APP#{number}"}, ":notice": {"S": "NOTICE#"}},
        )
        return [_told(item) for page in pages for item in page["Items"]]


def _told(item: dict[str, Any]) -> Told:
    _, event, template, channel = item["sk"]["S"].split("#")
    return Told(int(event), template, channel, State(item["state"]["S"]), item["at"]["S"])
