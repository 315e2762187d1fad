"""Dated figures that rules compare with: each by region, from a day, with its source.

A figure of the region goes before that of the country ("RU"); a day before the first figure, or
after the last one that is known to hold, is an error, never a guess.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from pydantic import model_validator

from casework.condition import Definition
from casework.errors import BadDefinition

COUNTRY = "RU"


class Figure(Definition):
    """`size`: the household size it is for; the largest one given also stands for larger ones."""

    region: str
    since: date
    until: date | None = None
    amount: Decimal
    source: str
    size: int | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Figure":
        if self.until and self.until < self.since:
            raise ValueError(f"figure of {self.region} ends before {self.since}")
        return self


class ParameterFile(Definition):
    subsistence_minimum: tuple[Figure, ...]
    household_coefficient: tuple[Figure, ...]


class Parameters:
    """The figures of one region."""

    def __init__(self, region: str, figures: ParameterFile) -> None:
        self._region = region
        self._figures = figures

    def subsistence_minimum(self, day: date) -> Figure:
        """Rubles a person and month."""
        return self._newest("subsistence_minimum", self._figures.subsistence_minimum, day)

    def household_coefficient(self, size: int, day: date) -> Figure:
        sized = self._figures.household_coefficient
        known = max(figure.size or 0 for figure in sized)
        of_size = (figure for figure in sized if figure.size == min(size, known))
        return self._newest("household_coefficient", of_size, day)

    def _newest(self, what: str, figures: Iterable[Figure], day: date) -> Figure:
        in_force = [
            figure
            for figure in figures
            if figure.region in (self._region, COUNTRY)
            and figure.since <= day <= (figure.until or date.max)
        ]
        if not in_force:
            raise BadDefinition("figure_not_known", figure=what, region=self._region, day=day)
        return max(in_force, key=lambda figure: (figure.region != COUNTRY, figure.since))
