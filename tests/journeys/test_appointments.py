"""Booked, booked twice, cancelled, moved, and lost when the clinic takes the time back."""

from datetime import date
from typing import Any

import pytest

from adapters import definitions
from casework.example import example_form
from local.office import Office, Refused
from tests.journeys.appeal_steps import drafted_appeal, rule
from tests.journeys.steps import begin, ends, events, stage, states, told, wait_until
from tests.variants import sampled

FREE = "/slots?speciality=therapist&region=RU-MOW"
SERVICE = "doctor-appointment"


def publish(office: Office, *starts: str, **known: Any) -> list[str]:
    """Slots of a therapist at these times; gives their ids."""
    timetable = {
        "region": "RU-MOW",
        "speciality": "therapist",
        "clinic": "Поликлиника № 1",
        "place": "ул. Садовая, д. 1, каб. 12",
        "doctor": "Иванова А. С.",
        "minutes": 20,
        "starts": [f"{at.replace(' ', 'T')}:00+03:00" for at in starts],
    }
    made = office.agency("lipa").post("/slots", timetable | known)
    return [slot["id"] for slot in made["slots"]]


def free(office: Office) -> list[str]:
    return [slot["id"] for slot in office.citizen.get(FREE)["slots"]]


def drafted(office: Office, slot: str, n: int = 1) -> str:
    service = definitions.service(SERVICE)
    form = example_form(service, date(2026, 3, 2), seed=n, speciality="therapist", slot=slot)
    new = {"service": SERVICE, "region": "RU-MOW", "form": form}
    return office.citizen.post("/applications", new)["number"]


def submit(office: Office, number: str) -> None:
    office.submit(number)
    office.cloud.settle()


def booked(office: Office, slot: str, n: int = 1) -> str:
    number = drafted(office, slot, n)
    submit(office, number)
    office.cloud.advance(minutes=5)
    assert stage(office, number) == "approved"
    return number


def ticket(office: Office, number: str) -> Any:
    return office.show(number)["appointment"]


