"""Measures: the arithmetic that a service file names, and that its conditions and amounts refer to.

A service file binds each kind of measure to its own fields, one line each:

    applicant_age = { title = "...", unit = "years", age = "birth_date" }
    family_size = { title = "...", unit = "people", count = "family", and_applicant = true }
    income = { title = "...", unit = "rubles", sum = ["income", "family.income"], over = 12 }
    minimum = { title = "...", unit = "rubles", figure = "subsistence_minimum" }
    limit = { title = "...", unit = "rubles", product = ["minimum", 1.5] }

A path is a field, or a field of a group's members ("family.income"); `where` picks the members.
A measure is reckoned on the day of receipt and gives None when the form lacks what it needs.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import Discriminator, Field, StringConstraints, Tag

from casework.condition import Condition, Definition, Facts, holds, years_between
from casework.errors import BadDefinition
from casework.parameters import Figure, Parameters

KOPECK = Decimal("0.01")
NARROW_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"
NO_DATA = "нет данных"

Path = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
Result = TypeVar("Result")
Operand = Decimal | str
"""A number, or the name of another measure."""


class MeasureUnit(StrEnum):
    RUBLES = "rubles"
    PEOPLE = "people"
    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    NUMBER = "number"


_UNIT_WORDS = {
    MeasureUnit.RUBLES: "₽",
    MeasureUnit.PEOPLE: "чел.",
    MeasureUnit.YEARS: "лет",
    MeasureUnit.MONTHS: "мес.",
    MeasureUnit.DAYS: "дн.",
    MeasureUnit.NUMBER: "",
}


class Reckoned(NamedTuple):
    """A measure's value, and how it came about, for the citizen: "(1 000,00 + 500,00) ÷ 12"."""

    value: Any
    working: str


NOT_KNOWN = Reckoned(None, "")


class _Measure(Definition):
    title: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    unit: MeasureUnit

    def paths(self) -> tuple[Path, ...]:
        """The fields it reads."""
        return ()

    def operands(self) -> tuple[str, ...]:
        """The other measures it reads."""
        return ()

    def operands_used(self, _: "Measures") -> tuple[str, ...]:
        """Those of its operands that the value came from."""
        return self.operands()

    def conditions(self) -> tuple[tuple[str | None, Condition], ...]:
        """Its conditions, each with the group whose members it is asked of, or None."""
        return ()

    def figures(self) -> tuple[str, ...]:
        """The dated figures it reads."""
        return ()

    def reckon(self, of: "Measures") -> Reckoned:
        raise NotImplementedError


class Age(_Measure):
    """Full years, months or days since a date; of a group, the youngest unless `take` is most."""

    age: Path
    where: Condition | None = None
    take: Literal["least", "most"] = "least"

    def paths(self) -> tuple[Path, ...]:
        return (self.age,)

    def conditions(self) -> tuple[tuple[str | None, Condition], ...]:
        return ((_group(self.age), self.where),) if self.where else ()

    def reckon(self, of: "Measures") -> Reckoned:
        births = _values(of, self.age, self.where)
        if not births:
            return NOT_KNOWN
        birth = max(births) if self.take == "least" else min(births)
        # Who was born after the receipt, and added by a correction, was no age then.
        return Reckoned(max(_ELAPSED[self.unit](birth, of.day), 0), f"с {birth:%d.%m.%Y}")


class Until(_Measure):
    """Full months or days from the day of receipt to a date; negative when it has passed."""

    until: Path

    def paths(self) -> tuple[Path, ...]:
        return (self.until,)

    def reckon(self, of: "Measures") -> Reckoned:
        end = of.facts.get(self.until)
        if end is None:
            return NOT_KNOWN
        elapsed = _ELAPSED[self.unit]
        left = elapsed(of.day, end) if end >= of.day else -elapsed(end, of.day) - (end < of.day)
        return Reckoned(left, f"до {end:%d.%m.%Y}")


