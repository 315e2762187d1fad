"""An agency's table: from its lines to rows that are forms, and from their results to a report.

The first line names the columns: a field's name or its title, for the first member of a group
`family.1.last_name` or the titles in their place, `region`, `documents` (kinds of which the agency
keeps the originals), and `folder` (where the row's scans lie in the archive, casework/batch_scans).
A title that two fields share names neither.
Row numbers are those a spreadsheet shows: the header is row 1.

A CSV is read here; a workbook's lines come from adapters/spreadsheet.py, and JSON, which has no
columns, is read in casework/json_lines.py.
"""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from casework.cells import Cell, Fault, is_blank, text_of
from casework.errors import InvalidForm, InvalidValue, Problem
from casework.service import FieldType, ServiceDefinition

ROWS_AT_MOST = 100_000
BYTES_AT_MOST = 200 * 1024 * 1024
CELL_AT_MOST = 5_000
DELIMITERS = ";,\t"
REGION, DOCUMENTS, FOLDER = "region", "documents", "folder"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Scan(NamedTuple):
    """A file that came along with a row: the kind of its document, its name in the archive, and the
    SHA-256 of its bytes."""

    kind: str
    name: str
    sha256: str


class Row(NamedTuple):
    """One application of the file. `region`, `folder` are "" and `documents` None where no column
    tells them; `repeats`: the earlier row that it equals in every cell and scan."""

    row: int
    region: str
    form: Mapping[str, Any]
    documents: tuple[str, ...] | None
    repeats: int | None = None
    problems: tuple[Problem, ...] = ()
    folder: str = ""
    scans: tuple[Scan, ...] = ()

    @property
    def digest(self) -> str:
        """What the same row has in common wherever it comes again."""
        content = [self.region, self.form, sorted(self.documents or ())]
        if self.scans:
            content.append(sorted((scan.kind, scan.sha256) for scan in self.scans))
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class Claim(NamedTuple):
    """What a row of a dry run would take for itself: the keys that one open application at a time
    may have (Change.holds). `row`: the first row of the file that says the same."""

    row: int
    keys: tuple[str, ...]


class RowResult(NamedTuple):
    """`status`: accepted | repeated (in this file or before) | rejected, with every problem.
    `claim`: in a dry run, of a row that would be accepted."""

    row: int
    status: str
    number: str | None = None
    problems: tuple[Problem, ...] = ()
    claim: Claim | None = None


Line = tuple[int, Sequence[Cell]]
"""The number of a row, and its cells."""

Path = tuple[str | int, ...]
"""Of a column: ("snils",) or ("family", 1, "last_name")."""


def read_rows(service: ServiceDefinition, data: bytes) -> list[Row]:
    """Of a CSV. Raises InvalidForm when the file as a whole cannot be read."""
    return rows_of(service, _csv_lines(data))


def _csv_lines(data: bytes) -> list[Line]:
    text = decode(data)
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(CELL_AT_MOST * 4)
    try:
        return [line for line in enumerate(reader, start=1) if any(map(str.strip, line[1]))]
    except csv.Error as error:
        raise bad_file("broken_csv", row=reader.line_num) from error


def rows_of(service: ServiceDefinition, lines: Sequence[Line]) -> list[Row]:
    """`lines`: those that are not blank, the header first. Raises InvalidForm when the file as a
    whole cannot be read."""
    if not lines:
        raise bad_file("empty_file")
    columns = _columns(service, lines[0][1])
    if len(lines) == 1:
        raise bad_file("no_rows")
    if len(lines) - 1 > ROWS_AT_MOST:
        raise bad_file("too_many_rows", at_most=ROWS_AT_MOST)
    kinds = _kinds(service)
    typed = [(path, kinds.get((path[0], path[-1]))) for path in columns]
    return list(with_repeats(_row(number, cells, typed) for number, cells in lines[1:]))


def is_header(service: ServiceDefinition, cells: Sequence[Cell]) -> bool:
    """Whether each cell names a column."""
    try:
        return bool(_columns(service, cells))
    except InvalidForm:
        return False


def decode(data: bytes) -> str:
    """UTF-8 when it is valid UTF-8, else cp1251; other encodings are told, not guessed."""
    if not data.strip():
        raise bad_file("empty_file")
    check_size(data)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data:
        raise bad_file("unknown_encoding")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1251")
    except UnicodeDecodeError as error:
        raise bad_file("unknown_encoding") from error
    if not _reads_as_russian(text):
        raise bad_file("unknown_encoding")
    return text


def check_size(data: bytes) -> None:
    if len(data) > BYTES_AT_MOST:
        raise bad_file("file_too_big", at_most=BYTES_AT_MOST)


def _reads_as_russian(text: str) -> bool:
    """In cp1251 text nearly all letters beyond ASCII are Russian; in cp866 or KOI8-R read as
    cp1251 many are not, or capitals stand inside words."""
    beyond = [c for c in text if ord(c) > 127]
    russian = [
        c for c in beyond if "а" <= c.lower() <= "я" or c.lower() == "ё" or c in "№«»—–\u00a0"
    ]
    inside = sum(a.islower() and b.isupper() for a, b in pairwise(text))
    return len(russian) >= 0.97 * len(beyond) and inside <= 0.05 * len(beyond)


def _delimiter(text: str) -> str:
    header = text.lstrip().split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)


