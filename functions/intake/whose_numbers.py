"""Whether the SNILS in a form are of the people who apply, as far as we know them."""

from collections.abc import Mapping
from typing import Any

from adapters import definitions
from adapters.casebook import rules_of
from casework import profile
from casework.accounts import snils_of
from casework.errors import InvalidForm, Problem
from casework.ports import Case, Change
from functions.intake.http import CITIZEN, Person, Request
from functions.intake.wiring import accounts, representations


def check_numbers(request: Request, case: Case, change: Change) -> None:
    """Whoever applies gives his own SNILS, and the represented person's where he acts for one, as
    far as they are known. What is registered already stays. Raises InvalidForm."""
    if change.form is None:
        return
    registered = case.form if case.application.submitted_at else {}
    found = foreign_numbers(request, case, change.form)
    if wrong := [p for p in found if change.form[p.field] != registered.get(p.field)]:
        raise InvalidForm(wrong)


def foreign_numbers(request: Request, case: Case, form: Mapping[str, Any]) -> list[Problem]:
    """Those in the form that are of neither of the people who apply."""
    person, rules = request.person, rules_of(case.application)
    if CITIZEN not in person.roles:  # an agency answers for its clients
        return []
    own, represented = snils_of(accounts().find(person.id)), _represented(person)
    today = rules.calendar.local_day(request.now)
    known = definitions.profile()
    return profile.foreign_numbers(rules.service, known, form, own, represented, today)


def _represented(person: Person) -> profile.Represented | None:
    """His SNILS is what he was confirmed with; else what the representation was agreed to with."""
    if person.acting_by is None:
        return None
    case = representations().load(person.acting_by)
    told = dict(case.known.values) if case.known else {}
    if confirmed := snils_of(accounts().find(person.represented)):
        told["snils"] = confirmed
    return profile.Represented(case.representation.kind, told)
