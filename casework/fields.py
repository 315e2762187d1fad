"""The fields of a form: what each may say, and what a condition may ask of them.

A form is checked from top to bottom, so a field may depend on what stands above it only.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import StringConstraints

from casework.condition import Condition, Definition
from casework.contradictions import Consistent, Contradiction, Place, doubled, each, unknown
from casework.measures import Measure

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class FieldType(StrEnum):
    TEXT = "text"
    NAME = "name"
    DATE = "date"
    DATE_AHEAD = "date_ahead"
    SNILS = "snils"
    INN = "inn"
    INN_ORGANISATION = "inn_organisation"
    PASSPORT = "passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    OMS_POLICY = "oms_policy"
    PHONE = "phone"
    EMAIL = "email"
    POSTCODE = "postcode"
    ADDRESS = "address"
    ICD10 = "icd10"
    BIC = "bic"
    BANK_ACCOUNT = "bank_account"
    NUMBER = "number"
    MONEY = "money"
    APPLICATION_NUMBER = "application_number"
    SLOT = "slot"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CONSENT = "consent"
    GROUP = "group"


class Option(Definition):
    value: Name
    title: Text


class FormField(Consistent):
    """One field of the form. Of a group: `fields` of each member, `at_least`..`at_most` members.

    `at_most` of a text is its length, of a number or a sum of money the largest; `at_least` the
    smallest. `bic`: the field that names the bank of a bank account. A date is not after today, a
    date ahead not before it; an application number and a slot are those of this office.
    `speciality`: the field that says whose time a slot must be.
    """

    name: Name
    title: Text
    type: FieldType
    hint: str = ""
    required: bool = True
    when: Condition | None = None
    options: tuple[Option, ...] = ()
    fields: tuple["FormField", ...] = ()
    at_least: int = 0
    at_most: Decimal | None = None
    bic: Name | None = None
    speciality: Name | None = None

    def contradictions(self) -> Iterator[Contradiction]:
        if (self.type is FieldType.CHOICE) != bool(self.options):
            problem = f"{self.name}: options belong to a choice, and a choice needs them"
            yield Contradiction(("options",), problem)
        if (self.type is FieldType.GROUP) != bool(self.fields):
            problem = f"{self.name}: fields belong to a group, and a group needs them"
            yield Contradiction(("fields",), problem)
        if self.bic and self.type is not FieldType.BANK_ACCOUNT:
            problem = f"{self.name}: only a bank account names the field of its bank"
            yield Contradiction(("bic",), problem)
        if self.speciality and self.type is not FieldType.SLOT:
            problem = f"{self.name}: only a slot names the field of its speciality"
            yield Contradiction(("speciality",), problem)
        if self.at_most is not None and self.at_most < self.at_least:
            problem = f"{self.name}: at_most is less than at_least: nothing would be accepted"
            yield Contradiction(("at_most",), problem)
        for at, field in enumerate(self.fields):
            if field.type is FieldType.GROUP:
                problem = f"{self.name}: a group holds no groups"
                yield Contradiction(("fields", at, "type"), problem)
        options = [option.value for option in self.options]
        yield from doubled(f"options of {self.name}", options, ("options",), "value")
        yield from (found.under("fields") for found in of_form(self.fields))


class Asked(NamedTuple):
    """What a condition may ask about. `measures` is None while the form is still being checked:
    then nothing can be reckoned yet."""

    fields: Mapping[str, FormField]
    measures: Mapping[str, Measure] | None


# ---- what a form, and a condition on it, may not say ---------------------------------------------


def of_form(fields: tuple[FormField, ...]) -> Iterator[Contradiction]:
    """A form is checked from top to bottom: a field may depend on what stands above it only."""
    yield from doubled("fields", [field.name for field in fields], (), "name")
    known = {field.name: field for field in fields}
    above: set[str] = set()
    for at, field in enumerate(fields):
        if field.when:
            place = (at, "when")
            yield from of_condition(field.when, Asked(known, None), place)
            below = dict.fromkeys(n for n in field.when.fields() if n in known and n not in above)
            yield from _not_above(field, place, below)
        if field.bic and field.bic not in above:
            yield from _not_above(field, (at, "bic"), (field.bic,))
        if field.speciality and field.speciality not in above:
            yield from _not_above(field, (at, "speciality"), (field.speciality,))
        above.add(field.name)


def _not_above(field: FormField, place: Place, names: Iterable[str]) -> Iterator[Contradiction]:
    for name in names:
        yield Contradiction(place, f"unknown field above {field.name}: {name}")


def of_measures(
    measures: Mapping[str, Measure], fields: Mapping[str, FormField]
) -> Iterator[Contradiction]:
    """A measure reads fields that are there, and measures that do not read it in turn."""
    for name, measure in measures.items():
        place = ("measures", name)
        for path in measure.paths():
            yield from _of_path(name, path, fields, place)
        operands = ((place, operand) for operand in measure.operands())
        yield from unknown(f"measure in {name}", operands, measures)
        for group, condition in measure.conditions():
            if group is None or group in fields:
                known = {f.name: f for f in fields[group].fields} if group else fields
                yield from of_condition(condition, Asked(known, measures), place)
    done: set[str] = set()
    known_names = measures.keys()
    while ready := {
        name
        for name, m in measures.items()
        if name not in done and done.issuperset(known_names & set(m.operands()))
    }:
        done |= ready
    for name in sorted(set(measures) - done):
        problem = f"measures that need each other: {', '.join(sorted(set(measures) - done))}"
        yield Contradiction(("measures", name), problem)


def _of_path(
    measure: str, path: str, fields: Mapping[str, FormField], place: Place
) -> Iterator[Contradiction]:
    first, _, inner = path.partition(".")
    yield from unknown(f"field in {measure}", [(place, first)], fields)
    if inner and first in fields:
        members = [field.name for field in fields[first].fields]
        yield from unknown(f"field in {measure}", [(place, inner)], members)


YES_NO_TYPES = {FieldType.YES_NO, FieldType.CONSENT}
DATE_TYPES = {FieldType.DATE, FieldType.DATE_AHEAD}
NUMBER_TYPES = {FieldType.MONEY, FieldType.NUMBER}
_TESTS: dict[FieldType, set[str]] = {
    FieldType.YES_NO: {"is"},
    FieldType.CONSENT: {"is"},
    FieldType.MONEY: {"at_most", "at_least"},
    FieldType.NUMBER: {"at_most", "at_least"},
    FieldType.DATE: {"at_most", "at_least", "age_at_least", "age_under"},
    FieldType.DATE_AHEAD: {"at_most", "at_least"},
    FieldType.GROUP: {"some"},
}
"""What can be asked of a field's value, besides whether it is there; of any other: is, in."""


