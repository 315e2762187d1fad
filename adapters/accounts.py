"""Accounts, in the table of applications.

    pk = ACCOUNT#<id>       sk = ACCOUNT          as it stands; `version` counts its changes
                                 ACT#<version>    what was done, by whom and when; never changed
    pk = LOGIN#<digest>     sk = LOGIN            whose phone, or confirmed e-mail address, it is
    pk = OWNER#<digest>     sk = OWNER            who was confirmed with this SNILS or INN
    pk = IDENTITY#<number>  sk = IDENTITY         a question to registries, and what they replied

A phone, an address and a number belong to one account each: the transaction that takes them fails
when somebody else has them.
"""

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from adapters.sealed_table import item_of, plain
from casework.accounts import Account, Block, Identity, IdentityCheck
from casework.errors import Conflict, NotFound, VersionConflict

TRIES = 5
CHECK = "identity."
"""What numbers of such questions begin with; no application is called so."""
CHECK_KEPT = timedelta(days=30)


class Act(NamedTuple):
    """What was done to an account. `kind`: past tense."""

    kind: str
    at: datetime
    by: str


class Accounts:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table

    # ---- reading --------------------------------------------------------------------------------

    def find(self, id_: str) -> Account | None:
        item = self._get(f"ACCOUNT#{id_}", "ACCOUNT")
        return _account_of(item) if item else None

    def load(self, id_: str) -> Account:
        """Raises NotFound."""
        if (account := self.find(id_)) is None:
            raise NotFound("unknown_account")
        return account

    def called(self, login: str) -> str | None:
        """Whose login it is: a phone in E.164, or an e-mail address."""
        item = self._get(f"LOGIN#{_digest(login.lower())}", "LOGIN")
        return item["account"] if item else None

    def confirmed_with(self, number: str) -> str | None:
        """Who was confirmed with this SNILS or INN, in canonical form."""
        item = self._get(f"OWNER#{_digest(number)}", "OWNER")
        return item["account"] if item else None

    def acts(self, id_: str) -> Iterator[Act]:
        """Everything that was done to the account, the newest first."""
        found = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :act)",
            ExpressionAttributeValues=item_of({":pk": f"ACCOUNT#{id_}", ":act": "ACT#"}),
            ScanIndexForward=False,
        )
        for item in map(plain, found["Items"]):
            yield Act(item["kind"], datetime.fromisoformat(item["at"]), item["by"])

    # ---- changing -------------------------------------------------------------------------------

    def open(self, account: Account) -> Account:
        """A new account; one that the phone has already, as it stands."""
        try:
            return self._write(None, account, Act("opened", account.opened_at, account.id))
        except Conflict:
            known = self.called(account.phone)
            if known is None:
                raise
            return self.load(known)

    def change(
        self,
        id_: str,
        act: Callable[[Account], Account],
        kind: str,
        *,
        by: str,
        now: datetime,
        owns: Iterable[str] = (),
    ) -> Account:
        """Carry out `act` on the account as it stands. `owns`: numbers that are from now on this
        account's only. Raises what `act` raises, NotFound, Conflict (login_taken, person_known)."""
        for _ in range(TRIES):
            before = self.load(id_)
            after = act(before)
            if after == before:
                return before
            try:
                return self._write(before, after, Act(kind, now, by), tuple(owns))
            except VersionConflict:
                continue
        raise VersionConflict()

    def _write(
        self, before: Account | None, after: Account, act: Act, owns: tuple[str, ...] = ()
    ) -> Account:
        written = replace(after, version=after.version + 1)
        had, has = _logins(before), _logins(written)
        new = [*((login, "LOGIN") for login in has - had), *((number, "OWNER") for number in owns)]
        pk = f"ACCOUNT#{written.id}"
        done = {"pk": pk, "sk": f"ACT#{written.version:06d}", **_told(act)}
        puts = [self._put(done, "attribute_not_exists(pk)")]
        puts += [self._put(_claim(value, kind, written.id), _UNCLAIMED) for value, kind in new]
        puts += [self._put({"pk": pk, "sk": "ACCOUNT", **_as_item(written)})]
        deletes = [self._delete(_claim_key(login, "LOGIN")) for login in had - has]
        try:
            self._client.transact_write_items(TransactItems=[*puts, *deletes])
        except self._client.exceptions.TransactionCanceledException as error:
            reasons = error.response.get("CancellationReasons", [])
            failed = [at for at, why in enumerate(reasons) if why["Code"] != "None"]
            taken = next((new[at - 1][1] for at in failed if 1 <= at <= len(new)), None)
            if taken:
                code = {"LOGIN": "login_taken", "OWNER": "person_known"}[taken]
                raise Conflict(code) from error
            raise VersionConflict() from error
        return written

    def items(self, account: Account) -> list[dict[str, Any]]:
        """Everything that stands for an account, as the table keeps it, for whoever loads many."""
        written = replace(account, version=account.version + 1)
        claims = [_claim(login, "LOGIN", account.id) for login in _logins(written)]
        own = {"pk": f"ACCOUNT#{account.id}", "sk": "ACCOUNT", **_as_item(written)}
        return [item_of(item) for item in (own, *claims)]

    # ---- questions to registries ----------------------------------------------------------------

    def put_check(self, check: IdentityCheck) -> None:
        self._client.put_item(**self._put(_check_item(check))["Put"])

    def find_check(self, number: str) -> IdentityCheck | None:
        item = self._get(f"IDENTITY#{number}", "IDENTITY")
        return _check_of(item) if item else None

    def change_check(
        self, number: str, act: Callable[[IdentityCheck], IdentityCheck]
    ) -> IdentityCheck:
        """Raises NotFound."""
        for _ in range(TRIES):
            before = self.find_check(number)
            if before is None:
                raise NotFound("unknown_number")
            after = act(before)
            if after == before:
                return before
            written = replace(after, version=after.version + 1)
            put = self._put(_check_item(written), "version = :was")["Put"]
            put["ExpressionAttributeValues"] = item_of({":was": before.version})
            try:
                self._client.put_item(**put)
            except self._client.exceptions.ConditionalCheckFailedException:
                continue
            return written
        raise VersionConflict()

    # ---- the table ------------------------------------------------------------------------------

    def _get(self, pk: str, sk: str) -> dict[str, Any] | None:
        key = item_of({"pk": pk, "sk": sk})
        found = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return plain(found["Item"]) if "Item" in found else None

    def _put(self, item: Mapping[str, Any], condition: str = "") -> dict[str, Any]:
        put: dict[str, Any] = {"TableName": self._table, "Item": item_of(item)}
        if condition:
            put["ConditionExpression"] = condition
        if condition == _UNCLAIMED:
            put["ExpressionAttributeValues"] = item_of({":own": item["account"]})
        return {"Put": put}

    def _delete(self, key: Mapping[str, Any]) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table, "Key": item_of(key)}}


