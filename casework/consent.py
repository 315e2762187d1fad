"""Consent to data processing, withdrawn (A8, seeds/004): what becomes of each application of the
person. Nothing here reads or writes anything, in the manner of casework/actions.py.

What is in work ends as any withdrawal ends it; an appeal goes on, since it decides a dispute that
the person began. Then everything beside the chain goes, but for what casework/retention.py keeps.
What is kept is looked at again by the clock: it goes when its day has come, or its state is over.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from casework import actions, appointments, violations
from casework.appeals import window
from casework.application import Application, Happening, Stage
from casework.archive import ArchiveCase, ArchiveChange, live_grants
from casework.condition import Condition
from casework.errors import NotFound, WrongStage
from casework.ports import NOTHING, Case, Change, Rules
from casework.retention import Kept, Part, Retention, Since, State, kept, part_of_text
from casework.service import Outcome

CONSENT = "consent_withdrawn"
ERASED_AT_ONCE = 80  # files and grants of an archive: a transaction has room for a hundred writes


@dataclass(frozen=True, slots=True)
class Plan:
    """What an erasure leaves of an application. `form`: the fields that stay, where it is not kept
    whole. `again`: the first day on which that is looked at again; None when nothing stays."""

    states: tuple[State, ...]
    erased: frozenset[Part]
    kept: tuple[Kept, ...]
    form: Mapping[str, Any] | None
    again: date | None

    @property
    def record(self) -> list[dict[str, Any]]:
        """What stays, as the event tells it."""
        return [
            {"what": k.what, "why": k.state, "until": k.until.isoformat() if k.until else None}
            for k in self.kept
        ]


# ---- withdrawing --------------------------------------------------------------------------------


def withdraw(case: Case, rules: Rules, now: datetime, *, told: bool, over: bool = False) -> Change:
    """The consent is withdrawn, and with it what is in work. `told`: the person is told of it by a
    notice about this application; `over`: the appointment that is booked here has begun."""
    if case.application.consent_withdrawn_at is not None:
        return NOTHING
    noted = Happening(CONSENT, {"told": told})
    if not ends(case.application, rules, over=over):
        return Change((noted,))
    given_up = actions.withdraw(case, rules, now)
    return replace(given_up, happenings=(*given_up.happenings, noted))


def ends(application: Application, rules: Rules, *, over: bool = False) -> bool:
    """Whether the withdrawal of the consent ends it: a draft, what is in work, a booked time."""
    if appointments.is_booked(application, rules):
        return not over
    in_work = application.in_work and application.contests is None
    return in_work or application.stage is Stage.DRAFT


def erase(case: Case, rules: Rules, retention: Retention, now: datetime) -> Change:
    """Everything goes that the rules do not keep by now; what they keep as before is no news."""
    application = case.application
    if application.consent_withdrawn_at is None or _goes_on(application):
        return NOTHING
    planned = plan(case, rules, retention, now)
    if _is_done(case, planned):
        return NOTHING
    data = {"what": sorted(planned.erased), "kept": planned.record}
    lifted = _violation_forgotten(case, rules, planned, now)
    return Change(
        (Happening("data_erased", data),),
        form=planned.form,
        erases=planned.erased,
        forgets=lifted.forgets,
    )


def next_look(case: Case, rules: Rules, retention: Retention, now: datetime) -> date | None:
    """The day on which the clock looks at it again; None when nothing stays."""
    if _goes_on(case.application):
        return rules.calendar.local_day(now) + timedelta(days=retention.look_again_days)
    return plan(case, rules, retention, now).again


def _goes_on(application: Application) -> bool:
    """Reopened by an appeal since: the person wants it decided."""
    return application.in_work and application.contests is None


def _is_done(case: Case, planned: Plan) -> bool:
    """Whether it was told before, and nothing has come in since."""
    known = case.application.erased
    if known is None or (known.what, list(known.kept)) != (planned.erased, planned.record):
        return False
    given = {part_of_text(name) for name in case.texts}
    given |= {Part.FORM} if case.form else set()
    given |= {Part.DOCUMENTS} if case.documents else set()
    return not given & planned.erased and planned.form in (None, case.form)


def _violation_forgotten(case: Case, rules: Rules, planned: Plan, now: datetime) -> Change:
    """The note of a violation goes with its evidence."""
    if not case.application.violation or State.VIOLATION in {k.state for k in planned.kept}:
        return Change()
    return violations.lift(case, rules, rules.facts(case.form, now), now)


# ---- what stays ---------------------------------------------------------------------------------


def plan(case: Case, rules: Rules, retention: Retention, now: datetime) -> Plan:
    """What would be erased now, and what would stay; what is in work, as if it were withdrawn."""
    today = rules.calendar.local_day(now)
    states = tuple(_states(case, rules))
    stays = kept(retention, states, _days(case, rules), today)
    parts = {k.what: k for k in stays}
    form = parts.get(Part.FORM)
    return Plan(
        states,
        frozenset(Part) - parts.keys(),
        stays,
        _reduced(case.form, rules) if form and form.only_needed else None,
        _again(stays, today, retention) if stays else None,
    )


def _again(stays: tuple[Kept, ...], today: date, retention: Retention) -> date:
    look = today + timedelta(days=retention.look_again_days)
    return min(k.until or look for k in stays)


def _states(case: Case, rules: Rules) -> Iterator[State]:
    application = case.application
    if is_disputed(case):
        yield State.DISPUTED
    if application.violation:
        yield State.VIOLATION
    if application.benefit and application.benefit.claimed:
        yield State.CLAIMED
    if application.stage is Stage.APPROVED:
        yield from _states_of_approved(case, rules)
    elif application.stage is Stage.REFUSED and application.contests is None:
        yield State.CONTESTABLE  # for as long as its rule keeps anything
    elif application.submitted_at is None:
        yield State.DRAFT
    else:
        yield State.IN_WORK if application.in_work else State.ENDED


def _states_of_approved(case: Case, rules: Rules) -> Iterator[State]:
    if is_in_force(case, rules):
        yield State.IN_FORCE
    elif case.application.benefit and case.application.benefit.transfers:
        yield State.PAID
    else:
        yield State.GRANTED


def is_disputed(case: Case) -> bool:
    """An appeal that is being decided, or a decision that one is being decided about."""
    application = case.application
    if application.contests is not None:
        return application.in_work
    told = [e.kind for e in case.events if e.kind in ("appealed", "decision_upheld")]
    return application.appealed_by is not None and told[-1] == "appealed"


def is_in_force(case: Case, rules: Rules) -> bool:
    """What was approved is still to be given, or goes on until it is given up."""
    application = case.application
    if not application.issued or application.ended_by is not None:
        going_on = not application.issued
    else:
        going_on = rules.service.outcome_of(case.form).lasting
    owed = application.benefit is not None and application.benefit.watch is not None
    awaited = application.provided is not None and application.provided.awaits is not None
    return going_on or owed or awaited


def _days(case: Case, rules: Rules) -> dict[Since, date]:
    application, local_day = case.application, rules.calendar.local_day
    days: dict[Since, date] = {}
    if application.decision is not None:
        days[Since.DECIDED] = local_day(application.decision.at)
    if (until := window(application, rules)) is not None:
        days[Since.WINDOW] = until.due_day + timedelta(days=1)
    if application.benefit and application.benefit.transfers:
        last = max(transfer.at for transfer in application.benefit.transfers.values())
        days[Since.YEAR_PAID] = date(local_day(last).year + 1, 1, 1)
    claims = [event.at for event in case.events if event.kind == "payment_claimed"]
    if claims:
        days[Since.CLAIMED] = local_day(claims[-1])
    return days


# ---- the form, reduced --------------------------------------------------------------------------


def _reduced(form: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    needed = set(needed_fields(rules))
    return {name: value for name, value in form.items() if name in needed}


def needed_fields(rules: Rules) -> Iterator[str]:
    """What cannot be done without while something granted goes on: who it is, how to reach him, to
    which account, and which of the service's outcomes it was."""
    service = rules.service
    subject, contact = service.subject, service.contact
    yield from (*subject.identity, subject.person, *subject.name)
    yield from (contact.phone, contact.email, contact.notify_by, contact.postcode, *contact.address)
    if acting := subject.acting:
        yield from (acting.person, *acting.name, acting.postcode, acting.address)
    for outcome in (service.outcome, *service.other_outcomes):
        yield from _fields_of(outcome)