class Count(_Measure):
    """Members of a group; with the applicant, always or when a condition on the form holds."""

    count: Path
    where: Condition | None = None
    and_applicant: Literal[True] | Condition | None = None

    def paths(self) -> tuple[Path, ...]:
        return (self.count,)

    def conditions(self) -> tuple[tuple[str | None, Condition], ...]:
        asked = [(self.count, self.where)] if self.where else []
        own = [(None, self.and_applicant)] if isinstance(self.and_applicant, Condition) else []
        return (*asked, *own)

    def reckon(self, of: "Measures") -> Reckoned:
        members = sum(holds(self.where, m, of) for m in of.facts.get(self.count) or ())
        if self.and_applicant is None:
            return Reckoned(members, "")
        own = self.and_applicant is True or holds(self.and_applicant, of.facts, of)
        return Reckoned(members + own, "")


class Sum(_Measure):
    """Everything that stands under the paths, over a number of months."""

    sum: tuple[Path, ...] = Field(min_length=1)
    where: Condition | None = None
    over: int = Field(1, ge=1)

    def paths(self) -> tuple[Path, ...]:
        return self.sum

    def conditions(self) -> tuple[tuple[str | None, Condition], ...]:
        groups = dict.fromkeys(_group(path) for path in self.sum if _group(path))
        return tuple((group, self.where) for group in groups) if self.where else ()

    def reckon(self, of: "Measures") -> Reckoned:
        if any(of.facts.get(path) is None for path in self.sum if _group(path) is None):
            return NOT_KNOWN
        parts = [value for path in self.sum for value in _values(of, path, self.where)]
        total = sum(parts, Decimal(0))
        working = " + ".join(map(rubles, parts)) or rubles(total)
        if self.over == 1:
            return Reckoned(total, working if len(parts) > 1 else "")
        working = f"({working})" if len(parts) > 1 else working
        return Reckoned(total / self.over, f"{working} ÷ {self.over}")


class Value(_Measure):
    """A number or a sum of money of the form, as it is."""

    value: Path

    def paths(self) -> tuple[Path, ...]:
        return (self.value,)

    def reckon(self, of: "Measures") -> Reckoned:
        return Reckoned(of.facts.get(self.value), "")


class DatedFigure(_Measure):
    """A figure of the region; `size`: the measure that says for which household size."""

    figure: str
    size: str | None = None

    def operands(self) -> tuple[str, ...]:
        return (self.size,) if self.size else ()

    def figures(self) -> tuple[str, ...]:
        return (self.figure,)

    def reckon(self, of: "Measures") -> Reckoned:
        size = of[self.size] if self.size else None
        if self.size and size is None:
            return NOT_KNOWN
        return Reckoned(of.figure(self.figure, size).amount, "")


class _Arithmetic(_Measure):
    def reckon(self, of: "Measures") -> Reckoned:
        numbers = [of.number(operand) for operand in self._parts()]
        if any(number is None for number in numbers):
            return NOT_KNOWN
        shown = self._sign().join(of.shown(operand) for operand in self._parts())
        value = self._result([Decimal(number) for number in numbers])
        return NOT_KNOWN if value is None else Reckoned(value, shown)

    def operands(self) -> tuple[str, ...]:
        return tuple(part for part in self._parts() if isinstance(part, str))

    def _parts(self) -> tuple[Operand, ...]:
        raise NotImplementedError

    def _sign(self) -> str:
        raise NotImplementedError

    def _result(self, numbers: list[Decimal]) -> Decimal | None:
        raise NotImplementedError


class Product(_Arithmetic):
    product: tuple[Operand, ...] = Field(min_length=2)

    def _parts(self) -> tuple[Operand, ...]:
        return self.product

    def _sign(self) -> str:
        return " × "

    def _result(self, numbers: list[Decimal]) -> Decimal:
        result = Decimal(1)
        for number in numbers:
            result *= number
        return result


class Quotient(_Arithmetic):
    """The first by the second; None when the second is nought."""

    quotient: tuple[Operand, Operand]

    def _parts(self) -> tuple[Operand, ...]:
        return self.quotient

    def _sign(self) -> str:
        return " ÷ "

    def _result(self, numbers: list[Decimal]) -> Decimal | None:
        return numbers[0] / numbers[1] if numbers[1] else None


