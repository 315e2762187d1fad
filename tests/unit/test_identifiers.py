"""Single values as citizens type them: accepted in every usual spelling, refused with a reason."""

import datetime
import re
import tomllib
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework import identifiers
from casework.application import number_from
from casework.errors import InvalidValue
from local import people

PROJECT = Path(__file__).parents[2]
PROBLEMS = tomllib.loads((PROJECT / "services/texts/problems.toml").read_text())

BANK_BIC = "044525225"
TREASURY_BIC = "004525988"

PARSERS: dict[str, Callable[[str], Any]] = {
    "snils": identifiers.snils,
    "inn_person": identifiers.inn_person,
    "inn_organisation": identifiers.inn_organisation,
    "passport": identifiers.passport,
    "birth_certificate": identifiers.birth_certificate,
    "oms_policy": identifiers.oms_policy,
    "bic": identifiers.bic,
    "bank_account": lambda text: identifiers.bank_account(text, bic=BANK_BIC),
    "correspondent_account": lambda text: identifiers.correspondent_account(text, bic=BANK_BIC),
    "phone": identifiers.phone,
    "email": identifiers.email,
    "postcode": identifiers.postcode,
    "icd10": identifiers.icd10,
    "name": identifiers.name,
    "date": lambda text: identifiers.date(text, latest=datetime.date(2100, 1, 1)),
    "money": identifiers.money,
    "salary": lambda text: identifiers.money(text, at_least=Decimal(1000), at_most=Decimal(2000)),
    "number": lambda text: identifiers.number(text, at_most=Decimal(100)),
    "address": identifiers.address,
    "application_number": identifiers.application_number,
    "slot": identifiers.slot,
}

GENERATORS: dict[str, Callable[[int], str]] = {
    "snils": people.snils_for,
    "inn_person": people.inn_for,
    "inn_organisation": people.organisation_inn_for,
    "passport": people.passport_for,
    "birth_certificate": people.birth_certificate_for,
    "oms_policy": people.oms_policy_for,
    "bic": people.bic_for,
    "bank_account": lambda n: people.bank_account_for(n, BANK_BIC),
    "correspondent_account": lambda n: people.correspondent_account_for(n, BANK_BIC),
    "phone": people.phone_for,
    "email": people.email_for,
    "postcode": people.postcode_for,
    "application_number": number_from,
}

