"""What happened to an application, as a table: when, the stage, who, who was told, due when."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from adapters import definitions
from adapters.casebook import rules_of
from adapters.deliveries import Deliveries, State
from casework.application import Application, Event, apply
from casework.ports import Case
from casework.review import TermDue, terms
from opora.output import print_table

ZONE = ZoneInfo("Europe/Moscow")
QUIET = frozenset({"changed", "document_announced", "document_scanned", "registry_replied"})
SKIPPED_DAYS = {
    "weekend": "weekend",
    "holiday": "holiday",
    "transferred": "transferred holiday",
    "paused": "waiting for the answer",
    "answered": "day of the answer",
    "rolled": "ended on a day off",
}


def print_timeline(case: Case, deliveries: Deliveries) -> None:
    told: dict[int, list[str]] = {}
    for delivery in deliveries.of(case.application.number):
        if delivery.state is State.SENT:
            notice = f"{delivery.template} by {delivery.channel}"
            told.setdefault(delivery.event, []).append(notice)
    print_table(_once(_lines(case, told)), indent="  ")


def _once(lines: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Ten documents accepted in one minute are one line."""
    for line, alike in groupby(lines):
        count = sum(1 for _ in alike)
        when, stage, who, what, *rest = line
        yield (when, stage, who, what if count == 1 else f"{what} ({count} times)", *rest)


def _lines(case: Case, told: dict[int, list[str]]) -> Iterator[tuple[str, ...]]:
    yield "virtual time", "stage", "who", "what", "told", "due"
    application, shown = Application(case.application.number), ""
    for event in case.events:
        application = apply(application, event)
        if event.kind in QUIET and event.sequence not in told:
            continue
        due = _due(application, event.at)
        news = ", ".join(told.get(event.sequence, ()))
        yield (
            f"{event.at.astimezone(ZONE):%a %d.%m.%Y %H:%M}",
            application.stage.value,
            event.actor,
            _what(event),
            news,
            due if due != shown else "",
        )
        shown = due


def _what(event: Event) -> str:
    title = definitions.texts("statuses")["events"][event.kind]["en"]
    data = event.data
    if event.kind == "marked":
        return f"{title}: {data['mark']}"
    if event.kind == "asked":
        about = (gap.get("document") or gap.get("field") for gap in data["gaps"])
        return f"{title}: {', '.join(map(str, about))}"
    if event.kind == "decided":
        return f"{title}: {data['outcome']} {', '.join(data['reasons'])}".rstrip()
    return title


def _due(application: Application, at: datetime) -> str:
    """The promised day and why it is that one."""
    if not application.in_work:
        return ""
    begun = terms(application, rules_of(application), at)
    promise = next((term for term in begun if term.kind == "promise"), None)
    if promise is None:  # a term that runs from the end of the checks
        return ""
    return f"{promise.proven.due_day:%d.%m.%Y}: {reason_of(promise)}"


def reason_of(term: TermDue) -> str:
    ledger = term.proven.ledger
    skipped = Counter(
        SKIPPED_DAYS[d.code] for d in ledger if not d.counted and d.code in SKIPPED_DAYS
    )
    parts = [f"{sum(day.counted for day in ledger)} days counted"]
    parts += [f"{count} not ({why})" for why, count in skipped.items()]
    return ", ".join(parts) + (", standing still" if term.proven.paused else "")
