"""The state machines at work: which executions run, which failed, and one of them in the drawing of
its machine."""

from chalice import Response

from functions.intake.http import READERS, SUPERVISOR
from functions.portal.pages import page
from functions.portal.visit import Visit

ALL = "/office/executions"
ONE = f"{ALL}/{{machine}}/{{name}}"
MACHINES = {
    "application_review": "Рассмотрение заявлений",
    "appeal_review": "Рассмотрение жалоб",
    "service_provision": "Предоставление услуг",
    "benefit_payments": "Выплаты",
    "batch_intake": "Приём пакетов",
}
STATUSES = {
    "RUNNING": "Идёт",
    "SUCCEEDED": "Завершено",
    "FAILED": "Сбой",
    "TIMED_OUT": "Время вышло",
    "ABORTED": "Остановлено",
}
WORDS = {"machines": MACHINES, "statuses": STATUSES}


@page("GET", ALL, roles=READERS)
def show_executions(visit: Visit) -> Response:
    asked = {"machine": visit.query.get("machine") or "application_review"}
    asked |= {name: visit.query[name] for name in ("status", "cursor") if visit.query.get(name)}
    found = visit.do("list_executions", query=asked)
    return visit.html("office/executions.html", found=found, asked=asked, **WORDS)


@page("GET", f"{ALL}/stuck", roles=READERS)
def show_stuck(visit: Visit) -> Response:
    stuck = visit.do("list_stuck_executions").executions
    return visit.html("office/stuck.html", stuck=stuck, **WORDS)


@page("GET", ONE, roles=READERS)
def show_one_execution(visit: Visit, machine: str, name: str) -> Response:
    execution = visit.do("show_execution", number=name, query={"machine": machine})
    return visit.html("office/execution.html", execution=execution, **WORDS)


@page("POST", f"{ONE}/redrive", roles={SUPERVISOR}, again=ONE)
def redrive(visit: Visit, machine: str, name: str) -> Response:
    visit.do("redrive_execution", number=name, body={"machine": machine})
    return visit.go(ONE.format(machine=machine, name=name), told="redriven")
