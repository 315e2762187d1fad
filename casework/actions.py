"""What people and the clock may do with an application. Each action takes the case as it stands
and gives the Change it causes, or raises why not; nothing here reads or writes anything.

An action that was already carried out gives an empty Change where repeating is harmless (the
clock, registries, uploads), and WrongStage where a person should know.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from casework import (
    appointments,
    decision,
    document_check,
    earlier_support,
    fees,
    form,
    pauses,
    provision_waits,
    violations,
)
from casework.application import (
    GONE,
    SYSTEM,
    Application,
    DocumentState,
    Gap,
    Happening,
    Stage,
)
from casework.decision import APPROVED, REFUSED, Assessment
from casework.errors import (
    AnswerTooLate,
    BadRequest,
    InvalidForm,
    NotAllowed,
    Problem,
    WrongStage,
)
from casework.files import STILL, UNDER_WAY, Move
from casework.ports import NOTHING, Case, Change, DocumentRecord, Reply, Rules
from casework.review import (
    answer_due,
    asked_again_at,
    due_marks,
    gaps_to_ask,
    patience_ends,
)
from casework.service import Cause, OutcomeKind, RefusalReason

RULED = {"upheld": REFUSED, "changed": APPROVED, "sent_back": APPROVED}
"""What each ruling on an appeal is for the appeal itself."""
OPEN_TO_APPLICANT = frozenset({Stage.DRAFT, Stage.CHECKING, Stage.CLARIFICATION, Stage.REVIEW})
DOCUMENTS_AT_MOST = 40  # a resubmission carries each as two of the 100 writes of a transaction


# ---- the applicant ------------------------------------------------------------------------------


def draft(
    rules: Rules,
    raw: Mapping[str, Any],
    *,
    region: str,
    applicant: str | None = None,
    agency: str | None = None,
    previous: str | None = None,
) -> Change:
    """A new application, with whatever is already typed."""
    _refuse_unknown(rules, raw)
    begun = {
        "service": rules.service.id,
        "service_version": rules.service.version,
        "region": region,
        "applicant": applicant,
        "agency": agency,
        "previous": previous,
    }
    happenings = [Happening("drafted", begun)]
    if raw:
        happenings.append(Happening("changed", {"form": form.digest(raw)}))
    return Change(tuple(happenings), form=dict(raw))


def change(case: Case, rules: Rules, raw: Mapping[str, Any], now: datetime) -> Change:
    """Merge `raw` into the form (null clears a field): freely in a draft, checked when live."""
    merged = {k: v for k, v in {**case.form, **raw}.items() if v is not None}
    _refuse_unknown(rules, raw)
    if merged == case.form:
        return NOTHING
    if case.application.stage is Stage.DRAFT:
        return Change((Happening("changed", {"form": form.digest(merged)}),), form=merged)
    booked = appointments.is_booked(case.application, rules)
    if case.application.stage not in OPEN_TO_APPLICANT and not booked:
        raise WrongStage(stage=case.application.stage)
    stored, data = _correction(case, rules, merged, now)
    if not data["fields"]:
        return NOTHING  # the same, written another way
    if booked:
        return appointments.move_booked(case, rules, stored, data["fields"])
    if problems := _newly_missing(case, rules, stored, now):
        raise InvalidForm(problems)
    return _corrected(case, rules, Change((Happening("corrected", data),), form=stored))


def _corrected(case: Case, rules: Rules, change: Change) -> Change:
    """With the slot that the corrected form asks for, when it is another one."""
    swap = appointments.moved(case.application, rules, case.form, change.form)
    happenings = (*change.happenings, *swap.happenings)
    return replace(change, happenings=happenings, holds=swap.holds, frees=swap.frees)


def _newly_missing(
    case: Case, rules: Rules, stored: Mapping[str, Any], now: datetime
) -> list[Problem]:
    """Documents that the form before the correction did not need: they are uploaded first."""
    before, after = (
        set(_kinds_needed(rules, rules.facts(f, now), now)) for f in (case.form, stored)
    )
    return _lacking_documents(case.application, after - before)


def submit(case: Case, rules: Rules, now: datetime) -> Change:
    """Register the application: form good, documents complete, nothing else open for the person."""
    _must_be_in(case.application, Stage.DRAFT)
    facts, problems = checked_draft(case, rules, now)
    if problems:
        raise InvalidForm(problems)
    stored = form.to_json(facts)
    submitted = _submission(rules, facts, stored, now)
    surplus = fees.surplus(case.application, rules, facts)
    return Change((submitted, *surplus), stored, holds=held_keys(rules, facts))


def checked_draft(
    case: Case, rules: Rules, now: datetime
) -> tuple[Mapping[str, Any], list[Problem]]:
    """The checked values of a draft, and everything that it lacks to be submitted."""
    facts, problems = form.check_form(rules.service, case.form, rules.calendar.local_day(now))
    problems += document_problems(case.application, rules, facts, now)
    problems += fees.unpaid(case.application, rules, facts, now)
    return facts, problems


def submit_row(
    rules: Rules,
    raw: Mapping[str, Any],
    held: Iterable[str],
    now: datetime,
    scans: Iterable[DocumentRecord] = (),
    defects: Iterable[Problem] = (),
    **whose: Any,
) -> Change:
    """A row of an agency's batch: drafted and registered at once. `held`: the kinds of documents
    whose originals the agency has seen and keeps. `scans`: those that it sent along, found good but
    for `defects`; each is still to be scanned for malware like any upload."""
    held, scans = set(held), tuple(scans)
    facts, problems = form.check_form(rules.service, raw, rules.calendar.local_day(now))
    known = {document.kind for document in rules.service.documents}
    problems += [
        Problem("documents", "unknown_document", {"kind": k}) for k in sorted(held - known)
    ]
    problems += defects
    problems += _missing(rules, facts, held | {scan.kind for scan in scans}, now)
    if fees.due(rules, facts, now):  # nobody can pay for a row: the person applies, and pays
        problems.append(Problem("fee", "fee_in_batch"))
    outcome = rules.service.outcome
    if outcome.of:  # whose the other one is, and until when it may be contested, is the person's
        appeal = outcome.kind is OutcomeKind.APPEAL
        code = "appeal_in_batch" if appeal else "about_another_in_batch"
        problems.append(Problem(outcome.of, code))
    if problems:
        raise InvalidForm(problems)
    stored = form.to_json(facts)
    attested = (
        Happening("document_accepted", {"document": f"held-{kind}", "kind": kind, "sha256": None})
        for kind in sorted(held)
    )
    announced = (
        Happening("document_announced", {"document": scan.id, "kind": scan.kind}) for scan in scans
    )
    begun = draft(rules, stored, **whose).happenings
    return Change(
        (*begun, *attested, *announced, _submission(rules, facts, stored, now)),
        stored,
        documents=scans,
        holds=held_keys(rules, facts),
    )


def _submission(
    rules: Rules, facts: Mapping[str, Any], stored: Mapping[str, Any], now: datetime
) -> Happening:
    measures = rules.measures(facts, rules.calendar.local_day(now))
    data = {
        "form": form.digest(stored),
        "priority": rules.service.priority_of(facts, measures),
        "checks": [check.name for check in rules.service.checks_needed(facts, measures)],
    }
    if rules.service.outcome.kind is OutcomeKind.APPEAL:
        data["contests"] = facts[rules.service.outcome.of]
    return Happening("submitted", data)


def held_keys(rules: Rules, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What one open application at a time may have: its service and identity, and a slot. Whose
    identity it is cannot be read from the key. Facts that lack them give none."""
    keys = (identity_key(rules, facts), appointments.key_of(rules, facts))
    return tuple(key for key in keys if key)


