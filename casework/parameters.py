"""Dated figures that rules compare with: each by region, from a day, with its source.

A figure of the region goes before that of the country ("RU"); a day before the first figure, or
after the last one that is known to hold, is an error, never a guess.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from pydantic import model_validator

from casework.condition import Definition
from casework.errors import BadDefinition

COUNTRY = "RU"


class Figure(Definition):
    """`size`: the household size it is for; the largest one given also stands for larger ones.

    `set_by_region`: a placeholder, which the deploying region replaces by its own act.
    """

    name: str
    region: str
    since: date
    until: date | None = None
    amount: Decimal
    source: str
    size: int | None = None
    set_by_region: bool = False

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Figure":
        if self.until and self.until < self.since:
            raise ValueError(f"{self.name} of {self.region} ends before {self.since}")
        return self


class ParameterFile(Definition):
    """`titles`: what each figure is called in decisions."""

    titles: dict[str, str]
    figures: tuple[Figure, ...]

    @model_validator(mode="after")
    def _each_has_a_title(self) -> "ParameterFile":
        if untitled := {figure.name for figure in self.figures} - self.titles.keys():
            raise ValueError(f"figures without a title: {', '.join(sorted(untitled))}")
        return self


class Parameters:
    """The figures of one region."""

    def __init__(self, region: str, file: ParameterFile) -> None:
        self._region = region
        self._titles = file.titles
        self._figures: dict[str, list[Figure]] = defaultdict(list)
        for figure in file.figures:
            if figure.region in (region, COUNTRY):
                self._figures[figure.name].append(figure)

    def figure(self, name: str, day: date, size: int | None = None) -> Figure:
        """The figure in force on that day; of one that goes by household size, that for `size`.

        Raises BadDefinition when none is known.
        """
        known = self._figures.get(name, [])
        in_force = [f for f in known if f.since <= day <= (f.until or date.max)]
        if size is not None:
            largest = max((figure.size or 0 for figure in in_force), default=0)
            size = min(size, largest)
        fitting = [figure for figure in in_force if figure.size == size]
        if not fitting:
            raise BadDefinition("figure_not_known", figure=name, region=self._region, day=day)
        return max(fitting, key=lambda figure: (figure.region != COUNTRY, figure.since))

    def title(self, name: str) -> str:
        return self._titles[name]
