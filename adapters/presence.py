"""Who of the office has an application open just now: "also looking".

pk = PRESENCE#<number>      sk = PRESENT#<actor>    gone by itself when he has left
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from adapters.application_items import instant
from adapters.sealed_table import SealedTable, item_of

LASTS = timedelta(minutes=3)  # a page says every minute that it is still open


class Present(NamedTuple):
    who: str
    at: datetime


class Presence:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def note(self, number: str, actor: str, now: datetime) -> None:
        item = {
            "pk": f"PRESENCE#{number}",
            "sk": f"PRESENT#{actor}",
            "at": instant(now),
            "expires": int((now + LASTS).timestamp()),
        }
        self._client.put_item(TableName=self._table, Item=item_of(item))

    def others(self, number: str, actor: str, now: datetime) -> list[Present]:
        """The store deletes what has expired within days, not at once."""
        known = SealedTable(self._client, self._table).query(f"PRESENCE#{number}")
        present = (
            Present(item["sk"].partition("#")[2], datetime.fromisoformat(item["at"]))
            for item in known
        )
        return [each for each in present if each.who != actor and now - each.at < LASTS]
