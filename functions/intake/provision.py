"""What a request does with a provision, whoever sends it: see it, act on it."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from adapters.casebook import rules_of
from casework import provision_actions
from casework.application import is_number
from casework.ports import Case, Change
from functions.intake import provision_show as show
from functions.intake.access import carry_out, seen
from functions.intake.http import Request
from functions.intake.wiring import applications, providers

ONE = "/applications/{number}"


def told(request: Request, number: str, act: Callable[[Case], Change]) -> dict[str, Any]:
    return show.programme(carry_out(request, number, act).case, request.language)


def payments(case: Case, request: Request) -> dict[str, Any]:
    return show.payments(case, local_day(case, request), request.language)


def local_day(case: Case, request: Request) -> date:
    return rules_of(case.application).calendar.local_day(request.now)


def provider_of(case: Case) -> str | None:
    provision = case.application.provision
    return provision.provider if provision else None


def seen_by_those_concerned(request: Request, number: str) -> Case:
    """By whoever sees the application, and by the provider that the person chose."""
    person = request.person
    if person.agency is not None and is_number(number):
        case = applications().load(number)
        if provider_of(case) == person.agency:
            return case
    return seen(number, person)


def chosen(case: Case, provider: str, now: datetime) -> Change:
    found = providers().get(case.application.region, provider)
    day = rules_of(case.application).calendar.local_day(now)
    return provision_actions.choose_provider(case, found, day)
