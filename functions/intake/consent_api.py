"""The part of the API about the consent to data processing: what its withdrawal would erase, the
withdrawal itself, and a single document taken out of a draft."""

from typing import Any

from adapters import definitions
from adapters.calendars import calendar_for
from adapters.casebook import rules_of
from casework import consent
from casework.archive import ArchiveCase
from casework.consent import Plan
from casework.ports import Case
from functions.intake import bodies, show
from functions.intake import consent_bodies as shapes
from functions.intake.access import api, carry_out
from functions.intake.http import AGENCY, CITIZEN, Request
from functions.intake.wiring import accounts, applications, archives, kept

OWNER = frozenset({CITIZEN})


@api.operation(
    "GET",
    "/consent/withdrawal",
    "What withdrawing the consent to data processing erases, what is kept and why",
    shapes.ConsentView,
    roles=OWNER,
)
def show_consent(request: Request) -> dict[str, Any]:
    return _told(archives().load(request.person.id), request)


@api.operation(
    "POST",
    "/consent/withdrawal",
    "Withdraw the consent to data processing: what may be erased is erased within the hour",
    shapes.ConsentView,
    roles=OWNER,
    confirmed_by_code=True,
)
def withdraw_consent(request: Request) -> dict[str, Any]:
    person, store = request.person.id, archives()
    cases = _cases(person, request)

    def act(archive: ArchiveCase) -> Any:
        since = consent.withdrawn_at(archive)
        begun = any(since and since < case.application.drafted_at for case in cases)
        region = archive.archive.region  # none was opened: nobody is trusted
        today = calendar_for(region).local_day(request.now) if region else request.now.date()
        return consent.withdraw_archive(archive, begun_since=begun, today=today)

    done = store.change(person, act, actor=person, now=request.now, command=request.command)
    return _told(done.case, request)


@api.operation(
    "DELETE",
    "/applications/{number}/documents/{document}",
    "Take an uploaded document out of a draft; its file is erased",
    bodies.DocumentView,
    roles=OWNER | {AGENCY},
)
def erase_document(request: Request, number: str, document: str) -> dict[str, Any]:
    done = carry_out(request, number, lambda case: consent.erase_document(case, document))
    return show.document(done.case, document, request.language, request.person)


# ---- what is told -------------------------------------------------------------------------------


def _cases(person: str, request: Request) -> list[Case]:
    return [applications().load(number) for number in kept().begun_by(person, request.now)]


def _told(archive: ArchiveCase, request: Request) -> dict[str, Any]:
    cases = _cases(request.person.id, request)
    language = request.language
    return {
        "given": _given(request),
        "withdrawn_at": archive.archive.consent_withdrawn_at,
        "applications": [_application(case, request) for case in cases],
        "archive": {
            "files": sum(len(files) for files in archive.archive.documents.values()),
            "grants": len(archive.trusted),
        },
        "beyond": [beyond.what[language] for beyond in definitions.retention().beyond],
    }


def _given(request: Request) -> dict[str, Any] | None:
    account = accounts().find(request.person.id)
    if account is None or account.consented_at is None:
        return None
    editions, at = definitions.texts("consents"), account.consented_at
    edition = consent.edition_of(editions, at.date())
    said = {name: words[request.language] for name, words in editions.get(edition, {}).items()}
    return {"at": at, "edition": edition, "text": None, "about": None, **said}


def _application(case: Case, request: Request) -> dict[str, Any]:
    app, rules, language = case.application, rules_of(case.application), request.language
    rule = definitions.retention()
    plan = consent.plan(case, rules, rule, request.now)
    state = plan.kept[0].state if plan.kept else plan.states[0]
    return {
        "number": app.number,
        "service": app.service,
        "title": rules.service.title,
        "state": state,
        "state_title": rule.of(state).title[language],
        "ends": consent.ends(app, rules),
        "erased": [
            {"what": part, "title": rule.parts[part][language]} for part in sorted(plan.erased)
        ],
        "kept": _kept(plan, language),
        "done": app.erased is not None,
    }


def _kept(plan: Plan, language: str) -> list[dict[str, Any]]:
    rule = definitions.retention()
    return [
        {
            "what": known.what,
            "title": rule.parts[known.what][language],
            "why": rule.keeping(known.state, known.what).why[language],
            "source": rule.keeping(known.state, known.what).source,
            "until": known.until,
        }
        for known in plan.kept
    ]
