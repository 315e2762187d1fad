"""A person's applications: the list, one of them, why its due dates are what they are, what has
happened and who was told, giving it up, going on after its end."""

from collections import Counter
from itertools import groupby
from typing import Any

from chalice import Response

from casework.application import Stage, is_number
from casework.errors import NotFound
from functions.intake.http import APPLICANTS
from functions.portal.pages import page
from functions.portal.signing import signed_body
from functions.portal.visit import Visit

ALL = "/cabinet/applications"
ONE = f"{ALL}/{{number}}"


@page("GET", ALL, roles=APPLICANTS)
def show_applications(visit: Visit) -> Response:
    cursor = visit.query.get("cursor")
    found = visit.do("list_own", query={"cursor": cursor} if cursor else None)
    return visit.html("applications.html", found=found, first=cursor is None)


@page("GET", "/cabinet/{number}")
def find_application(visit: Visit, number: str) -> Response:
    """What a message by SMS leads to."""
    if not is_number(number):
        raise NotFound("not_found")
    return visit.go(f"{ALL}/{number}")


@page("GET", ONE, roles=APPLICANTS)
def show_case(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    if case.stage is Stage.DRAFT and not visit.trouble:
        return visit.go(f"{ALL}/{number}/form")
    return visit.html("case.html", case=case)


# ---- due dates ----------------------------------------------------------------------------------


@page("GET", f"{ONE}/term/{{name}}/{{kind}}", roles=APPLICANTS)
def show_term(visit: Visit, number: str, name: str, kind: str) -> Response:
    case = visit.do("show_application", number=number)
    found = [term for term in case.terms if (term.name, term.kind) == (name, kind)]
    if not found:
        raise NotFound("not_found")
    ledgers = [_ledger(term.ledger) | {"term": term} for term in found]
    return visit.html("term.html", case=case, ledgers=ledgers)


@page("GET", f"{ONE}/appeal-term", roles=APPLICANTS)
def show_appeal_term(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    until = case.decision.appeal_until if case.decision else None
    if until is None:
        raise NotFound("not_found")
    return visit.html("appeal_term.html", case=case, until=until, ledger=_ledger(until.ledger))


def _ledger(days: list[Any]) -> dict[str, Any]:
    """Days by month, and how many were not counted for each reason, the most frequent first."""
    months = groupby(days, key=lambda day: (day.day.year, day.day.month))
    skipped = Counter(day.code for day in days if not day.counted)
    return {
        "months": [list(group) for _, group in months],
        "counted": sum(day.counted for day in days),
        "skipped": skipped.most_common(),
    }


# ---- what happened ------------------------------------------------------------------------------


@page("GET", f"{ONE}/history", roles=APPLICANTS)
def show_case_history(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    history = visit.do("history", number=number)
    notices: dict[int, list[Any]] = {}
    for notice in history.told:
        if notice.channel_title:
            notices.setdefault(notice.event, []).append(notice)
    signed = {signature.event: signature for signature in history.signatures}
    runs = [list(run) for _, run in groupby(history.events, key=_same_kind)]
    return visit.html(
        "case_history.html",
        case=case,
        history=history,
        runs=runs,
        notices=notices,
        signed=signed,
        about=_titles(case),
    )


def _same_kind(event: Any) -> tuple[Any, ...]:
    """What comes several times in a row is told once, with all that it is about."""
    return event.title, event.actor, event.at.replace(second=0, microsecond=0)


def _titles(case: Any) -> dict[str, str]:
    """Of what events name: documents and registry checks."""
    named = {document.id: document.title for document in case.documents}
    return named | {check.name: check.title for check in case.checks}


@page("GET", f"{ONE}/decision", roles=APPLICANTS)
def show_decision(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    if case.decision is None:
        raise NotFound("not_found")
    return visit.html("decision.html", case=case)


# ---- what follows -------------------------------------------------------------------------------


@page("GET", f"{ONE}/withdrawal", roles=APPLICANTS)
def show_withdrawal(visit: Visit, number: str) -> Response:
    return visit.html("withdrawal.html", case=visit.do("show_application", number=number))


@page("POST", f"{ONE}/withdrawal", roles=APPLICANTS)
def withdraw_application(visit: Visit, number: str) -> Response:
    visit.do("withdraw", number=number, body=signed_body(visit, number, "withdrawal"))
    return visit.go(f"{ALL}/{number}", told="withdrawn")


@page("POST", f"{ONE}/resubmission", roles=APPLICANTS, again=ONE)
def resubmit_application(visit: Visit, number: str) -> Response:
    drafted = visit.do("resubmit", number=number)
    return visit.go(f"{ALL}/{drafted.number}/form", told="resubmitted")


@page("POST", f"{ONE}/follow-up", roles=APPLICANTS, again=ONE)
def begin_follow_up(visit: Visit, number: str) -> Response:
    """An appeal, a change, a stop: a draft that already says what it is about."""
    drafted = visit.do("follow_up", number=number, body={"service": visit.value("service")})
    return visit.go(f"{ALL}/{drafted.number}/form", told="follow_up_begun")
