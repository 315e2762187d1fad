"""Reads what lies in services/: service files, dated figures, texts. Once a process."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from adapters.calendars import calendar_for
from casework.errors import BadDefinition, NotFound
from casework.parameters import ParameterFile, Parameters
from casework.ports import Rules
from casework.service import ServiceDefinition

SERVICES = Path(__file__).parent.parent / "services"


@cache
def services() -> dict[str, ServiceDefinition]:
    """Every service by its id, in the order of their titles."""
    read = [read_service(path) for path in sorted(SERVICES.glob("*.toml"))]
    return {service.id: service for service in sorted(read, key=lambda service: service.title)}


def read_service(path: Path) -> ServiceDefinition:
    """Raises tomllib.TOMLDecodeError or pydantic.ValidationError, each saying what and where."""
    with path.open("rb") as file:
        return ServiceDefinition.model_validate(tomllib.load(file))


def service(service_id: str) -> ServiceDefinition:
    if service_id not in services():
        raise NotFound("unknown_service", service=service_id[:60], known=", ".join(services()))
    return services()[service_id]


def rules(service_id: str, region: str, version: int | None = None) -> Rules:
    """What an application to that service is decided under in that region.

    An application keeps the version it began under; a version that is gone is an error.
    """
    definition = service(service_id)
    if version not in (None, definition.version):
        raise BadDefinition("version_gone", service=service_id, version=version)
    return Rules(definition, calendar_for(region), Parameters(region, figures()))


@cache
def figures() -> ParameterFile:
    return ParameterFile.model_validate(_read("parameters/figures.toml"))


@cache
def texts(name: str) -> dict[str, Any]:
    return _read(f"texts/{name}.toml")


def _read(name: str) -> dict[str, Any]:
    with (SERVICES / name).open("rb") as file:
        return tomllib.load(file)
