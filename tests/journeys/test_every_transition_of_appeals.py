"""Every state and every transition of appeal_review is walked by some journey."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local.office import Office
from tests.journeys.appeal_steps import (
    ask_for_information,
    confirm_ruling,
    file_appeal,
    fourth,
    propose_ruling,
    refused_application,
)
from tests.journeys.steps import begin, instant
from tests.journeys.test_every_transition import definition, transitions_of, walked

pytestmark = pytest.mark.long  # the main machine's own is in `make test`

APPEALS = definition("appeal_review")
DEADLINE = "2026-04-02 00:00"  # of what was filed on 2 March


def upheld_after_silence_and_a_question(office: Office) -> None:
    """Nobody rules, then an officer asks; the second officer is silent, then returns it once."""
    number = file_appeal(office, refused_application(office))
    office.cloud.advance(days=26)
    ask_for_information(office, number)
    office.answer(number, message="Вот расчёт")
    propose_ruling(office, number, "upheld", "decision_right")
    office.cloud.advance(days=40)
    confirm_ruling(office, number, agrees=False)
    propose_ruling(office, number, "upheld", "decision_right")
    confirm_ruling(office, number)


def refused_unanswered(office: Office) -> None:
    ask_for_information(office, number := file_appeal(office, refused_application(office)))
    office.cloud.advance(days=20)
    assert office.execution(number)["status"] == "SUCCEEDED"


def withdrawn_as_the_deadline_passes(office: Office) -> None:
    _overtaken(office, lambda n: office.citizen.post(f"/applications/{n}/withdrawal"))


def confirmed_as_the_deadline_passes(office: Office) -> None:
    _overtaken(
        office,
        lambda n: fourth(office).post(f"/applications/{n}/confirmation", {"agrees": True}),
        lambda n: propose_ruling(office, n, "changed"),
    )


def _overtaken(
    office: Office, act: Callable[[str], Any], before: Callable[[str], None] | None = None
) -> None:
    """At the deadline's very second the news is late: the machine finds out by itself."""
    number: list[str] = []
    office.cloud.call_at(instant(DEADLINE), lambda: act(number[0]))
    number.append(file_appeal(office, refused_application(office)))
    if before:
        before(number[0])
    office.cloud.advance_to(instant(DEADLINE) - timedelta(hours=1))
    office.cloud.kill("functions.decide.progress.handler", 1, "before")
    office.cloud.advance(hours=2)


JOURNEYS: tuple[Callable[[Office], None], ...] = (
    upheld_after_silence_and_a_question,
    refused_unanswered,
    withdrawn_as_the_deadline_passes,
    confirmed_as_the_deadline_passes,
)


@pytest.fixture(scope="module")
def seen(shared_office: Office) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for journey in JOURNEYS:
        begin(shared_office, "2026-03-02 09:00")
        journey(shared_office)
        found |= set(walked(["appeal_review"]))
    return found


def test_every_transition_is_walked_by_some_journey(seen: set[tuple[str, str]]) -> None:
    assert set(transitions_of(APPEALS)) - seen == set()


def test_no_journey_walks_what_is_not_written(seen: set[tuple[str, str]]) -> None:
    assert seen - set(transitions_of(APPEALS)) == set()
