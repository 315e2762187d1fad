"""Queues of ids: each message once, in calls of ten, and nothing is taken for sent that was not."""

import json
from typing import Any

import pytest

from adapters.queues import AT_ONCE, DeliveryRequest, Queue, RegistryReply
from casework.errors import Unavailable


class Sqs:
    def __init__(self, full: bool = False) -> None:
        self.calls: list[list[dict[str, Any]]] = []
        self._full = full

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        entries = asked["Entries"]
        self.calls.append(entries)
        return {"Failed": [{"Id": entries[-1]["Id"]}]} if self._full else {"Successful": entries}


def request(n: int) -> DeliveryRequest:
    return DeliveryRequest(f"n-{n}", n, "applicant", "accepted")


@pytest.mark.parametrize(("count", "sizes"), [(0, []), (1, [1]), (10, [10]), (21, [10, 10, 1])])
def test_messages_go_by_tens_each_with_an_id_of_its_own(count, sizes):
    sqs = Sqs()
    Queue(sqs, "url").send(request(n) for n in range(count))
    assert [len(call) for call in sqs.calls] == sizes
    assert all(len({entry["Id"] for entry in call}) == len(call) <= AT_ONCE for call in sqs.calls)
    sent = [json.loads(entry["MessageBody"]) for call in sqs.calls for entry in call]
    assert [DeliveryRequest(**body) for body in sent] == [request(n) for n in range(count)]


def test_a_queue_that_did_not_take_all_is_unavailable():
    with pytest.raises(Unavailable):
        Queue(Sqs(full=True), "url").send([request(1), request(2)])


def test_a_reply_survives_the_wire():
    sqs = Sqs()
    reply = RegistryReply("1", "residence", "f" * 64, "mismatched", ("registration_address",))
    Queue(sqs, "url").send([reply])
    body = json.loads(sqs.calls[0][0]["MessageBody"])
    assert body["fields"] == ["registration_address"]
