"""The form of an application: checking what was typed against the fields of a service file.

`check_form` finds every problem at once, each with the field's dotted path, and gives the checked
values: canonical texts, `Decimal` numbers, `date`s, `bool`s, and tuples of mappings for groups.
`to_json` turns checked values into what is stored; checking those again gives the same values.

A batch brings a hundred thousand forms of one service, so what only depends on the service is done
once: its fields are compiled to a function, which is kept as long as the definition is used.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from casework import identifiers
from casework.condition import Facts, compiled
from casework.errors import InvalidForm, InvalidValue, Problem
from casework.service import FieldType, FormField, ServiceDefinition

TEXT_AT_MOST = 500
MEMBERS_AT_MOST = 20
YEARS_AHEAD = 10
EVER = date.min
COMPILED_AT_MOST = 200
YES_NO = {
    **dict.fromkeys(("да", "yes", "true", "1"), True),
    **dict.fromkeys(("нет", "no", "false", "0"), False),
}

Values = dict[str, Any]


class Days(NamedTuple):
    """No date may be after `today`, no date ahead before `since`: the day of submission, which a
    form that is checked again later was good on."""

    today: date
    since: date


def check_form(
    service: ServiceDefinition, raw: Mapping[str, Any], today: date, *, since: date | None = None
) -> tuple[Values, list[Problem]]:
    """Checked values of the good fields, and every problem of the others.

    `since`: the day of submission, of a form that is checked again.
    """
    return _checker(service)(raw, Days(today, since or today), "")


def checked_form(
    service: ServiceDefinition, raw: Mapping[str, Any], today: date, *, since: date | None = None
) -> Values:
    """Checked values. Raises InvalidForm with every problem."""
    values, problems = check_form(service, raw, today, since=since)
    if problems:
        raise InvalidForm(problems)
    return values


def facts(service: ServiceDefinition, kept: Mapping[str, Any], today: date) -> Values:
    """Checked values of what is kept: the good fields of a draft, all of a registered form, whose
    days ahead may have come since."""
    return check_form(service, kept, today, since=EVER)[0]


def checked_value(field: FormField, value: Any, above: Facts, today: date) -> Values:
    """The checked value of one field by its name; empty when it is wrong or absent. `above`: the
    checked values of the fields that it may depend on."""
    if _is_empty(value):
        return {}
    try:
        return {field.name: _check_of(field)(value, Days(today, today), above)}
    except InvalidValue:
        return {}


def check_fields(
    fields: tuple[FormField, ...], raw: Mapping[str, Any], today: date
) -> tuple[Values, list[Problem]]:
    """The same of fields that are no service's."""
    return _checker_of(fields)(raw, Days(today, today), "")


def unknown_fields(service: ServiceDefinition, raw: Mapping[str, Any]) -> list[Problem]:
    """What a draft may not hold either: fields that the service does not have."""
    return _unknown({field.name for field in service.fields}, raw, "")


# ---- the fields of a form, or of a member of a group, as one function ----------------------------

Checker = Callable[[Mapping[str, Any], Days, str], tuple[Values, list[Problem]]]
"""(what was typed, days, path of the form) -> checked values, problems."""

Check = Callable[[Any, Days, Facts], Any]
"""(value as typed and not empty, days, values above) -> checked value, or InvalidValue."""

MembersCheck = Callable[[Any, Days, str], tuple[tuple[Values, ...], list[Problem]]]
"""(members as typed, days, path of the group) -> checked members, problems."""

_checkers: dict[int, tuple[ServiceDefinition, Checker]] = {}
"""By identity: a definition is frozen, and as long as it is kept here no other has its id."""


def _checker(service: ServiceDefinition) -> Checker:
    known = _checkers.get(id(service))
    if known is None:
        if len(_checkers) >= COMPILED_AT_MOST:
            _checkers.clear()
        known = _checkers[id(service)] = (service, _checker_of(service.fields))
    return known[1]


