"""Slots of clinics: two people never get one, and what is given back is there for the next."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters import definitions
from adapters.applications import Applications
from adapters.casebook import open_casebook
from adapters.slots import PAGE, Slots
from casework import actions, appointments
from casework.application import SYSTEM, Application, Stage, number_from
from casework.appointments import Slot
from casework.errors import NotFound, OporaError, SlotTaken, VersionConflict
from casework.example import example_form
from casework.ports import Case, Change
from tests.unit.fake_casebook import MONDAY, MOSCOW

RULES = definitions.rules("doctor-appointment", MOSCOW)
CLINIC, OTHER_CLINIC = "Поликлиника № 1", "Поликлиника № 2"


@pytest.fixture
def slots(table: Any, dynamodb_client: Any) -> Slots:
    return Slots(dynamodb_client, table.name)


@pytest.fixture
def applications(table: Any, dynamodb_client: Any) -> Applications:
    return open_casebook(table.name, dynamodb_client)


def a_slot(hours: float = 24, **known: Any) -> Slot:
    usual = {
        "region": MOSCOW,
        "speciality": "therapist",
        "clinic": CLINIC,
        "place": "ул. Садовая, д. 1, каб. 12",
        "doctor": "Иванова А. С.",
        "publisher": "lipa",
        "minutes": 20,
    }
    return appointments.published(MONDAY, starts=MONDAY + timedelta(hours=hours), **usual | known)


def form_for(n: int, slot: str) -> dict[str, Any]:
    today = date(2026, 4, 6)
    return example_form(RULES.service, today, seed=n, speciality="therapist", slot=slot)


def drafted(applications: Applications, n: int, slot: str) -> str:
    draft = actions.draft(RULES, form_for(n, slot), region=MOSCOW, applicant=f"citizen-{n}")
    number = number_from(n)
    applications.create(number, draft, actor=f"citizen-{n}", now=MONDAY)
    return number


def act(applications: Applications, number: str, work: Callable[[Case], Change]) -> Application:
    return applications.change(number, work, actor=SYSTEM, now=MONDAY).case.application


def submit(applications: Applications, number: str) -> Application:
    return act(applications, number, lambda case: actions.submit(case, RULES, MONDAY))


def booked(applications: Applications, n: int, slot: str) -> str:
    number = drafted(applications, n, slot)
    submit(applications, number)
    return number


def approve(applications: Applications, number: str) -> Application:
    for check in RULES.service.checks:
        act(applications, number, actions.ask_registries)
        act(applications, number, lambda case, name=check.name: agreed(case, name))
    return act(applications, number, lambda case: actions.decide_by_rules(case, RULES, MONDAY))


def agreed(case: Case, check: str) -> Change:
    class Reply:
        outcome, fields, form = "matched", (), case.application.form

    Reply.check = check
    return actions.note_replies(case, RULES, [Reply])


def move(applications: Applications, number: str, slot: str) -> Application:
    return act(
        applications, number, lambda case: actions.change(case, RULES, {"slot": slot}, MONDAY)
    )


def withdraw(applications: Applications, number: str) -> Application:
    return act(applications, number, lambda case: actions.withdraw(case, RULES, MONDAY))


def free_ids(slots: Slots) -> list[str]:
    return [slot.id for slot in slots.free(MOSCOW, "therapist", MONDAY).slots]


class TestWhatIsFree:
    def test_the_earliest_first_of_that_speciality_and_region_only(self, slots):
        late, early = slots.publish(a_slot(48)), slots.publish(a_slot(24))
        slots.publish(a_slot(30, speciality="surgeon"))
        slots.publish(a_slot(30, region="RU-SPE"))
        assert slots.free(MOSCOW, "therapist", MONDAY).slots == [early, late]

    def test_from_an_instant_on(self, slots):
        slots.publish(a_slot(24))
        late = slots.publish(a_slot(48))
        assert slots.free(MOSCOW, "therapist", MONDAY + timedelta(hours=25)).slots == [late]

    def test_by_pages_none_is_lost_and_none_comes_twice(self, slots):
        published = {slots.publish(a_slot(24 + n / 3)).id for n in range(PAGE + 7)}
        first = slots.free(MOSCOW, "therapist", MONDAY)
        rest = slots.free(MOSCOW, "therapist", MONDAY, first.cursor)
        ids = [slot.id for slot in (*first.slots, *rest.slots)]
        assert (len(first.slots), len(ids), set(ids)) == (PAGE, PAGE + 7, published)
        assert rest.cursor is None

    def test_the_same_time_published_again_is_the_same_slot_and_stays_whose_it_is(
        self, slots, applications
    ):
        slot = slots.publish(a_slot())
        number = booked(applications, 1, slot.id)
        assert slots.publish(a_slot()).taken_by == number
        assert free_ids(slots) == []


class TestTaking:
    def test_a_draft_takes_nothing_and_a_submission_does(self, slots, applications):
        slot = slots.publish(a_slot())
        number = drafted(applications, 1, slot.id)
        assert free_ids(slots) == [slot.id]
        submit(applications, number)
        assert slots.load(slot.id).taken_by == number
        assert free_ids(slots) == []

    def test_a_taken_slot_is_refused_and_the_draft_stays_a_draft(self, slots, applications):
        slot = slots.publish(a_slot())
        booked(applications, 1, slot.id)
        late = drafted(applications, 2, slot.id)
        with pytest.raises(SlotTaken) as refusal:
            submit(applications, late)
        (problem,) = refusal.value.problems
        assert (problem.field, problem.code) == ("slot", "slot_taken")
        assert applications.load(late).application.stage is Stage.DRAFT

    def test_offered_instead_are_the_nearest_in_time_of_the_same_clinic_first(self, slots):
        taken = slots.publish(a_slot())
        slots.close(taken.id)
        other = slots.publish(a_slot(24, clinic=OTHER_CLINIC))
        later = slots.publish(a_slot(26))
        next_one = slots.publish(a_slot(24.5))
        slots.publish(a_slot(100))
        far = slots.publish(a_slot(30))
        assert slots.nearby(taken, MONDAY) == [next_one, later, far]
        assert other not in slots.nearby(taken, MONDAY)
        assert slots.nearby(taken, MONDAY + timedelta(days=30)) == []

    def test_a_row_of_an_agency_takes_a_slot_too_and_does_not_take_anothers(
        self, slots, applications
    ):
        slot = slots.publish(a_slot())

        def row(n: int) -> None:
            change = actions.submit_row(
                RULES, form_for(n, slot.id), (), MONDAY, region=MOSCOW, agency="lipa"
            )
            applications.create(number_from(n), change, actor="agency:lipa", now=MONDAY)

        row(1)
        assert slots.load(slot.id).taken_by == number_from(1)
        with pytest.raises(SlotTaken):
            row(2)
        with pytest.raises(NotFound):
            applications.load(number_from(2))

    @pytest.mark.parametrize("slot", ["nothing", "slot-1"])
    def test_a_slot_that_is_not_there_is_refused(self, applications, slot):
        with pytest.raises(SlotTaken, match="unknown_slot"):
            booked(applications, 1, slot)

    def test_a_time_of_another_doctor_is_refused(self, slots, applications):
        slot = slots.publish(a_slot(speciality="surgeon"))
        with pytest.raises(SlotTaken, match="slot_of_other_speciality"):
            booked(applications, 1, slot.id)
        assert slots.load(slot.id).free

    def test_a_slot_that_begins_this_second_is_too_late(self, slots, applications):
        slot = slots.publish(a_slot())
        number = drafted(applications, 1, slot.id)
        with pytest.raises(SlotTaken, match="slot_begun"):
            applications.change(
                number,
                lambda case: actions.submit(case, RULES, MONDAY),
                actor=SYSTEM,
                now=slot.starts,
            )

    def test_of_eight_who_submit_at_once_one_gets_the_slot(self, slots, applications):
        slot = slots.publish(a_slot())
        numbers = [drafted(applications, n, slot.id) for n in range(1, 9)]
        begin, results = threading.Barrier(8), {}

        def run(number: str) -> None:
            begin.wait()
            try:
                results[number] = submit(applications, number).stage
            except OporaError as error:
                results[number] = type(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = [number for number, result in results.items() if result is Stage.CHECKING]
        assert len(winners) == 1
        assert slots.load(slot.id).taken_by == winners[0]
        assert set(results.values()) <= {Stage.CHECKING, SlotTaken, VersionConflict}


class TestGivingBack:
    def test_withdrawn_before_the_decision(self, slots, applications):
        slot = slots.publish(a_slot())
        withdraw(applications, booked(applications, 1, slot.id))
        assert free_ids(slots) == [slot.id]
        assert booked(applications, 2, slot.id)

    def test_an_approval_keeps_it_and_a_cancelled_appointment_gives_it_back(
        self, slots, applications
    ):
        slot = slots.publish(a_slot())
        number = booked(applications, 1, slot.id)
        assert approve(applications, number).stage is Stage.APPROVED
        assert slots.load(slot.id).taken_by == number
        assert withdraw(applications, number).stage is Stage.WITHDRAWN
        assert free_ids(slots) == [slot.id]

    def test_a_cancellation_leaves_the_next_booking_of_the_same_person_alone(
        self, slots, applications
    ):
        first, second = slots.publish(a_slot()), slots.publish(a_slot(48))
        number = booked(applications, 1, first.id)
        approve(applications, number)
        again = actions.draft(RULES, form_for(1, second.id), region=MOSCOW, applicant="citizen-1")
        applications.create(number_from(99), again, actor="citizen-1", now=MONDAY)
        submit(applications, number_from(99))
        withdraw(applications, number)
        assert free_ids(slots) == [first.id]
        assert slots.load(second.id).taken_by == number_from(99)

    @pytest.mark.parametrize("decided", [False, True])
    def test_moved_the_old_one_is_back_and_the_new_one_taken(self, slots, applications, decided):
        old, new = slots.publish(a_slot()), slots.publish(a_slot(48))
        number = booked(applications, 1, old.id)
        if decided:
            approve(applications, number)
        moved = move(applications, number, new.id)
        assert moved.stage is (Stage.APPROVED if decided else Stage.CHECKING)
        assert free_ids(slots) == [old.id]
        assert slots.load(new.id).taken_by == number
        assert applications.load(number).form["slot"] == new.id
        assert applications.sealed_chain(number).broken_at is None

    def test_moved_to_a_taken_one_both_stay_where_they_are(self, slots, applications):
        mine, others = slots.publish(a_slot()), slots.publish(a_slot(48))
        number, other = booked(applications, 1, mine.id), booked(applications, 2, others.id)
        with pytest.raises(SlotTaken):
            move(applications, number, others.id)
        assert slots.load(mine.id).taken_by == number
        assert slots.load(others.id).taken_by == other
        assert applications.load(number).form["slot"] == mine.id


class TestTheClinicTakesItBack:
    def test_a_free_one_is_gone(self, slots, applications):
        slot = slots.publish(a_slot())
        slots.close(slot.id)
        assert free_ids(slots) == []
        with pytest.raises(SlotTaken, match="slot_taken"):
            booked(applications, 1, slot.id)

    def test_closing_again_changes_nothing_and_what_is_not_there_is_not_found(self, slots):
        slot = slots.publish(a_slot())
        assert slots.close(slot.id) == slots.close(slot.id)
        with pytest.raises(NotFound):
            slots.close("nothing")

    def test_the_holder_loses_it_keeps_the_application_and_takes_another(self, slots, applications):
        slot, other = slots.publish(a_slot()), slots.publish(a_slot(48))
        number = booked(applications, 1, slot.id)
        approve(applications, number)
        slots.close(slot.id)
        lost = act(applications, number, lambda case: appointments.lose(case, RULES, slot.id))
        assert (lost.stage, lost.slot_lost) == (Stage.APPROVED, True)
        assert (slots.load(slot.id).taken_by, free_ids(slots)) == (None, [other.id])
        assert move(applications, number, other.id).slot_lost is False
        assert slots.load(other.id).taken_by == number


STEPS = st.lists(
    st.tuples(st.sampled_from(["submit", "move", "withdraw", "close"]), st.integers(1, 4),
              st.integers(0, 2)),
    max_size=14,
)  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_people_do_a_slot_has_one_holder_and_a_holder_one_slot(
    slots, applications, table, steps
):
    with table.batch_writer() as batch:
        for item in table.scan()["Items"]:
            batch.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
    known = [slots.publish(a_slot(24 + n)) for n in range(3)]
    people = {n: drafted(applications, n, known[0].id) for n in range(1, 5)}
    for step, n, place in steps:
        number, slot = people[n], known[place].id
        try:
            if step == "submit":
                submit(applications, number)
            elif step == "move":
                move(applications, number, slot)
            elif step == "withdraw":
                withdraw(applications, number)
            else:
                taken_by = slots.close(slot).taken_by
                if taken_by:
                    act(applications, taken_by, lambda c, s=slot: appointments.lose(c, RULES, s))
        except OporaError:
            pass
    live = {
        number: case
        for number in people.values()
        if (case := applications.load(number)).application.in_work
        and not case.application.slot_lost
    }
    held = {slot.taken_by: slot.id for slot in map(slots.load, [s.id for s in known])}
    held.pop(None, None)
    assert held == {number: case.form["slot"] for number, case in live.items()}
    free = {slot.id for slot in map(slots.load, [s.id for s in known]) if slot.free}
    assert set(free_ids(slots)) == free
