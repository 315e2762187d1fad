"""DynamoDB: atomic under threads, transactions that undo only their own, fast key queries."""

import copy
import functools
import inspect
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend, DynamoType
from moto.dynamodb.models import table as tables
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

lock = threading.RLock()  # moto's own data is shared by the process, and so is its lock


def patches() -> Iterator:
    yield one_request_at_a_time()
    yield tables_are_not_copied()
    yield transactions_undo_what_they_touched()
    yield queries_read_one_partition()
    yield all_items_of_the_queried_partition()
    yield queried_items_are_not_copied()
    yield items_are_sized_quickly()
    yield streams_are_pulled()
    yield values_are_answered_as_they_are()


def one_request_at_a_time():
    """Conditional writes and counters hold under threads: moto has no lock at all."""
    unlocked = DynamoHandler.call_action

    @functools.wraps(unlocked)
    def call_action(handler):
        with lock:
            return unlocked(handler)

    return mock.patch.object(DynamoHandler, "call_action", call_action)


def tables_are_not_copied():
    """moto copies the whole table once per item of a transaction: 1.2 s at 10,000 items."""
    quick = SimpleNamespace(copy=copy.copy, deepcopy=_deepcopy_except_tables)
    return mock.patch.object(models, "copy", quick)


def _deepcopy_except_tables(thing, memo=None):
    return thing if isinstance(thing, Table) else copy.deepcopy(thing, memo)


def transactions_undo_what_they_touched():
    """moto brings back the copied table, and with it loses what others wrote; and the stream
    shows the writes of a cancelled transaction."""
    unsafe = DynamoDBBackend.transact_write_items

    @functools.wraps(unsafe)
    def transact_write_items(backend, transact_items):
        with lock, _undone_on_failure(backend, transact_items):
            return unsafe(backend, transact_items)

    return mock.patch.object(DynamoDBBackend, "transact_write_items", transact_write_items)


@contextmanager
def _undone_on_failure(backend, transact_items):
    touched = [item for item in map(functools.partial(_touched, backend), transact_items) if item]
    streams = {
        id(item.stream): (item.stream, len(item.stream.items)) for item in touched if item.stream
    }
    try:
        yield
    except Exception:
        for item in touched:
            item.put_back()
        for stream, length in streams.values():
            del stream.items[length:]
        raise


def _touched(backend, transact_item):
    (operation,) = list(transact_item.values())[:1]
    table = backend.tables.get(operation.get("TableName"))
    attributes = operation.get("Key") or operation.get("Item") or {}
    if table is None or any(name not in attributes for name in table.table_key_attrs):
        return None  # moto refuses this one itself, before it writes anything
    return TouchedItem(table, [DynamoType(attributes[name]) for name in table.table_key_attrs])


class TouchedItem:
    """What stood under one key before the transaction."""

    def __init__(self, table, key):
        self.stream = table.stream_shard
        # With a range key, moto keeps one dictionary per hash key.
        self._shelf = table.items[key[0]] if table.range_key_attr else table.items
        self._key = key[-1]
        self._before = copy.deepcopy(self._shelf.get(self._key))

    def put_back(self):
        if self._before is None:
            self._shelf.pop(self._key, None)
        else:
            self._shelf[self._key] = self._before


class _Reading(threading.local):
    partition = None  # the items that the query under way may see; None: all


_reading = _Reading()


def queries_read_one_partition():
    """moto sorts the whole table for every query: 49 ms at 2,000 items."""
    slow, signature = Table.query, inspect.signature(Table.query)

    @functools.wraps(slow)
    def query(*arguments, **options):
        asked = signature.bind(*arguments, **options).arguments
        _reading.partition = _partition(
            asked["self"],
            asked["hash_key"],
            asked.get("index_name"),
            asked.get("hash_key_conditions"),
        )
        try:
            return slow(*arguments, **options)
        finally:
            _reading.partition = None

    return mock.patch.object(Table, "query", query)


def _partition(table, hash_key, index_name, hash_key_conditions):
    if index_name:
        return [item for item in _every_item(table) if _matches(item, hash_key_conditions or ())]
    if table.range_key_attr:
        return list(table.items.get(hash_key, {}).values())
    return [table.items[hash_key]] if hash_key in table.items else []


def _every_item(table):
    if not table.range_key_attr:
        return table.items.values()
    return (item for shelf in table.items.values() for item in shelf.values())


def _matches(item, conditions):
    attrs = item.attrs  # a sparse index lacks the items without its key
    return all(name in attrs and attrs[name] == value for name, value in conditions)


def all_items_of_the_queried_partition():
    """The one place where Table.query takes its items from."""
    everything = Table.all_items

    @functools.wraps(everything)
    def all_items(table):
        return everything(table) if _reading.partition is None else _reading.partition

    return mock.patch.object(Table, "all_items", all_items)


def queried_items_are_not_copied():
    """moto copies every item that a query found; what comes of it is written down as JSON before
    the lock is given back."""
    quick = SimpleNamespace(copy=copy.copy, deepcopy=_deepcopy_except_lists)
    return mock.patch.object(tables, "copy", quick)


def _deepcopy_except_lists(thing):
    return thing if isinstance(thing, list) else copy.deepcopy(thing)


def items_are_sized_quickly():
    """moto asks each value twice in every query how large it is, and each looks for its type."""
    return mock.patch.object(Item, "size", _size_of)


def _size_of(item):
    return sum(
        len(name.encode()) + (len(value.value.encode()) if value.type == "S" else value.size())
        for name, value in item.attrs.items()
    )


def streams_are_pulled():
    """moto would call the handler inside the write, one record at a time, even for writes that are
    rolled back: let it find no mapping on the table; `deliveries` pulls instead."""
    nothing = property(lambda _: {}, lambda *_: None)
    return mock.patch.object(Table, "lambda_event_source_mappings", nothing, create=True)


def values_are_answered_as_they_are():
    """moto looks in each stored value for all ten types that it may have, by three names each: two
    thirds of the time of a query."""
    slow = BaseJSONSerializer._serialize_type_structure

    @functools.wraps(slow)
    def serialize(serializer, serialized, value, shape, key):
        if shape.name != "AttributeValue" or len(value) != 1:
            slow(serializer, serialized, value, shape, key)
            return
        ((kind, inner),) = value.items()
        if kind in PLAIN:
            serialized[key] = value
        else:
            wrapped = serialized[key] = {}
            serializer._serialize(wrapped, inner, shape.members[kind], kind)

    return mock.patch.object(BaseJSONSerializer, "_serialize_type_structure", serialize)


PLAIN = frozenset({"S", "N", "SS", "NS", "NULL", "BOOL"})
