"""What there is to apply for: the list, one service in words, whether one may, and the beginning
of a draft. All but the last is open to everybody."""

from typing import Any

from chalice import Response

from casework.errors import BadRequest
from functions.intake.bodies import ProblemView
from functions.intake.http import APPLICANTS
from functions.portal.asked import of_question
from functions.portal.pages import page
from functions.portal.rendering import HOME_REGION
from functions.portal.visit import Visit

ALL = "/cabinet/services"
ONE = f"{ALL}/{{service}}"
UNANSWERED = "Ответьте на этот вопрос."
ANSWERS = "said-"  # how hidden fields begin that hold the answers so far


@page("GET", ALL)
def show_services(visit: Visit) -> Response:
    asked = visit.query.get("q", "").strip()[:200]
    found = visit.do("list_services", query={"q": asked} if asked else {}).services
    return visit.html("services.html", services=found, asked=asked)


@page("GET", ONE)
def show_service_page(visit: Visit, service: str) -> Response:
    shown = visit.do("show_service", service=service)
    regions = {region.code: region.title for region in visit.do("list_regions").regions}
    return visit.html("service.html", service=shown, regions=regions)


# ---- may I apply? -------------------------------------------------------------------------------


@page("GET", f"{ONE}/may-i")
def show_may_i(visit: Visit, service: str) -> Response:
    return _shown(visit, service, _so_far(visit), again=bool(visit.problems))


@page("POST", f"{ONE}/may-i")
def answer_may_i(visit: Visit, service: str) -> Response:
    """Nothing is kept: the answers so far go along in the form."""
    said = _so_far(visit)
    if visit.value("back"):
        return _shown(visit, service, dict(list(said.items())[:-1]))
    region = _region(visit)
    if name := visit.value("question"):
        question = visit.do("foresee", {"region": region, "answers": said}, service=service).next
        if question is None or question.name != name:
            raise BadRequest("answers_out_of_order")
        value = of_question(visit, question)
        if value is None and question.required:
            visit.complain_of([ProblemView(field=name, code="required", message=UNANSWERED)])
            return _shown(visit, service, said)
        said[name] = "" if value is None else value
    return _shown(visit, service, said)


def _shown(visit: Visit, service: str, said: dict[str, Any], *, again: bool = False) -> Response:
    """`again`: the answer that came last is not understood; it is asked once more."""
    regions = visit.do("list_regions").regions
    if not visit.value("region"):
        chosen = (visit.person.region if visit.person else None) or HOME_REGION
        about = visit.do("show_service", service=service)
        return visit.html("may_i_region.html", service=about, regions=regions, chosen=chosen)
    found = visit.do("foresee", {"region": _region(visit), "answers": said}, service=service)
    return visit.html(
        "may_i.html", service=service, found=found, said=said, region=_region(visit), again=again
    )


def _region(visit: Visit) -> str:
    return visit.value("region")


def _so_far(visit: Visit) -> dict[str, Any]:
    """In the order in which they were answered."""
    typed = {name: visit.value(name) for name in visit.typed if name.startswith(ANSWERS)}
    return {name.removeprefix(ANSWERS): value for name, value in typed.items()}


# ---- a draft ------------------------------------------------------------------------------------


@page("GET", f"{ONE}/begin", roles=APPLICANTS)
def show_begin(visit: Visit, service: str) -> Response:
    shown = visit.do("show_service", service=service)
    regions = visit.do("list_regions").regions
    chosen = visit.value("region") or visit.person.region or HOME_REGION
    return visit.html("begin.html", service=shown, regions=regions, chosen=chosen)


@page("POST", f"{ONE}/begin", roles=APPLICANTS)
def begin(visit: Visit, service: str) -> Response:
    drafted = visit.do("draft", {"service": service, "region": visit.value("region")})
    return visit.go(f"/cabinet/applications/{drafted.number}/form")
