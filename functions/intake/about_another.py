"""What a request does that may be about another application, an appeal above all: the one that is
named, or contested, is read beside it."""

from collections.abc import Iterable
from datetime import datetime

from adapters.casebook import rules_of
from adapters.deliveries import State, Told
from casework import about_another, actions, appeals
from casework.about_another import is_own
from casework.appeals import Contested
from casework.application import Gap, is_number
from casework.errors import InvalidForm, NotFound, Problem, WrongStage
from casework.notice import Channel
from casework.open_ways import open_ways
from casework.ports import Case, Change, Rules
from functions.intake import bodies
from functions.intake.http import Person
from functions.intake.wiring import applications, deliveries, logger


def submit(case: Case, now: datetime) -> Change:
    rules = rules_of(case.application)
    if rules.service.outcome.of is None:
        return actions.submit(case, rules, now)
    register = appeals.submit if appeals.is_appeal(rules) else about_another.submit
    return register(case, rules, _named_in(case), now)


def filled_in(case: Case, rules: Rules, now: datetime) -> dict[str, str]:
    """The form of an application about this one. Raises WrongStage for what cannot be asked for."""
    target = Contested(case, rules_of(case.application))
    ways = open_ways(case.application, target.rules, now)
    if not about_another.can_be_asked_for(rules.service, target, ways):
        raise WrongStage("not_to_be_asked_for")
    return about_another.filled_in(target, rules)


def ask(case: Case, officer: str, gaps: Iterable[Gap], message: str | None) -> Change:
    rules = rules_of(case.application)
    if case.application.contests:
        return appeals.ask(case, rules, _contested_by(case), officer, gaps, message)
    return actions.ask(case, rules, officer, gaps, message)


def claim(case: Case, officer: str) -> Change:
    if case.application.contests:
        return appeals.claim(case, _contested_by(case), officer)
    return actions.claim(case, officer)


def reassign(case: Case, officer: str) -> Change:
    if case.application.contests:
        return appeals.reassign(case, _contested_by(case), officer)
    return actions.reassign(case, officer)


def had_part(case: Case, person: Person) -> bool:
    """Whether an appeal in work is about a decision of the officer who asks."""
    application = case.application
    if not (person.is_staff and application.contests and application.in_work):
        return False
    return appeals.had_part(_contested_by(case), person.id)


def propose(case: Case, officer: str, new: bodies.NewProposal, now: datetime) -> Change:
    rules, said = rules_of(case.application), (new.outcome, new.reasons, new.explanation)
    if case.application.contests:
        return appeals.propose(case, rules, _contested_by(case), officer, *said)
    return actions.propose(case, rules, officer, *said, now)


def confirm(case: Case, officer: str, given: bodies.Confirmation, now: datetime) -> Change:
    rules, said = rules_of(case.application), (given.agrees, given.explanation)
    if case.application.contests:
        return appeals.confirm(case, rules, _contested_by(case), officer, *said, now)
    return actions.confirm(case, rules, officer, *said, now)


def viewed(case: Case, person: Person, now: datetime) -> Case:
    """Reading a decision in the cabinet proves its receipt. Noting that never stands in the way of
    reading: what fails now is noted when the page is opened next."""
    application = case.application
    if application.applicant != person.id or not appeals.note_viewing(case, now).happenings:
        return case
    try:
        done = applications().change(
            application.number,
            lambda found: appeals.note_viewing(found, now),
            actor=person.id,
            now=now,
        )
    except Exception:
        logger.exception("a viewing was not noted")
        return case
    return done.case


def note_letter(case: Case, news: bodies.LetterNews, now: datetime) -> Change:
    rules, letter = rules_of(case.application), _letter_of_the_decision(case)
    if news.fate == "returned":
        return appeals.note_letter_returned(case, letter.event)
    if news.on is None:
        raise InvalidForm([Problem("on", "required")])
    sent_on = rules.calendar.local_day(datetime.fromisoformat(letter.at))
    return appeals.note_letter_delivered(case, rules, letter.event, sent_on, news.on, now)


def _letter_of_the_decision(case: Case) -> Told:
    """The letter that told of the decision that stands. Raises WrongStage when none went out."""
    for told in deliveries().of(case.application.number):
        sent = told.channel == Channel.LETTER and told.state is State.SENT
        of_outcome = case.events[told.event - 1].kind == "issued"
        if sent and of_outcome and appeals.is_of_the_decision(case, told.event):
            return told
    raise WrongStage("no_letter")


def _named_in(case: Case) -> Contested | None:
    """What the form names, if it is the same person's own."""
    number = case.form.get(rules_of(case.application).service.outcome.of)
    if not (isinstance(number, str) and is_number(number)):
        return None
    try:
        found = _contested(number)
    except NotFound:
        return None
    return found if is_own(case.application, found.case.application) else None


def _contested_by(case: Case) -> Contested:
    return _contested(case.application.contests)


def _contested(number: str) -> Contested:
    case = applications().load(number)
    return Contested(case, rules_of(case.application))
