"""What commands print: JSON, or aligned columns."""

import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: Any) -> Any:
    """What JSON has no type for. A number stays one: in a service file a text names a measure."""
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return str(value)


def print_table(lines: Iterable[Sequence[Any]], *, indent: str = "") -> None:
    rows = [[str(cell) for cell in line] for line in lines]
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print((indent + "  ".join(cells)).rstrip())