def _fields_of(outcome: Outcome) -> Iterator[str]:
    named = [outcome.of, outcome.dated, outcome.effective]
    if payment := outcome.payment:
        named += [payment.account, payment.bic, payment.payee]
    if outcome.document:
        named.append(outcome.document.original)
    yield from filter(None, named)
    condition: Condition | None = getattr(outcome, "when", None)
    if condition is not None:
        yield from condition.fields()


# ---- the archive --------------------------------------------------------------------------------


def withdraw_archive(case: ArchiveCase, *, begun_since: bool, today: date) -> ArchiveChange:
    """The person's consent is withdrawn, with all that he has here. Again without anything new
    (`begun_since`: an application): nothing. Whom he trusted may look no more from now on; `today`
    is the day of his region, and what ended before it needs no revoking."""
    if not begun_since and case.archive.consent_withdrawn_at is not None:
        return ArchiveChange()
    live = live_grants(case.archive, today)
    revoked = (Happening("grant_revoked", {"grant": id_}) for id_, _ in live)
    return ArchiveChange((*revoked, Happening(CONSENT)))


def edition_of(editions: Iterable[str], day: date) -> str | None:
    """Under which text (named by the first day on which it was asked for, ISO 8601) a consent was
    given on that day; None before the first."""
    return max((e for e in editions if date.fromisoformat(e) <= day), default=None)


