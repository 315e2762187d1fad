"""Once a day (EventBridge): papers in people's archives that end soon, or today."""

from datetime import timedelta
from typing import Any

from adapters.calendars import calendar_for
from adapters.clock import now
from casework.application import SYSTEM
from casework.archive_actions import remind
from casework.errors import OporaError
from functions.decide.wiring import archives, logger

EASTERNMOST = timedelta(hours=12)  # ahead of UTC: a day begins there first


def remind_of_papers(_: dict[str, Any], __: Any) -> dict[str, int]:
    """Every archive with a paper whose day has come somewhere in the country; whoever died on the
    way is followed by the next morning."""
    at, seen, failed = now(), 0, 0
    for person in archives().due((at + EASTERNMOST).date()):
        seen += 1
        try:
            archives().change(
                person,
                lambda case: remind(case, calendar_for(case.archive.region).local_day(at)),
                actor=SYSTEM,
                now=at,
            )
        except OporaError:
            failed += 1  # one archive that cannot be looked at does not hold up the others
            logger.exception("papers could not be looked at")
    if seen:
        logger.info("looked at papers", extra={"seen": seen, "failed": failed})
    return {"seen": seen, "failed": failed}
