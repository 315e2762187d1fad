"""Slots as the API takes and shows them: clinics publish and close, everybody sees what is free."""

from datetime import datetime
from typing import Any

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from casework import appointments
from casework.appointments import Slot
from casework.errors import BadRequest, NotAllowed, SlotTaken, WrongStage
from casework.ports import Case
from functions.intake import bodies
from functions.intake.http import Person, Request
from functions.intake.wiring import applications, slots

SPECIALITIES = "specialities"


def listed(request: Request) -> dict[str, Any]:
    """Free slots of a speciality in a region, from a day on; never one that has begun."""
    speciality = _known(request.query.get("speciality"))
    region = request.query.get("region") or request.person.region
    if not region:
        raise BadRequest("bad_parameter", name="region", expected="RU-XX")
    calendar = calendar_for(region)  # refuses an unknown one
    since = request.now
    if asked := request.query.get("from"):
        since = max(since, appointments.day_or_instant(asked, calendar.zone))
    page = slots().free(region, speciality, since, request.query.get("cursor"))
    return {"slots": [shown(slot, request.person) for slot in page.slots], "cursor": page.cursor}


def publish(request: Request) -> dict[str, Any]:
    """The same times again are the same slots; those that somebody has stay his."""
    new: bodies.NewSlots = request.body
    calendar_for(new.region)
    known = new.model_dump(exclude={"starts"}) | {"speciality": _known(new.speciality)}
    made = [
        appointments.published(request.now, starts=starts, publisher=request.person.agency, **known)
        for starts in new.starts
    ]
    kept = [slots().publish(slot) for slot in made]
    return {"slots": [shown(slot, request.person) for slot in kept], "cursor": None}


def close(request: Request, id_: str) -> dict[str, Any]:
    """Take a slot back. Whoever has it is told, and chooses another.

    Closed first, told then: a crash in between leaves nobody to take it, and asking again tells.
    """
    slot = slots().load(id_)
    if not request.person.is_staff and not _is_publisher(slot, request.person):
        raise NotAllowed("slot_of_another")
    slot = slots().close(id_)
    if slot.taken_by:
        applications().change(
            slot.taken_by,
            lambda case: appointments.lose(case, rules_of(case.application), id_),
            actor=request.person.id,
            now=request.now,
        )
    return shown(slots().load(id_), request.person)


def of_case(case: Case) -> dict[str, Any] | None:
    """The appointment of an application: what an e-ticket says."""
    id_ = appointments.slot_of(rules_of(case.application), case.form)
    application = case.application
    if id_ is None or application.submitted_at is None:
        return None
    slot = slots().find(id_)
    held = slot is not None and slot.taken_by == application.number
    if not held and not application.slot_lost:
        return None
    decided = application.decision is not None and application.decision.outcome == "approved"
    state = "lost" if application.slot_lost else "booked" if decided else "held"
    return {"state": state, "number": application.number} | (_told(slot) if slot else {})


def must_not_have_begun(case: Case, request: Request) -> None:
    """A booked time can be moved or given up until it begins."""
    rules = rules_of(case.application)
    if not appointments.is_booked(case.application, rules):
        return
    slot = slots().find(appointments.slot_of(rules, case.form) or "")
    if slot and not slot.closed and slot.begun(request.now):
        raise WrongStage("appointment_begun")


def offering_free(error: SlotTaken, now: datetime) -> SlotTaken:
    """The same refusal, naming free slots nearby where there are any."""
    slot = slots().find(error.details.get("slot", ""))
    free = slots().nearby(slot, now) if slot and error.code == "slot_taken" else []
    if not free:
        return error
    return SlotTaken("slot_taken_others_free", free="; ".join(map(_in_words, free)))


def in_words(id_: str) -> str | None:
    """When, with whom and where; None of a slot that is not there."""
    slot = slots().find(id_)
    return _in_words(slot) if slot else None


def _in_words(slot: Slot) -> str:
    """ "02.03.2026 09:20, Иванова А. С., Поликлиника № 1", by the region's clocks."""
    at = slot.starts.astimezone(calendar_for(slot.region).zone)
    return f"{at:%d.%m.%Y %H:%M}, {slot.doctor}, {slot.clinic}"


def shown(slot: Slot, person: Person) -> dict[str, Any]:
    """`taken_by`: for those only who may know, the office and the agency that published it."""
    may_know = person.is_staff or _is_publisher(slot, person)
    taken = {"taken_by": slot.taken_by if may_know else None}
    return {"id": slot.id, "region": slot.region, "free": slot.free, **taken} | _told(slot)


def _is_publisher(slot: Slot, person: Person) -> bool:
    """What the office published is nobody's else, also of a clerk whose agency is not known."""
    return slot.publisher is not None and slot.publisher == person.agency


def _told(slot: Slot) -> dict[str, Any]:
    """By the clocks of its region."""
    return {
        "speciality": slot.speciality,
        "speciality_title": _specialities().get(slot.speciality, slot.speciality),
        "doctor": slot.doctor,
        "clinic": slot.clinic,
        "place": slot.place,
        "starts": slot.starts.astimezone(calendar_for(slot.region).zone),
        "minutes": slot.minutes,
    }


def _known(speciality: str | None) -> str:
    if speciality not in _specialities():
        raise BadRequest("unknown_speciality", options=", ".join(_specialities()))
    return speciality


def _specialities() -> dict[str, str]:
    return {o["value"]: o["title"] for o in definitions.classifiers()[SPECIALITIES]}