class Total(_Arithmetic):
    """Other measures and numbers added up."""

    total: tuple[Operand, ...] = Field(min_length=2)

    def _parts(self) -> tuple[Operand, ...]:
        return self.total

    def _sign(self) -> str:
        return " + "

    def _result(self, numbers: list[Decimal]) -> Decimal:
        return sum(numbers, Decimal(0))


class Difference(_Arithmetic):
    """The first less the second, never below nought."""

    difference: tuple[Operand, Operand]

    def _parts(self) -> tuple[Operand, ...]:
        return self.difference

    def _sign(self) -> str:
        return " \N{MINUS SIGN} "

    def _result(self, numbers: list[Decimal]) -> Decimal:
        return max(numbers[0] - numbers[1], Decimal(0))


class Branch(Definition):
    when: Condition
    take: Operand


class FirstOf(_Measure):
    """What the first branch takes whose condition holds; else `otherwise`."""

    first_of: tuple[Branch, ...] = Field(min_length=1)
    otherwise: Operand | None = None

    def operands(self) -> tuple[str, ...]:
        taken = (*(branch.take for branch in self.first_of), self.otherwise)
        asked = (name for branch in self.first_of for name in branch.when.measures())
        return tuple(t for t in taken if isinstance(t, str)) + tuple(asked)

    def conditions(self) -> tuple[tuple[str | None, Condition], ...]:
        return tuple((None, branch.when) for branch in self.first_of)

    def operands_used(self, of: "Measures") -> tuple[str, ...]:
        """What was taken, and what was asked before a branch fitted."""
        asked: list[str] = []
        for branch in self.first_of:
            asked += branch.when.measures()
            if holds(branch.when, of.facts, of):
                break
        taken = self._taken(of)
        return (*((taken,) if isinstance(taken, str) else ()), *asked)

    def _taken(self, of: "Measures") -> Operand | None:
        fitting = (b.take for b in self.first_of if holds(b.when, of.facts, of))
        return next(fitting, self.otherwise)

    def reckon(self, of: "Measures") -> Reckoned:
        taken = self._taken(of)
        if taken is None:
            return NOT_KNOWN
        return Reckoned(of.number(taken), of.working(taken) if isinstance(taken, str) else "")


_KINDS = {
    "age": Age,
    "until": Until,
    "count": Count,
    "sum": Sum,
    "value": Value,
    "figure": DatedFigure,
    "product": Product,
    "quotient": Quotient,
    "total": Total,
    "difference": Difference,
    "first_of": FirstOf,
}


def _kind(raw: Any) -> str | None:
    """A measure says what it is by its one verb."""
    said = raw if isinstance(raw, Mapping) else getattr(raw, "__dict__", {})
    return next((kind for kind in _KINDS if kind in said), None)


Measure = Annotated[
    Annotated[Age, Tag("age")]
    | Annotated[Until, Tag("until")]
    | Annotated[Count, Tag("count")]
    | Annotated[Sum, Tag("sum")]
    | Annotated[Value, Tag("value")]
    | Annotated[DatedFigure, Tag("figure")]
    | Annotated[Product, Tag("product")]
    | Annotated[Quotient, Tag("quotient")]
    | Annotated[Total, Tag("total")]
    | Annotated[Difference, Tag("difference")]
    | Annotated[FirstOf, Tag("first_of")],
    Discriminator(
        _kind,
        custom_error_type="unknown_measure",
        custom_error_message="a measure needs exactly one of: " + ", ".join(_KINDS),
    ),
]


