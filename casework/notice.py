"""Which event tells whom what, by which channel, and with which words filled in.

A notice is decided by the event alone, so that the same event always gives the same notices;
what it says is read from the application when it is sent, so that contact data are the latest.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from casework import document_check, drafts, files, form, provision_notices
from casework.application import Application, Event, Stage
from casework.fee_receipts import RUBLES, FeeReceipt
from casework.measures import rubles
from casework.ports import Case, Rules
from casework.profile import NOTHING_TOLD, Profile, latest_contact
from casework.review import answer_due, clock_of, promised_day
from casework.service import ServiceDefinition


class Channel(StrEnum):
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"


class Audience(StrEnum):
    APPLICANT = "applicant"
    OPERATORS = "operators"
    AGENCY = "agency"


class Notice(NamedTuple):
    """`template` names the texts; with the event it is the notice's identity."""

    audience: Audience
    template: str


class Contact(NamedTuple):
    phone: str | None
    email: str | None
    address: str
    channels: tuple[Channel, ...]


_BY_EVENT: dict[str, tuple[Notice, ...]] = {
    "submitted": (Notice(Audience.APPLICANT, "accepted"),),
    "asked": (Notice(Audience.APPLICANT, "question"),),
    "applicant_reminded": (Notice(Audience.APPLICANT, "question_reminder"),),
    "document_scan_ended": (Notice(Audience.APPLICANT, "scan_ended"),),
    "proposed": (Notice(Audience.OPERATORS, "confirmation_needed"),),
    "escalated": (Notice(Audience.OPERATORS, "supervisor_needed"),),
    "clock_paused": (Notice(Audience.APPLICANT, "clock_paused"),),
    "clock_resumed": (Notice(Audience.APPLICANT, "clock_resumed"),),
    "letter_returned": (Notice(Audience.OPERATORS, "letter_returned"),),
    "slot_lost": (Notice(Audience.APPLICANT, "slot_lost"),),
    "draft_reminded": (Notice(Audience.APPLICANT, "draft_expires"),),
    "expired": (Notice(Audience.APPLICANT, "draft_expired"),),
    "fee_paid": (Notice(Audience.APPLICANT, "fee_paid"),),
    "fee_refund_due": (Notice(Audience.APPLICANT, "fee_refund"),),
    "fee_refunded": (Notice(Audience.APPLICANT, "fee_refunded"),),
}
_BY_MARK: dict[str, tuple[Notice, ...]] = {
    "reminder": (Notice(Audience.OPERATORS, "due_soon"),),
    "overdue": (Notice(Audience.APPLICANT, "overdue"), Notice(Audience.OPERATORS, "overdue")),
    "escalation": (
        Notice(Audience.APPLICANT, "escalated"),
        Notice(Audience.OPERATORS, "escalated"),
    ),
}


_BY_CHECK_MARK: dict[str, tuple[Notice, ...]] = {
    document_check.REMINDER: (Notice(Audience.OPERATORS, "check_due_soon"),),
    document_check.OVERDUE: (
        Notice(Audience.APPLICANT, "check_overdue"),
        Notice(Audience.OPERATORS, "check_overdue"),
    ),
}
_BY_VERDICT: dict[str, tuple[Notice, ...]] = {  # the applicant is asked about all at once
    document_check.SUSPECT: (Notice(Audience.OPERATORS, "document_suspect"),),
}
_BY_SILENCE: dict[bool, tuple[Notice, ...]] = {  # of the malware scanner
    False: (Notice(Audience.APPLICANT, "scan_delayed"),),
    True: (Notice(Audience.OPERATORS, "scanner_silent"),),
}
_BY_DATA = {
    "marked": ("mark", _BY_MARK),
    "document_check_marked": ("mark", _BY_CHECK_MARK),
    "document_checked": ("verdict", _BY_VERDICT),
    "document_scan_delayed": ("escalated", _BY_SILENCE),
    "consent_withdrawn": ("told", {True: (Notice(Audience.APPLICANT, "consent_withdrawn"),)}),
}
"""Events that are told by what they say under that name."""


_OF_AN_APPEAL = {
    "submitted": "appeal_accepted",
    "asked": "appeal_question",
    "applicant_reminded": "appeal_question_reminder",
}
_QUESTIONS = frozenset({
    "question", "question_reminder", "appeal_question", "appeal_question_reminder",
})  # fmt: skip
_OF_MONEY = frozenset({"fee_refund_due", "fee_refunded", "fee_refund"})  # events, and a template
TELLING_KINDS = frozenset({
    *_BY_EVENT, *_BY_DATA, *provision_notices.KINDS, "issued", "document_rejected",
})  # fmt: skip
"""The events of an application that anybody is told about."""


