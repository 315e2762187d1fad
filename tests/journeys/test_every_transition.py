"""Every state and every transition of both machines is walked by some journey."""

import json
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import pytest

from local.agency_file import row, sample, written
from local.aws import REGION, Backends
from local.office import Office
from tests.journeys.steps import (
    LOW_INCOME,
    TOO_MUCH_INCOME,
    UNCLEAR_INCOME,
    UNREADABLE_PASSPORT,
    apply,
    begin,
    instant,
)

FOLDER = Path(__file__).parents[2] / "state_machines"
HANDLERS = {
    "Check documents and registries": "functions.verify.registries.check",
    "Mark the silence of registries": "functions.decide.review.mark_deadline",
    "Ask the applicant once": "functions.decide.review.await_people",
    "Mark the question": "functions.decide.review.mark_deadline",
    "Await the officer's decision": "functions.decide.review.await_people",
    "Confirm by a second officer": "functions.decide.review.await_people",
    "Mark the deadline": "functions.decide.review.mark_deadline",
    "Issue the outcome": "functions.decide.review.issue_outcome",
    "Begin the provision": "functions.decide.provision.begin",
    "Split the file into parts": "functions.intake.batch_rows.split",
    "Take in one part": "functions.intake.batch_rows.take_in",
    "Write the report": "functions.intake.batches.write_report",
}

MACHINES = ("application_review", "batch_intake")
Transition = tuple[str, str]


# ---- as written ---------------------------------------------------------------------------------


