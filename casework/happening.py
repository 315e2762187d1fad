"""What an action lets happen."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Happening(NamedTuple):
    """What an action lets happen, before it has its place in a chain of events."""

    kind: str
    data: Mapping[str, Any] = {}
