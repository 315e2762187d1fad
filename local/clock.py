"""Virtual time for the whole process and for moto's Step Functions interpreter.

Time stands still while work is done and jumps from deadline to deadline in between, so ten days
pass as fast as the threads can run and every instant in a test is exact. It is never scaled: a slow
handler would then run into the timeouts of its own state machine. Served live, it flows instead.

The interpreter runs each execution in threads that block on `threading.Event`. We give it events
whose timeouts are entries of one agenda, and count the threads that are not blocked: when none is
left, the cloud is at rest. Whoever wakes a thread counts it as busy before it runs, so rest is
never seen too early. Each wait has a gate of its own: waking one of a thousand wakes no other.
"""

import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import time_machine

PATIENCE = 120  # real seconds until work that does not come to rest is an error


class ExecutionEndedError(BaseException):
    """Unwinds the interpreter's threads of an execution that was stopped, failed or timed out."""


class VirtualClock:
    def __init__(self, start: datetime | None):
        self._start = start
        self._mutex = threading.Lock()
        self._at_rest = threading.Condition(self._mutex)
        self._busy = 0  # threads that have something to do before time moves on
        self._agenda = []  # heap of (instant, order, Wait or callable)
        self._order = itertools.count()
        self._travel = None

    def __enter__(self):
        self.travel_to(self._start)
        return self

    def __exit__(self, *_):
        self._travel.stop()

    # ---- the time ---------------------------------------------------------------------------

    def now(self) -> datetime:
        return datetime.now(UTC)

    def travel_to(self, start: datetime | None, *, flowing=False):
        """Be at `start` (default: the real present); nothing planned is kept or run."""
        if self._travel:
            self._travel.stop()
        # Whole seconds, so that sums of durations are exact in floating point.
        start = start or datetime.now(UTC).replace(microsecond=0)
        self._travel = time_machine.travel(start, tick=flowing)
        self._position = self._travel.start()

    def flow(self, flowing: bool):
        """Let real time move the clock, or stop it where it is."""
        self.travel_to(self.now(), flowing=flowing)

    def move_to(self, instant: float):
        self._position.move_to(max(instant, time.time()))

    # ---- the agenda -------------------------------------------------------------------------

    def call_at(self, instant: float, action: Callable[[], object]):
        with self._mutex:
            self._plan(instant, action)

    def next_deadline(self) -> float:
        with self._mutex:
            while self._agenda and _is_over(self._agenda[0]):
                heapq.heappop(self._agenda)
            return self._agenda[0][0] if self._agenda else math.inf

    def run_next(self):
        """Run the earliest entry. One at a time: equal deadlines have one fixed order."""
        with self._mutex:
            _, _, due = heapq.heappop(self._agenda)
            if isinstance(due, Wait):
                due.end(notified=False)
                return
        due()

    def forget_plans(self):
        with self._mutex:
            self._agenda.clear()

    def _plan(self, instant, due):
        heapq.heappush(self._agenda, (instant, next(self._order), due))

    # ---- rest -------------------------------------------------------------------------------

    def wait_until_rest(self):
        with self._at_rest:
            if not self._at_rest.wait_for(lambda: self._busy == 0, PATIENCE):
                raise TimeoutError(f"{self._busy} threads did not come to rest")

    @contextmanager
    def working(self) -> Iterator[None]:
        """Time does not jump while this is open."""
        self.begin_work()
        try:
            yield
        finally:
            self.end_work()

    def begin_work(self):
        with self._mutex:
            self._busy += 1

    def end_work(self):
        with self._mutex:
            self._work_ended()

    def _work_ended(self):
        self._busy -= 1
        if self._busy == 0:
            self._at_rest.notify_all()

    # ---- waiting, in the interpreter's threads ------------------------------------------------

    def wait(self, event, timeout, run):
        """Block the calling interpreter thread; returns whether the event was set."""
        with self._mutex:
            if run.over:
                raise ExecutionEndedError
            if event.is_set() or (timeout is not None and timeout <= 0):
                return event.is_set()
            wait = Wait(self, event, run)
            if timeout is not None:
                self._plan(time.time() + timeout, wait)
            self._work_ended()
        wait.gate.wait()
        if wait.abandoned:
            raise ExecutionEndedError
        return wait.notified

    def notify(self, waits):
        with self._mutex:
            for wait in list(waits):
                wait.end(notified=True)

    def end_run(self, run):
        """Unwind every thread of an execution that still waits, now or later."""
        with self._mutex:
            run.over = True
            for wait in list(run.waits):
                wait.abandoned = True
                wait.end(notified=False)

    def count_busy_again(self):
        self._busy += 1  # by Wait.end, which holds the mutex


class Wait:
    """One thread waiting for one event; every method runs under the clock's mutex."""

    def __init__(self, clock, event, run):
        self._clock, self._event, self._run = clock, event, run
        self.gate = threading.Event()
        self.over = self.notified = self.abandoned = False
        event.waits.add(self)
        run.waits.add(self)

    def end(self, *, notified):
        if self.over:
            return
        self.over, self.notified = True, notified
        self._event.waits.discard(self)
        self._run.waits.discard(self)
        self._clock.count_busy_again()
        self.gate.set()


class Run:
    """The threads of one execution."""

    def __init__(self):
        self.over = False
        self.waits = set()


class VirtualEvent:
    """The part of threading.Event that the interpreter uses, in virtual time."""

    def __init__(self, clock):
        self._clock = clock
        self._set = False
        self.waits = set()

    def is_set(self):
        return self._set

    def set(self):
        self._set = True
        self._clock.notify(self.waits)

    def clear(self):
        self._set = False

    def wait(self, timeout=None):
        return self._clock.wait(self, timeout, threading.current_thread().waits_in)


class VirtualThread(threading.Thread):
    """A thread of an execution. Joining it waits in virtual time, as a machine's timeout does."""

    def __init__(self, clock, **options):
        super().__init__(**options)
        self._clock = clock
        self._finished = VirtualEvent(clock)
        self._join_run()

    def _join_run(self):
        self.run_of_execution = self.waits_in = threading.current_thread().run_of_execution

    def start(self):
        self._clock.begin_work()
        super().start()

    def run(self):
        try:
            super().run()
        except ExecutionEndedError:
            pass
        finally:
            self._finished.set()
            self._last_words()
            self._clock.end_work()

    def _last_words(self):
        pass

    def join(self, timeout=None):
        self._finished.wait(timeout)

    def is_alive(self):
        return not self._finished.is_set()


class ExecutionThread(VirtualThread):
    """The first thread of an execution: it outlives the others, to record how that ended."""

    def _join_run(self):
        self.run_of_execution, self.waits_in = Run(), Run()

    def _last_words(self):
        self._clock.end_run(self.run_of_execution)


def _is_over(entry):
    return isinstance(entry[2], Wait) and entry[2].over
