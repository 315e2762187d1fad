"""Queues of ids: what a message is about is read where it is needed, never carried in it."""

import json
from typing import Any, NamedTuple


class RegistryRequest(NamedTuple):
    """Ask `registry` about the application, for `check`; `form` seals what is asked about."""

    number: str
    check: str
    form: str
    registry: str


class RegistryReply(NamedTuple):
    """`outcome`: matched | mismatched; `fields`: those that differ."""

    number: str
    check: str
    form: str
    outcome: str
    fields: tuple[str, ...] = ()


class DeliveryRequest(NamedTuple):
    """Tell `audience` about event number `event`, in the words of `template`."""

    number: str
    event: int
    audience: str
    template: str


class Queue:
    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, message: NamedTuple) -> None:
        self._client.send_message(QueueUrl=self._url, MessageBody=json.dumps(message._asdict()))
