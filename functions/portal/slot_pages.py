"""Times of doctors: publishing them, and taking one back."""

from datetime import datetime, time

from chalice import Response

from adapters import definitions
from adapters.calendars import calendar_for
from casework import identifiers
from casework.errors import InvalidForm, InvalidValue, Problem
from functions.intake.http import AGENCY, STAFF
from functions.portal.pages import page
from functions.portal.queue_pages import region_choice
from functions.portal.typed import said_of, whole_of
from functions.portal.visit import Visit

SLOTS = "/office/slots"
PUBLISHERS = STAFF | {AGENCY}


@page("GET", SLOTS, roles=PUBLISHERS)
def show_slots(visit: Visit) -> Response:
    """Free times of one speciality; a form for new ones."""
    asked = {n: visit.query[n] for n in ("region", "speciality", "cursor") if visit.query.get(n)}
    asked = {"region": visit.person.region} | asked if visit.person.region else asked
    known = "speciality" in asked and "region" in asked
    return visit.html(
        "office/slots.html",
        found=visit.do("list_slots", query=asked) if known else None,
        asked=asked,
        regions=region_choice(),
        specialities=[(s["value"], s["title"]) for s in definitions.classifiers()["specialities"]],
    )


@page("POST", SLOTS, roles=PUBLISHERS)
def put_out_slots(visit: Visit) -> Response:
    said = said_of(visit, "region", "speciality", "clinic", "place", "doctor")
    body = said | {"minutes": whole_of(visit, "minutes"), "starts": _starts(visit)}
    visit.do("publish_slots", body=body)
    shown = f"{SLOTS}?region={said['region']}&speciality={said['speciality']}"
    return visit.go(shown, told="slots_published")


def _starts(visit: Visit) -> list[str]:
    """Each line a time of the day that was typed: 09:00, by the clocks of the region."""
    zone = calendar_for(visit.value("region")).zone
    try:
        day = identifiers.date(visit.value("day"))
        times = [time.fromisoformat(each) for each in visit.value("times").split()]
    except InvalidValue as error:
        raise InvalidForm([Problem("day", error.code, error.details)]) from error
    except ValueError as error:
        raise InvalidForm([Problem("times", "wrong_type", {"expected": "09:00"})]) from error
    return [datetime.combine(day, at, zone).isoformat() for at in times]


@page("POST", f"{SLOTS}/{{slot}}/closing", roles=PUBLISHERS, again=SLOTS)
def take_slot_back(visit: Visit, slot: str) -> Response:
    visit.do("close_slot", slot=slot)
    return visit.go(SLOTS, told="slot_closed")
