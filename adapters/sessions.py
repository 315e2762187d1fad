"""Who is signed in to the pages, and what they had typed when their time was up.

    pk = SESSION#<digest of the token>   sk = SESSION        the person, when it began, last seen
    pk = SESSIONS#<person>               sk = ENDED          since when those begun before are over
    pk = TYPED#<person>                  sk = TYPED#<digest of the path>
                                                             a form that came after the end

The token itself is only in the person's cookie: whoever reads the table can be nobody.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
NOTED_EVERY = timedelta(minutes=1)
"""So often at most is it written down that a person is still there."""
KEPT = timedelta(days=1)
"""An ended session says whose form it was that came too late; so long is the form kept, too."""


class Session(NamedTuple):
    """`person`: what was verified at sign-in, as JSON; `acting_for`: the representation by which
    this one acts in the name of another, `acting_name`."""

    person: dict[str, Any]
    began_at: datetime
    seen_at: datetime
    acting_for: str | None = None
    acting_name: str | None = None

    @property
    def ends_at(self) -> datetime:
        """When nothing more is heard of the person."""
        return min(self.seen_at + IDLE, self.began_at + LONGEST)


class Sessions:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    def begin(self, person: Mapping[str, Any], now: datetime) -> str:
        """The token of a new session; nobody had it before."""
        token = secrets.token_urlsafe(32)
        item = {
            **_key(token),
            "person": {"S": json.dumps(person, ensure_ascii=False)},
            "began_at": {"S": now.isoformat()},
            "seen_at": {"S": now.isoformat()},
            "expires": _expires(now + IDLE),
        }
        self._client.put_item(TableName=self._table, Item=item)
        return token

    def find(self, token: str) -> Session | None:
        """Also one that has ended by itself, for a day: ask `ends_at`."""
        item = self._get(_key(token))
        session = _session_of(item) if item else None
        if session and self.are_over(session.person["id"], session.began_at):
            return None
        return session

    def end_all(self, person: str, now: datetime) -> None:
        """Every session of the person that has begun, wherever it is."""
        item = {
            **_ended_key(person),
            "at": {"S": now.isoformat()},
            "expires": _expires(now + LONGEST),
        }
        self._client.put_item(TableName=self._table, Item=item)

    def are_over(self, person: str, began_at: datetime) -> bool:
        """Whether all of the person's were ended since then."""
        ended = self._get(_ended_key(person))
        return ended is not None and began_at <= datetime.fromisoformat(ended["at"]["S"])

    def note_seen(self, token: str, session: Session, now: datetime) -> Session | None:
        """The session as it goes on from `now`; None when it was ended meanwhile."""
        if now - session.seen_at < NOTED_EVERY:
            return session
        seen = session._replace(seen_at=now)
        told = {":seen": {"S": now.isoformat()}, ":expires": _expires(seen.ends_at)}
        return (
            seen if self._update(token, "SET seen_at = :seen, expires = :expires", told) else None
        )

    def act_for(self, token: str, representation: str | None, name: str = "") -> None:
        """From now on by that representation, in the name of whom it is of; None: in one's own."""
        if representation is None:
            self._update(token, "REMOVE acting_for, acting_name", {})
        else:
            told = {":by": {"S": representation}, ":name": {"S": name}}
            self._update(token, "SET acting_for = :by, acting_name = :name", told)

    def _update(self, token: str, expression: str, values: dict[str, Any]) -> bool:
        """Whether there was a session to change: one that was ended does not come back."""
        given = {"ExpressionAttributeValues": values} if values else {}
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_key(token),
                UpdateExpression=expression,
                ConditionExpression="attribute_exists(pk)",
                **given,
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def end(self, token: str) -> None:
        self._client.delete_item(TableName=self._table, Key=_key(token))

    # ---- what came too late ----------------------------------------------------------------------

    def keep_typed(
        self, person: str, path: str, values: Mapping[str, list[str]], now: datetime
    ) -> None:
        """The newest of a form replaces the one before."""
        item = {
            **_typed_key(person, path),
            "values": {"S": json.dumps(values, ensure_ascii=False)},
            "expires": _expires(now),
        }
        self._client.put_item(TableName=self._table, Item=item)

    def typed(self, person: str, path: str) -> dict[str, list[str]] | None:
        key = _typed_key(person, path)
        found = self._get(key)
        return json.loads(found["values"]["S"]) if found else None

    def forget_typed(self, person: str, path: str) -> None:
        self._client.delete_item(TableName=self._table, Key=_typed_key(person, path))

    def _get(self, key: dict[str, Any]) -> dict[str, Any] | None:
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return found.get("Item")


def _session_of(item: Mapping[str, Any]) -> Session:
    return Session(
        json.loads(item["person"]["S"]),
        datetime.fromisoformat(item["began_at"]["S"]),
        datetime.fromisoformat(item["seen_at"]["S"]),
        item.get("acting_for", {}).get("S"),
        item.get("acting_name", {}).get("S"),
    )


def _key(token: str) -> dict[str, Any]:
    return {"pk": {"S": f"SESSION#{_digest(token)}"}, "sk": {"S": "SESSION"}}


def _ended_key(person: str) -> dict[str, Any]:
    return {"pk": {"S": f"SESSIONS#{person}"}, "sk": {"S": "ENDED"}}


def _typed_key(person: str, path: str) -> dict[str, Any]:
    """An address may be longer than a key."""
    return {"pk": {"S": f"TYPED#{person}"}, "sk": {"S": f"TYPED#{_digest(path)}"}}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _expires(now: datetime) -> dict[str, str]:
    return {"N": str(int((now + KEPT).timestamp()))}
