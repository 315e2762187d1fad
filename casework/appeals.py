"""Appeals: when a decision was received, until when it can be contested, and what an appeal does.

An appeal is an application of its own (a service whose outcome is of the kind `appeal`) about the
decision of another. It is decided by officers who had no part in that decision, and another one
confirms what they propose: to uphold is a refusal, to change or to send back a reversal. What it
brings about in the contested application is told there by events that name the appeal, each of
which changes nothing when it comes again.

The time to appeal runs from proven receipt. A notice by SMS or e-mail is received when it went
out; a letter on the day that the post recorded, never on a presumed one; a decision that was read
in the cabinet, at that moment. The earliest proof counts. When a letter comes back, its proof
falls, and the time runs from the next proof; without any it has not begun.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from casework import actions, appointments, earlier_support, violations
from casework.about_another import Target, people_of, submit_unless
from casework.actions import NOTHING, RULED
from casework.application import Application, Event, Gap, Happening, ProofOfReceipt, Stage
from casework.deadline import ProvenDue, prove
from casework.decision import APPROVED, REFUSED, reason
from casework.errors import AppealTooLate, InvalidForm, NotAllowed, Problem, WrongStage
from casework.ports import Case, Change, Note, Rules
from casework.service import OutcomeKind

UPHELD, CHANGED, SENT_BACK = "upheld", "changed", "sent_back"
SMS, EMAIL, LETTER, CABINET = "sms", "email", "letter", "cabinet"


Contested = Target
"""The application whose decision an appeal is about."""


def is_appeal(rules: Rules) -> bool:
    return rules.service.outcome.kind is OutcomeKind.APPEAL


# ---- receipt ------------------------------------------------------------------------------------


def note_notice(case: Case, notice: int, how: str, at: datetime) -> Change:
    """The notice of the event `notice` went out by that channel: a proof, if it told of the
    decision that stands. A letter that was sent proves nothing before the post says so."""
    told_of_it = case.events[notice - 1].kind == "issued" and is_of_the_decision(case, notice)
    if how not in (SMS, EMAIL) or not told_of_it:
        return NOTHING
    return _proven(case.application, ProofOfReceipt(at, how, notice))


def note_viewing(case: Case, now: datetime) -> Change:
    """The applicant looks at his application in the cabinet, and so at the decision in it."""
    if not case.application.issued:
        return NOTHING
    return _proven(case.application, ProofOfReceipt(now, CABINET))


def note_letter_delivered(
    case: Case, rules: Rules, notice: int, sent_on: date, day: date, now: datetime
) -> Change:
    """The post handed over the letter on `day`. `sent_on`: when it left us."""
    if not sent_on <= day <= rules.calendar.local_day(now):
        raise InvalidForm([Problem("on", "letter_day", {"earliest": f"{sent_on:%d.%m.%Y}"})])
    _must_be_of_the_decision(case, notice)
    proof = ProofOfReceipt(rules.calendar.start_of(day), LETTER, notice)
    known = next(
        (p for p in case.application.proofs if (p.how, p.notice) == (LETTER, notice)), None
    )
    if known and known.at != proof.at:
        raise WrongStage("letter_noted", on=f"{rules.calendar.local_day(known.at):%d.%m.%Y}")
    return _proven(case.application, proof)


def note_letter_returned(case: Case, notice: int) -> Change:
    """The letter came back: whatever was noted of its delivery is void."""
    _must_be_of_the_decision(case, notice)
    about_it = [
        event
        for event in case.events
        if event.data.get("notice") == notice and event.data.get("how") == LETTER
    ]
    if about_it and about_it[-1].kind == "letter_returned":
        return NOTHING
    return Change((Happening("letter_returned", {"how": LETTER, "notice": notice}),))


def is_of_the_decision(case: Case, notice: int) -> bool:
    """Whether the event told of the decision that stands, not of one that was superseded."""
    decision = case.application.decision
    return decision is not None and notice > decision.event


def _must_be_of_the_decision(case: Case, notice: int) -> None:
    if not is_of_the_decision(case, notice):
        raise WrongStage("no_letter")


def _proven(application: Application, proof: ProofOfReceipt) -> Change:
    """Nothing new when it is known, or when an earlier proof that cannot fall is."""
    for known in application.proofs:
        same = (known.how, known.notice) == (proof.how, proof.notice)
        if same or (known.how != LETTER and known.at <= proof.at):
            return NOTHING
    data = {"how": proof.how, "notice": proof.notice, "at": proof.at.isoformat()}
    return Change((Happening("decision_received", data),))


def window(application: Application, rules: Rules) -> ProvenDue | None:
    """Until when the decision can be contested here, day by day. None while receipt is not proven,
    and for the decision on an appeal: what comes after that is the court."""
    received = application.received
    if application.decision is None or received is None or is_appeal(rules):
        return None
    return prove(rules.service.appeal.within, received.at, rules.calendar)


# ---- the applicant ------------------------------------------------------------------------------


def submit(case: Case, rules: Rules, contested: Contested | None, now: datetime) -> Change:
    """Register an appeal. `contested`: what it names, None when there is no such application that
    is the same person's own. Raises AppealTooLate besides what submitting any application does."""
    wrong = list(_contested_problems(case, rules, contested))
    change = submit_unless(wrong, case, rules, now)
    until = window(contested.case.application, contested.rules)
    if until and now >= until.due:
        raise AppealTooLate(until=f"{until.due_day:%d.%m.%Y}")
    return change