def _checker_of(fields: tuple[FormField, ...]) -> Checker:
    parts = tuple(map(_compiled_field, fields))
    known = frozenset(field.name for field in fields)

    def check(raw: Mapping[str, Any], days: Days, path: str) -> tuple[Values, list[Problem]]:
        values: Values = {}
        unclear: set[str] = set()  # lacking or not understood: what rests on it cannot be judged
        problems = [] if known.issuperset(raw) else _unknown(known, raw, path)
        for name, required, asked, rests_on, parse, check_value, check_members in parts:
            value = raw.get(name)
            textual = type(value) is str
            if (not value or value.isspace()) if textual else _is_empty(value):
                if not unclear.isdisjoint(rests_on):
                    unclear.add(name)
                elif required and (asked is None or asked(values, values)):
                    problems.append(Problem(path + name, "required"))
                    unclear.add(name)
            elif asked is not None and not asked(values, values):
                if unclear.isdisjoint(rests_on):
                    problems.append(Problem(path + name, "not_applicable"))
                else:
                    unclear.add(name)
            elif check_members is not None:
                values[name], found = check_members(value, days, path + name)
                if found:
                    problems += found
                    unclear.add(name)
            else:
                try:
                    values[name] = (
                        parse(value) if parse and textual else check_value(value, days, values)
                    )
                except InvalidValue as error:
                    problems.append(Problem(path + name, error.code, error.details))
                    unclear.add(name)
        return values, problems

    return check


def _compiled_field(field: FormField) -> tuple:
    """Its name; whether it is required; its condition (None when it is always asked) and the fields
    that rests on; the parser of a text that needs nothing else, if it has one; its check; of a
    group, the check of its members. A plain tuple: those are unpacked fastest."""
    group = field.type is FieldType.GROUP
    return (
        field.name,
        field.required,
        compiled(field.when) if field.when else None,
        frozenset(field.when.fields() if field.when else ()),
        PARSERS.get(field.type),
        None if group else _check_of(field),
        _members_check(field) if group else None,
    )


def _unknown(known: Any, raw: Mapping[str, Any], path: str) -> list[Problem]:
    return [Problem(path + str(name)[:60], "unknown_field") for name in raw if name not in known]


def _is_empty(value: Any) -> bool:
    if type(value) is str:
        return not value or value.isspace()
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _members_check(field: FormField) -> MembersCheck:
    check_member = _checker_of(field.fields)
    at_least, at_most = field.at_least, int(field.at_most or MEMBERS_AT_MOST)

    def check(members: Any, days: Days, where: str) -> tuple[tuple[Values, ...], list[Problem]]:
        if not isinstance(members, (list, tuple)):
            return (), [Problem(where, "wrong_type", {"expected": "list"})]
        if len(members) > at_most:
            return (), [Problem(where, "too_many", {"at_most": at_most})]
        problems = []
        if len(members) < at_least:
            problems.append(Problem(where, "too_few", {"at_least": at_least}))
        checked = []
        for position, member in enumerate(members, start=1):
            here = f"{where}.{position}"
            if type(member) is not dict and not isinstance(member, Mapping):
                problems.append(Problem(here, "wrong_type", {"expected": "object"}))
                continue
            values, found = check_member(member, days, here + ".")
            checked.append(values)
            problems += found
        return tuple(checked), problems

    return check


# ---- one check a type ---------------------------------------------------------------------------


def _check_of(field: FormField) -> Check:
    if field.type is FieldType.GROUP:
        members = _members_check(field)
        return lambda value, days, _: members(value, days, field.name)[0]
    return CHECKS[field.type](field)


def length_at_most(field: FormField) -> int | None:
    """How long its text may be; None for a field of another type."""
    return int(field.at_most or TEXT_AT_MOST) if field.type is FieldType.TEXT else None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue("wrong_type", expected="text")
    return value


def _parsed(field: FormField) -> Check:
    parse = PARSERS[field.type]
    return lambda value, _, __: parse(_text(value))


def _free_text(field: FormField) -> Check:
    at_least, at_most = field.at_least, int(field.at_most or TEXT_AT_MOST)

    def check(value: Any, _: Days, __: Facts) -> str:
        text = " ".join((value if type(value) is str else _text(value)).split())
        if len(text) > at_most:
            raise InvalidValue("too_long", at_most=at_most)
        if not text.isprintable():
            raise InvalidValue("control_characters")
        if len(text) < at_least:
            raise InvalidValue("too_short")
        return text

    return check


def _address(field: FormField) -> Check:
    at_most = int(field.at_most or identifiers.ADDRESS_LONGEST)
    return lambda value, _, __: identifiers.address(_text(value), at_most=at_most)


