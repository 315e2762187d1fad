"""What is to be decided: the queue of a region, the first due first, kept views of it, and one act
on many applications: chosen, looked at beforehand, and told of one by one."""

import functools
from typing import Any

from chalice import Response

from adapters.calendars import regions
from functions.intake.http import READERS, STAFF, SUPERVISOR
from functions.portal.gaps import gap_choice, gaps_typed
from functions.portal.pages import page
from functions.portal.typed import said_of
from functions.portal.visit import Visit

QUEUE = "/office/queue"
BULK = f"{QUEUE}/bulk"
STAGES = [
    ("checking", "На проверке"),
    ("clarification", "Нужны уточнения"),
    ("review", "На рассмотрении"),
    ("confirmation", "На подтверждении"),
]
FILTERS = (
    *("region", "stage", "service", "officer", "priority"),
    *("due_within", "overdue", "mine", "free"),
)


@page("GET", QUEUE, roles=READERS)
def show_queue(visit: Visit) -> Response:
    asked = {name: visit.query[name] for name in FILTERS if visit.query.get(name)}
    cursor = {"cursor": visit.query["cursor"]} if visit.query.get("cursor") else {}
    may_keep = visit.person.roles & STAFF
    return visit.html(
        "office/queue.html",
        found=visit.do("queue", query=asked | cursor),
        asked={"region": visit.person.region, **asked},
        views=visit.do("list_saved_views").views if may_keep else [],
        regions=region_choice(),
        stages=STAGES,
        services=[(each.id, each.title) for each in visit.do("list_services").services],
        colleagues=colleagues(visit, asked.get("region")),
    )


def colleagues(visit: Visit, region: str | None) -> list[tuple[str, str]]:
    """Whom a supervisor may give work to: id and name."""
    if not visit.is_one_of({SUPERVISOR}):
        return []
    there = {"region": found} if (found := region or visit.person.region) else {}
    people = visit.do("list_staff", query={"assignable": "yes", **there}).people
    return [(each.id, each.name) for each in people]


@functools.cache
def region_choice() -> tuple[tuple[str, str], ...]:
    found = ((region.code, region.title) for region in regions().values())
    return tuple(sorted(found, key=lambda each: each[1]))


@page("POST", QUEUE, roles=STAFF)
def take_from_queue(visit: Visit) -> Response:
    """One line: into work, or back."""
    if number := visit.value("claim"):
        visit.do("claim", number=number)
        return visit.go(f"/office/applications/{number}", told="claimed")
    visit.do("release", number=visit.value("release"))
    return visit.go(QUEUE, told="released")


# ---- kept views ---------------------------------------------------------------------------------


@page("POST", f"{QUEUE}/views", roles=STAFF, again=QUEUE)
def keep_view(visit: Visit) -> Response:
    if view := visit.value("forget"):
        visit.do("delete_view", view=view)
        return visit.go(QUEUE, told="view_forgotten")
    filters = said_of(visit, *FILTERS)
    visit.do("save_view", body={"name": visit.value("name"), "filters": filters})
    return visit.go(QUEUE, told="view_kept")


# ---- one act on many ----------------------------------------------------------------------------


@page("GET", BULK, roles=STAFF)
def show_bulk(visit: Visit) -> Response:
    """What the act still needs to know."""
    if not visit.values("numbers"):
        return visit.go(QUEUE)
    return _bulk_page(visit)


def _bulk_page(visit: Visit, result: Any = None) -> Response:
    act, service = visit.value("act"), visit.value("service")
    asks = act == "ask" and service
    choice = gap_choice(visit.do("show_service", service=service)) if asks else None
    chosen_from = colleagues(visit, visit.value("region")) if act == "reassign" else []
    return visit.html("office/bulk.html", result=result, choice=choice, colleagues=chosen_from)


@page("POST", BULK, roles=STAFF)
def act_on_many(visit: Visit) -> Response:
    """First what would come of it, then what has."""
    step, act = visit.value("step"), visit.value("act")
    if not step and act in ("ask", "reassign") and visit.values("numbers"):
        return _bulk_page(visit)
    body = {"act": act, "numbers": visit.values("numbers"), "gaps": gaps_typed(visit)}
    body |= said_of(visit, "message", "officer") | {"dry_run": step != "do"}
    return _bulk_page(visit, visit.do("act_in_bulk", body=body))
