"""The template, the application and the OpenAPI document tell of the same routes."""

import json
import re

from tests.template import FUNCTION, resources

INTAKE = resources(FUNCTION)["IntakeApi"]
EVENTS = {name: event["Properties"] for name, event in INTAKE["Events"].items()}
ROUTES = {(event["Method"].upper(), event["Path"]) for event in EVENTS.values()}
OPEN = {
    (event["Method"].upper(), event["Path"])
    for event in EVENTS.values()
    if event.get("Auth") == {"Authorizer": "NONE"}
}


def _api():
    """Its module reads the environment when it is imported: only after the deployment."""
    from functions.intake import api  # noqa: PLC0415

    return api


def _document(cloud):
    return cloud.request("GET", "/openapi.json").json


def _described(cloud):
    return {
        (method.upper(), path): operation
        for path, operations in _document(cloud)["paths"].items()
        for method, operation in operations.items()
    }


def test_no_route_is_told_twice():
    assert len(ROUTES) == len(EVENTS)


def test_what_the_gateway_knows_the_application_answers(cloud):
    answered = {(method, path) for path, methods in _api().app.routes.items() for method in methods}
    assert answered == ROUTES


def test_the_document_describes_every_route_and_no_other(cloud):
    assert _described(cloud).keys() == ROUTES


def test_events_are_called_after_the_operations(cloud):
    told = {
        (event["Method"].upper(), event["Path"]): re.sub("(?!^)([A-Z])", r"_\1", name).lower()
        for name, event in EVENTS.items()
    }
    assert told == {route: o["operationId"] for route, o in _described(cloud).items()}


def test_open_to_everybody_is_what_both_say(cloud):
    described = _described(cloud)
    assert {route for route, operation in described.items() if not operation["security"]} == OPEN


def test_path_parameters_are_described(cloud):
    for (_, path), operation in _described(cloud).items():
        told = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert told == set(re.findall(r"\{(\w+)\}", path))


def test_every_reference_of_the_document_leads_somewhere(cloud):
    document = _document(cloud)
    schemas = document["components"]["schemas"]
    named = re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document))
    assert set(named) <= schemas.keys()
    assert schemas.keys() <= {*named}


def test_every_refusal_is_described_as_a_problem(cloud):
    for operation in _described(cloud).values():
        for status, answer in operation["responses"].items():
            expected = "application/json" if status[0] == "2" else "application/problem+json"
            assert set(answer["content"]) == {expected}
