"""The language in which a definition says what is wrong with it: each contradiction at its place.

A definition tells all that contradicts itself at once (pydantic's ValidationError), so that whoever
writes a service file mends it in one go.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Self

from pydantic import ValidationError, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from casework.condition import Definition
from casework.deadline import Length, Unit

Place = tuple[str | int, ...]
"""Where something stands in a definition: ("documents", 3, "when")."""

CHECKED = {"checked": True}
"""The context to read a definition in that was checked before it was stored: not again."""


class Contradiction(NamedTuple):
    """`problem`: what is wrong, and how to mend it. Of a name that leads nowhere: the `name`, and
    those that are `known` there."""

    place: Place
    problem: str
    name: str = ""
    known: tuple[str, ...] = ()

    def under(self, *above: str | int) -> "Contradiction":
        return self._replace(place=(*above, *self.place))


class Consistent(Definition):
    """A part that is refused when it contradicts itself."""

    @model_validator(mode="after")
    def _does_not_contradict_itself(self, info: ValidationInfo) -> Self:
        if info.context is CHECKED:
            return self
        if found := list(self.contradictions()):
            raise refusal(type(self).__name__, found)
        return self

    def contradictions(self) -> Iterator[Contradiction]:
        raise NotImplementedError


def refusal(title: str, found: Iterable[Contradiction]) -> ValidationError:
    """Pydantic's error with each contradiction at its place."""
    lines = [
        {
            "type": PydanticCustomError("contradiction", "{problem}", c._asdict()),
            "loc": c.place,
            "input": None,
        }
        for c in found
    ]
    return ValidationError.from_exception_data(title, lines)


def counted_in(unit: Unit, length: Length, what: str) -> Iterator[Contradiction]:
    if length.unit is not unit:
        place = (what.rpartition(".")[2], "unit")
        yield Contradiction(place, f"{what} is counted in {unit}")


def unknown(
    what: str, names: Iterable[tuple[Place, str]], known: Iterable[str]
) -> Iterator[Contradiction]:
    """Names that lead nowhere, each with its place."""
    known = tuple(known)
    for place, name in names:
        if name not in known:
            yield Contradiction(place, f"unknown {what}: {name}", name, known)


def doubled(what: str, names: list[str], place: Place, key: str) -> Iterator[Contradiction]:
    for at, name in enumerate(names):
        if name in names[:at]:
            yield Contradiction((*place, at, key), f"{what} named twice: {name}")


def each(place: Place, names: Iterable[Any]) -> Iterator[tuple[Place, Any]]:
    yield from (((*place, at), name) for at, name in enumerate(names))
