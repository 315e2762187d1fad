"""Knowingly false data: recorded, barred when repeated, lifted when an appeal undoes it (P14);
and support that somebody already has (P11)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters import definitions
from casework import actions, earlier_support, violations
from casework.application import Stage
from casework.errors import NotAllowed
from casework.ports import Note
from tests.unit.fake_casebook import (
    CITIZEN,
    MONDAY,
    Life,
    approved,
    form_of,
    on_review,
    refused,
    rules,
    submitted,
)
from tests.unit.test_appeals import AppealLife


def refused_for_false_data(agency: str | None = None) -> Life:
    life = on_review()
    if agency:
        life.book.cases[life.number] = _filed_by(life, agency)
    life.propose("refused", "false_data", explanation="Справка поддельная")
    life.confirm()
    return life


def _filed_by(life: Life, agency: str):
    return replace(life.case, application=replace(life.application, agency=agency))


def note(days_ago: int, number: str = "n") -> Note:
    return Note(violations.VIOLATION, "key", number, MONDAY - timedelta(days=days_ago))


def until(*known: Note) -> datetime | None:
    return violations.barred_until(known, rules())


class TestRecording:
    def test_two_officers_refuse_and_the_violation_is_recorded_and_referred(self):
        life = refused_for_false_data()
        assert life.application.stage is Stage.REFUSED
        assert life.events[-1].kind == "violation_recorded"
        assert life.events[-1].data == {"reason": "false_data", "referred": True}
        assert life.application.violation == "false_data"

    def test_it_is_kept_under_a_key_that_does_not_tell_whose_it_is(self):
        life = on_review()
        life.propose("refused", "false_data", explanation="Справка поддельная")
        decided = actions.confirm(life.case, life.rules, "second", True, None, life.now)
        (kept,) = decided.notes
        assert (kept.kind, kept.number, kept.since) == ("violation", life.number, life.now)
        assert life.case.form["snils"] not in str(kept)
        assert kept.key == violations.person_key(life.rules, life.case.form)

    def test_an_organisation_that_filed_it_has_it_recorded_too(self):
        life = on_review()
        life.book.cases[life.number] = _filed_by(life, "lipa")
        life.propose("refused", "false_data", explanation="Справка поддельная")
        decided = actions.confirm(life.case, life.rules, "second", True, None, life.now)
        assert {kept.key for kept in decided.notes} == {
            violations.person_key(life.rules, life.case.form),
            violations.agency_key("lipa"),
        }

    def test_any_other_refusal_records_nothing(self):
        life = refused()
        assert "violation_recorded" not in life.kinds
        assert life.application.violation is None

    def test_a_refusal_that_the_second_officer_returns_records_nothing(self):
        life = on_review()
        life.propose("refused", "false_data", explanation="Справка поддельная")
        life.confirm(agrees=False, explanation="Справка настоящая")
        assert "violation_recorded" not in life.kinds


class TestTheBar:
    def test_one_violation_bars_nobody(self):
        assert until(note(1)) is None

    def test_the_second_bars_for_a_year_from_its_day(self):
        end = until(note(200), note(0))
        assert end == datetime(2027, 4, 6, 21, tzinfo=UTC)  # midnight after the 6th in Moscow
        assert until(note(0), note(200)) == end

    def test_the_bar_ends(self):
        known = [[note(800), note(400)]]
        violations.check(known, rules(), MONDAY)
        known = [[note(800), note(100)]]
        with pytest.raises(NotAllowed, match="barred") as refusal:
            violations.check(known, rules(), MONDAY)
        assert refusal.value.details["until"] == "28.12.2026"
        assert "обжаловать" in refusal.value.details["appeal"]

    @pytest.mark.parametrize("service", ["appeal", "service-refusal"])
    def test_whoever_is_barred_may_contest_and_give_up_what_was_granted(self, service):
        under = definitions.rules(service, "RU-MOW")
        violations.check([[note(200), note(0)]], under, MONDAY)

    def test_the_last_minute_of_the_last_day(self):
        known = [[note(200), note(0)]]
        end = until(*known[0])
        with pytest.raises(NotAllowed):
            violations.check(known, rules(), end - timedelta(minutes=1))
        violations.check(known, rules(), end)

    def test_a_person_is_barred_for_himself_an_agency_for_itself(self):
        """One of each is not two of one."""
        violations.check([[note(1)], [note(1)]], rules(), MONDAY)

    def test_an_applicant_is_known_by_his_number_and_an_agency_by_its_name(self):
        keys = violations.keys(rules(), form_of(1), "lipa")
        assert len(keys) == len({*keys, *violations.keys(rules(), form_of(2), "klyon")}) / 2 == 2
        assert violations.keys(rules(), {}, None) == ()


class TestLifting:
    def test_what_an_appeal_undoes_is_as_if_it_had_never_been(self):
        life = refused_for_false_data()
        change = violations.lift(life.case, life.rules, life.case.form, life.now)
        life.book.change(life.number, change, CITIZEN)
        assert life.application.violation is None
        assert [n.number for n in change.forgets] == [life.number]

    @pytest.mark.parametrize("ruling", ["changed", "sent_back"])
    def test_an_appeal_that_undoes_the_refusal_lifts_it(self, ruling):
        life = refused_for_false_data()
        life.issue()
        appeal = AppealLife(life)
        appeal.submit()
        appeal.all_match()
        appeal.rule(ruling)
        assert "violation_lifted" in life.kinds
        assert life.application.violation is None

    def test_an_appeal_that_fails_leaves_it(self):
        life = refused_for_false_data()
        life.issue()
        appeal = AppealLife(life)
        appeal.submit()
        appeal.all_match()
        appeal.rule("upheld", "decision_right")
        assert life.application.violation == "false_data"

    def test_where_nothing_was_recorded_nothing_is_lifted(self):
        life = refused()
        assert not violations.lift(life.case, life.rules, life.case.form, life.now).happenings


class TestSupport:
    def test_what_lasts_is_known_from_the_day_it_is_issued(self):
        life = approved()
        issued = actions.issue(life.case, life.rules, life.now)
        (kept,) = issued.notes
        assert (kept.kind, kept.number) == ("support", life.number)
        assert kept.key == actions.identity_key(life.rules, life.case.form)

    def test_a_refusal_makes_nothing_known(self):
        life = refused()
        assert actions.issue(life.case, life.rules, life.now).notes == ()

    def test_the_next_application_for_the_same_finds_it(self):
        life = submitted()
        life.ask_registries()
        (check,) = earlier_support.own_checks(life.application, life.rules)
        known = [Note("support", "key", "111-111-1111", MONDAY)]
        found = earlier_support.reply(life.application, check, known)
        assert (found.outcome, found.fields) == ("mismatched", ("snils",))
        assert earlier_support.told(known) == [
            {"number": "111-111-1111", "since": MONDAY.isoformat()}
        ]

    def test_and_does_not_find_itself(self):
        life = submitted()
        life.ask_registries()
        (check,) = earlier_support.own_checks(life.application, life.rules)
        own = [Note("support", "key", life.number, MONDAY)]
        assert earlier_support.reply(life.application, check, own).outcome == "matched"

    def test_what_ended_is_forgotten_under_the_same_key(self):
        life = approved()
        key = actions.identity_key(life.rules, life.case.form)
        (kept,) = actions.issue(life.case, life.rules, life.now).notes
        (gone,) = earlier_support.ended(life.application, key, life.now)
        assert (gone.kind, gone.key, gone.number) == (kept.kind, kept.key, kept.number)
