"""Named measures: the arithmetic that conditions of a service file may refer to.

Each is a typed function of the checked form, the dated figures of the region, and the day of
receipt. It gives None when the form does not hold what it needs. Amounts are rubles a month.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from casework.condition import Facts
from casework.parameters import Parameters

WINDOW_MONTHS = 12
KOPECK = Decimal("0.01")

Measure = Callable[[Facts, Parameters, date], Any]


def years_between(birth: date, day: date) -> int:
    """Full years of age; born on 29 February, a year is full on 1 March of a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def applicant_age(facts: Facts, _: Parameters, day: date) -> int | None:
    birth = facts.get("birth_date")
    return None if birth is None else years_between(birth, day)


def family_size(facts: Facts, _: Parameters, __: date) -> int:
    """The applicant and every named member of the family."""
    return 1 + len(facts.get("family") or ())


def family_monthly_income(facts: Facts, _: Parameters, __: date) -> Decimal | None:
    """Income of the whole family over the window of 12 months, as a monthly average."""
    if facts.get("income") is None:
        return None
    members = sum((member["income"] for member in facts.get("family") or ()), Decimal(0))
    return ((facts["income"] + members) / WINDOW_MONTHS).quantize(KOPECK, ROUND_HALF_UP)


def income_limit(facts: Facts, parameters: Parameters, day: date) -> Decimal | None:
    """The region's average subsistence minimum times the coefficient for the household's size."""
    minimum = parameters.subsistence_minimum(day)
    coefficient = parameters.household_coefficient(family_size(facts, parameters, day), day)
    return (minimum.amount * coefficient.amount).quantize(KOPECK, ROUND_HALF_UP)


def youngest_child_age(facts: Facts, _: Parameters, day: date) -> int | None:
    ages = [
        years_between(member["birth_date"], day)
        for member in facts.get("family") or ()
        if member.get("relationship") == "child"
    ]
    return min(ages, default=None)


def minor_children(facts: Facts, _: Parameters, day: date) -> int:
    return sum(
        member.get("relationship") == "child" and years_between(member["birth_date"], day) < 18
        for member in facts.get("family") or ()
    )


def adults_with_income(facts: Facts, _: Parameters, day: date) -> int:
    """People of full age in the household who brought in anything during the window."""
    own = (facts.get("income") or 0) > 0
    return own + sum(
        member["income"] > 0 and years_between(member["birth_date"], day) >= 18
        for member in facts.get("family") or ()
    )


MEASURES: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        applicant_age,
        family_size,
        family_monthly_income,
        income_limit,
        youngest_child_age,
        minor_children,
        adults_with_income,
    )
}


class Measures(Mapping[str, Any]):
    """The measures of one form, each taken when it is asked for: what no rule needs is not
    reckoned, and a figure that is not known harms only the rules that compare with it."""

    def __init__(self, facts: Facts, parameters: Parameters, day: date) -> None:
        self._of = (facts, parameters, day)
        self._taken: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._taken:
            self._taken[name] = MEASURES[name](*self._of)
        return self._taken[name]

    def __iter__(self) -> Iterator[str]:
        return iter(MEASURES)

    def __len__(self) -> int:
        return len(MEASURES)
