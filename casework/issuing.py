"""What an issued outcome sets going: a programme, payments, the handing over of an original, and
what it does to another application that it is about (a stop, a change).

The effect on another application is keyed by the number of the one that brings it: whoever dies
in between runs again, and what has taken effect changes nothing.
"""

from dataclasses import replace
from datetime import date, datetime

from casework import actions, benefit_actions
from casework.about_another import is_own
from casework.application import Happening
from casework.decision import APPROVED
from casework.errors import WrongStage
from casework.ports import NOTHING, Case, Change, Rules
from casework.service import FieldType, Outcome, OutcomeKind

ABOUT_ANOTHER = (OutcomeKind.STOP, OutcomeKind.CHANGE)


def issue(case: Case, rules: Rules, now: datetime) -> Change:
    """The outcome is issued, and with it begins whatever is to be provided, paid or handed over."""
    issued = actions.issue(case, rules, now)
    if not issued.happenings or case.application.decision.outcome != APPROVED:
        return issued
    more = _what_begins(case, rules, rules.service.outcome_of(case.form))
    return replace(
        issued,
        happenings=(*issued.happenings, *more.happenings),
        texts={**issued.texts, **more.texts},
    )


def _what_begins(case: Case, rules: Rules, outcome: Outcome) -> Change:
    application = case.application
    if outcome.kind is OutcomeKind.PROGRAMME and application.provision is None:
        return Change((Happening("provision_begun"),))
    if outcome.payment and (application.benefit is None or application.benefit.paused_on):
        return benefit_actions.order_of(case, rules, outcome.payment)
    place = outcome.document and outcome.document.original
    if place and case.form.get(place) and application.original is None:
        return Change((Happening("original_ordered", {"place": case.form[place]}),))
    return NOTHING


def about(case: Case, rules: Rules) -> str | None:
    """The number of the application in which this one's approval takes effect."""
    application, outcome = case.application, rules.service.outcome_of(case.form)
    in_effect = application.issued and application.decision.outcome == APPROVED
    return case.form.get(outcome.of) if in_effect and outcome.kind in ABOUT_ANOTHER else None


def take_effect(target: Case, rules: Rules, source: Case, by_rules: Rules, now: datetime) -> Change:
    """What the issued `source` does to the application it names; again, nothing."""
    if not is_own(source.application, target.application):
        raise WrongStage("not_theirs")
    outcome = by_rules.service.outcome_of(source.form)
    by, since = source.application.number, _since(source, outcome, by_rules)
    if outcome.kind is OutcomeKind.STOP:
        return benefit_actions.stop(target, rules, "refused", since, by, now)
    return _change(target, _account_in(source, by_rules), since, by)


def note_missed(case: Case, why: str) -> Change:
    """The application it is about is not there, or nothing in it can be stopped or changed: said
    once, for an officer to see to it."""
    if any(event.kind == "effect_missed" for event in case.events):
        return NOTHING
    return Change((Happening("effect_missed", {"why": why}),))


def _since(source: Case, outcome: Outcome, rules: Rules) -> date:
    """The day the person named, else the day of the decision."""
    named = source.form.get(outcome.effective) if outcome.effective else None
    decided = rules.calendar.local_day(source.application.decision.at)
    return date.fromisoformat(named) if named else decided


def _account_in(source: Case, rules: Rules) -> dict[str, str]:
    """The account that a change names, whatever its form calls it, with its bank; none: nothing."""
    for field in rules.service.fields:
        if field.type is FieldType.BANK_ACCOUNT and source.form.get(field.name):
            return {"account": source.form[field.name], "bic": source.form[field.bic]}
    return {}


def _change(target: Case, details: dict[str, str], since: date, by: str) -> Change:
    """New details of payment where the change names them; of anything else the officer is told,
    who knows what follows from it."""
    application = target.application
    if by in application.changed_by:
        return NOTHING
    if not application.is_granted:
        raise WrongStage("nothing_granted")
    if details and application.benefit:
        return benefit_actions.order_anew(target, since, by=by, changes=details)
    return Change((Happening("changed_by", {"by": by, "since": since.isoformat()}),))
