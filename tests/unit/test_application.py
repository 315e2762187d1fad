"""An application is its events: what each does, the chain that seals them, and numbers."""

import json
import string
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import benefit, original, provision
from casework.application import (
    GENESIS,
    NUMBER_SPACE,
    SYSTEM,
    Application,
    Event,
    Gap,
    Happening,
    Stage,
    chain,
    event_kinds,
    first_broken_link,
    fold,
    is_number,
    number_from,
)
from casework.deadline import ClockEvent
from tests.unit.fake_casebook import (
    ABOVE_THE_LIMIT,
    CITIZEN,
    OFFICER,
    Life,
    form_of,
    member,
    on_review,
)

NUMBER = number_from(42)
AT = datetime(2026, 4, 6, 7, tzinfo=UTC)
DRAFTED = Happening(
    "drafted",
    {
        "service": "social-service-need",
        "service_version": 1,
        "region": "RU-MOW",
        "applicant": CITIZEN,
        "agency": None,
        "previous": None,
    },
)
SUBMITTED = Happening("submitted", {"form": "f1", "priority": "elderly", "checks": ["a", "b"]})
ASKED = Happening("registries_asked", {"checks": ["a", "b"]})
NO_CHECKS = Happening("submitted", {"form": "f1", "priority": None, "checks": []})
QUESTION = Happening("asked", {"gaps": [{"code": "unreadable", "document": "passport"}]})
PASSPORT = Happening("document_accepted", {"document": "d1", "kind": "passport", "sha256": "00"})


def heard(check: str, outcome: str = "matched", *fields: str) -> Happening:
    return Happening(
        "registry_replied", {"check": check, "outcome": outcome, "fields": list(fields)}
    )


def after(*happenings: Happening, actor: str = CITIZEN) -> Application:
    """The application after these, one an hour."""
    events: list[Event] = []
    for hour, happening in enumerate(happenings):
        at = AT + timedelta(hours=hour)
        events += chain(fold(NUMBER, events), [happening], at, actor)
    return fold(NUMBER, events)