def withdrawn_at(case: ArchiveCase) -> datetime | None:
    """When the person withdrew the consent last; what was begun later is not concerned."""
    return next((event.at for event in reversed(case.events) if event.kind == CONSENT), None)


def files_to_erase(case: ArchiveCase) -> list[str]:
    """Files put into the archive before that; an archive opened anew keeps its own."""
    return list(_before(case, "document_announced", "document"))


def erase_archive(case: ArchiveCase) -> ArchiveChange:
    """Nothing of an archive has to be kept. Of a large one the next part; in the end, nothing."""
    files = [f for f in files_to_erase(case) if case.archive.files[f].state != "erased"]
    files = files[:ERASED_AT_ONCE]
    grants = [id_ for id_ in _before(case, "granted", "grant") if id_ in case.trusted]
    grants = grants[: ERASED_AT_ONCE - len(files)]
    if not files and not grants:
        return ArchiveChange()
    erased = Happening("data_erased", {"what": [*files, *grants], "kept": []})
    return ArchiveChange((erased,), forgets=tuple(files), ungranted=tuple(grants))


def _before(case: ArchiveCase, kind: str, name: str) -> Iterator[str]:
    last = max((e.sequence for e in case.events if e.kind == CONSENT), default=0)
    named = (e.data[name] for e in case.events if e.kind == kind and e.sequence < last)
    yield from dict.fromkeys(named)


# ---- one document of a draft --------------------------------------------------------------------


def erase_document(case: Case, document: str) -> Change:
    """The owner takes a document out of his draft; again, nothing. After the submission it belongs
    to what is being decided: then the application is withdrawn, or the consent."""
    known = case.application.documents.get(document)
    if known is None:
        raise NotFound("no_such_document", document=document[:60])
    if case.application.stage is not Stage.DRAFT:
        raise WrongStage(stage=case.application.stage)
    if known.state == "erased":
        return NOTHING
    return Change((Happening("document_erased", {"document": document, "kind": known.kind}),))
