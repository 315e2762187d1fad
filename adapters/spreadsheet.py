"""Workbooks of Excel (.xlsx, ISO/IEC 29500 transitional) as agencies send them: the lines of one
sheet.

openpyxl reads them, within our bounds. Of its reader we take the steps that a table needs: charts,
pictures and links to other files stay closed, and macros are refused. Of a formula counts what the
program saw last. Which library and why: docs/decisions/batches.md.

Raises InvalidForm: other_spreadsheet, xlsx_macros, xlsx_broken, xlsx_too_big, too_many_rows
(services/texts/problems.toml).
"""

import io
import re
import resource
import threading
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Context
from typing import Any

from defusedxml.ElementTree import iterparse
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser
from openpyxl.worksheet.merge import MergeCell

from adapters.inspection.archive_zip import Archive
from adapters.inspection.verdict import MEGABYTE
from casework.batch import ROWS_AT_MOST, Line, bad_file
from casework.cells import EXACT_DIGITS, Cell, Fault, is_blank
from casework.errors import InvalidForm

LARGEST_PART = 512 * MEGABYTE
"""Unpacked. 100,000 rows of 36 cells are 120-300 MB of XML, by the program."""

MOST_CELLS = 25_000_000
"""Empty ones with them: two minutes of reading."""

MEMORY = 1_700 * MEGABYTE
"""Of the function's 2,048: data of the whole process. The library keeps what it does not know."""

MOST_ROWS = 1_048_576
"""Of a sheet, by its format."""

MOST_MERGED = 200_000
"""Rows that merged cells lie over in all."""

_TYPES = "[content_types].xml"
_MACROS = (b"macroEnabled", b"macrosheet", b"vbaProject")
_ROUNDED = Context(prec=EXACT_DIGITS)
_ZEROS = re.compile("0{2,20}")


class Workbook:
    """`sheets`: the parts that hold those which a reader sees, in order."""

    def __init__(self, data: bytes) -> None:
        with _guarded():
            _judge(Archive(data, largest=LARGEST_PART))
            self._reader = reader = _opened(data)
            self._zeros = _zeros(reader.wb)
            shown = (
                relation.target
                for sheet, relation in reader.parser.find_sheets()
                if sheet.state == "visible" and relation.Type.endswith("/worksheet")
            )
            self.sheets = tuple(dict.fromkeys(shown))
            if not self.sheets:  # also of the strict variant, whose names the library does not know
                raise ValueError("no sheet")

    def header(self, sheet: str) -> list[Cell]:
        """The first line that is not blank; empty when there is none."""
        lines = self._lines(sheet, enough=1)
        return lines[0][1] if lines else []

    def lines(self, sheet: str) -> list[Line]:
        """Those that are not blank, by the numbers that the program shows. Of a line below the
        first are cells to the right of it only kept as one that says something."""
        enough = ROWS_AT_MOST + 2  # the header, and a row too many
        lines = self._lines(sheet, enough)
        if len(lines) == enough:
            raise bad_file("too_many_rows", at_most=ROWS_AT_MOST)
        return list(lines)

    def _lines(self, sheet: str, enough: int) -> list[tuple[int, list[Cell]]]:
        lines: list[tuple[int, list[Cell]]] = []
        before = read = 0
        with _guarded(), self._reader.archive.open(sheet) as part:
            rows = _rows_of(self._reader, part)
            for number, cells in rows.parse():
                if not before < number <= MOST_ROWS:
                    raise ValueError("rows out of order")
                before, read = number, read + len(cells)
                if read > MOST_CELLS:
                    raise bad_file("xlsx_too_big")
                said = {cell["column"]: self._value(**cell) for cell in cells}
                filled = {column: value for column, value in said.items() if not is_blank(value)}
                if filled:
                    lines.append((number, _line(filled, len(lines[0][1]) if lines else None)))
                if len(lines) == enough:
                    return lines
            if rows.merged_cells:
                _mark_merged(lines, rows.merged_cells.mergeCell)
        return lines

    def _value(self, value: Any, data_type: str, style_id: int, **_: int) -> Cell:
        """What a cell says; "" when that is nothing."""
        if data_type == _Rows.NOT_COMPUTED:
            return Fault("cell_not_computed", {})
        if value is None:
            return ""
        if data_type == "e":
            return Fault("cell_error", {"value": value[:20]})
        if isinstance(value, bool | datetime):
            return value
        if isinstance(value, date):
            return datetime.combine(value, time())
        is_number = isinstance(value, int | float)
        # A time of day, or a length of it, is told as it is shown.
        return self._number(value, style_id) if is_number else unescape(str(value))

    def _number(self, value: float, style: int) -> Cell:
        number, digits = _ROUNDED.create_decimal(value), self._zeros.get(style, 0)
        whole = digits and number == number.to_integral_value()
        return f"{number:0{digits}f}" if whole else number


