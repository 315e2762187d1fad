"""The part of the API for working a queue: views that an officer keeps, and one act on many
applications."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adapters.applications import Command
from adapters.saved_views import SavedView
from adapters.wording import shown_problem, text_of
from casework import actions
from casework.application import Gap
from casework.errors import InvalidForm, NotAllowed, OporaError, Problem
from casework.ports import Case, Change
from functions.intake import about_another
from functions.intake import oversight_bodies as bodies
from functions.intake.access import api, carry_out, foresee
from functions.intake.http import READERS, STAFF, SUPERVISOR, Request
from functions.intake.staff_names import check_may_be_given_work
from functions.intake.wiring import saved_views

Act = Callable[[Case], Change]


# ---- saved views --------------------------------------------------------------------------------


@api.operation("GET", "/queue/views", "One's own saved views", bodies.SavedViews, roles=READERS)
def list_saved_views(request: Request) -> dict[str, Any]:
    views = saved_views().of(request.person.id)
    return {"views": [{"id": view.id, **view._asdict()} for view in views]}


@api.operation(
    "POST",
    "/queue/views",
    "Save a view of the queue; one of the same name gives way to it",
    bodies.SavedViews,
    roles=STAFF,
    body=bodies.NewView,
)
def save_view(request: Request) -> dict[str, Any]:
    new: bodies.NewView = request.body
    filters = new.filters.model_dump(exclude_none=True)
    saved_views().put(request.person.id, SavedView(new.name, filters))
    return list_saved_views(request)


@api.operation(
    "DELETE", "/queue/views/{view}", "Forget a saved view", bodies.SavedViews, roles=STAFF
)
def delete_view(request: Request, view: str) -> dict[str, Any]:
    saved_views().delete(request.person.id, view[:60])
    return list_saved_views(request)


# ---- one act on many ----------------------------------------------------------------------------


@api.operation(
    "POST",
    "/bulk",
    "Claim, release, ask about or reassign many applications, or only see what would come of it",
    bodies.BulkResult,
    roles=STAFF,
    body=bodies.Bulk,
)
def act_in_bulk(request: Request) -> dict[str, Any]:
    asked: bodies.Bulk = request.body
    act = _act(request, asked)
    numbers = list(dict.fromkeys(asked.numbers))
    return {
        "dry_run": asked.dry_run,
        "results": [_result(request, number, act, dry_run=asked.dry_run) for number in numbers],
    }


def _act(request: Request, asked: bodies.Bulk) -> Act:
    """What is done with each. Raises NotAllowed, InvalidForm."""
    officer, supervisor = request.person.id, SUPERVISOR in request.person.roles
    if asked.act == "reassign":
        return _reassigning(request, asked, supervisor=supervisor)
    if asked.act == "ask":
        if not asked.gaps:
            raise InvalidForm([Problem("gaps", "too_few", {"at_least": 1})])
        gaps = [Gap(gap.code, gap.field, gap.document) for gap in asked.gaps]
        return lambda case: about_another.ask(case, officer, gaps, asked.message)
    if asked.act == "release":
        return lambda case: actions.release(case, officer, supervisor=supervisor)
    return lambda case: about_another.claim(case, officer)


def _reassigning(request: Request, asked: bodies.Bulk, *, supervisor: bool) -> Act:
    if not supervisor:
        raise NotAllowed("role_needed")
    if asked.officer is None:
        raise InvalidForm([Problem("officer", "officer_missing")])
    check_may_be_given_work(asked.officer, request.now)
    return lambda case: about_another.reassign(case, asked.officer)


def _result(request: Request, number: str, act: Act, *, dry_run: bool) -> dict[str, Any]:
    """One that cannot be done stops no other."""
    try:
        if dry_run:
            changes = bool(foresee(request, number, act).happenings)
        else:
            events = carry_out(_of_one(request, number), number, act)
            changes = not events.repeated
    except OporaError as error:
        return {"number": number, "done": False, **_why(error, request.language)}
    return {"number": number, "done": True, "changes": changes}


def _of_one(request: Request, number: str) -> Request:
    """The same request again finds each of its acts done."""
    command = request.command
    if command is None:
        return request
    return replace(request, command=Command.of(command.key, number, request=command.request))


def _why(error: OporaError, language: str) -> dict[str, Any]:
    found = [shown_problem(problem, language) for problem in getattr(error, "problems", ())]
    title = text_of("errors", error.code, language, error.details)
    return {"changes": False, "code": error.code, "title": title, "errors": found}
