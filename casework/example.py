"""Example forms: what an invented person would type into the form of any service.

The batch template shows one as its example row, and the tests start from them. Nobody's real data
is needed: the numbers are valid in form only.

The generators reckon check digits in ways of their own and share nothing with what they are
checked by, `casework.identifiers`: a common mistake would otherwise go unseen. Each takes a counter
`n` and gives the canonical form; neighbouring `n` give different numbers.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import cycle, islice
from typing import Any, NamedTuple

from casework import form
from casework.application import number_from
from casework.condition import Condition, holds
from casework.service import FieldType, FormField, ServiceDefinition

CYRILLIC_SERIES = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯ"

WOMEN = (
    ("Образцова", "Мария", "Ивановна"),
    ("Примерова", "Анна", "Сергеевна"),
    ("Выдумкина", "Ольга", "Петровна"),
    ("Ёлкина", "Алёна", "Юрьевна"),
)
MEN = (
    ("Образцов", "Пётр", "Алексеевич"),
    ("Примеров", "Семён", "Ильич"),
    ("Выдумкин", "Лев", "Фёдорович"),
    ("Ёлкин", "Артём", "Николаевич"),
)


def example_form(
    service: ServiceDefinition,
    today: date,
    *,
    seed: int = 1,
    optional: bool = False,
    **chosen: Any,
) -> dict[str, Any]:
    """A valid form as it would be typed: texts, booleans, lists of dicts; the same for a `seed`.

    It has every required field that is asked (with `optional`, the others too). `chosen` says the
    values of fields by name, and what is asked follows from them; None leaves a field out. Of a
    group it may say the number of members, or what is known of each: the rest is made up.

    Raises ValueError for a chosen field that the service does not have.
    """
    if unknown := sorted(chosen.keys() - {field.name for field in service.fields}):
        raise ValueError(f"{service.id} has no fields {', '.join(unknown)}")
    return _filled(service.fields, chosen, _Maker(today, seed, optional))


class _Maker(NamedTuple):
    """`group` and `member` say whose fields are being filled: "" and 0 for the applicant's."""

    today: date
    seed: int
    optional: bool
    group: str = ""
    member: int = 0

    def counter(self, whose: str) -> int:
        """The counter of the numbers of one person: the applicant's is the seed itself."""
        if not (whose or self.member):
            return self.seed
        told = f"{self.group}.{self.member}.{whose}".encode()
        return self.seed + 10_000 + zlib.crc32(told) % 1_000_000


def _filled(
    fields: tuple[FormField, ...], chosen: Mapping[str, Any], maker: _Maker
) -> dict[str, Any]:
    raw: dict[str, Any] = {}
    facts: dict[str, Any] = {}
    for field in fields:
        if field.name in chosen:
            value = chosen[field.name]
            if field.type is FieldType.GROUP:
                value = _members(field, value, maker)
        elif (field.required or maker.optional) and holds(field.when, facts):
            value = _made_up(_Asked(field, fields, raw, maker))
        else:
            continue
        if value is None:
            continue
        raw[field.name] = value
        facts |= form.checked_value(field, value, facts, maker.today)
    return raw


def _members(field: FormField, known: Any, maker: _Maker) -> Any:
    """`known`: how many, or what is known of each; what is neither stays as it is."""
    if isinstance(known, int):
        known = [{}] * known
    if not isinstance(known, list):
        return known
    return [
        _filled(field.fields, member, maker._replace(group=field.name, member=place))
        if isinstance(member, Mapping)
        else member
        for place, member in enumerate(known, start=1)
    ]


_PARTS_OF_A_PERSON = (
    *("last_name", "first_name", "patronymic", "birth_date", "snils", "inn", "passport"),
    *("birth_certificate", "policy", "phone", "email", "postcode", "sex", "birth_place"),
)


class _Asked(NamedTuple):
    """A field to fill in, among the fields of its form, with what is typed already."""

    field: FormField
    fields: tuple[FormField, ...]
    raw: Mapping[str, Any]
    maker: _Maker

    @property
    def whose(self) -> str:
        """Whom the field tells of: "child_snils" -> "child", "snils" -> "" (the applicant)."""
        name = self.field.name
        part = next((part for part in _PARTS_OF_A_PERSON if name.endswith(part)), "")
        return name.removesuffix(part).rstrip("_") if part else ""

    @property
    def n(self) -> int:
        return self.maker.counter(self.whose)