ACCEPTED = [
    ("snils", "112-233-445 95", "112-233-445 95"),
    ("snils", "11223344595", "112-233-445 95"),
    ("snils", "  112 233 445\u00a095 ", "112-233-445 95"),
    ("snils", "112–233–445–95", "112-233-445 95"),
    ("snils", "\u200b112-233-445\u00ad 95\ufeff", "112-233-445 95"),
    ("snils", "001-001-998 42", "001-001-998 42"),  # issued before check digits
    ("snils", "001-001-999 65", "001-001-999 65"),
    ("inn_person", "500100732259", "500100732259"),
    ("inn_person", "5001 0073 2259", "500100732259"),
    ("inn_organisation", "7707083893", "7707083893"),
    ("passport", "4503123456", "45 03 123456"),
    ("passport", "45 03 № 123456", "45 03 123456"),
    ("birth_certificate", "IV-МЮ 123456", "IV-МЮ 123456"),
    ("birth_certificate", "iv-мю №123456", "IV-МЮ 123456"),
    ("birth_certificate", "IVМЮ123456", "IV-МЮ 123456"),
    ("birth_certificate", "ІУ-МЮ 123456", "IV-МЮ 123456"),  # Ukrainian І and Russian У
    ("birth_certificate", "ХІІ-МЮ 123456", "XII-МЮ 123456"),  # Russian Х
    ("birth_certificate", "I-AK 123456", "I-АК 123456"),  # Latin A and K
    ("oms_policy", "7700 0000 0000 0008", "7700000000000008"),
    ("bic", "044525225", "044525225"),
    ("bank_account", "40817 810 3 00000123456", "40817810300000123456"),
    ("correspondent_account", "30101810400000000225", "30101810400000000225"),
    ("phone", "+79161234567", "+79161234567"),
    ("phone", "8 (916) 123-45-67", "+79161234567"),
    ("phone", "9161234567", "+79161234567"),
    ("phone", "8.495.123.45.67", "+74951234567"),
    ("email", "Ivan.Petrov@Example.COM", "Ivan.Petrov@example.com"),
    ("email", "ivan@почта.рф", "ivan@почта.рф"),
    ("postcode", "101000", "101000"),
    ("postcode", "690 091", "690091"),
    ("icd10", "F20.0", "F20.0"),
    ("icd10", "f20,0", "F20.0"),
    ("icd10", "М54.16", "M54.16"),  # Russian М
    ("icd10", "U07.1", "U07.1"),
    ("name", "Иванов", "Иванов"),
    ("name", "ИВАНОВА-ПЕТРОВА", "Иванова-Петрова"),
    ("name", "иванова – петрова", "Иванова-Петрова"),
    ("name", "ёлкин", "Ёлкин"),
    ("name", "Пе\u0308тр", "Пётр"),  # as a Mac types ё
    ("name", "О’КОННОР", "О'Коннор"),
    ("name", "ЛУК`ЯНОВ", "Лук'янов"),
    ("name", "Лук'янов", "Лук'янов"),
    ("name", "МакГрегор", "МакГрегор"),
    ("name", "иВАНОВ", "Иванов"),
    ("name", "рамиз оглы", "Рамиз оглы"),
    ("name", "Рамиз Оглы", "Рамиз Оглы"),
    ("name", "фон дер БЕРГ", "фон дер Берг"),
    ("name", "ван", "Ван"),
    ("name", "О", "О"),
    ("date", "05.09.1987", datetime.date(1987, 9, 5)),
    ("date", "5.9.1987", datetime.date(1987, 9, 5)),
    ("date", "1987-09-05", datetime.date(1987, 9, 5)),
    ("date", "29.02.2024", datetime.date(2024, 2, 29)),
    ("money", "12 345,67", Decimal("12345.67")),
    ("money", "12\u202f345,67 ₽", Decimal("12345.67")),
    ("money", "12345.67", Decimal("12345.67")),
    ("money", "12345,6 руб.", Decimal("12345.60")),
    ("money", "0", Decimal("0.00")),
    ("salary", "1000", Decimal(1000)),
    ("salary", "2 000,00", Decimal(2000)),
    ("number", "3", Decimal(3)),
    ("number", " 2,5 ", Decimal("2.5")),
    ("number", "007", Decimal(7)),
    ("number", "100", Decimal(100)),
    ("address", "г. Примерск, ул. Садовая, д. 7", "г. Примерск, ул. Садовая, д. 7"),
    ("address", "г. Примерск,\nул.\u00a0Садовая,\tд. 7", "г. Примерск, ул. Садовая, д. 7"),
    ("address", "Примерск, Садовая 7-12", "Примерск, Садовая 7-12"),
    ("address", "Садовая, 7", "Садовая, 7"),
    ("address", "ул. 8 Марта, 12, кв. 5", "ул. 8 Марта, 12, кв. 5"),
    ("address", "ул. 8 Марта 12", "ул. 8 Марта 12"),
    ("address", "3-я Парковая ул., дом 14А корп 2", "3-я Парковая ул., дом 14А корп 2"),
    ("address", "мкр. 5, д. 3, пос. Дальний", "мкр. 5, д. 3, пос. Дальний"),
    ("address", "с. Дальнее, д. 1", "с. Дальнее, д. 1"),
    ("address", "дер. Лесная, д. б/н", "дер. Лесная, д. б/н"),
    ("address", "СНТ «Ромашка», уч. 15", "СНТ «Ромашка», уч. 15"),
    ("address", "ул. XXII Партсъезда, д. 7 лит. A", "ул. XXII Партсъезда, д. 7 лит. A"),
    ("application_number", "1234567894", "123-456-7894"),
    ("application_number", " 123 456–7894", "123-456-7894"),
    ("slot", "slot-1", "slot-1"),
    ("slot", " clinic-7:2026-03-02:09.30 ", "clinic-7:2026-03-02:09.30"),
]

