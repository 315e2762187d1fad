"""Where an execution stands in the drawing of its state machine.

The drawing itself is made when the pages are built (assets/drawings.mjs says what is in it); here
it is only lit by the execution's history. templates/machine.html shows it, with the same in words.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

STANDING_OF_LAST = {
    "RUNNING": "current",
    "PENDING_REDRIVE": "current",
    "FAILED": "failed",
    "TIMED_OUT": "failed",
    "ABORTED": "stopped",
    "SUCCEEDED": "passed",
}
"""How the state entered last stands, by the status of the execution in Step Functions."""


def lit(drawing: Mapping[str, Any], entered: Sequence[str], status: str) -> dict[str, Any]:
    """The drawing, each state with its `standing` (passed, current, failed, stopped, ahead), the
    word for it and how many `times` it was entered; each edge with `passed`.

    `entered`: names of states in the order of the history. Inside a map both stand alike: the state
    and its map.
    """
    inside = {state["name"]: state["inside"] for state in drawing["states"]}
    standings = dict.fromkeys(entered, "passed")
    last = entered[-1] if entered else None
    while last is not None:
        standings[last] = STANDING_OF_LAST[status]
        last = inside[last]
    outer = [name for name in entered if inside[name] is None]
    passed = {*pairwise([None, *outer]), *((inside[name], name) for name in entered)}
    states = [_state(state, standings, entered, drawing["words"]) for state in drawing["states"]]
    edges = [edge | {"passed": (edge["from"], edge["to"]) in passed} for edge in drawing["edges"]]
    return {**drawing, "states": states, "edges": edges}


def _state(
    state: Mapping[str, Any],
    standings: Mapping[str, str],
    entered: Sequence[str],
    words: Mapping[str, str],
) -> dict[str, Any]:
    standing = standings.get(state["name"], "ahead")
    times = entered.count(state["name"])
    return {**state, "standing": standing, "word": words[standing], "times": times}
