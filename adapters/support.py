"""Letters to support, in the table of applications.

    pk = THREAD#<number>   sk = THREAD             its state, for lists; in the queue while it waits
                                EVENT#<sequence>   the chain; never changed
                                MESSAGE#<sequence> what was written
                                CONTACT            phone and e-mail of the person's last token

A person's threads are found through the index by applicant: no person is called `support:...`.
A change is one transaction, as an application's is.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

from adapters.application_items import chain_key, event_item, event_of, instant
from adapters.sealed_table import Command, Done, SealedTable, command_item, item_of, plain
from casework.application import Event, chain
from casework.archive import Contact
from casework.errors import NotFound
from casework.support import (
    State,
    Thread,
    ThreadCase,
    ThreadChange,
    apply,
    fold,
    number_of,
    told_number,
)

QUEUE = "support"  # no region is called so
AT_ONCE = 100


class Threads:
    """`due_of(thread)`: by when the office owes an answer, or None."""

    def __init__(
        self, client: Any, table: str, due_of: Callable[[Thread], datetime | None] = lambda _: None
    ) -> None:
        self._client = client
        self._table = table
        self._due_of = due_of
        self._sealed = SealedTable(client, table)

    # ---- reading --------------------------------------------------------------------------------

    def load(self, told: str) -> ThreadCase:
        """By the number that people are told. Raises NotFound."""
        case = self._read(number_of(told))
        if not case.events:
            raise NotFound("unknown_thread")
        return case

    def contact_of(self, told: str) -> Contact:
        pk = chain_key(number_of(told))
        found = self._client.get_item(
            TableName=self._table, Key=item_of({"pk": pk, "sk": "CONTACT"}), ConsistentRead=True
        )
        contact = plain(found.get("Item", {}))
        return Contact(**{name: contact.get(name) for name in Contact._fields})

    def of_person(self, person: str) -> list[dict[str, Any]]:
        """The state of each of the person's threads, the newest first."""
        return self._sealed.listed(
            "by_applicant", "applicant", _lister(person), at_most=AT_ONCE, newest_first=True
        )

    def queue(self) -> list[dict[str, Any]]:
        """The state of those that wait for the office, the first due first."""
        return self._sealed.listed("by_due", "queue", QUEUE, at_most=AT_ONCE)

    def _read(self, number: str) -> ThreadCase:
        items = {item["sk"]: item for item in self._sealed.query(chain_key(number))}
        events = [event_of(number, i) for sk, i in items.items() if sk.startswith("EVENT#")]
        texts = {
            int(sk.partition("#")[2]): item["text"]
            for sk, item in items.items()
            if sk.startswith("MESSAGE#")
        }
        return ThreadCase(fold(number, events), tuple(events), texts)

    # ---- changing -------------------------------------------------------------------------------

    def change(
        self,
        told: str,
        act: Callable[[ThreadCase], ThreadChange],
        *,
        actor: str,
        now: datetime,
        command: Command | None = None,
        contact: Contact | None = None,
    ) -> Done:
        """Carry out `act` on the thread as it stands. `contact`: how the person is reached from now
        on. Raises what `act` raises, KeyReused, and VersionConflict."""
        return self._sealed.change(
            number_of(told),
            act,
            lambda case, change: self._write(case, change, actor, now, command, contact),
            load=self._read,
            command=command,
        )

    def carried_out(self, command: Command | None) -> Done | None:
        """What came of the command, if it was carried out before. Raises KeyReused."""
        return self._sealed.carried_out(command, self._read)

    def forget(self, person: str) -> None:
        """What the person and the office wrote each other, and how he is reached."""
        for line in self.of_person(person):
            for item in list(self._sealed.query(line["pk"])):
                if item["sk"].startswith(("MESSAGE#", "CONTACT")):
                    key = item_of({"pk": item["pk"], "sk": item["sk"]})
                    self._client.delete_item(TableName=self._table, Key=key)

    def _write(
        self,
        case: ThreadCase,
        change: ThreadChange,
        actor: str,
        now: datetime,
        command: Command | None,
        contact: Contact | None,
    ) -> Done:
        events = chain(case.thread, change.happenings, now, actor)
        thread = reduce(apply, events, case.thread)
        puts = list(self._puts(thread, events, change, command, contact, now))
        writes = [self._sealed.put(item, must_be_new=new) for item, new in puts]
        self._sealed.transact(writes, [item for item, _ in puts])
        return Done(self._read(thread.number), change.result)

    def _puts(
        self,
        thread: Thread,
        events: list[Event],
        change: ThreadChange,
        command: Command | None,
        contact: Contact | None,
        now: datetime,
    ) -> Iterator[tuple[dict[str, Any], bool]]:
        """Every item of the transaction, and whether it must not exist yet."""
        pk = chain_key(thread.number)
        if command:
            yield command_item(command, thread.number, change.result, now), True
        for event in events:
            yield event_item(event), True
        if change.text is not None:
            written = events[0].sequence
            yield {"pk": pk, "sk": f"MESSAGE#{written:06d}", "text": change.text}, True
        if contact:
            yield {"pk": pk, "sk": "CONTACT", **contact._asdict()}, False
        yield self._state_item(thread), False

    def _state_item(self, thread: Thread) -> dict[str, Any]:
        due = self._due_of(thread)
        waits = {"queue": QUEUE, "due": f"{instant(due)}#{thread.number}"} if due else {}
        return {
            "pk": chain_key(thread.number),
            "sk": "THREAD",
            "number": told_number(thread.number),
            "topic": thread.topic,
            "application": thread.application,
            "state": thread.state.value,
            "opened_at": instant(thread.opened_at),
            "answer_due": instant(due),
            "applicant": _lister(thread.person),
            "drafted_at": instant(thread.opened_at),
            **waits,
        }


def waiting(lines: list[Mapping[str, Any]]) -> int:
    """How many of a person's threads wait for the office."""
    return sum(line["state"] == State.OPEN for line in lines)


def _lister(person: str) -> str:
    return f"support:{person}"
