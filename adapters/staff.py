"""Who works here, by name: what the user pool said of them when they last signed in.

    pk = STAFF      sk = MEMBER#<id>    name, groups as roles, region, the day it was last said

Events know people by their ids; pages show names. Who has left stays, without a role, since what
he did stays; who has not signed in for a month is given no work.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from adapters.sealed_table import SealedTable, item_of, plain

AWAY = timedelta(days=30)  # ours: nobody tells us who has left


class Member(NamedTuple):
    """`name`: whole, as the pool has it; `roles`: none of who has left; `seen_on`: in UTC."""

    id: str
    name: str
    roles: tuple[str, ...]
    region: str | None
    seen_on: date

    @property
    def short_name(self) -> str:
        return with_initials(self.name) or self.id

    def is_here(self, now: datetime) -> bool:
        return bool(self.roles) and now.date() - self.seen_on <= AWAY


class Staff:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._known: tuple[datetime | None, dict[str, str]] = (None, {})

    def note(self, member: Member) -> None:
        """What is said at sign-in; written when it is news. Of who never worked here nothing is."""
        before = self.find(member.id)
        if before == member or (before is None and not member.roles):
            return
        self._client.put_item(TableName=self._table, Item=item_of(as_item(member)))

    def find(self, id_: str) -> Member | None:
        found = self._client.get_item(
            TableName=self._table, Key=item_of(_key(id_)), ConsistentRead=True
        )
        return _member_of(plain(found["Item"])) if "Item" in found else None

    def everybody(self) -> list[Member]:
        """Who works here and who did, by name."""
        known = map(_member_of, SealedTable(self._client, self._table).query("STAFF"))
        return sorted(known, key=lambda member: (member.name.casefold(), member.id))

    def names(self, ids: Iterable[str], now: datetime) -> dict[str, str]:
        """Short names by id, of those who are or were of the office. All are read at once, and
        remembered by this process for an hour, or until it is asked of somebody else."""
        hour, asked = now.replace(minute=0, second=0, microsecond=0), set(ids)
        if asked and (self._known[0] != hour or asked - self._known[1].keys()):
            self._known = (hour, {each.id: each.short_name for each in self.everybody()})
        return {id_: self._known[1][id_] for id_ in asked & self._known[1].keys()}


def with_initials(name: str) -> str:
    """Петрова М. С., of Петрова Мария Сергеевна."""
    family, *given = name.split() or [""]
    return "\N{NO-BREAK SPACE}".join([family, *(f"{each[0]}." for each in given)])


def as_item(member: Member) -> dict[str, Any]:
    told = {"roles": list(member.roles), "seen_on": member.seen_on.isoformat()}
    return {**_key(member.id), "name": member.name, "region": member.region, **told}


def _key(id_: str) -> dict[str, str]:
    return {"pk": "STAFF", "sk": f"MEMBER#{id_}"}


def _member_of(item: dict[str, Any]) -> Member:
    id_, seen_on = item["sk"].partition("#")[2], date.fromisoformat(item["seen_on"])
    return Member(id_, item["name"], tuple(item["roles"]), item["region"], seen_on)