def identity_key(rules: Rules, facts: Mapping[str, Any]) -> str | None:
    """The person and service (and whatever else the service counts) as one key."""
    identity = [facts.get(name) for name in rules.service.subject.identity]
    if any(value is None for value in identity):
        return None
    told = "|".join(map(str, form.to_json([rules.service.id, *identity])))
    return hashlib.sha256(told.encode()).hexdigest()


def withdraw(case: Case, rules: Rules, now: datetime) -> Change:
    application = case.application
    if application.closed and not appointments.is_booked(application, rules):
        raise WrongStage(stage=application.stage)
    back = fees.of_closed_draft(application, "withdrawn")
    frees = _held(case, rules, now)
    if application.closed:  # booked: the approval gave back all else, and others may have it
        frees = tuple(appointments.slots_in(frees))
    return Change((Happening("withdrawn"), *back), frees=frees)


def resubmit(case: Case, rules: Rules) -> Change:
    """Draft of a new application in place of a refused or withdrawn one: same form, and those
    documents that were found good."""
    application = case.application
    if application.stage not in (Stage.REFUSED, Stage.WITHDRAWN, Stage.EXPIRED):
        raise WrongStage(stage=application.stage)
    if application.successor is not None:
        raise WrongStage("already_resubmitted", successor=application.successor)
    begun = draft(
        rules,
        case.form,
        region=application.region,
        applicant=application.applicant,
        agency=application.agency,
        previous=application.number,
    )
    good = application.documents_in("accepted")
    kept = (
        Happening(
            "document_accepted",
            {
                "document": id_,
                "kind": kind,
                "sha256": application.documents[id_].sha256,
                "from": application.number,
            },
        )
        for id_, kind in good.items()
    )
    records = tuple(case.documents[id_] for id_ in good if id_ in case.documents)
    return Change((*begun.happenings, *kept), begun.form, documents=records)