class TestWhatEachEventChanges:
    def test_a_draft_knows_whose_it_is_and_under_which_rules(self):
        draft = after(DRAFTED)
        assert (draft.stage, draft.version, draft.drafted_at) == (Stage.DRAFT, 1, AT)
        assert (draft.service, draft.service_version, draft.region) == (
            "social-service-need",
            1,
            "RU-MOW",
        )
        assert (draft.applicant, draft.agency, draft.previous) == (CITIZEN, None, None)
        assert not draft.in_work
        assert not draft.closed

    def test_a_changed_draft_has_another_form(self):
        assert after(DRAFTED, Happening("changed", {"form": "f0"})).form == "f0"

    def test_a_document_is_announced_then_accepted_or_rejected(self):
        named = {"document": "d1", "kind": "passport"}
        announced = after(DRAFTED, Happening("document_announced", named))
        assert announced.documents_in("announced") == {"d1": "passport"}
        accepted = Happening("document_accepted", {**named, "sha256": "ab"})
        assert after(DRAFTED, accepted).documents["d1"].sha256 == "ab"
        rejected = Happening("document_rejected", {**named, "defect": "encrypted"})
        assert after(DRAFTED, rejected).documents["d1"].defect == "encrypted"

    def test_a_submitted_application_is_on_check(self):
        life = after(DRAFTED, SUBMITTED)
        assert (life.stage, life.priority, life.form) == (Stage.CHECKING, "elderly", "f1")
        assert life.submitted_at == life.checks_due_at == AT + timedelta(hours=1)
        assert life.open_checks == ("a", "b")

    def test_without_registries_to_ask_it_is_on_review_at_once(self):
        assert after(DRAFTED, NO_CHECKS).stage is Stage.REVIEW

    def test_it_stays_on_check_until_every_registry_was_heard(self):
        one = (DRAFTED, SUBMITTED, ASKED, heard("a", "mismatched", "income"))
        assert after(*one).stage is Stage.CHECKING
        assert after(*one).checks["a"].fields == ("income",)
        assert after(*one, heard("b")).stage is Stage.REVIEW

    def test_silent_registries_are_given_up(self):
        given_up = Happening("registries_given_up", {"checks": ["a", "b"]})
        late = after(DRAFTED, SUBMITTED, ASKED, Happening("registries_delayed", {"checks": []}))
        assert late.checks_delayed
        assert after(DRAFTED, SUBMITTED, ASKED, given_up).stage is Stage.REVIEW

    def test_a_question_opens_a_pause_and_marks_the_document_rejected(self):
        asked = after(DRAFTED, PASSPORT, NO_CHECKS, QUESTION, actor=OFFICER)
        assert asked.stage is Stage.CLARIFICATION
        assert (asked.question.event, asked.question.by) == (4, OFFICER)
        assert asked.question.gaps == (Gap("unreadable", document="passport"),)
        assert asked.documents_in("rejected") == {"d1": "passport"}
        assert asked.clock == (ClockEvent("asked", AT + timedelta(hours=3)),)
        assert not asked.asked_by_system

    def test_the_system_remembers_that_it_has_asked(self):
        answered = Happening("answered", {"form": "f2", "fields": [], "recheck": []})
        mismatch = Happening("asked", {"gaps": [{"code": "mismatch", "field": "income"}]})
        assert after(DRAFTED, NO_CHECKS, mismatch, answered, actor=SYSTEM).asked_by_system
        # Of documents it may ask again: another copy may be as bad.
        assert not after(DRAFTED, NO_CHECKS, QUESTION, answered, actor=SYSTEM).asked_by_system

    def test_a_reminder_is_remembered(self):
        reminded = after(DRAFTED, NO_CHECKS, QUESTION, Happening("applicant_reminded"))
        assert reminded.question.reminded

    def test_an_answer_closes_the_question_and_the_pause(self):
        answered = Happening("answered", {"form": "f2", "fields": [], "recheck": ["a"]})
        back = after(DRAFTED, NO_CHECKS, QUESTION, answered)
        assert (back.stage, back.question, back.form) == (Stage.CHECKING, None, "f2")
        assert [event.kind for event in back.clock] == ["asked", "answered"]
        nothing_to_check = Happening("answered", {"form": "f2", "fields": [], "recheck": []})
        assert after(DRAFTED, NO_CHECKS, QUESTION, nothing_to_check).stage is Stage.REVIEW

    def test_the_registries_have_their_full_time_from_the_answer_on(self):
        """A fact corrected while the question was open could not be checked before the answer."""
        corrected = Happening("corrected", {"form": "f2", "fields": ["x"], "recheck": ["a"]})
        answered = Happening("answered", {"form": "f2", "fields": [], "recheck": []})
        back = after(DRAFTED, NO_CHECKS, QUESTION, corrected, answered)
        assert back.stage is Stage.CHECKING
        assert back.checks_due_at == AT + timedelta(hours=4)
        assert not back.checks_delayed

    def test_a_correction_during_a_question_leaves_the_question_open(self):
        corrected = Happening("corrected", {"form": "f2", "fields": ["x"], "recheck": ["a"]})
        still = after(DRAFTED, NO_CHECKS, QUESTION, corrected)
        assert (still.stage, still.form) == (Stage.CLARIFICATION, "f2")
        assert still.question is not None

    def test_a_correction_on_review_checks_again(self):
        corrected = Happening("corrected", {"form": "f2", "fields": ["x"], "recheck": ["b"]})
        again = after(DRAFTED, SUBMITTED, heard("a"), heard("b"), corrected)
        assert (again.stage, again.open_checks) == (Stage.CHECKING, ("b",))
        assert again.checks["a"].state == "matched"

    def test_a_check_that_a_correction_made_needless_is_dropped(self):
        needless = {"form": "f2", "fields": ["x"], "recheck": [], "dropped": ["b"]}
        dropped = after(DRAFTED, SUBMITTED, ASKED, heard("a"), Happening("corrected", needless))
        assert (dropped.stage, list(dropped.checks)) == (Stage.REVIEW, ["a"])

    def test_an_officer_claims_and_releases(self):
        assert after(DRAFTED, NO_CHECKS, Happening("claimed"), actor=OFFICER).officer == OFFICER
        both = (Happening("claimed"), Happening("released"))
        assert after(DRAFTED, NO_CHECKS, *both, actor=OFFICER).officer is None

    def test_a_proposal_waits_and_can_be_returned(self):
        proposed = Happening("proposed", {"outcome": "refused", "reasons": ["x"]})
        waiting = after(DRAFTED, NO_CHECKS, proposed, actor=OFFICER)
        assert waiting.stage is Stage.CONFIRMATION
        assert (waiting.proposal.officer, waiting.proposal.reasons) == (OFFICER, ("x",))
        returned = after(DRAFTED, NO_CHECKS, proposed, Happening("returned"))
        assert (returned.stage, returned.proposal) == (Stage.REVIEW, None)

    @pytest.mark.parametrize("outcome", ["approved", "refused"])
    def test_a_decision_closes(self, outcome):
        data = {"outcome": outcome, "reasons": [], "officer": OFFICER, "second_officer": "o2"}
        decided = after(DRAFTED, NO_CHECKS, Happening("decided", data))
        assert decided.stage == outcome
        assert decided.closed
        assert decided.closed_at == decided.decision.at == AT + timedelta(hours=2)
        assert decided.decision.event == 3
        assert not decided.issued
        issued = Happening("issued", {"outcome": outcome})
        assert after(DRAFTED, NO_CHECKS, Happening("decided", data), issued).issued

    def test_a_withdrawal_closes_and_drops_the_question(self):
        gone = after(DRAFTED, NO_CHECKS, QUESTION, Happening("withdrawn"))
        assert (gone.stage, gone.question) == (Stage.WITHDRAWN, None)
        assert gone.closed_at is not None

    def test_marks_and_the_successor_are_kept(self):
        marked = after(DRAFTED, NO_CHECKS, Happening("marked", {"mark": "overdue"}))
        assert marked.marks == {"overdue"}
        assert after(DRAFTED, Happening("resubmitted", {"number": "n2"})).successor == "n2"

    def test_a_late_reply_changes_no_stage(self):
        closed = after(DRAFTED, SUBMITTED, Happening("withdrawn"), heard("a"), heard("b"))
        assert closed.stage is Stage.WITHDRAWN

    def test_an_unknown_event_is_an_error_not_silence(self):
        with pytest.raises(KeyError):
            after(DRAFTED, Happening("bribed"))