def notices_of(event: Event, application: Application) -> tuple[Notice, ...]:
    """Nothing more is told about an application that was withdrawn, but where its money is."""
    if _says_nothing(event, application):
        return ()
    if event.kind in _BY_DATA:
        name, told = _BY_DATA[event.kind]
        return told.get(event.data.get(name), ())
    if event.kind in provision_notices.KINDS:
        told = provision_notices.told_of(event.kind, event.data)
        return tuple(Notice(Audience(whom), template) for whom, template in told)
    if application.contests and event.kind in _OF_AN_APPEAL:
        return (Notice(Audience.APPLICANT, _OF_AN_APPEAL[event.kind]),)
    if event.kind in ("issued", "document_rejected"):
        told = _of_outcome if event.kind == "issued" else _of_rejection
        return told(event, application)
    return _BY_EVENT.get(event.kind, ())


def _of_outcome(event: Event, application: Application) -> tuple[Notice, ...]:
    ruling = event.data.get("ruling")
    template = f"appeal_{ruling}" if ruling else event.data["outcome"]
    outcome = Notice(Audience.APPLICANT, template)
    agency = (Notice(Audience.AGENCY, "decided"),) if application.agency else ()
    return (outcome, *agency)


def _of_rejection(event: Event, application: Application) -> tuple[Notice, ...]:
    """Whoever fills in a draft sees a verdict on the page, unless it came when he had gone."""
    seen = application.stage is Stage.DRAFT and not event.data.get("late")
    sender = Audience.AGENCY if application.agency else Audience.APPLICANT
    told = () if seen else (Notice(sender, "document_rejected"),)
    infected = event.data.get("defect") == files.INFECTED
    return (*told, *((Notice(Audience.OPERATORS, "infected_upload"),) if infected else ()))


def is_outdated(template: str, application: Application) -> bool:
    """A notice that came late says nothing that is no longer so; after a withdrawal, nothing."""
    answered = template in _QUESTIONS and application.question is None
    chosen_anew = template == "slot_lost" and not application.slot_lost
    gone_on = template == "draft_expires" and not application.draft_reminded
    checked = template == "check_overdue" and not document_check.is_late(application)
    scanned = template == "scan_delayed" and not any(
        files.is_awaited(document) for document in application.documents.values()
    )
    if template in _OF_MONEY or template == "consent_withdrawn":
        return False
    if provision_notices.is_outdated(template, application):
        return True
    gone = answered or chosen_anew or gone_on or checked or scanned
    return gone or _of_another_clock(template, application) or application.stage is Stage.WITHDRAWN


def _of_another_clock(template: str, application: Application) -> bool:
    """The term was paused or resumed since."""
    return template == ("clock_resumed" if application.pause else "clock_paused")


def _says_nothing(event: Event, application: Application) -> bool:
    """After a withdrawal; of a sum that has come, when it goes back: that is told."""
    withdrawn = application.stage is Stage.WITHDRAWN and event.kind != "consent_withdrawn"
    if withdrawn and event.kind not in _OF_MONEY:
        return True
    if event.kind != "fee_paid":
        return False
    fees = application.fees
    return event.data.get("transaction") in fees.receipts.keys() - fees.kept().keys()


def reached_by(case: Case, rules: Rules, now: datetime, known: Profile = NOTHING_TOLD) -> Contact:
    """How to reach the applicant; `known`: what he has told of himself, perhaps since. What a draft
    says is not checked yet: only what is good counts, and perhaps nothing is."""
    if case.application.submitted_at is not None:
        latest = latest_contact(rules.service, case.form, _said_at(case), known)
        return contact_of(rules.service, latest)
    facts = rules.facts(case.form, now)
    return contact_of(rules.service, form.to_json(facts))


_RETOLD = frozenset({"corrected", "answered"})


def _said_at(case: Case) -> Mapping[str, datetime]:
    """When each field of a registered form was told last."""
    said = dict.fromkeys(case.form, case.application.submitted_at)
    for event in case.events:
        if event.kind in _RETOLD:
            said |= dict.fromkeys(event.data["fields"], event.at)
    return said


def contact_of(service: ServiceDefinition, form: Mapping[str, Any]) -> Contact:
    """How to reach the applicant: the channel of choice first, then the others that are known.

    A letter always arrives, so it is the last resort.
    """
    fields = service.contact
    phone, email = form.get(fields.phone), form.get(fields.email)
    chosen = Channel(form.get(fields.notify_by, Channel.LETTER))
    order = (chosen, *(channel for channel in Channel if channel is not chosen))
    acting = service.subject.acting_in(form)
    lines = (acting.address,) if acting else fields.address
    address = next((form[name] for name in lines if form.get(name)), None)
    postcode = form.get(acting.postcode if acting else fields.postcode)
    known = {
        Channel.SMS: phone,
        Channel.EMAIL: email,
        Channel.LETTER: address and postcode,  # a draft may not say it yet
    }
    whose = (acting or service.subject).name
    name = " ".join(form[part] for part in whose if form.get(part))
    return Contact(
        phone,
        email,
        f"{postcode}, {address}\n{name}",
        tuple(channel for channel in order if known[channel]),
    )


