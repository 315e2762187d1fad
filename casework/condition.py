"""Conditions as data: when a field is asked, a document needed, a rule met.

One condition is one of
    {field = "category", is = "pensioner"}            also: in, at_most, at_least, present
    {measure = "family_size", at_least = 3}
    {field = "family", some = {field = "relationship", is = "child"}}
    {field = "birth_date", age_under = 18}                also: age_at_least; years on the day asked
    {all = [...]}   {any = [...]}   {not = {...}}
A bound may name another measure: {measure = "family_monthly_income", at_most = "income_limit"}.
A field that is absent satisfies no comparison: what was not said is never assumed.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Value = bool | str | int | Decimal | date
Bound = Decimal | date | str
Facts = Mapping[str, Any]
"""Checked form values by field name; a group is a tuple of such mappings."""


class Definition(BaseModel):
    """Part of a service file: nothing may be in it that nobody reads."""

    # Deferred: a part needs no validator of its own where the whole has one. 15 ms of a cold start.
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)


class Condition(Definition):
    field: str | None = None
    measure: str | None = None
    is_: bool | str | None = Field(None, alias="is")
    in_: tuple[str, ...] | None = Field(None, alias="in")
    at_most: Bound | None = None
    at_least: Bound | None = None
    present: bool | None = None
    age_at_least: int | None = None
    age_under: int | None = None
    some: "Condition | None" = None
    all: tuple["Condition", ...] | None = None
    any: tuple["Condition", ...] | None = None
    not_: "Condition | None" = Field(None, alias="not")

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        subjects = [self.field, self.measure, self.all, self.any, self.not_]
        if sum(subject is not None for subject in subjects) != 1:
            raise ValueError("a condition needs exactly one of: field, measure, all, any, not")
        tests = self._tests()
        given = sum(bound is not None for bound in tests.values())
        if (self.field or self.measure) and given != 1:
            raise ValueError(
                "a condition on a field or measure needs exactly one of: " + ", ".join(tests)
            )
        if not (self.field or self.measure) and given:
            raise ValueError("all, any and not take conditions, not a comparison")
        return self

    def fields(self) -> Iterator[str]:
        """Names of the form fields that the condition reads (not those inside a group)."""
        if self.field:
            yield self.field
        for part in self.parts():
            yield from part.fields()

    def measures(self) -> Iterator[str]:
        if self.measure:
            yield self.measure
            yield from (b for b in (self.at_most, self.at_least) if isinstance(b, str))
        for part in self.parts():
            yield from part.measures()

    def comparison(self) -> tuple[str, Any]:
        """Of a condition on a field or measure: the name of its test and what it tests against."""
        return self._comparison

    @cached_property
    def _comparison(self) -> tuple[str, Any]:
        return next((name, bound) for name, bound in self._tests().items() if bound is not None)

    def _tests(self) -> dict[str, Any]:
        return {
            "is": self.is_,
            "in": self.in_,
            "at_most": self.at_most,
            "at_least": self.at_least,
            "present": self.present,
            "age_at_least": self.age_at_least,
            "age_under": self.age_under,
            "some": self.some,
        }

    def parts(self) -> tuple["Condition", ...]:
        return (self.all or ()) + (self.any or ()) + ((self.not_,) if self.not_ else ())

    def placed_parts(self) -> Iterator[tuple[tuple[str | int, ...], "Condition"]]:
        """Each part with where it stands in this condition: ("any", 0)."""
        yield from ((("all", at), part) for at, part in enumerate(self.all or ()))
        yield from ((("any", at), part) for at, part in enumerate(self.any or ()))
        if self.not_:
            yield ("not",), self.not_


def holds(condition: Condition | None, facts: Facts, measures: Facts | None = None) -> bool:
    """Whether the condition is true of the facts; no condition is always true."""
    if condition is None:
        return True
    measures = {} if measures is None else measures
    if condition.all is not None:
        return all(holds(part, facts, measures) for part in condition.all)
    if condition.any is not None:
        return any(holds(part, facts, measures) for part in condition.any)
    if condition.not_ is not None:
        return not holds(condition.not_, facts, measures)
    known = facts if condition.field else measures
    return _compares(condition, known.get(condition.field or condition.measure), measures)


def _compares(condition: Condition, value: Any, measures: Any) -> bool:
    test, wanted = condition.comparison()
    if test == "present":
        return (value not in (None, "", ())) == wanted
    bound = bound_of(wanted, measures) if test in ("at_most", "at_least") else wanted
    return value is not None and bound is not None and _TESTS[test](value, bound, measures)


_TESTS: dict[str, Callable[[Any, Any, Any], bool]] = {
    "is": lambda value, wanted, _: value == wanted,
    "in": lambda value, wanted, _: value in wanted,
    "some": lambda members, inner, measures: any(holds(inner, m, measures) for m in members),
    "at_most": lambda value, bound, _: value <= bound,
    "at_least": lambda value, bound, _: value >= bound,
    "age_at_least": lambda birth, years, measures: years_between(birth, measures.day) >= years,
    "age_under": lambda birth, years, measures: years_between(birth, measures.day) < years,
}
"""Ages are asked only where measures are taken: those know the day."""


def compiled(condition: Condition) -> Callable[[Facts, Facts], bool]:
    """`holds` for a condition that is asked many times: (facts, measures) -> the same answer."""
    if condition.all is not None or condition.any is not None:
        parts = tuple(map(compiled, condition.all or condition.any or ()))
        every = all if condition.all is not None else any
        return lambda facts, measures: every(part(facts, measures) for part in parts)
    if condition.not_ is not None:
        denied = compiled(condition.not_)
        return lambda facts, measures: not denied(facts, measures)
    name, (test, wanted) = condition.field, condition.comparison()
    if name and test == "is":
        return lambda facts, _: facts.get(name) == wanted
    if name and test == "in":
        return lambda facts, _: facts.get(name) in wanted
    return lambda facts, measures: holds(condition, facts, measures)


def years_between(birth: date, day: date) -> int:
    """Full years of age; born on 29 February, a year is full on 1 March of a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def bound_of(bound: Bound | None, measures: Facts) -> Any:
    """The figure a comparison is made with: itself, or the measure it names."""
    return measures.get(bound) if isinstance(bound, str) else bound
