"""What people type into a field of each type: right in many spellings, and wrong in one way.

`right(field)` is a strategy of raw values; `wrong(field, value)` lists what a slip of the finger or
of the mind makes of a right one, each with its name. Wrong by another reckoning than the product's:
digits are swapped only where the number that its generator gives for them is another.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from casework import example, icd10
from casework.application import number_from
from casework.service import FieldType, FormField

TODAY = date(2026, 4, 6)
LETTERS = "абвгдежзиклмнопрстуфхцчшэюяё"
COUNTERS = st.integers(0, 10**7)


# ---- right --------------------------------------------------------------------------------------


def right(field: FormField) -> st.SearchStrategy[Any] | None:
    """Raw values; None for a type whose values depend on others."""
    return RIGHT[field.type](field) if field.type in RIGHT else None


def _separated(number: Callable[[int], str]) -> Callable[[FormField], st.SearchStrategy[str]]:
    """The number as it is written, as its bare digits, or with spaces around and between."""
    written = COUNTERS.map(number)
    bare = written.map(lambda text: re.sub("[^0-9]", "", text))
    loose = bare.map(lambda digits: f" {digits[:4]} {digits[4:]}\u00a0")
    return lambda _: written | bare | loose


def _texts(field: FormField) -> st.SearchStrategy[str]:
    longest = min(int(field.at_most or 500), 60)
    alphabet = LETTERS + LETTERS.upper() + "0123456789.,-«»№ "
    sizes = {"min_size": max(field.at_least, 1), "max_size": longest}
    return st.text(alphabet, **sizes).filter(lambda t: len(t.strip()) >= max(field.at_least, 1))


def _days(first: date, last: date) -> st.SearchStrategy[str]:
    days = st.dates(first, last)
    return days.map(lambda day: f"{day:%d.%m.}{day.year:04}") | days.map(date.isoformat)


def _figures(field: FormField) -> st.SearchStrategy[Any]:
    at_most = 10**6 if field.at_most is None else int(field.at_most)
    whole = st.integers(field.at_least, max(field.at_least, at_most))
    exact = st.decimals(field.at_least, max(field.at_least, at_most), places=2)
    return whole | whole.map(str) | exact.map(lambda sum_: str(sum_).replace(".", ","))


_names = st.builds(
    lambda first, rest, second: (first.upper() + rest) + (f"-{second}" if second else ""),
    st.sampled_from(LETTERS),
    st.text(LETTERS, min_size=1, max_size=15),
    st.sampled_from(["", "Петрова", "оглы", "МАРИЯ"]),
)
_diagnoses = st.builds(
    lambda block, last, tail: (block[1] if last else block[0]) + tail,
    st.sampled_from(icd10.BLOCKS),
    st.booleans(),
    st.sampled_from(["", ".0", ".12", ",9"]),
)
_phones = COUNTERS.map(example.phone_for)

RIGHT: dict[FieldType, Callable[[FormField], st.SearchStrategy[Any]]] = {
    FieldType.TEXT: _texts,
    FieldType.NAME: lambda _: _names | _names.map(str.upper),
    FieldType.DATE: lambda _: _days(date(1900, 1, 1), TODAY),
    FieldType.DATE_AHEAD: lambda _: _days(TODAY, date(2036, 12, 31)),
    FieldType.SNILS: _separated(example.snils_for),
    FieldType.INN: _separated(example.inn_for),
    FieldType.INN_ORGANISATION: _separated(example.organisation_inn_for),
    FieldType.PASSPORT: _separated(example.passport_for),
    FieldType.BIRTH_CERTIFICATE: lambda _: COUNTERS.map(example.birth_certificate_for),
    FieldType.OMS_POLICY: _separated(example.oms_policy_for),
    FieldType.PHONE: lambda _: _phones | _phones.map(lambda p: f"8 ({p[2:5]}) {p[5:8]}-{p[8:]}"),
    FieldType.EMAIL: lambda _: COUNTERS.map(example.email_for),
    FieldType.POSTCODE: lambda _: COUNTERS.map(example.postcode_for),
    FieldType.ADDRESS: lambda _: COUNTERS.map(example.address_for),
    FieldType.ICD10: lambda _: _diagnoses | _diagnoses.map(str.lower),
    FieldType.BIC: _separated(example.bic_for),
    FieldType.NUMBER: _figures,
    FieldType.MONEY: _figures,
    FieldType.APPLICATION_NUMBER: _separated(number_from),
    FieldType.SLOT: lambda _: st.from_regex("[a-z0-9][a-z0-9.:_-]{0,40}", fullmatch=True),
    FieldType.CHOICE: lambda field: st.sampled_from(
        [word for option in field.options for word in (option.value, option.title)]
    ),
    FieldType.YES_NO: lambda _: st.sampled_from([True, False, "да", "нет", " Да"]),
    FieldType.CONSENT: lambda _: st.sampled_from([True, "да"]),
}


# ---- wrong --------------------------------------------------------------------------------------

Slip = tuple[str, Any]


def wrong(field: FormField, value: Any, *, bic: str | None = None) -> Iterator[Slip]:
    """(what went wrong, what was typed) for one field; `value` is right and typed as its document
    has it; `bic`: of an account, the bank's."""
    if field.required:
        yield from (("empty", ""), ("empty: spaces", " \t"), ("empty: null", None))
    if field.type is FieldType.GROUP:
        yield from _wrong_group(field, value)
        return
    yield "wrong type: a list", [value]
    yield "wrong type: an object", {"value": value}
    if field.type not in (FieldType.YES_NO, FieldType.CONSENT):
        yield "wrong type: yes", True
        text = str(value)
        yield "control character", f"{text[:1]}\x07{text[1:]}"
        yield "over-long", text * 600
    if field.type in DIGITS:
        yield from _wrong_digits(field, value)
    if field.type in AGAIN:
        yield from _swapped_digits(field.type, value, bic)
    yield from WRONG.get(field.type, lambda *_: ())(field, value)


