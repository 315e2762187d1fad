"""Instants and durations as people type them."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from opora.failure import Failure

_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def instant(text: str, zone: tzinfo) -> datetime:
    """An ISO date or date-time; without an offset it is local to `zone`."""
    try:
        parsed = datetime.fromisoformat(text)
        known = parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)
        known.astimezone(UTC), known.astimezone(zone)  # at the very ends of time they overflow
    except (ValueError, OverflowError) as error:
        raise Failure(
            f"{text!r} is not an instant: write it as 2026-04-27T10:00:00+03:00"
        ) from error
    return known


def duration(text: str) -> timedelta:
    """30d, 12h or 90m."""
    found = re.fullmatch(r"([0-9]{1,5})([dhm])", text)
    if not found:
        raise Failure(f"{text!r} is not a duration: write it as 30d, 12h, 90m or 30wd")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def working_days(text: str) -> int | None:
    """The number in 30wd; None when it is no such thing."""
    found = re.fullmatch(r"([0-9]{1,4})wd", text)
    return int(found[1]) if found else None
