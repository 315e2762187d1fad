"""A one-time code confirms one operation of one person: its form, how long and how often it holds.

A code has six digits, is good for ten minutes, five attempts and one use. Another may be sent a
minute later and takes the place of the first; a person is sent ten an hour at most, so that nobody
guesses one of a million by asking again and again.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from casework.errors import TooOften

DIGITS = 6
VALID = timedelta(minutes=10)
ATTEMPTS = 5
AGAIN_AFTER = timedelta(seconds=60)
AN_HOUR = 10
_HOUR = timedelta(hours=1)


class Sent(NamedTuple):
    """A code on its way to the person: until when it is good, and since when another may be
    asked for."""

    valid_until: datetime
    another_from: datetime


def drawn(below: Callable[[int], int]) -> str:
    """A new code. `below(n)`: a number that nobody can foresee, from 0 to n - 1."""
    return f"{below(10**DIGITS):0{DIGITS}d}"


def has_form(code: str) -> bool:
    return re.fullmatch(rf"[0-9]{{{DIGITS}}}", code) is not None


def sent(at: datetime, again_after: timedelta = AGAIN_AFTER) -> Sent:
    return Sent(at + VALID, at + again_after)


def is_too_early(last: datetime, now: datetime, again_after: timedelta = AGAIN_AFTER) -> bool:
    """Whether a code that was sent at `last` is still to be waited for."""
    return now < last + again_after


def sendings(earlier: Iterable[datetime], now: datetime) -> tuple[datetime, ...]:
    """Those that count against the next ones, with the one of now. Raises TooOften."""
    recent = tuple(at for at in earlier if now < at + _HOUR)
    if len(recent) >= AN_HOUR:
        minutes = -((now - recent[-AN_HOUR] - _HOUR) // timedelta(minutes=1))
        raise TooOften("too_many_codes", at_most=AN_HOUR, minutes=minutes)
    return (*recent, now)


def masked(phone: str) -> str:
    """Enough for its owner to know it by, too little for anybody else: +7***45."""
    return f"{phone[:2]}***{phone[-2:]}"
