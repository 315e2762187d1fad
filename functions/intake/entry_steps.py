"""What the doors have in common: fields as they are typed, codes on their way, what is told of an
account."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from adapters import definitions
from adapters.one_time_codes import Confirmed, OneTimeCodes
from adapters.wording import account_message
from casework import identifiers, one_time_codes
from casework.accounts import Account
from casework.errors import InvalidForm, InvalidValue, NotAllowed, OporaError, Problem
from functions.intake.entry_wiring import flows, mail_codes, phone_codes, sms
from functions.intake.http import Request
from functions.intake.wiring import logger, settings

WORDS = "accounts"
PERSON: Mapping[str, Callable[[str], Any]] = {
    "last_name": identifiers.name,
    "first_name": identifiers.name,
    "patronymic": identifiers.name,
    "birth_date": lambda text: identifiers.date(text).isoformat(),
    "snils": identifiers.snils,
    "inn": identifiers.inn_person,
    "passport": identifiers.passport,
    "phone": identifiers.phone,
    "account_phone": identifiers.phone,
    "email": identifiers.email,
}
MAY_BE_EMPTY = frozenset({"patronymic", "snils", "inn", "account_phone"})


def link(path: str) -> str:
    return settings.cabinet_url + path


def titled(table: str, code: str, language: str) -> str:
    return definitions.texts(WORDS)[table][code][language]


def check_all(*checks: Callable[[], object]) -> None:
    """Raises InvalidForm with everything that any of them finds wrong."""
    problems: list[Problem] = []
    for check in checks:
        try:
            check()
        except InvalidForm as error:
            problems += error.problems
    if problems:
        raise InvalidForm(problems)


def check_consent(given: bool) -> None:
    if not given:
        raise InvalidForm([Problem("consents_to_processing", "consent_needed")])


def canonical(typed: Mapping[str, str]) -> dict[str, str]:
    """Every field in its one form; what is empty is left out. Raises InvalidForm with all that is
    wrong."""
    said, problems = {}, []
    for name, text in typed.items():
        if not text.strip() and name in MAY_BE_EMPTY:
            continue
        try:
            said[name] = PERSON[name](text)
        except InvalidValue as error:
            problems.append(Problem(name, error.code, error.details))
    if problems:
        raise InvalidForm(problems)
    return said


def checked_person(typed: Mapping[str, str], today: date) -> dict[str, str]:
    """The same of a person, who was born already and gives one of the two numbers."""
    check_all(lambda: canonical(typed), lambda: _check_numbers(typed))
    said = canonical(typed)
    if date.fromisoformat(said["birth_date"]) >= today:
        raise InvalidForm([Problem("birth_date", "in_the_future")])
    return said


def _check_numbers(typed: Mapping[str, str]) -> None:
    if not any(typed[name].strip() for name in ("snils", "inn")):
        raise InvalidForm([Problem("snils", "snils_or_inn")])


def login_of(typed: str) -> str | None:
    """A phone or an address in its one form, letters small, so that each is counted as one; None
    for what is neither."""
    try:
        return identifiers.email(typed).lower() if "@" in typed else identifiers.phone(typed)
    except InvalidValue:
        return None


# ---- codes --------------------------------------------------------------------------------------


def begin_flow(kind: str, told: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """`told`: `to`, where the code goes; `message`, in which words; `shown`, whether to say where;
    and whatever the flow itself needs."""
    flow = flows().begin(kind, told, request.now)
    return send_code(kind, flow, told, request)


def send_code(kind: str, flow: str, told: Mapping[str, Any], request: Request) -> dict[str, Any]:
    """The same steps whether there is an account or not: a message goes out in any case, only that
    without an account no code is in it."""

    def text_of(code: str) -> str:
        places = {"sign_up_known": "/sign-in", "recovery_unknown": "/sign-up"}
        place = places.get(told["message"], "/access")
        words = {"code": code, "link": link(place)}
        return account_message(told["message"], request.language, **words)

    sent = _codes(told["to"]).send(_confirmed(kind, told, flow), told["to"], text_of, request.now)
    shown = _masked(told["to"]) if told["shown"] else None
    return {"flow": flow, "sent_to": shown, **sent._asdict()}


def use_code(kind: str, flow: str, code: str, request: Request) -> dict[str, Any]:
    """What was told of the flow; its code is taken. The same code may come again with the same
    flow, for a browser that sends its form twice."""
    told = flows().find(kind, flow, request.now)
    digits = "".join(code.split())
    _codes(told["to"]).use(_confirmed(kind, told, flow), digits, request.now)
    if not told["known"]:
        raise NotAllowed("code_not_good")
    return told


def proven(kind: str, flow: str, request: Request) -> dict[str, Any]:
    """What was told of a flow whose code was entered."""
    told = flows().find(kind, flow, request.now)
    if not told.get("proven"):
        raise NotAllowed("code_not_yet")
    return told


def _codes(to: str) -> OneTimeCodes:
    return mail_codes() if "@" in to else phone_codes()


def _confirmed(kind: str, told: Mapping[str, Any], flow: str) -> Confirmed:
    """One code for all that is begun with one phone within minutes: who begins anew needs no other
    SMS."""
    return Confirmed.of(told["to"], kind, command=hashlib.sha256(flow.encode()).hexdigest())


def _masked(to: str) -> str:
    name, at, place = to.partition("@")
    return f"{name[0]}***@{place}" if at else one_time_codes.masked(to)


# ---- messages -----------------------------------------------------------------------------------


def tell(account: Account, message: str, request: Request, path: str = "/access") -> None:
    """By SMS. What was done is done, whether or not the message gets through."""
    try:
        sms().send(account.phone, account_message(message, request.language, link=link(path)))
    except OporaError:
        logger.warning("a message about an account was not sent", extra={"about": message})
