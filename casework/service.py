"""The shape of a service file: everything that distinguishes one government service from another.

Read `services/social-service-need.toml` beside this module. A definition is frozen, refuses what
it does not know, and is checked as a whole when it is read: a name that leads nowhere is an error
of the file (pydantic's ValidationError, which tells all of them at once), never a surprise in
somebody's application. casework/soundness.py looks deeper, when files are checked.

What many services say in the same words lies once in `services/blocks/` (casework/blocks.py puts
it in place); a definition never holds a block.
"""

import string
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from casework.condition import Condition, Definition, Facts, holds
from casework.contradictions import (
    Consistent,
    Contradiction,
    Place,
    counted_in,
    doubled,
    each,
    unknown,
)
from casework.deadline import Length, OnQuestion, Unit, is_longer
from casework.fields import (
    Asked,
    FieldType,
    FormField,
    Name,
    Text,
    of_condition,
    of_form,
    of_measures,
)
from casework.measures import Measure, MeasureUnit

ServiceId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{1,3}$")]


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


class Checks(Consistent):
    """`ask_again` after silence; without a reply for `patience` the officer decides without it."""

    ask_again: Length
    patience: Length

    def contradictions(self) -> Iterator[Contradiction]:
        yield from counted_in(Unit.HOURS, self.ask_again, "ask_again")


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


class Milestone(StrEnum):
    """What a term may run from, and up to, in the order in which they come."""

    SUBMITTED = "submitted"
    CHECKED = "checked"  # every registry was heard or given up: the case went to the officer
    DOCUMENTS_CHECKED = "documents_checked"  # an expert has judged every uploaded document
    DECIDED = "decided"
    PAID = "paid"  # for the first time


class Term(Lengths, Consistent):
    """`promise` is what people are told, `limit` what must not be passed; both run from `since`,
    and what meets them is `until`.

    `extension`: how much a question that asks for nothing but missing documents adds, once.
    """

    name: Name
    title: Text
    source: Text
    since: Milestone = Milestone.SUBMITTED
    until: Milestone = Milestone.DECIDED
    on_question: OnQuestion = OnQuestion.PAUSE
    priority: Lengths | None = None
    extension: Lengths | None = None

    def contradictions(self) -> Iterator[Contradiction]:
        own = dict(self.kinds())
        if not own:
            yield Contradiction((), f"{self.name}: a term needs a promise or a limit")
        order = list(Milestone)
        if order.index(self.until) <= order.index(self.since):
            problem = f"{self.name}: nothing comes after {self.since} that is {self.until}"
            yield Contradiction(("until",), problem)
        if Milestone.DOCUMENTS_CHECKED in (self.since, self.until):
            yield from self._of_document_check()
        for kind, more in (self.extension or Lengths()).kinds():
            if kind not in own or own[kind].unit is not more.unit:
                problem = f"{self.name}: {kind} is extended in its own unit, if it is given"
                yield Contradiction(("extension", kind), problem)
        for place, lengths in (((), self), (("priority",), self.priority or Lengths())):
            promise, limit = lengths.promise, lengths.limit
            if promise and limit and is_longer(promise, limit):
                problem = f"{self.name}: the promise is longer than the limit"
                yield Contradiction((*place, "promise"), problem)

    def _of_document_check(self) -> Iterator[Contradiction]:
        """Each document has this term of its own, from the day it is in our hands."""
        if self.since is not Milestone.SUBMITTED:
            problem = f"{self.name}: the check of documents runs from submission, and nothing after"
            yield Contradiction(("since",), problem)
        if self.extension is not None:
            problem = f"{self.name}: the check of documents is never extended"
            yield Contradiction(("extension",), problem)
        for place, lengths in (((), self), (("priority",), self.priority or self)):
            if lengths.limit is None or lengths.promise is not None:
                problem = f"{self.name}: the check of documents has a limit and no promise"
                yield Contradiction(place, problem)
            elif lengths.limit.unit is not Unit.HOURS:
                problem = f"{self.name}: the check of documents is counted in hours"
                yield Contradiction((*place, "limit", "unit"), problem)

    def lengths(self, priority: str | None) -> Lengths:
        return self.priority if priority and self.priority else self


class Marks(Consistent):
    """`reminder`: this long before the promise the officer is reminded."""

    reminder: Length

    def contradictions(self) -> Iterator[Contradiction]:
        yield from counted_in(Unit.WORKING_DAYS, self.reminder, "marks.reminder")


