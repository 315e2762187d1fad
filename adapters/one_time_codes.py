"""One-time codes on their way by SMS and back, each kept only as a seal.

    pk = CODE#<person>   sk = CODE#<operation>   seal, sent_at, valid_until, attempts, used_by
                         sk = SENDINGS           when codes were sent within the last hour

Both names are digests. Six digits are guessed at once from a bare hash, so the seal is made with a
secret that does not lie in the table. An attempt is counted before it is judged, and a code is
taken by a condition: of any number of requests at once five are judged and one is let through.
"""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from adapters.messages import Undeliverable
from adapters.secret import Secret
from casework import one_time_codes
from casework.errors import BadRequest, NotAllowed, Unavailable, VersionConflict
from casework.one_time_codes import ATTEMPTS, Sent

TRIES = 5  # of writing what somebody else writes at the same moment
KEPT = timedelta(hours=1)  # beyond the last instant that counts; DynamoDB removes late


class Sender(Protocol):
    def send(self, whom: str, text: str) -> object:
        """Raises Undeliverable, Unavailable."""


class Confirmed(NamedTuple):
    """One operation of one person, as exactly as the bytes of its request.

    `person`, `operation`: digests. `command`: the key under which the request is carried out once,
    if it has one.
    """

    person: str
    operation: str
    command: str | None = None

    @classmethod
    def of(cls, person: str, *asked: str, command: str | None = None) -> "Confirmed":
        return cls(_digest(person), _digest(*asked), command)


