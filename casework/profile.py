"""What a person has told of himself once, and the forms that are filled in with it.

A form's field is filled in from the profile's field of the same name and type. Whose profile that
is follows from the service file: the person whom the application is about, who acts for him
(`representative_...`, and the fields by which the applicant is reached), or a child (`child_...`).
Nothing is guessed: while the form does not say yet whom it is about, his fields stay empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from casework import form
from casework.condition import Definition, holds, years_between
from casework.errors import InvalidForm, Problem, VersionConflict
from casework.fields import FieldType, FormField, Name, Text
from casework.service import ServiceDefinition

ADULT = 18
_NEVER = frozenset({FieldType.GROUP, FieldType.CONSENT})

Values = Mapping[str, Any]
"""Of a form or a profile, as stored: JSON types."""


class ProfileSection(Definition):
    """Fields that are asked together, on one page."""

    name: Name
    title: Text
    fields: tuple[Name, ...]


class ProfileDefinition(Definition):
    """`representative`, `child`: how the names of their fields begin in forms. `relationship`: the
    fields that say by what right somebody acts for the person; `acting`: what else a form says
    then. `alias`: other names, in forms, of the profile's fields.
    """

    representative: Name
    child: Name
    relationship: tuple[Name, ...]
    acting: dict[Name, str]
    alias: dict[Name, Name]
    fields: tuple[FormField, ...]
    sections: tuple[ProfileSection, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """`told_at`: when each of the values was told last."""

    version: int = 0
    values: Values = field(default_factory=dict)
    told_at: Mapping[str, datetime] = field(default_factory=dict)


NOTHING_TOLD = Profile()


@dataclass(frozen=True, slots=True)
class Represented:
    """The person in whose name the applicant acts: `kind` says by what right."""

    kind: str
    values: Values

    def is_minor(self, today: date) -> bool:
        born = self.values.get("birth_date")
        return born is not None and years_between(date.fromisoformat(born), today) < ADULT


def change(
    known: Profile, definition: ProfileDefinition, told: Values, version: int, now: datetime
) -> Profile:
    """Merge what is told into the profile; null clears a field. Raises VersionConflict, and
    InvalidForm with every problem."""
    if version != known.version:
        raise VersionConflict()
    merged = {k: v for k, v in {**known.values, **told}.items() if v is not None}
    checked, problems = form.check_fields(_optional(definition.fields), merged, now.date())
    if problems:
        raise InvalidForm(problems)
    values = form.to_json(checked)
    changed = form.changed_fields(known.values, values)
    if not changed:
        return known
    told_at = {**known.told_at, **dict.fromkeys(changed, now)}
    return Profile(version + 1, values, told_at)


def _optional(fields: tuple[FormField, ...]) -> tuple[FormField, ...]:
    """Nothing must be told: a profile grows as its person likes."""
    return tuple(field.model_copy(update={"required": False}) for field in fields)


# ---- forms ---------------------------------------------------------------------------------------


def prefill(
    service: ServiceDefinition,
    definition: ProfileDefinition,
    said: Values,
    own: Values,
    represented: Represented | None,
    today: date,
) -> dict[str, Any]:
    """Values for the fields of which the form says nothing yet, as they are stored. `own`: of
    whoever fills it in. Only what would be accepted there is given."""
    filling = _Filling(service, definition, own, represented, today)
    known, filled = form.facts(service, said, today), {}
    for asked in service.fields:
        if asked.type in _NEVER or asked.name in said or not holds(asked.when, known):
            continue
        value = filling.value_of(asked, known)
        checked = form.checked_value(asked, value, known, today)
        known |= checked
        filled |= form.to_json(checked)
    return filled


def foreign_numbers(
    service: ServiceDefinition,
    definition: ProfileDefinition,
    said: Values,
    own: str,
    represented: Represented | None,
    today: date,
) -> list[Problem]:
    """A SNILS that is not of the person whose the form takes it to be: whoever applies gives the
    one that he is known by, `own`, and of whom he represents that one's. Empty, or untold: not
    known, so any. What is filed for another about an application names whom that one names."""
    if represented and service.outcome.of:
        return []
    filling = _Filling(service, definition, {"snils": own}, represented, today)
    known, found = form.facts(service, said, today), []
    for asked in service.fields:
        expected, given = filling.value_of(asked, known), known.get(asked.name)
        if asked.type is FieldType.SNILS and expected and given and given != expected:
            code = "not_your_snils" if expected == own else "not_their_snils"
            found.append(Problem(asked.name, code))
    return found


class _Filling:
    def __init__(
        self,
        service: ServiceDefinition,
        definition: ProfileDefinition,
        own: Values,
        represented: Represented | None,
        today: date,
    ) -> None:
        self._service = service
        self._definition = definition
        self._types = {field.name: field.type for field in definition.fields}
        self._own = own
        self._represented = represented
        names = [field.name for field in service.fields]
        has_child = any(name.startswith(definition.child) for name in names)
        self._is_child = bool(represented and has_child and represented.is_minor(today))
        contact = service.contact
        self._of_applicant = {
            contact.phone: "phone", contact.email: "email", contact.notify_by: "notify_by",
        }  # fmt: skip
        self._of_acting: Mapping[str, str] = {}
        if represented:
            kinds = dict.fromkeys(definition.relationship, represented.kind)
            self._of_acting = {**definition.acting, **kinds}

    def value_of(self, asked: FormField, known: Mapping[str, Any]) -> Any:
        if asked.name in self._of_applicant:
            return self._own.get(self._of_applicant[asked.name])
        if asked.name in self._of_acting:
            return self._of_acting[asked.name]
        whose, called = self._source(asked.name, known)
        name = self._definition.alias.get(called, called)
        return whose.get(name) if self._types.get(name) is asked.type else None

    def _source(self, name: str, known: Mapping[str, Any]) -> tuple[Values, str]:
        """Whose profile, and which of its fields."""
        definition = self._definition
        if name.startswith(definition.representative):
            return self._own, name.removeprefix(definition.representative)
        if name.startswith(definition.child):
            child = self._represented.values if self._is_child else {}
            return child, name.removeprefix(definition.child)
        return self._subject(known), name

    def _subject(self, known: Mapping[str, Any]) -> Values:
        """Of the person whom the application is about; nothing while that is not said."""
        if self._represented and not self._is_child:
            return self._represented.values
        acting = self._service.subject.acting
        if acting is None:
            return self._own
        condition = self._service.asked.fields[acting.person].when
        if condition is None or not known.keys() >= set(condition.fields()):
            return {}
        return {} if holds(condition, known) else self._own


# ---- the latest contact data ---------------------------------------------------------------------


def latest_contact(
    service: ServiceDefinition, said: Values, said_at: Mapping[str, datetime], known: Profile
) -> dict[str, Any]:
    """The form with the phone and the address of e-mail that its applicant has told since.
    `said_at`: when the form's value of each of them was told last."""
    contact = service.contact
    newer = {
        field: known.values[name]
        for field, name in ((contact.phone, "phone"), (contact.email, "email"))
        if name in known.values and (field not in said_at or known.told_at[name] > said_at[field])
    }
    return {**said, **newer}
