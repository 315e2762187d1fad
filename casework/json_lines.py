"""An agency's file of JSON lines: one application a line, as the API takes it, with what the
columns `region`, `documents` and `folder` of a table say beside it.

    {"region": "RU-MOW", "documents": ["passport"], "last_name": "Образцова", "family": [{...}]}

The lines are rows like those of a table (casework/batch.py), and the same application is the same
row in either. A line that cannot be read is a row with that problem, and stops no other.
"""

import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any

from casework.batch import (
    CELL_AT_MOST,
    DOCUMENTS,
    FOLDER,
    REGION,
    ROWS_AT_MOST,
    Row,
    bad_file,
    check_size,
    with_repeats,
)
from casework.cells import text_of
from casework.errors import InvalidValue, Problem
from casework.fields import FieldType, FormField
from casework.service import ServiceDefinition

BOM = b"\xef\xbb\xbf"
LINE_AT_MOST = 200_000


class _Doubled(ValueError):
    """A field that one object names twice: which of the two is meant nobody can tell."""


def is_json(data: bytes) -> bool:
    """By its first character: no table begins with a bracket."""
    return data.removeprefix(BOM).lstrip()[:1] in (b"{", b"[")


def read_json_lines(service: ServiceDefinition, data: bytes) -> list[Row]:
    """Raises InvalidForm when the file as a whole cannot be read. Rows are numbered by lines."""
    check_size(data)
    text = data.removeprefix(BOM)
    if text.lstrip().startswith(b"["):
        raise bad_file("json_list")
    fields = {field.name: field for field in service.fields}
    lines = islice(_lines(text), ROWS_AT_MOST + 1)
    rows = list(with_repeats(_row(number, line, fields) for number, line in lines))
    if len(rows) > ROWS_AT_MOST:
        raise bad_file("too_many_rows", at_most=ROWS_AT_MOST)
    return rows


def _lines(text: bytes) -> Iterator[tuple[int, str]]:
    """Those that are not blank. One at a time: the text of a whole file takes thrice its bytes."""
    try:
        for number, line in enumerate(io.BytesIO(text), start=1):
            if line.strip():
                yield number, line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_file("json_not_utf_8") from error


def _row(number: int, line: str, fields: Mapping[str, FormField]) -> Row:
    try:
        told = _object(line)
    except InvalidValue as error:
        return Row(number, "", {}, None, problems=(Problem("", error.code, error.details),))
    problems: list[Problem] = []
    listed = told.pop(DOCUMENTS, None)
    if isinstance(listed, list):
        listed = " ".join(str(kind) for kind in listed)
    held = _text(DOCUMENTS, None, listed, problems).replace(",", " ").split()
    region, folder = (_text(name, None, told.pop(name, ""), problems) for name in (REGION, FOLDER))
    return Row(
        number,
        region,
        _form(told, fields, problems),
        None if listed is None else tuple(sorted(set(held))),
        folder=folder,
        problems=tuple(problems),
    )


def _object(line: str) -> dict[str, Any]:
    if len(line) > LINE_AT_MOST:
        raise InvalidValue("too_long", at_most=LINE_AT_MOST)
    try:
        told = json.loads(
            line,
            parse_int=Decimal,
            parse_float=Decimal,
            parse_constant=_refuse,
            object_pairs_hook=_each_once,
        )
    except _Doubled as error:
        raise InvalidValue("doubled_fields", fields=str(error)) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise InvalidValue("broken_json") from error
    if not isinstance(told, dict):
        raise InvalidValue("broken_json")
    return told


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        raise _Doubled(", ".join(sorted({n[:60] for n in names if names.count(n) > 1})[:5]))
    return told


def _form(
    told: Mapping[str, Any], fields: Mapping[str, FormField], problems: list[Problem]
) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for name, value in told.items():
        field = fields.get(name)
        if field and field.type is FieldType.GROUP and isinstance(value, list):
            found: Any = _members(field, value, problems)
        else:
            found = _text(name, field.type if field else None, value, problems)
        if found:
            form[field.name if field else name] = found  # one text of the name for all rows
    return form


def _members(field: FormField, value: list[Any], problems: list[Problem]) -> list[dict[str, Any]]:
    """Members of whom nothing is said are left out, as empty columns of a table are."""
    parts = {part.name: part for part in field.fields}
    members = []
    for position, member in enumerate(value, start=1):
        here = f"{field.name}.{position}"
        if not isinstance(member, dict):
            problems.append(Problem(here, "wrong_type", {"expected": "object"}))
            continue
        wrong: list[Problem] = []
        members.append(_form(member, parts, wrong))
        problems += [problem._replace(field=f"{here}.{problem.field}") for problem in wrong]
    return [member for member in members if member]


def _text(name: str, kind: FieldType | None, value: Any, problems: list[Problem]) -> str:
    """ "" also when it is a problem."""
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        problems.append(Problem(name[:60], "wrong_type", {"expected": "text"}))
        return ""
    try:
        text = text_of(value, kind)
        if len(text) > CELL_AT_MOST:
            raise InvalidValue("too_long", at_most=CELL_AT_MOST)
    except InvalidValue as error:
        problems.append(Problem(name[:60], error.code, error.details))
        return ""
    return text
