"""How far an application has come, as its applicant follows it: the events that matter to him."""

from datetime import datetime
from typing import NamedTuple

from casework.application import Event
from casework.ports import Case

CHECKED = "checked"
"""The one milestone that is no event: everything was heard, and an officer has it."""
MILESTONES = frozenset({
    "submitted", "asked", "answered", "decided", "withdrawn", "expired", "resubmitted",
    "decision_superseded", "reopened", "appealed", "appeal_withdrawn", "decision_upheld",
    "rebooked", "slot_lost", "clock_paused", "clock_resumed",
    "programme_proposed", "programme_agreed", "programme_declined", "provider_chosen",
    "act_formed", "complaint_made", "complaint_reviewed", "provision_ended",
    "original_ordered", "original_ready", "original_handed_over",
    "payment_ordered", "payment_overdue", "payment_claimed", "ended",
    "data_erased",
})  # fmt: skip


class Reached(NamedTuple):
    """`kind`: of the event, or CHECKED; `outcome`: of a decision."""

    kind: str
    at: datetime
    outcome: str | None = None


def milestones(case: Case) -> list[Reached]:
    """In the order in which they were reached."""
    told = [_reached(event) for event in case.events if event.kind in MILESTONES]
    told += [Reached(CHECKED, at)] if (at := case.application.checked_at) else []
    return sorted(told, key=lambda reached: (reached.at, _turn(reached)))


def _reached(event: Event) -> Reached:
    return Reached(event.kind, event.at, event.data.get("outcome"))


def _turn(reached: Reached) -> int:
    """Of what comes in one instant: whatever follows a check, comes after it."""
    return {"submitted": 0, CHECKED: 1}.get(reached.kind, 2)
