"""The table of an agency's file, whatever program made it. Its content says what it is, never its
name."""

import io
import struct
import zipfile
from typing import NamedTuple

from adapters.inspection.archive_zip import is_zip
from adapters.inspection.verdict import DefectFound
from casework.batch import Row, bad_file, check_size, is_header, read_rows, rows_of
from casework.errors import Problem
from casework.json_lines import is_json, read_json_lines
from casework.service import ServiceDefinition

FORMATS = ("csv", "xlsx", "jsonl", "zip")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Table(NamedTuple):
    """`format`: csv | xlsx | jsonl."""

    format: str
    rows: list[Row]


def read_table(service: ServiceDefinition, data: bytes) -> Table:
    """Raises InvalidForm when the file as a whole cannot be read, DefectFound when it is an archive
    of something else."""
    check_size(data)
    if is_workbook(data):
        return Table("xlsx", _of_workbook(service, data))
    if is_zip(data):
        raise DefectFound("archive_in_archive", name="")
    if is_json(data):
        return Table("jsonl", read_json_lines(service, data))
    if data.lstrip()[:1] == b"<":  # a web page, or XML, that some programs call a spreadsheet
        raise bad_file("other_spreadsheet")
    return Table("csv", read_rows(service, data))


def is_workbook(data: bytes) -> bool:
    """Also one that only its own program opens: locked, of Excel 97, of OpenDocument."""
    return data.startswith(_OLE) or bool(_names(data) & {"[Content_Types].xml", "mimetype"})


def _names(data: bytes) -> set[str]:
    if not is_zip(data):
        return set()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return set(package.namelist())
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error):
        return set()


def _of_workbook(service: ServiceDefinition, data: bytes) -> list[Row]:
    """Of the first sheet that has a header; where none has, the first tells what is wrong."""
    if data.startswith(_OLE):
        raise bad_file("xlsx_encrypted" if _ENCRYPTED in data else "other_spreadsheet")
    from adapters.spreadsheet import Workbook  # noqa: PLC0415 (parts and CSV start without openpyxl)

    book = Workbook(data)
    headers = {sheet: header for sheet in book.sheets if (header := book.header(sheet))}
    if not headers:
        raise bad_file("empty_file")
    chosen = (sheet for sheet, header in headers.items() if is_header(service, header))
    return rows_of(service, book.lines(next(chosen, next(iter(headers)))))


def misnamed(name: str, found: str) -> list[Problem]:
    """That a file is not what the end of its name says; of an end that says nothing, nothing."""
    said = name.rpartition(".")[2].lower()
    if said == found or said not in FORMATS:
        return []
    return [Problem("", "named_otherwise", {"named": said, "found": found})]
