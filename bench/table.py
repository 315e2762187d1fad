"""One row a figure: what, ours, the floor or peer, their ratio, the target, whether it is met."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

HEADINGS = ("what", "ours", "floor or peer", "ratio", "target", "met", "note")


class Target(NamedTuple):
    of: Literal["ours", "ratio"]
    at: Literal["most", "least"]
    bound: float

    def __str__(self) -> str:
        sign = "<=" if self.at == "most" else ">="
        return f"{sign} {self.bound:,g}" + (" x" if self.of == "ratio" else "")

    def is_met(self, figure: float) -> bool:
        return figure <= self.bound if self.at == "most" else figure >= self.bound


@dataclass(frozen=True)
class Row:
    """`ours` and `floor` in `unit`; `against` names the floor. `ours` None: not measured."""

    what: str
    ours: float | None
    unit: str
    floor: float | None = None
    against: str = ""
    target: Target | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the floor's cost ours is: of rates, the floor's is the larger."""
        if not self.ours or not self.floor:
            return None
        return self.floor / self.ours if self.unit.endswith("/s") else self.ours / self.floor

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        figure = self.ours if self.target.of == "ours" else self.ratio
        return None if figure is None else self.target.is_met(figure)


def as_text(rows: Sequence[Row]) -> str:
    lines = [HEADINGS, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(_line(cells, widths) for cells in lines)


def as_json(rows: Iterable[Row]) -> str:
    listed = [
        {
            "what": row.what,
            "ours": row.ours,
            "unit": row.unit,
            "floor": row.floor,
            "against": row.against,
            "ratio": row.ratio,
            "target": str(row.target) if row.target else None,
            "met": row.met,
            "note": row.note,
        }
        for row in rows
    ]
    return json.dumps(listed, ensure_ascii=False, indent=1)


def _cells(row: Row) -> tuple[str, ...]:
    floor = (
        f"{_figure(row.floor, row.unit)} {row.against}" if row.floor is not None else row.against
    )
    ratio = "" if row.ratio is None else f"{row.ratio:.2f} x"
    target = str(row.target or "")
    met = {True: "yes", False: "NO", None: ""}[row.met]
    return row.what, _figure(row.ours, row.unit), floor, ratio, target, met, row.note


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    if unit == "$":
        return f"${value:,.0f}"
    digits = 0 if value >= 1000 or value == int(value) else 1 if value >= 10 else 3
    return f"{value:,.{digits}f} {unit}".rstrip()


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
