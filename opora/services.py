"""`opora services`: what can be applied for, and whether the files that say so are sound."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from adapters import definitions
from adapters.clock import now
from adapters.spreadsheet_template import workbook
from casework import plain_russian
from casework.batch_template import example_line, template, template_lines
from casework.example import example_form
from casework.service import ServiceDefinition
from opora.check import every_file, mistakes
from opora.failure import Failure
from opora.output import print_json, print_table

REGION = "RU-MOW"  # of the example row; an agency writes its own


def show_list(*, as_json: bool) -> int:
    found = definitions.services().values()
    if as_json:
        kept = ("id", "code", "title", "version")
        print_json([{name: getattr(s, name) for name in kept} for s in found])
    else:
        print_table((s.code or "", s.id, f"v{s.version}", s.title) for s in found)
    return 0


def show_one(name: str, *, as_json: bool) -> int:
    service = _found(name)
    if as_json:
        print_json(service.model_dump(by_alias=True, exclude_none=True))
        return 0
    print(f"{service.title}\n{service.summary}\n\nКто может подать")
    print_table((f"— {who}",) for who in service.who)
    print("\nПоля")
    print_table(
        (
            (field.name, field.type, "" if field.required else "необязательно", field.title)
            for field in service.fields
        ),
        indent="  ",
    )
    print("\nДокументы")
    for document in plain_russian.documents(service):
        needed = f" — {document.needed}" if document.needed else ""
        print(f"  {document.kind}: {document.title}{needed}")
    print("\nСроки")
    for term in plain_russian.terms(service):
        print(f"  {term.title}: {term.text}")
    return 0


def print_template(name: str, kind: str, file: Path | None) -> int:
    """An example row of an agency's file (`kind`: csv, jsonl, or xlsx, which is written to `file`),
    or the form of it alone (form)."""
    rules = definitions.rules(_found(name).id, REGION)
    today = rules.calendar.local_day(now())
    if kind == "form":
        print(json.dumps(example_form(rules.service, today), ensure_ascii=False))
    elif kind == "jsonl":
        print(example_line(rules, REGION, today))
    elif file:
        try:
            file.write_bytes(workbook(template_lines(rules, REGION, today)))
        except OSError as error:
            raise Failure(f"{file} cannot be written: {error.strerror}") from error
        print(f"{file}: columns and an example row")
    else:
        sys.stdout.write(template(rules, REGION, today).decode())
    return 0


def _found(name: str) -> ServiceDefinition:
    """By its id, or by its code: V2."""
    if name in definitions.service_ids():
        return definitions.service(name)
    known = definitions.services().values()
    found = next((service for service in known if service.code == name.upper()), None)
    return found or definitions.service(name)


def check(files: Sequence[Path], *, as_json: bool) -> int:
    """Exit status 1 when any file has a mistake."""
    files = files or every_file()
    found = mistakes(files, now().date())
    if as_json:
        print_json([mistake._asdict() for mistake in found])
        return 1 if found else 0
    for file, line, where, problem in found:
        said = f"{where}: {problem}" if where else problem
        print(f"{_near(file)}:{line}: {said}")
    print(f"{len(files)} file(s) checked: {len(found) or 'no'} mistake(s)")
    return 1 if found else 0


def _near(file: str) -> str:
    """The path from here, where that is shorter."""
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file


def write_docs(path: Path) -> int:
    """docs/services.md anew. Exit status 0 also when nothing has changed."""
    from opora.service_docs import document  # noqa: PLC0415 - for this command alone

    try:
        path.write_text(document(definitions.services().values()), encoding="utf-8")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {error.strerror}") from error
    print(f"{path}: {len(definitions.services())} services")
    return 0