def note_successor(case: Case, number: str) -> Change:
    """The old application learns of the one that replaces it."""
    if case.application.successor is not None:
        return NOTHING
    return Change((Happening("resubmitted", {"number": number}),))


def answer(
    case: Case, rules: Rules, raw: Mapping[str, Any], message: str | None, now: datetime
) -> Change:
    """Answer the open question: changed fields, new documents (already uploaded), and words."""
    question = case.application.question
    if question is None:
        raise WrongStage(stage=case.application.stage)
    if now >= answer_due(question, rules):
        raise AnswerTooLate()
    _refuse_unknown(rules, raw)
    merged = {k: v for k, v in {**case.form, **raw}.items() if v is not None}
    stored, data = _correction(case, rules, merged, now)
    mismatched = (n for n, c in case.application.checks.items() if c.state == "mismatched")
    data["recheck"] = sorted({*data["recheck"], *mismatched} - {*data["dropped"]})
    asked_for = {gap.document for gap in question.gaps if gap.document}
    facts = rules.facts(stored, now)
    needed = asked_for | set(_kinds_needed(rules, facts, now))
    current = _without_asked_about(case.application, asked_for)
    if problems := _lacking_documents(current, needed):
        raise InvalidForm(problems)
    texts = {"answer": message} if message else {}
    answered = Change((Happening("answered", data),), form=stored, texts=texts)
    return _corrected(case, rules, answered)


def _without_asked_about(application: Application, kinds: set[str]) -> Application:
    """Of the kinds asked for, what was accepted before the question is no answer to it."""
    documents = {
        id_: document
        for id_, document in application.documents.items()
        if document.kind not in kinds
        or document.state != "accepted"
        or document.accepted_in > application.question.event
    }
    return replace(application, documents=documents)


