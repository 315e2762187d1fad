"""Invented people whose numbers are valid in form, so that nobody's real data is needed."""

from typing import Any

from casework.example import (
    bank_account_for,
    bic_for,
    birth_certificate_for,
    email_for,
    inn_for,
    key_holds,
    oms_policy_for,
    organisation_inn_for,
    passport_for,
    phone_for,
    postcode_for,
    snils_for,
)

__all__ = [
    "CHILD",
    "FATHER",
    "GRANDMOTHER",
    "LONELY_PENSIONER",
    "MOTHER",
    "bank_account_for",
    "bic_for",
    "birth_certificate_for",
    "correspondent_account_for",
    "email_for",
    "inn_for",
    "oms_policy_for",
    "organisation_inn_for",
    "passport_for",
    "person",
    "phone_for",
    "postcode_for",
    "snils_for",
]


def correspondent_account_for(n: int, bic: str) -> str:
    return next(
        account
        for key in range(10)
        if key_holds("0" + bic[4:6], account := f"30101810{key}{n % 10**11:011}")
    )


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
