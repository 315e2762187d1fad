"""Applications in DynamoDB: one item an event, and beside them what may be erased.

    pk = APP#<number>   sk = META                   the folded state, for lists and queues
                             EVENT#<sequence>       the chain; never changed
                             FORM                   the form as stored
                             DOC#<id>               a document's name, place and verdict
                             TEXT#<sequence>#<name> a free text that belongs to an event
                             TASK                   who waits for this application: purpose, token
                             NOTICE#<event>#<channel>   a delivery (adapters/deliveries.py)
                             SIGNATURE#<sequence>   the signature under an event, and its text
                             EXPERTS                a line in the queue of experts
                             OUTCOME                a line for figures, once it is closed
                             WATCH                  a line in the sentinel's list, while it is open
                             RETENTION              what is kept is looked at (adapters/erasures.py)
    pk = SUPPORT#<key>, VIOLATION#<key>     sk = NOTE#<number>  what is known of a person
    pk = SLOT#<id>      sk = SLOT                   a time of a doctor (adapters/slots.py)
    pk = STRAY#<transaction>    sk = STRAY      money that belongs to no application
    pk = OPEN#<key>     sk = OPEN                   the one open application of a person and service
    pk = COMMAND#<key>  sk = COMMAND                a request that was carried out, by its key

A change is one transaction: events N+1.. (each must not exist yet), META, and whatever else the
Change names. So history, locking and outbox are one thing, and a crash leaves all or nothing.
"""

import base64
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import reduce
from typing import Any, NamedTuple

from adapters.application_items import (
    acts_of,
    app_key,
    as_of,
    case_of,
    document_item,
    event_item,
    event_of,
    instant,
    note_key,
    part_of,
    signature_item,
    signed_of,
    to_json,
)
from adapters.figures import outcome_item, outcome_key
from adapters.sealed_table import (
    ATTEMPTS,
    KEYS_KEPT,
    Command,
    Done,
    Repeated,
    SealedTable,
    Taken,
    command_item,
    item_of,
    plain,
    to_dynamodb,
)
from adapters.slots import Slots
from casework.application import SYSTEM, Application, Event, Stage, apply, chain, first_broken_link
from casework.appointments import slots_in, without_slots
from casework.errors import AlreadyOpen, BadRequest, NotFound
from casework.fee_receipts import REFUNDED
from casework.fees import Received
from casework.ports import Case, Change, Note, Signed, Task
from casework.sentinel import is_open
from casework.statistics import Outcome

PAGE = 25
ROOM = 100  # writes of a transaction
WATCHED = "watch"  # the sentinel's list
DRAFTS = "drafts"  # the queue in which drafts wait for the clock; no region is called so
SORTED_BY = {"by_applicant": "drafted_at", "by_due": "due"}  # the range key of each index

__all__ = [
    "ATTEMPTS",
    "KEYS_KEPT",
    "Applications",
    "Chosen",
    "Command",
    "Done",
    "Page",
    "SealedChain",
    "lister_of",
]


class SealedChain(NamedTuple):
    """Each event with the hash that was stored with it, in order. `broken_at`: the first sequence
    number that was altered, removed or moved; None when all is as it was written."""

    events: list[tuple[Event, str]]
    broken_at: int | None


class Page(NamedTuple):
    items: list[dict[str, Any]]
    cursor: str | None


class Chosen(NamedTuple):
    """Which of a queue: those whose attributes equal, are there, or are not; whose day has come by
    `until`."""

    equals: Mapping[str, str] = {}
    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    until: date | None = None

    @property
    def named(self) -> tuple[str, ...]:
        return (*self.equals, *self.present, *self.absent)

    @property
    def conditions(self) -> Iterator[str]:
        yield from (f"#{name} = :{name}" for name in self.equals)
        yield from (f"attribute_exists(#{name})" for name in self.present)
        yield from (f"attribute_not_exists(#{name})" for name in self.absent)


EVERYTHING = Chosen()


_read: ContextVar[dict[str, Case] | None] = ContextVar("read", default=None)
"""What `load_once` has read, while somebody reads each once."""


