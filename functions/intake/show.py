"""A case as the API shows it: to its applicant, or to an officer."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from adapters.wording import shown_problem, text_of
from casework import document_check, drafts, fees
from casework.actions import RULED, checked_draft
from casework.appeals import filed_against, window
from casework.application import IN_WORK, SYSTEM, Application, DocumentState, Gap, Question, Stage
from casework.decision import APPROVED
from casework.earlier_support import EARLIER, OWN_REGISTRY
from casework.notice import gap_title
from casework.office_ways import OfficeWay, office_ways
from casework.original import Step
from casework.ports import Case, DocumentRecord, Rules
from casework.representation import FOR
from casework.retention import Part, State
from casework.review import Next, TermDue, answer_due, clock_of, next_step, terms
from casework.service import OutcomeKind
from functions.intake import signatures_show, status_show
from functions.intake.http import STAFF, SUPERVISOR, Person

WHO = {
    Next.CHECK: "registries",
    Next.ASK: "applicant",
    Next.DECIDE: "officer",
    Next.CONFIRM: "second_officer",
    Next.ISSUE: "officer",
    Next.PROGRAMME: "officer",
    Next.AGREEMENT: "applicant",
    Next.PROVIDER: "applicant",
    Next.ACT: "officer",
    Next.SERVICES: "provider",
    Next.COMPLAINT: "officer",
    Next.ORIGINAL: "officer",
    Next.HANDOVER: "applicant",
    Next.CLOSED: "nobody",
}
NOBODY: Mapping[str, str] = {}
OURS_TO_DO = (Next.CHECK, Next.DECIDE, Next.CONFIRM)


def application(
    case: Case,
    person: Person,
    language: str,
    now: datetime,
    appointment: Mapping[str, Any] | None = None,
    *,
    had_part: bool = False,
    names: Mapping[str, str] = NOBODY,
) -> dict[str, Any]:
    """`had_part`: of an appeal, whether that officer decided what it contests; `names`: of those
    who work on it, by id."""
    app, rules = case.application, rules_of(case.application)
    return {
        "number": app.number,
        "version": app.version,
        "service": app.service,
        "title": rules.service.title,
        "region": app.region,
        "stage": app.stage,
        "stage_title": stage_title(_status(app, rules), language),
        "priority": app.priority,
        "drafted_at": app.drafted_at,
        "submitted_at": app.submitted_at,
        "previous": app.previous,
        "successor": app.successor,
        "officer": app.officer if person.is_staff else None,
        "officer_name": names.get(app.officer),
        "pause": _pause(case, rules),
        "escalation": _escalation(case, names) if person.is_staff else None,
        "terms": [term(t) | status_show.term(t, app, rules, now) for t in terms(app, rules, now)],
        "next": _next(app, rules, language, now),
        "question": _question(case, rules, language),
        "decision": _decision(case, rules),
        "superseded": [
            {"outcome": old.outcome, "at": old.at, "reasons": list(old.reasons)}
            for old in app.superseded
        ],
        "appealed_by": app.appealed_by,
        "contests": app.contests,
        "appeals": [{"number": n, "fate": fate} for n, fate in filed_against(case).items()],
        "barred": _barred(language) if had_part else None,
        "documents": [_document(case, rules, id_, language, person) for id_ in app.documents],
        "checks": [_check(case, rules, name, person) for name in app.checks],
        "appointment": appointment,
        "form": dict(case.form),
        "erased": _erased(app, language),
        "fee": _fee(case, rules, now),
        "expires_on": drafts.expires_on(case, rules, now),
        "problems": _lacking(case, rules, language, now),
        **status_show.shown(case, rules, language, now),
        "proposal": _proposal(case, rules, names) if person.is_staff else None,
        "returned": case.texts.get("confirmation") if person.is_staff else None,
        "office_ways": _office_ways(app, person, had_part=had_part),
        "priority_title": priority_title(app.service, app.priority),
    }


def _pause(case: Case, rules: Rules) -> dict[str, Any] | None:
    pause = case.application.pause
    if pause is None:
        return None
    return {
        "reason": pause.reason,
        "title": definitions.pause_reasons()[pause.reason].title,
        "since": pause.since,
        "until": pause.until,
        "until_day": rules.calendar.local_day(pause.until - timedelta(seconds=1)),
        "words": case.texts.get("pause") or "",
    }


def _escalation(case: Case, names: Mapping[str, str]) -> dict[str, str | None] | None:
    by, words = case.application.escalated_by, case.texts.get("escalation") or ""
    return {"by": by, "by_name": names.get(by), "words": words} if by else None


def _office_ways(app: Application, person: Person, *, had_part: bool) -> tuple[OfficeWay, ...]:
    if not person.roles & STAFF:
        return ()
    supervisor = SUPERVISOR in person.roles
    return office_ways(app, person.id, supervisor=supervisor, had_part=had_part)


def _barred(language: str) -> dict[str, str]:
    code = "had_part_in_decision"
    return {"code": code, "message": text_of("errors", code, language, {})}


def _check(case: Case, rules: Rules, name: str, person: Person) -> dict[str, Any]:
    check = case.application.checks[name]
    return {
        "name": name,
        "title": rules.service.check(name).title,
        "state": check.state,
        "fields": list(check.fields),
        "earlier": _earlier(case, rules, name) if person.is_staff else [],
    }


def _earlier(case: Case, rules: Rules, check: str) -> list[dict[str, str]]:
    own = rules.service.check(check).registry == OWN_REGISTRY
    return case.texts.get(EARLIER) or [] if own else []


def _fee(case: Case, rules: Rules, now: datetime) -> dict[str, Any] | None:
    """What the state fee is and what has come of it; nothing where none is due or was paid. Money
    may come for a service that costs nothing, too: it goes back."""
    app, fee = case.application, rules.service.fee
    facts = rules.facts(case.form, now)
    needed = fees.due(rules, facts, app.submitted_at or now)
    if needed is None and not app.fees.receipts:
        return None
    return {
        "title": fee.title if fee else None,
        "due": needed is not None,
        "amount": str(needed.amount) if needed else "0",
        "source": fee.source if fee else None,
        "paid": fees.covering(app, rules, facts) is not None,
        "receipts": [
            {
                "payment": receipt.payment,
                "amount": str(receipt.amount),
                "currency": receipt.currency,
                "at": receipt.at,
                "state": receipt.state,
                "reason": receipt.reason,
            }
            for receipt in app.fees.receipts.values()
        ],
    }


def _erased(app: Application, language: str) -> dict[str, Any] | None:
    """What of its data is no more, and what is left of them, why and until when."""
    if app.erased is None:
        return None
    rule = definitions.retention()
    return {
        "title": definitions.texts("statuses")["events"]["data_erased"][language],
        "at": app.erased.at,
        "what": [rule.parts[Part(part)][language] for part in sorted(app.erased.what)],
        "kept": [
            {
                "what": known["what"],
                "title": rule.parts[Part(known["what"])][language],
                "why": rule.keeping(State(known["why"]), Part(known["what"])).why[language],
                "until": known["until"],
            }
            for known in app.erased.kept
        ],
    }


def stage_title(status: str, language: str) -> str:
    """Of a stage, or of what a stage is called for a while (`_status`)."""
    told = definitions.texts("statuses")
    return (told["stages"] | told["for_a_while"])[status][language]


def _status(app: Application, rules: Rules) -> str:
    """The seeds' word for where it stands: the stage, or what it is called for a while."""
    awaits = app.provided.awaits if app.provided else None
    if awaits is Step.HANDOVER:
        return "ready"
    if _awaits_activation(app, rules):
        return "activation"
    queued = app.stage is Stage.CHECKING and app.checks
    if queued and all(check.state == "due" for check in app.checks.values()):
        return "accepted"
    return app.stage


