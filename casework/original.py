"""The original of an issued document: where it waits, and when it was handed over.

Until it is, the electronic one holds. A state of its own inside an application: the application
folds these events into one field; a letter's tracking number lies beside the chain.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

BY_POST = "post"


class Step(StrEnum):
    ORIGINAL = "original"  # the office makes it ready
    HANDOVER = "handover"  # the person fetches it, or the post brings it


@dataclass(frozen=True, slots=True)
class Original:
    """`place`: the option of the form that the person chose (an MFC, an office, the post)."""

    place: str
    since: datetime
    ready: bool = False
    handed_over_on: str | None = None
    marks: frozenset[str] = frozenset()

    @property
    def awaits(self) -> Step | None:
        """None: it is in the person's hands."""
        if self.handed_over_on is not None:
            return None
        return Step.HANDOVER if self.ready else Step.ORIGINAL


def fold(original: Original | None, event: Any) -> Original | None:
    if event.kind == "original_ordered":
        return Original(event.data["place"], event.at)
    if event.kind == "original_ready":
        return replace(original, ready=True, since=event.at, marks=frozenset())
    if event.kind == "original_marked":
        return replace(original, marks=original.marks | {event.data["mark"]})
    return replace(original, handed_over_on=event.data["on"])


KINDS = ("original_ordered", "original_ready", "original_marked", "original_handed_over")