# ---- the chain ----------------------------------------------------------------------------------


def sealed(count: int) -> list[tuple[Event, str]]:
    happenings = [Happening("claimed", {"n": n}) for n in range(count)]
    return [(event, event.hash) for event in chain(Application(NUMBER), happenings, AT, OFFICER)]


FORGED = {
    "kind": "released",
    "at": AT + timedelta(microseconds=1),
    "actor": "somebody-else",
    "data": {"n": "other"},
    "previous": "f" * 64,
    "sequence": 99,
    "number": number_from(43),
}


class TestTheChain:
    def test_the_first_event_follows_nothing_and_each_next_the_one_before(self):
        events = [event for event, _ in sealed(3)]
        assert [event.previous for event in events] == [GENESIS, events[0].hash, events[1].hash]
        assert [event.id for event in events] == [f"{NUMBER}.{n}" for n in (1, 2, 3)]
        assert fold(NUMBER, events).head == events[2].hash

    def test_the_same_instant_in_another_zone_is_the_same_event(self):
        event = sealed(1)[0][0]
        moscow = event.at.astimezone(timezone(timedelta(hours=3)))
        assert replace(event, at=moscow).hash == event.hash

    @given(st.integers(0, 8))
    def test_an_untouched_chain_is_whole(self, count):
        assert first_broken_link(sealed(count)) is None

    @given(st.integers(1, 8), st.data(), st.sampled_from(sorted(FORGED)), st.booleans())
    def test_every_edit_shows_even_with_a_new_seal(self, count, data, what, resealed):
        events = sealed(count)
        head = events[-1][1]
        at = data.draw(st.integers(0, count - 1))
        event, seal = events[at]
        edited = replace(event, **{what: FORGED[what]})
        events[at] = (edited, edited.hash if resealed else seal)
        assert first_broken_link(events, head) is not None

    @given(st.integers(1, 8), st.data())
    def test_every_event_taken_out_shows(self, count, data):
        events = sealed(count)
        head = events[-1][1]
        at = data.draw(st.integers(0, count - 1))
        del events[at]
        assert first_broken_link(events, head) == at + 1

    @given(st.integers(1, 8), st.data())
    def test_every_event_put_in_shows(self, count, data):
        events = sealed(count)
        at = data.draw(st.integers(0, count))
        twin = events[data.draw(st.integers(0, count - 1))]
        events.insert(at, twin)
        assert first_broken_link(events) is not None

    @given(st.permutations(range(5)))
    def test_every_other_order_shows(self, order):
        events = sealed(5)
        moved = [events[place] for place in order]
        expected = next((n + 1 for n, place in enumerate(order) if n != place), None)
        assert first_broken_link(moved) == expected


