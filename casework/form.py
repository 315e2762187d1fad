"""The form of an application: checking what was typed against the fields of a service file.

`check_form` finds every problem at once, each with the field's dotted path, and gives the checked
values: canonical texts, `Decimal` rubles, `date`s, `bool`s, and tuples of mappings for groups.
`to_json` turns checked values into what is stored; checking those again gives the same values.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from casework import identifiers
from casework.condition import holds
from casework.errors import InvalidForm, InvalidValue, Problem
from casework.service import FieldType, FormField, ServiceDefinition

TEXT_AT_MOST = 500
MEMBERS_AT_MOST = 20
EARLIEST_DATE = date(1900, 1, 1)
YES_NO = {
    **dict.fromkeys(("да", "yes", "true", "1"), True),
    **dict.fromkeys(("нет", "no", "false", "0"), False),
}

Values = dict[str, Any]


def check_form(
    service: ServiceDefinition, raw: Mapping[str, Any], today: date
) -> tuple[Values, list[Problem]]:
    """Checked values of the good fields, and every problem of the others."""
    return _check_fields(service.fields, raw, today, path="")


def checked_form(service: ServiceDefinition, raw: Mapping[str, Any], today: date) -> Values:
    """Checked values. Raises InvalidForm with every problem."""
    values, problems = check_form(service, raw, today)
    if problems:
        raise InvalidForm(problems)
    return values


def unknown_fields(service: ServiceDefinition, raw: Mapping[str, Any]) -> list[Problem]:
    """What a draft may not hold either: fields that the service does not have."""
    return _unknown(service.fields, raw, "")


def _check_fields(
    fields: tuple[FormField, ...], raw: Mapping[str, Any], today: date, path: str
) -> tuple[Values, list[Problem]]:
    values: Values = {}
    unclear: set[str] = set()  # given but not understood: what depends on it cannot be judged
    problems = _unknown(fields, raw, path)
    for field in fields:
        value, where = raw.get(field.name), path + field.name
        asked = holds(field.when, values)
        if _is_empty(value):
            if asked and field.required:
                problems.append(Problem(where, "required"))
        elif not asked:
            if unclear.isdisjoint(field.when.fields()):
                problems.append(Problem(where, "not_applicable"))
            else:
                unclear.add(field.name)
        elif field.type is FieldType.GROUP:
            values[field.name] = _check_members(field, value, today, where, problems)
        else:
            _check_value(field, value, today, where, values, problems)
            if field.name not in values:
                unclear.add(field.name)
    return values, problems


def _unknown(fields: tuple[FormField, ...], raw: Mapping[str, Any], path: str) -> list[Problem]:
    known = {field.name for field in fields}
    return [Problem(path + str(name)[:60], "unknown_field") for name in raw if name not in known]


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _check_value(
    field: FormField,
    value: Any,
    today: date,
    where: str,
    values: Values,
    problems: list[Problem],
) -> None:
    try:
        values[field.name] = PARSERS[field.type](field, value, today)
    except InvalidValue as error:
        problems.append(Problem(where, error.code, error.details))


def _check_members(
    field: FormField, members: Any, today: date, where: str, problems: list[Problem]
) -> tuple[Values, ...]:
    if not isinstance(members, (list, tuple)):
        problems.append(Problem(where, "wrong_type", {"expected": "list"}))
        return ()
    at_most = int(field.at_most or MEMBERS_AT_MOST)
    if len(members) > at_most:
        problems.append(Problem(where, "too_many", {"at_most": at_most}))
        return ()
    if len(members) < field.at_least:
        problems.append(Problem(where, "too_few", {"at_least": field.at_least}))
    checked = []
    for position, member in enumerate(members, start=1):
        here = f"{where}.{position}"
        if not isinstance(member, Mapping):
            problems.append(Problem(here, "wrong_type", {"expected": "object"}))
            continue
        values, found = _check_fields(field.fields, member, today, here + ".")
        checked.append(values)
        problems.extend(found)
    return tuple(checked)


# ---- one parser a type: (field, value as given, today) -> checked value, or InvalidValue ---------


def _from_text(parse: Callable[[str], Any]) -> Callable[[FormField, Any, date], Any]:
    def parser(_: FormField, value: Any, __: date) -> Any:
        return parse(_text(value))

    return parser


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("wrong_type", expected="text")
    return value


def _plain_text(field: FormField, value: Any, _: date) -> str:
    text = " ".join(_text(value).split())
    at_most = int(field.at_most or TEXT_AT_MOST)
    if len(text) > at_most:
        raise InvalidValue("too_long", at_most=at_most)
    if not text.isprintable():
        raise InvalidValue("control_characters")
    return text


def _past_date(_: FormField, value: Any, today: date) -> date:
    day = identifiers.date(_text(value))
    if day > today:
        raise InvalidValue("in_the_future", today=f"{today:%d.%m.%Y}")
    if day < EARLIEST_DATE:
        raise InvalidValue("too_early", earliest=f"{EARLIEST_DATE:%d.%m.%Y}")
    return day


def _money(_: FormField, value: Any, __: date) -> Decimal:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return identifiers.money(str(value) if number else _text(value))


def _choice(field: FormField, value: Any, _: date) -> str:
    text = _text(value).strip()
    for option in field.options:
        if text in (option.value, option.title):
            return option.value
    raise InvalidValue("not_in_list", options=", ".join(option.value for option in field.options))


def _yes_no(_: FormField, value: Any, __: date) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (answer := YES_NO.get(value.strip().lower())) is not None:
        return answer
    raise InvalidValue("wrong_type", expected="yes_no")


def _consent(field: FormField, value: Any, today: date) -> bool:
    if not _yes_no(field, value, today):
        raise InvalidValue("not_true")
    return True


PARSERS: dict[FieldType, Callable[[FormField, Any, date], Any]] = {
    FieldType.TEXT: _plain_text,
    FieldType.NAME: _from_text(identifiers.name),
    FieldType.DATE: _past_date,
    FieldType.SNILS: _from_text(identifiers.snils),
    FieldType.INN: _from_text(identifiers.inn_person),
    FieldType.PASSPORT: _from_text(identifiers.passport),
    FieldType.BIRTH_CERTIFICATE: _from_text(identifiers.birth_certificate),
    FieldType.PHONE: _from_text(identifiers.phone),
    FieldType.EMAIL: _from_text(identifiers.email),
    FieldType.POSTCODE: _from_text(identifiers.postcode),
    FieldType.ICD10: _from_text(identifiers.icd10),
    FieldType.MONEY: _money,
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _yes_no,
    FieldType.CONSENT: _consent,
}


# ---- as stored ----------------------------------------------------------------------------------


def to_json(values: Any) -> Any:
    """Checked values as JSON types."""
    if isinstance(values, Mapping):
        return {name: to_json(value) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return [to_json(value) for value in values]
    if isinstance(values, Decimal):
        return str(values)
    return values.isoformat() if isinstance(values, date) else values


def digest(stored: Any) -> str:
    """What an event holds instead of the form: SHA-256 of its canonical JSON."""
    text = json.dumps(stored, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))


# ---- as JSON Schema -----------------------------------------------------------------------------

_JSON_TYPES: dict[FieldType, dict[str, Any]] = {
    FieldType.MONEY: {"type": ["string", "number"]},
    FieldType.YES_NO: {"type": ["boolean", "string"]},
    FieldType.CONSENT: {"type": ["boolean", "string"]},
}


def json_schema(service: ServiceDefinition) -> dict[str, Any]:
    """JSON Schema (2020-12) of the form. Check digits and conditions are told in words only."""
    schema = _object_schema(service.fields)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": service.title,
    } | schema


def _object_schema(fields: tuple[FormField, ...]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _field_schema(field) for field in fields},
        "required": [field.name for field in fields if field.required and field.when is None],
    }


def _field_schema(field: FormField) -> dict[str, Any]:
    words = {"title": field.title} | ({"description": field.hint} if field.hint else {})
    if field.when is not None:
        words["x-when"] = field.when.model_dump(mode="json", by_alias=True, exclude_none=True)
    if field.type is FieldType.GROUP:
        size = {"minItems": field.at_least, "maxItems": int(field.at_most or MEMBERS_AT_MOST)}
        return words | {"type": "array", "items": _object_schema(field.fields)} | size
    if field.type is FieldType.CHOICE:
        options = [{"const": o.value, "title": o.title} for o in field.options]
        return words | {"type": "string", "oneOf": options}
    at_most = int(field.at_most or TEXT_AT_MOST)
    shape = _JSON_TYPES.get(field.type) or {"type": "string", "maxLength": at_most}
    return words | shape | {"x-type": field.type.value}