class OneTimeCodes:
    """`sender`: carries a text to a phone, or to whatever the codes of its users go to."""

    def __init__(
        self,
        client: Any,
        table: str,
        secret: Secret,
        sender: Sender,
        again_after: timedelta = one_time_codes.AGAIN_AFTER,
    ) -> None:
        self._client = client
        self._table = table
        self._secret = secret
        self._sender = sender
        self._again_after = again_after

    def send(
        self, confirmed: Confirmed, phone: str, text_of: Callable[[str], str], now: datetime
    ) -> Sent:
        """Send a new code, worded by `text_of(code)`; too soon after the last one, none.

        Raises TooOften, Unavailable.
        """
        for _ in range(TRIES):
            known = self._get(_code_key(confirmed))
            last = _last_sent(known)
            if last and one_time_codes.is_too_early(last, now, self._again_after):
                return one_time_codes.sent(last, self._again_after)
            code = one_time_codes.drawn(secrets.randbelow)
            with suppress(VersionConflict):
                self._keep(confirmed, code, now, known)
                self._tell(confirmed, phone, text_of(code))
                return one_time_codes.sent(now, self._again_after)
        raise Unavailable()

    def use(self, confirmed: Confirmed, code: str, now: datetime) -> None:
        """Take the code that was sent for this operation, once.

        A request with an Idempotency-Key may come again with the code it was let through with:
        it is carried out once all the same. Raises NotAllowed: what is wrong and what to do.
        """
        if not one_time_codes.has_form(code):
            raise BadRequest("code_malformed")
        found = self._count_attempt(confirmed, now)
        if found is None:
            raise NotAllowed("code_not_good")
        if not self._secret.is_seal(found["seal"]["S"], *_sealed(confirmed, code)):
            left = ATTEMPTS - int(found["attempts"]["N"])
            raise NotAllowed("code_wrong", left=left) if left else NotAllowed("code_used_up")
        self._take(confirmed, found["seal"])

    # ---- sending --------------------------------------------------------------------------------

    def _keep(
        self, confirmed: Confirmed, code: str, now: datetime, known: dict[str, Any] | None
    ) -> None:
        """The code in the place of the one that is known, and what its sending counts for.

        Raises TooOften, VersionConflict: somebody else has sent one meanwhile.
        """
        found = self._get(_sendings_key(confirmed))
        earlier = [each["S"] for each in found["at"]["L"]] if found else []
        counted = one_time_codes.sendings(map(datetime.fromisoformat, earlier), now)
        sendings: dict[str, Any] = {
            **_sendings_key(confirmed),
            "at": {"L": [{"S": at.isoformat()} for at in counted]},
            "expires": _expires(now),
        }
        seal = self._secret.seal(*_sealed(confirmed, code))
        kept: dict[str, Any] = {
            **_code_key(confirmed),
            "seal": {"S": seal},
            "sent_at": {"S": now.isoformat()},
            "valid_until": {"N": str(one_time_codes.sent(now).valid_until.timestamp())},
            "attempts": {"N": "0"},
            "expires": _expires(now),
        }
        puts = [
            {"Put": {"TableName": self._table, "Item": sendings, **_unchanged(found, "at")}},
            {"Put": {"TableName": self._table, "Item": kept, **_unchanged(known, "sent_at")}},
        ]
        try:
            self._client.transact_write_items(TransactItems=puts)
        except self._client.exceptions.TransactionCanceledException as error:
            raise VersionConflict() from error

    def _tell(self, confirmed: Confirmed, phone: str, text: str) -> None:
        try:
            self._sender.send(phone, text)
        except (Undeliverable, Unavailable):
            self._client.delete_item(TableName=self._table, Key=_code_key(confirmed))
            raise Unavailable("code_not_sent") from None

    # ---- using ----------------------------------------------------------------------------------

    def _count_attempt(self, confirmed: Confirmed, now: datetime) -> dict[str, Any] | None:
        """The code with this attempt counted; None when there is none that may be tried."""
        free = "attribute_not_exists(used_by)"
        values = {
            ":one": {"N": "1"},
            ":most": {"N": str(ATTEMPTS)},
            ":now": {"N": str(now.timestamp())},
        }
        if confirmed.command:
            free = f"({free} OR used_by = :command)"
            values[":command"] = {"S": confirmed.command}
        try:
            counted = self._client.update_item(
                TableName=self._table,
                Key=_code_key(confirmed),
                UpdateExpression="ADD attempts :one",
                ConditionExpression=f"attempts < :most AND valid_until > :now AND {free}",
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return counted["Attributes"]

    def _take(self, confirmed: Confirmed, seal: dict[str, str]) -> None:
        """Raises NotAllowed when somebody was quicker, or another code was sent meanwhile."""
        by = {"S": confirmed.command or "once"}
        free = "attribute_not_exists(used_by)"
        if confirmed.command:
            free = f"({free} OR used_by = :by)"
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_code_key(confirmed),
                UpdateExpression="SET used_by = :by",
                ConditionExpression=f"seal = :seal AND {free}",
                ExpressionAttributeValues={":by": by, ":seal": seal},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise NotAllowed("code_not_good") from None

    def _get(self, key: dict[str, Any]) -> dict[str, Any] | None:
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return found.get("Item")


def _last_sent(code: dict[str, Any] | None) -> datetime | None:
    """None when there is no code that may still be used."""
    if code is None or "used_by" in code or int(code["attempts"]["N"]) >= ATTEMPTS:
        return None
    return datetime.fromisoformat(code["sent_at"]["S"])


def _unchanged(item: dict[str, Any] | None, attribute: str) -> dict[str, Any]:
    """The condition that nobody has written the item since it was read."""
    if item is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "#was = :was",
        "ExpressionAttributeNames": {"#was": attribute},
        "ExpressionAttributeValues": {":was": item[attribute]},
    }


def _code_key(confirmed: Confirmed) -> dict[str, Any]:
    return {"pk": {"S": f"CODE#{confirmed.person}"}, "sk": {"S": f"CODE#{confirmed.operation}"}}


def _sendings_key(confirmed: Confirmed) -> dict[str, Any]:
    return {"pk": {"S": f"CODE#{confirmed.person}"}, "sk": {"S": "SENDINGS"}}


def _expires(now: datetime) -> dict[str, str]:
    return {"N": str(int((now + KEPT).timestamp()))}


def _sealed(confirmed: Confirmed, code: str) -> tuple[str, ...]:
    return ("one-time code", confirmed.person, confirmed.operation, code)


def _digest(*parts: str) -> str:
    told = "\n".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(told.encode()).hexdigest()
