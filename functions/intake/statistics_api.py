"""The part of the API for figures: how the office keeps its terms, and which promises it is about
to break."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any, TypeVar

from adapters import definitions
from adapters.calendars import calendar_for
from casework import statistics
from casework.calendar import Calendar
from casework.errors import BadRequest
from functions.intake import oversight_bodies as bodies
from functions.intake import show
from functions.intake.access import api
from functions.intake.http import READERS, Request
from functions.intake.wiring import figures

Line = TypeVar("Line")
AS_A_RULE = timedelta(days=29)  # before the last day, when nobody says since when
LONGEST = timedelta(days=366)
REGION = {"region": "Region code; by default the officer's own"}


@api.operation(
    "GET",
    "/statistics",
    "How a region keeps its terms: open and overdue, decided in time, by stage and service",
    bodies.StatisticsView,
    roles=READERS,
    query={
        **REGION,
        "since": "First day of the period, YYYY-MM-DD; by default 29 days before the last",
        "until": "Last day of the period, YYYY-MM-DD; by default today",
    },
)
def show_statistics(request: Request) -> dict[str, Any]:
    calendar, today = _region(request)
    since, until = _period(request, today)
    waiting = list(figures().open(calendar.region.code))
    closed = list(figures().closed(calendar, since, until))
    return {
        "region": calendar.region.code,
        "since": since,
        "until": until,
        "as_of": request.now,
        "open": statistics.count_open(waiting, today)._asdict(),
        "decided": _decided(closed, calendar),
        "by_stage": _by_stage(waiting, today, request.language),
        "by_service": _by_service(waiting, closed, calendar, today),
    }


@api.operation(
    "GET",
    "/forecast",
    "Promises of the next ten working days, and those that today's pace will break",
    bodies.ForecastView,
    roles=READERS,
    query=REGION,
)
def show_forecast(request: Request) -> dict[str, Any]:
    calendar, today = _region(request)
    since, yesterday = statistics.first_day_looked_back(calendar, today), today - timedelta(days=1)
    closed = statistics.count_decided(figures().closed(calendar, since, yesterday), calendar)
    waiting = figures().open(calendar.region.code)
    foreseen = statistics.forecast(waiting, closed.decided, calendar, today)
    return {
        "region": calendar.region.code,
        "as_of": request.now,
        "pace": str(foreseen.pace),
        "overdue": foreseen.overdue,
        "days": [day._asdict() for day in foreseen.days],
    }


def _region(request: Request) -> tuple[Calendar, date]:
    """The calendar of the region asked about, and its day."""
    region = request.query.get("region") or request.person.region
    if not region:
        raise BadRequest("bad_parameter", name="region", expected="RU-XX")
    calendar = calendar_for(region)
    return calendar, calendar.local_day(request.now)


def _period(request: Request, today: date) -> tuple[date, date]:
    until = _day(request, "until") or today
    since = _day(request, "since") or until - AS_A_RULE
    if not timedelta() <= until - since <= LONGEST:
        raise BadRequest("bad_parameter", name="since", expected=f"{until - LONGEST} .. {until}")
    return since, until


def _day(request: Request, name: str) -> date | None:
    given = request.query.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError as error:
        raise BadRequest("bad_parameter", name=name, expected="YYYY-MM-DD") from error


def _decided(closed: Iterable[statistics.Outcome], calendar: Calendar) -> dict[str, Any]:
    counted = statistics.count_decided(closed, calendar)
    return counted._asdict() | {"decided": counted.decided}


def _by_stage(
    waiting: Iterable[statistics.OpenLine], today: date, language: str
) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage,
            "title": show.stage_title(stage, language),
            **statistics.count_open(lines, today)._asdict(),
        }
        for stage, lines in _grouped(waiting, lambda line: line.stage).items()
    ]


def _by_service(
    waiting: Iterable[statistics.OpenLine],
    closed: Iterable[statistics.Outcome],
    calendar: Calendar,
    today: date,
) -> list[dict[str, Any]]:
    open_ones = _grouped(waiting, lambda line: line.service)
    closed_ones = _grouped(closed, lambda outcome: outcome.service)
    return [
        {
            "service": service,
            "title": definitions.service(service).title,
            "open": statistics.count_open(open_ones.get(service, ()), today)._asdict(),
            "decided": _decided(closed_ones.get(service, ()), calendar),
        }
        for service in sorted(open_ones.keys() | closed_ones.keys())
    ]


def _grouped(lines: Iterable[Line], key: Callable[[Line], str]) -> dict[str, list[Line]]:
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return dict(sorted(groups.items()))
