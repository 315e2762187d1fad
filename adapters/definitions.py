"""Reads what lies in services/: service files, dated figures, texts. Once a process.

In the working tree the TOML files are read as they are, one service at a time, each checked as a
whole. A deployed function has `services/compiled/` beside them, made by infra/package.py from files
that were checked: JSON that is read in a tenth of the time. What stands in `services/versions/` are
the definitions that applications began under and that changed since (docs/decisions/versions.md).
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from adapters.calendars import calendar_for
from casework import representation as representation_rules
from casework.archive_actions import Kind
from casework.blocks import expanded
from casework.contradictions import CHECKED
from casework.errors import BadDefinition, NotFound
from casework.parameters import ParameterFile, Parameters
from casework.pauses import PauseReason
from casework.ports import Rules
from casework.preferences import NoticeGroups
from casework.profile import ProfileDefinition
from casework.questionnaire import Layout
from casework.retention import Retention
from casework.service import ServiceDefinition
from casework.status import Components
from casework.support import Support

SERVICES = Path(__file__).parent.parent / "services"
COMPILED = "compiled"


@cache
def services() -> dict[str, ServiceDefinition]:
    """Every service by its id, in the order of their titles."""
    read = [service(service_id) for service_id in service_ids()]
    return {service.id: service for service in sorted(read, key=lambda service: service.title)}


@cache
def service_ids() -> tuple[str, ...]:
    """A service file is named after its service."""
    compiled = sorted(_compiled_services().glob("*.json"))
    return tuple(path.stem for path in compiled or sorted(SERVICES.glob("*.toml")))


def service(service_id: str) -> ServiceDefinition:
    if service_id not in service_ids():
        known = ", ".join(service_ids())
        raise NotFound("unknown_service", service=service_id[:60], known=known)
    return _current(service_id)


@cache
def _current(service_id: str) -> ServiceDefinition:
    compiled = _compiled_services() / f"{service_id}.json"
    if compiled.is_file():
        return from_json(compiled.read_bytes())
    return read_service(SERVICES / f"{service_id}.toml")


def read_service(path: Path) -> ServiceDefinition:
    """Raises tomllib.TOMLDecodeError, BadDefinition or pydantic.ValidationError, each saying what
    and where."""
    with path.open("rb") as file:
        return ServiceDefinition.model_validate(
            expanded(tomllib.load(file), blocks(), classifiers())
        )


@cache
def blocks() -> dict[str, dict[str, Any]]:
    return {
        path.stem: _read(f"blocks/{path.name}") for path in (SERVICES / "blocks").glob("*.toml")
    }


@cache
def classifiers() -> dict[str, list[dict[str, str]]]:
    """Lists of options, each with its value and title."""
    found = (SERVICES / "classifiers").glob("*.toml")
    return {path.stem: _read(f"classifiers/{path.name}")["options"] for path in found}


@cache
def archive_kinds() -> dict[str, Kind]:
    """Papers that a person may keep in the archive, by their kind."""
    told = _read("parameters/archive_documents.toml")["options"]
    return {option["value"]: Kind(**option) for option in told}


def rules(service_id: str, region: str, version: int | None = None) -> Rules:
    """What an application to that service is decided under in that region.

    An application keeps the version it began under; a version that is gone is an error.
    """
    definition = service(service_id)
    if version not in (None, definition.version):
        definition = past_version(service_id, version)
    return Rules(definition, calendar_for(region), Parameters(region, figures()))


@cache
def past_version(service_id: str, version: int) -> ServiceDefinition:
    """A frozen version. Raises BadDefinition when it is not kept."""
    path = frozen_path(service_id, version)
    if not path.is_file():
        raise BadDefinition("version_gone", service=service_id, version=version)
    return from_json(path.read_bytes())


def frozen_path(service_id: str, version: int) -> Path:
    return SERVICES / "versions" / f"{service_id}.{version}.json"


@cache
def figures() -> ParameterFile:
    return ParameterFile.model_validate(_read("parameters/figures.toml"))


@cache
def trust_roots() -> list[str]:
    """Certificates (PEM) that the signatures of documents may lead to."""
    return [root["pem"] for root in _read("parameters/trust.toml")["roots"]]


@cache
def pause_reasons() -> Mapping[str, PauseReason]:
    """For what an officer may pause the terms of an application, by code."""
    told = _read("parameters/pauses.toml")["reasons"].items()
    return MappingProxyType({code: PauseReason.model_validate(reason) for code, reason in told})


@cache
def retention() -> Retention:
    return Retention.model_validate(_read("parameters/retention.toml"))


@cache
def profile() -> ProfileDefinition:
    """The fields of a person's profile, blocks and classifiers in their place."""
    told = _read("parameters/profile.toml")
    fields = expanded({"fields": told["fields"]}, blocks(), classifiers())["fields"]
    return ProfileDefinition.model_validate({**told, "fields": fields})


@cache
def notice_groups() -> NoticeGroups:
    return NoticeGroups.model_validate(_read("parameters/notices.toml"))


@cache
def representation() -> representation_rules.Rules:
    return representation_rules.Rules.model_validate(_read("parameters/representation.toml"))


@cache
def components() -> Components:
    return Components.model_validate(_read("parameters/status.toml"))


@cache
def support() -> Support:
    return Support.model_validate(_read("parameters/support.toml"))


@cache
def layout() -> Layout:
    """How the questions of every form stand on pages."""
    return Layout.model_validate(_read("parameters/questionnaire.toml"))


def text_names() -> list[str]:
    return sorted(path.stem for path in (SERVICES / "texts").glob("*.toml"))


@cache
def texts(name: str) -> dict[str, Any]:
    return _read(f"texts/{name}.toml")


def _read(name: str) -> dict[str, Any]:
    compiled = (SERVICES / COMPILED / name).with_suffix(".json")
    if compiled.is_file():
        return json.loads(compiled.read_bytes())
    with (SERVICES / name).open("rb") as file:
        return tomllib.load(file)


# ---- as stored -----------------------------------------------------------------------------------


def to_json(service: ServiceDefinition) -> bytes:
    """A definition as it is kept: expanded, its defaults told, so that it stays what it is."""
    dumped = service.model_dump(mode="json", by_alias=True, exclude_none=True)
    return (json.dumps(dumped, ensure_ascii=False, indent=1) + "\n").encode()


def from_json(data: bytes) -> ServiceDefinition:
    """What was checked before it was stored is not checked again, but for its shape."""
    return ServiceDefinition.model_validate_json(data, context=CHECKED)


def compiled() -> Iterator[tuple[str, bytes]]:
    """(path in services/, content) of everything that is quicker to read as JSON."""
    for definition in services().values():
        yield f"{COMPILED}/services/{definition.id}.json", to_json(definition)
    parameters = (
        f"parameters/{name}"
        for name in (
            *("archive_documents", "figures", "notices", "profile", "questionnaire"),
            *("representation", "retention", "status", "support"),
        )
    )
    for name in (*parameters, *(f"texts/{name}" for name in text_names())):
        told = json.dumps(_read(f"{name}.toml"), ensure_ascii=False, default=str)
        yield f"{COMPILED}/{name}.json", told.encode()


def _compiled_services() -> Path:
    return SERVICES / COMPILED / "services"
