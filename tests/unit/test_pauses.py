"""An officer stops every term of an application for a lawful reason; or calls a supervisor."""

from datetime import date, timedelta

import pytest

from adapters.definitions import pause_reasons
from casework import actions, pauses
from casework.application import SYSTEM, Gap
from casework.deadline import ProvenDue
from casework.errors import InvalidForm, NotAllowed, WrongStage
from casework.ports import Task
from casework.review import Next, due_marks, must_leave, next_step, promised_day, terms
from tests.unit.fake_casebook import (
    OFFICER,
    SECOND,
    Life,
    in_clarification,
    in_confirmation,
    on_review,
)

REASONS = pause_reasons()
WORDS = "Ждём ответа суда"


@pytest.fixture
def life() -> Life:
    return on_review()


def day(life: Life, days: int) -> date:
    return life.rules.calendar.local_day(life.now) + timedelta(days=days)


def pause(life: Life, days: int = 10, reason: str = "court", officer: str = OFFICER) -> None:
    until = day(life, days)
    life.act(officer, pauses.pause, life.rules, REASONS, officer, reason, until, WORDS, life.now)


def resume(life: Life, officer: str = OFFICER) -> None:
    life.act(officer, pauses.resume, officer)


def promise(life: Life) -> date:
    return date.fromisoformat(promised_day(life.application, life.rules))


def decision_terms(life: Life) -> dict[str, ProvenDue]:
    """By kind. The experts' hours run on."""
    told = terms(life.application, life.rules, life.now)
    return {term.kind: term.proven for term in told if term.name == "decision"}


def test_the_days_of_a_pause_are_added_to_every_term_and_the_ledger_tells_them(life):
    before = decision_terms(life)
    pause(life)
    life.wait(days=7)
    resume(life)
    for kind, proven in decision_terms(life).items():
        told = [line.code for line in proven.ledger]
        assert told.count("suspended") + told.count("resumed") == 7
        assert proven.due > before[kind].due
    assert life.application.pause is None


def test_while_it_lasts_no_mark_of_the_decision_is_made_and_nothing_is_asked_or_decided(life):
    pause(life, days=80)
    life.wait(days=70)
    assert due_marks(life.application, life.rules, life.now) == []
    step = next_step(life.application, life.rules, life.now)
    assert (step.next, life.now + timedelta(seconds=step.seconds)) == (
        Next.DECIDE, life.application.pause.until,
    )  # fmt: skip
    with pytest.raises(WrongStage, match="clock_paused"):
        life.propose("approved")
    with pytest.raises(WrongStage, match="clock_paused"):
        life.ask(Gap("unclear", field="income"))
    assert actions.decide_by_rules(life.case, life.rules, life.now).happenings == ()


def test_it_ends_by_itself_at_the_end_of_its_day_however_late_that_is_noted(life):
    pause(life, days=10)
    ends_at = life.application.pause.until
    assert ends_at == life.rules.calendar.end_of(day(life, 10))
    life.wait(days=30)
    life.act(SYSTEM, actions.mark, life.rules, life.now)
    assert life.application.pause is None
    assert life.application.clock[-1].at == ends_at
    assert life.kinds[-1] == "clock_resumed"


def test_a_timer_that_is_set_for_after_the_end_of_the_pause_is_left(life):
    far = Task(Next.DECIDE, "token", life.now + timedelta(days=25))
    pause(life, days=3)
    step = next_step(life.application, life.rules, life.now)
    assert must_leave(far, step, life.now)


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_pause_is_as_long_as_its_reason_allows(life, days):
    with pytest.raises(InvalidForm) as refused:
        pause(life, days)
    assert refused.value.problems[0].code == "pause_out_of_range"


def test_a_pause_has_a_reason_that_the_law_knows(life):
    with pytest.raises(InvalidForm) as refused:
        pause(life, reason="tired")
    assert refused.value.problems[0].code == "not_in_list"


@pytest.mark.parametrize("stage", [in_clarification, in_confirmation])
def test_what_stands_still_or_is_decided_already_is_not_paused(stage):
    with pytest.raises(WrongStage):
        pause(stage())


def test_a_pause_is_one_and_the_holders_own(life):
    life.claim()
    with pytest.raises(WrongStage, match="claimed_by_another"):
        pause(life, officer=SECOND)
    pause(life)
    with pytest.raises(WrongStage, match="already_paused"):
        pause(life)
    with pytest.raises(WrongStage, match="claimed_by_another"):
        resume(life, SECOND)
    resume(life)
    with pytest.raises(WrongStage, match="not_paused"):
        resume(life)


def escalate(life: Life, officer: str = OFFICER) -> None:
    life.act(officer, pauses.escalate, officer, "Не уверен, как считать доход")


def test_a_call_stands_until_a_supervisor_gives_it_to_somebody(life):
    escalate(life)
    assert life.application.escalated_by == OFFICER
    with pytest.raises(WrongStage, match="already_escalated"):
        escalate(life)
    life.act(SECOND, actions.reassign, SECOND)
    assert (life.application.escalated_by, life.application.officer) == (None, SECOND)
    with pytest.raises(NotAllowed, match="claimed_by_another"):
        escalate(life)


def test_what_is_closed_is_brought_to_nobody(life):
    life.propose("approved")
    with pytest.raises(WrongStage):
        escalate(life)
    with pytest.raises(WrongStage):
        life.act(SECOND, actions.reassign, SECOND)
