"""The part of the API about what a person tells of himself once, and about the forms that are
filled in with it."""

from typing import Any

from adapters import definitions
from adapters.casebook import rules_of
from casework import form, profile
from casework.errors import NotAllowed
from casework.representation import is_ward
from functions.intake import profile_bodies as shapes
from functions.intake.access import api, seen
from functions.intake.bodies import SchemaView
from functions.intake.http import CITIZEN, Person, Request
from functions.intake.wiring import profiles, representations

OWNER = frozenset({CITIZEN})


@api.operation(
    "GET", "/profile", "What the person has told of himself", shapes.ProfileView, roles=OWNER
)
def show_profile(request: Request) -> dict[str, Any]:
    return _shown(profiles().load(_whose(request.person)), request.person)


@api.operation("GET", "/profile/schema", "JSON Schema of a profile", SchemaView, roles=OWNER)
def show_profile_schema(_: Request) -> dict[str, Any]:
    return form.schema_of("Профиль", definitions.profile().fields)


@api.operation(
    "PATCH",
    "/profile",
    "Tell something of oneself, to be filled in in every form",
    shapes.ProfileView,
    roles=OWNER,
    body=shapes.ProfileChange,
)
def change_profile(request: Request) -> dict[str, Any]:
    told: shapes.ProfileChange = request.body
    person = _whose(request.person)
    known = profiles().load(person)
    changed = profile.change(known, definitions.profile(), told.values, told.version, request.now)
    if changed is not known:
        profiles().save(person, changed)
    return _shown(changed, request.person)


@api.operation(
    "GET",
    "/applications/{number}/prefill",
    "What the profile says for the empty fields of a draft",
    shapes.PrefillView,
    roles=OWNER,
)
def prefill(request: Request, number: str) -> dict[str, Any]:
    case = seen(number, request.person)
    rules = rules_of(case.application)
    filled = profile.prefill(
        rules.service,
        definitions.profile(),
        case.form,
        _own_values(request.person),
        _represented(request.person),
        rules.calendar.local_day(request.now),
    )
    return {"number": number, "version": case.application.version, "values": filled}


def _whose(person: Person) -> str:
    """A representative keeps the profile of somebody who has no cabinet; of nobody else."""
    if person.represented and not is_ward(person.represented):
        raise NotAllowed("profile_of_another")
    return person.acts_as


def _represented(person: Person) -> profile.Represented | None:
    """What the representation says of the other one, and his profile where he has no cabinet."""
    if person.acting_by is None:
        return None
    case = representations().load(person.acting_by)
    values = dict(case.known.values) if case.known else {}
    if is_ward(person.represented):
        values |= profiles().load(person.represented).values
    return profile.Represented(case.representation.kind, values)


def _own_values(person: Person) -> dict[str, Any]:
    """With the verified phone and e-mail, where the profile names none."""
    verified = {name: value for name, value in _verified(person).items() if value}
    return {**verified, **profiles().load(person.id).values}


def _shown(known: profile.Profile, person: Person) -> dict[str, Any]:
    return {
        "version": known.version,
        "changed_at": max(known.told_at.values(), default=None),
        "values": dict(known.values),
        "verified": _verified(person),
    }


def _verified(person: Person) -> dict[str, str | None]:
    """The representative's, where he acts for another."""
    return {"phone": person.phone, "email": person.email}
