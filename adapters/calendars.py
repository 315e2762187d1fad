"""Working calendars and regions, read once per process from services/parameters."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from casework.calendar import Calendar, CalendarYear, Region
from casework.errors import BadDefinition, InvalidValue

Model = TypeVar("Model", bound=BaseModel)

# Not importlib.resources: `services` holds data only, and every function ships it as plain files.
PARAMETERS = Path(__file__).resolve().parent.parent / "services" / "parameters"


@cache
def regions() -> Mapping[str, Region]:
    """Every region by its ISO 3166-2 code. Raises BadDefinition for a broken file."""
    path = PARAMETERS / "regions.toml"
    return MappingProxyType(
        {code: _checked(Region, path, code=code, **entry) for code, entry in _read(path).items()}
    )


@cache
def calendar_for(region_code: str) -> Calendar:
    """The region's calendar over every year there is a file for.

    Raises InvalidValue(unknown_region), BadDefinition for a broken file or a missing year.
    """
    region = regions().get(region_code)
    if region is None:
        raise InvalidValue("unknown_region", region=region_code)
    return Calendar(_years(), region)


@cache
def _years() -> tuple[CalendarYear, ...]:
    paths = sorted((PARAMETERS / "calendars").glob("*.toml"))
    return tuple(_checked(CalendarYear, path, **_read(path)) for path in paths)


def _read(path: Path) -> dict:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadDefinition(file=path.name, problem=str(error)) from error


def _checked(model: type[Model], path: Path, **values: object) -> Model:
    try:
        return model(**values)
    except ValidationError as error:
        raise BadDefinition(file=path.name, problem=str(error)) from error