class Drafts(Consistent):
    """A draft expires `expires` days after the last work on it, `unpaid` days when a fee is due
    and not paid; `reminder` days before, the person is reminded."""

    expires: int = Field(ge=1)
    unpaid: int = Field(ge=1)
    reminder: int = Field(ge=1)

    def contradictions(self) -> Iterator[Contradiction]:
        if self.reminder >= min(self.expires, self.unpaid):
            problem = "drafts: the reminder comes before the draft has begun"
            yield Contradiction(("reminder",), problem)


class Clarification(Definition):
    reminder: Length
    limit: Length
    source: Text


class Rule(Definition):
    """A rule that the decision rests on: a requirement (each must hold) or a ground (one must).

    It falls when a registry contradicts one of its `checks`; without `when` it rests on them alone.
    `refusal` says why it does not hold, `change` what would turn it (no text: nothing the person
    can do would); both may name measures, and `difference` where figures compare.
    """

    name: Name
    title: Text
    when: Condition | None = None
    source: Text
    refusal: Text
    change: Text | None = None
    checks: tuple[Name, ...] = ()

    def placeholders(self) -> Iterator[str]:
        for text in (self.refusal, self.change or ""):
            yield from (name for _, name, _, _ in string.Formatter().parse(text) if name)

    @property
    def compares_figures(self) -> bool:
        return self.when is not None and bool(self.when.measure) and self.when.present is None


class Circumstance(Definition):
    """Weighed by the officer; decides nothing by itself."""

    name: Name
    title: Text
    when: Condition


class Cause(StrEnum):
    NO_GROUND = "no_ground"  # a requirement does not hold, or no ground does
    MISMATCH = "mismatch"  # the named check found otherwise
    UNANSWERED = "unanswered"  # the limit of a question passed; the only automatic refusal
    FALSE_DATA = "false_data"  # knowingly false: found by officers, recorded as a violation
    OFFICER = "officer"  # found by the officer alone


class RefusalReason(Consistent):
    """`mend`: what the applicant can do about it."""

    code: Name
    title: Text
    mend: Text
    cause: Cause = Cause.OFFICER
    check: Name | None = None

    def contradictions(self) -> Iterator[Contradiction]:
        if (self.cause is Cause.MISMATCH) != (self.check is not None):
            problem = f"{self.code}: a mismatch, and only a mismatch, names its check"
            yield Contradiction(("check",), problem)


class Appeal(Definition):
    within: Length
    text: Text


class OutcomeKind(StrEnum):
    STATUS = "status"  # a right is recognised
    PROGRAMME = "programme"  # a right, and with it an individual programme and a provider
    PAYMENT = "payment"
    DOCUMENT = "document"  # a certificate, policy, extract
    APPOINTMENT = "appointment"
    PLACE = "place"  # in a kindergarten or school
    APPEAL = "appeal"  # a decision is upheld, changed or sent back
    CHANGE = "change"  # something granted goes on with new data from a day
    STOP = "stop"  # something granted ends on a day


class Schedule(StrEnum):
    MONTHLY = "monthly"
    ONCE = "once"


class Payment(Definition):
    """`amount`: the measure that gives it; `account` and `bic`: the fields it is paid to; `payee`:
    the field that names the account's owner, where it need not be the person the service is about.

    A monthly payment begins with the month after the decision.
    """

    amount: Name
    schedule: Schedule
    account: Name
    bic: Name
    payee: Name | None = None


class IssuedPaper(StrEnum):
    """What an issued document is drawn as: one of the kinds in casework/papers.py."""

    CERTIFICATE = "certificate"
    EXTRACT = "extract"
    TICKET = "ticket"
    ACT = "act"


class IssuedDocument(Definition):
    """What is drawn up and signed when the outcome takes effect. `paper`: as what; `shows`: the
    fields of the form that are printed on it, no others are. `original`: where it is handed over
    (a field of the form says which), none for electronic."""

    title: Text
    paper: IssuedPaper = IssuedPaper.CERTIFICATE
    shows: tuple[Name, ...] = ()
    original: Name | None = None


