"""Every open application has exactly one armed timer: what is not so is found, and nothing else."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from casework.ports import Task
from casework.review import next_step
from casework.sentinel import GRACE, Fault, Machine, Running, fault_of, is_open, machine_of
from tests.unit.fake_casebook import AT_STAGE, Life, approved, on_review

OPEN = {"checking", "clarification", "review", "confirmation"}


@pytest.fixture
def life() -> Life:
    return on_review()


def own(life: Life, machine: str = Machine.REVIEW) -> Running:
    return Running(machine, life.application.execution)


def due(life: Life) -> datetime:
    """When the timer of what comes next is to ring."""
    step = next_step(life.application, life.rules, life.now)
    return life.now + timedelta(seconds=step.seconds)


def found(life: Life, *running: Running, task: Task | None = None, after=GRACE) -> Fault | None:
    armed = task or Task(life.next(), "token", due(life))
    return fault_of(replace(life.case, task=armed), life.rules, running, life.now + after)


def test_one_timer_that_rings_in_time_is_as_it_should_be(life):
    assert found(life, own(life)) is None


@pytest.mark.parametrize("stage", sorted(OPEN))
def test_so_it_is_at_every_open_stage(stage):
    life = AT_STAGE[stage]()
    assert found(life, own(life)) is None
    assert found(life) is Fault.NO_TIMER


def test_nothing_runs(life):
    assert found(life) is Fault.NO_TIMER


def test_what_has_just_happened_is_on_its_way(life):
    assert found(life, after=GRACE - timedelta(seconds=1)) is None


def test_two_run(life):
    again = Running(Machine.REVIEW, f"{life.number}.2")
    assert found(life, own(life), again) is Fault.TWO_TIMERS
    assert again.number == life.number


def test_it_runs_on_another_machine(life):
    assert found(life, own(life, Machine.APPEAL)) is Fault.WRONG_MACHINE


def test_it_waits_for_something_else(life):
    task = Task("confirm", "token", due(life))
    assert found(life, own(life), task=task) is Fault.WRONG_WAIT
    never = fault_of(life.case, life.rules, [own(life)], life.now + GRACE)
    assert never is Fault.WRONG_WAIT


def test_the_timer_should_have_rung(life):
    overslept = due(life) - life.now + GRACE + timedelta(seconds=1)
    task = Task(life.next(), "token", due(life))
    assert found(life, own(life), task=task, after=overslept) is Fault.SILENT_TIMER


def test_a_timer_without_its_time_says_nothing(life):
    assert found(life, own(life), task=Task(life.next(), "token")) is Fault.SILENT_TIMER


def test_the_timer_rings_after_the_mark(life):
    late = Task(life.next(), "token", due(life) + timedelta(hours=1))
    assert found(life, own(life), task=late) is Fault.LATE_TIMER


@pytest.mark.parametrize("stage", sorted(AT_STAGE))
def test_open_is_what_something_is_still_to_happen_to(stage):
    life = AT_STAGE[stage]()
    decided_and_not_issued = stage in ("approved", "refused") and not life.application.issued
    assert is_open(life.application) == (stage in OPEN or decided_and_not_issued)


def test_what_is_decided_is_open_until_it_is_issued():
    life = approved()
    assert (life.application.issued, is_open(life.application)) == (False, True)
    assert machine_of(life.application) is Machine.REVIEW
