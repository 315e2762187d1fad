"""The shape of a service file: everything that distinguishes one government service from another.

Read `services/social-service-need.toml` beside this module. A definition is frozen, refuses what
it does not know, and is checked as a whole when it is read: a name that leads nowhere is an error
of the file (pydantic's ValidationError), never a surprise in somebody's application.
"""

import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from casework.condition import Condition, Definition, Facts, holds
from casework.deadline import Length, OnQuestion, Unit
from casework.measures import MEASURES

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
ServiceId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class FieldType(StrEnum):
    TEXT = "text"
    NAME = "name"
    DATE = "date"
    SNILS = "snils"
    INN = "inn"
    PASSPORT = "passport"
    BIRTH_CERTIFICATE = "birth_certificate"
    PHONE = "phone"
    EMAIL = "email"
    POSTCODE = "postcode"
    ICD10 = "icd10"
    MONEY = "money"
    CHOICE = "choice"
    YES_NO = "yes_no"
    CONSENT = "consent"
    GROUP = "group"


class Option(Definition):
    value: Name
    title: Text


class FormField(Definition):
    """One field of the form. Of a group: `fields` of each member, `at_least`..`at_most` members."""

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

    @model_validator(mode="after")
    def _parts_fit_the_type(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.options):
            raise ValueError(f"{self.name}: options belong to a choice, and a choice needs them")
        if (self.type is FieldType.GROUP) != bool(self.fields):
            raise ValueError(f"{self.name}: fields belong to a group, and a group needs them")
        if any(field.type is FieldType.GROUP for field in self.fields):
            raise ValueError(f"{self.name}: a group holds no groups")
        _must_differ(f"options of {self.name}", [option.value for option in self.options])
        _check_order(self.fields)
        return self


class DocumentRequirement(Definition):
    kind: Name
    title: Text
    when: Condition | None = None
    required: bool = True
    shows: tuple[Text, ...] = ()
    dpi_at_least: int | None = None


class OnMismatch(StrEnum):
    ASK = "ask"  # the applicant can mend it
    REVIEW = "review"  # a fact for the officer


class RegistryCheck(Definition):
    name: Name
    registry: Name
    title: Text
    fields: tuple[Name, ...]
    when: Condition | None = None
    on_mismatch: OnMismatch = OnMismatch.ASK


class Checks(Definition):
    """`ask_again` after silence; without a reply for `patience` the officer decides without it."""

    ask_again: Length
    patience: Length

    @model_validator(mode="after")
    def _is_asked_again_in_hours(self) -> Self:
        _must_be_in(Unit.HOURS, self.ask_again, "ask_again")
        return self


class Priority(Definition):
    category: Name
    title: Text
    when: Condition


class Lengths(Definition):
    promise: Length | None = None
    limit: Length | None = None

    def kinds(self) -> Iterator[tuple[str, Length]]:
        yield from (
            (k, length)
            for k, length in (("promise", self.promise), ("limit", self.limit))
            if length
        )


class Term(Lengths):
    """`promise` runs from submission, `limit` from the complete set of documents."""

    name: Name
    title: Text
    source: Text
    on_question: OnQuestion = OnQuestion.PAUSE
    priority: Lengths | None = None

    def lengths(self, priority: str | None) -> Lengths:
        return self.priority if priority and self.priority else self


class Marks(Definition):
    """`reminder`: this long before the promise the officer is reminded."""

    reminder: Length

    @model_validator(mode="after")
    def _reminds_in_working_days(self) -> Self:
        _must_be_in(Unit.WORKING_DAYS, self.reminder, "marks.reminder")
        return self


class Clarification(Definition):
    reminder: Length
    limit: Length
    source: Text