def _awaits_activation(app: Application, rules: Rules) -> bool:
    """Whether something is to be switched on for the person, and nobody has decided that yet."""
    in_work = app.stage in (Stage.CHECKING, Stage.REVIEW, Stage.CONFIRMATION)
    return in_work and rules.service.outcome_of({}).kind is OutcomeKind.STATUS


def term(shown: TermDue) -> dict[str, Any]:
    proven = shown.proven
    return {
        "name": shown.name,
        "title": shown.title,
        "kind": shown.kind,
        "due": proven.due,
        "due_day": proven.due_day,
        "paused": proven.paused,
        "met_at": shown.met_at,
        "ledger": [day._asdict() for day in proven.ledger],
    }


def _next(app: Application, rules: Rules, language: str, now: datetime) -> dict[str, Any]:
    if app.stage is Stage.DRAFT:
        return {"who": "applicant", "what": _next_text("draft", language), "until": None}
    step = next_step(app, rules, now).next
    who, until = WHO[step], answer_due(app.question, rules) if app.question else None
    if step is Next.ASK:
        asked = app.question or Question(0, now, SYSTEM, ())  # about to be asked
        step = f"ask_{clock_of(asked, rules)}"
    day = _activation_day(app, rules, now) if step in OURS_TO_DO else None
    what = _activation_text(day, language) if day else _next_text(step, language)
    return {"who": who, "what": what, "until": until}


