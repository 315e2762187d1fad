"""`opora services impact`: a changed service file replayed over stored applications."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from adapters import aws, definitions
from adapters.casebook import rules_of
from adapters.clock import now
from adapters.stored import case_of, stored_cases
from adapters.wording import shown_problem
from casework.errors import BadDefinition
from casework.impact import Difference, Impact, totals
from casework.impact import impact as impact_on
from casework.measures import rubles
from casework.ports import Case
from casework.service import ServiceDefinition
from opora.failure import Failure
from opora.output import print_json, print_table
from opora.remote import stored

PROGRESS = 500  # applications between two signs of life

TITLES = {
    "outcome": "outcome",
    "amount": "amount, rubles",
    "promise": "promised by",
    "limit": "due at the latest",
    "not_accepted": "form not accepted",
}


def impact(file: Path, url: str, table: str | None, lines: Path | None, *, as_json: bool) -> int:
    """Exit status 0, whatever would change."""
    service = _changed(file)
    looked_at, found = 0, []
    for case in _looked_at(_cases(service.id, url, table, lines)):
        looked_at += 1
        if changed := _impact(case, service):
            found.append(changed)
    if as_json:
        print_json(_as_json(service, looked_at, found))
    else:
        _print(service, looked_at, found)
    return 0


def _changed(file: Path) -> ServiceDefinition:
    try:
        service = definitions.read_service(file)
    except OSError as error:
        raise Failure(f"{file} cannot be read: {error.strerror}") from error
    except (ValueError, BadDefinition) as error:
        raise Failure(f"{file} has mistakes: `opora services check {file}` names them") from error
    definitions.service(service.id)  # a new service has no applications yet
    return service


def _looked_at(cases: Iterable[Case]) -> Iterator[Case]:
    """With a sign of life now and then. What AWS refuses is told in its words."""
    try:
        for count, case in enumerate(cases, start=1):
            yield case
            if count % PROGRESS == 0:
                print(f"{count} applications looked at ...", file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        raise Failure(f"the table cannot be read: {error}") from error


def _cases(service: str, url: str, table: str | None, lines: Path | None) -> Iterable[Case]:
    if table:
        return _from_table(table, service)
    return _from_file(lines, service) if lines else map(case_of, stored(url, service))


def _from_table(table: str, service: str) -> Iterator[Case]:
    yield from stored_cases(aws.client("dynamodb"), table, service)


def _from_file(path: Path, service: str) -> Iterator[Case]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    case = _case(line, f"{path}:{number}")
                    if case.application.service == service:
                        yield case
    except OSError as error:
        raise Failure(f"{path} cannot be read: {error.strerror}") from error


def _case(line: str, where: str) -> Case:
    try:
        return case_of(json.loads(line))
    except (KeyError, TypeError, ValueError) as error:
        raise Failure(f"{where} is not a stored application") from error


def _impact(case: Case, service: ServiceDefinition) -> Impact | None:
    before = rules_of(case.application)
    return impact_on(case, before, before._replace(service=service), now())


def _print(service: ServiceDefinition, looked_at: int, found: list[Impact]) -> None:
    print_table(line for one in found for line in _lines(one))
    print(f"{service.id} v{service.version}: {looked_at} looked at, {len(found)} would change")
    print_table(
        ((TITLES[what], count) for what, count in totals(found).items() if count), indent="  "
    )


def _lines(one: Impact) -> Iterator[tuple[str, str, str]]:
    for difference in one.differences:
        yield one.number, TITLES[difference.what], _from_to(difference)
    for problem in (shown_problem(problem, "ru") for problem in one.problems):
        said = f"{problem['field']}: {problem['message']}".removeprefix(": ")
        yield one.number, TITLES["not_accepted"], said


def _from_to(difference: Difference) -> str:
    return f"{_shown(difference.before)} -> {_shown(difference.after)}"


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Decimal):
        return rubles(value)
    return f"{value:%d.%m.%Y}" if isinstance(value, date) else str(value)


def _as_json(service: ServiceDefinition, looked_at: int, found: list[Impact]) -> dict[str, Any]:
    return {
        "service": service.id,
        "version": service.version,
        "looked_at": looked_at,
        "changed": [
            {
                "number": one.number,
                "differences": [difference._asdict() for difference in one.differences],
                "problems": [shown_problem(problem, "ru") for problem in one.problems],
            }
            for one in found
        ],
        "totals": totals(found),
    }
