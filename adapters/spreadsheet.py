"""Workbooks of Excel (.xlsx, ISO/IEC 29500) as agencies send them: the lines of one sheet.

A stream of expat's, never a tree: what is held is the sheet's own texts and the cells that say
something, so a million formatted empty rows cost time and no memory. Nothing is reckoned, followed
or run: of a formula counts what the program saw last, links to other files stay closed, macros
are refused. Why no library: docs/decisions/batches.md.

Raises InvalidForm: other_spreadsheet, xlsx_encrypted, xlsx_macros, xlsx_broken, xlsx_too_big,
too_many_rows (services/texts/problems.toml).
"""

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from typing import NamedTuple
from xml.parsers import expat

from adapters.inspection.archive_zip import LARGEST_IN_ALL, Archive, is_zip
from adapters.inspection.verdict import MEGABYTE, DefectFound
from casework.batch import ROWS_AT_MOST, Line, bad_file
from casework.cells import EXACT_DIGITS, Cell, Fault, is_blank

LARGEST_SHEET = LARGEST_IN_ALL
LARGEST_STRINGS = 256 * MEGABYTE
LARGEST_PART = 16 * MEGABYTE
"""Unpacked. 100,000 rows of 50 cells are some 200 MB of XML; the other parts are small."""

MOST_TEXTS = 5_000_000
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet, by its format."""

LONGEST_TEXT = 100_000
LONGEST_TOKEN = 4 * MEGABYTE
"""Excel keeps 32,767 characters in a cell; more than that in one tag is an attack."""

MOST_MERGED = 200_000
"""Merged cells, and rows that they lie over in all."""

MOST_ELEMENTS = 500_000
"""Of a small part."""

_CHUNK = 256 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TYPES = "[Content_Types].xml"
_MACROS = (b"macroEnabled", b"macrosheet", b"vbaProject")
_ROUNDED = Context(prec=EXACT_DIGITS)
_DAMAGED = (
    *(DefectFound, expat.ExpatError, zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, RuntimeError, ValueError, LookupError, OverflowError, NotImplementedError),
)


def is_workbook(data: bytes) -> bool:
    """Also one that only its own program opens: locked, of Excel 97, of OpenDocument."""
    return data.startswith(_OLE) or bool(_names(data) & {_TYPES, "mimetype"})


def _names(data: bytes) -> set[str]:
    if not is_zip(data):
        return set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return set(package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        return set()


class Workbook:
    """`sheets`: the parts that hold those which a reader sees, in order."""

    def __init__(self, data: bytes) -> None:
        if data.startswith(_OLE):
            raise bad_file("xlsx_encrypted" if _ENCRYPTED in data else "other_spreadsheet")
        with _told_as_broken():
            self._package = _Package(data)
            if self._package.has("mimetype") or self._package.has("xl/workbook.bin"):
                raise bad_file("other_spreadsheet")
            types = self._package.read(_TYPES)
            if any(word in types for word in _MACROS):
                raise bad_file("xlsx_macros")
            (book,) = self._package.related("", "officeDocument")
            self._from_1904, self.sheets = self._package.sheets(book)
            self._formats = _Formats.of(self._package, book)
            self._texts = self._package.texts(book)

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
        found = _Lines(self._value, enough)
        with _told_as_broken():
            with suppress(_EnoughRead):
                self._package.parse(sheet, found, LARGEST_SHEET)
            _mark_merged(found.lines, found.merged)
        return found.lines

    def _value(self, kind: str, text: str, style: int, *, formula: bool) -> Cell:
        """What a cell says; "" when that is nothing."""
        if kind == "s":
            return self._texts[int(text)] if text else ""
        if kind == "e":
            return Fault("cell_error", {"value": text[:20]})
        if kind == "b":
            return text.strip() == "1"
        if kind == "n" and not text:
            return Fault("cell_not_computed", {}) if formula else ""
        if kind == "d":
            return _iso_day(text)
        return self._number(text, style) if kind == "n" else _unescaped(text)

    def _number(self, text: str, style: int) -> Cell:
        try:
            value = _ROUNDED.create_decimal(text.strip())
        except ArithmeticError:
            return text
        if not value.is_finite() or abs(value.adjusted()) > 2 * EXACT_DIGITS:
            return text
        if style in self._formats.days:
            return _day(value, from_1904=self._from_1904)
        digits = self._formats.zeros.get(style, 0)
        return f"{value:0{digits}f}" if digits and value == value.to_integral_value() else value


@contextmanager
def _told_as_broken() -> Iterator[None]:
    try:
        yield
    except _DAMAGED as error:
        raise bad_file("xlsx_broken") from error


# ---- the package ---------------------------------------------------------------------------------


class _Package:
    """The parts of a workbook by their names, small letters: a name there is the same in any."""

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = Archive(data, streamed=True)
        except DefectFound as error:
            if error.code == "archive_too_big":
                raise _too_big(LARGEST_SHEET) from error
            raise
        self._files = {file.name.lower(): file for file in self._archive.files}

    def has(self, part: str) -> bool:
        return part.lower() in self._files

    def read(self, part: str) -> bytes:
        file = self._files[part.lower()]
        if file.size > LARGEST_PART:
            raise _too_big(LARGEST_PART)
        return self._archive.unpacked(file)

    def parse(self, part: str, told: "_Told", largest: int = LARGEST_PART) -> None:
        file = self._files[part.lower()]
        if file.size > largest:
            raise _too_big(largest)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = told.start
        parser.EndElementHandler = told.end
        parser.CharacterDataHandler = told.characters
        parser.StartDoctypeDeclHandler = _refuse_dtd
        with self._archive.open(file) as stream:
            read = 0
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
                read += len(chunk)
                if read - parser.CurrentByteIndex > LONGEST_TOKEN:
                    raise ValueError("a tag without an end")
            parser.Parse(b"", True)

    def related(self, part: str, kind: str) -> list[str]:
        """The parts that a part names as its `kind`: the package's own are named by ""."""
        return [target for _, target, its in self._relations(part) if its == kind]

    def sheets(self, book: str) -> tuple[bool, tuple[str, ...]]:
        """Whether days are counted from 1904, and the sheets that are not hidden, in order."""
        targets = {name: target for name, target, its in self._relations(book) if its in _SHEETS}
        from_1904, sheets = False, []
        for _, name, told in self._elements(book):
            if name == "workbookPr":
                from_1904 = told.get("date1904") in ("1", "true")
            elif name == "sheet" and told.get("state", "visible") == "visible":
                its = next((told[key] for key in told if key.endswith(" id")), "")
                if its in targets:
                    sheets.append(targets[its])
        return from_1904, tuple(sheets)

    def texts(self, book: str) -> list[str]:
        """The texts that cells share."""
        found = _Texts()
        for part in self.related(book, "sharedStrings"):
            self.parse(part, found, LARGEST_STRINGS)
        return found.texts

    def elements_of(self, book: str, kind: str) -> Iterator[tuple[str, str, Mapping[str, str]]]:
        for part in self.related(book, kind):
            yield from self._elements(part)

    def _elements(self, part: str) -> list[tuple[str, str, Mapping[str, str]]]:
        """Of a small part: the name above, the name, the attributes."""
        found = _Elements()
        self.parse(part, found)
        return found.elements

    def _relations(self, part: str) -> Iterator[tuple[str, str, str]]:
        """Id, part and kind, of those that lead to the package."""
        folder, _, name = part.rpartition("/")
        listed = posixpath.join(folder, "_rels", f"{name}.rels")
        for _, _, told in self._elements(listed) if self.has(listed) else ():
            if "Target" in told and told.get("TargetMode") != "External":
                path = posixpath.normpath(posixpath.join("/", folder, told["Target"]))
                kind = told.get("Type", "").rpartition("/")[2]
                yield told.get("Id", ""), path.lstrip("/"), kind


