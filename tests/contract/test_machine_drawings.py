"""The drawings of the state machines say what the machines say, and are lit by what happened."""

import json
from itertools import pairwise

import pytest

from adapters import definitions
from functions.portal.machine_drawing import lit
from tests.template import ROOT

MACHINES = sorted((ROOT / "state_machines").glob("*.asl.json"))
DRAWN = ROOT / "functions/portal/static/machines"


def drawing_of(name):
    return json.loads((DRAWN / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(params=MACHINES, ids=lambda path: path.name.partition(".")[0])
def machine(request):
    return request.param.name.partition(".")[0], json.loads(request.param.read_text())


def states_of(machine, inside=None):
    for name, state in machine["States"].items():
        yield name, state, inside
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"], name)


def transitions_of(machine):
    yield None, machine["StartAt"], False
    for name, state, _ in states_of(machine):
        targets = [state.get("Next"), state.get("Default")]
        targets += [choice["Next"] for choice in state.get("Choices", [])]
        if "ItemProcessor" in state:
            targets.append(state["ItemProcessor"]["StartAt"])
        yield from ((name, target, False) for target in targets if target)
        yield from ((name, caught["Next"], True) for caught in state.get("Catch", []))


def test_each_state_is_drawn_once_with_its_title(machine):
    name, asl = machine
    titles = definitions.texts("machines")[name]["states"]
    states = [(state, titles[state], inside) for state, _, inside in states_of(asl)]
    drawn = drawing_of(name)["states"]
    assert sorted((s["name"], s["title"], s["inside"]) for s in drawn) == sorted(states)
    assert titles.keys() == {state for state, *_ in states}
    assert all(" ".join(state["lines"]) == state["title"] for state in drawn)


def test_each_transition_is_drawn_once(machine):
    name, asl = machine
    drawn = [(edge["from"], edge["to"], edge["caught"]) for edge in drawing_of(name)["edges"]]
    assert len(drawn) == len(set(drawn))
    assert set(drawn) == set(transitions_of(asl))


def test_nothing_is_cut_off(machine):
    drawing = drawing_of(machine[0])
    for edge in drawing["edges"]:
        numbers = edge["path"].replace("M", " ").replace("Q", " ").replace("L", " ").split()
        points = zip(numbers[::2], numbers[1::2], strict=True)
        for x, y in points:
            assert 0 < float(x) < drawing["width"]
            assert 0 < float(y) < drawing["height"]


# ---- how an execution stands ---------------------------------------------------------------------

WAITING = (
    "Check documents and registries",
    "Is anything missing?",
    "Await the officer's decision",
    "Mark the deadline",
    "What did the officer do?",
    "Await the officer's decision",
)


def standings(name, entered, status):
    return {s["name"]: s["standing"] for s in lit(drawing_of(name), entered, status)["states"]}


@pytest.mark.parametrize(
    ("status", "standing"),
    [("RUNNING", "current"), ("TIMED_OUT", "failed"), ("FAILED", "failed"), ("ABORTED", "stopped")],
)
def test_the_state_entered_last_stands_as_the_execution_does(status, standing):
    found = standings("application_review", WAITING, status)
    assert found.pop("Await the officer's decision") == standing
    passed = {state for state, how in found.items() if how == "passed"}
    assert passed == set(WAITING) - {"Await the officer's decision"}
    assert set(found.values()) == {"passed", "ahead"}


def test_an_execution_that_has_ended_is_nowhere():
    found = standings(
        "appeal_review", ["Await a ruling on the appeal", "Appeal closed"], "SUCCEEDED"
    )
    assert "current" not in found.values()
    assert found["Appeal closed"] == "passed"


def test_one_that_has_entered_nothing_lights_nothing():
    drawing = lit(drawing_of("batch_intake"), [], "RUNNING")
    assert {state["standing"] for state in drawing["states"]} == {"ahead"}
    assert not any(edge["passed"] for edge in drawing["edges"])


def test_ways_that_were_gone_are_lit_and_no_others():
    drawing = lit(drawing_of("application_review"), WAITING, "RUNNING")
    gone = {(edge["from"], edge["to"]) for edge in drawing["edges"] if edge["passed"]}
    assert gone == set(pairwise([None, *WAITING]))


def test_states_are_counted():
    drawing = lit(drawing_of("application_review"), WAITING, "RUNNING")
    times = {state["name"]: state["times"] for state in drawing["states"]}
    assert times["Await the officer's decision"] == 2
    assert times["Closed"] == 0


def test_a_map_stands_as_what_is_in_it():
    entered = ["List the payments", "Is anybody to be paid?", "Pay the parts", "Pay one part"]
    found = standings("benefit_payments", entered, "FAILED")
    assert found["Pay the parts"] == found["Pay one part"] == "failed"
    drawing = lit(drawing_of("benefit_payments"), [*entered, "Asked for"], "SUCCEEDED")
    gone = {(edge["from"], edge["to"]) for edge in drawing["edges"] if edge["passed"]}
    assert ("Pay the parts", "Pay one part") in gone
    assert ("Pay the parts", "Asked for") in gone