def _made_up(asked: _Asked) -> Any:
    make = _MADE_UP.get(asked.field.type)
    return make(asked) if make else _NUMBERS[asked.field.type](asked.n)


def _answer_that_asks_least(asked: _Asked) -> bool:
    """Yes, when a "no" asks for more and a "yes" does not; else no."""
    conditions = (part for other in asked.fields for part in _parts(other.when))
    asking = {part.is_ for part in conditions if part.field == asked.field.name}
    return False in asking and True not in asking


def _parts(condition: Condition | None) -> Iterator[Condition]:
    if condition:
        yield condition
        for part in condition.parts():
            yield from _parts(part)


def _name(asked: _Asked) -> str:
    """One part of a name where the field says which, else the whole of it."""
    full = (MEN if asked.n % 2 == 0 else WOMEN)[asked.n // 2 % len(WOMEN)]
    part = asked.field.name.removeprefix(f"{asked.whose}_")
    place = {"last_name": 0, "first_name": 1, "patronymic": 2}.get(part)
    return " ".join(full) if place is None else full[place]


def _option(asked: _Asked) -> str:
    """The first; where it is the sex of a person, the one that the name has."""
    options = [option.value for option in asked.field.options]
    sex = "male" if asked.n % 2 == 0 else "female"
    return sex if sex in options else options[0]


def _figure(asked: _Asked) -> str:
    field = asked.field
    usual = 180_000 if field.type is FieldType.MONEY else 1
    at_most = usual if field.at_most is None else int(field.at_most)
    return str(max(field.at_least, min(usual, at_most)))


def _text(asked: _Asked) -> str:
    name = asked.field.name
    if "address" in name:
        text = address_for(asked.n)
    elif "number" in name:
        text = f"АБ-{asked.n % 10**6:06}"
    elif "place" in name:
        text = "г. Примерск"
    elif "issue" in name:
        text = "Отдел внутренних дел города Примерска"
    else:
        text = "Как записано в документах"
    return text[: int(asked.field.at_most or form.TEXT_AT_MOST)]


def _past_day(asked: _Asked) -> str:
    """A child is five, an adult thirty to fifty; any other day was some months ago."""
    name, n, (today, _, _, group, _) = asked.field.name, asked.n, asked.maker
    if "birth" not in name:
        return f"{today - timedelta(days=100 + n % 30):%d.%m.%Y}"
    said = [value for value in asked.raw.values() if isinstance(value, str)] if group else []
    age = 5 if any("child" in word for word in (group, name, *said)) else 30 + n % 20
    return f"{n % 28 + 1:02}.{n % 12 + 1:02}.{today.year - age}"


def _day_ahead(asked: _Asked) -> str:
    """In a month; what is valid until then, in three years."""
    days = 3 * 365 if "until" in asked.field.name else 30
    return f"{asked.maker.today + timedelta(days=days):%d.%m.%Y}"


def _account(asked: _Asked) -> str:
    bic = "".join(filter(str.isdigit, asked.raw.get(asked.field.bic) or bic_for(1)))
    return bank_account_for(asked.maker.counter(""), bic)


_MADE_UP: dict[FieldType, Callable[[_Asked], Any]] = {
    FieldType.GROUP: lambda asked: _members(asked.field, max(asked.field.at_least, 1), asked.maker),
    FieldType.YES_NO: _answer_that_asks_least,
    FieldType.CHOICE: _option,
    FieldType.BANK_ACCOUNT: _account,
    FieldType.NAME: _name,
    FieldType.NUMBER: _figure,
    FieldType.MONEY: _figure,
    FieldType.TEXT: _text,
    FieldType.DATE: _past_day,
    FieldType.DATE_AHEAD: _day_ahead,
}


# ---- numbers of people --------------------------------------------------------------------------


def snils_for(n: int) -> str:
    """n-th after 100-000-000; the rule as the pension fund words it, case by case."""
    number = f"{100_000_000 + n % 899_999_999:09}"
    total = sum(place * int(digit) for place, digit in enumerate(reversed(number), start=1))
    while total > 101:
        total -= 101
    check = "00" if total in (100, 101) else f"{total:02}"
    return f"{number[:3]}-{number[3:6]}-{number[6:]} {check}"


def inn_for(n: int) -> str:
    """The n-th person's INN of region 77."""
    body = f"77{n % 10**8:08}"
    first = _inn_check(body, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8])
    return body + first + _inn_check(body + first, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8])