def test_booked_at_once_by_the_rules_with_a_ticket_and_no_officer(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    slot, _ = publish(office, "2026-03-03 10:00", "2026-03-03 10:20")
    number = booked(office, slot)
    ends(office, number, "approved")
    assert states(office, number)[-4:-1] == [
        "What did the officer do?",
        "Issue the outcome",
        "Is there anything to provide?",
    ]
    (decided,) = (e for e in office.casebook.load(number).events if e.kind == "decided")
    assert (decided.actor, decided.data["officer"]) == ("system", "system")
    shown = office.show(number)
    held = {rule["name"] for rule in shown["decision"]["assessment"]["rules"] if rule["holds"]}
    assert held == {"insured", "patient"}
    assert shown["appointment"] == {
        "state": "booked",
        "number": number,
        "speciality": "therapist",
        "speciality_title": "Терапевт",
        "doctor": "Иванова А. С.",
        "clinic": "Поликлиника № 1",
        "place": "ул. Садовая, д. 1, каб. 12",
        "starts": "2026-03-03T10:00:00+03:00",
        "minutes": 20,
    }
    assert [what for what, _ in told(office, number)] == ["accepted", "approved"]


def test_the_second_who_wants_the_same_time_is_shown_free_ones_and_books_another(
    office: Office,
) -> None:
    begin(office, "2026-03-02 09:00")
    slot, other = publish(office, "2026-03-03 10:00", "2026-03-03 10:20")
    second = drafted(office, slot, 2)
    booked(office, slot)
    with pytest.raises(Refused) as refusal:
        submit(office, second)
    assert (refusal.value.status, refusal.value.code) == (409, "slot_taken_others_free")
    assert refusal.value.fields == {"slot": "slot_taken_others_free"}
    assert "03.03.2026 10:20, Иванова А. С." in refusal.value.problem["title"]
    office.citizen.patch(f"/applications/{second}", {"form": {"slot": other}})
    submit(office, second)
    office.cloud.advance(minutes=5)
    assert ticket(office, second)["starts"] == "2026-03-03T10:20:00+03:00"
    assert free(office) == []


def test_a_cancelled_appointment_is_free_for_the_next_until_it_begins(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    (slot,) = publish(office, "2026-03-03 10:00")
    number = booked(office, slot)
    office.withdraw(number)
    assert (stage(office, number), ticket(office, number)) == ("withdrawn", None)
    assert free(office) == [slot]
    late = booked(office, slot, 2)
    wait_until(office, "2026-03-03 10:00")
    with pytest.raises(Refused, match="appointment_begun"):
        office.withdraw(late)
    assert free(office) == []


def test_moved_after_it_was_booked(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    slot, other = publish(office, "2026-03-03 10:00", "2026-03-04 12:00")
    number = booked(office, slot)
    office.citizen.patch(f"/applications/{number}", {"form": {"slot": other}})
    office.cloud.settle()
    assert ticket(office, number)["starts"] == "2026-03-04T12:00:00+03:00"
    assert free(office) == [slot]
    assert events(office, number)[-1] == "rebooked"
    with pytest.raises(Refused, match="invalid_form"):
        office.citizen.patch(f"/applications/{number}", {"form": {"complaint": "Кашель"}})


def test_a_refusal_by_two_officers_gives_the_time_back(office: Office) -> None:
    """The registry does not know the policy: the rules refuse nobody, officers do."""
    begin(office, "2026-03-02 09:00")
    (slot,) = publish(office, "2026-03-03 10:00")
    number = drafted(office, slot)
    office.registries.differ(office.show(number)["form"]["snils"], "health_insurance", "policy")
    submit(office, number)
    office.cloud.advance(minutes=5)
    assert stage(office, number) == "review"
    assert free(office) == []
    office.propose_refusal(number, "conditions_not_met")
    assert free(office) == []
    office.confirm(number)
    ends(office, number, "refused")
    assert free(office) == [slot]


def test_the_clinic_takes_the_time_back_and_the_holder_chooses_another(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    slot, other = publish(office, "2026-03-03 10:00", "2026-03-03 10:20")
    number = booked(office, slot)
    for _ in range(2):  # asked twice, told once
        closed = office.agency("lipa").delete(f"/slots/{slot}")
        office.cloud.settle()
        assert (closed["free"], closed["taken_by"]) == (False, None)
    assert ticket(office, number)["state"] == "lost"
    assert [what for what, _ in told(office, number)] == ["accepted", "approved", "slot_lost"]
    assert free(office) == [other]
    office.citizen.patch(f"/applications/{number}", {"form": {"slot": other}})
    assert ticket(office, number)["state"] == "booked"
    assert free(office) == []


def test_taken_back_while_registries_are_silent_it_is_booked_when_another_is_chosen(
    office: Office,
) -> None:
    begin(office, "2026-03-02 09:00")
    slot, other = publish(office, "2026-03-03 10:00", "2026-03-03 10:20")
    number = drafted(office, slot)
    submit(office, number)
    office.agency("lipa").delete(f"/slots/{slot}")
    office.cloud.advance(minutes=5)
    assert stage(office, number) == "review"  # nobody is booked for a time that is not there
    with pytest.raises(Refused, match="slot_lost"):
        office.approve(number)
    office.citizen.patch(f"/applications/{number}", {"form": {"slot": other}})
    office.cloud.settle()
    ends(office, number, "approved")
    assert ticket(office, number)["starts"] == "2026-03-03T10:20:00+03:00"


# ---- a refusal that an appeal undid --------------------------------------------------------------


def refused(office: Office, slot: str) -> str:
    """The registry does not know the policy, and two officers refuse."""
    number = drafted(office, slot)
    office.registries.differ(office.show(number)["form"]["snils"], "health_insurance", "policy")
    submit(office, number)
    office.cloud.advance(minutes=5)
    office.propose_refusal(number, "conditions_not_met")
    office.confirm(number)
    office.cloud.advance(minutes=5)
    office.registries.start_over()
    return number


def ruled(office: Office, number: str, ruling: str) -> None:
    appeal = drafted_appeal(office, number)
    office.submit(appeal)
    rule(office, appeal, ruling)


@pytest.mark.parametrize("ruling", sampled(["changed", "sent_back"], 1))
def test_a_refusal_that_is_undone_takes_its_time_again(office: Office, ruling: str) -> None:
    begin(office, "2026-03-02 09:00")
    (slot,) = publish(office, "2026-03-20 10:00")
    number = refused(office, slot)
    assert free(office) == [slot]
    ruled(office, number, ruling)
    office.cloud.advance(minutes=5)
    assert free(office) == []
    assert ticket(office, number)["state"] == "booked"


@pytest.mark.parametrize("ruling", sampled(["changed", "sent_back"], 1))
def test_when_somebody_has_that_time_by_now_the_person_chooses_another(
    office: Office, ruling: str
) -> None:
    begin(office, "2026-03-02 09:00")
    slot, other = publish(office, "2026-03-20 10:00", "2026-03-20 10:20")
    number = refused(office, slot)
    theirs = booked(office, slot, 2)
    ruled(office, number, ruling)
    office.cloud.advance(minutes=5)
    assert ticket(office, theirs)["state"] == "booked"
    assert ticket(office, number)["state"] == "lost"
    assert [what for what, _ in told(office, number)][-1] in ("slot_lost", "approved")
    office.citizen.patch(f"/applications/{number}", {"form": {"slot": other}})
    office.cloud.settle()
    assert ticket(office, number)["starts"] == "2026-03-20T10:20:00+03:00"
    assert free(office) == []
    office.withdraw(number)
    assert free(office) == [other]


def test_an_approval_that_is_sent_back_keeps_its_time(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    (slot,) = publish(office, "2026-03-20 10:00")
    number = booked(office, slot)
    ruled(office, number, "sent_back")
    office.cloud.advance(minutes=5)
    assert free(office) == []
    assert ticket(office, number)["state"] == "booked"


def test_a_time_in_another_region_is_asked_for_there(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    (slot,) = publish(office, "2026-03-20 10:00", region="RU-KHA")
    with pytest.raises(Refused) as refusal:
        submit(office, drafted(office, slot))
    assert (refusal.value.status, refusal.value.code) == (409, "slot_of_other_region")