def _contested_problems(case: Case, rules: Rules, contested: Contested | None) -> Iterator[Problem]:
    outcome = rules.service.outcome
    if not case.form.get(outcome.of):
        return  # the form says that it is missing
    if contested is None:
        yield Problem(outcome.of, "contested_unknown")
        return
    application = contested.case.application
    if is_appeal(contested.rules):
        yield Problem(outcome.of, "contested_is_appeal")
    elif application.region != case.application.region:
        yield Problem(outcome.of, "contested_elsewhere", {"region": application.region})
    elif application.stage is Stage.WITHDRAWN:
        yield Problem(outcome.of, "contested_withdrawn")
    elif application.decision is None:
        yield Problem(outcome.of, "contested_undecided")
    elif application.appealed_by not in (None, case.application.number):
        yield Problem(outcome.of, "contested_before", {"number": application.appealed_by})
    else:
        yield from _form_problems(case, rules, contested)


def _form_problems(case: Case, rules: Rules, contested: Contested) -> Iterator[Problem]:
    """Who appeals and which decision, against what the contested application says."""
    facts = rules.facts(case.form, contested.case.application.decision.at)
    dated, person = rules.service.outcome.dated, rules.service.subject.person
    decided_on = contested.rules.calendar.local_day(contested.case.application.decision.at)
    if case.form.get(dated) and facts.get(dated) != decided_on:
        yield Problem(dated, "decision_date_differs")
    if person in facts and facts[person] not in people_of(contested):
        yield Problem(person, "contested_of_another")


# ---- officers -----------------------------------------------------------------------------------


def had_part(contested: Contested, officer: str) -> bool:
    """Whether the decision that is contested is that officer's, too."""
    decision = contested.case.application.decision
    return decision is not None and officer in decision.officers


def claim(case: Case, contested: Contested, officer: str) -> Change:
    _must_have_no_part(contested, officer)
    return actions.claim(case, officer)


def reassign(case: Case, contested: Contested, officer: str) -> Change:
    if had_part(contested, officer):
        raise NotAllowed("assignee_had_part_in_decision")
    return actions.reassign(case, officer)


def ask(
    case: Case,
    rules: Rules,
    contested: Contested,
    officer: str,
    gaps: Iterable[Gap],
    message: str | None,
) -> Change:
    """Further information may be asked for once."""
    if any(event.kind == "asked" for event in case.events):
        raise WrongStage("asked_before")
    _must_have_no_part(contested, officer)
    return actions.ask(case, rules, officer, gaps, message)


def propose(
    case: Case,
    rules: Rules,
    contested: Contested,
    officer: str,
    ruling: str,
    reasons: Iterable[str],
    explanation: str | None,
) -> Change:
    """An officer's ruling on the appeal, for another to confirm. `reasons`: of an upheld decision,
    why the appeal is refused; why a ruling at all is always told in words."""
    actions.must_be_free_for(case.application, officer)
    _must_have_no_part(contested, officer)
    reasons = tuple(reasons)
    if problems := list(_ruling_problems(rules, ruling, reasons, explanation)):
        raise InvalidForm(problems)
    named = [reason(rules.service.refusal(code)) for code in reasons]
    data = {"outcome": ruling, "reasons": list(reasons)}
    texts = {"assessment": actions.told(None, named), "explanation": explanation}
    return Change((Happening("proposed", data),), texts=texts)


def _ruling_problems(
    rules: Rules, ruling: str, reasons: tuple[str, ...], explanation: str | None
) -> Iterator[Problem]:
    if ruling not in RULED:
        yield Problem("outcome", "not_in_list", {"options": ", ".join(RULED)})
        return
    yield from actions.reason_problems(rules, reasons, needed=ruling == UPHELD)
    if not explanation:
        yield Problem("explanation", "required")


def confirm(
    case: Case,
    rules: Rules,
    contested: Contested,
    officer: str,
    agrees: bool,
    explanation: str | None,
    now: datetime,
) -> Change:
    """A second officer, other than the first and than those of the contested decision, confirms
    the ruling or returns it."""
    _must_have_no_part(contested, officer)
    return actions.confirm(case, rules, officer, agrees, explanation, now)