def _wrong_group(field: FormField, members: list[Any]) -> Iterator[Slip]:
    yield "wrong type: a text", "двое детей"
    yield "wrong type: an object", {"1": members[0]}
    yield "too many", members[:1] * (int(field.at_most or 20) + 1)
    if field.at_least > 1:
        yield "too few", members[:1]


DIGITS = {
    FieldType.SNILS, FieldType.INN, FieldType.INN_ORGANISATION, FieldType.PASSPORT,
    FieldType.OMS_POLICY, FieldType.BIC, FieldType.BANK_ACCOUNT, FieldType.POSTCODE,
    FieldType.APPLICATION_NUMBER,
}  # fmt: skip


def _wrong_digits(field: FormField, value: str) -> Iterator[Slip]:
    yield "missing digit", value[:-1]
    yield "digit too many", f"{value}7"
    yield "a letter for a zero", f"{value[:-1]}О"
    yield "Arabic digit", f"{value[:-1]}\u0661"
    if field.type not in (FieldType.PASSPORT, FieldType.BIC, FieldType.POSTCODE):
        yield "last digit", f"{value[:-1]}{(int(value[-1]) + 1) % 10}"


AGAIN: dict[FieldType, tuple[int, int, Callable[[str, str | None], str]]] = {
    FieldType.SNILS: (1, 9, lambda d, _: example.snils_for(int(d[:9]) - 100_000_000)),
    FieldType.INN: (2, 10, lambda d, _: example.inn_for(int(d[2:10]))),
    FieldType.INN_ORGANISATION: (2, 9, lambda d, _: example.organisation_inn_for(int(d[2:9]))),
    FieldType.OMS_POLICY: (2, 15, lambda d, _: example.oms_policy_for(int(d[2:15]))),
    FieldType.BANK_ACCOUNT: (9, 20, lambda d, b: example.bank_account_for(int(d[9:]), b or "")),
    FieldType.APPLICATION_NUMBER: (0, 9, lambda d, _: number_from(int(d[:9]))),
}
"""First and last place of the digits that may be swapped, and the number those digits have."""


def _swapped_digits(type_: FieldType, value: str, bic: str | None) -> Iterator[Slip]:
    first, last, number_of = AGAIN[type_]
    digits = re.sub("[^0-9]", "", value)
    for place in range(first, last - 1):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if re.sub("[^0-9]", "", number_of(swapped, bic)) != swapped:
            yield "transposed digits", swapped
            return