def words(
    case: Case,
    rules: Rules,
    link: str,
    clocks: Mapping[str, str],
    mends: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """What the texts of notices may name. The SMS texts use only the number and the link.

    `clocks`: what is said of the term while a question is open, by `QuestionClock`. `mends`: what
    is wrong with a document and how to mend it, by code.
    """
    application, service = case.application, rules.service
    outcome = service.outcome_of(case.form)
    promised = promised_day(application, rules)
    question = application.question
    until = answer_due(question, rules) if question else None
    assessment = case.texts.get("assessment", {})
    expires = drafts.expires_on(case, rules, application.changed_at)
    return {
        "number": application.number,
        "link": f"{link}/{application.number}",
        "service": service.title,
        "place": _place(application, service),
        "promised": _day(promised) if promised else "",
        # The instant is the midnight that ends the last day; people are told the day.
        "answer_until": f"{_last_day(until, rules):%d.%m.%Y}" if until else "",
        "gaps": _listed(_gap(gap, rules, mends or {}) for gap in question.gaps) if question else "",
        "late_documents": _listed(document_check.late_titles(application, rules)),
        "paused_until": f"{_last_day(application.pause.until, rules):%d.%m.%Y}"
        if application.pause
        else "",
        "pause": case.texts.get("pause") or "",
        "message": case.texts.get("question") or "",
        "clock": clocks[clock_of(question, rules)] if question else "",
        "contests": application.contests or "",
        "explanation": case.texts.get("explanation") or "",
        "draft_expires": f"{expires:%d.%m.%Y}" if expires else "",
        "refunds": ", ".join(_sum(receipt) for receipt in application.fees.going_back().values()),
        "reasons": _listed(f"{r['title']}. {r['mend']}" for r in assessment.get("reasons", ())),
        "compared": _listed(
            rule["explanation"] for rule in assessment.get("rules", ()) if not rule["holds"]
        ),
        "change": _listed(_changes(assessment)),
        "appeal": service.appeal.text,
        "outcome": outcome.approved if _approved(application) else outcome.refused,
        "next": outcome.next,
        "paid": _paid(case),
    }


def _changes(assessment: Mapping[str, Any]) -> Iterator[str]:
    """What would turn the refusal, beyond what its reasons already say."""
    said = {reason["mend"] for reason in assessment.get("reasons", ())}
    for turn in assessment.get("counterfactual", ()):
        if turn["text"] not in said:
            yield turn["text"]


def _place(application: Application, service: ServiceDefinition) -> str:
    """Where the original of a document is handed over, as the form calls it."""
    original = application.original
    if original is None:
        return ""
    options = (option for field in service.fields for option in field.options)
    return next((o.title for o in options if o.value == original.place), original.place)


_FROM = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def _paid(case: Case) -> str:
    """How much is paid and since when, as a paragraph of its own; nothing where nothing is."""
    benefit = case.application.benefit
    told = case.texts.get(f"order_{len(benefit.orders)}") if benefit else None
    if not told:
        return ""
    amount = rubles(Decimal(told["amount"]))
    if benefit.one_time:
        return f"Сумма: {amount} ₽. Деньги придут один раз.\n\n"
    year, month = benefit.first.split("-")
    return f"Сумма: {amount} ₽ в месяц. Платим с {_FROM[int(month) - 1]} {year} года.\n\n"


def _approved(application: Application) -> bool:
    return application.decision is not None and application.decision.outcome == "approved"


def _sum(receipt: FeeReceipt) -> str:
    currency = "₽" if receipt.currency == RUBLES else receipt.currency
    return f"{receipt.amount:.2f} {currency}"


def gap_title(gap: Any, rules: Rules) -> str:
    if gap.document:
        return rules.service.document(gap.document).title
    return next(field.title for field in rules.service.fields if field.name == gap.field)


def _gap(gap: Any, rules: Rules, mends: Mapping[str, str]) -> str:
    mend = mends.get(gap.code) if gap.document else None
    return f"{gap_title(gap, rules)}. {mend}" if mend else gap_title(gap, rules)


def _last_day(until: datetime, rules: Rules) -> date:
    return rules.calendar.local_day(until - timedelta(seconds=1))


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def _listed(lines: Any) -> str:
    return "\n".join(f"— {line}" for line in lines)