class Measures(Mapping[str, Any]):
    """The measures of one form, each taken when it is asked for: what no rule needs is not
    reckoned, and a figure that is not known harms only the rules that compare with it."""

    def __init__(
        self, defined: Mapping[str, _Measure], facts: Facts, parameters: Parameters, day: date
    ) -> None:
        self._defined = defined
        self._parameters = parameters
        self._taken: dict[str, Reckoned] = {}
        self._figures: dict[tuple[str, int | None], Figure] = {}
        self.facts = facts
        self.day = day

    def __getitem__(self, name: str) -> Any:
        return self._reckoned(name).value

    def __iter__(self) -> Iterator[str]:
        return iter(self._defined)

    def __len__(self) -> int:
        return len(self._defined)

    def title(self, name: str) -> str:
        return self._defined[name].title

    def unit(self, name: str) -> MeasureUnit:
        return self._defined[name].unit

    def known(self, name: str) -> Any:
        """The value; None also when it takes a figure that is not known."""
        return self.if_known(lambda: self[name])

    @staticmethod
    def if_known(reckon: Callable[[], Result]) -> Result | None:
        """What is reckoned; None when it takes a figure that is not known."""
        try:
            return reckon()
        except BadDefinition as error:
            if error.code != "figure_not_known":
                raise
            return None

    def taken(self) -> dict[str, Any]:
        """The measures that were asked for so far, and what they were reckoned from."""
        return {name: reckoned.value for name, reckoned in self._taken.items()}

    def shown(self, operand: Operand) -> str:
        """A measure's value, or a number, as people read it."""
        if not isinstance(operand, str):
            return plain_number(operand)
        return self.written(operand, self.known(operand))

    def written(self, name: str, value: Any) -> str:
        """A value of that measure, as people read it."""
        if value is None:
            return NO_DATA
        return rubles(value) if self.unit(name) is MeasureUnit.RUBLES else plain_number(value)

    def shown_with_unit(self, name: str) -> str:
        words = _UNIT_WORDS[self.unit(name)]
        return f"{self.shown(name)}{NO_BREAK_SPACE}{words}" if words else self.shown(name)

    def working(self, name: str) -> str:
        """How the value came about; "" where there is nothing to show."""
        return self._reckoned(name).working

    def number(self, operand: Operand) -> Decimal | int | None:
        return self[operand] if isinstance(operand, str) else operand

    def figure(self, name: str, size: int | None = None) -> Figure:
        """A dated figure; that it was used is remembered, for the sources of a decision."""
        if (name, size) not in self._figures:
            self._figures[name, size] = self._parameters.figure(name, self.day, size)
        return self._figures[name, size]

    def figures_used(self) -> tuple[Figure, ...]:
        """The dated figures that any measure taken so far has read."""
        return tuple(self._figures.values())

    def _reckoned(self, name: str) -> Reckoned:
        if name not in self._taken:
            measure = self._defined[name]
            reckoned = measure.reckon(self)
            if measure.unit is MeasureUnit.RUBLES and reckoned.value is not None:
                in_kopecks = Decimal(reckoned.value).quantize(KOPECK, ROUND_HALF_UP)
                reckoned = reckoned._replace(value=in_kopecks)
            self._taken[name] = reckoned
        return self._taken[name]


def rubles(amount: Decimal) -> str:
    """12 345,67 with a narrow no-break space, as Russian letters write it."""
    return f"{amount:,.2f}".replace(",", NARROW_SPACE).replace(".", ",")


def plain_number(number: Any) -> str:
    """A number without needless noughts, with a comma; anything else as it is written."""
    if not isinstance(number, Decimal):
        return str(number)
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _group(path: Path) -> str | None:
    group, dot, _ = path.partition(".")
    return group if dot else None


def _values(of: Measures, path: Path, where: Condition | None) -> list[Any]:
    """What stands under the path: one value, or one for each of the members that `where` picks."""
    group, dot, name = path.partition(".")
    if not dot:
        return [value] if (value := of.facts.get(path)) is not None else []
    members = (m for m in of.facts.get(group) or () if holds(where, m, of))
    return [member[name] for member in members if member.get(name) is not None]


def _months_between(since: date, day: date) -> int:
    return (day.year - since.year) * 12 + day.month - since.month - (day.day < since.day)


def _days_between(since: date, day: date) -> int:
    return (day - since) // timedelta(days=1)


_ELAPSED: dict[MeasureUnit, Callable[[date, date], int]] = {
    MeasureUnit.YEARS: years_between,
    MeasureUnit.MONTHS: _months_between,
    MeasureUnit.DAYS: _days_between,
}