def _past_date(_: FormField) -> Check:
    def check(value: Any, days: Days, __: Facts) -> date:
        day = identifiers.date(value if type(value) is str else _text(value))
        if day > days.today:
            raise InvalidValue("in_the_future", today=f"{days.today:%d.%m.%Y}")
        return day

    return check


def _date_ahead(_: FormField) -> Check:
    def check(value: Any, days: Days, __: Facts) -> date:
        latest = date(days.today.year + YEARS_AHEAD, 12, 31)
        day = identifiers.date(_text(value), latest=latest)
        if day < days.since:
            raise InvalidValue("in_the_past", earliest=f"{days.since:%d.%m.%Y}")
        return day

    return check


def _bank_account(field: FormField) -> Check:
    bic = field.bic
    return lambda value, _, above: identifiers.bank_account(_text(value), bic=above.get(bic))


def _figure(parse: Callable[..., Decimal], largest: Decimal) -> Callable[[FormField], Check]:
    """A number may come as one: JSON has them, and spreadsheets make them."""

    def compile_(field: FormField) -> Check:
        at_least = Decimal(field.at_least)
        at_most = largest if field.at_most is None else field.at_most

        def check(value: Any, _: Days, __: Facts) -> Decimal:
            if type(value) in (int, float):
                value = str(value)
            return parse(_text(value), at_least=at_least, at_most=at_most)

        return check

    return compile_


def _choice(field: FormField) -> Check:
    by_name: dict[str, str] = {}
    for option in field.options:
        by_name.setdefault(option.value, option.value)
        by_name.setdefault(option.title, option.value)
    options = ", ".join(option.value for option in field.options)

    def check(value: Any, _: Days, __: Facts) -> str:
        chosen = by_name.get(_text(value).strip())
        if chosen is None:
            raise InvalidValue("not_in_list", options=options)
        return chosen

    return check


def _answer(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (answer := YES_NO.get(value.strip().lower())) is not None:
        return answer
    raise InvalidValue("wrong_type", expected="yes_no")


def _yes_no(_: FormField) -> Check:
    return lambda value, _, __: _answer(value)


def _consent(_: FormField) -> Check:
    def check(value: Any, _: Days, __: Facts) -> bool:
        if not _answer(value):
            raise InvalidValue("not_true")
        return True

    return check


PARSERS: dict[FieldType, Callable[[str], Any]] = {
    FieldType.NAME: identifiers.name,
    FieldType.SNILS: identifiers.snils,
    FieldType.INN: identifiers.inn_person,
    FieldType.INN_ORGANISATION: identifiers.inn_organisation,
    FieldType.PASSPORT: identifiers.passport,
    FieldType.BIRTH_CERTIFICATE: identifiers.birth_certificate,
    FieldType.OMS_POLICY: identifiers.oms_policy,
    FieldType.PHONE: identifiers.phone,
    FieldType.EMAIL: identifiers.email,
    FieldType.POSTCODE: identifiers.postcode,
    FieldType.ICD10: identifiers.icd10,
    FieldType.BIC: identifiers.bic,
    FieldType.APPLICATION_NUMBER: identifiers.application_number,
    FieldType.SLOT: identifiers.slot,
}
"""The types that are checked by nothing but their text."""

CHECKS: dict[FieldType, Callable[[FormField], Check]] = {
    **dict.fromkeys(PARSERS, _parsed),
    FieldType.TEXT: _free_text,
    FieldType.DATE: _past_date,
    FieldType.DATE_AHEAD: _date_ahead,
    FieldType.ADDRESS: _address,
    FieldType.BANK_ACCOUNT: _bank_account,
    FieldType.NUMBER: _figure(identifiers.number, identifiers.LARGEST_NUMBER),
    FieldType.MONEY: _figure(identifiers.money, identifiers.LARGEST_SUM),
    FieldType.CHOICE: _choice,
    FieldType.YES_NO: _yes_no,
    FieldType.CONSENT: _consent,
}
"""A check of each type, made for one field."""


# ---- as stored ----------------------------------------------------------------------------------


def to_json(values: Any) -> Any:
    """Checked values as JSON types."""
    kind = type(values)
    if kind is str or kind is bool:
        return values
    if kind is dict or isinstance(values, Mapping):
        return {name: to_json(value) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return [to_json(value) for value in values]
    if isinstance(values, Decimal):
        return str(values)
    return values.isoformat() if isinstance(values, date) else values


def digest(stored: Any) -> str:
    """What an event holds instead of the form: SHA-256 of its canonical JSON."""
    return hashlib.sha256(_canonical(stored).encode()).hexdigest()


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))


