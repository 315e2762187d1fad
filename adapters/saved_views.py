"""The views of the queue that officers keep: which filters, under which name.

pk = VIEWS#<officer>    sk = VIEW#<id>
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from adapters.application_items import to_json
from adapters.sealed_table import SealedTable, item_of
from casework.errors import InvalidForm, Problem

AT_MOST = 20


class SavedView(NamedTuple):
    """`filters`: of GET /queue, by name. The same name is the same view."""

    name: str
    filters: Mapping[str, Any]

    @property
    def id(self) -> str:
        return hashlib.sha256(self.name.casefold().encode()).hexdigest()[:12]


class SavedViews:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def of(self, officer: str) -> list[SavedView]:
        """By name."""
        items = SealedTable(self._client, self._table).query(f"VIEWS#{officer}")
        views = (SavedView(item["name"], json.loads(item["filters"])) for item in items)
        return sorted(views, key=lambda view: view.name.casefold())

    def put(self, officer: str, view: SavedView) -> None:
        """Raises InvalidForm when there are too many."""
        kept = {known.id for known in self.of(officer)} | {view.id}
        if len(kept) > AT_MOST:
            raise InvalidForm([Problem("name", "too_many", {"at_most": AT_MOST})])
        item = {**_key(officer, view.id), "name": view.name, "filters": to_json(view.filters)}
        self._client.put_item(TableName=self._table, Item=item_of(item))

    def delete(self, officer: str, id_: str) -> None:
        """Deleting what is gone changes nothing."""
        self._client.delete_item(TableName=self._table, Key=item_of(_key(officer, id_)))


def _key(officer: str, id_: str) -> dict[str, str]:
    return {"pk": f"VIEWS#{officer}", "sk": f"VIEW#{id_}"}