_SHEETS = {"worksheet"}


def _too_big(at_most: int) -> Exception:
    return bad_file("xlsx_too_big", at_most_mb=at_most // MEGABYTE)


def _refuse_dtd(*_: object) -> None:
    raise ValueError("a DTD")


# ---- what is heard of a part ---------------------------------------------------------------------


class _Told:
    """Elements by their local names: two namespaces say the same, and any prefix may stand for
    either."""

    def start(self, name: str, told: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError

    def characters(self, text: str) -> None:
        """Nothing, where only attributes speak."""


class _Elements(_Told):
    def __init__(self) -> None:
        self.elements: list[tuple[str, str, Mapping[str, str]]] = []
        self._above = [""]

    def start(self, name: str, told: dict[str, str]) -> None:
        name = _local(name)
        if len(self.elements) == MOST_ELEMENTS:
            raise ValueError("too many elements")
        self.elements.append((self._above[-1], name, told))
        self._above.append(name)

    def end(self, _: str) -> None:
        self._above.pop()


class _WithTexts(_Told):
    """Gathers what stands in `<t>`, but for how it is read aloud in Japanese (`rPh`)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._aloud = self._heard = False

    def characters(self, text: str) -> None:
        if self._heard and not self._aloud:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > LONGEST_TEXT:
                raise ValueError("a text too long")

    def _begin(self) -> None:
        if self._pieces:
            self._pieces, self._length = [], 0
        self._heard = False

    def _said(self) -> str:
        return "".join(self._pieces)


class _Texts(_WithTexts):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def start(self, name: str, _: dict[str, str]) -> None:
        name = _local(name)
        if name == "si":
            self._begin()
        elif name == "rPh":
            self._aloud = True
        self._heard = name == "t"

    def end(self, name: str) -> None:
        name, self._heard = _local(name), False
        if name == "rPh":
            self._aloud = False
        elif name == "si":
            if len(self.texts) == MOST_TEXTS:
                raise _too_big(LARGEST_STRINGS)
            self.texts.append(_unescaped(self._said()))


class _EnoughRead(Exception):
    """More lines are not wanted."""


class _Lines(_WithTexts):
    """`lines` that are not blank; `merged`: first row, first column, last row, last column, from
    1 and 0."""

    def __init__(self, value: Callable[..., Cell], enough: int) -> None:
        super().__init__()
        self.lines: list[tuple[int, list[Cell]]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self._value, self._enough = value, enough
        self._row = 0
        self._column: str | int = -1
        self._cell: dict[str, str] = {}
        self._formula = False
        self._cells: dict[int, Cell] = {}

    def start(self, name: str, told: dict[str, str]) -> None:
        name = _local(name)
        if name == "c":
            self._begin()
            self._column, self._cell, self._formula = self._place(told), told, False
        elif name in ("v", "t"):
            self._heard = True
        elif name == "rPh":
            self._aloud = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            row = int(told["r"]) if "r" in told else self._row + 1
            if not self._row < row <= MOST_ROWS:
                raise ValueError("rows out of order")
            self._row, self._column, self._cells = row, -1, {}
        elif name == "mergeCell":
            if len(self.merged) == MOST_MERGED:
                raise ValueError("too many merged cells")
            first, _, last = told.get("ref", "").partition(":")
            self.merged.append((_number_of(first), _column(first), _number_of(last), _column(last)))

    def end(self, name: str) -> None:
        name = _local(name)
        if name == "c":
            if self._pieces or self._formula:  # most cells of a formatted sheet are empty
                self._read()
        elif name in ("v", "t"):
            self._heard = False
        elif name == "rPh":
            self._aloud = False
        elif name == "row" and self._cells:
            self._keep()

    def _place(self, told: dict[str, str]) -> str | int:
        """Where the cell stands: what is said of it, or after the one before."""
        before = self._column
        return told.get("r") or (before if isinstance(before, int) else _column(before)) + 1

    def _read(self) -> None:
        if isinstance(self._column, str):
            self._column = _column(self._column)
        if self._column >= MOST_COLUMNS:
            raise ValueError("too many columns")
        kind, style = self._cell.get("t", "n"), int(self._cell.get("s", "0"))
        value = self._value(kind, self._said(), style, formula=self._formula)
        if not is_blank(value):
            self._cells[self._column] = value

    def _keep(self) -> None:
        last = max(self._cells)
        width = len(self.lines[0][1]) if self.lines else last + 1
        line = [self._cells.get(column, "") for column in range(min(width, last + 1))]
        if last >= width:
            line.append(self._cells[last])
        self.lines.append((self._row, line))
        if len(self.lines) == self._enough:
            raise _EnoughRead


@lru_cache(maxsize=256)
def _local(name: str) -> str:
    return name[name.rfind(" ") + 1 :]


_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def _column(reference: str) -> int:
    """From 0: "B7" -> 1."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError("no reference to a cell")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return column - 1


def _number_of(reference: str) -> int:
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError("no reference to a cell")
    return int(found[2])


def _mark_merged(
    lines: list[tuple[int, list[Cell]]], merged: list[tuple[int, int, int, int]]
) -> None:
    """The program shows one value over several cells and keeps it in the first: whose it is, a
    person must say. What is merged and empty, or above the rows, is no matter."""
    rows = dict(lines[1:])
    over = 0
    for first, left, last, right in merged:
        anchor = rows.get(first, [])
        if left >= len(anchor) or is_blank(anchor[left]):
            continue
        over += last - first + 1
        if over > MOST_MERGED:
            raise ValueError("too many merged cells")
        for row in range(first, last + 1):
            cells = rows.get(row, [])
            cells += [""] * (left + 1 - len(cells)) if row in rows else []
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = Fault("cell_merged", {})


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _unescaped(text: str) -> str:
    """Characters that XML does not allow are written as _x000D_."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


# ---- numbers and days ----------------------------------------------------------------------------


class _Formats(NamedTuple):
    """Styles of cells by their position: those that show a number as a day, and those that show at
    least so many digits (the format "000000")."""

    days: frozenset[int]
    zeros: Mapping[int, int]

    @classmethod
    def of(cls, package: _Package, book: str) -> "_Formats":
        codes, used = dict.fromkeys(_BUILT_IN_DAYS, "d"), []
        for above, name, told in package.elements_of(book, "styles"):
            if (above, name) == ("numFmts", "numFmt"):
                codes[int(told["numFmtId"])] = told.get("formatCode", "")
            elif (above, name) == ("cellXfs", "xf"):
                used.append(int(told.get("numFmtId", "0")))
        shown = {style: codes.get(number, "") for style, number in enumerate(used)}
        days = frozenset(style for style, code in shown.items() if _shows_day(code))
        zeros = {style: len(code) for style, code in shown.items() if _ZEROS.fullmatch(code)}
        return cls(days, zeros)


_BUILT_IN_DAYS = (*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59))
_ZEROS = re.compile("0{2,20}")
_SILENT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
"""Of a format: what is shown as it stands, or tells a colour, a condition, a language."""


def _shows_day(code: str) -> bool:
    shown = _SILENT.sub("", code.partition(";")[0]).lower()
    return "general" not in shown and any(letter in shown for letter in "dmyhs")


# Days of a calendar, nowhere in particular.
_FROM_1900 = datetime(1899, 12, 31)  # noqa: DTZ001
_FROM_MARCH_1900 = datetime(1899, 12, 30)  # noqa: DTZ001
_FROM_1904 = datetime(1904, 1, 1)  # noqa: DTZ001


def _day(value: Decimal, *, from_1904: bool) -> Cell:
    """Excel counts days from 1900 and takes that for a leap year: day 60 never was."""
    if not 0 <= value < 3_000_000:
        return value
    seconds = round(value * 86_400)
    if from_1904:
        begin = _FROM_1904
    elif seconds // 86_400 == 60:
        return "29.02.1900"
    else:
        begin = _FROM_MARCH_1900 if value > 60 else _FROM_1900
    try:
        return begin + timedelta(seconds=seconds)
    except OverflowError:
        return value


def _iso_day(text: str) -> Cell:
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        return text
