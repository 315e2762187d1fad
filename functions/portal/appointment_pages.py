"""The ticket to an appointment, and another time for it."""

from typing import Any

from chalice import Response

from casework.errors import NotFound
from functions.intake.http import APPLICANTS
from functions.portal.case_pages import ONE
from functions.portal.pages import page
from functions.portal.signing import signed_body
from functions.portal.visit import Visit


@page("GET", f"{ONE}/appointment", roles=APPLICANTS)
def show_appointment(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    if case.appointment is None:
        raise NotFound("not_found")
    return visit.html("appointment.html", case=case, free=_free(visit, case))


@page("POST", f"{ONE}/appointment", roles=APPLICANTS)
def move_appointment(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    form = {_slot_field(visit, case.service): visit.value("slot")}
    signature = signed_body(visit, number, "correction", form=form)
    visit.do("change", number=number, body={"form": form} | signature)
    return visit.go(f"/cabinet/applications/{number}/appointment", told="rebooked")


def _free(visit: Visit, case: Any) -> list[Any]:
    """Other times of the same speciality, for who may still move."""
    if not {"rebook", "change"} & set(case.open_ways) or case.appointment.speciality is None:
        return []
    query = {"speciality": case.appointment.speciality, "region": case.region}
    return visit.do("list_slots", query=query).slots


def _slot_field(visit: Visit, service: str) -> str:
    fields = visit.do("show_service", service=service).fields
    return next(field.name for field in fields if field.type == "slot")
