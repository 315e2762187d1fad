"""What awaits an expert's eye: the documents that are due, and one of them with his verdict."""

from typing import Any

from chalice import Response

from functions.intake.http import EXPERTS, OFFICE
from functions.portal.answers import answers
from functions.portal.pages import page
from functions.portal.queue_pages import region_choice
from functions.portal.typed import said_of
from functions.portal.visit import Visit

QUEUE = "/office/document-checks"
ONE = f"{QUEUE}/{{number}}/{{document}}"
VERDICTS = [
    ("conforming", "Подходит"),
    ("nonconforming", "Не подходит"),
    ("unreadable", "Не читается"),
    ("suspect", "Вызывает сомнение: нужен оригинал"),
]


@page("GET", QUEUE, roles=OFFICE)
def show_document_checks(visit: Visit) -> Response:
    asked = {name: visit.query[name] for name in ("region", "cursor") if visit.query.get(name)}
    return visit.html(
        "office/document_checks.html",
        found=visit.do("list_document_checks", query=asked),
        asked={"region": visit.person.region, **asked},
        regions=region_choice(),
    )


@page("GET", ONE, roles=EXPERTS)
def show_document_check(visit: Visit, number: str, document: str) -> Response:
    return _document_page(visit, number, document)


def _document_page(visit: Visit, number: str, document: str, look: Any = None) -> Response:
    case = visit.do("show_application", number=number)
    service = visit.do("show_service", service=case.service)
    return visit.html(
        "office/document_check.html",
        case=case,
        document=next((each for each in case.documents if each.id == document), None),
        answers=list(answers(service.fields, case.form)),
        defects=visit.do("list_document_defects").defects,
        verdicts=VERDICTS,
        look=look,
    )


@page("POST", f"{ONE}/look", roles=EXPERTS, again=ONE)
def open_document(visit: Visit, number: str, document: str) -> Response:
    """As in office_case_pages.look_beside: the link stands in no address of ours."""
    look = visit.do("look_at_document", number=number, document=document)
    visit.path = ONE.format(number=number, document=document)
    return _document_page(visit, number, document, look)


@page("POST", ONE, roles=EXPERTS)
def judge_document(visit: Visit, number: str, document: str) -> Response:
    verdict = visit.value("verdict")
    defects = visit.values("defects") if verdict != "conforming" else []
    given = {**said_of(visit, "verdict", "note"), "defects": defects}
    visit.do("check_document", number=number, document=document, body=given)
    left = visit.do("show_application", number=number).documents
    following = next((each.id for each in left if each.awaits_expert), None)
    path = ONE.format(number=number, document=following) if following else QUEUE
    return visit.go(path, told="document_judged")
