"""What each paper says, as JSON types: one function a kind, each giving what the template of that
name in services/papers/ prints beside the frame that all papers have.

Sentences that are the same for everybody stand in the templates; here is what comes from the case,
already in words: days, sums, answers by their titles. Nothing here is markup: it stays text.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from casework import plain_russian
from casework.appointments import Slot
from casework.decision import APPROVED
from casework.decision_in_words import amount_in_words, dotted_day, rule_in_words
from casework.fields import FieldType, FormField
from casework.measures import rubles
from casework.notice import contact_of, gap_title
from casework.papers import Facts, Kind, paper_id, title
from casework.ports import Case, Rules
from casework.review import answer_due, clock_of, terms

YES, NO = "да", "нет"
_RULINGS = {
    "upheld": "Решение, которое вы обжаловали, оставлено в силе.",
    "changed": "Решение, которое вы обжаловали, отменено. Вместо него принято другое.",
    "sent_back": "Решение, которое вы обжаловали, отменено. Заявление рассмотрят заново.",
}

Content = dict[str, Any]


class Source(NamedTuple):
    """What a paper is made from. `case`: as it was when the event happened; `words`: the texts of
    services/texts/ by the name of their file; `slot`: of an appointment, the time that is booked.
    """

    facts: Facts
    at: datetime
    case: Case
    rules: Rules
    words: Mapping[str, Mapping[str, Any]]
    check_page: str
    slot: Slot | None = None


def content(source: Source) -> Content:
    """Everything that the template of the paper's kind prints."""
    kind = source.facts.kind
    return _frame(source) | _CONTENTS[kind](source)


def _frame(source: Source) -> Content:
    facts, service = source.facts, source.rules.service
    at = source.at.astimezone(UTC)
    return {
        "title": title(facts.kind, "ru"),
        "office": f"Орган социальной защиты населения. {source.rules.calendar.region.title}",
        "number": facts.number,
        "paper": paper_id(facts.kind, facts.event, facts.print),
        "service": service.title,
        "person": contact_of(service, source.case.form).address.partition("\n")[2],
        "day": plain_russian.day(facts.day),
        "instant": [at.year, at.month, at.day, at.hour, at.minute, at.second],
        "check_page": source.check_page,
    }


# ---- receipt and request -------------------------------------------------------------------------


def _receipt(source: Source) -> Content:
    service = source.rules.service
    handed_in = source.case.application.documents.values()
    return {
        "documents": [
            service.document(document.kind).title
            for document in handed_in
            if document.state not in ("rejected", "replaced", "erased")
        ],
        "terms": [_due(term) for term in _terms(source)],
        "how_counted": [
            {"title": term.title, "text": term.text} for term in plain_russian.terms(service)
        ],
        "answer_within": plain_russian.length(service.clarification.limit),
    }


def _terms(source: Source) -> list[Any]:
    return terms(source.case.application, source.rules, source.at)


def _due(term: Any) -> Content:
    promised = term.kind == "promise"
    return {
        "title": term.title,
        "kind": "Обещаем" if promised else "Предельный срок",
        "day": plain_russian.day(term.proven.due_day),
        "paused": term.proven.paused,
    }


def _request(source: Source) -> Content:
    question, rules = source.case.application.question, source.rules
    return {
        "gaps": [
            {
                "what": "Документ" if gap.document else "Сведения",
                "title": gap_title(gap, rules),
                "why": source.words["problems"][gap.code]["ru"],
            }
            for gap in question.gaps
        ],
        "message": source.case.texts.get("question") or "",
        "until": plain_russian.day(_last_day(answer_due(question, rules), rules)),
        "clock": source.words["statuses"]["clock"][clock_of(question, rules)]["ru"],
    }


def _last_day(until: datetime, rules: Rules) -> date:
    """The instant is the midnight that ends the last day; people are told the day."""
    return rules.calendar.local_day(until - timedelta(seconds=1))


# ---- decision ------------------------------------------------------------------------------------


def _decision(source: Source) -> Content:
    case, service = source.case, source.rules.service
    decision, outcome = case.application.decision, service.outcome_of(case.form)
    assessment = case.texts.get("assessment") or {}
    approved = decision.outcome == APPROVED
    return {
        "title": "Решение по жалобе" if decision.ruling else _title_of_decision(approved),
        "approved": approved,
        "outcome": outcome.approved if approved else outcome.refused,
        "ruling": _RULINGS.get(decision.ruling or "", ""),
        "contests": case.application.contests or "",
        "decided_on": plain_russian.day(source.rules.calendar.local_day(decision.at)),
        "officer": _officer(decision.officer),
        "second_officer": _officer(decision.second_officer),
        "reasons": assessment.get("reasons", []),
        "explanation": case.texts.get("explanation") or "",
        "rules": [rule_in_words(rule, service) for rule in assessment.get("rules", ())],
        "sources": [
            {"title": name, "source": told} for name, told in assessment.get("sources", {}).items()
        ],
        "circumstances": assessment.get("circumstances", []),
        "amount": amount_in_words(assessment.get("amount")),
        "changes": [turn["text"] for turn in assessment.get("counterfactual", ())],
        "next": outcome.next if approved else "",
        "appeal": service.appeal.text,
        "appeal_within": plain_russian.length(service.appeal.within),
    }