# ---- the library within bounds -------------------------------------------------------------------

_one_at_a_time = threading.Lock()
"""The bounds are the process's."""


@contextmanager
def _guarded() -> Iterator[None]:
    try:
        with _one_at_a_time, _bounded(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library's, of what it does not keep
            yield
    except InvalidForm:
        raise
    except MemoryError as error:
        raise bad_file("xlsx_too_big") from error
    except Exception as error:
        # What a library raises of a damaged file is an open set: KeyError, TypeError, IndexError,
        # AttributeError, and those of zlib, zipfile, ElementTree and defusedxml.
        too_big = getattr(error, "code", "") in ("archive_file_too_big", "archive_too_big")
        raise bad_file("xlsx_too_big" if too_big else "xlsx_broken") from error


@contextmanager
def _bounded() -> Iterator[None]:
    before, most = resource.getrlimit(resource.RLIMIT_DATA)
    bound = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, most))


def _judge(archive: Archive) -> None:
    files = {file.name.lower(): file for file in archive.files}
    if files.keys() & {"mimetype", "xl/workbook.bin"}:
        raise bad_file("other_spreadsheet")
    types = archive.unpacked(files[_TYPES])
    if any(word in types for word in _MACROS):
        raise bad_file("xlsx_macros")
    for file in archive.files:
        if file.name.lower().endswith((".xml", ".rels")):
            with archive.open(file) as part:  # a DTD stands before the first element
                next(iterparse(part, events=("start",), forbid_dtd=True))


class _Package(zipfile.ZipFile):
    """A part has the same name in any letters; 1C writes some otherwise than it calls them."""

    def getinfo(self, name: str) -> zipfile.ZipInfo:
        found = (info for info in self.infolist() if info.filename.lower() == name.lower())
        return next(found, None) or super().getinfo(name)


def _opened(data: bytes) -> ExcelReader:
    """ExcelReader.read() without pictures, charts, names and properties."""
    reader = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.archive = _Package(io.BytesIO(data))
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)
    return reader


def _zeros(book: Any) -> dict[int, int]:
    """How many digits a style shows at least (the format "000000"), by its number."""
    formats = dict(enumerate(book._number_formats, start=BUILTIN_FORMATS_MAX_SIZE))
    codes = [formats.get(style.numFmtId, "") for style in book._cell_styles]
    return {style: len(code) for style, code in enumerate(codes) if _ZEROS.fullmatch(code)}


class _Rows(WorkSheetParser):
    """The library's reader of a sheet, beneath the one that lays a row out to its last cell and
    drops rows and cells out of order. It also knows a formula of which no value is kept."""

    NOT_COMPUTED = "f"

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = self.NOT_COMPUTED
        return cell


def _rows_of(reader: ExcelReader, part: Any) -> _Rows:
    return _Rows(
        part,
        reader.shared_strings,
        data_only=True,
        epoch=reader.wb.epoch,
        date_formats=reader.wb._date_formats,
        timedelta_formats=reader.wb._timedelta_formats,
    )


# ---- lines ---------------------------------------------------------------------------------------


def _line(filled: dict[int, Cell], width: int | None) -> list[Cell]:
    """`filled`: by the column, from 1; `width`: of the header, None for itself."""
    last = max(filled)
    width = width or last
    line = [filled.get(column, "") for column in range(1, min(width, last) + 1)]
    return [*line, filled[last]] if last > width else line


def _mark_merged(lines: list[tuple[int, list[Cell]]], merged: list[MergeCell]) -> None:
    """The program shows one value over several cells and keeps it in the first: whose it is, a
    person must say. What is merged and empty, or above the rows, is no matter."""
    rows = dict(lines[1:])
    over = 0
    for cells in merged:
        left, anchor = cells.min_col - 1, rows.get(cells.min_row, [])
        if left >= len(anchor) or is_blank(anchor[left]):
            continue
        over += cells.max_row - cells.min_row + 1
        if over > MOST_MERGED:
            raise ValueError("too many merged cells")
        for row in range(cells.min_row, cells.max_row + 1):
            line = rows.get(row, [])
            line += [""] * (left + 1 - len(line)) if row in rows else []
            for column in range(left, min(cells.max_col, len(line))):
                line[column] = Fault("cell_merged", {})
