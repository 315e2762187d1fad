"""Invented people whose numbers are valid in form, so that nobody's real data is needed.

The generators reckon check digits in ways of their own and share nothing with what they test,
`casework.identifiers`: a common mistake would otherwise go unseen. Each takes a counter `n` and
gives the canonical form; neighbouring `n` give different numbers.
"""

from itertools import cycle, islice
from typing import Any

CYRILLIC_SERIES = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯ"


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
        if _key_holds(bic[-3:], account := f"40817810{key}{n % 10**11:011}")
    )


def correspondent_account_for(n: int, bic: str) -> str:
    return next(
        account
        for key in range(10)
        if _key_holds("0" + bic[4:6], account := f"30101810{key}{n % 10**11:011}")
    )


def _key_holds(owner: str, account: str) -> bool:
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


def person(n: int, **known: Any) -> dict[str, Any]:
    """The n-th invented person; `known` replaces what the test is about."""
    return {
        "last_name": "Образцова",
        "first_name": "Мария",
        "patronymic": "Ивановна",
        "birth_date": "14.03.1985",
        "snils": snils_for(n),
        "inn": inn_for(n),
        "passport": passport_for(n),
        "phone": phone_for(n),
        "email": email_for(n),
        "address": "г. Примерск, ул. Садовая, д. 7, кв. 12",
        "postcode": postcode_for(n),
    } | known


MOTHER = person(1, last_name="Образцова", first_name="Мария", patronymic="Ивановна")
FATHER = person(
    2,
    last_name="Образцов",
    first_name="Пётр",
    patronymic="Алексеевич",
    birth_date="02.11.1983",
)
CHILD = {
    "last_name": "Образцов",
    "first_name": "Семён",
    "patronymic": "Петрович",
    "birth_date": "29.02.2024",
    "snils": snils_for(3),
    "birth_certificate": birth_certificate_for(3),
    "oms_policy": oms_policy_for(3),
    "address": MOTHER["address"],
    "postcode": MOTHER["postcode"],
}
GRANDMOTHER = person(
    4,
    last_name="Ёлкина-О'Коннор",
    first_name="Анна-Мария",
    patronymic="Рамиз кызы",
    birth_date="09.05.1941",
)
LONELY_PENSIONER = person(
    5,
    last_name="Неизвестный",
    first_name="Лев",
    patronymic="Саввич",
    birth_date="31.12.1950",
    address="с. Дальнее, ул. Речная, д. 1",
)