def _title_of_decision(approved: bool) -> str:
    return "Решение" if approved else "Решение об отказе"


def _officer(name: str | None) -> str:
    """Officers are known by their names in the system; what the rules decided has none."""
    return "" if name in (None, "system") else name


# ---- ledger --------------------------------------------------------------------------------------


def _ledger(source: Source) -> Content:
    return {"terms": [_due(term) | _days(term, source) for term in _terms(source)]}


def _days(term: Any, source: Source) -> Content:
    counted = sum(day.counted for day in term.proven.ledger)
    return {
        "met": plain_russian.day(source.rules.calendar.local_day(term.met_at))
        if term.met_at
        else "",
        "counted": counted,
        "days": [
            {
                "day": f"{day.day:%d.%m.%Y}",
                "counted": YES if day.counted else NO,
                "because": day.because,
            }
            for day in term.proven.ledger
        ],
    }


# ---- what is issued on a decision ----------------------------------------------------------------


def _document(source: Source) -> Content:
    """A certificate, an extract, a ticket, an act of refusal: what its service says is on it."""
    service, form = source.rules.service, source.case.form
    outcome = service.outcome_of(form)
    document = outcome.document
    return {
        "title": document.title,
        "outcome": outcome.approved,
        "facts": [
            {"title": field.title, "value": shown(field, form[name])}
            for name, field in ((name, _fields(source)[name]) for name in document.shows)
            if form.get(name) not in (None, "", [])
        ],
        "decided_on": _decided_on(source),
        "original": _place_of_original(document.original, source),
        "next": outcome.next,
        "appeal": service.appeal.text,
        "provider": None,
    }


def _decided_on(source: Source) -> str:
    at = source.case.application.decision.at
    return plain_russian.day(source.rules.calendar.local_day(at))


def _place_of_original(field: str | None, source: Source) -> str:
    """Where the person gets the original, as the form calls it."""
    value = source.case.form.get(field) if field else None
    return shown(_fields(source)[field], value) if value else ""


def _act(source: Source) -> Content:
    formed = source.case.texts.get("act") if source.case.application.provision else None
    if not formed:
        return _document(source)
    return {
        "title": "Акт о предоставлении социальных услуг",
        "provider": formed["provider"],
        "lines": [_line(line, source) for line in formed["lines"]],
    }


def _programme(source: Source) -> Content:
    programme = source.case.texts["programme"]
    return {
        "title": "Индивидуальная программа предоставления социальных услуг",
        "lines": [_line(line, source) | {"why": line["why"]} for line in programme["lines"]],
        "review_on": plain_russian.day(date.fromisoformat(programme["review_on"])),
        "decided_on": _decided_on(source),
    }


def _line(line: Mapping[str, Any], source: Source) -> Content:
    words = source.words["provision"]
    return {
        "need": words["needs"][line["need"]]["ru"],
        "title": line["title"],
        "times": f"{plain_russian.plural(line['times'], _TIMES)} {words['per'][line['per']]['ru']}",
        "until": f"{date.fromisoformat(line['until']):%d.%m.%Y}",
    }


_TIMES = ("раз", "раза", "раз")


def _ticket(source: Source) -> Content:
    """To a doctor, or, without a time, to whatever place it is."""
    return _document(source) | {"slot": _slot(source.slot, source) if source.slot else None}


def _slot(slot: Slot, source: Source) -> Content:
    starts = slot.starts.astimezone(source.rules.calendar.zone)
    return {
        "day": plain_russian.day(starts.date()),
        "time": f"{starts:%H:%M}",
        "minutes": plain_russian.plural(slot.minutes, ("минута", "минуты", "минут")),
        "speciality": _speciality(source),
        "doctor": slot.doctor,
        "clinic": slot.clinic,
        "place": slot.place,
    }


def _speciality(source: Source) -> str:
    """As the form calls it; "" where the service does not ask."""
    fields = _fields(source)
    named = next(f.speciality for f in fields.values() if f.type is FieldType.SLOT)
    return shown(fields[named], source.case.form[named]) if named else ""


# ---- values --------------------------------------------------------------------------------------


def _fields(source: Source) -> dict[str, FormField]:
    return {field.name: field for field in source.rules.service.fields}


def shown(field: FormField, value: Any) -> str:
    """A stored value as people read it: an answer by its title, a day with dots."""
    if isinstance(value, bool):
        return YES if value else NO
    if field.type is FieldType.CHOICE:
        return next((o.title for o in field.options if o.value == value), str(value))
    if field.type in (FieldType.DATE, FieldType.DATE_AHEAD):
        return dotted_day(value) or str(value)
    if field.type is FieldType.MONEY:
        return f"{rubles(Decimal(value))} ₽"
    return str(value)


_CONTENTS = {
    Kind.RECEIPT: _receipt,
    Kind.REQUEST: _request,
    Kind.DECISION: _decision,
    Kind.LEDGER: _ledger,
    Kind.CERTIFICATE: _document,
    Kind.ACT: _act,
    Kind.PROGRAMME: _programme,
    Kind.EXTRACT: _document,
    Kind.TICKET: _ticket,
}
