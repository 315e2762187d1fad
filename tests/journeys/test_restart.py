"""The local cloud is stopped and started again: every application goes on to its lawful end."""

from collections.abc import Callable
from pathlib import Path

import pytest

from local import people, snapshot
from local.office import Office, form_of
from tests.journeys.steps import (
    apply,
    begin,
    ends,
    happened,
    in_clarification,
    in_confirmation,
    instant,
    marks,
    on_check,
    running,
    stage,
    told,
)
from tests.variants import sampled


def _restart(office: Office, folder: Path) -> int:
    """Executions and messages are gone; tables and objects are as they were."""
    snapshot.save(office.cloud, folder)
    office.cloud.reset(start=instant("2024-01-01 00:00"))
    assert snapshot.restore(office.cloud, folder)
    office.registries.start_over()
    assert running(office) == []
    resumed = office.resume_reviews()
    office.cloud.settle()
    return resumed


def _approve(office: Office, number: str) -> None:
    office.cloud.advance(hours=5)
    office.approve(number)


def _answer_and_approve(office: Office, number: str) -> None:
    office.answer(number, form={"income": "170000"})
    _approve(office, number)


def _confirm(office: Office, number: str) -> None:
    office.confirm(number)


REACHED: dict[str, tuple[Callable, Callable, str]] = {
    "checking": (on_check, _approve, "approved"),
    "clarification": (in_clarification, _answer_and_approve, "approved"),
    "review": (apply, _approve, "approved"),
    "confirmation": (in_confirmation, _confirm, "refused"),
}


@pytest.mark.parametrize("where", sampled(REACHED, 0))
def test_an_application_goes_on_where_it_was(office: Office, tmp_path: Path, where: str) -> None:
    reach, go_on, outcome = REACHED[where]
    begin(office, "2026-04-29 10:00")
    number = reach(office)
    office.cloud.advance(days=1)
    assert stage(office, number) == where
    told_before = told(office, number)
    assert _restart(office, tmp_path) == 1
    assert stage(office, number) == where
    assert told(office, number) == told_before
    assert office.cloud.sms == []  # nothing is said again
    go_on(office, number)
    ends(office, number, outcome)


def test_a_decision_that_was_not_yet_issued_is_issued(office: Office, tmp_path: Path) -> None:
    begin(office, "2026-04-29 10:00")
    number = apply(office)
    office.cloud.kill("functions.decide.progress.handler", 1, "before")
    office.officer.post(f"/applications/{number}/proposal", {"outcome": "approved"})
    snapshot.save(office.cloud, tmp_path)
    assert office.casebook.load(number).application.issued is False
    office.cloud.reset(start=instant("2024-01-01 00:00"))
    snapshot.restore(office.cloud, tmp_path)
    assert office.resume_reviews() == 1
    office.cloud.advance(minutes=1)
    ends(office, number, "approved")
    assert [what for what, _ in told(office, number)] == ["accepted", "approved"]


def test_the_clock_goes_on_where_it_stood(office: Office, tmp_path: Path) -> None:
    """A question asked before the restart is refused after it on its own day; so is a deadline."""
    begin(office, "2026-04-28 10:00")
    asked = in_clarification(office)
    waiting = apply(office, form_of(people.FATHER))
    office.cloud.advance(days=2)
    assert _restart(office, tmp_path) == 2
    office.cloud.advance(days=60)
    assert happened(office, asked, "applicant_reminded") == ["2026-05-06 09:00"]
    assert happened(office, asked, "decided") == ["2026-05-09 00:00"]
    assert marks(office, waiting) == [
        ("reminder", "2026-05-25 09:00"),
        ("overdue", "2026-05-29 00:00"),
        ("escalation", "2026-06-12 00:00"),
    ]
    office.approve(waiting)
    ends(office, waiting, "approved")


def test_what_is_over_stays_over(office: Office, tmp_path: Path) -> None:
    begin(office, "2026-04-28 10:00")
    withdrawn = apply(office)
    office.withdraw(withdrawn)
    decided = apply(office, form_of(people.FATHER))
    office.approve(decided)
    draft = office.draft(form_of(people.LONELY_PENSIONER))
    assert _restart(office, tmp_path) == 0
    office.cloud.advance(days=30)
    assert [stage(office, n) for n in (withdrawn, decided, draft)] == [
        "withdrawn",
        "approved",
        "draft",
    ]
    assert running(office) == []
    office.submit(draft)
    _approve(office, draft)
    ends(office, draft, "approved")
