"""A simulated bank: it reads the queue of transfers and answers into the queue of answers, as the
connector of a real office would.

It knows which accounts it has refused to pay to, pays what bears one key once whatever it is asked
again, and can be down. What it paid is its own book, which the tests read.
"""

from datetime import timedelta
from typing import Any, NamedTuple

from adapters.aws import client
from adapters.casebook import open_casebook
from adapters.queues import Queue, TransferReply, TransferRequest
from local.cloud import LocalCloud
from local.mailbox import taken_from

TAKES = timedelta(seconds=5)


class Booked(NamedTuple):
    """What the bank paid, by its key."""

    key: str
    account: str
    amount: str


class Bank:
    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._requests = cloud.outputs["Transfers"]
        self._answers = Queue(client("sqs"), cloud.outputs["TransferAnswers"])
        self._casebook = open_casebook(cloud.outputs["Applications"], client("dynamodb"))
        self.start_over()
        cloud.attend(self.serve_one)

    def start_over(self) -> None:
        self.book: dict[str, Booked] = {}
        self.asked: list[str] = []  # every key, as often as it came
        self.refuses: dict[str, str] = {}  # code by account
        self.down = False

    def serve_one(self) -> bool:
        """Take what is asked, unless down: then it waits in the queue."""
        asked = [] if self.down else taken_from(self._requests)
        for request in asked:
            self._take(TransferRequest(**request))
        return bool(asked)

    def _take(self, request: TransferRequest) -> None:
        self.asked.append(request.key)
        told: dict[str, Any] = self._casebook.load(request.number).texts[
            f"transfer_{request.period}"
        ]
        code = None if request.key in self.book else self.refuses.get(told["account"])
        if code is None:
            booked = Booked(request.key, told["account"], told["amount"])
            self.book.setdefault(request.key, booked)
        reply = TransferReply(request.number, request.period, code)
        self._cloud.call_at(self._cloud.now() + TAKES, lambda: self._answers.send([reply]))
