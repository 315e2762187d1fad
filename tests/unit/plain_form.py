"""`casework.form.check_form` as plainly as it can be written: nothing is prepared, every field and
condition is looked at anew. What is compiled for speed must say the same."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from casework import identifiers
from casework.condition import holds
from casework.errors import InvalidValue, Problem
from casework.service import FieldType, FormField, ServiceDefinition


def check_form(service: ServiceDefinition, raw: Mapping[str, Any], today: date):
    return _check_fields(service.fields, raw, today, "")


def _check_fields(fields, raw, today, path):
    values, unclear = {}, set()
    known = [field.name for field in fields]
    problems = [Problem(path + n[:60], "unknown_field") for n in raw if n not in known]
    for field in fields:
        value, where = raw.get(field.name), path + field.name
        empty = value is None or value == [] or (isinstance(value, str) and value.strip() == "")
        asked = holds(field.when, values)
        rests_on_unclear = bool(field.when and unclear & set(field.when.fields()))
        if rests_on_unclear and (empty or not asked):
            unclear.add(field.name)
        elif empty and asked and field.required:
            problems.append(Problem(where, "required"))
            unclear.add(field.name)
        elif empty:
            continue
        elif not asked:
            problems.append(Problem(where, "not_applicable"))
        elif field.type is FieldType.GROUP:
            values[field.name], found = _check_members(field, value, today, where)
            problems += found
            if found:
                unclear.add(field.name)
        else:
            try:
                values[field.name] = _value(field, value, today, values)
            except InvalidValue as error:
                problems.append(Problem(where, error.code, error.details))
                unclear.add(field.name)
    return values, problems


def _check_members(field, members, today, where):
    if not isinstance(members, (list, tuple)):
        return (), [Problem(where, "wrong_type", {"expected": "list"})]
    at_most = int(field.at_most or 20)
    if len(members) > at_most:
        return (), [Problem(where, "too_many", {"at_most": at_most})]
    problems, checked = [], []
    if len(members) < field.at_least:
        problems.append(Problem(where, "too_few", {"at_least": field.at_least}))
    for position, member in enumerate(members, start=1):
        here = f"{where}.{position}"
        if isinstance(member, Mapping):
            values, found = _check_fields(field.fields, member, today, here + ".")
            checked.append(values)
            problems += found
        else:
            problems.append(Problem(here, "wrong_type", {"expected": "object"}))
    return tuple(checked), problems


def _value(field: FormField, value: Any, today: date, above: Mapping[str, Any]) -> Any:
    if field.type in (FieldType.YES_NO, FieldType.CONSENT):
        return _yes_or_no(field, value)
    if field.type in (FieldType.NUMBER, FieldType.MONEY) and type(value) in (int, float):
        value = str(value)
    if not isinstance(value, str):
        raise InvalidValue("wrong_type", expected="text")
    return _of_text(field, value, today, above)


def _yes_or_no(field: FormField, value: Any) -> bool:
    if isinstance(value, str):
        written = value.strip().lower()
        yes, no = written in ("да", "yes", "true", "1"), written in ("нет", "no", "false", "0")
    else:
        yes, no = value is True, value is False
    if not (yes or no):
        raise InvalidValue("wrong_type", expected="yes_no")
    if no and field.type is FieldType.CONSENT:
        raise InvalidValue("not_true")
    return yes


def _of_text(field: FormField, text: str, today: date, above: Mapping[str, Any]) -> Any:
    match field.type:
        case FieldType.TEXT:
            return _free_text(field, text)
        case FieldType.CHOICE:
            for option in field.options:
                if text.strip() in (option.value, option.title):
                    return option.value
            told = ", ".join(option.value for option in field.options)
            raise InvalidValue("not_in_list", options=told)
        case FieldType.DATE:
            day = identifiers.date(text)
            if day > today:
                raise InvalidValue("in_the_future", today=f"{today:%d.%m.%Y}")
            return day
        case FieldType.DATE_AHEAD:
            day = identifiers.date(text, latest=date(today.year + 10, 12, 31))
            if day < today:
                raise InvalidValue("in_the_past", earliest=f"{today:%d.%m.%Y}")
            return day
        case FieldType.MONEY | FieldType.NUMBER:
            money = field.type is FieldType.MONEY
            largest = identifiers.LARGEST_SUM if money else identifiers.LARGEST_NUMBER
            at_most = largest if field.at_most is None else field.at_most
            parse = identifiers.money if money else identifiers.number
            return parse(text, at_least=Decimal(field.at_least), at_most=at_most)
        case FieldType.BANK_ACCOUNT:
            return identifiers.bank_account(text, bic=above.get(field.bic))
        case FieldType.ADDRESS:
            return identifiers.address(text, at_most=int(field.at_most or 300))
        case FieldType.INN:
            return identifiers.inn_person(text)
        case named:
            return getattr(identifiers, named.value)(text)


def _free_text(field: FormField, text: str) -> str:
    text, at_most = " ".join(text.split()), int(field.at_most or 500)
    if len(text) > at_most:
        raise InvalidValue("too_long", at_most=at_most)
    if not text.isprintable():
        raise InvalidValue("control_characters")
    if len(text) < field.at_least:
        raise InvalidValue("too_short")
    return text