def organisation_inn_for(n: int) -> str:
    body = f"77{n % 10**7:07}"
    return body + _inn_check(body, [2, 4, 10, 3, 5, 9, 4, 6, 8])


def _inn_check(body: str, weights: list[int]) -> str:
    remainder = sum(int(body[place]) * weights[place] for place in range(len(body))) % 11
    return "0" if remainder == 10 else str(remainder)


def passport_for(n: int) -> str:
    return f"45 {n // 999_999 % 27:02} {n % 999_999 + 1:06}"


def birth_certificate_for(n: int) -> str:
    letters = len(CYRILLIC_SERIES)
    first, second = CYRILLIC_SERIES[n // letters % letters], CYRILLIC_SERIES[n % letters]
    return f"{_roman(n % 39 + 1)}-{first}{second} {n % 10**6:06}"


def _roman(number: int) -> str:
    """1..39, by counting down from the largest sign."""
    signs = [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
    written = ""
    for value, sign in signs:
        while number >= value:
            written, number = written + sign, number - value
    return written


def oms_policy_for(n: int) -> str:
    """The check digit is found by trying all ten."""
    body = f"77{n % 10**13:013}"
    return next(f"{body}{digit}" for digit in range(10) if _luhn_holds(f"{body}{digit}"))


def _luhn_holds(digits: str) -> bool:
    doubled = {0: 0, 1: 2, 2: 4, 3: 6, 4: 8, 5: 1, 6: 3, 7: 5, 8: 7, 9: 9}
    values = [int(digit) for digit in digits]
    return (sum(values[1::2]) + sum(doubled[value] for value in values[0::2])) % 10 == 0


def bic_for(n: int) -> str:
    """A bank of Moscow; the last three digits are those of a client's bank, 050 and on."""
    return f"044525{n % 950 + 50:03}"


def bank_account_for(n: int, bic: str) -> str:
    """A person's account (40817) in rubles; the ninth digit is the key, found by trying all ten."""
    return next(
        account
        for key in range(10)
        if key_holds(bic[-3:], account := f"40817810{key}{n % 10**11:011}")
    )


def key_holds(owner: str, account: str) -> bool:
    """Whether the account has the key of its owner: the last digits of a BIC."""
    weights = islice(cycle((7, 1, 3)), 23)
    products = (int(d) * w for d, w in zip(owner + account, weights, strict=True))
    return sum(product % 10 for product in products) % 10 == 0


def phone_for(n: int) -> str:
    """A mobile number."""
    return f"+7916{n % 10**7:07}"


def email_for(n: int) -> str:
    return f"citizen.{n}@example.com"


def postcode_for(n: int) -> str:
    return f"{101_000 + n % 20_000:06}"


def address_for(n: int) -> str:
    return f"г. Примерск, ул. Садовая, д. {n % 99 + 1}, кв. {n % 200 + 1}"


def icd10_for(n: int) -> str:
    """Cerebral palsy, in one of its forms."""
    return f"G80.{n % 5}"


_NUMBERS = {
    FieldType.SNILS: snils_for,
    FieldType.INN: inn_for,
    FieldType.INN_ORGANISATION: organisation_inn_for,
    FieldType.PASSPORT: passport_for,
    FieldType.BIRTH_CERTIFICATE: birth_certificate_for,
    FieldType.OMS_POLICY: oms_policy_for,
    FieldType.PHONE: phone_for,
    FieldType.EMAIL: email_for,
    FieldType.POSTCODE: postcode_for,
    FieldType.ADDRESS: address_for,
    FieldType.ICD10: icd10_for,
    FieldType.BIC: bic_for,
    FieldType.APPLICATION_NUMBER: number_from,
    FieldType.SLOT: lambda n: f"slot-{n}",
    FieldType.CONSENT: lambda _: True,
}
