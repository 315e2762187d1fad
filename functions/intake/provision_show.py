"""What follows an approval, as the API shows it."""

from datetime import date
from typing import Any

from adapters import definitions
from casework import benefit_actions, provision_actions
from casework.errors import NotFound
from casework.ports import Case
from casework.provision_actions import Line, Provider


def programme(case: Case, language: str) -> dict[str, Any]:
    provision, texts = case.application.provision, case.texts
    if provision is None:
        raise NotFound("nothing_provided")
    awaits = provision.awaits
    titles = definitions.texts("statuses")
    return {
        "number": case.application.number,
        "awaits": awaits,
        "awaits_title": titles["next"][awaits or "closed"][language],
        "edition": provision.edition,
        "review_on": provision.review_on,
        "agreed": provision.agreed,
        "lines": [
            _line(case, place, line, language)
            for place, line in enumerate(provision_actions.lines_of(case), start=1)
        ],
        "wishes": texts.get("wishes"),
        "provider": texts.get("provider") if provision.provider else None,
        "act": texts.get("act") if provision.act else None,
        "complaint": texts.get("complaint"),
        "complaint_answer": texts.get("complaint_answer"),
        "ended": provision.ended,
    }


def _line(case: Case, place: int, line: Line, language: str) -> dict[str, Any]:
    done = case.application.provision.services.get(place)
    words = definitions.texts("provision")
    return {
        "number": place,
        **{name: getattr(line, name) for name in line.__slots__},
        "need_title": words["needs"][line.need][language],
        "per_title": words["per"][line.per][language],
        "started_on": done.started_on if done else None,
        "ended_on": done.ended_on if done else None,
        "result": case.texts.get(f"result_{place}") if done and done.ended_on else None,
    }


def compared(row: provision_actions.Compared) -> dict[str, Any]:
    return {
        "provider": provider(row.provider),
        "starts_in_days": row.starts_in_days,
        "a_month": row.a_month,
    }


def provider(known: Provider) -> dict[str, Any]:
    shown = {name: getattr(known, name) for name in known.__slots__}
    offers = [{n: getattr(offer, n) for n in offer.__slots__} for offer in known.offers]
    return shown | {"offers": offers}


def payments(case: Case, today: date, language: str) -> dict[str, Any]:
    benefit = case.application.benefit
    titles = definitions.texts("statuses")["payments"]
    history = benefit_actions.history(case)
    return {
        "number": case.application.number,
        "first": benefit.first if benefit else None,
        "stopped_on": benefit.ends_on if benefit else None,
        "orders": benefit_actions.orders(case),
        "history": [paid | {"state_title": titles[paid["state"]][language]} for paid in history],
        "expected": benefit_actions.expected(case, today),
        "claims": benefit_actions.claims(case),
    }
