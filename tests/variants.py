"""Journeys that are walked for many dates and moments: a few in `make test`, all in
`make test-long`. The days themselves are counted by the unit tests, all of them each time."""

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(variants: Iterable[Any], *places: int) -> list[Any]:
    """For `parametrize`: all of them; `make test` takes those at the places (0 is the first)."""
    return [
        variant if place in places else _long(variant) for place, variant in enumerate(variants)
    ]


def _long(variant: Any) -> Any:
    values = variant if isinstance(variant, tuple) else (variant,)
    return pytest.param(*values, marks=pytest.mark.long)
