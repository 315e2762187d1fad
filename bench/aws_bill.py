"""What handlers use of AWS, as AWS would bill it: seen in their botocore calls."""

import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import boto3
from botocore.client import BaseClient

from local.cloud import LocalCloud

KILOBYTE = 1024
Item = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB's own JSON: {"pk": {"S": "..."}}."""

AWS_CALL_SECONDS = 0.008
"""Assumed: how long a function waits for one AWS call in the same region."""
MEGABYTES_OF_A_CPU = 1769
"""A function with this much memory has one whole CPU; others have their share of it."""


@dataclass
class Bill:
    """Used since it was opened. `own_cpu`: seconds in handlers, without their AWS calls."""

    write_units: int = 0
    read_units: float = 0
    aws_calls: int = 0
    api_requests: int = 0
    invocations: int = 0
    own_cpu: float = 0
    gigabyte_seconds: float = 0
    items: dict[tuple[str, str], Item] = field(default_factory=dict)


@contextmanager
def billed(cloud: LocalCloud) -> Iterator[Bill]:
    """Bills what the handlers in this cloud do. Open it before there are any items."""
    meter = _Meter(cloud)
    with (
        mock.patch.object(cloud.lambdas, "run", meter.running(cloud.lambdas.run)),
        mock.patch.object(BaseClient, "_make_api_call", meter.calling(BaseClient._make_api_call)),
    ):
        yield meter.bill


class _Meter:
    def __init__(self, cloud: LocalCloud) -> None:
        self.bill = Bill()
        self._mutex = threading.Lock()
        self._here = threading.local()  # AWS calls and their CPU in the invocation of this thread
        self._indexes = _index_keys(cloud.outputs["Applications"])

    def running(self, run):
        def running(function, event):
            outer = getattr(self._here, "spent", None)
            self._here.spent, start = [], time.thread_time()
            try:
                return run(function, event)
            finally:
                own = time.thread_time() - start - sum(self._here.spent)
                self._invoked(function, own, len(self._here.spent))
                self._here.spent = outer

        return running

    def calling(self, make_api_call):
        def calling(client, operation, parameters):
            spent = getattr(self._here, "spent", None)
            if spent is None:  # the simulated world's call, not a handler's
                return make_api_call(client, operation, parameters)
            self._here.spent, start = None, time.thread_time()  # nor is what moto calls itself
            try:
                answer = make_api_call(client, operation, parameters)
            finally:
                spent.append(time.thread_time() - start)
                self._here.spent = spent
            if client.meta.service_model.service_name == "dynamodb":
                self._use_table(operation, parameters, answer)
            return answer

        return calling

    def _invoked(self, function, own_cpu: float, aws_calls: int) -> None:
        memory = int(function.memory_size)
        share = min(1.0, memory / MEGABYTES_OF_A_CPU)
        seconds = own_cpu / share + aws_calls * AWS_CALL_SECONDS
        with self._mutex:
            self.bill.invocations += 1
            self.bill.api_requests += function.handler.endswith("api.handler")
            self.bill.aws_calls += aws_calls
            self.bill.own_cpu += own_cpu
            self.bill.gigabyte_seconds += seconds * memory / 1024

    def _use_table(self, operation: str, parameters: dict, answer: dict) -> None:
        with self._mutex:
            if operation in ("Query", "GetItem"):
                self.bill.read_units += _read_units(parameters, answer)
            elif operation == "TransactWriteItems":
                for write in parameters["TransactItems"]:
                    ((kind, what),) = write.items()
                    self._write(kind, what, times=2)
            elif operation in ("PutItem", "DeleteItem"):
                self._write(operation.removesuffix("Item"), parameters, times=1)
            else:
                raise NotImplementedError(f"teach the bill what {operation} costs")

    def _write(self, kind: str, what: dict, times: int) -> None:
        """A transaction costs twice, what its items cause in indexes does not."""
        key_of = what["Item"] if kind == "Put" else what["Key"]
        key = key_of["pk"]["S"], key_of["sk"]["S"]
        old, new = self.bill.items.get(key, {}), what.get("Item", {})
        self.bill.write_units += times * max(_write_units(old), _write_units(new))
        self.bill.write_units += sum(_index_units(keys, old, new) for keys in self._indexes)
        self.bill.items[key] = new


def _index_keys(table: str) -> list[tuple[str, ...]]:
    """Key attributes of each global secondary index; all of ours project the whole item."""
    described = boto3.client("dynamodb").describe_table(TableName=table)["Table"]
    return [
        tuple(key["AttributeName"] for key in index["KeySchema"])
        for index in described.get("GlobalSecondaryIndexes", [])
    ]


def _index_units(keys: tuple[str, ...], old: Item, new: Item) -> int:
    """An item that moves within an index is deleted and put; one outside of it is free."""
    before, after = (all(key in item for key in keys) for item in (old, new))
    if not (before or after) or old == new:
        return 0
    moved = before and after and any(old[key] != new[key] for key in keys)
    if moved:
        return _write_units(old) + _write_units(new)
    return max(_write_units(old) * before, _write_units(new) * after)


def _write_units(item: Item) -> int:
    return max(1, math.ceil(_size_of_map(item) / KILOBYTE))


def _read_units(parameters: dict, answer: dict) -> float:
    found = answer.get("Items") or [answer.get("Item", {})]
    units = max(1, math.ceil(sum(map(_size_of_map, found)) / (4 * KILOBYTE)))
    return units if parameters.get("ConsistentRead") else units / 2


def _size_of_map(item: Item) -> int:
    return sum(len(name.encode()) + _size_of(value) for name, value in item.items())


def _size_of(value: Mapping[str, Any]) -> int:
    """Bytes of an attribute's value, as AWS documents them; a number's are approximate."""
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content) // 2 + 1
        case "B":
            return len(content)
        case "BOOL" | "NULL":
            return 1
        case "M":
            return 3 + _size_of_map(content) + len(content)
        case "L":
            return 3 + sum(map(_size_of, content)) + len(content)
        case _:
            raise NotImplementedError(f"teach the bill how large {kind} is")
