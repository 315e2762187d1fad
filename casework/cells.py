"""The cells of an agency's table as its program keeps them, and the text that a person would have
typed instead.

A text stands for itself. What a spreadsheet or JSON has made of it (a number, a day, yes or no) is
turned back by the type of the field it is for, and only where nothing was lost on the way.
"""

from datetime import datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from casework.errors import InvalidValue
from casework.fields import FieldType

YES, NO = "да", "нет"
EXACT_DIGITS = 15
"""A spreadsheet keeps no more of a number, and many programs that write JSON little more."""


class Fault(NamedTuple):
    """A cell that says nothing which could be taken for a value: the code of a problem."""

    code: str
    details: dict[str, Any]


Cell = str | bool | Decimal | datetime | Fault
"""An empty cell is ""; a day is a datetime at midnight."""

DATES = {FieldType.DATE, FieldType.DATE_AHEAD}
FIGURES = {FieldType.NUMBER, FieldType.MONEY}
ZEROS_LOST = {  # how many digits the number has, and how many zeros may begin it
    FieldType.SNILS: (11, 2),
    FieldType.INN: (12, 1),
    FieldType.INN_ORGANISATION: (10, 1),
    FieldType.BIC: (9, 1),
}
"""Zeros that are put back: check digits, or the first digit of every BIC, prove them afterwards."""

PASSPORT_DIGITS = 10  # it has no check digits: nine may lack a zero or any other digit


def text_of(cell: Cell, kind: FieldType | None) -> str:
    """As it would be typed. `kind`: of the field; None for a column that is no field.

    Raises InvalidValue: `cell_is_date`, `cell_lost_digits`, `cell_lost_zeros`, or that of a Fault.
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return YES if cell else NO
    if isinstance(cell, Decimal):
        return _number(cell, kind)
    if isinstance(cell, Fault):
        raise InvalidValue(cell.code, **cell.details)
    if kind not in DATES:
        raise InvalidValue("cell_is_date")
    # With a time of day it is no day: the check of the form says how to write one.
    return f"{cell:%d.%m.%Y}" if cell.time() == time() else f"{cell:%d.%m.%Y %H:%M}"


def is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _number(value: Decimal, kind: FieldType | None) -> str:
    if abs(value.adjusted()) > 2 * EXACT_DIGITS:
        return str(value)  # no field takes it, and its digits would fill the memory
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if kind in FIGURES or not text.isdigit():
        return text
    if len(text) > EXACT_DIGITS:
        raise InvalidValue("cell_lost_digits")
    if kind is FieldType.PASSPORT and len(text) == PASSPORT_DIGITS - 1:
        raise InvalidValue("cell_lost_zeros")
    digits, zeros = ZEROS_LOST.get(kind, (0, 0)) if kind else (0, 0)
    return text.zfill(digits) if digits - zeros <= len(text) else text
