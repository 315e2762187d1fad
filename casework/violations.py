"""Knowingly false data (P14): a refusal for it is a violation of the person, and of the
organisation that filed. After the second one, applications are not taken until a day.

Violations lie beside the applications, by a key that does not tell whose they are. The term is a
figure of the region. A violation that an appeal undoes is as if it had never been.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from casework.application import Application, Happening
from casework.condition import Facts
from casework.errors import NotAllowed
from casework.ports import Case, Change, Note, Rules
from casework.service import Cause, OutcomeKind

VIOLATION = "violation"
BARRED_AFTER = 2
OPEN_TO_ALL = frozenset({OutcomeKind.APPEAL, OutcomeKind.STOP})
TERM = "bar_term"  # the figure: days


def person_key(rules: Rules, facts: Facts) -> str | None:
    snils = rules.service.subject.applicant_snils(facts)
    return _key("person", str(snils)) if snils else None


def agency_key(agency: str | None) -> str | None:
    return _key("agency", agency) if agency else None


def _key(kind: str, whose: str) -> str:
    return hashlib.sha256(f"{VIOLATION}|{kind}|{whose}".encode()).hexdigest()


def keys(rules: Rules, facts: Facts, agency: str | None) -> tuple[str, ...]:
    """The keys under which violations of this applicant would lie."""
    found = (person_key(rules, facts), agency_key(agency))
    return tuple(key for key in found if key)


def barred_until(known: Iterable[Note], rules: Rules) -> datetime | None:
    """When somebody with these violations may apply again; the bar runs from the last of them."""
    known = sorted(known, key=lambda note: note.since)
    if len(known) < BARRED_AFTER:
        return None
    last = known[-1].since
    figure = rules.parameters.figure(TERM, rules.calendar.local_day(last))
    first_free = rules.calendar.local_day(last) + timedelta(days=int(figure.amount) + 1)
    return rules.calendar.start_of(first_free)


def check(known: Iterable[Iterable[Note]], rules: Rules, now: datetime) -> None:
    """`known`: the violations under each key of the applicant. Raises NotAllowed("barred").

    Whoever is barred may still contest a decision, and give up what was granted.
    """
    if rules.service.outcome.kind in OPEN_TO_ALL:
        return
    ends = [until for notes in known if (until := barred_until(notes, rules)) and now < until]
    if ends:
        free = rules.calendar.local_day(max(ends))
        raise NotAllowed("barred", until=f"{free:%d.%m.%Y}", appeal=rules.service.appeal.text)


def of_decision(
    application: Application, rules: Rules, facts: Facts, reasons: Iterable[str], now: datetime
) -> tuple[tuple[Happening, ...], tuple[Note, ...]]:
    """What a refusal for these reasons records: nothing, unless the data were knowingly false."""
    false = [code for code in reasons if rules.service.refusal(code).cause is Cause.FALSE_DATA]
    if not false:
        return (), ()
    whose = keys(rules, facts, application.agency)
    notes = tuple(Note(VIOLATION, key, application.number, now) for key in whose)
    return (Happening("violation_recorded", {"reason": false[0], "referred": True}),), notes


def lift(case: Case, rules: Rules, facts: Facts, now: datetime) -> Change:
    """An appeal undid the decision, and with it the violation."""
    application = case.application
    if not application.violation:
        return Change()
    whose = keys(rules, facts, application.agency)
    forgets = tuple(Note(VIOLATION, key, application.number, now) for key in whose)
    return Change((Happening("violation_lifted"),), forgets=forgets)
