"""`opora services`: what can be applied for, and whether the files that say so are sound."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from adapters import definitions
from opora.output import print_json, print_table


def show_list(*, as_json: bool) -> int:
    found = definitions.services().values()
    if as_json:
        print_json([{"id": s.id, "title": s.title, "version": s.version} for s in found])
    else:
        print_table((s.id, f"v{s.version}", s.title) for s in found)
    return 0


def show_one(service_id: str, *, as_json: bool) -> int:
    service = definitions.service(service_id)
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
    print_table(((d.kind, d.title) for d in service.documents), indent="  ")
    print("\nСроки")
    for term in service.terms:
        for kind, length in term.kinds():
            print(f"  {term.title}: {kind} {length.amount} {length.unit}")
    return 0


def check(files: Sequence[Path], *, as_json: bool) -> int:
    """Exit status 1 when any file has a mistake."""
    files = files or sorted(definitions.SERVICES.glob("*.toml"))
    found = [
        {"file": str(path), "where": where, "problem": problem}
        for path in files
        for where, problem in _mistakes(path)
    ]
    if as_json:
        print_json(found)
    elif found:
        print_table((f["file"], f["where"], f["problem"]) for f in found)
    else:
        print(f"{len(files)} service file(s) checked: no mistakes")
    return 1 if found else 0


def _mistakes(path: Path) -> Iterator[tuple[str, str]]:
    try:
        definitions.read_service(path)
    except ValidationError as error:
        for found in error.errors():
            yield ".".join(map(str, found["loc"])), found["msg"]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        yield "", str(error)
    except OSError as error:
        yield "", error.strerror or str(error)