REFUSED = [
    ("snils", "", "required", {}),
    ("snils", " \u200b\u00a0", "required", {}),
    ("snils", "1" * 201, "too_long", {"at_most": 200}),
    ("snils", "112-233\x00-445 95", "control_characters", {"found": "U+0000"}),
    ("snils", "112-233\n-445 95", "control_characters", {"found": "U+000A"}),
    ("name", "Иван\ud800", "control_characters", {"found": "U+D800"}),
    ("snils", "１12-233-445 95", "unusual_digits", {"found": "«１»"}),
    ("snils", "١١2-233-445 95", "unusual_digits", {"found": "«١»"}),
    ("snils", "112-233-445 9O", "only_digits", {"found": "«O»"}),
    ("snils", "112-233-445", "snils_format", {"digits": 11, "found": 9}),
    ("snils", "112-233-445 96", "snils_check_digits", {}),
    ("snils", "001-001-999 66", "snils_check_digits", {}),  # the first with check digits: 65
    ("snils", "000-000-000 00", "snils_check_digits", {}),
    ("inn_person", "7707083893", "inn_person_format", {"digits": 12, "found": 10}),
    ("inn_person", "500100732258", "inn_check_digits", {}),
    ("inn_person", "500100732269", "inn_check_digits", {}),
    ("inn_person", "000000000000", "inn_check_digits", {}),
    ("inn_organisation", "500100732259", "inn_organisation_format", {"digits": 10, "found": 12}),
    ("inn_organisation", "7707083894", "inn_check_digits", {}),
    ("passport", "45 03 12345", "passport_format", {"digits": 10, "found": 9}),
    ("passport", "00 03 123456", "passport_zeros", {}),
    ("passport", "45 03 000000", "passport_zeros", {}),
    ("birth_certificate", "IV-МЮ 12345", "birth_certificate_format", {}),
    ("birth_certificate", "МЮ 123456", "birth_certificate_format", {}),
    ("birth_certificate", "IV-ZЮ 123456", "birth_certificate_format", {}),
    ("birth_certificate", "4-МЮ 123456", "birth_certificate_series", {"found": "4"}),
    ("birth_certificate", "IIII-МЮ 123456", "birth_certificate_series", {"found": "IIII"}),
    ("birth_certificate", "lV-МЮ 123456", "birth_certificate_series", {"found": "lV"}),
    ("oms_policy", "770000000000001", "oms_policy_format", {"digits": 16, "found": 15}),
    ("oms_policy", "7700000000000003", "oms_policy_check_digit", {}),
    ("oms_policy", "0" * 16, "oms_policy_check_digit", {}),
    ("bic", "04452522", "bic_format", {"digits": 9, "found": 8}),
    ("bic", "144525225", "bic_not_russian", {}),
    ("bank_account", "4081781", "bank_account_format", {"digits": 20, "found": 7}),
    ("bank_account", "30101810400000000225", "bank_account_of_the_bank", {}),
    ("bank_account", "40817810000000000000", "bank_account_check_digit", {}),
    ("correspondent_account", "40817810000000000000", "correspondent_account_start", {}),
    ("correspondent_account", "30101810500000000225", "bank_account_check_digit", {}),
    ("phone", "+7 701 123-45-67", "phone_not_russian", {}),  # Kazakhstan
    ("phone", "8 (701) 123-45-67", "phone_not_russian", {}),
    ("phone", "+380 50 123-45-67", "phone_not_russian", {}),
    ("phone", "+7 916 123-45-6", "phone_format", {}),
    ("phone", "8-800-FLOWERS", "phone_format", {}),
    ("phone", "+79161234567 доб. 5", "phone_format", {}),
    ("phone", "+", "phone_format", {}),
    ("email", "ivan", "email_format", {}),
    ("email", "ivan@localhost", "email_format", {}),
    ("email", "Ivan <ivan@example.com>", "email_format", {}),
    ("email", "ivan@[192.0.2.1]", "email_format", {}),
    ("email", "ivаn@example.com", "email_cyrillic_letters", {"found": "«а»"}),
    ("email", "ivan@exаmple.com", "email_mixed_scripts", {"found": "exаmple.com"}),
    ("email", "ivan@mail.рф", "email_mixed_scripts", {"found": "mail.рф"}),
    ("email", "ivan@xn--mil-5cd.ru", "email_mixed_scripts", {"found": "аmil.ru"}),
    ("postcode", "10100", "postcode_format", {"digits": 6, "found": 5}),
    ("postcode", "100999", "postcode_unknown", {}),
    ("postcode", "720000", "postcode_unknown", {}),
    ("icd10", "F2", "icd10_format", {}),
    ("icd10", "F20.123", "icd10_format", {}),
    ("icd10", "Ф20.0", "icd10_russian_letter", {"found": "Ф"}),
    ("icd10", "Г80", "icd10_russian_letter", {"found": "Г"}),
    ("icd10", "D49", "icd10_unknown", {"found": "D49"}),
    ("icd10", "A10", "icd10_unknown", {"found": "A10"}),  # in the chapter, in no block
    ("icd10", "E91.0", "icd10_unknown", {"found": "E91"}),
    ("name", "Ивaнoв", "name_latin_letters", {"found": "«a», «o»"}),
    ("name", "Иванов (Петров)", "name_characters", {"found": "«(», «)»"}),
    ("name", "Иванов2", "name_characters", {"found": "«2»"}),
    ("name", "Іванов", "name_characters", {"found": "«І»"}),  # Ukrainian І
    ("name", "Иванов--Петров", "name_separators", {}),
    ("name", "-Иванов", "name_separators", {}),
    ("name", "О'", "name_separators", {}),
    ("name", "я" * 61, "too_long", {"at_most": 60}),
    ("date", "05/09/1987", "date_format", {}),
    ("date", "05.09.87", "date_format", {}),
    ("date", "31.02.2026", "date_does_not_exist", {"found": "31.02.2026"}),
    ("date", "29.02.2026", "date_does_not_exist", {"found": "29.02.2026"}),
    ("date", "0000-01-01", "date_does_not_exist", {"found": "0000-01-01"}),
    ("date", "31.12.1899", "too_early", {"earliest": "01.01.1900"}),
    ("date", "02.01.2100", "too_late", {"latest": "01.01.2100"}),
    ("money", "1_000", "money_format", {}),
    ("money", "1e5", "money_format", {}),
    ("money", "12 34,00", "money_format", {}),
    ("money", "12.345,67", "money_format", {}),
    ("money", "12,345", "money_decimals", {}),
    ("money", "−5", "money_negative", {}),
    ("money", "1000000000,01", "money_too_much", {"at_most": "1 000 000 000"}),
    ("money", "9" * 200, "money_too_much", {"at_most": "1 000 000 000"}),
    ("salary", "999,99", "money_too_little", {"at_least": "1 000"}),
    ("salary", "2000,01", "money_too_much", {"at_most": "2 000"}),
    ("number", "три", "number_format", {}),
    ("number", "1,234", "number_format", {}),
    ("number", "1/2", "number_format", {}),
    ("number", "-1", "number_too_little", {"at_least": "0"}),
    ("number", "−1", "number_too_little", {"at_least": "0"}),
    ("number", "100,01", "number_too_much", {"at_most": "100"}),
    ("address", "", "required", {}),
    ("address", "г. Примерск, ул. Садовая", "address_no_house", {}),
    ("address", "г. Примерск, ул. Садовая, кв. 12", "address_no_house", {}),
    ("address", "Примерск, ул. 8 Марта", "address_no_house", {}),
    ("address", "101000, г. Примерск, 3-я Парковая", "address_no_house", {}),
    ("address", "д. 7, кв. 12", "address_no_street", {}),
    ("address", "ул., д. 7", "address_no_street", {}),
    ("address", "12", "address_no_street_and_house", {}),
    ("address", "Sadovaya street 7", "address_no_street_and_house", {}),
    ("address", "Sadovaya street", "address_no_street_and_house", {}),
    ("address", "ул. Cадовая, д. 7", "address_mixed_letters", {"found": "«Cадовая»"}),
    ("address", "ул. Садовая, д. 7\x07", "control_characters", {"found": "U+0007"}),
    ("address", "я" * 301, "too_long", {"at_most": 300}),
    ("application_number", "123-456", "application_number_format", {"digits": 10, "found": 6}),
    ("application_number", "123-456-7895", "application_number_check_digit", {}),
    ("application_number", "132-456-7894", "application_number_check_digit", {}),
    ("slot", "завтра в девять", "slot_format", {}),
    ("slot", "-slot", "slot_format", {}),
    ("slot", "a" * 81, "slot_format", {}),
]