class Ground(Definition):
    """One ground for approval; one that holds is enough.

    It falls when a registry contradicts one of its `checks`. `refusal` says why it does not hold,
    `change` what would turn it; both may name measures, and `difference` where figures compare.
    """

    name: Name
    title: Text
    when: Condition
    source: Text
    refusal: Text
    change: Text
    checks: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _texts_name_what_is_known(self) -> Self:
        compares = self.when.measure and self.when.present is None
        known = set(MEASURES) | ({"difference"} if compares else set())
        for text in (self.refusal, self.change):
            named = (name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
            _must_know(f"placeholder of {self.name}", named, known)
        return self


class Circumstance(Definition):
    """Weighed by the officer; decides nothing by itself."""

    name: Name
    title: Text
    when: Condition


class Cause(StrEnum):
    NO_GROUND = "no_ground"  # no ground for approval holds
    MISMATCH = "mismatch"  # the named check found otherwise
    UNANSWERED = "unanswered"  # the limit of a question passed; the only automatic refusal
    OFFICER = "officer"  # found by the officer alone


class RefusalReason(Definition):
    """`mend`: what the applicant can do about it."""

    code: Name
    title: Text
    mend: Text
    cause: Cause = Cause.OFFICER
    check: Name | None = None

    @model_validator(mode="after")
    def _a_mismatch_names_its_check(self) -> Self:
        if (self.cause is Cause.MISMATCH) != (self.check is not None):
            raise ValueError(f"{self.code}: a mismatch, and only a mismatch, names its check")
        return self


class Appeal(Definition):
    within: Length
    text: Text


class Outcome(Definition):
    approved: Text
    refused: Text
    next: Text


class ServiceDefinition(Definition):
    id: ServiceId
    version: int = Field(ge=1)
    title: Text
    summary: Text
    who: tuple[Text, ...]
    source: Text
    fields: tuple[FormField, ...]
    documents: tuple[DocumentRequirement, ...]
    checks: tuple[RegistryCheck, ...]
    checking: Checks
    terms: tuple[Term, ...]
    marks: Marks
    priorities: tuple[Priority, ...] = ()
    clarification: Clarification
    grounds: tuple[Ground, ...]
    circumstances: tuple[Circumstance, ...] = ()
    refusals: tuple[RefusalReason, ...]
    appeal: Appeal
    outcome: Outcome

    @model_validator(mode="after")
    def _names_lead_somewhere(self) -> Self:
        for what, names in self._names().items():
            _must_differ(what, names)
        _check_order(self.fields)
        known = {field.name: field for field in self.fields}
        for part in (*self.documents, *self.checks):
            _check_condition(part.when, known, measured=False)
        for part in (*self.priorities, *self.grounds, *self.circumstances):
            _check_condition(part.when, known, measured=True)
        for check in self.checks:
            _must_know("field", check.fields, known.keys())
        checks = {check.name for check in self.checks}
        _must_know("check", (r.check for r in self.refusals if r.check), checks)
        _must_know("check", (name for g in self.grounds for name in g.checks), checks)
        if "decision" not in {term.name for term in self.terms}:
            raise ValueError("a service needs a term named decision")
        decision = self.term("decision")
        if not all(len(list(t.kinds())) == 2 for t in (decision, decision.priority or decision)):
            raise ValueError("the term named decision needs a promise and a limit")
        for cause in (Cause.NO_GROUND, Cause.UNANSWERED):
            if [reason.cause for reason in self.refusals].count(cause) != 1:
                raise ValueError(f"a service needs exactly one refusal with the cause {cause}")
        return self

    def _names(self) -> dict[str, list[str]]:
        return {
            "fields": [field.name for field in self.fields],
            "documents": [document.kind for document in self.documents],
            "checks": [check.name for check in self.checks],
            "terms": [term.name for term in self.terms],
            "priorities": [priority.category for priority in self.priorities],
            "grounds": [ground.name for ground in self.grounds],
            "circumstances": [circumstance.name for circumstance in self.circumstances],
            "refusals": [reason.code for reason in self.refusals],
        }

    def term(self, name: str) -> Term:
        return next(term for term in self.terms if term.name == name)

    def refusal(self, code: str) -> RefusalReason | None:
        return next((reason for reason in self.refusals if reason.code == code), None)

    def refusal_for(self, cause: Cause) -> RefusalReason:
        return next(reason for reason in self.refusals if reason.cause is cause)

    def document(self, kind: str) -> DocumentRequirement | None:
        return next((document for document in self.documents if document.kind == kind), None)

    def check(self, name: str) -> RegistryCheck:
        return next(check for check in self.checks if check.name == name)

    def documents_needed(self, facts: Facts) -> tuple[DocumentRequirement, ...]:
        return tuple(d for d in self.documents if d.required and holds(d.when, facts))

    def checks_needed(self, facts: Facts) -> tuple[RegistryCheck, ...]:
        return tuple(check for check in self.checks if holds(check.when, facts))

    def priority_of(self, facts: Facts, measures: Mapping | None = None) -> str | None:
        """The first priority category that the facts give a right to."""
        found = (p.category for p in self.priorities if holds(p.when, facts, measures))
        return next(found, None)


# ---- what a definition may not say ---------------------------------------------------------------


def _must_know(what: str, names: Iterable[str], known: Iterable[str]) -> None:
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"unknown {what}: {', '.join(unknown)}")


