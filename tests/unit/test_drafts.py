"""Drafts that nobody goes on with: a reminder, and then their end (P2)."""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from casework import actions, drafts
from casework.application import SYSTEM, Stage
from casework.notice import Channel, is_outdated, notices_of, reached_by, words
from casework.service import Drafts
from tests.unit.fake_casebook import Life, drafted, form_of, submitted
from tests.unit.test_fees import ask, costing, pay, priced

BEGUN = date(2026, 4, 6)


def come_by(life: Life, day: int) -> list[str]:
    """What the clock does on that day after the draft was begun; gives the new events."""
    before = len(life.events)
    life.wait_until(life.events[0].at + timedelta(days=day))
    life.act(SYSTEM, drafts.come_by, life.rules, life.now)
    return [event.kind for event in life.events[before:]]


def day(life: Life) -> str | None:
    return drafts.next_day(life.application, life.rules)


class TestThePassingOfDays:
    def test_a_draft_is_reminded_of_a_week_before_its_ninety_days_end(self):
        life = drafted()
        assert day(life) == (BEGUN + timedelta(days=83)).isoformat()
        assert come_by(life, 82) == []
        assert come_by(life, 83) == ["draft_reminded"]
        assert come_by(life, 84) == []
        assert day(life) == (BEGUN + timedelta(days=90)).isoformat()
        assert come_by(life, 89) == []
        assert come_by(life, 90) == ["expired"]
        assert life.application.stage is Stage.EXPIRED
        assert day(life) is None
        assert come_by(life, 91) == []

    def test_an_unpaid_draft_has_thirty_days(self):
        life = priced(costing())
        assert come_by(life, 23) == ["draft_reminded"]
        assert come_by(life, 30) == ["expired"]

    def test_a_paid_one_has_ninety_and_its_fee_goes_back(self):
        life = priced(costing())
        pay(life, ask(life)[0])
        assert come_by(life, 30) == []
        assert come_by(life, 83) == ["draft_reminded"]
        assert come_by(life, 90) == ["expired", "fee_refund_due"]

    def test_no_draft_expires_unless_it_was_reminded_of_first(self):
        """The clock was away for a while: the person still gets the warning."""
        life = drafted()
        assert come_by(life, 95) == ["draft_reminded"]
        assert come_by(life, 96) == ["expired"]

    def test_work_on_it_begins_the_days_anew(self):
        life = drafted()
        assert come_by(life, 83) == ["draft_reminded"]
        life.change(wishes="Нужна помощь по дому")
        assert come_by(life, 90) == []
        assert come_by(life, 83 + 83) == ["draft_reminded"]

    def test_what_is_submitted_or_closed_is_left_alone(self):
        life = submitted()
        assert day(life) is None
        assert come_by(life, 200) == []

    def test_the_person_reads_the_day_of_the_end(self):
        life = drafted()
        assert drafts.expires_on(life.case, life.rules, life.now) == BEGUN + timedelta(days=90)
        life.submit()
        assert drafts.expires_on(life.case, life.rules, life.now) is None

    def test_the_days_are_those_of_the_region(self):
        """Ten in the evening of the 5th, UTC, is the 6th in Moscow."""
        life = Life(form_of())
        life.wait_until(life.now.replace(day=5, hour=22))
        life.change(wishes="Ещё")
        assert drafts.days(life.application, life.rules, unpaid=False).expires == date(2026, 7, 5)


def test_an_expired_draft_can_be_begun_anew():
    life = drafted()
    come_by(life, 83)
    come_by(life, 90)
    again = actions.resubmit(life.case, life.rules)
    assert again.form == life.case.form


def test_a_reminder_after_the_end_is_a_mistake_of_the_file():
    with pytest.raises(ValidationError):
        Drafts(expires=90, unpaid=7, reminder=7)


class TestTelling:
    def told(self, life: Life) -> list[str]:
        found = (notices_of(event, life.application) for event in life.events)
        return [notice.template for notices in found for notice in notices]

    def test_the_person_reads_until_when_the_draft_is_kept(self):
        life = drafted()
        come_by(life, 83)
        assert self.told(life) == ["draft_expires"]
        assert words(life.case, life.rules, "https://x", {})["draft_expires"] == "05.07.2026"
        come_by(life, 90)
        assert self.told(life) == ["draft_expires", "draft_expired"]

    def test_a_reminder_that_comes_after_the_work_was_done_is_not_sent(self):
        life = drafted()
        come_by(life, 83)
        assert not is_outdated("draft_expires", life.application)
        life.change(wishes="Ещё")
        assert is_outdated("draft_expires", life.application)

    def test_a_draft_is_answered_to_what_it_says_so_far_and_is_good(self):
        life = Life({"phone": "12", "email": "citizen@example.com", "notify_by": "pigeon"})
        contact = reached_by(life.case, life.rules, life.now)
        assert (contact.phone, contact.channels) == (None, (Channel.EMAIL,))
        assert reached_by(Life({}).case, life.rules, life.now).channels == ()

    def test_of_a_withdrawn_draft_only_its_money_is_told(self):
        life = priced(costing())
        pay(life, ask(life)[0])
        life.withdraw()
        assert self.told(life) == ["fee_refund"]
        assert words(life.case, life.rules, "https://x", {})["refunds"] == "500.00 ₽"
        assert not is_outdated("fee_refund", life.application)
        assert is_outdated("fee_paid", life.application)
