"""Applications about another one: a stop, a change, an appeal. What one names must be the same
person's: filed from the same account, or by the same agency, and about the same people."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from casework import actions
from casework.application import Application
from casework.errors import InvalidForm, Problem
from casework.ports import Case, Change, Rules
from casework.service import FieldType, OutcomeKind, ServiceDefinition


class Target(NamedTuple):
    """The application that is named, and the rules that one is under."""

    case: Case
    rules: Rules


def is_own(application: Application, target: Application) -> bool:
    """Whether both were filed by the same person, or by the same agency. A row of a batch has no
    person who signed in."""
    same_agency = application.agency is not None and application.agency == target.agency
    same_person = application.applicant is not None and application.applicant == target.applicant
    return same_agency or same_person


def people_of(target: Target) -> set[str | None]:
    """SNILS of whoever the named application is about, and of whoever acted for him."""
    known, subject = target.case.form, target.rules.service.subject
    acting = subject.acting_in(known)
    return {known.get(subject.person), *((known.get(acting.person),) if acting else ())}


def can_be_asked_for(service: ServiceDefinition, target: Target, ways: Iterable[str]) -> bool:
    """Whether an application for that service is offered about the target. `ways`: those open to
    its applicant (casework/open_ways.py): whether its decision can be appealed, and whether it is
    an appointment, which is moved and given up by itself. Only what goes on can be stopped."""
    kind, theirs = service.outcome.kind, target.rules.service.outcome_of(target.case.form)
    if kind is OutcomeKind.APPEAL:
        return "appeal" in ways
    if not target.case.application.is_granted or theirs.of or "rebook" in ways:
        return False
    return kind is OutcomeKind.CHANGE or (kind is OutcomeKind.STOP and theirs.lasting)


def filled_in(target: Target, rules: Rules) -> dict[str, str]:
    """What the target already says of an application about it: which one it is, who asks, how to
    reach him. `rules`: of the new one. Values as people write them."""
    case, theirs, ours = target.case, target.rules.service, rules.service
    acting = theirs.subject.acting_in(case.form)
    who = acting or theirs.subject
    addresses = (acting.address,) if acting else theirs.contact.address
    same = {
        ours.subject.person: who.person,
        **dict(zip(ours.subject.name, who.name, strict=False)),
        ours.contact.phone: theirs.contact.phone,
        ours.contact.email: theirs.contact.email,
        ours.contact.notify_by: theirs.contact.notify_by,
        ours.contact.postcode: acting.postcode if acting else theirs.contact.postcode,
        ours.contact.address[0]: next(filter(case.form.get, addresses), addresses[0]),
    }
    told = {to: case.form[name] for to, name in same.items() if case.form.get(name)}
    about = {ours.outcome.of: case.application.number}
    decision = case.application.decision
    if ours.outcome.dated and decision:
        about[ours.outcome.dated] = f"{target.rules.calendar.local_day(decision.at):%d.%m.%Y}"
    return told | about


def submit(case: Case, rules: Rules, target: Target | None, now: datetime) -> Change:
    """Register a stop or a change. `target`: what it names, None when there is no such application
    that is the same person's own."""
    wrong = list(_problems(case, rules, target, now))
    return submit_unless(wrong, case, rules, now)


def submit_unless(wrong: list[Problem], case: Case, rules: Rules, now: datetime) -> Change:
    """Raises InvalidForm with those problems and every one of the form."""
    try:
        change = actions.submit(case, rules, now)
    except InvalidForm as error:
        raise InvalidForm([*error.problems, *wrong]) from None
    if wrong:
        raise InvalidForm(wrong)
    return change


def _problems(case: Case, rules: Rules, target: Target | None, now: datetime) -> Iterator[Problem]:
    named = rules.service.outcome.of
    if not case.form.get(named):
        return  # the form says that it is missing
    facts = rules.facts(case.form, now)
    people = {facts.get(f.name) for f in rules.service.fields if f.type is FieldType.SNILS}
    if target is None or not people & people_of(target):
        yield Problem(named, "target_unknown")
    elif not (target.case.application.is_granted and _grants(target)):
        yield Problem(named, "target_not_granted")


def _grants(target: Target) -> bool:
    """Whether it gives something of its own, not a stop, a change or an appeal."""
    return target.rules.service.outcome_of(target.case.form).of is None