def of_condition(said: Condition, asked: Asked, place: Place) -> Iterator[Contradiction]:
    """What is not there, and a comparison that nothing could satisfy."""
    for where, part in said.placed_parts():
        yield from of_condition(part, asked, (*place, *where))
    if asked.measures is None and said.measure:
        problem = "a field may not depend on a measure: the form is still being checked"
        yield Contradiction(place, problem)
    elif said.measure:
        yield from _of_measured(said, asked.measures, place)
    if said.field in asked.fields:
        yield from _of_comparison(said, asked.fields[said.field], asked, place)
    elif said.field:
        yield from unknown("field", [((*place, "field"), said.field)], asked.fields)


def _of_measured(
    said: Condition, measures: Mapping[str, Measure], place: Place
) -> Iterator[Contradiction]:
    test, bound = said.comparison()
    bounds = [(place, bound)] if isinstance(bound, str) and test in ("at_most", "at_least") else []
    yield from unknown("measure", [((*place, "measure"), said.measure), *bounds], measures)
    if test not in ("at_most", "at_least", "present") or isinstance(bound, date):
        yield Contradiction(place, f"{said.measure}: a measure is at_most or at_least a number")


def _of_comparison(
    said: Condition, field: FormField, asked: Asked, place: Place
) -> Iterator[Contradiction]:
    test, bound = said.comparison()
    yes_no = test == "is" and isinstance(bound, bool)
    if test == "present":
        return
    if test == "some" and field.type is FieldType.GROUP:
        members = {part.name: part for part in field.fields}
        yield from of_condition(bound, Asked(members, asked.measures), (*place, "some"))
    elif test in ("age_at_least", "age_under") and field.type is FieldType.DATE:
        if asked.measures is None:
            problem = f"{field.name}: an age is not known while the form is being checked"
            yield Contradiction(place, problem)
    elif (
        test not in _TESTS.get(field.type, {"is", "in"})
        or yes_no != (field.type in YES_NO_TYPES)
        or isinstance(bound, date) != (field.type in DATE_TYPES)
    ):
        problem = f"{field.name}: nothing of type {field.type} satisfies {test} {bound}"
        yield Contradiction((*place, test), problem)
    elif field.type is FieldType.CHOICE:
        wanted = [((*place, test), bound)] if test == "is" else each((*place, test), bound)
        options = [option.value for option in field.options]
        yield from unknown(f"option of {field.name}", wanted, options)
    elif field.type in NUMBER_TYPES and isinstance(bound, str):
        yield from unknown("measure", [((*place, test), bound)], asked.measures or ())
