"""Every state and every transition of what follows an approval is walked by some journey, and each
state goes on when its handler dies once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from local import people
from local.office import Office, form_of
from tests.journeys.provision_steps import (
    CLEANING,
    answer_complaint,
    benefit,
    complain,
    form_act,
    granted,
    periods,
    run_payments,
)
from tests.journeys.steps import apply, begin
from tests.journeys.test_every_transition import (
    Transition,
    definition,
    states_of,
    transitions_of,
    walked,
)

pytestmark = pytest.mark.long  # the main machine's own is in `make test`

MACHINES = ("service_provision", "benefit_payments")
HANDLERS = {
    "Await the programme": ("functions.decide.review.await_people", "programme"),
    "Await the person's agreement": ("functions.decide.review.await_people", "agreement"),
    "Await the choice of a provider": ("functions.decide.review.await_people", "provider"),
    "Await the act": ("functions.decide.review.await_people", "act"),
    "Await the services": ("functions.decide.review.await_people", "services"),
    "Review the complaint": ("functions.decide.review.await_people", "complaint"),
    "Await the original": ("functions.decide.review.await_people", "original"),
    "Await the handing over": ("functions.decide.review.await_people", "handover"),
    "Mark the wait": ("functions.decide.provision.mark", None),
    "Begin the provision anew": ("functions.decide.provision.begin", None),
    "List the payments": ("functions.decide.payments.list_due", None),
    "Pay one part": ("functions.decide.payments.pay_part", None),
}


def everybody_is_slow(office: Office) -> str:
    """Ten days of silence before each step; a complaint; a programme longer than an execution."""
    office.load_providers()
    number = apply(office, form_of(people.GRANDMOTHER, category="pensioner"))
    office.approve(number)
    office.cloud.advance(days=10)
    office.propose_programme(number, CLEANING, review_on="2030-01-15")
    office.cloud.advance(days=10)
    office.agree(number)
    office.cloud.advance(days=10)
    office.choose(number, "lipa")
    office.cloud.advance(days=10)
    form_act(office, number)
    complain(office, number)
    office.cloud.advance(days=10)
    answer_complaint(office, number, upheld=False)
    office.cloud.advance(days=300)
    office.record(number, 1, "started", "2026-04-15")
    office.record(number, 1, "ended", "2026-05-15", "Сделано")
    return number


def an_original_is_handed_over(office: Office) -> str:
    number = granted(office, "disability-certificate", hand_over="mfc")
    path = f"/applications/{number}/original"
    office.cloud.advance(days=10)
    office.officer.post(path, {"event": "ready"})
    office.cloud.advance(days=10)
    office.officer.post(path, {"event": "handed_over"})
    office.cloud.settle()
    return number


def money_is_paid(office: Office) -> str:
    run_payments(office, "nobody-yet")
    number = benefit(office)
    office.cloud.advance(days=3)
    return number


JOURNEYS: tuple[Callable[[Office], str], ...] = (
    everybody_is_slow,
    an_original_is_handed_over,
    money_is_paid,
)


@pytest.fixture(scope="module")
def seen(shared_office: Office) -> set[Transition]:
    found: set[Transition] = set()
    for journey in JOURNEYS:
        begin(shared_office, "2026-03-02 09:00")
        journey(shared_office)
        found |= set(walked(MACHINES))
        if ("functions.decide.payments.pay_part", "GetObject") in shared_office.cloud.calls:
            # moto keeps no history of a map's parts: that its one state did its work has to do.
            found |= {("", "Pay one part"), ("Pay one part", "")}
    return found


@pytest.mark.parametrize("machine", MACHINES)
def test_every_transition_is_walked_by_some_journey(seen: set[Transition], machine: str) -> None:
    assert set(transitions_of(definition(machine))) - seen == set()


def test_no_journey_walks_what_is_not_written(seen: set[Transition]) -> None:
    written = {t for machine in MACHINES for t in transitions_of(definition(machine))}
    assert seen - written == set()


def test_every_state_with_a_handler_is_retried_when_the_handler_dies(office: Office) -> None:
    tasks = {
        name
        for machine in MACHINES
        for name, state in states_of(definition(machine))
        if state["Type"] == "Task"
    }
    assert HANDLERS.keys() == tasks
    with _Retries(office) as retried:
        for journey in JOURNEYS:
            begin(office, "2026-03-02 09:00")
            number = journey(office)
            office.cloud.advance_to(office.cloud.now() + timedelta(minutes=10))
    assert retried.died == set(HANDLERS)
    assert periods(office, number) == ["2026-04"]


class _Retries:
    """Kills the handler of each state, at its first call, the first time the state invokes it."""

    def __init__(self, office: Office) -> None:
        self._lambdas = office.cloud.lambdas
        self._office = office
        self.died: set[str] = set()

    def __enter__(self) -> "_Retries":
        self._run = self._lambdas.run
        self._lambdas.run = self._run_or_die
        return self

    def __exit__(self, *_: Any) -> None:
        del self._lambdas.run

    def _run_or_die(self, function: Any, event: Any) -> tuple[str, bool]:
        for state, (handler, purpose) in HANDLERS.items():
            if state in self.died or function.handler != handler:
                continue
            renews = state != "Begin the provision anew" or "after" in event
            if renews and event.get("purpose") == purpose:
                self.died.add(state)
                self._office.cloud.kill(function.handler, 1, "after")
        return self._run(function, event)