def _must_have_no_part(contested: Contested, officer: str) -> None:
    if had_part(contested, officer):
        raise NotAllowed("had_part_in_decision")


# ---- the appeals against a decision -------------------------------------------------------------

FATES = {
    "appealed": "open",
    "appeal_withdrawn": "withdrawn",
    "decision_upheld": "upheld",
    "decision_superseded": "superseded",
}
"""What the contested application is told of an appeal, and how the appeal stands since."""


def filed_against(case: Case) -> dict[str, str]:
    """Every appeal there has been against a decision of this application, the earliest first: its
    number, and how it stands."""
    about_appeals = (event for event in case.events if event.kind in FATES)
    return {event.data["number"]: FATES[event.kind] for event in about_appeals}


# ---- what an appeal brings about ----------------------------------------------------------------


def consequences(
    appeal: Case, contested: Contested, *, hold: bool = True, book: bool = True
) -> Change:
    """Everything that has happened to the appeal and has not yet had its effect on the contested
    application. `hold`: take back the key that its closing freed; without, another application of
    the person holds it by now and both go on. `book`: take back its slot; without, that is
    another's or over, and the person chooses anew.
    """
    done = {event.data.get("because") for event in contested.case.events}
    happenings: list[Happening] = []
    texts, holds, forgets = {}, (), ()
    for event in appeal.events:
        if event.id in done:
            continue
        told = {"number": event.number, "because": event.id}
        if event.kind == "submitted":
            happenings.append(Happening("appealed", told))
        elif event.kind == "withdrawn" and appeal.application.contests:
            happenings.append(Happening("appeal_withdrawn", told))
        elif event.kind == "decided" and event.data["outcome"] == REFUSED:
            happenings.append(Happening("decision_upheld", told))
        elif event.kind == "decided":
            since = contested.rules.calendar.local_day(event.at).isoformat()
            happenings.append(Happening("decision_superseded", told | {"since": since}))
            lifted, forgets = _undone(contested, event.at)
            happenings += lifted
            decided = event.data["ruling"] == CHANGED and _was_refused(contested)
            if decided:
                happenings.append(_decided_anew(event))
                texts = _reasoning(appeal, contested)
            else:
                happenings.append(_reopened(event, contested, hold))
            slots = _freed_slots(contested, event.at)
            if slots and not book:
                happenings.append(Happening("slot_lost"))
            holds = _identity(contested, event.at) if hold and not decided else ()
            holds += slots if book else ()
    return Change(tuple(happenings), texts=texts, holds=holds, forgets=forgets)


def _undone(contested: Contested, at: datetime) -> tuple[tuple[Happening, ...], tuple[Note, ...]]:
    """What the decision had made known of people: a violation, or support that it granted."""
    case, rules = contested
    facts = rules.facts(case.form, at)
    lifted = violations.lift(case, rules, facts, at)
    if _was_refused(contested):
        return lifted.happenings, lifted.forgets
    granted = earlier_support.ended(case.application, actions.identity_key(rules, facts), at)
    return lifted.happenings, (*lifted.forgets, *granted)


def _was_refused(contested: Contested) -> bool:
    return contested.case.application.decision.outcome == REFUSED


def _decided_anew(ruled: Event) -> Happening:
    """What was refused is approved by those who ruled on the appeal."""
    officers = {name: ruled.data[name] for name in ("officer", "second_officer")}
    return Happening("decided", {"outcome": APPROVED, "reasons": [], "departs": True} | officers)


def _reasoning(appeal: Case, contested: Contested) -> dict[str, object]:
    proposed = actions.assessment(contested.case, contested.rules)
    explanation = appeal.texts.get("explanation")
    return {"assessment": actions.told(proposed, ()), "explanation": explanation}


def _reopened(ruled: Event, contested: Contested, hold: bool) -> Happening:
    """Its terms begin anew with the ruling. Registries that contradicted or kept silent are asked
    again: what they hold may have changed."""
    checks = contested.case.application.checks.items()
    recheck = sorted(name for name, check in checks if check.state in ("mismatched", "given_up"))
    return Happening("reopened", {"recheck": recheck, "since": ruled.at.isoformat(), "held": hold})


def _freed_slots(contested: Contested, at: datetime) -> tuple[str, ...]:
    """The time that a refusal gave back; that of an approval is still its own."""
    if not _was_refused(contested) or contested.case.application.slot_lost:
        return ()
    return tuple(appointments.slots_in(_keys(contested, at)))


def _identity(contested: Contested, at: datetime) -> tuple[str, ...]:
    return appointments.without_slots(_keys(contested, at))


def _keys(contested: Contested, at: datetime) -> tuple[str, ...]:
    return actions.held_keys(contested.rules, contested.rules.facts(contested.case.form, at))