of_every_kind = pytest.mark.parametrize("kind", sorted(PARSERS))
of_every_number = pytest.mark.parametrize("kind", sorted(GENERATORS))
counters = st.integers(min_value=0, max_value=10**13)
steady = settings(deadline=None)
few = settings(steady, max_examples=60)


def refusal(kind: str, text: str) -> InvalidValue:
    with pytest.raises(InvalidValue) as caught:
        PARSERS[kind](text)
    return caught.value


@pytest.mark.parametrize(("kind", "typed", "canonical"), ACCEPTED)
def test_every_usual_spelling_is_accepted(kind: str, typed: str, canonical: Any) -> None:
    assert PARSERS[kind](typed) == canonical


@pytest.mark.parametrize(("kind", "typed", "code", "details"), REFUSED)
def test_a_wrong_value_is_refused_with_its_reason(
    kind: str, typed: str, code: str, details: dict[str, Any]
) -> None:
    error = refusal(kind, typed)
    assert (error.code, error.details) == (code, details)


# What the numbers promise


@of_every_number
@given(n=counters)
@few
def test_a_number_made_by_another_reckoning_is_accepted_as_it_is(kind: str, n: int) -> None:
    number = GENERATORS[kind](n)
    assert PARSERS[kind](number) == number


@of_every_number
@given(n=counters)
@few
def test_separators_and_invisible_characters_change_nothing(kind: str, n: int) -> None:
    number = GENERATORS[kind](n)
    assert PARSERS[kind](f"\u00a0\u200e{number}\ufeff\t") == number
    if kind not in {"email", "phone", "birth_certificate"}:
        digits = re.sub("[^0-9]", "", number)
        assert PARSERS[kind](digits) == PARSERS[kind]("-".join(digits)) == number