def definition(machine: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{machine}.asl.json").read_text())


def states_of(machine: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from states_of(state["ItemProcessor"])


def transitions_of(machine: dict[str, Any]) -> Iterator[Transition]:
    """("", first) is the start, (last, "") an end."""
    yield "", machine["StartAt"]
    for name, state in machine["States"].items():
        following = [state.get("Next"), state.get("Default")]
        following += [rule["Next"] for rule in (*state.get("Choices", ()), *state.get("Catch", ()))]
        yield from ((name, other) for other in following if other)
        if state.get("End") or state["Type"] in ("Succeed", "Fail"):
            yield name, ""
        if "ItemProcessor" in state:
            yield from transitions_of(state["ItemProcessor"])


# ---- as walked ----------------------------------------------------------------------------------


def walked(machines: Collection[str] = MACHINES) -> Iterator[Transition]:
    """By every execution of these machines, each from its start to its end."""
    client = boto3.client("stepfunctions", REGION)
    names = tuple(name.replace("_", "-") for name in machines)
    for machine in Backends().step_functions.state_machines:
        if not machine.name.endswith(names):
            continue
        for execution in machine.executions:
            pages = client.get_paginator("get_execution_history")
            entered = [
                event["stateEnteredEventDetails"]["name"]
                for page in pages.paginate(executionArn=execution.execution_arn)
                for event in page["events"]
                if "stateEnteredEventDetails" in event
            ]
            ended = [""] if execution.status == "SUCCEEDED" else []
            yield from pairwise(["", *entered, *ended])


# ---- journeys -----------------------------------------------------------------------------------


def approved_after_questions(office: Office) -> None:
    """A registry contradicts, then the officer asks, then the applicant corrects."""
    snils = LOW_INCOME["snils"]
    office.registries.differ(snils, "residence", "registration_address")
    number = apply(office)
    office.registries.differ(snils, "residence")
    office.answer(number, message="Я живу здесь")
    office.cloud.advance(minutes=5)
    office.ask(number, UNREADABLE_PASSPORT)
    office.upload(number, "passport")
    office.answer(number)
    office.citizen.patch(f"/applications/{number}", {"form": {"income": "170000"}})
    office.cloud.advance(minutes=5)
    office.approve(number)


def refused_unanswered(office: Office) -> None:
    number = apply(office)
    office.ask(number, UNCLEAR_INCOME)
    office.cloud.advance(days=20)


def refused_after_silence(office: Office) -> None:
    """A registry is silent, so is the officer, so is the second one, who then returns it once."""
    office.registries.behave("taxes", down_until=instant("2026-03-04 09:00"))
    number = apply(office, TOO_MUCH_INCOME)
    office.cloud.advance(days=28)
    office.propose_refusal(number, "criteria_not_met")
    office.cloud.advance(days=40)
    office.confirm(number, agrees=False, explanation="Посмотрите ещё раз")
    office.propose_refusal(number, "criteria_not_met")
    office.confirm(number)


def overtaken_by_a_correction(office: Office) -> None:
    _overtaken(
        office,
        lambda path: office.citizen.patch(path, {"form": {"income": "170000"}}),
    )


def overtaken_by_a_withdrawal(office: Office) -> None:
    _overtaken(office, lambda path: office.citizen.post(f"{path}/withdrawal"))


def _overtaken(office: Office, act: Callable[[str], Any]) -> None:
    """At the deadline's very second the news is late: the machine finds out by itself."""
    deadline, number = instant("2026-04-02 00:00"), []
    office.cloud.call_at(deadline, lambda: act(f"/applications/{number[0]}"))
    number.append(apply(office))
    office.cloud.advance_to(deadline - timedelta(hours=1))
    office.cloud.kill("functions.decide.progress.handler", 1, "before")
    office.cloud.advance(hours=2)


def a_batch_and_an_unreadable_file(office: Office) -> None:
    office.drop("A", "good.csv", sample(good=1, bad=1))
    office.drop("A", "bad.csv", b"\xff\xfe\x00")
    office.cloud.advance(minutes=5)


JOURNEYS: tuple[Callable[[Office], None], ...] = (
    approved_after_questions,
    refused_unanswered,
    refused_after_silence,
    overtaken_by_a_correction,
    overtaken_by_a_withdrawal,
    a_batch_and_an_unreadable_file,
)


@pytest.fixture(scope="module")
def seen(shared_office: Office) -> set[Transition]:
    found: set[Transition] = set()
    for journey in JOURNEYS:
        begin(shared_office, "2026-03-02 09:00")
        journey(shared_office)
        found |= set(walked())
        if ("functions.intake.batch_rows.take_in", "PutObject") in shared_office.cloud.calls:
            # moto keeps no history of a map's parts: that its one state did its work has to do.
            found |= {("", "Take in one part"), ("Take in one part", "")}
    return found


@pytest.mark.parametrize("machine", MACHINES)
def test_every_transition_is_walked_by_some_journey(seen: set[Transition], machine: str) -> None:
    assert set(transitions_of(definition(machine))) - seen == set()


def test_no_journey_walks_what_is_not_written(seen: set[Transition]) -> None:
    written_down = {
        transition for machine in MACHINES for transition in transitions_of(definition(machine))
    }
    assert seen - written_down == set()


def test_every_state_with_a_handler_is_retried_when_the_handler_dies(office: Office) -> None:
    """One long journey; each state's handler dies once in the state, and the state goes on."""
    tasks = {
        name: state
        for machine in MACHINES
        for name, state in states_of(definition(machine))
        if state["Type"] == "Task"
    }
    assert HANDLERS.keys() == tasks.keys()
    assert all(state["Retry"] for state in tasks.values())
    retried = _Retries(office)
    office.registries.behave("taxes", down_until=office.cloud.now() + timedelta(hours=5))
    with retried:
        office.drop("A", "one.csv", written([row(5)]))
        office.cloud.advance(hours=9)
        (number,) = office.casebook.unfinished()
        office.ask(number, UNCLEAR_INCOME)
        office.cloud.advance(days=9)  # reminded on the tenth of March
        office.agency("A").post(f"/applications/{number}/answer", {"message": "Это пенсия"})
        office.cloud.advance(days=50)
        explained = "Доход не подтверждён"
        office.propose_refusal(number, "data_wrong", explanation=explained)
        office.cloud.advance(minutes=1)
        office.confirm(number)
        office.approve(apply(office))
        office.cloud.advance(minutes=5)
    assert retried.died == set(HANDLERS)
    assert office.execution(number)["status"] == "SUCCEEDED"


class _Retries:
    """Kills the handler of each state the first time the state invokes it."""

    def __init__(self, office: Office) -> None:
        self._lambdas = office.cloud.lambdas
        self._office = office
        self.died: set[str] = set()

    def __enter__(self) -> None:
        self._run = self._lambdas.run
        self._lambdas.run = self._run_or_die

    def __exit__(self, *_: Any) -> None:
        del self._lambdas.run

    def _run_or_die(self, function: Any, event: Any) -> tuple[str, bool]:
        state = next((s for s in HANDLERS if self._is_in(s, function.handler, event)), None)
        if state and state not in self.died:
            self.died.add(state)
            self._office.cloud.kill(function.handler, 1, "after")
        return self._run(function, event)

    def _is_in(self, state: str, handler: str, event: dict[str, Any]) -> bool:
        if HANDLERS[state] != handler:
            return False
        if handler.endswith("await_people"):
            purpose = {"ask": "Ask", "decide": "Await", "confirm": "Confirm"}[event["purpose"]]
            return state.startswith(purpose)
        if handler.endswith("mark_deadline"):
            stage = self._office.casebook.load(event["number"]).application.stage
            marks = {"clarification": "the question", "checking": "the silence of registries"}
            return state == f"Mark {marks.get(stage, 'the deadline')}"
        return True
