"""The part of the API for experts: what awaits their eye, the file, and their verdict."""

from datetime import datetime, timedelta
from typing import Any

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from adapters.vault import neutral_name
from adapters.wording import text_of
from casework import document_check
from casework.errors import BadRequest
from functions.intake import bodies
from functions.intake import document_check_bodies as shapes
from functions.intake.access import acted, api, carry_out
from functions.intake.http import EXPERTS, OFFICE, Request
from functions.intake.wiring import applications, vault

LOOK_SECONDS = 300
DOCUMENT = "/applications/{number}/documents/{document}"


@api.operation(
    "GET",
    "/document-checks",
    "Applications of a region with documents that await an expert, the first due first",
    shapes.AwaitingPage,
    roles=OFFICE,
    query={
        "cursor": "Where the next page begins, as the last one told",
        "region": "Region code; by default the officer's own",
    },
)
def list_document_checks(request: Request) -> dict[str, Any]:
    region = request.query.get("region") or request.person.region
    if not region:
        raise BadRequest("bad_parameter", name="region", expected="RU-XX")
    calendar_for(region)  # refuses an unknown one
    page = applications().checks_due(region, request.query.get("cursor"))
    lines = [_line(item, request.now) for item in page.items]
    return {"applications": lines, "cursor": page.cursor}


def _line(item: dict[str, Any], now: datetime) -> dict[str, Any]:
    due = datetime.fromisoformat(item["due"].partition("#")[0])
    named = {name: item[name] for name in ("number", "service", "region")}
    title = definitions.service(item["service"]).title
    return {**named, "title": title, "due": due, "overdue": due <= now}


@api.operation(
    "GET",
    "/document-checks/defects",
    "What an expert may find wrong with a document",
    shapes.DefectList,
    roles=OFFICE,
)
def list_document_defects(request: Request) -> dict[str, Any]:
    known = definitions.texts("document_defects").items()
    return {
        "defects": [
            {"code": code, **defect, "told": _told(code, defect["verdict"], request.language)}
            for code, defect in known
        ]
    }


def _told(code: str, verdict: str, language: str) -> str:
    suspect = verdict == document_check.SUSPECT
    return text_of("problems", document_check.ORIGINAL_NEEDED if suspect else code, language, {})


def _verdicts() -> dict[str, str]:
    """Which verdict each defect belongs to."""
    known = definitions.texts("document_defects").items()
    return {code: defect["verdict"] for code, defect in known}


@api.operation(
    "POST",
    f"{DOCUMENT}/look",
    "Look at a document: a link to the file for five minutes",
    shapes.LookView,
    roles=OFFICE,
)
def look_at_document(request: Request, number: str, document: str) -> dict[str, Any]:
    done = carry_out(request, number, lambda case: document_check.look(case, document))
    if done.repeated:  # what was replaced, thrown out or erased between the two is not shown again
        document_check.look(done.case, document)
    record = done.case.documents[document]
    needed = rules_of(done.case.application).service.document(record.kind)
    name = neutral_name(record)
    return {
        "url": vault().address(
            record.vault_key, name, record.content_type, download=False, seconds=LOOK_SECONDS
        ),
        "valid_until": request.now + timedelta(seconds=LOOK_SECONDS),
        "file_name": name,
        "content_type": record.content_type,
        "shows": list(needed.shows),
    }


@api.operation(
    "POST",
    f"{DOCUMENT}/check",
    "Judge a document as an expert",
    bodies.ApplicationView,
    roles=EXPERTS,
    body=shapes.NewVerdict,
)
def check_document(request: Request, number: str, document: str) -> dict[str, Any]:
    given: shapes.NewVerdict = request.body
    return acted(
        request,
        number,
        lambda case: document_check.check(
            case,
            rules_of(case.application),
            request.person.id,
            document,
            given.verdict,
            given.defects,
            given.note,
            _verdicts(),
        ),
    )
