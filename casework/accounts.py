"""A person's account: its states and what each lets one do, passwords, how often one may try, and
when a person is known well enough to apply.

    inactive     the phone is shown to be the person's, but no password is set yet
    pending      the e-mail address waits for the person to open the link sent there
    active       phone and e-mail are confirmed
    recovering   a code was entered instead of the password; a new one is awaited
    blocked      by the office, or because nobody has come for years

Only an account with a confirmed identity may apply. Sources: S0-S3 of the mission, A1-A4.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from casework.errors import InvalidForm, NotAllowed, Problem, WrongStage

INACTIVE, PENDING, ACTIVE, RECOVERING, BLOCKED = STATES = (
    "inactive",
    "pending",
    "active",
    "recovering",
    "blocked",
)
FINISH, SIGN_IN, RECOVER, SET_PASSWORD, CONFIRM, ASK_OFFICE = (
    "finish_sign_up",
    "sign_in",
    "recover",
    "set_password",
    "confirm_identity",
    "ask_office",
)
MAY: Mapping[str, frozenset[str]] = {
    INACTIVE: frozenset({FINISH}),
    PENDING: frozenset({SIGN_IN, RECOVER}),
    ACTIVE: frozenset({SIGN_IN, RECOVER, CONFIRM}),
    RECOVERING: frozenset({SET_PASSWORD, RECOVER}),
    BLOCKED: frozenset({ASK_OFFICE}),
}
IDLE = timedelta(days=3 * 365)
"""Since the last sign-in. Whoever comes back later shows again who he is: phones change hands."""
RECOVERY = timedelta(minutes=30)
"""So long a new password may be set after the code was entered."""
LINK = timedelta(hours=24)
"""So long the link in the e-mail holds."""
ANSWER_WITHIN = timedelta(hours=24)
"""The office answers a request for access, or for a video call."""
RESEND = timedelta(minutes=5)
"""A code for the door may be sent again; sooner it may still be on its way."""
REASONS = ("rules_broken", "stolen", "wrong_data")
"""Why the office blocks an account."""


class Identity(NamedTuple):
    """How a person was found to be who he says. `by`: the officer who saw him, or the system;
    `snils`: the one that was found to be his, where one was asked about."""

    way: str
    at: datetime
    by: str
    snils: str = ""


class Block(NamedTuple):
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Account:
    """`phone` is confirmed always: without its code there is no account. `check`: the number of the
    question that registries were last asked about the person."""

    id: str
    phone: str
    opened_at: datetime
    seen_at: datetime
    email: str = ""
    email_confirmed: bool = False
    has_password: bool = False
    recovering_until: datetime | None = None
    blocked: Block | None = None
    identity: Identity | None = None
    consented_at: datetime | None = None
    check: str = ""
    version: int = 0


def state(account: Account, now: datetime) -> str:
    if account.blocked or now - account.seen_at > IDLE:
        return BLOCKED
    if not account.has_password:
        return INACTIVE
    if account.recovering_until and now < account.recovering_until:
        return RECOVERING
    return ACTIVE if account.email_confirmed else PENDING


def must(account: Account, act: str, now: datetime) -> None:
    """Raises NotAllowed: account_<state>, which says what to do."""
    stands = state(account, now)
    if act not in MAY[stands]:
        raise NotAllowed(f"account_{stands}")


def check_may_apply(account: Account | None, now: datetime) -> None:
    """Drafts are everybody's; what is submitted comes from a person who is known."""
    if account is None or account.identity is None:
        raise NotAllowed("identity_not_confirmed")
    if account.blocked:
        must(account, SIGN_IN, now)


def check_may_agree(account: Account | None, confirmed_with: str | None) -> None:
    """That another acts in his name. `confirmed_with`: whose account is confirmed with the numbers
    by which the asker names the person. A phone alone says of nobody who he is."""
    known = account is not None and account.identity is not None
    if not known or confirmed_with not in (None, account.id):
        raise NotAllowed("not_the_one_named")


# ---- what becomes of an account -----------------------------------------------------------------


def opened(id_: str, phone: str, now: datetime) -> Account:
    """The code sent to the phone came back."""
    return Account(id_, phone, now, now)


