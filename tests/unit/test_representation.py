"""By what right one acts for another, who agrees to it, and when it ends."""

from datetime import UTC, date, datetime, timedelta

import pytest

from adapters import definitions
from casework import representation
from casework.application import chain
from casework.errors import InvalidForm, NotAllowed, NotFound, Problem, TooOften, WrongStage
from casework.happening import Happening
from casework.ports import Change
from casework.representation import Known, Proof, Proposal, RepresentationCase, State

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
TODAY = NOW.date()
RULES = definitions.representation()
MOTHER = {"last_name": "Берёзова", "birth_date": "1950-02-01", "snils": "112-233-445 95"}
CHILD = {"last_name": "Берёзов", "birth_date": "2008-03-03", "snils": "112-233-445 95"}
PHONE = "+79160000001"
PROOF = Proof("scan.pdf", "application/pdf", "key")
ATTORNEY = {"by_attorney": True, "notarised": True, "until": date(2026, 12, 31), "proof": PROOF}


class Right:
    """A representation as it goes on."""

    def __init__(self):
        self.case = RepresentationCase(representation.fold(representation.number_of("1"), ()))

    def does(self, change):
        found = self.case.representation
        events = (*self.case.events, *chain(found, change.happenings, NOW, "x"))
        known = change.known or self.case.known
        found = representation.fold(found.number, events)
        self.case = RepresentationCase(found, events, known, change.proof or self.case.proof)
        return self

    def proposed(self, kind="child", values=MOTHER, phone=None, **said):
        told = {"proof": None, "by_attorney": False, "notarised": False, "until": None} | said
        proposal = Proposal(kind, Known(values, "Анна Берёзова", phone), **told)
        how = {"representative": "anna", "own_phone": "+79160000002", "today": TODAY}
        return self.does(representation.propose(self.case, RULES, proposal, others=0, **how))

    def accepted(self, person="mother", phone=PHONE):
        return self.does(representation.accept(self.case, person, phone, TODAY))

    def decided(self, confirms=True, words=None, officer="officer", earlier=None):
        how = {"confirms": confirms, "words": words, "today": TODAY}
        return self.does(representation.decide(self.case, officer, earlier, **how))

    def revoked(self, person="anna", phone=None):
        return self.does(representation.revoke(self.case, person, phone))

    def state(self, today=TODAY):
        return self.case.representation.state_on(today)


def wrong(**said):
    with pytest.raises(InvalidForm) as refusal:
        Right().proposed(**said)
    return {(problem.field, problem.code) for problem in refusal.value.problems}


class TestProposing:
    def test_takes_what_an_officer_will_want_to_see(self):
        assert wrong() == {("by_attorney", "attorney_needed"), ("proof", "required")}
        assert wrong(kind="guardian") == {("proof", "required")}
        assert wrong(kind="uncle") == {("kind", "not_in_list")}
        assert wrong(**ATTORNEY | {"notarised": False}) == {("notarised", "attorney_not_notarised")}
        assert wrong(**ATTORNEY | {"until": None}) == {("until", "required")}
        assert wrong(**ATTORNEY | {"until": date(2026, 3, 1)}) == {("until", "in_the_past")}

    def test_takes_nothing_of_whoever_agrees_himself(self):
        assert Right().proposed(phone=PHONE).state() is State.PROPOSED

    def test_oneself_represents_oneself_without_asking(self):
        assert wrong(phone="+79160000002") == {("phone", "own_phone")}

    def test_a_parent_needs_no_attorney_until_the_child_comes_of_age(self):
        right = Right().proposed("parent", CHILD, proof=PROOF).decided()
        birthday = date(2026, 3, 3)
        assert right.state(birthday - timedelta(days=1)) is State.ACCEPTED
        assert right.state(birthday) is State.EXPIRED
        grown = CHILD | {"birth_date": "2008-03-02"}
        assert ("by_attorney", "attorney_needed") in wrong(kind="parent", values=grown, proof=PROOF)

    def test_a_child_of_the_29th_of_february_comes_of_age_on_the_first_of_march(self):
        born = CHILD | {"birth_date": "2012-02-29"}
        until = Right().proposed("parent", born, proof=PROOF).case.representation.until
        assert until == date(2030, 2, 28)

    def test_is_not_done_without_end(self):
        with pytest.raises(TooOften):
            representation.propose(
                Right().case, RULES, None, representative="anna", own_phone=None,
                others=representation.AT_MOST, today=TODAY,
            )  # fmt: skip


class TestAgreeing:
    def test_is_the_persons_own_by_the_phone_of_his_account(self):
        right = Right().proposed(phone=PHONE)
        for person, phone in (("stranger", "+79160000003"), ("stranger", None), ("anna", PHONE)):
            with pytest.raises(NotFound):
                right.accepted(person, phone)
        right.accepted()
        assert right.case.representation.represented == "mother"
        assert right.case.known.phone is None  # the number may be somebody else's tomorrow
        with pytest.raises(NotFound):
            right.accepted()

    def test_is_the_officers_where_there_is_no_cabinet(self):
        right = Right().proposed(**ATTORNEY).decided()
        assert representation.is_ward(right.case.representation.represented)
        with pytest.raises(WrongStage):
            right.decided()

    def test_an_officer_decides_nothing_that_is_his_own_or_the_persons(self):
        with pytest.raises(NotAllowed):
            Right().proposed(**ATTORNEY).decided(officer="anna")
        with pytest.raises(WrongStage):
            Right().proposed(phone=PHONE).decided()

    def test_declining_takes_words(self):
        right = Right().proposed(**ATTORNEY)
        with pytest.raises(InvalidForm) as refusal:
            right.decided(confirms=False)
        assert refusal.value.problems == (Problem("words", "required"),)
        assert right.decided(confirms=False, words="Не читается").state() is State.DECLINED
        assert right.case.known.words == "Не читается"

    def test_the_same_person_stays_the_same_one(self):
        right = Right().proposed(**ATTORNEY).decided(earlier="ward:earlier")
        assert right.case.representation.represented == "ward:earlier"


class TestEnding:
    def test_either_ends_it_and_a_stranger_does_not(self):
        for person in ("anna", "mother"):
            assert Right().proposed(phone=PHONE).accepted().revoked(person).state() is State.REVOKED
        with pytest.raises(NotFound):
            Right().proposed(phone=PHONE).accepted().revoked("stranger", PHONE)

    def test_whoever_is_asked_may_refuse(self):
        assert Right().proposed(phone=PHONE).revoked("mother", PHONE).state() is State.REVOKED

    def test_what_is_over_opens_nothing(self):
        right = Right().proposed(**ATTORNEY).decided()
        last = date(2026, 12, 31)
        found = representation.in_force(right.case, "anna", last)
        assert found.represented
        for who, day in (("anna", last + timedelta(days=1)), ("stranger", TODAY)):
            with pytest.raises(NotAllowed, match="not_representing"):
                representation.in_force(right.case, who, day)
        with pytest.raises(NotAllowed):
            representation.in_force(right.revoked().case, "anna", TODAY)
        with pytest.raises(NotAllowed):
            representation.in_force(Right().proposed(**ATTORNEY).case, "anna", TODAY)

    def test_twice_is_once(self):
        right = Right().proposed(**ATTORNEY).revoked()
        assert representation.revoke(right.case, "anna", None).happenings == ()


def test_every_event_says_by_what_right_it_was_made():
    change = Change((Happening("drafted", {"service": "x"}), Happening("changed")))
    said = [h.data.get("for") for h in representation.noted(change, "1").happenings]
    assert said == ["1", "1"]
    assert representation.noted(change, None) is change
