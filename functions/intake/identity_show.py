"""An account as it is told: to its person, and to the office."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.accounts import Act
from casework import accounts as law
from casework.accounts import Account, IdentityCheck
from functions.intake.entry_steps import titled

TOLD = frozenset(
    {"last_name", "first_name", "patronymic", "birth_date", "passport", "snils", "inn"}
    | {law.OTHER_ACCOUNT}
)
"""What people are told that a registry holds otherwise; it may name more than we asked."""


def own(
    account: Account, check: IdentityCheck | None, now: datetime, language: str, *, has_scan: bool
) -> dict[str, Any]:
    state = law.state(account, now)
    return {
        "state": state,
        "state_title": titled("states", state, language),
        "phone": account.phone,
        "email": account.email or None,
        "email_confirmed": account.email_confirmed,
        "may_apply": account.identity is not None,
        "identity": identity(account, language),
        "check": _check(check, language) if check else None,
        "ways": [_way(account, way, language, has_scan=has_scan) for way in law.WAYS],
    }


def identity(account: Account, language: str) -> dict[str, Any] | None:
    known = account.identity
    if known is None:
        return None
    return {"way": known.way, "title": titled("ways", known.way, language), "at": known.at}


def to_office(
    account: Account, acts: list[Act], names: Mapping[str, str], now: datetime, language: str
) -> dict[str, Any]:
    state = law.state(account, now)
    return {
        "id": account.id,
        "state": state,
        "state_title": titled("states", state, language),
        "phone": account.phone,
        "email": account.email or None,
        "block": titled("blocks", account.blocked.reason, language) if account.blocked else None,
        "identity": identity(account, language),
        "acts": [
            {
                **act._asdict(),
                "by_name": names.get(act.by),
                "title": titled("acts", act.kind, language),
            }
            for act in acts
        ],
    }


def _way(account: Account, way: str, language: str, *, has_scan: bool) -> dict[str, Any]:
    lacks = law.missing(account, way, has_scan=has_scan)
    return {
        "way": way,
        "title": titled("ways", way, language),
        "missing": [titled("needs", need, language) for need in lacks],
    }


def _check(check: IdentityCheck, language: str) -> dict[str, Any]:
    return {
        "state": check.verdict,
        "title": titled("checks", check.verdict, language),
        "asked_at": check.asked_at,
        "differs": [titled("fields", name, language) for name in check.differs if name in TOLD],
    }
