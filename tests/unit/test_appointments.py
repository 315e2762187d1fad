"""Slots by themselves, and what the rules may decide: pure, without any table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from adapters import definitions
from adapters.queues import RegistryReply
from casework import actions, appointments
from casework.application import SYSTEM, Stage, number_from
from casework.errors import BadRequest, InvalidForm, WrongStage
from casework.example import example_form
from casework.ports import Case
from casework.review import MOVING_KINDS
from tests.unit.fake_casebook import CITIZEN, MONDAY, MOSCOW, OFFICER, Casebook

RULES = definitions.rules("doctor-appointment", MOSCOW)
TIMETABLE = {
    "region": MOSCOW,
    "speciality": "therapist",
    "clinic": "Поликлиника № 1",
    "place": "каб. 12",
    "doctor": "Иванова А. С.",
}


class Visit:
    """An application for an appointment and everybody who acts on it."""

    def __init__(self, rules: Any = RULES, **known: Any) -> None:
        self.rules = rules
        self.book = Casebook()
        form = example_form(rules.service, date(2026, 4, 6), slot="a", **known)
        begun = actions.draft(rules, form, region=MOSCOW, applicant=CITIZEN)
        self.number = self.book.create(begun, CITIZEN)
        self.act(CITIZEN, actions.submit(self.case, rules, MONDAY))

    @property
    def case(self) -> Case:
        return self.book.cases[self.number]

    @property
    def slots(self) -> set[str]:
        return {key for key in self.book.held if key.startswith(appointments.SLOT_KEY)}

    def act(self, actor: str, change: Any) -> Case:
        return self.book.change(self.number, change, actor)

    def reply(self, *mismatched: str) -> "Visit":
        self.act(SYSTEM, actions.ask_registries(self.case))
        for check in self.case.application.open_checks:
            outcome = "mismatched" if check in mismatched else "matched"
            form = self.case.application.form
            reply = RegistryReply(self.number, check, form, outcome, ())
            self.act(SYSTEM, actions.note_replies(self.case, self.rules, [reply]))
        return self

    def by_rules(self) -> Case:
        return self.act(SYSTEM, actions.decide_by_rules(self.case, self.rules, MONDAY))

    def change(self, **raw: Any) -> Case:
        return self.act(CITIZEN, actions.change(self.case, self.rules, raw, MONDAY))

    def lose(self, slot: str = "a") -> Case:
        return self.act("clinic", appointments.lose(self.case, self.rules, slot))


class TestDecidedByRules:
    def test_what_the_rules_approve_is_approved_by_the_system_with_its_reasons(self):
        visit = Visit().reply()
        application = visit.by_rules().application
        assert application.stage is Stage.APPROVED
        assert application.decision.officer == SYSTEM
        assert visit.case.events[-1].actor == SYSTEM
        rules = visit.case.texts["assessment"]["rules"]
        assert [(rule["name"], rule["holds"]) for rule in rules] == [
            ("insured", True),
            ("patient", True),
        ]

    def test_the_slot_stays_and_the_key_of_person_and_service_is_given_back(self):
        visit = Visit().reply()
        visit.by_rules()
        assert set(visit.book.held) == {"slot|a|paediatrician"}

    def test_nothing_is_decided_before_the_registries_have_spoken(self):
        assert Visit().by_rules().application.stage is Stage.CHECKING

    def test_a_refusal_is_left_to_officers(self):
        grown_up = {
            "patient": "child",
            "child_last_name": "Образцова",
            "child_first_name": "Анна",
            "child_birth_date": "06.04.2008",
        }
        assert Visit(**grown_up).reply().by_rules().application.stage is Stage.REVIEW

    def test_a_registry_that_disagrees_is_left_to_officers(self):
        assert Visit().reply("policy").by_rules().application.stage is Stage.REVIEW
        assert Visit().reply("snils").by_rules().application.stage is Stage.REVIEW

    def test_a_registry_that_is_silent_is_left_to_officers(self):
        visit = Visit()
        visit.act(SYSTEM, actions.ask_registries(visit.case))
        patience = MONDAY + timedelta(days=60)
        visit.act(SYSTEM, actions.mark(visit.case, RULES, patience))
        assert visit.case.application.stage is Stage.REVIEW
        assert visit.by_rules().application.stage is Stage.REVIEW

    def test_what_an_officer_has_claimed_is_the_officers(self):
        visit = Visit().reply()
        visit.act(OFFICER, actions.claim(visit.case, OFFICER))
        assert visit.by_rules().application.stage is Stage.REVIEW

    def test_a_service_that_does_not_say_so_is_decided_by_officers(self):
        service = RULES.service.model_copy(update={"decided_by_rules": False})
        visit = Visit(RULES._replace(service=service)).reply()
        assert visit.by_rules().application.stage is Stage.REVIEW

    def test_deciding_twice_decides_once(self):
        visit = Visit().reply()
        visit.by_rules()
        visit.by_rules()
        assert [e.kind for e in visit.case.events].count("decided") == 1


class TestTheSlotOfAnApplication:
    def test_another_slot_in_a_correction_is_swapped(self):
        visit = Visit()
        visit.change(slot="b")
        assert visit.slots == {"slot|b|paediatrician"}
        assert [e.kind for e in visit.case.events][-2:] == ["corrected", "rebooked"]

    def test_a_correction_of_something_else_touches_no_slot(self):
        visit = Visit()
        visit.change(complaint="Кашель")
        assert visit.slots == {"slot|a|paediatrician"}
        assert visit.case.events[-1].kind == "corrected"

    def test_a_draft_may_change_its_mind_and_holds_nothing(self):
        book = Casebook()
        form = example_form(RULES.service, date(2026, 4, 6), slot="a")
        draft = actions.draft(RULES, form, region=MOSCOW, applicant=CITIZEN)
        number = book.create(draft, CITIZEN)
        book.change(number, actions.change(book.cases[number], RULES, {"slot": "b"}, MONDAY), "c")
        assert book.held == {}

    def test_when_it_is_booked_only_the_slot_may_change(self):
        visit = Visit().reply()
        visit.by_rules()
        with pytest.raises(InvalidForm) as refusal:
            visit.change(slot="b", complaint="Кашель")
        assert [(p.field, p.code) for p in refusal.value.problems] == [
            ("complaint", "fixed_after_submission")
        ]
        assert visit.change(slot="b").application.stage is Stage.APPROVED
        assert visit.slots == {"slot|b|paediatrician"}

    def test_what_is_approved_and_no_appointment_cannot_change_or_be_withdrawn(self):
        plain = RULES.service.outcome.model_copy(update={"kind": "status"})
        rules = RULES._replace(service=RULES.service.model_copy(update={"outcome": plain}))
        visit = Visit(rules).reply()
        visit.by_rules()
        with pytest.raises(WrongStage):
            visit.change(slot="b")
        with pytest.raises(WrongStage):
            actions.withdraw(visit.case, rules, MONDAY)

    def test_a_cancelled_appointment_cannot_be_cancelled_again(self):
        visit = Visit().reply()
        visit.by_rules()
        visit.act(CITIZEN, actions.withdraw(visit.case, RULES, MONDAY))
        assert visit.book.held == {}
        with pytest.raises(WrongStage):
            actions.withdraw(visit.case, RULES, MONDAY)


class TestLost:
    def test_nobody_is_booked_for_a_time_that_is_gone(self):
        visit = Visit()
        visit.lose()
        assert visit.reply().by_rules().application.stage is Stage.REVIEW
        with pytest.raises(WrongStage, match="slot_lost"):
            actions.propose(visit.case, RULES, OFFICER, "approved", (), None, MONDAY)

    def test_another_time_mends_it_and_wakes_whoever_waits(self):
        visit = Visit()
        visit.lose()
        visit.reply()
        assert visit.change(slot="b").application.slot_lost is False
        assert visit.case.events[-1].kind in MOVING_KINDS
        assert visit.by_rules().application.stage is Stage.APPROVED

    def test_it_is_lost_once_and_only_by_whoever_has_it(self):
        visit = Visit()
        assert not visit.lose("b").application.slot_lost
        visit.lose()
        visit.lose()
        assert [e.kind for e in visit.case.events].count("slot_lost") == 1

    def test_a_refused_or_withdrawn_one_has_nothing_to_lose(self):
        visit = Visit()
        visit.act(CITIZEN, actions.withdraw(visit.case, RULES, MONDAY))
        assert not visit.lose().application.slot_lost

    def test_no_slot_and_no_place_is_in_the_events(self):
        visit = Visit()
        visit.change(slot="b")
        visit.lose("b")
        told = {str(v) for e in visit.case.events for k, v in e.data.items() if k != "fields"}
        assert not told & {"a", "b"}


class TestPublishing:
    def published(self, **known: Any) -> appointments.Slot:
        usual = {"starts": MONDAY + timedelta(days=1), "minutes": 20}
        return appointments.published(MONDAY, **TIMETABLE | usual | known)

    def test_the_same_time_of_the_same_doctor_is_the_same_slot_in_whatever_zone(self):
        moscow = datetime.fromisoformat("2026-04-07T10:00:00+03:00")
        assert self.published(starts=moscow).id == self.published().id
        assert self.published(starts=moscow).starts == moscow.astimezone(UTC)

    def test_another_minute_doctor_clinic_or_region_is_another_slot(self):
        ids = {
            self.published(**other).id
            for other in (
                {},
                {"starts": MONDAY + timedelta(days=1, minutes=1)},
                {"doctor": "Петров П. П."},
                {"clinic": "Поликлиника № 2"},
                {"region": "RU-SPE"},
            )
        }
        assert len(ids) == 5

    @pytest.mark.parametrize(
        ("known", "field", "code"),
        [
            ({"starts": MONDAY}, "starts", "slot_begun"),
            ({"minutes": 4}, "minutes", "number_too_little"),
            ({"minutes": 481}, "minutes", "number_too_much"),
        ],
    )
    def test_what_is_past_or_no_length_is_refused(self, known, field, code):
        with pytest.raises(InvalidForm) as refusal:
            self.published(**known)
        assert [(p.field, p.code) for p in refusal.value.problems] == [(field, code)]

    def test_the_bounds_themselves_are_good(self):
        soon = MONDAY + timedelta(seconds=1)
        assert self.published(starts=soon, minutes=5).minutes == 5
        assert self.published(minutes=480).free
        assert not replace(self.published(), closed=True).free


class TestFromWhen:
    def test_a_day_begins_at_the_midnight_of_its_region(self):
        found = appointments.day_or_instant("2026-03-02", RULES.calendar.zone)
        assert found == datetime(2026, 3, 1, 21, tzinfo=UTC)

    def test_an_instant_is_itself(self):
        found = appointments.day_or_instant("2026-03-02T09:00:00+03:00", RULES.calendar.zone)
        assert found == datetime(2026, 3, 2, 6, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "tomorrow",
            "2026-02-30",
            "2026-03-02T09:00:00",
            "02.03.2026",
            "0001-01-01",
            "9" * 300,
        ],
    )
    def test_anything_else_is_refused(self, text):
        with pytest.raises(BadRequest):
            appointments.day_or_instant(text, RULES.calendar.zone)


def test_a_number_is_no_slot():
    """What an application holds is told apart by its key, whoever names the slot."""
    keys = ("0" * 64, f"slot|{number_from(1)}|therapist")
    assert appointments.slots_in(keys) == [keys[1]]
    assert appointments.without_slots(keys) == keys[:1]
    assert appointments.parts_of(keys[1]) == (number_from(1), "therapist")


@pytest.mark.parametrize("typed", ["a|surgeon", "a|", "|", "a|b|c"])
def test_nobody_types_his_way_around_the_speciality(typed):
    key = appointments.key_of(RULES, {"slot": typed, "speciality": "therapist"})
    assert appointments.parts_of(key) == (typed, "therapist")
