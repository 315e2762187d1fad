"""Which event tells whom what, by which channel, and with which words filled in.

A notice is decided by the event alone, so that the same event always gives the same notices;
what it says is read from the application when it is sent, so that contact data are the latest.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from casework.application import Application, Event, Stage
from casework.ports import Case, Rules
from casework.review import answer_due, promised_day


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
    "document_rejected": (Notice(Audience.APPLICANT, "document_rejected"),),
    "proposed": (Notice(Audience.OPERATORS, "confirmation_needed"),),
}
_BY_MARK: dict[str, tuple[Notice, ...]] = {
    "reminder": (Notice(Audience.OPERATORS, "due_soon"),),
    "overdue": (Notice(Audience.APPLICANT, "overdue"), Notice(Audience.OPERATORS, "overdue")),
    "escalation": (
        Notice(Audience.APPLICANT, "escalated"),
        Notice(Audience.OPERATORS, "escalated"),
    ),
}


TELLING_KINDS = frozenset({*_BY_EVENT, "marked", "issued"})
"""The events that anybody is told about; the template filters the stream by them."""


def notices_of(event: Event, application: Application) -> tuple[Notice, ...]:
    """Nothing more is told about an application that was withdrawn."""
    if application.stage is Stage.WITHDRAWN:
        return ()
    if event.kind == "marked":
        return _BY_MARK[event.data["mark"]]
    if event.kind == "issued":
        outcome = Notice(Audience.APPLICANT, event.data["outcome"])
        agency = (Notice(Audience.AGENCY, "decided"),) if application.agency else ()
        return (outcome, *agency)
    if event.kind == "document_rejected" and application.stage is Stage.DRAFT:
        return ()  # whoever fills in the draft sees the verdict on the page
    return _BY_EVENT.get(event.kind, ())


def is_outdated(template: str, application: Application) -> bool:
    """A notice that came late says nothing that is no longer so; after a withdrawal, nothing."""
    answered = template in ("question", "question_reminder") and application.question is None
    return answered or application.stage is Stage.WITHDRAWN


def contact_of(form: Mapping[str, Any]) -> Contact:
    """How to reach the applicant: the channel of choice first, then the others that are known.

    A letter always arrives, so it is the last resort.
    """
    chosen = Channel(form.get("notify_by", Channel.LETTER))
    known = {
        Channel.SMS: form.get("phone"),
        Channel.EMAIL: form.get("email"),
        Channel.LETTER: True,
    }
    order = (chosen, *(channel for channel in Channel if channel is not chosen))
    address = form.get("residence_address") or form["registration_address"]
    name = " ".join(filter(None, (form.get(n) for n in ("last_name", "first_name", "patronymic"))))
    return Contact(
        form.get("phone"),
        form.get("email"),
        f"{form['postcode']}, {address}\n{name}",
        tuple(channel for channel in order if known[channel]),
    )


def words(case: Case, rules: Rules, link: str) -> dict[str, str]:
    """What the texts of notices may name. The SMS texts use only the number and the link."""
    application, service = case.application, rules.service
    promised = promised_day(application, rules)
    question = application.question
    until = answer_due(question, rules) if question else None
    assessment = case.texts.get("assessment", {})
    return {
        "number": application.number,
        "link": f"{link}/{application.number}",
        "service": service.title,
        "promised": _day(promised) if promised else "",
        # The instant is the midnight that ends the last day; people are told the day.
        "answer_until": f"{_last_day(until, rules):%d.%m.%Y}" if until else "",
        "gaps": _listed(gap_title(gap, rules) for gap in question.gaps) if question else "",
        "message": case.texts.get("question") or "",
        "reasons": _listed(f"{r['title']}. {r['mend']}" for r in assessment.get("reasons", ())),
        "compared": _listed(
            ground["explanation"] for ground in assessment.get("grounds", ()) if not ground["holds"]
        ),
        "change": _listed(turn["text"] for turn in assessment.get("counterfactual", ())),
        "appeal": service.appeal.text,
        "outcome": service.outcome.approved if _approved(application) else service.outcome.refused,
        "next": service.outcome.next,
    }


def _approved(application: Application) -> bool:
    return application.decision is not None and application.decision.outcome == "approved"


def gap_title(gap: Any, rules: Rules) -> str:
    if gap.document:
        return rules.service.document(gap.document).title
    return next(field.title for field in rules.service.fields if field.name == gap.field)


def _last_day(until: datetime, rules: Rules) -> date:
    return rules.calendar.local_day(until - timedelta(seconds=1))


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def _listed(lines: Any) -> str:
    return "\n".join(f"— {line}" for line in lines)
