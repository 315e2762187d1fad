"""What the sentinel saw when it last looked: one item.

pk = SENTINEL   sk = BOARD
"""

import json
from datetime import datetime
from typing import Any, NamedTuple

from adapters.application_items import to_json
from adapters.sealed_table import item_of, plain
from casework.sentinel import Finding

KEY = {"pk": "SENTINEL", "sk": "BOARD"}
SHOWN = 500  # findings on the board; the log has all of them


class Board(NamedTuple):
    """`open`: how many applications are; `found`: how many findings there were in all."""

    looked_at: datetime
    open: int
    paused: int
    found: int
    findings: tuple[Finding, ...]


class Boards:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def put(self, board: Board) -> None:
        shown = [_told(finding) for finding in board.findings[:SHOWN]]
        counted = {"open": board.open, "paused": board.paused, "found": board.found}
        item = {
            **KEY,
            **counted,
            "looked_at": board.looked_at.isoformat(),
            "findings": to_json(shown),
        }
        self._client.put_item(TableName=self._table, Item=item_of(item))

    def latest(self) -> Board | None:
        found = self._client.get_item(TableName=self._table, Key=item_of(KEY)).get("Item")
        if found is None:
            return None
        item = plain(found)
        return Board(
            datetime.fromisoformat(item["looked_at"]),
            int(item["open"]),
            int(item["paused"]),
            int(item["found"]),
            tuple(map(_finding, json.loads(item["findings"]))),
        )


def _told(finding: Finding) -> dict[str, Any]:
    since = finding.since.isoformat() if finding.since else None
    return {**finding._asdict(), "since": since}


def _finding(told: dict[str, Any]) -> Finding:
    since = datetime.fromisoformat(told["since"]) if told["since"] else None
    return Finding(**{**told, "since": since})