def changed_digit(number: str, place: int, shift: int) -> str:
    return f"{number[:place]}{(int(number[place]) + shift) % 10}{number[place + 1 :]}"


def swapped(number: str, place: int) -> str:
    return number[:place] + number[place + 1] + number[place] + number[place + 2 :]


@given(counters, st.integers(0, 10), st.integers(1, 9))
@steady
def test_one_wrong_digit_of_a_snils_is_caught(n: int, place: int, shift: int) -> None:
    digits = re.sub("[^0-9]", "", people.snils_for(n))
    mistyped = changed_digit(digits, place, shift)
    assume(digits[9:] != "00")  # 00 stands for two remainders, so it promises less
    assume(int(mistyped[:9]) > 1_001_998)
    assert refusal("snils", mistyped).code == "snils_check_digits"


@given(counters, st.integers(0, 7))
@steady
def test_two_swapped_digits_of_a_snils_are_caught(n: int, place: int) -> None:
    digits = re.sub("[^0-9]", "", people.snils_for(n))
    mistyped = swapped(digits, place)
    assume(digits[9:] != "00")
    assume(mistyped != digits and int(mistyped[:9]) > 1_001_998)
    assert refusal("snils", mistyped).code == "snils_check_digits"


@given(counters, st.integers(0, 11), st.integers(1, 9))
@steady
def test_one_wrong_digit_of_an_inn_is_caught(n: int, place: int, shift: int) -> None:
    number = people.inn_for(n)
    assume("0" not in number[10:])  # 0 stands for two remainders
    assert refusal("inn_person", changed_digit(number, place, shift)).code == "inn_check_digits"


@given(counters, st.integers(0, 8))
@steady
def test_two_swapped_digits_of_an_inn_are_caught(n: int, place: int) -> None:
    number = people.inn_for(n)
    assume("0" not in number[10:] and number[place] != number[place + 1])
    assert refusal("inn_person", swapped(number, place)).code == "inn_check_digits"