def new_id() -> str:
    """The name of a new person in the user pool: it says nothing of him."""
    return secrets.token_hex(16)


def new_check_number() -> str:
    return CHECK + secrets.token_hex(12)


def is_check(number: str) -> bool:
    return number.startswith(CHECK)


# ---- items --------------------------------------------------------------------------------------

_INSTANTS = ("opened_at", "seen_at", "recovering_until", "consented_at")
_UNCLAIMED = "attribute_not_exists(pk) OR account = :own"


def _logins(account: Account | None) -> set[str]:
    """By what the person may sign in: anybody may claim an address, so it counts once confirmed."""
    if account is None:
        return set()
    return {account.phone} | ({account.email.lower()} if account.email_confirmed else set())


def _claim_key(value: str, kind: str) -> dict[str, str]:
    return {"pk": f"{kind}#{_digest(value)}", "sk": kind}


def _claim(value: str, kind: str, account: str) -> dict[str, str]:
    return {**_claim_key(value, kind), "account": account}


def _told(act: Act) -> dict[str, str]:
    return {"kind": act.kind, "at": act.at.isoformat(), "by": act.by}


def _as_item(account: Account) -> dict[str, Any]:
    """Instants as text; what is empty is left out."""
    told = asdict(replace(account, blocked=None, identity=None))
    told |= {"blocked": _mark(account.blocked), "identity": _mark(account.identity)}
    told |= {name: told[name].isoformat() for name in _INSTANTS if told[name]}
    return {name: value for name, value in told.items() if value not in (None, "")}


def _mark(mark: Block | Identity | None) -> dict[str, str] | None:
    return mark and {**mark._asdict(), "at": mark.at.isoformat()}


def _account_of(item: Mapping[str, Any]) -> Account:
    told = {name: value for name, value in item.items() if name not in ("pk", "sk")}
    for name in _INSTANTS:
        if name in told:
            told[name] = datetime.fromisoformat(told[name])
    for name, kind in (("blocked", Block), ("identity", Identity)):
        if name in told:
            mark = told[name]
            told[name] = kind(**{**mark, "at": datetime.fromisoformat(mark["at"])})
    return Account(**{**told, "version": int(told["version"])})


def _check_item(check: IdentityCheck) -> dict[str, Any]:
    return {
        "pk": f"IDENTITY#{check.number}",
        "sk": "IDENTITY",
        "number": check.number,
        "account": check.account,
        "asked_at": check.asked_at.isoformat(),
        "said": json.dumps(check.said, ensure_ascii=False),
        "replies": dict(check.replies),
        "differs": list(check.differs),
        "version": check.version,
        "expires": int((check.asked_at + CHECK_KEPT).timestamp()),
    }


def _check_of(item: Mapping[str, Any]) -> IdentityCheck:
    return IdentityCheck(
        item["number"],
        item["account"],
        datetime.fromisoformat(item["asked_at"]),
        json.loads(item["said"]),
        item["replies"],
        tuple(item["differs"]),
        int(item["version"]),
    )


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
