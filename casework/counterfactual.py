"""What would have to be otherwise for a condition to be met: its smallest set of comparisons.

A condition that is not met is a tree of comparisons. Every way to meet it is some set of them that
must come out differently; the smallest is the one with the fewest that are not figures, then the
fewest at all, then the shortest way for the figures to go. Where it is figures only, applying the
named moves is tried before they are named: a way that does not lead there is no way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import product
from typing import Any, NamedTuple

from casework.condition import Condition, Facts, bound_of, holds
from casework.measures import Measures

Step = Callable[[Condition], Decimal | None]
"""The smallest difference between two values of what is compared: a kopeck, a person; None where
there is none."""


class Move(NamedTuple):
    """A comparison that must come out differently; of figures, `value` must become `to`."""

    comparison: Condition
    value: Decimal | int | None = None
    to: Decimal | None = None

    @property
    def subject(self) -> str:
        return self.comparison.field or self.comparison.measure


Way = tuple[Move, ...]


def smallest_way(condition: Condition, facts: Facts, measures: Measures, step: Step) -> Way:
    """The moves that would meet the condition; empty when it is met, or nothing would meet it."""
    found = sorted(_ways(condition, facts, measures, step, wanted=True), key=cost)
    return next((way for way in found if _leads_there(condition, way, facts, measures)), ())


def cost(way: Iterable[Move]) -> tuple[int, int, Decimal]:
    """By this the smaller of two ways is told."""
    way = tuple(way)
    figures = [move for move in way if move.to is not None]
    return len(way) - len(figures), len(way), sum(map(_distance, figures), Decimal(0))


def _distance(move: Move) -> Decimal:
    """How far a figure must go, as a part of itself."""
    return abs(Decimal(move.value) - move.to) / max(abs(Decimal(move.value)), Decimal(1))


def _ways(
    said: Condition, facts: Facts, measures: Measures, step: Step, *, wanted: bool
) -> Iterator[Way]:
    """Every set of moves after which `said` is as wanted."""
    if said.not_ is not None:
        yield from _ways(said.not_, facts, measures, step, wanted=not wanted)
    elif said.parts():
        each = [list(_ways(part, facts, measures, step, wanted=wanted)) for part in said.parts()]
        if (said.all is not None) == wanted:  # all of them must be so, otherwise one of them
            yield from map(_together, product(*each))
        else:
            yield from (way for ways in each for way in ways)
    elif _is(said, facts, measures) is wanted:
        yield ()
    else:
        yield (_move(said, facts, measures, step(said), wanted=wanted),)


def _is(said: Condition, facts: Facts, measures: Measures) -> bool | None:
    """None where a figure that it takes is not known."""
    return measures.if_known(lambda: holds(said, facts, measures))


def _together(ways: Iterable[Way]) -> Way:
    """Where two comparisons move one figure, the longer way does for both."""
    moves = [move for way in ways for move in way]
    longest: dict[str, Move] = {}
    for move in sorted((m for m in moves if m.to is not None), key=_distance):
        longest[move.subject] = move
    kept = {id(move) for move in longest.values()}
    return tuple(move for move in moves if move.to is None or id(move) in kept)


def _move(
    said: Condition, facts: Facts, measures: Measures, step: Decimal | None, *, wanted: bool
) -> Move:
    test, bound = said.comparison()
    if test not in ("at_most", "at_least") or (step is None and not wanted):
        return Move(said)
    value = facts.get(said.field) if said.field else measures.known(said.measure)
    to = measures.if_known(lambda: bound_of(bound, measures))
    if not (_is_figure(value) and _is_figure(to)):
        return Move(said)
    return Move(said, value, _nearest(Decimal(to), step, down=(test == "at_most"), wanted=wanted))


def _is_figure(value: Any) -> bool:
    return isinstance(value, (Decimal, int)) and not isinstance(value, bool)


def _nearest(bound: Decimal, step: Decimal | None, *, down: bool, wanted: bool) -> Decimal:
    """The nearest value on the right side of the bound: on it, or a step beyond if it is not to
    hold."""
    if step is None:
        return bound
    steps = (bound / step).to_integral_value(ROUND_FLOOR if down else ROUND_CEILING)
    return (steps + (0 if wanted else 1 if down else -1)) * step


def _leads_there(condition: Condition, way: Way, facts: Facts, measures: Measures) -> bool:
    moved = {move.subject: move.to for move in way if move.to is not None}
    turned = {id(move.comparison) for move in way if move.to is None}
    otherwise = _Otherwise(measures, moved)
    asked = {**facts, **{name: to for name, to in moved.items() if name in facts}}
    return _would_hold(condition, asked, otherwise, turned)


def _would_hold(said: Condition, facts: Facts, measures: Any, turned: set[int]) -> bool:
    """Whether it holds when the comparisons in `turned` come out differently."""
    if said.all is not None:
        return all(_would_hold(part, facts, measures, turned) for part in said.all)
    if said.any is not None:
        return any(_would_hold(part, facts, measures, turned) for part in said.any)
    if said.not_ is not None:
        return not _would_hold(said.not_, facts, measures, turned)
    held = bool(measures.if_known(lambda: holds(said, facts, measures)))
    return held is not (id(said) in turned)


class _Otherwise:
    """Measures as they are, but for some."""

    def __init__(self, measures: Measures, moved: Mapping[str, Decimal]) -> None:
        self._measures, self._moved = measures, moved
        self.day, self.if_known = measures.day, measures.if_known

    def get(self, name: str) -> Any:
        return self._moved[name] if name in self._moved else self._measures[name]
