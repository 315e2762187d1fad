"""Whether every clock runs, how the office keeps its terms, who saw what."""

from chalice import Response

from functions.intake.http import AUDITOR, READERS, SUPERVISOR
from functions.intake.oversight_bodies import StaffMember
from functions.portal.pages import page
from functions.portal.queue_pages import region_choice
from functions.portal.typed import days_said_of
from functions.portal.visit import Visit


@page("GET", "/office/sentinel", roles=READERS)
def show_sentinel_board(visit: Visit) -> Response:
    return visit.html("office/sentinel.html", board=visit.do("show_sentinel"))


@page("GET", "/office/statistics", roles=READERS)
def show_figures(visit: Visit) -> Response:
    visit.typed = {name: [value] for name, value in visit.query.items()}
    region = {"region": visit.value("region")} if visit.value("region") else {}
    period = days_said_of(visit, "since", "until")
    return visit.html(
        "office/statistics.html",
        figures=visit.do("show_statistics", query=region | period),
        forecast=visit.do("show_forecast", query=region),
        regions=region_choice(),
    )


@page("GET", "/office/audit", roles={AUDITOR, SUPERVISOR})
def show_who_saw(visit: Visit) -> Response:
    visit.typed = {name: [value] for name, value in visit.query.items()}
    about = {name: visit.value(name) for name in ("number", "actor") if visit.value(name)}
    days = days_said_of(visit, "since", "until")
    asked = about | (days if "actor" in about else {})
    found = visit.do("show_audit", query=asked) if about else None
    people = [(each.id, _called(each)) for each in visit.do("list_staff").people]
    return visit.html("office/audit.html", found=found, people=people)


def _called(member: StaffMember) -> str:
    return member.name if member.here else f"{member.name} (давно не входил)"