# ---- numbers ------------------------------------------------------------------------------------

numbers = st.integers(0, NUMBER_SPACE - 1).map(number_from)


class TestNumbers:
    @given(numbers)
    def test_a_number_is_short_and_checks(self, number):
        assert is_number(number)
        assert len(number) == 12

    @given(st.integers(), st.integers())
    def test_different_values_give_different_numbers(self, one, other):
        same = one % NUMBER_SPACE == other % NUMBER_SPACE
        assert (number_from(one) == number_from(other)) == same

    @given(numbers, st.data())
    def test_each_single_wrong_digit_is_caught(self, number, data):
        at = data.draw(st.sampled_from([n for n, c in enumerate(number) if c.isdigit()]))
        wrong = data.draw(st.sampled_from([d for d in string.digits if d != number[at]]))
        assert not is_number(number[:at] + wrong + number[at + 1 :])

    @given(numbers)
    def test_each_swap_of_neighbours_is_caught(self, number):
        digits = number.replace("-", "")
        for at in range(9):
            if digits[at] == digits[at + 1]:
                continue
            swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
            assert not is_number(f"{swapped[:3]}-{swapped[3:6]}-{swapped[6:]}")

    @pytest.mark.parametrize(
        "junk",
        [
            "",
            "1",
            "123456789012",
            "000-000-000",
            "0000-000-000",
            "000000--0000",
            "000-000-000０",
            "٠٠٠-٠٠٠-٠٠٠٠",
            "²²²-²²²-²²²²",
            " 00-000-0000",
            "000-000-0000\n",
            "-" * 12,
        ],
    )
    def test_junk_is_no_number(self, junk):
        assert not is_number(junk)

    @given(st.text(max_size=14))
    def test_any_text_is_either_a_number_or_not(self, text):
        assert is_number(text) in (True, False)


# ---- personal data ------------------------------------------------------------------------------

CANARIES = {
    "last_name": "Канарейкина",
    "first_name": "Пеструшка",
    "patronymic": "Желтокрыловна",
    "birth_date": "17.09.1977",
    "registration_address": "г. Клетка, ул. Жёрдочки, д. 999",
    "residence_address": "г. Гнездо, ул. Перьевая, д. 888",
    "lives_at_registration": False,
    "emergency": True,
    "emergency_story": "Кенар улетел в форточку",
    "wishes": "Хочется зёрнышек",
    "income": "777777.77",
    "category": "disability_group_1",
    "disability_proof": "mse_certificate",
    "mse_certificate_number": "МСЭ-2026-555444",
    "family": [member(last_name="Птенцов", income="666666.66", birth_date="29.02.2016")],
}
SECRET = ("Канарейкина", "Пеструшка", "Желтокрыловна", "Клетка", "Гнездо", "форточку", "зёрнышек")
SECRET += ("777777", "666666", "555444", "Птенцов", "1977", "29.02.2016", "2016-02-29", "щебет")


