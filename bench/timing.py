"""CPU seconds of calls: sides take turns, so that a busy machine disturbs them alike."""

import gc
import time
from collections.abc import Callable

ROUNDS = 7
ROUND = 0.05
"""CPU seconds that one side's turn takes, about."""


def cpu_per_call(
    *sides: Callable[[], object], outside: Callable[[], float] = lambda: 0.0
) -> list[float]:
    """CPU seconds of one call of each side, the best of its rounds.

    `outside` reads a meter of CPU seconds spent in what is not to be counted.
    """
    counts = [_calls_in_a_round(side) for side in sides]
    best = [float("inf")] * len(sides)
    for _ in range(ROUNDS):
        for at, (side, count) in enumerate(zip(sides, counts, strict=True)):
            before = outside()
            spent = _cpu(side, count) - (outside() - before)
            best[at] = min(best[at], spent / count)
    return best


def _calls_in_a_round(side: Callable[[], object]) -> int:
    side()  # what is made once a process is made now
    count = 1
    while (spent := _cpu(side, count)) < ROUND / 10:
        count *= 4
    return max(1, round(count * ROUND / spent))


def _cpu(side: Callable[[], object], count: int) -> float:
    """Without the garbage collector, as timeit: it would charge us for the heap of others."""
    gc.disable()
    try:
        start = time.process_time()
        for _ in range(count):
            side()
        return time.process_time() - start
    finally:
        gc.enable()
