"""`opora validate`: every problem of a form (JSON) or of an agency's rows (CSV, XLSX, JSONL)."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import definitions
from adapters.batch_tables import read_table
from adapters.clock import now
from adapters.inspection.verdict import DefectFound
from adapters.wording import shown_problem
from casework import actions, form
from casework.batch import Row
from casework.errors import InvalidForm, OporaError, Problem
from casework.json_lines import is_json
from casework.ports import Rules
from casework.service import ServiceDefinition
from opora.failure import Failure
from opora.output import print_json, print_table

REGION = "RU-MOW"  # whose calendar says what day it is, where a file does not name its region


def validate(service_id: str, path: Path, *, as_json: bool) -> int:
    """Exit status 1 when there are problems."""
    service = definitions.service(service_id)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from error
    suffix = path.suffix.lower()
    is_form = suffix == ".json" or (suffix != ".jsonl" and is_json(data))
    problems = list(_of_json(service, data) if is_form else _of_table(service, data))
    if as_json:
        print_json(problems)
    elif problems:
        print_table((p["row"], p["field"], p["code"], p["message"]) for p in problems)
    else:
        print("no problems")
    return 1 if problems else 0


def _of_json(service: ServiceDefinition, data: bytes) -> Iterator[dict[str, Any]]:
    """One form, or a list of forms; rows are counted from 1."""
    try:
        parsed = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Failure(f"this is not valid JSON: {error}") from error
    forms = parsed if isinstance(parsed, list) else [parsed]
    today = definitions.rules(service.id, REGION).calendar.local_day(now())
    for row, raw in enumerate(forms, start=1):
        if isinstance(raw, Mapping):
            problems = form.check_form(service, raw, today)[1]
        else:
            problems = [Problem("", "wrong_type", {"expected": "object"})]
        yield from (_shown(row, problem) for problem in problems)


def _of_table(service: ServiceDefinition, data: bytes) -> Iterator[dict[str, Any]]:
    """Rows by the numbers a spreadsheet shows; what concerns the whole file has row 0."""
    try:
        rows = read_table(service, data).rows
    except DefectFound as error:
        raise Failure("scans are judged with their rows: `opora drop --dry-run`") from error
    except InvalidForm as error:
        yield from (_shown(0, problem) for problem in error.problems)
        return
    for row in rows:
        yield from (_shown(row.row, problem) for problem in _row_problems(service, row))


def _row_problems(service: ServiceDefinition, row: Row) -> list[Problem]:
    found = list(row.problems)
    if row.repeats:
        found.append(Problem("", "repeated_row", {"row": row.repeats}))
    try:
        rules = definitions.rules(service.id, row.region or REGION)
    except OporaError as error:
        return [*found, Problem("region", error.code, error.details)]
    return found + _form_problems(rules, row)


def _form_problems(rules: Rules, row: Row) -> list[Problem]:
    at = now()
    if row.documents is None:  # the file says nothing of documents: only the form is checked
        return form.check_form(rules.service, row.form, rules.calendar.local_day(at))[1]
    try:
        actions.submit_row(rules, row.form, row.documents, at, region=row.region)
    except InvalidForm as error:
        return list(error.problems)
    return []


def _shown(row: int, problem: Problem) -> dict[str, Any]:
    return {"row": row, **shown_problem(problem, "ru")}
