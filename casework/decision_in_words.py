"""What a decision compared with what, and from where, as people read it: on the decision's
paper and in the cabinet. Each takes a part of an assessment as it is kept (`actions.told`)."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from casework import plain_russian
from casework.fields import FieldType
from casework.measures import MeasureUnit, rubles
from casework.service import ServiceDefinition

DONE, NOT_DONE, NOT_TRIED = "Выполнено", "Не выполнено", "Не проверено"
_BOUNDS = {"at_most": "не больше", "at_least": "не меньше"}
_AGES = {"age_at_least": "не меньше {} лет", "age_under": "меньше {} лет"}
_SCHEDULES = {"monthly": "каждый месяц", "once": "один раз"}
_CITED = (
    (re.compile(r"seeds/\d+"), "описание услуги"),
    (re.compile(r"services/parameters/figures\.toml"), "таблица величин на день подачи"),
)

Words = dict[str, Any]


def rule_in_words(rule: Mapping[str, Any], service: ServiceDefinition) -> Words:
    """A rule that was tried: {title, verdict, why, figures, source}; `why` is empty where it holds.
    Of its figures those that tell why: {title, value, needed, working}."""
    verdict = DONE if rule["holds"] else NOT_DONE if rule["tried"] else NOT_TRIED
    return {
        "title": rule["title"],
        "verdict": verdict,
        "why": "" if rule["holds"] else rule["explanation"],
        "figures": [
            _figure(compared, service)
            for compared in rule["comparisons"]
            if compared["holds"] == rule["holds"] and compared["test"] in (_BOUNDS | _AGES)
        ],
        "source": source_in_words(rule["source"]),
    }


def source_in_words(source: str) -> str:
    """Service files cite what they were written from; people are told what that is."""
    for cited, said in _CITED:
        source = cited.sub(said, source)
    return source


def amount_in_words(amount: Mapping[str, Any] | None) -> Words | None:
    """What is paid and how often, and how it was reckoned; None where nothing is."""
    if amount is None:
        return None
    return {
        "rubles": rubles(Decimal(amount["rubles"])),
        "schedule": _SCHEDULES[amount["schedule"]],
        "working": amount["working"],
    }


def dotted_day(value: Any) -> str:
    """ "02.03.2026"; "" for what is no ISO day."""
    try:
        return f"{date.fromisoformat(str(value)):%d.%m.%Y}"
    except ValueError:
        return ""


def _figure(compared: Mapping[str, Any], service: ServiceDefinition) -> Words:
    test, bound = compared["test"], compared["bound"]
    unit = _unit_of(compared["subject"], service)
    needed = (
        _AGES[test].format(bound) if test in _AGES else f"{_BOUNDS[test]} {_bound(bound, unit)}"
    )
    return {
        "title": compared["title"],
        "value": _written(compared["value"], unit),
        "needed": needed,
        "working": compared["working"],
    }


def _unit_of(subject: str, service: ServiceDefinition) -> MeasureUnit:
    if measure := service.measures.get(subject):
        return measure.unit
    is_money = any(f.type is FieldType.MONEY for f in service.fields if f.name == subject)
    return MeasureUnit.RUBLES if is_money else MeasureUnit.NUMBER


def _written(value: Any, unit: MeasureUnit) -> str:
    """ "4 года", "10 000,00 ₽", "07.03.2024"."""
    if value is None:
        return "нет данных"
    try:
        return plain_russian.figure(Decimal(str(value)), unit)
    except InvalidOperation:
        return dotted_day(value) or str(value)


def _bound(value: Any, unit: MeasureUnit) -> str:
    """After "не больше": another case, so only money has its unit."""
    money = unit is MeasureUnit.RUBLES
    return _written(value, unit if money else MeasureUnit.NUMBER)