@given(counters, st.integers(0, 9), st.integers(1, 9))
@steady
def test_one_wrong_digit_of_an_organisations_inn_is_caught(n: int, place: int, shift: int) -> None:
    number = people.organisation_inn_for(n)
    assume(number[9] != "0")
    mistyped = changed_digit(number, place, shift)
    assert refusal("inn_organisation", mistyped).code == "inn_check_digits"


@given(counters, st.integers(0, 15), st.integers(1, 9))
@steady
def test_one_wrong_digit_of_a_policy_is_caught(n: int, place: int, shift: int) -> None:
    mistyped = changed_digit(people.oms_policy_for(n), place, shift)
    assert refusal("oms_policy", mistyped).code == "oms_policy_check_digit"


@given(counters, st.integers(0, 14))
@steady
def test_two_swapped_digits_of_a_policy_are_caught(n: int, place: int) -> None:
    number = people.oms_policy_for(n)
    assume(number[place] != number[place + 1])
    assume({number[place], number[place + 1]} != {"0", "9"})  # the one pair that Luhn lets pass
    assert refusal("oms_policy", swapped(number, place)).code == "oms_policy_check_digit"


@given(counters, st.integers(5, 19), st.integers(1, 9))
@steady
def test_one_wrong_digit_of_an_account_is_caught(n: int, place: int, shift: int) -> None:
    mistyped = changed_digit(people.bank_account_for(n, BANK_BIC), place, shift)
    assert refusal("bank_account", mistyped).code == "bank_account_check_digit"


@given(counters, st.integers(6, 8), st.integers(1, 9))
@steady
def test_an_account_does_not_fit_another_bank(n: int, place: int, shift: int) -> None:
    account = people.bank_account_for(n, BANK_BIC)
    with pytest.raises(InvalidValue, match="bank_account_check_digit"):
        identifiers.bank_account(account, bic=changed_digit(BANK_BIC, place, shift))


def test_an_account_is_checked_for_its_form_while_the_bank_is_unknown() -> None:
    assert identifiers.bank_account("40817810000000000000") == "40817810000000000000"


def test_a_treasury_account_has_no_check_digit() -> None:
    for last in "0123456789":
        account = f"0310064300000001730{last}"
        assert identifiers.bank_account(account, bic=TREASURY_BIC) == account


def test_the_single_treasury_account_is_checked_as_a_correspondent_one() -> None:
    account = "40102810545370000003"
    assert identifiers.correspondent_account(account, bic=TREASURY_BIC) == account
    with pytest.raises(InvalidValue, match="bank_account_check_digit"):
        identifiers.correspondent_account(changed_digit(account, 8, 1), bic=TREASURY_BIC)


# The short ways


SHORT_WAYS = [name for name in vars(identifiers) if name.startswith("_ORDINARY_")]
NEVER = re.compile("(?!)")

ordinary = st.one_of(
    st.sampled_from([typed for _, typed, _ in ACCEPTED] + [typed for _, typed, _, _ in REFUSED]),
    st.from_regex(r"(\+7|8) ?\(?9[0-9]{2}\)? ?[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}", fullmatch=True),
    st.from_regex(
        r"[A-Za-z0-9_]{1,9}([.+-][a-z_]{1,5}){0,2}@([a-z0-9]{1,9}(-[a-z0-9]{1,5})?\.){1,3}(ru|com|org|net|su)",
        fullmatch=True,
    ),
    st.from_regex("[А-ЯЁ][а-яё]{0,9}([ -][А-Яа-яё]{1,9})?", fullmatch=True),
    st.from_regex("[IVXLC]{0,6}-[А-Я]{2} [0-9]{6}", fullmatch=True),
    st.from_regex(r"[0-9]{2}\.[0-9]{2}\.[0-9]{4}", fullmatch=True),
    st.text("0123456789 -", max_size=45),
    st.text("АБВабвёй A-z№«», .\u0306\u00a0", max_size=20),
)


def told_of(kind: str, text: str) -> Any:
    try:
        return PARSERS[kind](text)
    except InvalidValue as error:
        return error.code, error.details


def test_a_number_that_nobody_has_is_none_the_short_way_either() -> None:
    with pytest.raises(InvalidValue, match="phone_format"):
        identifiers.phone("+7 930 000-00-00")


