"""What somebody is in the middle of before he is signed in: a sign-up, a sign-in, a recovery.

    pk = FLOW#<digest of the secret>   sk = FLOW   kind, told, expires

Who has the secret goes on with it; the table has only its digest.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from casework.errors import NotAllowed

LASTS = timedelta(minutes=30)


class Flows:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def begin(
        self, kind: str, told: Mapping[str, Any], now: datetime, lasts: timedelta = LASTS
    ) -> str:
        """The secret that goes on with it."""
        secret = secrets.token_urlsafe(32)
        self._write(secret, kind, told, now + lasts)
        return secret

    def find(self, kind: str, secret: str, now: datetime) -> dict[str, Any]:
        """What was told so far. Raises NotAllowed (flow_over): begin anew."""
        found = self._client.get_item(TableName=self._table, Key=_key(secret), ConsistentRead=True)
        item = found.get("Item")
        if (
            item is None
            or item["kind"]["S"] != kind
            or int(item["expires"]["N"]) <= now.timestamp()
        ):
            raise NotAllowed("flow_over")
        return json.loads(item["told"]["S"])

    def note(self, kind: str, secret: str, told: Mapping[str, Any], now: datetime) -> None:
        self._write(secret, kind, told, now + LASTS)

    def end(self, secret: str) -> bool:
        """Whether it was there: of several at once one ends it."""
        gone = self._client.delete_item(
            TableName=self._table, Key=_key(secret), ReturnValues="ALL_OLD"
        )
        return "Attributes" in gone

    def _write(self, secret: str, kind: str, told: Mapping[str, Any], until: datetime) -> None:
        item = {
            **_key(secret),
            "kind": {"S": kind},
            "told": {"S": json.dumps(told, ensure_ascii=False)},
            "expires": {"N": str(int(until.timestamp()))},
        }
        self._client.put_item(TableName=self._table, Item=item)


def _key(secret: str) -> dict[str, Any]:
    digest = hashlib.sha256(secret.encode(errors="replace")).hexdigest()
    return {"pk": {"S": f"FLOW#{digest}"}, "sk": {"S": "FLOW"}}
