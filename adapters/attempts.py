"""How often somebody has tried something, in the table of applications.

    pk = ATTEMPTS#<digest>   sk = ATTEMPTS#<window>   attempts, expires

`digest`: of what is counted and of whose it is. An attempt is counted before it is judged, so that
any number of them at once is no more than is allowed.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from casework.accounts import Limit
from casework.errors import TooOften


class Attempts:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def count(self, limits: Iterable[Limit], whose: str, now: datetime) -> None:
        """Raises TooOften (the limit's code: minutes) when this one is too many."""
        for limit in limits:
            counted = self._client.update_item(
                TableName=self._table,
                Key=_key(limit, whose, now),
                UpdateExpression="ADD attempts :one SET expires = :expires",
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":expires": {"N": str(int((now + 2 * limit.within).timestamp()))},
                },
                ReturnValues="UPDATED_NEW",
            )
            if int(counted["Attributes"]["attempts"]["N"]) > limit.at_most:
                raise TooOften(limit.code, minutes=limit.minutes_left(now))

    def forgive(self, limits: Iterable[Limit], whose: str, now: datetime) -> None:
        """It was the right person after all: earlier failures count no more."""
        for limit in limits:
            self._client.delete_item(TableName=self._table, Key=_key(limit, whose, now))


def _key(limit: Limit, whose: str, now: datetime) -> dict[str, Any]:
    digest = hashlib.sha256(f"{limit.what}:{whose}".encode()).hexdigest()
    return {"pk": {"S": f"ATTEMPTS#{digest}"}, "sk": {"S": f"ATTEMPTS#{limit.window(now)}"}}