@of_every_kind
@given(text=ordinary)
@settings(deadline=None, max_examples=200)
def test_a_short_way_leads_to_the_same_end(kind: str, text: str) -> None:
    quickly = told_of(kind, text)
    with pytest.MonkeyPatch.context() as patch:
        for name in SHORT_WAYS:
            patch.setattr(identifiers, name, NEVER)
        assert told_of(kind, text) == quickly


def test_there_are_short_ways_to_compare() -> None:
    assert len(SHORT_WAYS) == 7


# What holds of any text

numerals = st.text("0123456789IVXАМЮа-яivx №.,@+()'₽\u200b\u00a0", max_size=30)
russian = st.text("АБВЁбвёоглы -'’", max_size=30)
anything = st.one_of(st.text(max_size=300), numerals, russian)


@of_every_kind
@given(text=anything)
@few
def test_any_text_is_parsed_or_refused_and_what_is_parsed_stays_as_it_is(
    kind: str, text: str
) -> None:
    try:
        value = PARSERS[kind](text)
    except InvalidValue as error:
        told(error)
    else:
        assert PARSERS[kind](str(value)) == value


@given(st.dates(identifiers.EARLIEST_DATE))
@steady
def test_every_day_is_read_in_both_spellings(day: datetime.date) -> None:
    assert identifiers.date(f"{day:%d.%m}.{day.year:04}") == identifiers.date(str(day)) == day


@given(st.decimals(0, identifiers.LARGEST_SUM, places=2))
@steady
def test_every_sum_is_read_as_people_and_programs_write_it(amount: Decimal) -> None:
    as_people_do = f"{amount:,.2f}".replace(",", " ").replace(".", ",")
    assert identifiers.money(as_people_do) == identifiers.money(str(amount)) == amount


@given(russian)
@steady
def test_a_name_keeps_its_letters_whatever_its_capitals(text: str) -> None:
    try:
        name = identifiers.name(text)
    except InvalidValue:
        return
    letters = re.sub("[^а-яё]", "", text.lower())
    assert re.sub("[^а-яё]", "", name.lower()) == letters


@pytest.mark.parametrize(
    "someone",
    [people.MOTHER, people.FATHER, people.CHILD, people.GRANDMOTHER, people.LONELY_PENSIONER],
)
def test_the_invented_people_are_valid_as_they_are(someone: dict[str, Any]) -> None:
    for field, value in someone.items():
        kind = {"inn": "inn_person", "birth_date": "date"}.get(field, field)
        if field.endswith(("_name", "patronymic")):
            assert identifiers.name(value) == value
        elif kind == "date":
            assert f"{identifiers.date(value):%d.%m.%Y}" == value
        elif kind in PARSERS:
            assert PARSERS[kind](value) == value


# The texts


def told(error: InvalidValue) -> list[str]:
    """The texts of a refusal in all languages; fails if one is missing or lacks a detail."""
    return [PROBLEMS[error.code][language].format(**error.details) for language in ("ru", "en")]


@pytest.mark.parametrize(("kind", "typed", "code", "details"), REFUSED)
def test_every_refusal_is_told_in_russian_and_english(
    kind: str, typed: str, code: str, details: dict[str, Any]
) -> None:
    for text in told(InvalidValue(code, **details)):
        assert text
        assert "{" not in text


def test_every_code_in_the_module_is_refused_here_once() -> None:
    source = Path(identifiers.__file__).read_text()
    raised = set(re.findall(r'InvalidValue\("([a-z_0-9]+)"', source))
    raised |= set(re.findall(r'_digits\(text, \d+, "([a-z_0-9]+)"', source))
    assert raised == {code for _, _, code, _ in REFUSED}


@pytest.mark.parametrize("code", sorted(PROBLEMS))
def test_every_text_is_whole(code: str) -> None:
    assert set(PROBLEMS[code]) == {"ru", "en"}
    for text in PROBLEMS[code].values():
        assert text == text.strip()
        assert text.endswith(".")
    assert re.search("[а-я]", PROBLEMS[code]["ru"])
    assert not re.search("[А-я]", re.sub("IV-МЮ", "", PROBLEMS[code]["en"]))
