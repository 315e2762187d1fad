"""What applicants are offered is what they may do: each way tried on applications of each kind."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework import actions, provision_actions
from casework.errors import OporaError
from casework.milestones import milestones
from casework.open_ways import Way, open_ways
from tests.unit.fake_casebook import (
    CITIZEN,
    Life,
    drafted,
    in_clarification,
    in_confirmation,
    on_review,
    submitted,
)
from tests.unit.test_appeals import AppealLife, appealed, received, told
from tests.unit.test_provision import RODNIK, TODAY, agreed, chosen, in_hand, proposed


def withdrawn() -> Life:
    life = on_review()
    life.withdraw()
    return life


def answered_too_late() -> Life:
    life = in_clarification()
    life.wait(days=20)
    return life


def appealed_before() -> Life:
    return appealed().against


def told_long_ago() -> Life:
    life = told()
    received(life)
    life.wait(days=40)
    return life


def complained() -> Life:
    life = in_hand()
    complain(life)
    return life


def complain(life: Life) -> None:
    life.act(CITIZEN, provision_actions.complain, "Никто не приходит")


def agree(life: Life) -> None:
    life.act(CITIZEN, provision_actions.answer_programme, True, None)


def choose(life: Life) -> None:
    life.act(CITIZEN, provision_actions.choose_provider, RODNIK, TODAY)


def resubmit(life: Life) -> None:
    actions.resubmit(life.case, life.rules)


ACTS: dict[Way, Callable[[Life], object]] = {
    Way.CHANGE: lambda life: life.change(phone="+7 900 555-44-33"),
    Way.ANSWER: lambda life: life.answer("Вот"),
    Way.WITHDRAW: Life.withdraw,
    Way.RESUBMIT: resubmit,
    Way.AGREE: agree,
    Way.CHOOSE: choose,
    Way.COMPLAIN: complain,
    Way.APPEAL: lambda life: AppealLife(life).submit(),
}
LIVES = (
    drafted, submitted, on_review, in_clarification, answered_too_late, in_confirmation, withdrawn,
    told, told_long_ago, appealed_before,
    proposed, agreed, chosen, in_hand, complained,
)  # fmt: skip


@pytest.mark.parametrize("way", ACTS)
@pytest.mark.parametrize("come", LIVES)
def test_what_is_offered_is_what_can_be_done(come: Callable[[], Life], way: Way) -> None:
    life = come()
    if way is Way.APPEAL and life.application.decision is None:
        assert way not in ways(life)
        return
    offered = way in ways(life)
    try:
        ACTS[way](life)
    except OporaError:
        assert not offered
    else:
        assert offered


def ways(life: Life) -> tuple[Way, ...]:
    return open_ways(life.application, life.rules, life.now)


# ---- how far it has come ------------------------------------------------------------------------


def test_milestones_are_told_in_the_order_in_which_they_were_reached() -> None:
    life = in_clarification()
    life.wait(hours=1)
    life.answer("Вот")
    assert [reached.kind for reached in milestones(life.case)] == [
        "submitted",
        "checked",
        "asked",
        "answered",
    ]


def test_a_decision_is_told_with_its_outcome() -> None:
    (decided,) = (reached for reached in milestones(told().case) if reached.kind == "decided")
    assert decided.outcome == "refused"
    assert decided.at.utcoffset() == timedelta(0)
