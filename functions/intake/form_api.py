"""The part of the API about forms as questions: what a draft still asks, and who may apply."""

import functools
from collections.abc import Iterable
from typing import Any

from adapters import definitions
from adapters.calendars import calendar_for, regions
from adapters.casebook import rules_of
from adapters.wording import shown_problem
from casework import drafts, foresight, questionnaire
from casework.application import Stage
from casework.decision import Assessment
from casework.errors import InvalidForm, Problem
from casework.fields import FieldType, FormField
from casework.form import length_at_most
from casework.parameters import Parameters
from casework.ports import Case, Rules
from casework.questionnaire import NOT_ASKED, Member, Page, Question
from functions.intake import appointments, show
from functions.intake import form_bodies as bodies
from functions.intake.access import api, seen
from functions.intake.http import APPLICANTS, Request
from functions.intake.whose_numbers import foreign_numbers


@api.operation("GET", "/regions", "Regions, by their titles", bodies.RegionList, roles=None)
def list_regions(_: Request) -> bodies.RegionList:
    return _regions()


@functools.cache
def _regions() -> bodies.RegionList:
    """Checked once a process: there are eighty, and several pages ask for them."""
    known = sorted(regions().values(), key=lambda region: region.title)
    told = [{"code": region.code, "title": region.title} for region in known]
    return bodies.RegionList.model_validate({"regions": told})


@api.operation(
    "POST",
    "/services/{service}/eligibility",
    "May I apply? The rules, asked of a few answers; nothing is kept",
    bodies.EligibilityView,
    roles=None,
    body=bodies.Eligibility,
)
def foresee(request: Request, service: str) -> dict[str, Any]:
    asked: bodies.Eligibility = request.body
    definition = definitions.service(service)
    day = calendar_for(asked.region).local_day(request.now)
    parameters = Parameters(asked.region, definitions.figures())
    found = foresight.foresee(definition, asked.answers, parameters, day)
    if found.problems:
        raise InvalidForm(list(found.problems))
    said = asked.answers
    answered = [
        {"name": f.name, "title": f.title, "written": questionnaire.written(f, said.get(f.name))}
        for f in found.asked
    ]
    return {
        "title": definition.title,
        "answered": answered,
        "next": _question_of(found.next) if found.next else None,
        "later": list(dict.fromkeys(found.later)),
        **_foreseen(found.assessment),
    }


def _foreseen(found: Assessment | None) -> dict[str, Any]:
    return {
        "outcome": found.outcome if found else None,
        "reasons": [
            {"code": reason.code, "title": reason.title, "mend": reason.mend}
            for reason in (found.reasons if found else ())
        ],
        "explanations": [
            rule.explanation for rule in (found.rules if found else ()) if not rule.holds
        ],
        "changes": [turn.text for turn in (found.counterfactual if found else ())],
    }


@api.operation(
    "GET",
    "/applications/{number}/form",
    "The form as questions: sections and pages, what is answered, what is lacking",
    bodies.FormView,
    roles=APPLICANTS,
)
def show_form(request: Request, number: str) -> dict[str, Any]:
    case = seen(number, request.person)
    app, rules = case.application, rules_of(case.application)
    today = rules.calendar.local_day(request.now)
    foreign = foreign_numbers(request, case, case.form) if app.stage is Stage.DRAFT else []
    layout = definitions.layout()
    asked = questionnaire.questionnaire(rules.service, layout, case.form, today, foreign)
    shown = _Shown(case, request.language)
    told = show.application(case, request.person, request.language, request.now)
    return {
        "number": app.number,
        "version": app.version,
        "service": app.service,
        "title": rules.service.title,
        "region": app.region,
        "stage": app.stage,
        "saved_at": app.changed_at,
        "expires_on": drafts.expires_on(case, rules, request.now),
        "signed": rules.service.signed,
        "sections": [
            {"title": s.title, "state": s.state, "pages": shown.pages(s.pages)}
            for s in asked.sections
        ],
        "documents": _documents(case, rules, told["documents"], request),
        "fee": told["fee"],
        "leftover": asked.leftover,
        "warning": _warning(rules),
        "complete": not foreign
        and all(problem["code"] == NOT_ASKED for problem in told["problems"]),
    }


def _warning(rules: Rules) -> str:
    declared = rules.service.asked.fields.get(definitions.layout().warning)
    return declared.hint if declared else ""


def _documents(
    case: Case, rules: Rules, sent: list[dict[str, Any]], request: Request
) -> list[dict[str, Any]]:
    """Those that the form asks for, then those that were sent beyond it. What was replaced or
    taken out is nobody's concern any more."""
    facts = rules.facts(case.form, request.now)
    measures = rules.measures(facts, rules.calendar.local_day(request.now))
    needed = {d.kind for d in rules.service.documents_needed(facts, measures)}
    offered = rules.service.documents_offered(facts, measures)
    present = [document for document in sent if document["state"] not in ("replaced", "erased")]
    return [
        {
            "kind": d.kind,
            "title": d.title,
            "required": d.kind in needed,
            "shows": list(d.shows),
            "dpi_at_least": d.dpi_at_least,
            "documents": [document for document in present if document["kind"] == d.kind],
        }
        for d in rules.service.documents
        if d in offered or any(document["kind"] == d.kind for document in present)
    ]


class _Shown:
    """The questions of one case, in words."""

    def __init__(self, case: Case, language: str) -> None:
        self._form = case.form
        self._language = language

    def pages(self, pages: Iterable[Page]) -> list[dict[str, Any]]:
        return [
            {
                "id": page.id,
                "title": page.title,
                "state": page.state,
                "questions": [self._question(question) for question in page.questions],
                "members": [self._member(member) for member in page.members],
                "another": self.pages(page.another),
            }
            for page in pages
        ]

    def _member(self, member: Member) -> dict[str, Any]:
        return {"place": member.place, "title": member.title, "pages": self.pages(member.pages)}

    def _question(self, asked: Question) -> dict[str, Any]:
        field = asked.field
        slot = field.type is FieldType.SLOT and isinstance(asked.value, str)
        return _question_of(field) | {
            "speciality": self._form.get(field.speciality) if field.speciality else None,
            "value": asked.value,
            "written": (appointments.in_words(asked.value) if slot else None) or asked.written,
            "problems": [self._problem(problem) for problem in asked.problems],
        }

    def _problem(self, problem: Problem) -> dict[str, str]:
        return shown_problem(problem, self._language)


def _question_of(field: FormField) -> dict[str, Any]:
    return {
        "name": field.name,
        "title": field.title,
        "type": field.type.value,
        "hint": field.hint,
        "required": field.required,
        "options": [{"value": o.value, "title": o.title} for o in field.options],
        "at_most": length_at_most(field),
    }