class Outcome(Consistent):
    """`of`: the field with the number of the application that an appeal, a change or a stop is
    about; `dated`: of an appeal, the field with the day of the decision it contests; `effective`:
    the field with the day from which; `lasting`: it goes on until it is ended, and is found when
    the same person applies again."""

    kind: OutcomeKind
    approved: Text
    refused: Text
    next: Text
    payment: Payment | None = None
    document: IssuedDocument | None = None
    of: Name | None = None
    dated: Name | None = None
    effective: Name | None = None
    lasting: bool = False

    def contradictions(self) -> Iterator[Contradiction]:
        about_another = self.kind in (OutcomeKind.APPEAL, OutcomeKind.CHANGE, OutcomeKind.STOP)
        if (self.kind is OutcomeKind.PAYMENT) != (self.payment is not None):
            problem = "outcome: a payment, and only a payment, says what is paid"
            yield Contradiction(("payment",), problem)
        if self.kind is OutcomeKind.DOCUMENT and self.document is None:
            yield Contradiction(("document",), "outcome: a document says what it is called")
        if about_another != (self.of is not None):
            problem = "outcome: an appeal, a change or a stop says what it is `of`"
            yield Contradiction(("of",), problem)
        if (self.kind is OutcomeKind.APPEAL) != (self.dated is not None):
            problem = "outcome: an appeal, and only an appeal, says how its decision is `dated`"
            yield Contradiction(("dated",), problem)


class OtherOutcome(Outcome):
    """What comes of the same service when the applicant asked for something else: `when` is about
    his choices and yes-or-no answers, so it is known of a form however it is stored."""

    when: Condition


class Fee(Definition):
    """A state fee: paid before the application can be submitted. `amount` names a dated figure."""

    title: Text
    amount: Name
    source: Text
    when: Condition | None = None


class Acting(Definition):
    """Who applies for the person, where somebody does: his own SNILS (`person`), his name, and
    where letters to him go. He acts when the form has his SNILS."""

    person: Name
    name: tuple[Name, ...] = Field(min_length=1)
    postcode: Name
    address: Name


class Subject(Definition):
    """Whom the application is about.

    `identity`: the fields that together say who and what for: duplicates and earlier support are
    found by them, and they do not change once registered. `person` and `name`: the applicant's own
    SNILS and name, unless somebody is `acting` for him.
    """

    identity: tuple[Name, ...] = Field(min_length=1)
    person: Name
    name: tuple[Name, ...] = Field(min_length=1)
    acting: Acting | None = None

    def acting_in(self, form: Facts) -> Acting | None:
        """Who acts for the person in that form, checked or as stored."""
        return self.acting if self.acting and form.get(self.acting.person) else None

    def applicant_snils(self, form: Facts) -> str | None:
        acting = self.acting_in(form)
        return form.get(acting.person if acting else self.person)


class ContactFields(Definition):
    """Which fields say how to reach the applicant; of `address`, the first that is filled in."""

    phone: Name
    email: Name
    notify_by: Name
    postcode: Name
    address: tuple[Name, ...] = Field(min_length=1)