@contextmanager
def each_read_once() -> Iterator[None]:
    """For the operations of one page, so that they tell of one state. It knows nothing of rights:
    who may see what was read is asked of every operation anew."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


class Applications:
    """`due_of(application)` gives the promised day (ISO) by which queues are sorted, or None;
    `check_due_of(application)` the instant by which an expert is to judge its first document;
    `outcome_of(application)` what figures count of it once it is closed."""

    def __init__(
        self,
        client: Any,
        table: str,
        due_of: Callable[[Application], str | None],
        check_due_of: Callable[[Application], datetime | None] = lambda _: None,
        outcome_of: Callable[[Application], Outcome | None] = lambda _: None,
    ) -> None:
        self._client = client
        self._table = table
        self._due_of = due_of
        self._check_due_of = check_due_of
        self._outcome_of = outcome_of
        self._slots = Slots(client, table)
        self._sealed = SealedTable(client, table)

    # ---- reading --------------------------------------------------------------------------------

    def load(self, number: str) -> Case:
        """Raises NotFound."""
        items = list(self._sealed.query(app_key(number)))
        if not items:
            raise NotFound("unknown_number", number=number[:20])
        return case_of(number, items)

    def load_once(self, number: str) -> Case:
        """As `load`; within `each_read_once` it is read again only after a change."""
        read = _read.get()
        if read is None:
            return self.load(number)
        if number not in read:
            read[number] = self.load(number)
        return read[number]

    def load_as_of(self, number: str, sequence: int) -> Case:
        """As it was when that event happened: its chain, and the free texts, up to the change that
        the event was part of. Of forms and documents only the latest are kept. Raises NotFound."""
        items = list(self._sealed.query(app_key(number)))
        if not items:
            raise NotFound("unknown_number", number=number[:20])
        return case_of(number, as_of(items, sequence))

    def sealed_chain(self, number: str) -> SealedChain:
        """Raises NotFound."""
        items = {item["sk"]: item for item in self._sealed.query(app_key(number))}
        if not items:
            raise NotFound("unknown_number", number=number[:20])
        events = [item for sk, item in items.items() if sk.startswith("EVENT#")]
        sealed = [(event_of(number, item), item["hash"]) for item in events]
        head = items.get("META", {}).get("head", "")  # gone is as bad as altered
        return SealedChain(sealed, first_broken_link(sealed, head))

    def listed(self, lister: str, cursor: str | None = None) -> Page:
        """What a person, or an agency, has begun (`lister_of`), newest first."""
        return self._page("by_applicant", "applicant", lister, cursor, forward=False)

    def queue(self, region: str, cursor: str | None = None, chosen: Chosen = EVERYTHING) -> Page:
        """Open applications of a region by promised day."""
        return self._page("by_due", "queue", region, cursor, forward=True, chosen=chosen)

    def checks_due(self, region: str, cursor: str | None = None) -> Page:
        """Applications of a region with documents that await an expert, the first due first."""
        return self._page("by_due", "queue", f"check#{region}", cursor, forward=True)

    def drafts_due(self, day: date) -> Iterator[str]:
        """Numbers of the drafts that the clock may have something to say of by that day."""
        cursor = None
        while True:
            page = self._page(
                "by_due", "queue", DRAFTS, cursor, forward=True, chosen=Chosen(until=day)
            )
            yield from (item["number"] for item in page.items)
            cursor = page.cursor
            if cursor is None:
                return

    def to_pay(self, watch: str) -> Iterator[str]:
        """Numbers of the applications whose payments are looked at `daily`, or `monthly`."""
        cursor = None
        while True:
            page = self._page("by_due", "queue", f"pay#{watch}", cursor, forward=True)
            yield from (item["number"] for item in page.items)
            if not (cursor := page.cursor):
                return

    def watched(self) -> Iterator[str]:
        """Numbers of the applications to which something is to happen by itself."""
        cursor = None
        while True:
            page = self._page("by_due", "queue", WATCHED, cursor, forward=True)
            yield from (item["number"] for item in page.items)
            if not (cursor := page.cursor):
                return

    def unfinished(self, *, provided: bool = False) -> list[str]:
        """Numbers of all applications that are registered and not at their end; with `provided`,
        of those whose outcome is still being provided. Reads the whole table: for repairs, not for
        requests."""
        scan = {
            "TableName": self._table,
            "FilterExpression": "sk = :meta AND attribute_exists(submitted_at) AND #open = :open",
            "ExpressionAttributeNames": {"#open": "providing" if provided else "open"},
            "ExpressionAttributeValues": item_of({":meta": "META", ":open": True}),
        }
        pages = self._client.get_paginator("scan").paginate(**scan)
        return [plain(item)["number"] for page in pages for item in page["Items"]]

    def _page(
        self,
        index: str,
        attribute: str,
        value: str,
        cursor: str | None,
        *,
        forward: bool,
        chosen: Chosen = EVERYTHING,
    ) -> Page:
        names = {"#key": attribute} | {f"#{name}": name for name in chosen.named}
        values = {":key": value} | {f":{name}": v for name, v in chosen.equals.items()}
        query = {
            "TableName": self._table,
            "IndexName": index,
            "KeyConditionExpression": "#key = :key",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": item_of(values),
            "ScanIndexForward": forward,
            "Limit": PAGE,
        }
        if chosen.until:
            query["KeyConditionExpression"] += " AND #sorted <= :until"
            query["ExpressionAttributeNames"]["#sorted"] = SORTED_BY[index]
            query["ExpressionAttributeValues"][":until"] = to_dynamodb(
                f"{chosen.until.isoformat()}#~"
            )
        if chosen.named:
            query["FilterExpression"] = " AND ".join(chosen.conditions)
        items: list[dict[str, Any]] = []
        start = decode_cursor(cursor, {"pk", "sk", attribute, SORTED_BY[index]})
        if start and start[attribute]["S"] != value:
            raise BadRequest("bad_cursor")
        while True:  # a filter can leave a page short: read on until it is full
            found = self._client.query(**query, **({"ExclusiveStartKey": start} if start else {}))
            items += map(plain, found["Items"])
            start = found.get("LastEvaluatedKey")
            if not start or len(items) >= PAGE:
                return Page(items, encode_cursor(start))

    def notes(self, kind: str, key: str) -> list[Note]:
        """What is known of somebody by that key, the oldest first."""
        found = self._sealed.query(f"{kind.upper()}#{key}")
        told = [Note(kind, key, n["number"], datetime.fromisoformat(n["since"])) for n in found]
        return sorted(told, key=lambda note: note.since)

    def signatures(self, number: str) -> dict[int, Signed]:
        """The signatures that are kept, by the event that each is under."""
        items = (
            item
            for item in self._sealed.query(app_key(number))
            if item["sk"].startswith("SIGNATURE#")
        )
        return {int(item["sk"].partition("#")[2]): signed_of(item) for item in items}

    # ---- changing -------------------------------------------------------------------------------

    def create(
        self,
        number: str,
        change: Change,
        *,
        actor: str,
        now: datetime,
        command: Command | None = None,
    ) -> Done:
        """Raises AlreadyOpen, KeyReused, VersionConflict (the number is taken: draw another)."""
        if done := self.carried_out(command):
            return done
        try:
            return self._write(Case(Application(number), {}), change, actor, now, command)
        except Repeated:
            return self.carried_out(command)

    def check_create(
        self, change: Change, region: str, *, now: datetime, command: Command
    ) -> Done | None:
        """What `create` would run into now, and nothing is written: what came of the command if it
        was carried out before. Raises AlreadyOpen, SlotTaken, KeyReused."""
        if done := self.carried_out(command):
            return done
        for key in without_slots(change.holds):
            held = self._already_open(f"OPEN#{key}")
            if "number" in held.details:
                raise held
        self._slots.taking(slots_in(change.holds), "", region, now)
        return None

    def change(
        self,
        number: str,
        act: Callable[[Case], Change],
        *,
        actor: str,
        now: datetime,
        command: Command | None = None,
    ) -> Done:
        """Carry out `act` on the case as it stands; when somebody else was faster, on the new one.

        Raises what `act` raises, NotFound, AlreadyOpen, KeyReused, and VersionConflict when others
        are faster each time.
        """
        return self._sealed.change(
            number,
            act,
            lambda case, change: self._write(case, change, actor, now, command),
            load=self.load,
            command=command,
        )

    def foreseen(self, case: Case, change: Change, *, actor: str, now: datetime) -> Case:
        """What would become of the case by that change. Nothing is written."""
        events = chain(case.application, change.happenings, now, actor)
        return _after(case, reduce(apply, events, case.application), events, change)

    def carried_out(self, command: Command | None) -> Done | None:
        """What came of the command, if it was carried out before. Raises KeyReused."""
        return self._sealed.carried_out(command, self.load)

    def _write(
        self, case: Case, change: Change, actor: str, now: datetime, command: Command | None
    ) -> Done:
        if (read := _read.get()) is not None:
            read.pop(case.application.number, None)
        events = chain(case.application, change.happenings, now, actor)
        application = reduce(apply, events, case.application)
        puts = list(self._puts(application, events, change, command, now))
        writes = [self._sealed.put(item, must_be_new=new) for item, new in puts]
        taken = slots_in(change.holds)
        writes += self._slots.taking(taken, application.number, application.region, now)
        writes += self._slots.returning(slots_in(change.frees), application.number)
        writes += [
            self._delete_hold(key, application.number) for key in without_slots(change.frees)
        ]
        writes += [self._sealed.delete(note_key(note)) for note in change.forgets]
        writes += self._line_of_experts(case.application, application)
        writes += self._line_of_sentinel(case.application, application)
        writes += self._line_of_figures(case.application, application)
        writes += self._erasing(application.number, change.erases, ROOM - len(writes))
        try:
            self._sealed.transact(writes, [item for item, _ in puts])
        except Taken as taken:
            raise self._already_open(taken.pk) from taken
        if change.erases:
            return Done(self.load(application.number), change.result)
        return Done(_after(case, application, events, change), change.result)

    def _line_of_experts(self, before: Application, after: Application) -> list[dict[str, Any]]:
        """In their queue while a document awaits them; it is written when its instant moves."""
        key, due = {"pk": app_key(after.number), "sk": "EXPERTS"}, self._check_due_of(after)
        if due == self._check_due_of(before):
            return []
        if due is None:
            return [self._sealed.delete(key)]
        line = {
            **key,
            "number": after.number,
            "service": after.service,
            "region": after.region,
            "queue": f"check#{after.region}",
            "due": f"{instant(due)}#{after.number}",
        }
        return [self._sealed.put(line, must_be_new=False)]

    def _line_of_sentinel(self, before: Application, after: Application) -> list[dict[str, Any]]:
        """In the sentinel's list while something is to happen to it by itself."""
        key, watched = {"pk": app_key(after.number), "sk": "WATCH"}, is_open(after)
        if watched == is_open(before):
            return []
        if not watched:
            return [self._sealed.delete(key)]
        line = {**key, "number": after.number, "queue": WATCHED, "due": after.number}
        return [self._sealed.put(line, must_be_new=False)]

    def _line_of_figures(self, before: Application, after: Application) -> list[dict[str, Any]]:
        """What became of it, until an appeal undoes that."""
        if (before.closed_at, before.stage) == (after.closed_at, after.stage):
            return []
        if outcome := self._outcome_of(after):
            return [self._sealed.put(outcome_item(outcome, after.region), must_be_new=False)]
        return [self._sealed.delete(outcome_key(after.number))] if before.closed_at else []

    def _erasing(self, number: str, parts: Collection[str], room: int) -> list[dict[str, Any]]:
        """The writes that delete those parts, as many as the transaction has room for; the rest is
        swept afterwards (adapters/erasures.py)."""
        items = self._sealed.query(app_key(number)) if parts else ()
        gone = [item for item in items if part_of(item["sk"]) in parts]
        return [self._sealed.delete({"pk": i["pk"], "sk": i["sk"]}) for i in gone[:room]]

    def _puts(
        self,
        application: Application,
        events: list[Event],
        change: Change,
        command: Command | None,
        now: datetime,
    ) -> Iterator[tuple[dict[str, Any], bool]]:
        """Every item of the transaction, and whether it must not exist yet."""
        number = application.number
        if command:
            yield command_item(command, number, change.result, now), True
        for key in without_slots(change.holds):
            yield {"pk": f"OPEN#{key}", "sk": "OPEN", "number": number}, True
        for event in events:
            yield event_item(event) | _listed_under_actor(event, application), True
        yield self._meta_item(application), False
        for note in change.notes:
            yield {**note_key(note), "number": note.number, "since": note.since.isoformat()}, False
        if change.signed:
            yield signature_item(number, events[0].sequence, change.signed), False
        if change.form is not None:
            yield {"pk": app_key(number), "sk": "FORM", "form": to_json(change.form)}, False
        for record in change.documents:
            yield document_item(number, record), False
        for name, text in change.texts.items():
            sk = f"TEXT#{events[-1].sequence:06d}#{name}"
            yield {"pk": app_key(number), "sk": sk, "text": to_json(text)}, False

    def _meta_item(self, application: Application) -> dict[str, Any]:
        due, draft = self._due_of(application), application.stage is Stage.DRAFT
        meta = {
            "pk": app_key(application.number),
            "sk": "META",
            "number": application.number,
            "stage": application.stage.value,
            "version": application.version,
            "head": application.head,
            "service": application.service,
            "region": application.region,
            "applicant": lister_of(application.applicant, application.agency),
            "drafted_at": instant(application.drafted_at),
            "submitted_at": instant(application.submitted_at),
            "officer": application.officer,
            "priority": application.priority,
            "escalated": application.escalated_by,
            "open": not (
                application.issued or application.stage in (Stage.WITHDRAWN, Stage.EXPIRED)
            ),
            # Only what is in work is in a queue of officers, and drafts in one of the clock's.
            "queue": (DRAFTS if draft else application.region) if due else None,
            "due": f"{due}#{application.number}" if due else None,
        }
        # What is decided anew is the officers' first; what is still owed is paid after that.
        if application.benefit and application.benefit.watch and not due:
            meta |= _paid(application.benefit.watch, application)
        if application.provided and application.provided.awaits:
            meta |= {"providing": True, "awaits": application.provided.awaits.value}
        return {name: value for name, value in meta.items() if value is not None}

    def _delete_hold(self, key: str, number: str) -> dict[str, Any]:
        return {
            "Delete": {
                "TableName": self._table,
                "Key": item_of({"pk": f"OPEN#{key}", "sk": "OPEN"}),
                "ConditionExpression": "attribute_not_exists(pk) OR #number = :number",
                "ExpressionAttributeNames": {"#number": "number"},
                "ExpressionAttributeValues": item_of({":number": number}),
            }
        }

    def _already_open(self, pk: str) -> AlreadyOpen:
        """`key`: what is taken; `number`: by whom, for those only who may know it."""
        key = item_of({"pk": pk, "sk": "OPEN"})
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        holder = plain(found.get("Item", {})).get("number")
        return AlreadyOpen(key=pk.partition("#")[2], **({"number": holder} if holder else {}))

    # ---- who waits ------------------------------------------------------------------------------

    def put_task(self, number: str, task: Task) -> None:
        told = {**task._asdict(), "until": instant(task.until)}
        item = {"pk": app_key(number), "sk": "TASK", **told}
        self._client.put_item(TableName=self._table, Item=item_of(item))

    # ---- money that belongs to no application ---------------------------------------------------

    def put_stray(self, received: Received, state: str, now: datetime) -> bool:
        """`state`: refund_due | refunded. Whether that is the state now: what was given back is not
        due again, however late the news of its coming is."""
        item = {
            "pk": f"STRAY#{received.transaction}",
            "sk": "STRAY",
            **received._asdict(),
            "amount": str(received.amount),
            "state": state,
            "noted_at": instant(now),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item_of(item),
                ConditionExpression="attribute_not_exists(pk) OR #state <> :refunded",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=item_of({":refunded": REFUNDED}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return state == REFUNDED
        return True


def lister_of(person: str | None, agency: str | None) -> str:
    """In whose list an application stands: its agency's, whoever filed it, or the person's."""
    return f"agency:{agency}" if agency else str(person)


# ---- items --------------------------------------------------------------------------------------


def _listed_under_actor(event: Event, application: Application) -> dict[str, str]:
    """What others than the applicant do is listed under them; the names of files hold a colon."""
    if event.actor in (SYSTEM, application.applicant) or ":" in event.actor:
        return {}
    due = f"{instant(event.at)}#{event.number}#{event.sequence:06d}"
    return {"queue": acts_of(event.actor), "due": due}


def _paid(watch: str, application: Application) -> dict[str, str]:
    """In the queue of those who pay: no officer's queue is called so."""
    return {"queue": f"pay#{watch}", "due": application.number}


def _after(case: Case, application: Application, events: list[Event], change: Change) -> Case:
    return Case(
        application,
        case.form if change.form is None else change.form,
        (*case.events, *events),
        {**case.documents, **{record.id: record for record in change.documents}},
        {**case.texts, **change.texts},
        case.task,
    )


def encode_cursor(key: Mapping[str, Any] | None) -> str | None:
    return base64.urlsafe_b64encode(to_json(key).encode()).decode() if key else None


def decode_cursor(cursor: str | None, names: set[str]) -> dict[str, Any] | None:
    """The key that a page ended with. Raises BadRequest for anything that we did not encode."""
    if cursor is None:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor))
        texts = {name: key[name]["S"] for name in names}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadRequest("bad_cursor") from error
    if not all(isinstance(text, str) and text for text in texts.values()):
        raise BadRequest("bad_cursor")
    return {name: {"S": text} for name, text in texts.items()}