def with_password(account: Account, email: str, now: datetime) -> Account:
    """The sign-up is finished, with the consent to data processing; the e-mail address still waits
    for its link."""
    must(account, FINISH, now)
    return replace(account, has_password=True, email=email, seen_at=now, consented_at=now)


def with_email(account: Account, email: str) -> Account:
    """Another address; the same one, in whatever letters, stays as it is."""
    if _is_same(account.email, email):
        return account
    return replace(account, email=email, email_confirmed=False)


def email_confirmed(account: Account, email: str) -> Account:
    """The link was opened. One that was sent to an earlier address confirms nothing."""
    if not _is_same(account.email, email):
        raise WrongStage("link_not_good")
    return replace(account, email_confirmed=True)


def _is_same(address: str, other: str) -> bool:
    """By either one signs in to the same account."""
    return address.lower() == other.lower()


def signed_in(account: Account, now: datetime) -> Account:
    must(account, SIGN_IN, now)
    return replace(account, seen_at=now)


def recovering(account: Account, now: datetime) -> Account:
    must(account, RECOVER, now)
    return replace(account, recovering_until=now + RECOVERY)


def recovered(account: Account, now: datetime) -> Account:
    """A new password is set."""
    must(account, SET_PASSWORD, now)
    return replace(account, recovering_until=None)


def block(account: Account, reason: str, by: str, now: datetime) -> Account:
    if account.blocked:
        raise WrongStage("already_blocked")
    return replace(account, blocked=Block(reason, now, by), recovering_until=None)


def let_in(account: Account, phone: str, now: datetime) -> Account:
    """The office has seen who he is: the block ends, and `phone` is his from now on. The password
    is set anew with a code to that phone. Also of an account that nobody had come to for years."""
    if state(account, now) not in (BLOCKED, ACTIVE, PENDING, RECOVERING):
        raise WrongStage("account_inactive")
    return replace(account, blocked=None, phone=phone, seen_at=now)


# ---- passwords ----------------------------------------------------------------------------------

PASSWORD_AT_LEAST, PASSWORD_AT_MOST = 8, 128
_OBVIOUS = frozenset(
    (
        *("password", "passw", "passwd", "qwerty", "qwertyuiop", "qazwsx", "parol", "admin"),
        *("welcome", "letmein", "iloveyou", "gosuslugi", "opora", "abc", "abcd", "test", "user"),
    )
)
"""The letters of passwords that are tried first."""


def check_password(password: str, *, phone: str = "", email: str = "") -> None:
    """Raises InvalidForm with everything that is missing, at once. Letters are Latin ones: the user
    pool counts no others."""
    said = password.lower()
    personal = [part for part in (phone[-7:], email.partition("@")[0].lower()) if len(part) > 3]
    wrong = {
        "password_too_short": len(password) < PASSWORD_AT_LEAST,
        "password_too_long": len(password) > PASSWORD_AT_MOST,
        "password_no_small_letter": not re.search("[a-z]", password),
        "password_no_capital": not re.search("[A-Z]", password),
        "password_no_digit": not re.search("[0-9]", password),
        "password_edges": password != password.strip() or not password.isprintable(),
        "password_personal": any(part in said for part in personal),
        "password_obvious": re.sub("[^a-z]", "", said) in _OBVIOUS,
    }
    details = {"at_least": PASSWORD_AT_LEAST, "at_most": PASSWORD_AT_MOST}
    if problems := [Problem("password", code, details) for code, is_so in wrong.items() if is_so]:
        raise InvalidForm(problems)


# ---- how often ----------------------------------------------------------------------------------


