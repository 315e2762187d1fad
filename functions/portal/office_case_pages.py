"""One application as the office sees it: data beside documents, what the rules propose, terms,
history; and what an officer does with it."""

from typing import Any

from chalice import Response

from casework.office_ways import OfficeWay
from functions.intake.bodies import ApplicationView, ServiceView
from functions.intake.http import EXPERT, OFFICE, READERS, STAFF
from functions.portal.answers import answers
from functions.portal.gaps import gap_choice, gaps_typed
from functions.portal.pages import page
from functions.portal.typed import days_said_of, said_of
from functions.portal.visit import Visit

CASE = "/office/applications/{number}"
ACTING = STAFF | {EXPERT}
TURNED_DOWN = ("refused", "upheld")
"""Outcomes that name reasons: of an application, and of an appeal."""


@page("GET", CASE, roles=OFFICE)
def show_case(visit: Visit, number: str) -> Response:
    return _case_page(visit, number)


def _case_page(visit: Visit, number: str, look: Any = None) -> Response:
    """`look`: a document that is shown beside the data."""
    case = visit.do("show_application", number=number)
    proposed = visit.do("assess", number=number) if visit.is_one_of(READERS) else None
    present = visit.do("note_presence", number=number).others if visit.is_one_of(ACTING) else []
    return visit.html(
        "office/case.html",
        case=case,
        answers=list(answers(_service(visit, case).fields, case.form)),
        proposed=proposed,
        present=present,
        look=look,
    )


def _service(visit: Visit, case: ApplicationView) -> ServiceView:
    return visit.do("show_service", service=case.service)


@page("POST", f"{CASE}/documents/{{document}}", roles=OFFICE, again=CASE)
def look_beside(visit: Visit, number: str, document: str) -> Response:
    """The link lives five minutes and is nobody else's: it stands in no address of ours, so the
    page itself answers."""
    look = visit.do("look_at_document", number=number, document=document)
    visit.path = CASE.format(number=number)
    return _case_page(visit, number, {"id": document, "file": look})


@page("GET", f"{CASE}/terms", roles=OFFICE)
def show_terms(visit: Visit, number: str) -> Response:
    return visit.html("office/terms.html", case=visit.do("show_application", number=number))


@page("GET", f"{CASE}/history", roles=OFFICE)
def show_case_history(visit: Visit, number: str) -> Response:
    return visit.html(
        "office/history.html",
        case=visit.do("show_application", number=number),
        history=visit.do("history", number=number),
    )


# ---- into work, and back ------------------------------------------------------------------------


@page("POST", f"{CASE}/claim", roles=STAFF, again=CASE)
def claim_case(visit: Visit, number: str) -> Response:
    visit.do("claim", number=number)
    return visit.go(CASE.format(number=number), told="claimed")


@page("POST", f"{CASE}/release", roles=STAFF, again=CASE)
def release_case(visit: Visit, number: str) -> Response:
    visit.do("release", number=number)
    return visit.go(CASE.format(number=number), told="released")


# ---- a question ---------------------------------------------------------------------------------


