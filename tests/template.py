"""template.yaml and the state machines as data, for the tests that compare what is said twice."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).parent.parent
FUNCTION = "AWS::Serverless::Function"
STATE_MACHINE = "AWS::Serverless::StateMachine"


@cache
def template() -> dict[str, Any]:
    return yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))


def resources(type_: str) -> dict[str, dict[str, Any]]:
    """Properties by logical name."""
    return {
        name: resource["Properties"]
        for name, resource in template()["Resources"].items()
        if resource["Type"] == type_
    }


def routes() -> dict[str, dict[str, dict[str, Any]]]:
    """Events of the API by their names, by the logical name of the function that answers them."""
    found = {
        name: {
            called: event["Properties"]
            for called, event in properties.get("Events", {}).items()
            if event["Type"] == "Api"
        }
        for name, properties in resources(FUNCTION).items()
    }
    return {name: events for name, events in found.items() if events}


def operations() -> dict[str, dict[str, dict[str, Any]]]:
    """Those of `routes` that answer with JSON."""
    return {name: events for name, events in routes().items() if not _answers_pages(name)}


def page_routes() -> dict[str, dict[str, dict[str, Any]]]:
    """Those of `routes` that lead to pages."""
    return {name: events for name, events in routes().items() if _answers_pages(name)}


def _answers_pages(function: str) -> bool:
    return resources(FUNCTION)[function]["Handler"].startswith("functions.portal.")


def statements(properties: dict[str, Any]) -> list[dict[str, Any]]:
    """What a function or a state machine may do."""
    return [s for policy in properties.get("Policies", ()) for s in policy["Statement"]]


def actions(statement: dict[str, Any]) -> list[str]:
    given = statement["Action"]
    return [given] if isinstance(given, str) else given


@cache
def definition(name: str) -> dict[str, Any]:
    """The ASL of a state machine, by its name in the template."""
    uri = resources(STATE_MACHINE)[name]["DefinitionUri"]
    return json.loads((ROOT / uri).read_text(encoding="utf-8"))


def scopes(machine: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The machine itself and every machine inside of its maps and branches."""
    yield machine
    for state in machine["States"].values():
        for inner in (state.get("ItemProcessor"), *state.get("Branches", ())):
            if inner:
                yield from scopes(inner)


def states(machine: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [pair for scope in scopes(machine) for pair in scope["States"].items()]


def attribute_of(value: Any) -> str | None:
    """The logical name in `!GetAtt Name.Arn`."""
    given = value.get("Fn::GetAtt") if isinstance(value, dict) else None
    return given[0] if given else None
