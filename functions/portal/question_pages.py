"""The open question of an application: all that is asked for, answered on one page."""

from typing import Any, NamedTuple

from chalice import Response

from casework.errors import NotFound
from functions.intake.http import APPLICANTS
from functions.portal.asked import of_page
from functions.portal.case_pages import ONE
from functions.portal.pages import page
from functions.portal.signing import signed_body
from functions.portal.visit import Visit

# What has pages of its own in the form, and is changed there.
ELSEWHERE = frozenset({"group", "slot", "consent"})


class Question(NamedTuple):
    """As templates/asked.html asks it. `value`: as it was said before."""

    name: str
    title: str
    type: str
    hint: str
    required: bool
    options: list[Any]
    at_most: int | None
    value: Any


@page("GET", f"{ONE}/answer", roles=APPLICANTS)
def show_question(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    if case.question is None:
        raise NotFound("not_found")
    return visit.html("answer.html", case=case, questions=_questions(case))


@page("POST", f"{ONE}/answer", roles=APPLICANTS)
def answer_question(visit: Visit, number: str) -> Response:
    """Only the fields that were asked about are taken from the form."""
    case = visit.do("show_application", number=number)
    form = of_page(visit, _questions(case)) if case.question else {}
    body = {"form": form, "message": visit.value("message") or None}
    visit.do("answer", number=number, body=body | signed_body(visit, number, "answer", form=form))
    return visit.go(f"/cabinet/applications/{number}", told="answered")


def _questions(case: Any) -> list[Question]:
    asked = ((gap.asked, gap.why) for gap in case.question.gaps if gap.asked)
    return [
        Question(
            field.name,
            field.title,
            field.type,
            f"{why} {field.hint}".strip(),
            field.required,
            field.options,
            field.at_most,
            _value(field.type, case.form.get(field.name)),
        )
        for field, why in asked
        if field.type not in ELSEWHERE
    ]


def _value(type_: str, said: Any) -> Any:
    """Whole rubles are typed without kopecks."""
    return said.removesuffix(".00") if type_ == "money" and said else said
