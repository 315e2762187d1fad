"""What people ask of the office about their accounts, in the table of applications.

    pk = REQUEST#<number>   sk = REQUEST   queue = access-requests   due = <instant>#<number>

The index by due date lists the open ones. The table forgets a request a quarter after it came:
what was done to the account is written down beside the account.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from adapters.sealed_table import SealedTable, item_of, plain
from casework.access_requests import AccessRequest, Answer
from casework.errors import NotFound, VersionConflict

QUEUE = "access-requests"  # no region is called so
KEPT = timedelta(days=92)
AT_MOST = 200
TRIES = 5


class AccessRequests:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, request: AccessRequest) -> None:
        """A new one; the same again changes nothing."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item_of(_as_item(request)),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def load(self, number: str) -> AccessRequest:
        """Raises NotFound."""
        found = self._client.get_item(
            TableName=self._table, Key=item_of(_key(number)), ConsistentRead=True
        )
        if "Item" not in found:
            raise NotFound("unknown_request")
        return _request_of(plain(found["Item"]))

    def awaiting(self) -> Iterator[AccessRequest]:
        """Those without an answer, the first due first."""
        listed = SealedTable(self._client, self._table).listed
        yield from map(_request_of, listed("by_due", "queue", QUEUE, at_most=AT_MOST))

    def change(self, number: str, act: Callable[[AccessRequest], AccessRequest]) -> AccessRequest:
        """Raises what `act` raises, NotFound, VersionConflict."""
        for _ in range(TRIES):
            before = self.load(number)
            after = replace(act(before), version=before.version + 1)
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=item_of(_as_item(after)),
                    ConditionExpression="version = :was",
                    ExpressionAttributeValues=item_of({":was": before.version}),
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                continue
            return after
        raise VersionConflict()


def new_number() -> str:
    """Speakable, and not to be guessed."""
    drawn = f"{secrets.randbelow(10**12):012d}"
    return f"{drawn[:4]}-{drawn[4:8]}-{drawn[8:]}"


def _key(number: str) -> dict[str, str]:
    return {"pk": f"REQUEST#{number}", "sk": "REQUEST"}


def _as_item(request: AccessRequest) -> dict[str, Any]:
    answer = request.answer
    listed = (
        {} if answer else {"queue": QUEUE, "due": f"{request.due.isoformat()}#{request.number}"}
    )
    told = answer and {**answer._asdict(), "at": answer.at.isoformat()}
    return {
        **_key(request.number),
        "number": request.number,
        "kind": request.kind,
        "asked_at": request.asked_at.isoformat(),
        "phone": request.phone,
        "said": json.dumps(request.said, ensure_ascii=False),
        "account": request.account,
        "version": request.version,
        "expires": int((request.asked_at + KEPT).timestamp()),
        **listed,
        **({"answer": told} if told else {}),
    }


def _request_of(item: Mapping[str, Any]) -> AccessRequest:
    told = item.get("answer")
    return AccessRequest(
        item["number"],
        item["kind"],
        datetime.fromisoformat(item["asked_at"]),
        item["phone"],
        json.loads(item["said"]),
        item["account"],
        Answer(**{**told, "at": datetime.fromisoformat(told["at"])}) if told else None,
        int(item["version"]),
    )