# ---- as JSON Schema -----------------------------------------------------------------------------

_FORMATS: dict[FieldType, str] = {
    FieldType.DATE: "dd.mm.yyyy",
    FieldType.DATE_AHEAD: "dd.mm.yyyy",
    FieldType.EMAIL: "idn-email",
}
"""Where the name of the type is not the name of its format. A date may be written in ISO 8601 too,
but need not: the format "date" would promise that."""

EXAMPLES: dict[FieldType, tuple[Any, ...]] = {
    FieldType.TEXT: ("Нужна помощь по дому",),
    FieldType.NAME: ("Иванова-Петрова",),
    FieldType.DATE: ("05.09.1987", "1987-09-05"),
    FieldType.DATE_AHEAD: ("01.09.2030", "2030-09-01"),
    FieldType.SNILS: ("112-233-445 95", "11223344595"),
    FieldType.INN: ("500100732259",),
    FieldType.INN_ORGANISATION: ("7707083893",),
    FieldType.PASSPORT: ("45 03 123456", "4503123456"),
    FieldType.BIRTH_CERTIFICATE: ("IV-МЮ 123456",),
    FieldType.OMS_POLICY: ("7700000000000008",),
    FieldType.PHONE: ("+79161234567", "8 (916) 123-45-67"),
    FieldType.EMAIL: ("ivan.petrov@example.com",),
    FieldType.POSTCODE: ("101000",),
    FieldType.ADDRESS: ("г. Примерск, ул. Садовая, д. 7, кв. 12",),
    FieldType.ICD10: ("F20.0", "I69"),
    FieldType.BIC: ("044525225",),
    FieldType.BANK_ACCOUNT: ("40817810300000123456",),
    FieldType.NUMBER: (3, "2,5"),
    FieldType.MONEY: ("12 345,67", 12345.67),
    FieldType.APPLICATION_NUMBER: ("123-456-7894",),
    FieldType.SLOT: ("slot-1",),
    FieldType.YES_NO: (True, "нет"),
    FieldType.CONSENT: (True, "да"),
}
"""What may be typed into a field of each type; of a bank account, with the BIC above."""


def json_schema(service: ServiceDefinition) -> dict[str, Any]:
    """JSON Schema (2020-12) of the form. Check digits and conditions are told in words only."""
    schema = _object_schema(service.fields)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": service.title,
    } | schema


def schema_of(title: str, fields: tuple[FormField, ...]) -> dict[str, Any]:
    """The same of fields that are no service's; none of them must be there."""
    schema = _object_schema(fields) | {"required": []}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title} | schema


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
    told = {"x-type": field.type.value, "examples": list(EXAMPLES[field.type])}
    return words | _shape(field) | told


def _shape(field: FormField) -> dict[str, Any]:
    """Type, format and bounds of one value. A number that is written as a text has its bounds too,
    but JSON Schema has no words for them."""
    if field.type in (FieldType.YES_NO, FieldType.CONSENT):
        return {"type": ["boolean", "string"]}
    if field.type in (FieldType.MONEY, FieldType.NUMBER):
        largest = _LARGEST[field.type] if field.at_most is None else field.at_most
        bounds = {"minimum": field.at_least, "maximum": _plain(largest)}
        return {"type": ["string", "number"], "format": field.type.value} | bounds
    if field.type is FieldType.TEXT:
        sizes = {"maxLength": int(field.at_most or TEXT_AT_MOST)}
        return (
            {"type": "string"} | sizes | ({"minLength": field.at_least} if field.at_least else {})
        )
    longest = identifiers.LONGEST
    if field.type is FieldType.ADDRESS:
        longest = int(field.at_most or identifiers.ADDRESS_LONGEST)
    format_ = _FORMATS.get(field.type, field.type.value.replace("_", "-"))
    return {"type": "string", "format": format_, "maxLength": longest}


_LARGEST = {
    FieldType.MONEY: identifiers.LARGEST_SUM,
    FieldType.NUMBER: identifiers.LARGEST_NUMBER,
}


def _plain(bound: Decimal) -> int | float:
    return int(bound) if bound == int(bound) else float(bound)
