"""The part of the API that shows the sentinel's board."""

from typing import Any

from adapters import definitions
from functions.intake import oversight_bodies as bodies
from functions.intake.access import api
from functions.intake.http import READERS, Request
from functions.intake.wiring import boards


@api.operation(
    "GET",
    "/sentinel",
    "Open applications without exactly one armed timer or recorded pause: there should be none",
    bodies.SentinelBoard,
    roles=READERS,
)
def show_sentinel(request: Request) -> dict[str, Any]:
    board, titles = boards().latest(), definitions.texts("oversight")["faults"]
    if board is None:
        return {"looked_at": None, "open": 0, "paused": 0, "found": 0, "findings": []}
    findings = [
        {**each._asdict(), "title": titles[each.fault][request.language]} for each in board.findings
    ]
    return {**board._asdict(), "findings": findings}