def _must_differ(what: str, names: list[str]) -> None:
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{what} named twice: {', '.join(doubled)}")


def _must_be_in(unit: Unit, length: Length, what: str) -> None:
    if length.unit is not unit:
        raise ValueError(f"{what} is counted in {unit}")


def _check_order(fields: tuple[FormField, ...]) -> None:
    """A form is checked from top to bottom: a field may depend on what stands above it only."""
    _must_differ("fields", [field.name for field in fields])
    known = {field.name: field for field in fields}
    above: set[str] = set()
    for field in fields:
        _check_condition(field.when, known, measured=False)
        if field.when:
            _must_know(f"field above {field.name}", field.when.fields(), above)
        above.add(field.name)


YES_NO_TYPES = {FieldType.YES_NO, FieldType.CONSENT}
_TESTS: dict[FieldType, set[str]] = {
    FieldType.YES_NO: {"is"},
    FieldType.CONSENT: {"is"},
    FieldType.MONEY: {"at_most", "at_least"},
    FieldType.DATE: {"at_most", "at_least"},
    FieldType.GROUP: {"some"},
}
"""What can be asked of a field's value, besides whether it is there; of any other: is, in."""


def _check_condition(
    said: Condition | None, known: Mapping[str, FormField], *, measured: bool
) -> None:
    """Raises ValueError for what is not there, and for a comparison that nothing could satisfy.

    `measured`: measures are taken where it is asked (not while the form is still being checked).
    """
    if said is None:
        return
    for part in said.parts():
        _check_condition(part, known, measured=measured)
    _must_know("measure", said.measures(), MEASURES)
    if not measured and set(said.measures()):
        raise ValueError("measures can be asked about in priorities, grounds and circumstances")
    if said.measure:
        test, bound = said.comparison()
        if test not in ("at_most", "at_least", "present") or isinstance(bound, date):
            raise ValueError(f"{said.measure}: a measure is at_most or at_least a number")
    if said.field:
        _must_know("field", (said.field,), known)
        _check_comparison(said, known[said.field], measured=measured)


def _check_comparison(said: Condition, field: FormField, *, measured: bool) -> None:
    test, bound = said.comparison()
    wrong = ValueError(f"{field.name}: nothing of type {field.type} satisfies {test} {bound}")
    if test == "present":
        return
    if test not in _TESTS.get(field.type, {"is", "in"}):
        raise wrong
    if test == "some":
        members = {part.name: part for part in field.fields}
        _check_condition(bound, members, measured=measured)
        return
    yes_no = test == "is" and isinstance(bound, bool)
    if yes_no != (field.type in YES_NO_TYPES):
        raise wrong
    if isinstance(bound, date) != (field.type is FieldType.DATE):
        raise wrong
    if field.type is FieldType.CHOICE:
        wanted = (bound,) if test == "is" else bound
        _must_know(f"option of {field.name}", wanted, (option.value for option in field.options))
    elif field.type is FieldType.MONEY and isinstance(bound, str):
        _must_know("measure", (bound,), MEASURES if measured else ())