def _columns(service: ServiceDefinition, header: Sequence[Cell]) -> list[Path]:
    known = _known_columns(service)
    names = [_heading(cell) for cell in header]
    while names and not names[-1]:
        names.pop()
    columns = [_column(name, known) for name in names]
    if unknown := [name[:60] for name, path in zip(names, columns, strict=True) if path is None]:
        raise bad_file("unknown_columns", columns=", ".join(unknown[:20]))
    if doubled := sorted({n for n, c in zip(names, columns, strict=True) if columns.count(c) > 1}):
        raise bad_file("doubled_columns", columns=", ".join(doubled[:20]))
    return [path for path in columns if path is not None]


def _heading(cell: Cell) -> str:
    return "" if isinstance(cell, Fault) else str(cell).strip()


def _known_columns(service: ServiceDefinition) -> dict[str, tuple[str, ...]]:
    """Path by column name, lower case; a group's number is left out."""
    known: dict[str, tuple[str, ...]] = {
        REGION: (REGION,),
        DOCUMENTS: (DOCUMENTS,),
        FOLDER: (FOLDER,),
        "регион": (REGION,),
        "документы": (DOCUMENTS,),
        "папка": (FOLDER,),
    }
    named = {".".join(path): path for path, _ in _paths(service)}
    titled = Counter(title for _, title in _paths(service))
    return {t: path for path, t in _paths(service) if titled[t] == 1} | named | known


def _paths(service: ServiceDefinition) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each field's path and title, lower case: ("family", "last_name"), "члены семьи.фамилия"."""
    for field in service.fields:
        if field.type is not FieldType.GROUP:
            yield (field.name,), field.title.lower()
        for part in field.fields:
            yield (field.name, part.name), f"{field.title}.{part.title}".lower()


def _kinds(service: ServiceDefinition) -> dict[Path, FieldType]:
    """By the ends of a column's path: ("snils", "snils"), ("family", "last_name")."""
    kinds: dict[Path, FieldType] = {}
    for field in service.fields:
        kinds[field.name, field.name] = field.type
        kinds |= {(field.name, part.name): part.type for part in field.fields}
    return kinds


_MEMBER_COLUMN = re.compile(r"(.+)\.([0-9]{1,2})\.(.+)")


def _column(name: str, known: Mapping[str, tuple[str, ...]]) -> Path | None:
    name = name.lower()
    if path := known.get(name):
        return path if len(path) == 1 else None  # a group's column needs the member's number
    found = _MEMBER_COLUMN.fullmatch(name)
    if not found or int(found[2]) == 0:
        return None
    path = known.get(f"{found[1]}.{found[3]}")
    return (path[0], int(found[2]), path[1]) if path else None


def _row(
    number: int, cells: Sequence[Cell], columns: Sequence[tuple[Path, FieldType | None]]
) -> Row:
    problems = []
    if len(cells) > len(columns) and not all(map(is_blank, cells[len(columns) :])):
        problems.append(Problem("", "too_many_cells", {"at_most": len(columns)}))
    form: dict[str, Any] = {}
    groups: dict[str, dict[int, dict[str, str]]] = {}
    for (path, kind), cell in zip(columns, cells, strict=False):
        try:
            value = text_of(cell, kind)
        except InvalidValue as error:
            problems.append(Problem(_dotted(path), error.code, error.details))
            continue
        if not value:
            continue
        if len(value) > CELL_AT_MOST:
            problems.append(Problem(_dotted(path), "too_long", {"at_most": CELL_AT_MOST}))
        elif len(path) == 1:
            form[path[0]] = value
        else:
            group, position, part = path
            groups.setdefault(group, {}).setdefault(position, {})[part] = value
    for group, members in groups.items():
        form[group] = [members[position] for position in sorted(members)]
    region, folder = form.pop(REGION, ""), form.pop(FOLDER, "")
    held = form.pop(DOCUMENTS, "").replace(",", " ").split()
    told = any(path == (DOCUMENTS,) for path, _ in columns)
    documents = tuple(sorted(set(held))) if told else None
    return Row(number, region, form, documents, problems=tuple(problems), folder=folder)


def _dotted(path: Iterable[str | int]) -> str:
    return ".".join(map(str, path))


def with_repeats(rows: Iterable[Row]) -> Iterator[Row]:
    """A row with problems is taken in by nobody: it repeats none, and none repeats it."""
    first: dict[str, int] = {}
    for row in rows:
        if row.problems:
            yield row
            continue
        earlier = first.setdefault(row.digest, row.row)
        yield row if earlier == row.row else row._replace(repeats=earlier)


def bad_file(code: str, **details: Any) -> InvalidForm:
    return InvalidForm([Problem("", code, details)])


def judged_together(results: Iterable[RowResult]) -> Iterator[RowResult]:
    """The rows of a dry run, each judged by itself before, in their order: who comes second for
    what only one may have is rejected, as it would be when the rows are taken in."""
    taken: dict[str, int] = {}
    for result in results:
        row, keys = result.claim or Claim(result.row, ())
        earlier = [taken[key] for key in keys if taken.get(key, row) != row]
        if earlier:
            problem = Problem("", "taken_by_row", {"row": earlier[0]})
            yield RowResult(result.row, "rejected", problems=(problem,))
        else:
            taken |= dict.fromkeys(keys, row)
            yield result


# ---- the report ---------------------------------------------------------------------------------


def totals(results: Iterable[RowResult]) -> dict[str, int]:
    counted = {"rows": 0, "accepted": 0, "repeated": 0, "rejected": 0}
    for result in results:
        counted["rows"] += 1
        counted[result.status] += 1
    return counted


def report(lines: Iterable[Iterable[Any]]) -> bytes:
    """CSV with `;` in UTF-8 with a mark, as spreadsheets open it; formulas are made harmless."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    for line in lines:
        writer.writerow([harmless(str(cell)) for cell in line])
    return out.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
