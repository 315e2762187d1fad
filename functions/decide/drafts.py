"""Once a day (EventBridge): drafts that nobody goes on with are reminded of, and expire."""

from datetime import timedelta
from typing import Any

from adapters.casebook import rules_of
from adapters.clock import now
from casework import drafts
from casework.application import SYSTEM
from casework.errors import OporaError
from functions.decide.wiring import applications, logger

EASTERNMOST = timedelta(hours=12)  # ahead of UTC: a day begins there first


def come_by(_: dict[str, Any], __: Any) -> dict[str, int]:
    """Every draft whose day has come somewhere in the country; whoever died on the way is followed
    by the next morning, which finds what is left."""
    at, seen, failed = now(), 0, 0
    for number in applications().drafts_due((at + EASTERNMOST).date()):
        seen += 1
        try:
            applications().change(
                number,
                lambda case: drafts.come_by(case, rules_of(case.application), at),
                actor=SYSTEM,
                now=at,
            )
        except OporaError:
            failed += 1  # one draft whose rules are gone does not hold up the others
            logger.exception("a draft could not be looked at", extra={"number": number})
    if seen:
        logger.info("looked at drafts", extra={"seen": seen, "failed": failed})
    return {"seen": seen, "failed": failed}