def _activation_day(app: Application, rules: Rules, now: datetime) -> date | None:
    """By when it is expected: the first of its days that has not passed."""
    if not _awaits_activation(app, rules):
        return None
    due = [t for t in terms(app, rules, now) if t.name == "decision" and not t.is_missed(now)]
    return min((t.proven.due_day for t in due if t.proven.due_day), default=None)


def _activation_text(day: date, language: str) -> str:
    written = f"{day:%d.%m.%Y}" if language == "ru" else day.isoformat()
    return _next_text("activate", language).format(day=written)


def _next_text(step: str, language: str) -> str:
    return definitions.texts("statuses")["next"][step][language]


def _question(case: Case, rules: Rules, language: str) -> dict[str, Any] | None:
    question = case.application.question
    if question is None:
        return None
    return {
        "asked_at": question.asked_at,
        "answer_until": answer_due(question, rules),
        "gaps": [_gap(gap, rules, language) for gap in question.gaps],
        "message": case.texts.get("question"),
    }


def _gap(gap: Gap, rules: Rules, language: str) -> dict[str, Any]:
    told = {**gap._asdict(), "title": gap_title(gap, rules)}
    return told | status_show.gap(told, rules, language)


def _decision(case: Case, rules: Rules) -> dict[str, Any] | None:
    decision = case.application.decision
    if decision is None:
        return None
    approved = decision.outcome == APPROVED
    assessment = dict(case.texts.get("assessment", {}))
    outcome = rules.service.outcome_of(case.form)
    return {
        "outcome": decision.outcome,
        "title": outcome.approved if approved else outcome.refused,
        "at": decision.at,
        "reasons": assessment.pop("reasons", []),
        "explanation": case.texts.get("explanation"),
        "assessment": assessment,
        "ruling": decision.ruling,
        "received": _received(case.application),
        "appeal_until": _appeal_until(case.application, rules),
        "appeal": None if approved else rules.service.appeal.text,
        "next": outcome.next if approved else None,
        **status_show.decision(case.texts.get("assessment") or {}, rules),
    }


def _proposal(case: Case, rules: Rules, names: Mapping[str, str]) -> dict[str, Any] | None:
    proposal = case.application.proposal
    if case.application.stage is not Stage.CONFIRMATION:
        return None
    outcome = rules.service.outcome_of(case.form)
    grants = RULED.get(proposal.outcome) == APPROVED  # a refusal, or an appeal turned down
    return {
        "outcome": proposal.outcome,
        "title": outcome.approved if grants else outcome.refused,
        "officer": proposal.officer,
        "officer_name": names.get(proposal.officer),
        "reasons": case.texts.get("assessment", {}).get("reasons", []),
        "explanation": case.texts.get("explanation"),
    }


def _received(app: Application) -> dict[str, Any] | None:
    return {"at": app.received.at, "how": app.received.how} if app.received else None


def _appeal_until(app: Application, rules: Rules) -> dict[str, Any] | None:
    until = window(app, rules)
    if until is None:
        return None
    ledger = [day._asdict() for day in until.ledger]
    return {"due": until.due, "due_day": until.due_day, "ledger": ledger}


