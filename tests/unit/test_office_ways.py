"""What officers are offered is what they may do: each way tried on applications of each kind."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework import benefit_actions, pauses, provision_actions
from casework.application import Gap
from casework.errors import OporaError
from casework.office_ways import OfficeWay, office_ways
from casework.pauses import PauseReason
from tests.unit.fake_casebook import (
    OFFICER,
    SECOND,
    Life,
    approved,
    drafted,
    in_clarification,
    in_confirmation,
    on_review,
    refused,
    submitted,
    withdrawn,
)
from tests.unit.test_provision import MEDICAL, TODAY, agreed, begun, chosen, in_hand, propose
from tests.unit.test_provision import proposed as programme_proposed

REASONS = {"court": PauseReason(title="Ждём суда", at_most_days=90, source="ours")}


def claimed(by: str = OFFICER) -> Callable[[], Life]:
    def come() -> Life:
        life = on_review()
        life.claim(by)
        return life

    return come


def paused() -> Life:
    life = on_review()
    pause(life)
    return life


def escalated() -> Life:
    life = on_review()
    escalate(life)
    return life


def complained() -> Life:
    life = in_hand()
    life.act("citizen-1", provision_actions.complain, "Никто не приходит")
    return life


def pause(life: Life) -> None:
    until = life.rules.calendar.local_day(life.now) + timedelta(days=5)
    said = (REASONS, OFFICER, "court", until, "Ждём суда")
    life.act(OFFICER, pauses.pause, life.rules, *said, life.now)


def escalate(life: Life) -> None:
    life.act(OFFICER, pauses.escalate, OFFICER, "Нужна помощь")


def review_complaint(life: Life) -> None:
    life.act(OFFICER, provision_actions.review_complaint, False, "Проверили")


def stop(life: Life) -> None:
    said = ("moved", TODAY, OFFICER, life.now)
    life.act(OFFICER, benefit_actions.stop, life.rules, *said)


ACTS: dict[OfficeWay, Callable[[Life], object]] = {
    OfficeWay.CLAIM: lambda life: life.claim(),
    OfficeWay.ASK: lambda life: life.ask(Gap("unclear", field="income")),
    OfficeWay.PROPOSE: lambda life: life.propose("approved", explanation="Всё верно"),
    OfficeWay.CONFIRM: lambda life: life.confirm(),
    OfficeWay.PAUSE: pause,
    OfficeWay.RESUME: lambda life: life.act(OFFICER, pauses.resume, OFFICER),
    OfficeWay.ESCALATE: escalate,
    OfficeWay.PROPOSE_PROGRAMME: lambda life: propose(life, MEDICAL),
    OfficeWay.FORM_ACT: lambda life: life.act(OFFICER, provision_actions.form_act, TODAY),
    OfficeWay.REVIEW_COMPLAINT: review_complaint,
    OfficeWay.STOP: stop,
}
LIVES = (
    drafted, submitted, on_review, claimed(), claimed(SECOND), paused, escalated, in_clarification,
    in_confirmation, approved, refused, withdrawn,
    begun, programme_proposed, agreed, chosen, in_hand, complained,
)  # fmt: skip
SAYS_NOTHING = (OfficeWay.CLAIM, OfficeWay.ESCALATE, OfficeWay.STOP)  # done before, it is no error


@pytest.mark.parametrize("way", ACTS)
@pytest.mark.parametrize("come", LIVES)
def test_what_is_offered_is_what_can_be_done(come: Callable[[], Life], way: OfficeWay) -> None:
    life = come()
    who = SECOND if way is OfficeWay.CONFIRM else OFFICER
    offered = way in office_ways(life.application, who, supervisor=False)
    before = life.application.version
    try:
        ACTS[way](life)
    except OporaError:
        assert not offered
    else:
        assert offered or (way in SAYS_NOTHING and life.application.version == before)


def test_what_is_given_back_was_ones_own_or_a_supervisors_to_give() -> None:
    life = claimed(SECOND)()
    assert OfficeWay.RELEASE not in office_ways(life.application, OFFICER, supervisor=False)
    assert OfficeWay.RELEASE in office_ways(life.application, OFFICER, supervisor=True)
    assert OfficeWay.RELEASE in office_ways(life.application, SECOND, supervisor=False)


def test_nobody_is_offered_anything_with_his_own_application() -> None:
    life = on_review()
    assert office_ways(life.application, life.application.applicant, supervisor=True) == ()


def test_a_service_is_recorded_while_services_are_given() -> None:
    for come, given in ((chosen, False), (in_hand, True), (complained, False)):
        ways = office_ways(come().application, OFFICER, supervisor=False)
        assert (OfficeWay.RECORD_SERVICE in ways) == given
