"""An agency's archive: one table with the rows (CSV, XLSX or JSONL), and the scans of each row in a
folder beside it, as a clerk arranges them by hand.

    rows.xlsx
    2/passport.jpg                 of row 2 as the spreadsheet counts (the header is row 1)
    Образцова/passport 2.pdf       of the row that says «Образцова» in its column `folder`

A file is called by the kind of its document (`opora services show` lists them); a number after it
tells several of a kind apart. It does not matter how letters are cased, nor in which folder all
this lies.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from casework.batch import FOLDER, Row, Scan, with_repeats
from casework.errors import InvalidForm, Problem
from casework.service import ServiceDefinition

TABLES = (".csv", ".xlsx", ".jsonl")
SCANS_A_ROW = 20
ROWS_A_PART = 50
SCANS_A_PART = 20
"""A part is one call of a function: each scan may take half a minute if it is hostile."""


class Place(NamedTuple):
    """The row that a file belongs to, and the kind of document that it is."""

    row: int
    kind: str


class Sorted(NamedTuple):
    """`rows` with the problems of their folders, `places` by file name; `strays` are files that
    belong to no row, as problems."""

    rows: list[Row]
    places: Mapping[str, Place]
    strays: list[Problem]


def table_of(names: Iterable[str]) -> str:
    """The one table of an archive. Raises InvalidForm when there is none, or another."""
    tables = [name for name in names if name.lower().endswith(TABLES)]
    if not tables:
        raise InvalidForm([Problem("", "archive_no_table")])
    if len(tables) > 1:
        raise InvalidForm([Problem("", "archive_many_tables", {"names": ", ".join(tables[:5])})])
    return tables[0]


def sort(
    service: ServiceDefinition, rows: Sequence[Row], names: Iterable[str], table: str
) -> Sorted:
    """Each file to its row. `names` of an archive's files, `table` that of its table; one that
    came alone has no names."""
    by_folder: dict[str | None, list[str]] = {}
    for name in names:
        if name != table:
            by_folder.setdefault(_folder(name, table.rpartition("/")[0]), []).append(name)
    owners = Counter(map(_folder_of, rows))
    kinds = [document.kind for document in service.documents]
    places: dict[str, Place] = {}
    checked = []
    for row in rows:
        files, shared = by_folder.get(_folder_of(row), []), owners[_folder_of(row)] > 1
        problems = [*_folder_problems(row, files, shared=shared)]
        for name in [] if shared else files:
            kind = _kind(name, kinds)
            if kind is None:
                problems.append(Problem(name, "unknown_scan", {"options": ", ".join(kinds)}))
            else:
                places[name] = Place(row.row, kind)
        checked.append(row._replace(problems=(*row.problems, *problems)))
    strays = [name for folder, files in by_folder.items() if folder not in owners for name in files]
    return Sorted(checked, places, [Problem(name, "scan_of_no_row") for name in strays])


def with_scans(rows: Iterable[Row], scans: Iterable[tuple[int, Scan]]) -> list[Row]:
    """The rows with their scans, each by the row's number; which repeat others is found anew. The
    order is the same wherever the same scans come again."""
    by_row: dict[int, list[Scan]] = {}
    for number, scan in sorted(scans, key=lambda known: (known[1].kind, known[1].sha256)):
        by_row.setdefault(number, []).append(scan)
    told = (r._replace(scans=tuple(by_row.get(r.row, ())), repeats=None) for r in rows)
    return list(with_repeats(told))


def in_parts(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """As many rows as one call of a function takes in well within its time."""
    part: list[Row] = []
    scans = 0
    for row in rows:
        if part and (len(part) == ROWS_A_PART or scans + len(row.scans) > SCANS_A_PART):
            yield part
            part, scans = [], 0
        part.append(row)
        scans += len(row.scans)
    if part:
        yield part


def _folder(name: str, root: str) -> str | None:
    """The folder beside the table that the file lies in; None when it lies elsewhere."""
    inside = name.removeprefix(f"{root}/") if root else name
    folder, _, file = inside.partition("/")
    misplaced = (root and inside == name) or not file or "/" in file
    return None if misplaced else folder.strip().casefold()


def _folder_of(row: Row) -> str:
    return row.folder.casefold() or str(row.row)


def _folder_problems(row: Row, files: Sequence[str], *, shared: bool) -> Iterator[Problem]:
    if row.folder and not files:
        yield Problem(FOLDER, "folder_missing", {"folder": row.folder})
    elif shared and files:
        yield Problem(FOLDER, "folder_of_two_rows", {"folder": row.folder or row.row})
    if len(files) > SCANS_A_ROW:
        yield Problem(FOLDER, "too_many_scans", {"at_most": SCANS_A_ROW})


_NUMBERED = re.compile(r"(.+?)[ _-]*(?:\d+|\(\d+\))")


def _kind(name: str, kinds: Sequence[str]) -> str | None:
    called = name.rpartition("/")[2].rpartition(".")[0].strip().casefold()
    numbered = _NUMBERED.fullmatch(called)
    asked = (called, numbered[1] if numbered else called)
    return next((kind for kind in asked if kind in kinds), None)
