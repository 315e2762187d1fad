"""The whole local cloud in one process: the template deployed to moto, handlers, events, clock."""

import functools
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from moto import mock_aws
from moto.core.models import botocore_stubber
from werkzeug.test import Client

from adapters.aws import client
from local import outboxes, users
from local.aws import REGION, Backends
from local.clock import VirtualClock
from local.deliveries import Deliveries
from local.front_door import FrontDoor
from local.lambdas import Lambdas
from local.mends import mended
from local.stack import Stack

TEMPLATE = Path(__file__).parent.parent / "template.yaml"
# They report every caught failure of a task at length, and what the translator does not measure.
TALKATIVE = ("moto.stepfunctions", "samtranslator")
EXECUTE = {"stepfunctions": {"execute_state_machine": True}}


class LocalCloud:
    """Use as a context manager. Time stands still and passes only in `advance`, unless served.

    One at a time: handlers are imported once per process and keep their environment, so physical
    names are the same in every deployment.
    """

    def __init__(
        self,
        template: Path = TEMPLATE,
        *,
        start: datetime | None = None,
        parameters: dict[str, str] | None = None,
    ):
        self._template, self._start, self._parameters = Path(template), start, parameters
        self.clock = VirtualClock(start)
        self.lambdas = Lambdas(self._template.parent.resolve())
        self._conductor = threading.RLock()  # one thread at a time delivers or moves the clock
        self._backends = Backends()
        self._outsiders: list[Callable[[], bool]] = []

    def __enter__(self):
        if botocore_stubber.enabled:
            raise RuntimeError("moto is already open in this process: its state cannot be shared")
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        with ExitStack() as entered:
            entered.enter_context(mock.patch.dict(os.environ, _environment()))
            entered.enter_context(mock_aws(config=EXECUTE))
            entered.enter_context(self.clock)
            entered.enter_context(mended(self.clock))
            for patch in self.lambdas.patches():
                entered.enter_context(patch)
            entered.callback(self._end_executions)
            self._deploy(entered)
            self._exit = entered.pop_all()
        return self

    def __exit__(self, *_):
        self._exit.close()

    def _deploy(self, entered):
        stack = self.stack = Stack(self._template, self._parameters)
        self.outputs = stack.outputs
        self._deliveries = Deliveries(self.clock, self.lambdas, stack)
        for patch in self._deliveries.patches():
            entered.enter_context(patch)
        self.lambdas.cold_start(stack.of_type("AWS::Lambda::Function"))
        self._deliveries.begin()
        self.front_door = self._open_front_door(stack)
        self._client = Client(self.front_door, use_cookies=False)

    def _open_front_door(self, stack):
        apis, stages = (
            stack.of_type("AWS::ApiGateway::RestApi"),
            stack.of_type("AWS::ApiGateway::Stage"),
        )
        if not apis:
            return None
        return FrontDoor(
            apis[0], stages[0].physical_resource_id, self._deliveries.invoke, self.clock
        )

    # ---- time -----------------------------------------------------------------------------------

    @property
    def s3_url(self) -> str:
        return s3_address()

    def now(self) -> datetime:
        return self.clock.now()

    def settle(self):
        """Until nothing is undelivered and every execution waits for time or for a person."""
        with self._conductor:
            self.clock.wait_until_rest()
            while self._do_one():
                self.clock.wait_until_rest()

    def advance(self, **duration: float):
        """advance(days=3, hours=2): see `advance_to`."""
        with self._conductor:
            self.advance_to(self.now() + timedelta(**duration))

    def advance_to(self, instant: datetime):
        """Jump from deadline to deadline; at each, everything due comes to rest."""
        end = instant.timestamp()
        with self._conductor:
            self.settle()
            while self._step(end):
                self.settle()
            self.clock.move_to(end)
            self.settle()

    def _step(self, end) -> bool:
        planned, visible = self.clock.next_deadline(), self._deliveries.next_deadline()
        deadline = min(planned, visible)
        if deadline > end:
            return False
        self.clock.move_to(deadline)
        if planned <= visible:
            self.clock.run_next()
        return True

    def tick(self):
        """Live mode: deliver what has come and do what is due, without waiting for rest."""
        with self._conductor:
            while self._do_one() or self._run_due():
                pass

    def _do_one(self) -> bool:
        return self._deliveries.deliver_one() or any(act() for act in self._outsiders)

    def _run_due(self) -> bool:
        due = self.clock.next_deadline() <= self.now().timestamp()
        if due:
            self.clock.run_next()
        return due

    def call_at(self, instant: datetime, action: Callable[[], object]):
        """`action()` runs when the clock gets there, as a registry that answers late."""
        self.clock.call_at(instant.timestamp(), action)

    def attend(self, act: Callable[[], bool]):
        """Somebody outside of the template takes part: `act()` does one thing, if there is one."""
        self._outsiders.append(act)

    def listen(self, hear: Callable[[dict], object]):
        """`hear(event)` is told whatever S3 tells EventBridge."""
        self._deliveries.listeners.append(hear)

    def publish(self, source: str, detail_type: str, resource: str, detail: dict):
        """A service of AWS's own tells EventBridge."""
        self._deliveries.publish(source, detail_type, resource, detail)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Everything is at rest, and nothing is delivered meanwhile, even when served."""
        with self._conductor:
            self.settle()
            yield

    def forget_events(self):
        """Whatever has happened and is not delivered yet will not be."""
        self._deliveries.forget(skip=True)

    # ---- people ---------------------------------------------------------------------------------

    def request(self, method, path, *, token=None, json=None, body=None, headers=None):
        """Through the front door, in this thread; returns werkzeug's test response."""
        authorization = {"Authorization": f"Bearer {token}"} if token else {}
        return self._client.open(
            path, method=method, json=json, data=body, headers={**authorization, **(headers or {})}
        )

    def sign_in(self, name: str, groups: Iterable[str] = (), attributes=None) -> str:
        """An ID token; the user is created the first time, and groups and attributes are added."""
        return users.sign_in(self.stack, name, groups, attributes or {})

    # ---- what was said --------------------------------------------------------------------------

    @property
    def sms(self) -> list[tuple[str, str]]:
        """(phone, text) in the order of sending."""
        return outboxes.sms()

    @property
    def emails(self) -> list[tuple[list[str], str, str]]:
        """(to, subject, text) in the order of sending."""
        return outboxes.emails()

    def published(self, topic: str) -> list[str]:
        """Texts published to the topic in that output."""
        return outboxes.published(self.outputs[topic])

    # ---- executions -----------------------------------------------------------------------------

    def execution(self, name: str, machine: str) -> dict:
        """{status, states, error, cause}; `states` are the names entered, in order."""
        described = client("stepfunctions").describe_execution(
            executionArn=self._arn(name, machine)
        )
        states = [
            event["stateEnteredEventDetails"]["name"]
            for event in self.history(name, machine)
            if "stateEnteredEventDetails" in event
        ]
        error, cause = described.get("error"), described.get("cause")
        return {"status": described["status"], "states": states, "error": error, "cause": cause}

    def transitions(self, name: str, machine: str) -> int:
        """As billed: states entered, and each retry once more."""
        types = [event["type"] for event in self.history(name, machine)]
        attempts, tasks = types.count("TaskScheduled"), types.count("TaskStateEntered")
        return sum(kind.endswith("StateEntered") for kind in types) + max(0, attempts - tasks)

    def history(self, name: str, machine: str) -> list[dict]:
        arn = self._arn(name, machine)
        history = client("stepfunctions").get_paginator("get_execution_history")
        pages = history.paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def _arn(self, name, machine):
        return f"{self.outputs[machine].replace(':stateMachine:', ':execution:')}:{name}"

    # ---- faults ---------------------------------------------------------------------------------

    def kill(self, function: str, call: int, when: str):
        """The `call`-th AWS call that this handler makes from now on kills it, `when` "before" or
        "after" it is performed; once."""
        self.lambdas.kill(function, call, when)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """(handler, operation) of every AWS call by handlers, since the last `calls.clear()`."""
        return self.lambdas.calls

    @property
    def dropped(self) -> list:
        """Events that failed for good and for which the template names no queue: AWS loses them."""
        return self._deliveries.dropped

    def repeat_events(self, order: Callable[[list], Iterable] = list) -> list:
        """Deliver again every S3 event, stream record and message delivered so far, in `order`.

        Returns [(event, error)] of the deliveries that failed; they are not retried.
        """
        with self._conductor:
            failed = self._deliveries.repeat(order)
            self.settle()
            return failed

    # ---- starting over --------------------------------------------------------------------------

    def reset(self, *, start: datetime | None = None):
        """Empty the deployment, as if it had just been made at `start`."""
        with self._conductor:
            self._end_executions()
            self.clock.forget_plans()
            self._empty()
            self._deliveries.forget()
            self.lambdas.forget()
            self.clock.travel_to(start or self._start)
            self._deliveries.begin()

    def _end_executions(self):
        """No thread of an execution may outlive the mocked AWS: it would call the real one."""
        for machine in self._backends.step_functions.state_machines:
            for execution in machine.executions:
                execution.stop(self.now())
        self.clock.wait_until_rest()

    def _empty(self):
        for machine in self._backends.step_functions.state_machines:
            machine.executions.clear()
        for table in self._backends.dynamodb.tables.values():
            _empty_table(table)
        for bucket in self._backends.s3.buckets.values():
            bucket.keys.clear()
            bucket.multiparts.clear()
        for queue in self._backends.sqs.queues.values():
            queue._messages = []
            queue._pending_messages = set()
        outboxes.empty()
        users.remove_all()


def _empty_table(table):
    table.items.clear()
    if table.stream_shard is not None:
        stream = table.stream_shard
        stream.starting_sequence_number += len(stream.items)  # numbers are never used twice
        stream.items.clear()


def _environment():
    return {
        "AWS_DEFAULT_REGION": REGION,
        # moto does not know streams at an address with the account's number in it.
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "AWS_ENDPOINT_URL_S3": s3_address(),
        "MOTO_S3_CUSTOM_ENDPOINTS": s3_address(),
        "VALIDATE_LAMBDA_S3": "false",  # there is no code bucket
    }


@functools.cache
def s3_address() -> str:
    """Where S3 lives, for presigned URLs: answered in this process, and over HTTP when served.

    One per process, because handlers make their clients once.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", int(os.environ.get("OPORA_AWS_PORT", "0"))))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