def _wrong_name(_: FormField, value: str) -> Iterator[Slip]:
    yield "Latin look-alike", f"{value[:1]}a{value[1:]}"
    yield "a digit", f"{value}2"
    yield "two hyphens", f"{value}--{value}"
    yield "too long for a name", f"{value}{'а' * 60}"


def _wrong_day(_: FormField, __: str) -> Iterator[Slip]:
    yield "no such day", "31.02.2024"
    yield "slashes", "05/09/1987"
    yield "two digits of a year", "05.09.87"
    yield "another century", "05.09.1787"


def _wrong_past_day(field: FormField, value: str) -> Iterator[Slip]:
    yield from _wrong_day(field, value)
    yield "future date", f"{TODAY + timedelta(days=1):%d.%m.%Y}"


def _wrong_day_ahead(field: FormField, value: str) -> Iterator[Slip]:
    yield from _wrong_day(field, value)
    yield "past date", f"{TODAY - timedelta(days=1):%d.%m.%Y}"
    yield "far ahead", "01.01.2999"


def _wrong_figure(field: FormField, _: Any) -> Iterator[Slip]:
    yield "words", "сто"
    yield "three decimals", "1,234"
    yield "below the least", str(Decimal(field.at_least) - 1)
    yield "above the most", str((field.at_most or Decimal(10**9)) + 1)


def _wrong_phone(_: FormField, value: str) -> Iterator[Slip]:
    yield "missing digit", value[:-1]
    yield "foreign", "+380501234567"
    yield "with an extension", f"{value} доб. 12"
    yield "letters", "8-800-ПРИВЕТ"


def _wrong_email(_: FormField, value: str) -> Iterator[Slip]:
    yield "Cyrillic look-alike", value.replace("c", "с", 1)
    yield "Cyrillic look-alike after the @", value.replace("example", "exаmple")
    yield "no @", value.replace("@", " ")
    yield "two of them", f"{value}, {value}"


def _wrong_birth_certificate(_: FormField, value: str) -> Iterator[Slip]:
    numeral, rest = value.split("-")
    yield "missing digit", value[:-1]
    yield "Arabic numeral", f"4-{rest}"
    yield "Latin letters", f"{numeral}-ZW {value[-6:]}"


def _wrong_address(_: FormField, value: str) -> Iterator[Slip]:
    yield "Latin look-alike", value.replace("С", "C", 1)
    yield "no house", "г. Примерск, ул. Садовая"
    yield "no street", "д. 7, кв. 12"
    yield "nothing of it", "там же"


def _wrong_diagnosis(_: FormField, value: str) -> Iterator[Slip]:
    yield "missing digit", value[:2]
    yield "no such block", "A10"
    yield "Russian letter", f"Ф{value[1:]}"
    yield "words", "грипп"


def _wrong_choice(field: FormField, value: str) -> Iterator[Slip]:
    yield "foreign option", "king"
    yield "wrong case", value.upper()
    yield "two options", f"{value}, {value}"


WRONG: dict[FieldType, Callable[[FormField, Any], Iterator[Slip]]] = {
    FieldType.NAME: _wrong_name,
    FieldType.DATE: _wrong_past_day,
    FieldType.DATE_AHEAD: _wrong_day_ahead,
    FieldType.NUMBER: _wrong_figure,
    FieldType.MONEY: _wrong_figure,
    FieldType.PHONE: _wrong_phone,
    FieldType.EMAIL: _wrong_email,
    FieldType.BIRTH_CERTIFICATE: _wrong_birth_certificate,
    FieldType.ADDRESS: _wrong_address,
    FieldType.ICD10: _wrong_diagnosis,
    FieldType.CHOICE: _wrong_choice,
    FieldType.PASSPORT: lambda *_: iter([("zeros", "00 00 000000")]),
    FieldType.BIC: lambda _, value: iter([("of another country", f"1{value[1:]}")]),
    FieldType.POSTCODE: lambda *_: iter([("of another country", "720000")]),
    FieldType.BANK_ACCOUNT: lambda *_: iter([("the bank's own", "30101810400000000225")]),
    FieldType.SLOT: lambda *_: iter([("words", "завтра утром")]),
    FieldType.YES_NO: lambda *_: iter([("words", "может быть"), ("a number", 1)]),
    FieldType.CONSENT: lambda *_: iter([("no", False), ("no, in words", "нет")]),
}
