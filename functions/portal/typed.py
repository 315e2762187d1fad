"""What people type, as operations take it."""

import re

from casework import identifiers
from casework.errors import InvalidForm, InvalidValue, Problem
from functions.portal.rendering import PARTS_OF_A_DATE
from functions.portal.visit import Visit

WHOLE = re.compile("[0-9]{1,18}")  # Python itself refuses to read more than 4300 digits


def days_of(visit: Visit, *names: str) -> dict[str, str | None]:
    """The fields' days as ISO 8601 (2026-12-31), None where nothing was typed. Raises InvalidForm
    with every field that holds no day."""
    days: dict[str, str | None] = {}
    problems = []
    for name in names:
        try:
            typed = day_of(visit, name)
            days[name] = identifiers.date(typed).isoformat() if typed else None
        except InvalidValue as error:
            problems.append(Problem(name, error.code, error.details))
    if problems:
        raise InvalidForm(problems)
    return days


def days_said_of(visit: Visit, *names: str) -> dict[str, str]:
    """Of these fields the days that were typed, as `said_of` gives words. Raises as `days_of`."""
    return {name: day for name, day in days_of(visit, *names).items() if day}


def day_of(visit: Visit, name: str) -> str:
    """A day as it was typed, of one field or of three: 31.12.2026."""
    parts = [visit.value(f"{name}-{part}") for part in PARTS_OF_A_DATE]
    return ".".join(parts) if any(parts) else visit.value(name)


def said_of(visit: Visit, *names: str) -> dict[str, str]:
    """The fields that hold something: an operation says of the others that they are missing."""
    return {name: typed for name in names if (typed := visit.value(name))}


def whole_of(visit: Visit, name: str) -> int | str:
    """A whole number that our own form holds; what is none is the operation's to refuse."""
    typed = visit.value(name)
    return int(typed) if WHOLE.fullmatch(typed) else typed