def whole_life() -> Life:
    """Everything that can happen before a refusal, with free words wherever they can be said."""
    life = Life(form_of(**CANARIES))
    life.change(wishes="Хочется зёрнышек и воды")
    life.upload("passport", defect="encrypted")
    life.upload_what_is_needed()
    life.submit()
    life.ask_registries()
    life.wait(hours=4)
    life.mark()
    for check in life.application.open_checks:
        life.reply(check, *(["mse_certificate_number"] if check == "disability" else []))
    life.ask_by_system()
    life.change(income=ABOVE_THE_LIMIT, category="low_income", disability_proof=None,
                mse_certificate_number=None)  # fmt: skip
    life.answer("щебет заявителя", registration_address="г. Клетка, ул. Жёрдочки, д. 1000")
    life.wait(days=30)
    life.mark()  # the registries are given up
    life.mark()
    life.claim()
    life.ask(Gap("unreadable", document="passport"), message="щебет специалиста")
    life.wait(days=8)
    life.mark()
    life.upload("passport")
    life.answer("щебет второй")
    life.release()
    life.claim()
    life.propose("refused", "criteria_not_met", explanation="щебет объяснения")
    life.confirm(agrees=False, explanation="щебет возражения")
    life.propose("refused", "criteria_not_met")
    life.confirm(explanation="щебет согласия")
    life.issue()
    return life


class TestPersonalData:
    def test_no_event_of_a_whole_life_holds_personal_data(self):
        life = whole_life()
        chain_as_stored = json.dumps([e.data for e in life.events], ensure_ascii=False)
        known = form_of(**CANARIES)
        numbers = [known[n] for n in ("snils", "inn", "passport", "phone", "email")]
        numbers += [number.replace(" ", "").replace("-", "") for number in numbers]
        numbers.append(known["family"][0]["birth_certificate"])
        assert [word for word in (*SECRET, *numbers) if word in chain_as_stored] == []

    def test_that_life_has_nearly_every_kind_of_event(self):
        elsewhere = {"registries_given_up", "registry_replied", "resubmitted", "withdrawn"}
        # What follows an approval: test_provision.py, test_benefit.py and their journeys.
        elsewhere |= {*provision.KINDS, *benefit.KINDS, *original.KINDS}
        elsewhere |= {"ended", "changed_by", "effect_missed"}
        # Of fees, drafts, violations, appointments and appeals: the tests of those.
        elsewhere |= {"fee_requested", "fee_paid", "fee_refund_due", "fee_refunded", "expired"}
        elsewhere |= {"draft_reminded", "violation_recorded", "violation_lifted", "rebooked"}
        elsewhere |= {"slot_lost", "decision_received", "letter_returned", "appealed", "reopened"}
        elsewhere |= {"appeal_withdrawn", "decision_upheld", "decision_superseded"}
        elsewhere |= {"document_scan_delayed", "document_scan_ended"}
        elsewhere |= {"paper_requested", "paper_issued"}  # test_papers.py
        elsewhere |= {"signature_checked"}  # tests/journeys/test_document_signatures.py
        # Of the expert's check: test_document_check.py.
        elsewhere |= {"document_looked", "document_check_marked"}
        elsewhere |= {"escalated", "reassigned", "clock_paused", "clock_resumed"}  # test_pauses.py
        elsewhere |= {"consent_withdrawn", "data_erased", "document_erased"}  # test_consent.py
        assert event_kinds() - set(whole_life().kinds) <= elsewhere

    def test_file_names_and_words_are_kept_beside_the_chain(self):
        life = on_review()
        assert life.case.documents["d1"].file_name.endswith(".pdf")
        assert "pdf" not in json.dumps([event.data for event in life.events])
