"""The open question of an application: all that is asked for, answered on one page."""

from typing import Any

from chalice import Response

from casework.errors import NotFound
from functions.intake.http import APPLICANTS
from functions.portal.case_pages import ONE
from functions.portal.pages import page
from functions.portal.signing import signed_body
from functions.portal.visit import Visit

YES_NO = {"yes": True, "no": False}


@page("GET", f"{ONE}/answer", roles=APPLICANTS)
def show_question(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    if case.question is None:
        raise NotFound("not_found")
    return visit.html("answer.html", case=case)


@page("POST", f"{ONE}/answer", roles=APPLICANTS)
def answer_question(visit: Visit, number: str) -> Response:
    """Only the fields that were asked about are taken from the form."""
    case = visit.do("show_application", number=number)
    gaps = case.question.gaps if case.question else []
    asked = (gap.asked for gap in gaps if gap.asked)
    form = {field.name: _said(visit, field) for field in asked if field.name in visit.typed}
    body = {"form": form, "message": visit.value("message") or None}
    visit.do("answer", number=number, body=body | signed_body(visit, number, "answer", form=form))
    return visit.go(f"/cabinet/applications/{number}", told="answered")


def _said(visit: Visit, field: Any) -> Any:
    typed = visit.value(field.name)
    return YES_NO.get(typed) if field.type == "yes_no" else typed or None
