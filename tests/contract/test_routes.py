"""The template, the application and the OpenAPI document tell of the same routes."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.template import FUNCTION, ROOT, operations, page_routes, resources, template

EVENTS = [(name, event) for events in operations().values() for name, event in events.items()]
ROUTES = {(event["Method"].upper(), event["Path"]) for _, event in EVENTS}
OPEN = {
    (event["Method"].upper(), event["Path"])
    for _, event in EVENTS
    if event.get("Auth") == {"Authorizer": "NONE"}
}


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


TELL = """
import importlib, json, sys
from functions.intake.access import api, app
entry = importlib.import_module(sys.argv[1])
answered = [(method, path) for path, methods in app.routes.items() for method in methods]
if sys.argv[1].endswith(".api"):
    entry.show_openapi(None)
print(json.dumps([answered, [(told.method, told.path) for told in api.operations]]))
"""


def _told_by(code, function):
    """What the function's module tells, in a process of its own, as in Lambda."""
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    module = resources(FUNCTION)[function]["Handler"].rpartition(".")[0]
    ran = subprocess.run(
        [sys.executable, "-c", code, module],
        env={"PATH": os.environ["PATH"], **dict.fromkeys(variables, "any")},
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(ran.stdout)


@pytest.mark.parametrize("function", operations())
def test_a_function_answers_its_own_routes_and_the_first_describes_all(function):
    """Asked apart: the local cloud runs them all in one process."""
    answered, described = (set(map(tuple, told)) for told in _told_by(TELL, function))
    own = {(event["Method"].upper(), event["Path"]) for event in operations()[function].values()}
    assert answered == own
    assert described == (ROUTES if function == "IntakeApi" else own)


def test_the_document_describes_every_route_and_no_other(cloud):
    assert _described(cloud).keys() == ROUTES


def test_events_are_called_after_the_operations(cloud):
    told = {
        (event["Method"].upper(), event["Path"]): re.sub("(?!^)([A-Z])", r"_\1", name).lower()
        for name, event in EVENTS
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


# ---- pages ---------------------------------------------------------------------------------------

TELL_PAGES = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
from functions.portal.pages import app
told = [(method, path) for path, methods in app.routes.items() for method in methods]
print(json.dumps(told))
"""
ASKED_FOR = """
import importlib, inspect, json, re, sys
importlib.import_module(sys.argv[1])
from functions.intake.access import api
rooms = [module for name, module in sys.modules.items() if name.startswith("functions.portal.")]
sources = "".join(map(inspect.getsource, rooms))
asked = set(re.findall(r'\\bdo\\(\\s*"(\\w+)"', sources))
print(json.dumps(sorted(asked - {operation.name for operation in api.operations})))
"""


@pytest.mark.parametrize("function", page_routes())
def test_a_page_has_every_operation_at_hand_that_it_asks(function):
    assert _told_by(ASKED_FOR, function) == []


@pytest.mark.parametrize("function", page_routes())
def test_a_page_lies_where_the_template_sends_its_readers(function):
    """Under one of the function's own routes, the greedy ones included."""
    found = _told_by(TELL_PAGES, function)
    for method, path in found:
        takers = [
            name
            for name, events in page_routes().items()
            if any(_leads(event, method, path) for event in events.values())
        ]
        assert len(takers) == 1, (method, path, takers)
    own = [
        page for page in found if any(_leads(e, *page) for e in page_routes()[function].values())
    ]
    assert len(own) > len(page_routes()[function])


def _leads(event, method, path):
    pattern = re.sub(r"\\\{\w+\\\+\\\}", ".+", re.escape(event["Path"]))
    return event["Method"].upper() == method and re.fullmatch(pattern, path) is not None


def test_a_page_is_everybodys_at_the_gateway_and_knows_its_people_by_itself():
    for events in page_routes().values():
        assert all(event["Auth"] == {"Authorizer": "NONE"} for event in events.values())
