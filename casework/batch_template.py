"""The batch template: the columns an agency's file may have, and one row that would be taken in."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from casework import form
from casework.batch import DOCUMENTS, REGION
from casework.cells import NO, YES
from casework.example import example_form
from casework.ports import Rules
from casework.service import FieldType, ServiceDefinition


def template(rules: Rules, region: str, today: date) -> bytes:
    """CSV with `;` in UTF-8 with a mark, as spreadsheets open it: the header and an example row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerows(template_lines(rules, region, today))
    return out.getvalue().encode("utf-8-sig")


def template_lines(rules: Rules, region: str, today: date) -> tuple[list[str], list[str]]:
    """The header and an example row."""
    typed = example_form(rules.service, today)
    cells = {REGION: region, DOCUMENTS: " ".join(_documents(rules, typed, today))}
    cells |= dict.fromkeys(columns(rules.service, typed), "") | dict(_cells(typed))
    return list(cells), list(cells.values())


def example_line(rules: Rules, region: str, today: date) -> str:
    """The same row as one line of an agency's JSON lines."""
    typed = example_form(rules.service, today)
    told = {REGION: region, DOCUMENTS: _documents(rules, typed, today)}
    return json.dumps(told | typed, ensure_ascii=False)


def columns(service: ServiceDefinition, typed: Mapping[str, Any]) -> Iterator[str]:
    """Every field by its name; of a group, those of each member of the example, at least of one."""
    for field in service.fields:
        if field.type is not FieldType.GROUP:
            yield field.name
            continue
        for position in range(max(1, len(typed.get(field.name) or ()))):
            yield from (f"{field.name}.{position + 1}.{part.name}" for part in field.fields)


def _cells(typed: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in typed.items():
        if isinstance(value, list):
            for position, member in enumerate(value, start=1):
                yield from _cells(member, f"{above}{name}.{position}.")
        elif isinstance(value, bool):
            yield above + name, YES if value else NO
        else:
            # A spreadsheet takes what begins with a plus for a sum.
            yield above + name, str(value).removeprefix("+")


def _documents(rules: Rules, typed: Mapping[str, Any], today: date) -> list[str]:
    facts = form.checked_form(rules.service, typed, today)
    needed = rules.service.documents_needed(facts, rules.measures(facts, today))
    return [document.kind for document in needed]
