"""The state machines agree with the template, with the code, and with the house rules."""

import json
import re

import pytest

from casework import errors
from tests.template import (
    FUNCTION,
    STATE_MACHINE,
    attribute_of,
    definition,
    resources,
    scopes,
    states,
)

MACHINES = sorted(resources(STATE_MACHINE))
STATES = [
    pytest.param(state, id=f"{machine}: {name}")
    for machine in MACHINES
    for name, state in states(definition(machine))
]
NAMES = [
    pytest.param(name, state, id=f"{machine}: {name}")
    for machine in MACHINES
    for name, state in states(definition(machine))
]
WAITING = ".waitForTaskToken"
# What a payload may carry, by path: ids, what to wait for and how long, where a file lies.
ALLOWED_PATHS = {
    "$",
    "$.number",
    "$.next",
    "$.seconds",
    "$.parts",
    "$.manifest",
    "$.drop",
    "$.Payload",
    "$$.Task.Token",
    "$$.Execution.StartTime",
    "$$.Execution.Name",
    "$$.Map.Item.Value.part",
}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_placeholder_is_filled_by_the_template_and_none_in_vain(machine):
    used = set(re.findall(r"\$\{(\w+)\}", json.dumps(definition(machine))))
    assert used == set(resources(STATE_MACHINE)[machine]["DefinitionSubstitutions"])


@pytest.mark.parametrize("machine", MACHINES)
def test_a_function_is_substituted_under_its_own_name(machine):
    functions = resources(FUNCTION)
    for name, value in resources(STATE_MACHINE)[machine]["DefinitionSubstitutions"].items():
        if function := attribute_of(value):
            assert function == name
            assert function in functions


def _targets(state):
    for holder in (state, *state.get("Choices", ()), *state.get("Catch", ())):
        yield from (holder[key] for key in ("Next", "Default") if key in holder)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_transition_leads_to_a_state_and_every_state_is_reached(machine):
    for scope in scopes(definition(machine)):
        to_visit, reached = [scope["StartAt"]], set()
        while to_visit:
            name = to_visit.pop()
            assert name in scope["States"], f"no such state: {name}"
            if name not in reached:
                reached.add(name)
                to_visit += _targets(scope["States"][name])
        assert reached == set(scope["States"])


@pytest.mark.parametrize("state", STATES)
def test_a_state_goes_on_or_ends(state):
    ends = state["Type"] in ("Succeed", "Fail") or state.get("End") is True
    goes_on = "Default" in state if state["Type"] == "Choice" else "Next" in state
    assert ends != goes_on


@pytest.mark.parametrize(("name", "state"), NAMES)
def test_a_state_is_named_and_explained_in_words_of_the_office(name, state):
    assert re.fullmatch(r"[A-Z][a-z]+( [a-z']+)*\??", name), "sentence case, no jargon"
    assert state["Comment"].endswith("."), "a sentence"
    assert name.endswith("?") == (state["Type"] == "Choice"), "choices ask, others do"


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_says_what_it_is_for(machine):
    assert definition(machine)["Comment"].endswith(".")


@pytest.mark.parametrize("state", STATES)
def test_whoever_waits_for_a_token_is_called_back_by_the_clock(state):
    if state.get("Resource", "").endswith(WAITING):
        assert state["TimeoutSecondsPath"] == "$.seconds"
        caught = [error for catch in state["Catch"] for error in catch["ErrorEquals"]]
        assert "States.Timeout" in caught
        assert state["Parameters"]["Payload"]["token.$"] == "$$.Task.Token"
        assert state["Parameters"]["Payload"]["seconds.$"] == "$.seconds", "noted for the sentinel"


def test_every_task_is_retried_in_the_same_way():
    tasks = [state.values[0] for state in STATES if state.values[0]["Type"] == "Task"]
    assert {json.dumps(task["Retry"], sort_keys=True) for task in tasks} == {
        json.dumps(
            [
                {
                    "ErrorEquals": ["States.TaskFailed"],
                    "IntervalSeconds": 2,
                    "MaxAttempts": 8,
                    "BackoffRate": 2.0,
                    "MaxDelaySeconds": 300,
                }
            ],
            sort_keys=True,
        )
    }


@pytest.mark.parametrize("state", STATES)
def test_an_error_named_in_a_machine_is_an_error_of_casework(state):
    handlers = (*state.get("Retry", ()), *state.get("Catch", ()))
    named = {error for handler in handlers for error in handler["ErrorEquals"]}
    ours = {error for error in named if not error.startswith("States.")}
    assert all(isinstance(getattr(errors, name, None), type) for name in ours)


@pytest.mark.parametrize("state", STATES)
def test_nothing_about_a_person_travels_through_a_machine(state):
    own = {key: value for key, value in state.items() if key != "ItemProcessor"}
    paths = set(re.findall(r'"(\$[^"{]*)"', json.dumps(own)))
    assert paths <= ALLOWED_PATHS


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_may_invoke_the_functions_it_names_and_no_others(machine):
    properties = resources(STATE_MACHINE)[machine]
    (invoke,) = (
        statement
        for policy in properties["Policies"]
        for statement in policy["Statement"]
        if statement["Action"] == ["lambda:InvokeFunction"]
    )
    named = set(filter(None, map(attribute_of, properties["DefinitionSubstitutions"].values())))
    assert set(map(attribute_of, invoke["Resource"])) == named


def test_the_machines_keep_to_what_both_aws_and_the_local_cloud_run():
    for machine in MACHINES:
        text = json.dumps(definition(machine))
        for unknown in ("JSONata", "ItemBatcher", "ResultWriter", "HeartbeatSeconds", "JSONL"):
            assert unknown not in text
        assert "QueryLanguage" not in text
    for state in (param.values[0] for param in STATES):
        if state["Type"] == "Map":
            assert state["MaxConcurrency"] > 0
