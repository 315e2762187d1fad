"""Queues of ids: what a message is about is read where it is needed, never carried in it."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from casework.errors import Unavailable

AT_ONCE = 10  # SQS takes no more in one call


class RegistryRequest(NamedTuple):
    """Ask `registry` about the application, for `check`; `form` seals what is asked about."""

    number: str
    check: str
    form: str
    registry: str


class ScanAwaited(NamedTuple):
    """Look, in a while, whether the verdict on this upload has come."""

    number: str
    document: str


class RegistryReply(NamedTuple):
    """`outcome`: matched | mismatched; `fields`: those that differ."""

    number: str
    check: str
    form: str
    outcome: str
    fields: tuple[str, ...] = ()


class TransferRequest(NamedTuple):
    """Pay what the application's text `transfer_<period>` says. `key` names this payment for ever:
    asked again, the bank pays nothing more and gives the same answer."""

    number: str
    period: str
    key: str


class TransferReply(NamedTuple):
    """`code`: why the bank did not pay (account_closed, ...); None: it has paid."""

    number: str
    period: str
    code: str | None = None


class DeliveryRequest(NamedTuple):
    """Tell `audience` about event number `event`, in the words of `template`."""

    number: str
    event: int
    audience: str
    template: str


class PaperRequest(NamedTuple):
    """Draw the papers that event number `event` calls for."""

    number: str
    event: int


class SignatureCheck(NamedTuple):
    """Check the signatures of the file that event number `event` is about. `number`: of an
    application, or of a person's archive."""

    number: str
    event: int


class ErasureRequest(NamedTuple):
    """Of `number` (an application, or a person's archive) is to be erased what may be. `step`:
    begin (the person has withdrawn the consent) | erase | document (one was taken out)."""

    number: str
    step: str


class Queue:
    def __init__(self, client: Any, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Iterable[NamedTuple], *, delay: int = 0) -> None:
        """`delay`: seconds before they can be read, 900 at most. Raises Unavailable when the queue
        did not take all of them; sending again is harmless."""
        waiting = list(messages)
        for start in range(0, len(waiting), AT_ONCE):
            entries = [
                {"Id": str(place), "MessageBody": json.dumps(message._asdict())}
                | ({"DelaySeconds": delay} if delay else {})
                for place, message in enumerate(waiting[start : start + AT_ONCE])
            ]
            sent = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
            if sent.get("Failed"):
                raise Unavailable()
