"""What people read before they apply: who may, documents, terms, fee, what comes of it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from adapters import definitions
from casework import plain_russian
from casework.form import length_at_most
from casework.service import FormField, Outcome, ServiceDefinition


def line(service: ServiceDefinition) -> dict[str, Any]:
    return {name: getattr(service, name) for name in ("id", "code", "title", "version", "summary")}


def lines(asked: str) -> list[dict[str, Any]]:
    """Every service, or those that answer to all the words asked for, by title."""
    return [line(s) for s in definitions.services().values() if plain_russian.is_found(s, asked)]


def summary(service: ServiceDefinition, today: date) -> dict[str, Any]:
    titles = plain_russian.titles_of(service)
    return line(service) | {
        "who": list(service.who),
        "documents": _documents(service),
        "terms": _terms(service),
        "priorities": [
            {"category": p.category, "title": p.title, "when": plain_russian.when(p.when, titles)}
            for p in service.priorities
        ],
        "fee": _fee(service, today),
        "signed": service.signed,
        "fields": _fields(service.fields, titles),
        "outcome": _outcome(service.outcome) | {"when": ""},
        "other_outcomes": [
            _outcome(other) | {"when": plain_russian.when(other.when, titles)}
            for other in service.other_outcomes
        ],
        "appeal": service.appeal.text,
        "source": service.source,
    }


def _outcome(outcome: Outcome) -> dict[str, str]:
    return {name: getattr(outcome, name) for name in ("approved", "next", "refused")}


def _documents(service: ServiceDefinition) -> list[dict[str, Any]]:
    dumped = service.model_dump(mode="json", by_alias=True, exclude_none=True)["documents"]
    told = plain_russian.documents(service)
    return [raw | {"needed": said.needed} for raw, said in zip(dumped, told, strict=True)]


def _terms(service: ServiceDefinition) -> list[dict[str, Any]]:
    dumped = service.model_dump(mode="json", by_alias=True, exclude_none=True)["terms"]
    return [
        raw | {"text": t.text} for raw, t in zip(dumped, plain_russian.terms(service), strict=True)
    ]


def _fee(service: ServiceDefinition, today: date) -> dict[str, Any] | None:
    told = plain_russian.fee(service, definitions.figures(), today)
    if told is None:
        return None
    amounts = [{"region": region, "amount": amount} for region, amount in told.amounts]
    return told._asdict() | {"amounts": amounts}


def _fields(fields: Iterable[FormField], titles: plain_russian.Titles) -> list[dict[str, Any]]:
    return [shown_field(field, titles) for field in fields]


def shown_field(field: FormField, titles: plain_russian.Titles) -> dict[str, Any]:
    """What is to be filled in, as pages and other forms ask for it."""
    inner = plain_russian.Titles({part.name: part for part in field.fields}, titles.measures)
    return {
        "name": field.name,
        "title": field.title,
        "type": field.type.value,
        "required": field.required,
        "hint": field.hint,
        "asked": plain_russian.when(field.when, titles),
        "options": [{"value": o.value, "title": o.title} for o in field.options],
        "at_most": length_at_most(field),
        "fields": _fields(field.fields, inner),
    }
