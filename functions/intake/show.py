"""A case as the API shows it: to its applicant, or to an officer."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from adapters.wording import shown_problem, text_of
from casework import form
from casework.actions import document_problems
from casework.application import Application, DocumentState, Stage
from casework.notice import gap_title
from casework.ports import Case, Rules
from casework.review import Next, TermDue, answer_due, next_step, terms
from functions.intake.http import Person

WHO = {
    Next.CHECK: "registries",
    Next.ASK: "applicant",
    Next.DECIDE: "officer",
    Next.CONFIRM: "second_officer",
    Next.ISSUE: "officer",
    Next.CLOSED: "nobody",
}


def application(case: Case, person: Person, language: str, now: datetime) -> dict[str, Any]:
    app, rules = case.application, rules_of(case.application)
    return {
        "number": app.number,
        "version": app.version,
        "service": app.service,
        "title": rules.service.title,
        "region": app.region,
        "stage": app.stage,
        "stage_title": stage_title(app.stage, language),
        "priority": app.priority,
        "drafted_at": app.drafted_at,
        "submitted_at": app.submitted_at,
        "previous": app.previous,
        "successor": app.successor,
        "officer": app.officer if person.is_staff else None,
        "terms": [term(t) for t in terms(app, rules, now)],
        "next": _next(app, rules, language, now),
        "question": _question(case, rules),
        "decision": _decision(case, rules),
        "documents": [_document(case, rules, id_, language) for id_ in app.documents],
        "checks": [
            {
                "name": name,
                "title": rules.service.check(name).title,
                "state": check.state,
                "fields": list(check.fields),
            }
            for name, check in app.checks.items()
        ],
        "form": dict(case.form),
        "problems": _lacking(case, rules, language, now),
    }


def stage_title(stage: str, language: str) -> str:
    return definitions.texts("statuses")["stages"][stage][language]


def term(shown: TermDue) -> dict[str, Any]:
    proven = shown.proven
    return {
        "name": shown.name,
        "title": shown.title,
        "kind": shown.kind,
        "due": proven.due,
        "due_day": proven.due_day,
        "paused": proven.paused,
        "ledger": [day._asdict() for day in proven.ledger],
    }


def _next(app: Application, rules: Rules, language: str, now: datetime) -> dict[str, Any]:
    if app.stage is Stage.DRAFT:
        return {"who": "applicant", "what": _next_text("draft", language), "until": None}
    step = next_step(app, rules, now).next
    until = answer_due(app.question, rules) if app.question else None
    return {"who": WHO[step], "what": _next_text(step, language), "until": until}


def _next_text(step: str, language: str) -> str:
    return definitions.texts("statuses")["next"][step][language]


def _question(case: Case, rules: Rules) -> dict[str, Any] | None:
    question = case.application.question
    if question is None:
        return None
    return {
        "asked_at": question.asked_at,
        "answer_until": answer_due(question, rules),
        "gaps": [{**gap._asdict(), "title": gap_title(gap, rules)} for gap in question.gaps],
        "message": case.texts.get("question"),
    }


def _decision(case: Case, rules: Rules) -> dict[str, Any] | None:
    decision = case.application.decision
    if decision is None:
        return None
    approved = decision.outcome == "approved"
    assessment = dict(case.texts.get("assessment", {}))
    outcome = rules.service.outcome
    return {
        "outcome": decision.outcome,
        "title": outcome.approved if approved else outcome.refused,
        "at": decision.at,
        "reasons": assessment.pop("reasons", []),
        "explanation": case.texts.get("explanation"),
        "assessment": assessment,
        "appeal": None if approved else rules.service.appeal.text,
        "next": outcome.next if approved else None,
    }


def document(case: Case, id_: str, language: str) -> dict[str, Any]:
    return _document(case, rules_of(case.application), id_, language)


def _document(case: Case, rules: Rules, id_: str, language: str) -> dict[str, Any]:
    state: DocumentState = case.application.documents[id_]
    record = case.documents.get(id_)
    details: Mapping[str, Any] = record.details if record else {}
    return {
        "id": id_,
        "kind": state.kind,
        "title": rules.service.document(state.kind).title,
        "file_name": record.file_name if record else None,
        "state": state.state,
        "defect": state.defect,
        "message": text_of("problems", state.defect, language, details) if state.defect else None,
    }


def _lacking(case: Case, rules: Rules, language: str, now: datetime) -> list[dict[str, str]]:
    if case.application.stage is not Stage.DRAFT:
        return []
    facts, problems = form.check_form(rules.service, case.form, rules.calendar.local_day(now))
    problems += document_problems(case.application, rules, facts)
    return [shown_problem(problem, language) for problem in problems]


def line(item: Mapping[str, Any], now: datetime, language: str) -> dict[str, Any]:
    """An item of a list or queue, from the index; its region says whether it is overdue."""
    today = calendar_for(item["region"]).local_day(now)
    due = item.get("due", "").partition("#")[0]
    due_day = date.fromisoformat(due) if due else None
    return {
        "number": item["number"],
        "service": item["service"],
        "stage": item["stage"],
        "stage_title": stage_title(item["stage"], language),
        "region": item["region"],
        "due_day": due_day,
        "overdue": due_day is not None and due_day < today,
        "priority": item.get("priority"),
        "officer": item.get("officer"),
        "drafted_at": item["drafted_at"],
        "submitted_at": item.get("submitted_at"),
    }


def event(told: Any, person: Person, language: str) -> dict[str, Any]:
    mine = told.actor in (person.id, "system") or person.is_staff
    return {
        "sequence": told.sequence,
        "kind": told.kind,
        "title": definitions.texts("statuses")["events"][told.kind][language],
        "at": told.at,
        "actor": told.actor if mine else "office",
        "data": dict(told.data),
        "hash": told.hash,
    }
