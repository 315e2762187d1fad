"""Applications of which something is still to be erased: who they are, and on which day the clock
looks at them next.

    pk = APP#<number>   sk = RETENTION   queue = retention   due = <day>#<number>

The item is written before anything is erased and goes when nothing is kept: whoever dies in between
is followed by the next morning.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any

from adapters.application_items import app_key, part_of
from adapters.applications import Applications
from adapters.sealed_table import SealedTable, item_of

QUEUE = "retention"  # no region is called so
SK = "RETENTION"


class Erasures:
    def __init__(self, client: Any, table: str, applications: Applications) -> None:
        self._client = client
        self._table = table
        self._applications = applications
        self._sealed = SealedTable(client, table)

    def begun_by(self, person: str, before: datetime) -> list[str]:
        """Numbers of the applications that the person had begun by then, the newest first."""
        found, cursor = [], None
        while True:
            page = self._applications.listed(person, cursor)
            found += [
                item["number"]
                for item in page.items
                if datetime.fromisoformat(item["drafted_at"]) <= before
            ]
            if not (cursor := page.cursor):
                return found

    def due(self, day: date) -> Iterator[str]:
        """Numbers of the applications that are to be looked at by that day."""
        return (item["number"] for item in self._sealed.due(QUEUE, day))

    def look_again(self, number: str, day: date | None) -> None:
        """On that day; None: never."""
        key = {"pk": app_key(number), "sk": SK}
        if day is None:
            self._client.delete_item(TableName=self._table, Key=item_of(key))
            return
        item = {**key, "number": number, "queue": QUEUE, "due": f"{day}#{number}"}
        self._client.put_item(TableName=self._table, Item=item_of(item))

    def sweep(self, number: str, parts: Collection[str]) -> None:
        """Whatever lies beside the chain and belongs to parts that were erased: what the
        transaction had no room for, or came after it."""
        for item in list(self._sealed.query(app_key(number))):
            if part_of(item["sk"]) in parts:
                key = item_of({"pk": item["pk"], "sk": item["sk"]})
                self._client.delete_item(TableName=self._table, Key=key)

    def forget_document(self, number: str, document: str) -> None:
        key = item_of({"pk": app_key(number), "sk": f"DOC#{document}"})
        self._client.delete_item(TableName=self._table, Key=key)
