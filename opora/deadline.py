"""`opora deadline`: due dates with the ledger that proves them."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from adapters import definitions
from casework.deadline import ClockEvent
from casework.review import TermDue, foreseen_terms
from casework.service import ServiceDefinition
from opora.failure import Failure
from opora.instants import instant
from opora.output import print_json, print_table

KINDS = {"promise": "promised by", "limit": "at the latest"}


def deadline(
    service_id: str,
    received: str,
    region: str,
    priority: str | None,
    events: Sequence[str],
    *,
    as_json: bool,
) -> int:
    rules = definitions.rules(service_id, region)
    _check_priority(rules.service, priority)
    zone = rules.calendar.region.zone
    clock = sorted((_event(text, zone) for text in events), key=lambda event: event.at)
    terms = foreseen_terms(
        rules.service, rules.calendar, instant(received, zone), priority, tuple(clock)
    )
    if as_json:
        print_json({"terms": [_as_json(term) for term in terms]})
    else:
        _print(terms)
    return 0


def _check_priority(service: ServiceDefinition, priority: str | None) -> None:
    known = [known.category for known in service.priorities]
    if priority is not None and priority not in known:
        raise Failure(f"{priority!r} is not a priority category here; known: {', '.join(known)}")


def _event(text: str, zone: tzinfo) -> ClockEvent:
    kind, separator, at = text.partition("=")
    name, _, days = kind.partition(":")
    extension = name == "extended" and days.isascii() and days.isdigit()
    if not separator or not (extension or kind in ("asked", "answered")):
        raise Failure(
            f"{text!r} is not an event: write asked=INSTANT, answered=INSTANT or "
            "extended:10=INSTANT"
        )
    return ClockEvent(name, instant(at, zone), int(days[:6]) if extension else 0)


def _as_json(term: TermDue) -> dict[str, Any]:
    proven = term.proven
    return {
        "name": term.name,
        "kind": term.kind,
        "due": proven.due.isoformat(),
        "due_day": proven.due_day.isoformat(),
        "ledger": [
            {"day": day.day.isoformat(), "counted": day.counted, "because": day.because}
            for day in proven.ledger
        ],
    }


def _print(terms: Sequence[TermDue]) -> None:
    for term in terms:
        proven = term.proven
        paused = " (stands still: a question is open)" if proven.paused else ""
        print(f"{term.title} — {KINDS[term.kind]} {proven.due_day:%d.%m.%Y}{paused}")
        print(f"  ends {proven.due.isoformat()}; {sum(d.counted for d in proven.ledger)} counted")
        counted = 0
        lines = []
        for day in proven.ledger:
            counted += day.counted
            mark = str(counted) if day.counted else "·"
            lines.append((f"{day.day:%d.%m.%Y}", mark, day.because))
        print_table(lines, indent="    ")
        print()
