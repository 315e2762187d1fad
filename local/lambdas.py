"""Run the real Lambda handlers in this process, instead of moto's docker containers.

Each handler's AWS calls are counted, so that a test can kill it before or after any one of them and
see whether the next attempt finishes the work.
"""

import importlib
import json
import logging
import os
import sys
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from botocore.client import BaseClient
from moto.awslambda.models import LambdaFunction
from pydantic import BaseModel

from local.aws import REGION

log = logging.getLogger(__name__)

LARGEST_RESPONSE = 6 * 1024 * 1024  # bytes, as Lambda


class KilledError(BaseException):
    """The process of the handler has died here. No `except Exception` sees it."""


class EnvironmentConflictError(Exception):
    """Two functions want different values of one variable, but one process has one environment."""


@dataclass
class Kill:
    handler: str
    call: int  # calls still to come, this one included
    when: str  # "before" or "after" the call is performed


class Invocation:
    """One run of a handler; also its Lambda context."""

    def __init__(self, function):
        self.handler = function.handler
        self.function_name = function.function_name
        self.function_version = "$LATEST"
        self.memory_limit_in_mb = int(function.memory_size)
        self.invoked_function_arn = function.function_arn
        self.aws_request_id = str(uuid.uuid4())
        self.log_group_name = f"/aws/lambda/{function.function_name}"
        self.log_stream_name = "local"
        self.killed = False
        self._end = time.monotonic() + int(function.timeout)  # real seconds, as the work is real

    def get_remaining_time_in_millis(self):
        return max(0, int((self._end - time.monotonic()) * 1000))


class Lambdas:
    def __init__(self, root: Path):
        self._root = root
        self._here = threading.local()  # the invocations under way in each thread
        self._mutex = threading.Lock()
        self._kills = []
        self.calls = []  # (handler, operation) of every AWS call by a handler
        self.invoke_later: Callable[[str, object], None]  # set by whoever delivers
        self.errors = deque(maxlen=1000)  # (handler, exception) of failed invocations

    # ---- wiring -------------------------------------------------------------------------------

    def patches(self) -> Iterator:
        # The one method that every invocation inside moto ends in: (payload, failed, logs).
        yield mock.patch.object(LambdaFunction, "_invoke_lambda", self._as_moto_expects())
        # moto calls for InvocationType=Event at once, and says "Handled" of unhandled errors.
        yield mock.patch.object(LambdaFunction, "invoke", self._invoke_or_queue())
        yield mock.patch.object(
            BaseClient, "_make_api_call", self._counting(BaseClient._make_api_call)
        )
        yield mock.patch.object(sys, "path", [str(self._root), *sys.path])

    def cold_start(self, functions):
        """Import the handlers with their environment: each module once per process, as Lambda does.

        All before any thread runs: boto3's default session must not make two clients at once, and
        two threads must not finish one of our models (pydantic's defer_build) at once.
        """
        os.environ.update(_one_environment(functions))
        for function in functions:
            self._resolve(function)
        for model in _own_models():
            model.model_rebuild()

    # ---- running ------------------------------------------------------------------------------

    def run(self, function, event) -> tuple[str, bool]:
        """Returns (payload, failed) as Lambda would."""
        invocation = Invocation(function)
        stack = self._invocations()
        stack.append(invocation)
        try:
            return self._call(function, event, invocation)
        finally:
            stack.pop()

    def _call(self, function, event, invocation):
        try:
            # Handlers get, and give, what fits into JSON, and may change what they got.
            payload = _serialise(self._resolve(function)(json.loads(json.dumps(event)), invocation))
        except KilledError:
            return _failure(
                "Runtime.ExitError", f"RequestId: {invocation.aws_request_id} killed"
            ), True
        except Exception as error:
            log.exception("%s failed", function.handler)
            self.errors.append((function.handler, error))
            return _failure(type(error).__name__, str(error)), True
        if len(payload.encode()) > LARGEST_RESPONSE:
            return _failure("Function.ResponseSizeTooLarge", "Response payload size exceeded"), True
        return payload, False

    def _resolve(self, function):
        module, name = function.handler.rsplit(".", 1)
        return getattr(importlib.import_module(module), name)

    def _as_moto_expects(self):
        def invoke_lambda(function, event=None):
            return *self.run(function, event), ""

        return invoke_lambda

    def _invoke_or_queue(self):
        def invoke(function, body, request_headers, response_headers):
            event = json.loads(body) if body else {}
            headers = {name.lower(): value for name, value in dict(request_headers or {}).items()}
            if headers.get("x-amz-invocation-type") == "Event":
                self.invoke_later(function.function_arn, event)
                return b""
            payload, failed = self.run(function, event)
            if failed:
                response_headers["x-amz-function-error"] = "Unhandled"
            return payload.encode()

        return invoke

    # ---- killing ------------------------------------------------------------------------------

    def kill(self, handler: str, call: int, when: str):
        if when not in ("before", "after") or call < 1:
            raise ValueError(f"No such moment: {when} call {call}")
        with self._mutex:
            self._kills.append(Kill(handler, call, when))

    def forget(self):
        with self._mutex:
            self._kills.clear()
            self.calls.clear()
            self.errors.clear()

    def _invocations(self):
        return self._here.__dict__.setdefault("invocations", [])

    def _counting(self, make_api_call):
        def call(client, operation, parameters):
            invocations = self._invocations()
            # moto serves the call in this thread; what it calls itself is not the handler's.
            if not invocations or invocations[-1] is None:
                return make_api_call(client, operation, parameters)
            invocation = invocations[-1]
            moment = self._moment_to_die(invocation, operation)
            if moment == "before":
                raise KilledError
            invocations.append(None)
            try:
                return make_api_call(client, operation, parameters)
            finally:
                invocations.pop()
                if moment == "after":
                    raise KilledError

        return call

    def _moment_to_die(self, invocation, operation):
        if invocation.killed:
            return "before"  # a dead process calls nothing, not even in `finally`
        with self._mutex:
            self.calls.append((invocation.handler, operation))
            for kill in self._kills:
                if kill.handler == invocation.handler:
                    kill.call -= 1
            due = next((kill for kill in self._kills if kill.call == 0), None)
            if due:
                self._kills.remove(due)
        invocation.killed = due is not None
        return due and due.when


def _one_environment(functions):
    environment = {"AWS_REGION": REGION}
    for function in functions:
        for name, value in function.environment_vars.items():
            if environment.setdefault(name, value) != value:
                other = environment[name]
                raise EnvironmentConflictError(
                    f"{function.handler} wants {name}={value!r}, another function {other!r}"
                )
    return environment


def _own_models() -> Iterator[type[BaseModel]]:
    waiting = BaseModel.__subclasses__()
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        if model.__module__.partition(".")[0] in ("casework", "adapters", "functions"):
            yield model


def _serialise(result):
    try:
        return json.dumps(result)
    except TypeError as error:
        raise MarshalError(f"Unable to marshal response: {error}") from error


class MarshalError(Exception):
    """Lambda reports it as Runtime.MarshalError."""


def _failure(error_type, message):
    error_type = "Runtime.MarshalError" if error_type == "MarshalError" else error_type
    return json.dumps({"errorMessage": message, "errorType": error_type, "stackTrace": []})
