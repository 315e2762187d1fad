"""The pure part, per CPU second: deadlines, forms, decisions."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

from pydantic import BaseModel, create_model

from adapters import definitions
from adapters.calendars import calendar_for
from bench.table import Row, Target
from bench.timing import cpu_per_call
from casework.deadline import Length, Unit, due, prove
from casework.decision import assess
from casework.form import check_form, checked_form, digest, to_json
from casework.service import FieldType, FormField, ServiceDefinition
from local.office import SERVICE, form_of
from local.people import birth_certificate_for, person

REGION = "RU-MOW"
TODAY = date(2026, 3, 2)
TERM = Length(amount=30, unit=Unit.WORKING_DAYS)
AS_TYPED = {"snils": "100 000 001 10", "phone": "8 (916) 123-45-67", "passport": "4500 000002"}
INSTANTS = [datetime(2026, 1, 1, 9, tzinfo=UTC) + timedelta(days=n) for n in range(250)]


def rows() -> Iterator[Row]:
    yield from _deadlines()
    yield from _forms()


def _deadlines() -> Iterator[Row]:
    """`due` against the addition that it replaces; `prove` against naming its days and nothing."""
    calendar, received = calendar_for(REGION), cycle(INSTANTS)
    term = timedelta(days=30)
    counted, added = cpu_per_call(
        lambda: due(TERM, next(received), calendar), lambda: next(received) + term
    )
    yield _rate(
        "due(): 30 working days, no events",
        counted,
        added,
        "received + timedelta(days=30)",
        target=200_000,
    )
    days = range(len(prove(TERM, INSTANTS[0], calendar).ledger))
    proved, named = cpu_per_call(
        lambda: prove(TERM, next(received), calendar), lambda: _named_days(next(received), days)
    )
    yield _rate(
        "prove(): the same with its ledger",
        proved,
        named,
        f"a list of {len(days)} dates",
        target=20_000,
    )


def _named_days(received: datetime, days: Iterable[int]) -> list[date]:
    first = received.date()
    return [first + timedelta(days=n) for n in days]


def _forms() -> Iterator[Row]:
    """`check_form` against pydantic that checks types only, with no check digit or condition;
    `assess` against the one comparison of figures that decides most cases.

    The full form has everything that V1 can ask of one person at once: 23 values, and 25 more of
    three members of the family. The ordinary one is of somebody who lives alone: 18 values. Both
    are typed as people type; the same form is checked again and again, nothing of it is kept.
    """
    rules, form = definitions.rules(SERVICE, REGION), full_form()
    facts = checked_form(rules.service, form, TODAY)
    yield _checked("full form, 3 family members", rules.service, form)
    yield _checked("ordinary form, no family", rules.service, form_of(person(1, **AS_TYPED)))
    stored, floor = cpu_per_call(
        lambda: digest(to_json(facts)), lambda: json.dumps(form, ensure_ascii=False)
    )
    yield _rate("to_json() and digest() of the full form", stored, floor, "json.dumps alone")
    income, limit = facts["income"], Decimal("40000")
    assessed, compared = cpu_per_call(
        lambda: assess(rules.service, facts, {}, rules.parameters, TODAY),
        lambda: income / 12 / 4 <= limit,
    )
    yield _rate(
        "assess(): grounds, reasons, counterfactual",
        assessed,
        compared,
        "one comparison of Decimals",
    )


def _checked(what: str, service: ServiceDefinition, form: dict[str, Any]) -> Row:
    checked_form(service, form, TODAY)  # raises where the measured form has problems
    typed = _typed_model("Form", service.fields)
    ours, floor = cpu_per_call(
        lambda: check_form(service, form, TODAY), lambda: typed.model_validate(form)
    )
    note = "ours adds check digits, conditions, Russian names and phones"
    return _rate(
        f"check_form(): {what}", ours, floor, "pydantic, types only", target=20_000, note=note
    )


def full_form() -> dict[str, Any]:
    """Every field that can be asked at once, and three members of the family."""
    return form_of(
        person(1, **AS_TYPED),
        lives_at_registration=False,
        residence_address="г. Примерск, ул. Лесная, д. 2",
        category="disability_group_2",
        disability_proof="mse_certificate",
        mse_certificate_number="МСЭ-2026 0000001",
        emergency=True,
        emergency_story="Пожар в доме, жить негде",
        income="480000",
        wishes="Помощь на дому два раза в неделю",
        family=[
            _member(2, "spouse", "working", "02.11.1983", income="600000"),
            _member(
                3, "child", "student", "29.02.2024", birth_certificate=birth_certificate_for(3)
            ),
            _member(4, "parent", "pensioner", "09.05.1941", income="240000"),
        ],
    )


def _member(n: int, relationship: str, status: str, birth_date: str, **known: Any) -> dict:
    names = {name: person(n)[name] for name in ("last_name", "first_name", "patronymic")}
    return (
        names
        | {
            "relationship": relationship,
            "status": status,
            "birth_date": birth_date,
            "disabled": False,
            "income": "0",
        }
        | known
    )


def _typed_model(name: str, fields: Iterable[FormField]) -> type[BaseModel]:
    return create_model(
        name, **{field.name: (_python_type(field) | None, None) for field in fields}
    )


def _python_type(field: FormField) -> Any:
    if field.type is FieldType.GROUP:
        return list[_typed_model(field.name, field.fields)]
    types = {FieldType.MONEY: Decimal, FieldType.YES_NO: bool, FieldType.CONSENT: bool}
    return types.get(field.type, str)


def _rate(
    what: str, ours: float, floor: float, against: str, *, target: float | None = None, note=""
) -> Row:
    """A row per second, from CPU seconds of one call."""
    bound = Target("ours", "least", target) if target else None
    return Row(what, 1 / ours, "/s", 1 / floor, against, bound, note)
