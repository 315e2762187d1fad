"""Papers of made-up applications: for any service, everything that its events call for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters import definitions
from casework import actions, decision, form, papers
from casework.application import Application, Happening, apply, chain
from casework.appointments import Slot
from casework.calendar import Calendar
from casework.example import example_form
from casework.fields import FieldType
from casework.paper_contents import Source
from casework.papers import Facts, Kind, Print
from casework.ports import Case, Rules
from casework.service import OutcomeKind

SUBMITTED = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
WORDS = {name: definitions.texts(name) for name in ("problems", "provision", "statuses")}
CHECK_PAGE = "https://sz.example.org/check"
SLOT = Slot(
    "slot",
    "RU-MOW",
    "paediatrician",
    "Поликлиника № 1",
    "ул. Садовая, д. 1, каб. 12",
    "Иванова А. С.",
    datetime(2026, 5, 28, 7, 0, tzinfo=UTC),
    20,
)
LINES = [
    {
        "need": "social_household",
        "title": "Уборка",
        "times": 3,
        "per": "week",
        "until": "2027-02-28",
        "why": "Трудно наклоняться",
    },
    {
        "need": "medical",
        "title": "Перевязки",
        "times": 1,
        "per": "day",
        "until": "2026-06-30",
        "why": "После операции",
    },
]


def sources(service_id: str, print_: Print = Print.STANDARD, **said: Any) -> Iterator[Source]:
    """Of an approved and a refused application, what is printed. `said`: fields of the form."""
    for outcome in (decision.APPROVED, decision.REFUSED):
        case, rules = _lived(service_id, outcome, said)
        for event in case.events:
            then = _as_of(case, event.sequence)
            for kind in papers.papers_of(event, then, rules):
                facts = Facts(event.number, event.sequence, kind, print_, _day(event.at, rules))
                timed = kind is Kind.TICKET and any(
                    field.type is FieldType.SLOT for field in rules.service.fields
                )
                slot = SLOT if timed else None
                yield Source(facts, event.at, then, rules, WORDS, CHECK_PAGE, slot)


def _day(at: datetime, rules: Rules) -> Any:
    calendar: Calendar = rules.calendar
    return calendar.local_day(at)


def _as_of(case: Case, sequence: int) -> Case:
    application = Application(case.application.number)
    events = case.events[:sequence]
    for event in events:
        application = apply(application, event)
    return Case(application, case.form, events, {}, case.texts)


def _lived(service_id: str, outcome: str, said: dict[str, Any]) -> tuple[Case, Rules]:
    rules = definitions.rules(service_id, "RU-MOW")
    service, day = rules.service, SUBMITTED.date()
    raw = example_form(service, day, optional=True)
    stored = form.to_json(form.checked_form(service, raw, day, since=form.EVER)) | said
    assessed = decision.assess(service, form.facts(service, stored, day), {}, rules.parameters, day)
    refusal = decision.reason(service.refusals[0])
    refused = outcome == decision.REFUSED
    case = Case(
        Application("123-456-7897"),
        stored,
        texts={
            "assessment": actions.told(assessed, [refusal] if refused else ()),
            "explanation": "Проверено по документам.",
            "question": "Приложите, пожалуйста, обе страницы.",
            "programme": {"lines": LINES, "review_on": "2026-09-01"},
            "act": {"provider": {"title": "Центр «Липа»", "place": "ул. Липовая, 3"}}
            | {"lines": LINES},
        },
    )
    for place, happening in enumerate(_life(rules, stored, outcome)):
        at = SUBMITTED + timedelta(days=place)
        (event,) = chain(case.application, [happening], at, "officer")
        application = apply(case.application, event)
        case = Case(application, stored, (*case.events, event), {}, case.texts)
    return case, rules


def _life(rules: Rules, stored: dict[str, Any], outcome: str) -> Iterator[Happening]:
    service, digest = rules.service, form.digest(stored)
    begun = {"service": service.id, "service_version": service.version, "region": "RU-MOW"}
    yield Happening("drafted", begun | {"applicant": "citizen"})
    for at, document in enumerate(service.documents):
        data = {"document": f"d{at}", "kind": document.kind, "sha256": "0" * 64, "size": 1000}
        yield Happening("document_accepted", data)
    contests = {"contests": "999-999-9990"} if service.outcome.kind is OutcomeKind.APPEAL else {}
    yield Happening("submitted", {"form": digest, "priority": None, "checks": []} | contests)
    gaps = [{"code": "unclear", "field": service.fields[0].name}]
    gaps += [{"code": "unreadable", "document": d.kind} for d in service.documents[:3]]
    yield Happening("asked", {"gaps": gaps})
    yield Happening("answered", {"form": digest, "recheck": []})
    yield Happening("paper_requested", {"kind": "ledger"})
    officers = {"officer": "officer"} | (
        {"second_officer": "second-officer"} if outcome == decision.REFUSED else {}
    )
    ruling = {"ruling": "upheld" if outcome == decision.REFUSED else "changed"} if contests else {}
    yield Happening("decided", {"outcome": outcome, "reasons": []} | officers | ruling)
    yield Happening("issued", {"outcome": outcome})
    if service.outcome.kind is OutcomeKind.PROGRAMME and outcome == decision.APPROVED:
        yield Happening("provision_begun")
        proposed = {"programme": "1", "lines": len(LINES), "review_on": "2026-09-01"}
        yield Happening("programme_proposed", proposed)
        yield Happening("programme_agreed", {"programme": "1"})
        yield Happening("provider_chosen", {"provider": "lipa", "programme": "1"})
        yield Happening("act_formed", {"act": "1", "provider": "lipa"})
