"""The one place where handlers learn what time it is."""

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