@page("GET", f"{CASE}/question", roles=STAFF)
def show_question(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    choice = gap_choice(_service(visit, case))
    return visit.html("office/question.html", case=case, choice=choice)


@page("POST", f"{CASE}/question", roles=STAFF)
def ask_applicant(visit: Visit, number: str) -> Response:
    body = {"gaps": gaps_typed(visit), **said_of(visit, "message")}
    visit.do("ask", number=number, body=body)
    return visit.go(CASE.format(number=number), told="question_asked")


# ---- the decision -------------------------------------------------------------------------------


@page("GET", f"{CASE}/proposal", roles=STAFF)
def show_proposal(visit: Visit, number: str) -> Response:
    return visit.html(
        "office/proposal.html",
        case=visit.do("show_application", number=number),
        proposed=visit.do("assess", number=number),
    )


@page("POST", f"{CASE}/proposal", roles=STAFF)
def propose_decision(visit: Visit, number: str) -> Response:
    """First what would come of it, then what has."""
    step, proposal = visit.value("step"), _proposal(visit)
    if step == "change":
        return show_proposal(visit, number)
    if step == "do":
        visit.do("propose", number=number, body=proposal)
        told = "approved" if proposal["outcome"] == "approved" else "proposed"
        return visit.go(CASE.format(number=number), told=told)
    return visit.html(
        "office/proposal_check.html",
        foreseen=visit.do("propose", number=number, body=proposal | {"dry_run": True}),
        proposed=visit.do("assess", number=number),
        proposal=proposal,
    )


def _proposal(visit: Visit) -> dict[str, Any]:
    """Boxes that stand under another outcome than the one that was chosen say nothing."""
    named = visit.values("reasons") if visit.value("outcome") in TURNED_DOWN else []
    return {**said_of(visit, "outcome", "explanation"), "reasons": named}


@page("GET", f"{CASE}/confirmation", roles=STAFF)
def show_confirmation(visit: Visit, number: str) -> Response:
    """With what a confirmation would bring, for who may give one."""
    case, agreed = visit.do("show_application", number=number), {"agrees": True, "dry_run": True}
    may_confirm = OfficeWay.CONFIRM in case.office_ways
    return visit.html(
        "office/confirmation.html",
        case=case,
        proposed=visit.do("assess", number=number),
        foreseen=visit.do("confirm", number=number, body=agreed) if may_confirm else None,
    )


@page("POST", f"{CASE}/confirmation", roles=STAFF)
def confirm_decision(visit: Visit, number: str) -> Response:
    agrees = visit.value("agrees")
    said = {"agrees": agrees == "yes"} if agrees else {}
    visit.do("confirm", number=number, body={**said, **said_of(visit, "explanation")})
    told = "confirmed" if agrees == "yes" else "returned"
    return visit.go(CASE.format(number=number), told=told)


# ---- what stops or hastens it -------------------------------------------------------------------


@page("GET", f"{CASE}/pause", roles=STAFF)
def show_pause(visit: Visit, number: str) -> Response:
    return visit.html(
        "office/pause.html",
        case=visit.do("show_application", number=number),
        reasons=visit.do("list_pause_reasons").reasons,
    )


@page("POST", f"{CASE}/pause", roles=STAFF)
def pause_case(visit: Visit, number: str) -> Response:
    body = said_of(visit, "reason", "words") | days_said_of(visit, "until")
    visit.do("pause_clock", number=number, body=body)
    return visit.go(CASE.format(number=number), told="paused")


@page("POST", f"{CASE}/resume", roles=STAFF, again=CASE)
def resume_case(visit: Visit, number: str) -> Response:
    visit.do("resume_clock", number=number)
    return visit.go(CASE.format(number=number), told="resumed")


@page("GET", f"{CASE}/escalation", roles=STAFF)
def show_escalation(visit: Visit, number: str) -> Response:
    return visit.html("office/escalation.html", case=visit.do("show_application", number=number))


@page("POST", f"{CASE}/escalation", roles=STAFF)
def call_supervisor(visit: Visit, number: str) -> Response:
    visit.do("escalate", number=number, body=said_of(visit, "words"))
    return visit.go(CASE.format(number=number), told="escalated")


# ---- the letter with the decision ---------------------------------------------------------------


@page("GET", f"{CASE}/letter", roles=STAFF)
def show_letter(visit: Visit, number: str) -> Response:
    return visit.html("office/letter.html", case=visit.do("show_application", number=number))


@page("POST", f"{CASE}/letter", roles=STAFF)
def note_letter_news(visit: Visit, number: str) -> Response:
    body = said_of(visit, "fate") | days_said_of(visit, "on")
    visit.do("note_letter", number=number, body=body)
    return visit.go(CASE.format(number=number), told="letter_noted")
