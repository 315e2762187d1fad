"""What the office does with the original of an issued document."""

from datetime import date

from casework.application import Happening
from casework.errors import InvalidForm, Problem, WrongStage
from casework.original import BY_POST, Original, Step
from casework.ports import Case, Change


def make_ready(case: Case) -> Change:
    """It waits at the place of the person's choice; the person is told what to bring."""
    original = _must_await(case, Step.ORIGINAL)
    return Change((Happening("original_ready", {"place": original.place}),))


def hand_over(case: Case, on: date, tracking: str | None, today: date) -> Change:
    """Into the person's hands, or by post under a tracking number."""
    original = _must_await(case, Step.HANDOVER)
    by_post = original.place == BY_POST
    if on > today:
        raise InvalidForm([Problem("on", "in_the_future")])
    if by_post != bool(tracking):
        raise InvalidForm([Problem("tracking", "required" if by_post else "not_applicable")])
    handed = Happening("original_handed_over", {"on": on.isoformat(), "by_post": by_post})
    return Change((handed,), texts={"tracking": tracking} if tracking else {})


def _must_await(case: Case, step: Step) -> Original:
    original = case.application.original
    if original is None or original.awaits is not step:
        raise WrongStage("not_awaited", awaited=original.awaits if original else None)
    return original
