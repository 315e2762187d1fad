"""Put the interpreter's waits on the virtual clock: moto knows only real time."""

import math
import threading
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from unittest import mock

from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.program import program
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration import (
    inline_iteration_component,
    job,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel import (
    branch_worker,
    branches_decl,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
)
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval import environment
from moto.stepfunctions.parser.asl.eval.callback import callback
from moto.stepfunctions.parser.backend import execution_worker

from local.clock import ExecutionThread, VirtualEvent, VirtualThread

WITH_THREADING = (
    branch_worker,
    branches_decl,
    environment,
    execute_state,
    inline_iteration_component,
    job,
    program,
    state_task_service_callback,
)


def patches(clock) -> Iterator:
    virtual_event, virtual_thread = partial(VirtualEvent, clock), partial(VirtualThread, clock)
    virtual_threading = SimpleNamespace(
        Event=virtual_event, Thread=virtual_thread, Lock=threading.Lock, RLock=threading.RLock
    )
    for module in WITH_THREADING:
        yield mock.patch.object(module, "threading", virtual_threading)
    yield mock.patch.object(execute_state, "Thread", virtual_thread)
    yield mock.patch.object(callback, "Event", virtual_event)
    ends = EndsOfExecutions(virtual_event)
    yield mock.patch.object(execution_worker, "Thread", partial(_execution_thread, clock, ends))

    sleeping = SimpleNamespace(sleep=lambda seconds: virtual_event().wait(seconds))
    yield mock.patch.object(retrier_decl, "time", sleeping)
    # A parent asks for its child twice a second: thirty days would be five million questions.
    asking_again = SimpleNamespace(sleep=lambda _: ends.wait_for_next())
    yield mock.patch.object(state_task_service_callback, "time", asking_again)
    yield mock.patch.object(WaitFunction, "_wait_interval", _wait_once)
    yield mock.patch.object(Timestamp, "_get_wait_seconds", _seconds_until_timestamp)


class EndsOfExecutions:
    """Where the parents of executions wait until any execution has ended."""

    def __init__(self, make_event):
        self._make_event = make_event
        self._here = threading.local()
        self._mutex = threading.Lock()
        self._events = weakref.WeakSet()  # one for each waiting thread; gone with it

    def wait_for_next(self):
        if not hasattr(self._here, "event"):
            self._here.event = self._make_event()
            with self._mutex:
                self._events.add(self._here.event)
            return  # the child may have ended since its parent asked: ask once more
        self._here.event.wait()
        self._here.event.clear()

    def announce(self):
        with self._mutex:
            events = list(self._events)
        for event in events:
            event.set()


def _execution_thread(clock, ends, *, target, daemon):
    """The worker that starts an execution must know how to end its threads."""

    def execute():
        target()
        ends.announce()

    thread = ExecutionThread(clock, target=execute, daemon=daemon)
    worker = target.__self__
    worker.end_run = partial(clock.end_run, thread.run_of_execution)
    return thread


def _wait_once(_, env, wait_seconds):
    """moto measures the wait again afterwards, and rounding makes it wait one second more."""
    env.program_state_event.wait(wait_seconds)


def _seconds_until_timestamp(timestamp, env):
    """moto compares UTC with naive local time, and refuses offsets such as +03:00."""
    timestamp.string.eval(env=env)
    text = env.stack.pop()
    try:
        instant = datetime.fromisoformat(text)
        return math.ceil((instant - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        failure = timestamp._create_failure_event(env, text)
        raise FailureEventException(failure) from None