def document(case: Case, id_: str, language: str, person: Person) -> dict[str, Any]:
    return _document(case, rules_of(case.application), id_, language, person)


def _document(case: Case, rules: Rules, id_: str, language: str, person: Person) -> dict[str, Any]:
    app = case.application
    state: DocumentState = app.documents[id_]
    record = case.documents.get(id_)
    found = _found(state, record, language)
    awaits = id_ in document_check.awaiting(app, rules.service)
    due = document_check.due_of(id_, app, rules)
    needed = rules.service.document(state.kind)
    title = "on_expert_check" if awaits else state.state
    return {
        "id": id_,
        "kind": state.kind,
        "title": needed.title,
        "state_title": definitions.texts("statuses")["documents"][title][language],
        "file_name": record.called if record else None,
        "state": state.state,
        "defect": found[0]["code"] if found else None,
        "message": " ".join(each["message"] for each in found) or None,
        "found": found,
        "note": case.texts.get(document_check.note_name(id_)),
        "shows": list(needed.shows),
        "awaits_expert": awaits,
        "check_until": due.due if due and not due.paused else None,
        "verdict": state.checked if person.is_staff else None,
        "signatures": signatures_show.shown(record, language) if record else None,
    }


def _found(
    state: DocumentState, record: DocumentRecord | None, language: str
) -> list[dict[str, str]]:
    """What is wrong with a document, by the machine, an expert or an officer."""
    if state.state != "rejected":
        return []
    codes = document_check.told_defects(state) or (state.defect,)
    details = record.details if record else {}
    return [
        {"code": code, "message": text_of("problems", code, language, details)} for code in codes
    ]


def _lacking(case: Case, rules: Rules, language: str, now: datetime) -> list[dict[str, str]]:
    if case.application.stage is not Stage.DRAFT:
        return []
    _, problems = checked_draft(case, rules, now)
    return [shown_problem(problem, language) for problem in problems]


def line(
    item: Mapping[str, Any], now: datetime, language: str, names: Mapping[str, str] | None
) -> dict[str, Any]:
    """An item of a list or queue, from the index; its region says whether it is overdue. `names`:
    of officers by id; None: who has it is not told."""
    today = calendar_for(item["region"]).local_day(now)
    # What is not in work waits in no officer's queue: its `due` is its draft's or its payments'.
    in_work = item["stage"] in IN_WORK
    due_day = date.fromisoformat(item["due"].partition("#")[0]) if in_work else None
    return {
        "number": item["number"],
        "service": item["service"],
        "stage": item["stage"],
        "stage_title": stage_title(item["stage"], language),
        "region": item["region"],
        "due_day": due_day,
        "days_left": (due_day - today).days if due_day else None,
        "overdue": due_day is not None and due_day < today,
        "priority": item.get("priority"),
        "priority_title": priority_title(item["service"], item.get("priority")),
        "officer": None if names is None else item.get("officer"),
        "officer_name": (names or NOBODY).get(item.get("officer")),
        "drafted_at": item["drafted_at"],
        "submitted_at": item.get("submitted_at"),
        **status_show.line(item, language),
    }


def priority_title(service: str, category: str | None) -> str | None:
    known = definitions.service(service).priorities if category else ()
    return next((each.title for each in known if each.category == category), None)


def page(
    found: Any, now: datetime, language: str, names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A page of applications, in lines."""
    return {
        "applications": [line(item, now, language, names) for item in found.items],
        "cursor": found.cursor,
    }


def event(
    told: Any, person: Person, language: str, names: Mapping[str, str] = NOBODY
) -> dict[str, Any]:
    mine = told.actor in (person.id, "system") or person.is_staff
    others = "representative" if FOR in told.data else "office"
    return {
        "sequence": told.sequence,
        "kind": told.kind,
        "title": definitions.texts("statuses")["events"][told.kind][language],
        "at": told.at,
        "actor": told.actor if mine else others,
        "actor_name": names.get(told.actor),
        "officer_name": names.get(told.data.get("officer")),
        "data": dict(told.data) if person.is_staff else document_check.told_data(told),
        "hash": told.hash,
    }
