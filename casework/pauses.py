"""An officer's pause of the terms of an application, for a lawful reason and until a day (the hours
in which experts judge its documents run on); and his call for a supervisor.

Which reasons are lawful, and for how long, is data (services/parameters/pauses.toml). A pause ends
by itself: nobody's case stands still because somebody forgot it.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from casework.application import SYSTEM, Application, Happening, Stage
from casework.errors import InvalidForm, NotAllowed, Problem, WrongStage
from casework.ports import Case, Change, Rules

MAY_BE_PAUSED = frozenset({Stage.CHECKING, Stage.REVIEW})


class PauseReason(BaseModel):
    """`at_most_days`: calendar days; `source`: the norm that allows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    at_most_days: int
    source: str


def pause(
    case: Case,
    rules: Rules,
    reasons: Mapping[str, PauseReason],
    officer: str,
    reason: str,
    until: date,
    words: str,
    now: datetime,
) -> Change:
    """Until the end of that day, unless it is resumed before. `words`: what the applicant reads."""
    application = case.application
    if application.stage not in MAY_BE_PAUSED:
        raise WrongStage(stage=application.stage)
    if application.pause is not None:
        raise WrongStage("already_paused")
    if application.officer not in (None, officer):
        raise WrongStage("claimed_by_another")
    if reason not in reasons:
        options = ", ".join(reasons)
        raise InvalidForm([Problem("reason", "not_in_list", {"options": options})])
    today = rules.calendar.local_day(now)
    last = today + timedelta(days=reasons[reason].at_most_days)
    if not today < until <= last:
        details = {"earliest": today + timedelta(days=1), "latest": last}
        raise InvalidForm([Problem("until", "pause_out_of_range", details)])
    ends_at = rules.calendar.end_of(until).isoformat()
    paused = Happening("clock_paused", {"reason": reason, "until": f"{until}", "ends_at": ends_at})
    return Change((paused,), texts={"pause": words})


def resume(case: Case, officer: str) -> Change:
    if case.application.pause is None:
        raise WrongStage("not_paused")
    if case.application.officer not in (None, officer):
        raise WrongStage("claimed_by_another")
    return Change((Happening("clock_resumed", {"by": "officer"}),))


def ended(application: Application, now: datetime) -> tuple[Happening, ...]:
    """By the clock."""
    pause = application.pause
    if pause is None or now < pause.until:
        return ()
    return (Happening("clock_resumed", {"by": SYSTEM}),)


def must_not_be_paused(application: Application) -> None:
    """Nothing is decided or asked while every term stands still."""
    if application.pause is not None:
        raise WrongStage("clock_paused")


def escalate(case: Case, officer: str, words: str) -> Change:
    """A supervisor is told, and finds it in the queue; a call that still stands is not repeated."""
    application = case.application
    if not application.in_work:
        raise WrongStage(stage=application.stage)
    if application.escalated_by is not None:
        raise WrongStage("already_escalated")
    if application.officer not in (None, officer):
        raise NotAllowed("claimed_by_another")
    return Change((Happening("escalated"),), texts={"escalation": words})