def _correction(
    case: Case, rules: Rules, merged: Mapping[str, Any], now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The corrected form as stored, and the data of its event."""
    day = rules.calendar.local_day(now)
    submitted = rules.calendar.local_day(case.application.submitted_at)
    facts = form.checked_form(rules.service, merged, day, since=submitted)
    before = form.facts(rules.service, case.form, day)
    fees.check_correction(case.application, rules, before, facts, now)
    stored = form.to_json(facts)
    changed = form.changed_fields(case.form, stored)
    identity = rules.service.subject.identity
    if fixed := [Problem(name, "fixed_after_submission") for name in identity if name in changed]:
        raise InvalidForm(fixed)
    measures = rules.measures(facts, day)
    needed = rules.service.checks_needed(facts, measures)
    known = case.application.checks
    recheck = [c.name for c in needed if c.name not in known or set(c.fields) & set(changed)]
    dropped = sorted(set(known) - {check.name for check in needed})
    data = {"form": form.digest(stored), "fields": changed, "recheck": recheck, "dropped": dropped}
    return stored, data


# ---- documents ----------------------------------------------------------------------------------


def announce_document(
    case: Case, rules: Rules, record: DocumentRecord, replaces: str | None = None
) -> Change:
    """A file will be uploaded: for a draft, for an answer, or for a correction; `replaces`: the
    document that gives way to it once it is accepted."""
    if case.application.stage not in OPEN_TO_APPLICANT:
        raise WrongStage(stage=case.application.stage)
    if rules.service.document(record.kind) is None:
        options = ", ".join(document.kind for document in rules.service.documents)
        raise InvalidForm([Problem("kind", "not_in_list", {"options": options})])
    if len(case.application.documents) >= DOCUMENTS_AT_MOST:
        raise InvalidForm([Problem("kind", "too_many", {"at_most": DOCUMENTS_AT_MOST})])
    data = {"document": record.id, "kind": record.kind}
    if replaces is not None:
        _must_be_replaceable(case.application, replaces, record.kind)
        data["replaces"] = replaces
    announced = Happening("document_announced", data)
    return Change((announced,), documents=(record,), result={"document": record.id})


def _must_be_replaceable(application: Application, id_: str, kind: str) -> None:
    known = application.documents.get(id_)
    if known is None or known.kind != kind or known.state in GONE:
        raise InvalidForm([Problem("replaces", "no_such_document")])


def move_document(
    case: Case, id_: str, act: Callable[[DocumentState], Move], vault_key: str | None = None
) -> Change:
    """What happens to an uploaded file (casework.files); news that say nothing new change nothing.
    `vault_key`: where it lies once it is accepted."""
    known = case.application.documents[id_]
    move = STILL if case.application.closed else act(known)
    if not move.happenings:
        return NOTHING
    named = {"document": id_, "kind": known.kind}
    happenings = tuple(Happening(kind, {**named, **data}) for kind, data in move.happenings)
    beside = dict(move.beside)
    if happenings[-1].kind == "document_accepted":
        beside["vault_key"] = vault_key
    return Change(happenings, documents=(replace(case.documents[id_], **beside),))


def document_problems(
    application: Application, rules: Rules, facts: Mapping[str, Any], now: datetime
) -> list[Problem]:
    return _lacking_documents(application, _kinds_needed(rules, facts, now))


def _kinds_needed(rules: Rules, facts: Mapping[str, Any], now: datetime) -> list[str]:
    measures = rules.measures(facts, rules.calendar.local_day(now))
    return [document.kind for document in rules.service.documents_needed(facts, measures)]


def _lacking_documents(application: Application, needed: Iterable[str]) -> list[Problem]:
    accepted = set(application.documents_in("accepted").values())
    pending = {d.kind for d in application.documents.values() if d.state in UNDER_WAY}
    rejected = set(application.documents_in("rejected").values())
    problems = []
    for kind in sorted(set(needed) - accepted):
        code = (
            "document_pending"
            if kind in pending
            else "document_rejected"
            if kind in rejected
            else "document_missing"
        )
        problems.append(Problem(f"documents.{kind}", code, {"kind": kind}))
    return problems


def _not_accepted(application: Application, needed: Iterable[str]) -> list[str]:
    """Of the kinds needed, those of which documents came and none is accepted: the scans of an
    agency's row are registered with it, before the malware scanner has seen them."""
    came = {d.kind for d in application.documents.values() if d.state not in GONE}
    lacking = came - set(application.documents_in("accepted").values())
    return [kind for kind in needed if kind in lacking]


def _missing(
    rules: Rules, facts: Mapping[str, Any], held: set[str], now: datetime
) -> list[Problem]:
    return [
        Problem("documents", "document_missing", {"kind": kind})
        for kind in _kinds_needed(rules, facts, now)
        if kind not in held
    ]


# ---- registries ---------------------------------------------------------------------------------


def ask_registries(case: Case) -> Change:
    """The checks that nobody has asked about yet; who is asked again needs no event."""
    application = case.application
    due = [name for name, check in application.checks.items() if check.state == "due"]
    if application.stage is not Stage.CHECKING or not due:
        return NOTHING
    return Change((Happening("registries_asked", {"checks": due}),))


def _mark_silence(case: Case, rules: Rules, now: datetime) -> Change:
    """Registries that do not reply: the delay is noted once, and in the end they are given up."""
    application = case.application
    silent = {"checks": list(application.open_checks)}
    if now >= patience_ends(application, rules):
        return Change((Happening("registries_given_up", silent),))
    if now >= asked_again_at(application.checks_due_at, rules) and not application.checks_delayed:
        return Change((Happening("registries_delayed", silent),))
    return NOTHING


def note_replies(case: Case, rules: Rules, replies: Iterable[Reply]) -> Change:
    """What registries replied: `matched`, or `mismatched` with the fields that differ.

    A reply about a form that has been corrected since says nothing about the new one, and the
    second reply to one check nothing new. Raises BadRequest for a reply that is no reply.
    """
    application = case.application
    awaited = set() if application.closed else set(application.open_checks)
    happenings = []
    for reply in replies:
        if reply.outcome not in ("matched", "mismatched"):
            raise BadRequest("bad_reply", check=reply.check)
        if reply.check in awaited and reply.form == application.form:
            awaited.discard(reply.check)
            happenings.append(_replied(rules, reply))
    return Change(tuple(happenings))


def _replied(rules: Rules, reply: Reply) -> Happening:
    """Of the fields that a registry names, those that the check compares; when it names none of
    them, all are in doubt."""
    compared = rules.service.check(reply.check).fields
    named = [name for name in compared if name in reply.fields] or list(compared)
    fields = named if reply.outcome == "mismatched" else []
    data = {"check": reply.check, "outcome": reply.outcome, "fields": fields}
    return Happening("registry_replied", data)


# ---- questions ----------------------------------------------------------------------------------


def ask_by_system(case: Case, rules: Rules) -> Change:
    """Ask once about everything that the registries contradict and the experts rejected."""
    application = case.application
    gaps = gaps_to_ask(application, rules.service)
    if application.stage is not Stage.REVIEW or not gaps:
        return NOTHING
    question = _question(gaps, extends=_extends(application, rules, gaps))
    # Said also when it says nothing: an old question may have had words.
    return Change((question,), texts={"question": document_check.notes(case)})


def ask(case: Case, rules: Rules, officer: str, gaps: Iterable[Gap], message: str | None) -> Change:
    """An officer's one question about everything that is missing."""
    _must_be_in(case.application, Stage.REVIEW)
    _must_not_be_anothers(case.application, officer)
    pauses.must_not_be_paused(case.application)
    gaps = tuple(gaps)
    if problems := list(_gap_problems(rules, gaps)):
        raise InvalidForm(problems)
    gaps = tuple(dict.fromkeys([*gaps, *document_check.gaps(case.application)]))
    extends = _extends(case.application, rules, gaps)
    return Change((_question(gaps, extends=extends),), texts={"question": message})


def _extends(application: Application, rules: Rules, gaps: tuple[Gap, ...]) -> bool:
    """Whether the question lengthens the term instead of stopping it: once, in a service that says
    so, when nothing but documents is missing."""
    extended = any(event.kind == "extended" for event in application.clock)
    only_documents = all(gap.document for gap in gaps)
    return rules.service.term("decision").extension is not None and only_documents and not extended


def _question(gaps: Iterable[Gap], *, extends: bool = False) -> Happening:
    told = [{k: v for k, v in gap._asdict().items() if v is not None} for gap in gaps]
    return Happening("asked", {"gaps": told} | ({"extends": True} if extends else {}))


def _gap_problems(rules: Rules, gaps: tuple[Gap, ...]) -> Iterable[Problem]:
    if not gaps:
        yield Problem("gaps", "too_few", {"at_least": 1})
    fields = {field.name for field in rules.service.fields}
    kinds = {document.kind for document in rules.service.documents}
    for position, gap in enumerate(gaps, start=1):
        where = f"gaps.{position}"
        if (gap.field is None) == (gap.document is None):
            yield Problem(where, "field_or_document")
        elif gap.field is not None and gap.field not in fields:
            yield Problem(f"{where}.field", "not_in_list", {"options": ", ".join(sorted(fields))})
        elif gap.document is not None and gap.document not in kinds:
            yield Problem(f"{where}.document", "not_in_list", {"options": ", ".join(sorted(kinds))})


# ---- the clock ----------------------------------------------------------------------------------


def mark(case: Case, rules: Rules, now: datetime) -> Change:
    """Everything that the clock has to say by now: silent registries, reminders, overdue,
    escalation, refusal of what was not answered, experts who are late. What was said before is not
    said again."""
    if resumed := pauses.ended(case.application, now):
        return Change(resumed)
    of_documents = document_check.marked(case.application, rules, now)
    if case.application.stage is Stage.CHECKING:
        return Change((*_mark_silence(case, rules, now).happenings, *of_documents))
    if case.application.provided:
        return Change(provision_waits.marked(case.application, rules, now))
    due = due_marks(case.application, rules, now)
    if "unanswered" in due:
        return _refuse_unanswered(case, rules, now)
    happenings = {"question_reminder": Happening("applicant_reminded")}
    marks = (happenings.get(n) or Happening("marked", {"mark": n}) for n in due)
    return Change((*marks, *of_documents))


def _refuse_unanswered(case: Case, rules: Rules, now: datetime) -> Change:
    refusal = rules.service.refusal_for(Cause.UNANSWERED)
    data = {"outcome": REFUSED, "reasons": [refusal.code], "officer": SYSTEM}
    return Change(
        (Happening("decided", data),),
        texts={"assessment": told(None, [decision.reason(refusal)]), "explanation": None},
        frees=_held(case, rules, now),
    )


# ---- officers -----------------------------------------------------------------------------------


def claim(case: Case, officer: str) -> Change:
    application = case.application
    if not application.in_work:
        raise WrongStage(stage=application.stage)
    if application.officer == officer:
        return NOTHING
    if application.officer is not None:
        raise WrongStage("claimed_by_another")
    return Change((Happening("claimed"),))


def release(case: Case, officer: str, *, supervisor: bool = False) -> Change:
    holder = case.application.officer
    if holder is None:
        return NOTHING
    if holder != officer and not supervisor:
        raise NotAllowed("claimed_by_another")
    return Change((Happening("released"),))


def reassign(case: Case, officer: str) -> Change:
    """Whoever has claimed it, or nobody: a supervisor gives it to `officer`."""
    if not case.application.in_work:
        raise WrongStage(stage=case.application.stage)
    if case.application.officer == officer:
        return NOTHING
    if case.application.applicant == officer:
        raise NotAllowed("own_application")
    return Change((Happening("reassigned", {"officer": officer}),))


def assessment(case: Case, rules: Rules) -> Assessment:
    """What the rules propose for the case as it stands, by the day it was received."""
    application = case.application
    if application.submitted_at is None:
        raise WrongStage(stage=application.stage)
    day = rules.calendar.local_day(application.submitted_at)
    corrected_by = rules.calendar.local_day(application.changed_at)  # a child may be born since
    facts = form.checked_form(rules.service, case.form, corrected_by, since=form.EVER)
    return decision.assess(rules.service, facts, application.checks, rules.parameters, day)


def propose(
    case: Case,
    rules: Rules,
    officer: str,
    outcome: str,
    reasons: Iterable[str],
    explanation: str | None,
    now: datetime,
) -> Change:
    """An officer's decision: an approval stands at once, a refusal waits for a second officer."""
    application = case.application
    must_be_free_for(application, officer)
    proposed = assessment(case, rules)
    reasons = tuple(reasons)
    departs = outcome != proposed.outcome
    if problems := list(_proposal_problems(rules, outcome, reasons, departs, explanation)):
        raise InvalidForm(problems)
    named = [decision.reason(rules.service.refusal(code)) for code in reasons]
    texts = {"assessment": told(proposed, named), "explanation": explanation}
    data = {"outcome": outcome, "reasons": list(reasons), "departs": departs}
    if outcome == REFUSED:
        return Change((Happening("proposed", data),), texts=texts)
    appointments.must_have_slot(application)
    needed = _kinds_needed(rules, rules.facts(case.form, now), now)
    document_check.must_be_conforming(application, rules, needed)
    if lacking := _not_accepted(application, needed):
        titles = (rules.service.document(kind).title for kind in lacking)
        raise WrongStage("documents_not_accepted", titles="; ".join(titles))
    decided = Happening("decided", {**data, "officer": officer})
    return Change((decided,), texts=texts, frees=_held_by_approved(case, rules, now))


def decide_by_rules(case: Case, rules: Rules, now: datetime) -> Change:
    """In a service that says so, what the rules approve is approved at once: when every registry
    agreed and no officer has taken it into work. A refusal is never the rules' to give."""
    application = case.application
    confirmed = all(check.state == "matched" for check in application.checks.values())
    free = application.officer is None and application.question is None and not application.pause
    if not rules.service.decided_by_rules or application.stage is not Stage.REVIEW:
        return NOTHING
    if not (confirmed and free) or application.slot_lost:
        return NOTHING
    needed = _kinds_needed(rules, rules.facts(case.form, now), now)
    if _not_accepted(application, needed):
        return NOTHING
    proposed = assessment(case, rules)
    if proposed.outcome != APPROVED:
        return NOTHING
    data = {"outcome": APPROVED, "reasons": [], "departs": False, "officer": SYSTEM}
    texts = {"assessment": told(proposed, ()), "explanation": None}
    frees = _held_by_approved(case, rules, now)
    return Change((Happening("decided", data),), texts=texts, frees=frees)


def _proposal_problems(
    rules: Rules, outcome: str, reasons: tuple[str, ...], departs: bool, explanation: str | None
) -> Iterable[Problem]:
    if outcome not in (APPROVED, REFUSED):
        yield Problem("outcome", "not_in_list", {"options": f"{APPROVED}, {REFUSED}"})
        return
    yield from reason_problems(rules, reasons, needed=outcome == REFUSED)
    if departs and not explanation:
        yield Problem("explanation", "departure_unexplained")


def reason_problems(rules: Rules, reasons: tuple[str, ...], *, needed: bool) -> Iterable[Problem]:
    """Of the reasons for a refusal: a refusal needs at least one, anything else takes none."""
    known = [refusal.code for refusal in refusals_to_name(rules)]
    if unknown := set(reasons) - set(known):
        options = ", ".join(known)
        yield Problem("reasons", "not_in_list", {"options": options, "found": sorted(unknown)})
    if needed and not reasons:
        yield Problem("reasons", "too_few", {"at_least": 1})
    if not needed and reasons:
        yield Problem("reasons", "not_applicable")


def refusals_to_name(rules: Rules) -> list[RefusalReason]:
    """The reasons that an officer may give; silence is the clock's to find."""
    return [known for known in rules.service.refusals if known.cause is not Cause.UNANSWERED]


def confirm(
    case: Case, rules: Rules, officer: str, agrees: bool, explanation: str | None, now: datetime
) -> Change:
    """A second officer, other than the first, confirms the refusal or returns it."""
    application = case.application
    _must_be_in(application, Stage.CONFIRMATION)
    if officer == application.proposal.officer:
        raise NotAllowed("second_officer_needed")
    texts = {"confirmation": explanation} if explanation else {}
    if not agrees:
        if not explanation:
            raise InvalidForm([Problem("explanation", "required")])
        return Change((Happening("returned"),), texts=texts)
    proposal = application.proposal
    data = {
        "outcome": RULED.get(proposal.outcome, proposal.outcome),
        "reasons": list(proposal.reasons),
        "officer": proposal.officer,
        "second_officer": officer,
    } | ({"ruling": proposal.outcome} if proposal.outcome in RULED else {})
    facts = rules.facts(case.form, now)
    recorded, notes = violations.of_decision(application, rules, facts, proposal.reasons, now)
    return Change(
        (Happening("decided", data), *recorded),
        texts=texts,
        frees=_held(case, rules, now),
        notes=notes,
    )


def issue(case: Case, rules: Rules, now: datetime) -> Change:
    """The outcome takes effect and is told; support that lasts is known from now on."""
    application = case.application
    if application.decision is None or application.issued:
        return NOTHING
    facts = rules.facts(case.form, now)
    outcome = rules.service.outcome_of(facts)
    granted = earlier_support.granted(application, outcome, identity_key(rules, facts), now)
    ruling = application.decision.ruling
    issued = {"outcome": application.decision.outcome} | ({"ruling": ruling} if ruling else {})
    return Change((Happening("issued", issued),), notes=granted)


def told(proposed: Assessment | None, reasons: Iterable[decision.Reason]) -> dict[str, Any]:
    """What people read of an assessment, as JSON types; kept as it was when a decision was made."""
    shown: dict[str, Any] = {"reasons": [_record(reason) for reason in reasons]}
    if proposed is not None:
        shown |= {
            "rules": [
                _record(rule) | {"comparisons": [_record(c) for c in rule.comparisons]}
                for rule in proposed.rules
            ],
            "amount": _record(proposed.amount) if proposed.amount else None,
            "counterfactual": [_record(turn) for turn in proposed.counterfactual],
            "circumstances": proposed.circumstances,
            "measures": proposed.measures,
            "sources": proposed.sources,
        }
    return form.to_json(shown)


def _record(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


# ---- shared checks ------------------------------------------------------------------------------


def _must_be_in(application: Application, stage: Stage) -> None:
    if application.stage is not stage:
        raise WrongStage(stage=application.stage)


def must_be_free_for(application: Application, officer: str) -> None:
    """On review, its clock running, and nobody else's to decide."""
    _must_be_in(application, Stage.REVIEW)
    pauses.must_not_be_paused(application)
    _must_not_be_anothers(application, officer)


def _must_not_be_anothers(application: Application, officer: str) -> None:
    if application.officer not in (None, officer):
        raise WrongStage("claimed_by_another")


def _refuse_unknown(rules: Rules, raw: Mapping[str, Any]) -> None:
    if problems := form.unknown_fields(rules.service, raw):
        raise InvalidForm(problems)


def _held(case: Case, rules: Rules, now: datetime) -> tuple[str, ...]:
    """The keys that closing gives back; a draft holds none."""
    if case.application.submitted_at is None:
        return ()
    keys = held_keys(rules, rules.facts(case.form, now))
    return tuple(appointments.slots_in(keys)) if case.application.holds_nothing else keys


def _held_by_approved(case: Case, rules: Rules, now: datetime) -> tuple[str, ...]:
    """An approval gives back all but the slot: the time is booked."""
    return appointments.without_slots(_held(case, rules, now))