class Limit(NamedTuple):
    """At most so many attempts in each stretch of time, by whatever `what` counts. `code`: of what
    is said to who tries once more."""

    what: str
    at_most: int
    within: timedelta
    code: str = "too_many_attempts"

    def window(self, now: datetime) -> int:
        return int(now.timestamp() // self.within.total_seconds())

    def minutes_left(self, now: datetime) -> int:
        """Whole minutes, at least one, until the next stretch begins."""
        ends = (self.window(now) + 1) * self.within.total_seconds()
        return math.ceil((ends - now.timestamp()) / 60)


# Failures only. An account is never blocked by them: anybody could then shut anybody out.
PASSWORDS_BY_LOGIN = (
    Limit("passwords_login", 5, timedelta(minutes=15)),
    Limit("passwords_login_day", 20, timedelta(days=1)),
)
PASSWORDS_BY_ADDRESS = (Limit("passwords_address", 50, timedelta(minutes=15)),)
# A library or an office has one address for many people.
BEGUN_BY_ADDRESS = (Limit("begun_address", 60, timedelta(hours=1)),)
LINKS_TO_ONE = (Limit("links", 1, RESEND, "link_just_sent"),)  # by account and address
ADDRESSES = (Limit("links_day", 10, timedelta(days=1), "too_many_links"),)
# Nobody finds out by trying what registries know of others.
IDENTITY_CHECKS = (Limit("identity_checks", 5, timedelta(days=1)),)


# ---- who a person is ----------------------------------------------------------------------------

REGISTRIES, VIDEO, OPENID = WAYS = ("registries", "video", "openid")
# What must be there before. The provider has seen the passport itself.
NEEDS: Mapping[str, tuple[str, ...]] = {
    REGISTRIES: ("phone", "email", "passport_scan"),
    VIDEO: ("phone", "email", "passport_scan"),
    OPENID: ("phone", "email"),
}
PASSPORTS, INSURANCE, TAXES = "passports", "pension_insurance", "taxes"
ASKED, MATCHED, MISMATCHED = "asked", "matched", "mismatched"
OTHER_ACCOUNT = "other_account"
"""What differs when registries agree, and another account is confirmed with the same numbers."""


def missing(account: Account, way: str, *, has_scan: bool) -> list[str]:
    """What is still to be done before this way is open, in the order of doing."""
    held = {"phone": True, "email": account.email_confirmed, "passport_scan": has_scan}
    return [need for need in NEEDS[way] if not held[need]]


def check_ready(account: Account, way: str, now: datetime, *, has_scan: bool) -> None:
    """Raises WrongStage (already_confirmed), NotAllowed (account_<state>, or what is to be done
    first: email_not_confirmed, passport_scan_missing)."""
    if account.identity:
        raise WrongStage("already_confirmed")
    if lacks := missing(account, way, has_scan=has_scan):
        code = {"email": "email_not_confirmed", "passport_scan": "passport_scan_missing"}
        raise NotAllowed(code[lacks[0]])
    must(account, CONFIRM, now)


def confirmed(account: Account, way: str, by: str, now: datetime, snils: str = "") -> Account:
    """Once is enough: another confirmation changes nothing."""
    if account.identity:
        return account
    return replace(account, identity=Identity(way, now, by, snils))


def snils_of(account: Account | None) -> str:
    """The one with which the identity was confirmed; empty when it was confirmed without."""
    return account.identity.snils if account and account.identity else ""


@dataclass(frozen=True)
class IdentityCheck:
    """A question to registries. `said`: what the person said of himself, canonical; `replies`:
    outcome by registry; `differs`: the fields that a registry holds otherwise."""

    number: str
    account: str
    asked_at: datetime
    said: Mapping[str, Any]
    replies: Mapping[str, str]
    differs: tuple[str, ...] = ()
    version: int = 0

    @property
    def verdict(self) -> str:
        outcomes = set(self.replies.values())
        if MISMATCHED in outcomes:
            return MISMATCHED
        return ASKED if ASKED in outcomes else MATCHED


def asked(number: str, account: str, said: Mapping[str, Any], now: datetime) -> IdentityCheck:
    """The passport, and whichever of the two numbers the person gave."""
    registries = [PASSPORTS]
    registries += [INSURANCE] if said.get("snils") else []
    registries += [TAXES] if said.get("inn") else []
    if registries == [PASSPORTS]:
        raise InvalidForm([Problem("snils", "snils_or_inn")])
    return IdentityCheck(number, account, now, said, dict.fromkeys(registries, ASKED))


def replied(
    check: IdentityCheck, registry: str, outcome: str, fields: Sequence[str]
) -> IdentityCheck:
    """The first reply of each registry counts; one that was not asked is not heard."""
    if check.replies.get(registry) != ASKED:
        return check
    heard = {**check.replies, registry: outcome}
    return replace(check, replies=heard, differs=(*check.differs, *fields))


def known_already(check: IdentityCheck) -> IdentityCheck:
    """Somebody else has shown before that he is this person: an officer has to look."""
    heard = dict.fromkeys(check.replies, MISMATCHED)
    return replace(check, replies=heard, differs=(OTHER_ACCOUNT,))
