"""The part of the API about letters to support, the office's answers, and the hotline."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.sealed_table import Done
from adapters.support import waiting
from casework import support
from casework.application import NUMBER_SPACE, is_number, number_from
from casework.archive import Contact
from casework.errors import InvalidForm, NotFound, Problem, VersionConflict
from casework.support import ThreadCase, ThreadChange
from functions.intake import support_bodies as shapes
from functions.intake.access import api, seen
from functions.intake.http import APPLICANTS, OFFICE, STAFF, Person, Request
from functions.intake.staff_names import names_of
from functions.intake.wiring import DRAWS, looks, threads

ONE = "/support/{number}"


@api.operation(
    "GET",
    "/support/hotline",
    "The telephone of support, its hours, and topics one can write about",
    shapes.HotlineView,
    roles=None,
)
def show_hotline(request: Request) -> dict[str, Any]:
    known = definitions.support()
    hotline = known.hotline
    is_open, changes_at = support.opening(hotline, calendar_for(hotline.region), request.now)
    return {
        "region": hotline.region,
        "phone": hotline.phone,
        "opens": f"{hotline.opens:%H:%M}",
        "closes": f"{hotline.closes:%H:%M}",
        "open_now": is_open,
        "changes_at": changes_at,
        "answer_hours": known.answer_hours,
        "topics": [
            {"topic": topic, "title": _title("topics", topic, request.language)}
            for topic in known.topics
        ],
    }


@api.operation(
    "GET",
    "/support",
    "The person's own letters to support, newest first",
    shapes.ThreadList,
    roles=APPLICANTS,
)
def list_threads(request: Request) -> dict[str, Any]:
    return _lines(threads().of_person(request.person.id), request)


@api.operation(
    "GET",
    "/support/queue",
    "Letters that wait for the office, the first due first",
    shapes.ThreadList,
    roles=OFFICE,
)
def list_support_queue(request: Request) -> dict[str, Any]:
    return _lines(threads().queue(), request)


@api.operation(
    "POST",
    "/support",
    "Write to support",
    shapes.ThreadView,
    roles=APPLICANTS,
    body=shapes.NewThread,
    status=201,
)
def write_to_support(request: Request) -> dict[str, Any]:
    new: shapes.NewThread = request.body
    person = request.person
    topics = definitions.support().topics
    if new.topic not in topics:
        raise InvalidForm([Problem("topic", "not_in_list", {"options": ", ".join(topics)})])
    if new.application is not None:
        seen(new.application, person)
    pending = waiting(threads().of_person(person.id))

    def act(case: ThreadCase) -> ThreadChange:
        return support.begin(case, person.id, new.topic, new.application, new.text, pending)

    return _shown(_begun(request, act), request)


def _begun(request: Request, act: Callable[[ThreadCase], ThreadChange]) -> ThreadCase:
    """Under a number that nobody has."""
    for _ in range(DRAWS):
        with suppress(VersionConflict):
            return _carried_out(request, number_from(secrets.randbelow(NUMBER_SPACE)), act).case
    raise VersionConflict()


@api.operation(
    "GET",
    ONE,
    "A letter to support with all that followed",
    shapes.ThreadView,
    roles=APPLICANTS | OFFICE,
)
def show_thread(request: Request, number: str) -> dict[str, Any]:
    case, person = _seen(number, request.person), request.person
    if person.is_staff:
        about = case.thread.application
        looks().note(number, person.id, request.now, "letter", about=about)
    return _shown(case, request)


@api.operation(
    "POST",
    f"{ONE}/message",
    "Write more",
    shapes.ThreadView,
    roles=APPLICANTS,
    body=shapes.NewMessage,
)
def write_more(request: Request, number: str) -> dict[str, Any]:
    return _changed(request, number, lambda case: support.write(case, request.body.text))


@api.operation(
    "POST",
    f"{ONE}/answer",
    "Answer as the office",
    shapes.ThreadView,
    roles=STAFF,
    body=shapes.SupportAnswer,
)
def answer_thread(request: Request, number: str) -> dict[str, Any]:
    told: shapes.SupportAnswer = request.body
    return _changed(request, number, lambda case: support.answer(case, told.text, told.version))


@api.operation(
    "POST",
    f"{ONE}/closing",
    "Nothing more is to be said",
    shapes.ThreadView,
    roles=APPLICANTS | STAFF,
)
def close_thread(request: Request, number: str) -> dict[str, Any]:
    return _changed(request, number, support.close)


# ---- shared -------------------------------------------------------------------------------------


def _seen(number: str, person: Person) -> ThreadCase:
    """Somebody else's is as if it did not exist."""
    if not is_number(number):
        raise NotFound("unknown_thread")
    case = threads().load(number)
    if case.thread.person != person.id and not person.is_staff:
        raise NotFound("unknown_thread")
    return case


def _changed(
    request: Request, number: str, act: Callable[[ThreadCase], ThreadChange]
) -> dict[str, Any]:
    _seen(number, request.person)
    return _shown(_carried_out(request, number, act).case, request)


def _carried_out(request: Request, number: str, act: Callable[[ThreadCase], ThreadChange]) -> Done:
    person = request.person
    contact = None if person.is_staff else Contact(person.phone, person.email)
    return threads().change(
        number, act, actor=person.id, now=request.now, command=request.command, contact=contact
    )


def _shown(case: ThreadCase, request: Request) -> dict[str, Any]:
    thread, language = case.thread, request.language
    names = names_of({event.actor for event in case.events} - {thread.person}, request)
    return {
        "number": support.told_number(thread.number),
        "version": thread.version,
        "topic": thread.topic,
        "topic_title": _title("topics", thread.topic, language),
        "application": thread.application,
        "state": thread.state,
        "state_title": _title("states", thread.state, language),
        "opened_at": thread.opened_at,
        "closed_at": thread.closed_at,
        "answer_due": thread.answer_due(definitions.support()),
        "messages": [
            {
                "sender": "person" if event.kind == support.ASKED else "office",
                "author": event.actor if request.person.is_staff else None,
                "author_name": names.get(event.actor),
                "at": event.at,
                "text": case.texts.get(event.sequence),
            }
            for event in case.events
            if event.kind != support.CLOSED
        ],
    }


def _lines(items: list[dict[str, Any]], request: Request) -> dict[str, Any]:
    return {"threads": [_line(item, request.now, request.language) for item in items]}


def _line(item: dict[str, Any], now: datetime, language: str) -> dict[str, Any]:
    due = datetime.fromisoformat(item["answer_due"]) if item["answer_due"] else None
    named = {name: item[name] for name in ("number", "topic", "application", "state", "opened_at")}
    return {
        **named,
        "topic_title": _title("topics", item["topic"], language),
        "state_title": _title("states", item["state"], language),
        "answer_due": due,
        "overdue": due is not None and due < now,
    }


def _title(part: str, name: str, language: str) -> str:
    return definitions.texts("support")[part][name][language]
