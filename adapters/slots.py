"""Slots of clinics, in the table of applications: taking one is part of the transaction that
registers the application.

    pk = SLOT#<id>   sk = SLOT   queue = SLOTS#<region>#<speciality>   due = <starts>#<id>

The index by due date lists the free ones: a slot that is taken or closed stands in no queue. Each
writing raises the revision it was read at by one, or fails: whoever read an older slot has lost.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from casework.appointments import Slot, parts_of
from casework.errors import BadRequest, NotFound, SlotTaken, VersionConflict

ATTEMPTS = 5
PAGE = 50
NEARBY = 3
ID_AT_MOST = 60  # characters; a key of the table has its bounds
KEPT = timedelta(days=365)  # after it began; then the table forgets it


class SlotPage(NamedTuple):
    slots: list[Slot]
    cursor: str | None


class Slots:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    # ---- reading --------------------------------------------------------------------------------

    def find(self, id_: str) -> Slot | None:
        if len(id_) > ID_AT_MOST:
            return None
        key = {"pk": {"S": f"SLOT#{id_}"}, "sk": {"S": "SLOT"}}
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return _slot(found["Item"]) if "Item" in found else None

    def load(self, id_: str) -> Slot:
        """Raises NotFound."""
        if (slot := self.find(id_)) is None:
            raise NotFound("unknown_slot")
        return slot

    def free(
        self, region: str, speciality: str, since: datetime, cursor: str | None = None
    ) -> SlotPage:
        """Free slots after that instant, the earliest first. `cursor`: where a page ended.

        Raises BadRequest for a cursor that is not from here.
        """
        after = _instant(since) if cursor is None else _ended_at(cursor)
        found = self._client.query(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="#queue = :queue AND #due > :after",
            ExpressionAttributeNames={"#queue": "queue", "#due": "due"},
            ExpressionAttributeValues={
                ":queue": {"S": _queue(region, speciality)},
                ":after": {"S": after},
            },
            Limit=PAGE,
        )
        slots = [_slot(item) for item in found["Items"]]
        return SlotPage(slots, _due(slots[-1]) if "LastEvaluatedKey" in found else None)

    def nearby(self, slot: Slot, now: datetime) -> list[Slot]:
        """Free ones to offer instead: of the same clinic first, then the nearest in time."""
        since = max(now, slot.starts - timedelta(days=1))
        free = self.free(slot.region, slot.speciality, since).slots
        free.sort(key=lambda s: (s.clinic != slot.clinic, abs(s.starts - slot.starts)))
        return free[:NEARBY]

    # ---- the clinic -----------------------------------------------------------------------------

    def publish(self, slot: Slot) -> Slot:
        """The same slot again changes nothing: it stays as it is, taken or free."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=_item(slot),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return self.load(slot.id)
        return slot

    def close(self, id_: str) -> Slot:
        """Nobody can take it any more; who has it, has it until he is told. Closing again changes
        nothing. Raises NotFound, and VersionConflict when others are faster each time."""
        for _ in range(ATTEMPTS):
            slot = self.load(id_)
            if slot.closed:
                return slot
            closed = _next(slot, closed=True)
            try:
                self._client.put_item(TableName=self._table, **_over(slot, closed))
            except self._client.exceptions.ConditionalCheckFailedException:
                continue
            return closed
        raise VersionConflict()

    # ---- as part of a transaction (adapters/applications.py) ------------------------------------

    def taking(
        self, keys: Iterable[str], number: str, region: str, now: datetime
    ) -> list[dict[str, Any]]:
        """The writes that take these slots for an application of that region. Raises SlotTaken for
        one that nobody can take, or not there."""
        slots = [self._takable(*parts_of(key), region, now) for key in keys]
        return [self._put(slot, _next(slot, taken_by=number)) for slot in slots]

    def returning(self, keys: Iterable[str], number: str) -> Iterator[dict[str, Any]]:
        """The writes that give these slots back; of one that is another's, or gone, none."""
        for key in keys:
            slot = self.find(parts_of(key)[0])
            if slot and slot.taken_by == number:
                yield self._put(slot, _next(slot, taken_by=None))

    def _takable(self, id_: str, speciality: str, region: str, now: datetime) -> Slot:
        slot = self.find(id_)
        if slot is None:
            raise SlotTaken("unknown_slot")
        if speciality not in ("", slot.speciality):
            raise SlotTaken("slot_of_other_speciality")
        if slot.region != region:
            raise SlotTaken("slot_of_other_region")
        if slot.begun(now):
            raise SlotTaken("slot_begun")
        if not slot.free:
            raise SlotTaken(slot=slot.id)
        return slot

    def _put(self, slot: Slot, changed: Slot) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, **_over(slot, changed)}}


# ---- items --------------------------------------------------------------------------------------


def _ended_at(cursor: str) -> str:
    """What a page ended with: the due key of a slot."""
    starts, _, id_ = cursor.partition("#")
    try:
        known = datetime.fromisoformat(starts).tzinfo is not None
    except ValueError:
        known = False
    if not known or not 0 < len(id_) <= ID_AT_MOST:
        raise BadRequest("bad_cursor")
    return cursor


def _queue(region: str, speciality: str) -> str:
    return f"SLOTS#{region}#{speciality}"


def _due(slot: Slot) -> str:
    return f"{_instant(slot.starts)}#{slot.id}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _next(slot: Slot, **changes: Any) -> Slot:
    return replace(slot, revision=slot.revision + 1, **changes)


def _over(slot: Slot, changed: Slot) -> dict[str, Any]:
    """What puts `changed` in the place of `slot`, if nobody has changed that in between."""
    return {
        "Item": _item(changed),
        "ConditionExpression": "#revision = :revision",
        "ExpressionAttributeNames": {"#revision": "revision"},
        "ExpressionAttributeValues": {":revision": {"N": str(slot.revision)}},
    }


def _item(slot: Slot) -> dict[str, Any]:
    plain: dict[str, Any] = {
        **asdict(slot),
        "starts": _instant(slot.starts),
        "pk": f"SLOT#{slot.id}",
        "sk": "SLOT",
        "expires": int((slot.starts + KEPT).timestamp()),
    }
    if slot.free:
        plain |= {"queue": _queue(slot.region, slot.speciality), "due": _due(slot)}
    return {name: _attribute(value) for name, value in plain.items() if value is not None}


def _attribute(value: str | int | bool) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    return {"BOOL": value} if isinstance(value, bool) else {"N": str(value)}


def _slot(item: Mapping[str, Any]) -> Slot:
    known = {name: next(iter(item[name].values())) for name in Slot.__slots__ if name in item}
    starts = datetime.fromisoformat(known["starts"])
    numbers = {name: int(known[name]) for name in ("minutes", "revision")}
    return Slot(**{**known, **numbers, "starts": starts})