class ServiceDefinition(Consistent):
    """`code`: the short name the office calls it by, V2. `signed`: submitting takes an electronic
    signature. `decided_by_rules`: what the rules approve is approved at once; a refusal is always
    an officer's. `other_outcomes`: the first whose condition holds stands in for `outcome`."""

    id: ServiceId
    code: Code | None = None
    version: int = Field(ge=1)
    title: Text
    summary: Text
    who: tuple[Text, ...]
    source: Text
    subject: Subject
    contact: ContactFields
    signed: bool = False
    fields: tuple[FormField, ...]
    documents: tuple[DocumentRequirement, ...]
    checks: tuple[RegistryCheck, ...]
    checking: Checks
    terms: tuple[Term, ...]
    marks: Marks
    priorities: tuple[Priority, ...] = ()
    clarification: Clarification
    drafts: Drafts
    measures: dict[Name, Measure] = Field(default_factory=dict)
    requirements: tuple[Rule, ...] = ()
    grounds: tuple[Rule, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    refusals: tuple[RefusalReason, ...]
    fee: Fee | None = None
    decided_by_rules: bool = False
    appeal: Appeal
    outcome: Outcome
    other_outcomes: tuple[OtherOutcome, ...] = ()

    def contradictions(self) -> Iterator[Contradiction]:
        """Of its parts with each other; each part tells its own."""
        yield from _of_service(self)

    def every_contradiction(self) -> Iterator[Contradiction]:
        """Those of its parts, too: for a definition that was read without asking them."""
        for part in ("fields", "terms", "refusals", "other_outcomes"):
            for at, entry in enumerate(getattr(self, part)):
                yield from (found.under(part, at) for found in entry.contradictions())
        for part in ("checking", "marks", "drafts", "outcome"):
            yield from (found.under(part) for found in getattr(self, part).contradictions())
        yield from self.contradictions()

    @property
    def asked(self) -> Asked:
        """What its conditions may ask about."""
        return Asked({field.name: field for field in self.fields}, self.measures)

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return (self.outcome, *self.other_outcomes)

    def outcome_of(self, form: Facts) -> Outcome:
        """What an approved application leads to, by its form, checked or as stored."""
        return next((o for o in self.other_outcomes if holds(o.when, form)), self.outcome)

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (*self.requirements, *self.grounds)

    @property
    def document_check(self) -> Term | None:
        """The term in which an expert judges each document, where the service demands that."""
        return next((t for t in self.terms if t.until is Milestone.DOCUMENTS_CHECKED), None)

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

    def documents_needed(self, facts: Facts, measures: Facts) -> tuple[DocumentRequirement, ...]:
        return tuple(d for d in self.documents if d.required and holds(d.when, facts, measures))

    def documents_offered(self, facts: Facts, measures: Facts) -> tuple[DocumentRequirement, ...]:
        """Needed, or welcome."""
        return tuple(d for d in self.documents if holds(d.when, facts, measures))

    def checks_needed(self, facts: Facts, measures: Facts) -> tuple[RegistryCheck, ...]:
        return tuple(check for check in self.checks if holds(check.when, facts, measures))

    def priority_of(self, facts: Facts, measures: Facts) -> str | None:
        """The first priority category that the facts give a right to."""
        found = (p.category for p in self.priorities if holds(p.when, facts, measures))
        return next(found, None)


# ---- what a definition may not say ---------------------------------------------------------------


def _of_service(service: ServiceDefinition) -> Iterator[Contradiction]:
    fields, checks = service.asked.fields, [check.name for check in service.checks]
    yield from _named_twice(service)
    yield from (found.under("fields") for found in of_form(service.fields))
    yield from of_measures(service.measures, fields)
    for place, condition in conditions(service):
        yield from of_condition(condition, service.asked, place)
    yield from _of_rules(service)
    for at, check in enumerate(service.checks):
        yield from unknown("field", each(("checks", at, "fields"), check.fields), fields)
    reasons = enumerate(service.refusals)
    named = ((("refusals", at, "check"), r.check) for at, r in reasons if r.check)
    yield from unknown("check", named, checks)
    yield from unknown("field", _fields_named(service), fields)
    for place, outcome in _outcomes(service):
        yield from _of_payment(outcome, service.measures, place)
    yield from _of_other_outcomes(service)
    yield from _of_decision_term(service)
    yield from _of_document_check(service)
    for cause in (Cause.NO_GROUND, Cause.UNANSWERED):
        if [reason.cause for reason in service.refusals].count(cause) != 1:
            problem = f"a service needs exactly one refusal with the cause {cause}"
            yield Contradiction(("refusals",), problem)


def _named_twice(service: ServiceDefinition) -> Iterator[Contradiction]:
    for part, key in (
        ("documents", "kind"),
        ("checks", "name"),
        ("terms", "name"),
        ("priorities", "category"),
        ("requirements", "name"),
        ("grounds", "name"),
        ("circumstances", "name"),
        ("refusals", "code"),
    ):
        names = [getattr(entry, key) for entry in getattr(service, part)]
        yield from doubled(part, names, (part,), key)
    required = {rule.name for rule in service.requirements}
    for at, rule in enumerate(service.grounds):
        if rule.name in required:
            yield Contradiction(("grounds", at, "name"), f"rules named twice: {rule.name}")


def conditions(service: ServiceDefinition) -> Iterator[tuple[Place, Condition]]:
    """Those that may ask about measures, each with its place; the form's own are not among them."""
    for part in ("documents", "checks", "priorities", "requirements", "grounds", "circumstances"):
        for at, entry in enumerate(getattr(service, part)):
            if entry.when is not None:
                yield (part, at, "when"), entry.when
    if service.fee and service.fee.when:
        yield ("fee", "when"), service.fee.when


def _of_rules(service: ServiceDefinition) -> Iterator[Contradiction]:
    if not service.rules:
        problem = "a service needs a requirement or a ground for its decision"
        yield Contradiction(("grounds",), problem)
    checks = [check.name for check in service.checks]
    for part in ("requirements", "grounds"):
        for at, rule in enumerate(getattr(service, part)):
            place = (part, at)
            yield from unknown("check", each((*place, "checks"), rule.checks), checks)
            if rule.when is None and not rule.checks:
                problem = f"{rule.name}: a rule needs `when`, or `checks`, or both"
                yield Contradiction(place, problem)
            yield from (found.under(*place) for found in _of_texts(rule, service.measures))


def _of_texts(rule: Rule, measures: Iterable[str]) -> Iterator[Contradiction]:
    known = [*measures, *(("difference",) if rule.compares_figures else ())]
    for key in ("refusal", "change"):
        text = getattr(rule, key) or ""
        try:
            names = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        except ValueError as error:
            yield Contradiction((key,), f"{rule.name}: {error}; write {{{{ for a brace itself")
            continue
        placed = (((key,), name) for name in names)
        yield from unknown(f"placeholder of {rule.name}", placed, known)


def _fields_named(service: ServiceDefinition) -> Iterator[tuple[Place, str]]:
    """The fields that other parts of the definition point at."""
    subject, contact = service.subject, service.contact
    yield from each(("subject", "identity"), subject.identity)
    yield from each(("subject", "name"), subject.name)
    yield ("subject", "person"), subject.person
    if acting := subject.acting:
        yield from each(("subject", "acting", "name"), acting.name)
        for key in ("person", "postcode", "address"):
            yield ("subject", "acting", key), getattr(acting, key)
    for key in ("phone", "email", "notify_by", "postcode"):
        yield ("contact", key), getattr(contact, key)
    yield from each(("contact", "address"), contact.address)
    for place, outcome in _outcomes(service):
        for key in ("of", "dated", "effective"):
            if name := getattr(outcome, key):
                yield (*place, key), name
        if outcome.document and outcome.document.original:
            yield (*place, "document", "original"), outcome.document.original
        if outcome.document:
            yield from each((*place, "document", "shows"), outcome.document.shows)
        if outcome.payment:
            yield (*place, "payment", "account"), outcome.payment.account
            yield (*place, "payment", "bic"), outcome.payment.bic
            if outcome.payment.payee:
                yield (*place, "payment", "payee"), outcome.payment.payee


def _outcomes(service: ServiceDefinition) -> Iterator[tuple[Place, Outcome]]:
    yield ("outcome",), service.outcome
    yield from each(("other_outcomes",), service.other_outcomes)


def _of_payment(
    outcome: Outcome, measures: Mapping[str, Measure], place: Place
) -> Iterator[Contradiction]:
    if outcome.payment is None:
        return
    amount, place = outcome.payment.amount, (*place, "payment", "amount")
    yield from unknown("measure", [(place, amount)], measures)
    measure = measures.get(amount)
    if measure and measure.unit is not MeasureUnit.RUBLES:
        yield Contradiction(place, f"{amount}: an amount is in rubles")


def _of_other_outcomes(service: ServiceDefinition) -> Iterator[Contradiction]:
    fields, answers = service.asked.fields, {FieldType.CHOICE, FieldType.YES_NO}
    for at, outcome in enumerate(service.other_outcomes):
        place = ("other_outcomes", at, "when")
        yield from of_condition(outcome.when, Asked(fields, None), place)
        for name in dict.fromkeys(outcome.when.fields()):
            if name in fields and fields[name].type not in answers:
                yield Contradiction(place, f"another outcome goes by a choice, not by {name}")


def _of_decision_term(service: ServiceDefinition) -> Iterator[Contradiction]:
    found = [(at, term) for at, term in enumerate(service.terms) if term.name == "decision"]
    if not found:
        yield Contradiction(("terms",), "a service needs a term named decision")
    for at, decision in found:
        for place, lengths in (((), decision), (("priority",), decision.priority or decision)):
            if len(list(lengths.kinds())) != 2:
                problem = "the term named decision needs a promise and a limit"
                yield Contradiction(("terms", at, *place), problem)
        if decision.until is not Milestone.DECIDED:
            problem = "the term named decision cannot run from the decision"
            yield Contradiction(("terms", at, "since"), problem)


def _of_document_check(service: ServiceDefinition) -> Iterator[Contradiction]:
    checks = [at for at, t in enumerate(service.terms) if t.until is Milestone.DOCUMENTS_CHECKED]
    for at in checks[1:]:
        yield Contradiction(("terms", at, "until"), "one term is enough for the check of documents")
    if checks and service.decided_by_rules:
        problem = "what the rules decide at once cannot wait for an expert to check documents"
        yield Contradiction(("terms", checks[0], "until"), problem)
