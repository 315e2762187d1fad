"""What a spreadsheet has made of a typed value, turned back where nothing was lost."""

from datetime import datetime
from decimal import Decimal

import pytest

from casework.cells import Fault, text_of
from casework.errors import InvalidValue
from casework.fields import FieldType as Kind

MAY_10 = datetime(1960, 5, 10)  # noqa: DTZ001 - a day of a calendar


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (" Ёлкина ", Kind.NAME, "Ёлкина"),
        (True, Kind.YES_NO, "да"),
        (False, Kind.CONSENT, "нет"),
        (Decimal(2), None, "2"),
        (Decimal("17.00"), Kind.TEXT, "17"),
        (Decimal("17000.50"), Kind.MONEY, "17000.5"),
        (Decimal("1.8E+4"), Kind.MONEY, "18000"),
        (Decimal("-3"), Kind.NUMBER, "-3"),
        (Decimal("1E+999999"), Kind.MONEY, "1E+999999"),
        (MAY_10, Kind.DATE, "10.05.1960"),
        (MAY_10.replace(hour=21, minute=30), Kind.DATE, "10.05.1960 21:30"),
        (Decimal(11223344595), Kind.SNILS, "11223344595"),
        (Decimal(112233445), Kind.SNILS, "00112233445"),
        (Decimal(11223344), Kind.SNILS, "11223344"),  # three zeros may as well be a slip
        (Decimal(10010073225), Kind.INN, "010010073225"),
        (Decimal(1001007322), Kind.INN, "1001007322"),  # no region is 00: an organisation's?
        (Decimal(107083893), Kind.INN_ORGANISATION, "0107083893"),
        (Decimal(44525225), Kind.BIC, "044525225"),
        (Decimal(4503123456), Kind.PASSPORT, "4503123456"),
        (Decimal(89161234567), Kind.PHONE, "89161234567"),
    ],
)
def test_it_is_what_would_have_been_typed(cell, kind, text):
    assert text_of(cell, kind) == text


@pytest.mark.parametrize(
    ("cell", "kind", "code"),
    [
        (Decimal(103123456), Kind.PASSPORT, "cell_lost_zeros"),
        (Decimal(7700000000000008), Kind.OMS_POLICY, "cell_lost_digits"),
        (Decimal("4.0817810099910004E+19"), Kind.BANK_ACCOUNT, "cell_lost_digits"),
        (MAY_10, Kind.TEXT, "cell_is_date"),
        (MAY_10, None, "cell_is_date"),
        (Fault("cell_error", {"value": "#N/A"}), Kind.DATE, "cell_error"),
    ],
)
def test_what_is_lost_is_told(cell, kind, code):
    with pytest.raises(InvalidValue) as told:
        text_of(cell, kind)
    assert told.value.code == code
