"""An application before it is submitted: its sections, its questions, the answers checked, the fee,
the submission. Which questions there are, and how they stand, the operation `show_form` says."""

from typing import Any

from chalice import Response

from casework.errors import InvalidForm, NotFound, OporaError, VersionConflict
from functions.intake.http import APPLICANTS, CITIZEN
from functions.portal.asked import digest_of, of_page
from functions.portal.pages import json_answer, page
from functions.portal.rendering import moment
from functions.portal.signing import signed_body
from functions.portal.visit import Visit

ONE = "/cabinet/applications/{number}"
FORM = f"{ONE}/form"
SEEN = "_seen"  # the answers as the page showed them, as a digest


@page("GET", FORM, roles=APPLICANTS)
def show_tasks(visit: Visit, number: str) -> Response:
    form = visit.do("show_form", number=number)
    if form.stage != "draft":
        return visit.go(f"/cabinet/applications/{number}")
    known = visit.do("prefill", number=number).values if CITIZEN in visit.person.roles else {}
    return visit.html("form_tasks.html", form=form, known=known)


@page("POST", f"{ONE}/prefill", roles=APPLICANTS, again=FORM)
def fill_in(visit: Visit, number: str) -> Response:
    known = visit.do("prefill", number=number)
    visit.do("change", {"form": known.values, "version": known.version}, number=number)
    return visit.go(f"/cabinet/applications/{number}/form", told="filled_in")


# ---- one page of questions ----------------------------------------------------------------------


@page("GET", f"{FORM}/{{name}}", roles=APPLICANTS)
def show_questions(visit: Visit, number: str, name: str) -> Response:
    form = visit.do("show_form", number=number)
    return _asked(visit, form, name)


@page("POST", f"{FORM}/{{name}}", roles=APPLICANTS)
def answer_questions(visit: Visit, number: str, name: str) -> Response:
    form = visit.do("show_form", number=number)
    section, at = _found(form, name)
    asked = section.pages[at]
    if asked.questions[0].type == "group":
        return _leave_group(visit, form, asked)
    told, stored = of_page(visit, asked.questions), _stored(asked.questions)
    if told != stored:
        _must_be_as_seen(visit, stored)
        visit.do("change", {"form": told, "version": form.version}, number=number)
        form = visit.do("show_form", number=number)
    return _saved(visit, form, name, told)


def _saved(visit: Visit, form: Any, name: str, told: dict[str, Any]) -> Response:
    """Whatever was typed is kept; what cannot stay as it is is asked for once more."""
    if visit.value("script"):
        return json_answer({"saved": _clock(form), "seen": digest_of(told)})
    if visit.value("later"):
        return visit.go(f"/cabinet/applications/{form.number}/form", told="draft_saved")
    section, at = _found(form, name)
    if wrong := [p for question in section.pages[at].questions for p in question.problems]:
        visit.complain_of(wrong)
        _seen_as_saved(visit, section.pages[at])
        return _asked(visit, form, name)
    after = section.pages[at + 1 : at + 2]
    return visit.go(
        f"/cabinet/applications/{form.number}/form" + (f"/{after[0].id}" if after else "")
    )


def _asked(visit: Visit, form: Any, name: str) -> Response:
    section, at = _found(form, name)
    asked = section.pages[at]
    template = "form_group.html" if asked.questions[0].type == "group" else "form_page.html"
    slots = _slots(visit, form, asked.questions[0]) if asked.questions[0].type == "slot" else None
    return visit.html(
        template,
        form=form,
        section=section,
        asked=asked,
        before=section.pages[at - 1].id if at else None,
        seen=visit.value(SEEN) or digest_of(_stored(asked.questions)),
        saved=_clock(form),
        slots=slots,
    )


def _found(form: Any, name: str) -> tuple[Any, int]:
    for section in form.sections:
        for at, asked in enumerate(section.pages):
            if asked.id == name:
                return section, at
    raise NotFound("not_found")


def _stored(questions: list[Any]) -> dict[str, Any]:
    return {question.name: question.value for question in questions}


def _must_be_as_seen(visit: Visit, stored: dict[str, Any]) -> None:
    """Another tab or device may have answered meanwhile: then the person decides which it is."""
    if visit.value(SEEN) and visit.value(SEEN) != digest_of(stored):
        visit.typed[SEEN] = [digest_of(stored)]
        raise VersionConflict("answered_elsewhere")


def _seen_as_saved(visit: Visit, asked: Any) -> None:
    """This page saved them itself: to mend them is no conflict."""
    visit.typed[SEEN] = [digest_of(_stored(asked.questions))]


def _clock(form: Any) -> str:
    return moment(form.saved_at, form.region)[-5:]


def _slots(visit: Visit, form: Any, question: Any) -> Any:
    if not question.speciality:
        return None
    query = {"speciality": question.speciality, "region": form.region}
    if cursor := visit.query.get("cursor"):
        query["cursor"] = cursor
    try:
        return visit.do("list_slots", query=query)
    except OporaError:  # a speciality that is not on the list is the form's own mistake
        return None


# ---- people of a group --------------------------------------------------------------------------


def _leave_group(visit: Visit, form: Any, asked: Any) -> Response:
    number, place = form.number, visit.value("remove")
    if place:
        kept = [member for at, member in enumerate(_members(asked)) if str(at + 1) != place]
        body = {"form": {asked.id: kept or None}, "version": form.version}
        visit.do("change", body, number=number)
        return visit.go(f"/cabinet/applications/{number}/form/{asked.id}", told="member_removed")
    return _saved(visit, form, asked.id, {})


def _members(asked: Any) -> list[dict[str, Any]]:
    value = asked.questions[0].value
    return value if isinstance(value, list) else []


@page("GET", f"{FORM}/{{name}}/{{member}}", roles=APPLICANTS)
def show_member(visit: Visit, number: str, name: str, member: str) -> Response:
    return _member_asked(visit, visit.do("show_form", number=number), name, member, None)


@page("POST", f"{FORM}/{{name}}/{{member}}", roles=APPLICANTS)
def answer_member(visit: Visit, number: str, name: str, member: str) -> Response:
    return _member_told(visit, number, name, member, None)


@page("GET", f"{FORM}/{{name}}/{{member}}/{{part}}", roles=APPLICANTS)
def show_member_part(visit: Visit, number: str, name: str, member: str, part: str) -> Response:
    return _member_asked(visit, visit.do("show_form", number=number), name, member, part)


@page("POST", f"{FORM}/{{name}}/{{member}}/{{part}}", roles=APPLICANTS)
def answer_member_part(visit: Visit, number: str, name: str, member: str, part: str) -> Response:
    return _member_told(visit, number, name, member, part)


def _member_told(visit: Visit, number: str, name: str, member: str, part: str | None) -> Response:
    form = visit.do("show_form", number=number)
    group = _group(form, name)
    questions = _member_page(group, member, part).questions
    members, told, stored = _members(group), of_page(visit, questions), _stored(questions)
    place = len(members) + 1 if member == "new" else int(member)
    if told != stored:
        if member != "new":
            _must_be_as_seen(visit, stored)
        whole = {**(members[place - 1] if member != "new" else {}), **told}
        whole = {key: value for key, value in whole.items() if value is not None}
        changed = [*members[: place - 1], whole, *members[place:]]
        body = {"form": {name: changed}, "version": form.version}
        visit.do("change", body, number=number)
        form = visit.do("show_form", number=number)
    if visit.value("script"):
        return json_answer({"saved": _clock(form), "seen": digest_of(told)})
    return _member_saved(visit, form, name, str(place), part)


def _member_saved(visit: Visit, form: Any, name: str, member: str, part: str | None) -> Response:
    path = f"/cabinet/applications/{form.number}/form/{name}"
    if visit.value("later"):
        return visit.go(f"/cabinet/applications/{form.number}/form", told="draft_saved")
    if member not in {str(known.place) for known in _group(form, name).members}:
        return visit.go(path)  # nothing was said of a new one
    pages = _member_pages(_group(form, name), member)
    asked = _member_page(_group(form, name), member, part)
    if wrong := [p for question in asked.questions for p in question.problems]:
        visit.complain_of(
            [p.model_copy(update={"field": p.field.rpartition(".")[2]}) for p in wrong]
        )
        _seen_as_saved(visit, asked)
        return _member_asked(visit, form, name, member, part)
    at = [known.id for known in pages].index(asked.id)
    after = pages[at + 1 : at + 2]
    return visit.go(f"{path}/{member}/{after[0].id}" if after else path)


def _member_asked(visit: Visit, form: Any, name: str, member: str, part: str | None) -> Response:
    group = _group(form, name)
    asked = _member_page(group, member, part)
    place = "/".join(filter(None, (name, member, part)))
    return visit.html(
        "form_member.html",
        form=form,
        group=group,
        asked=asked,
        path=f"/cabinet/applications/{form.number}/form/{place}",
        is_new=member == "new",
        seen=visit.value(SEEN) or digest_of(_stored(asked.questions)),
        saved=_clock(form),
    )


def _group(form: Any, name: str) -> Any:
    section, at = _found(form, name)
    if section.pages[at].questions[0].type != "group":
        raise NotFound("not_found")
    return section.pages[at]


def _member_pages(group: Any, member: str) -> list[Any]:
    if member == "new":
        return group.another
    known = {str(each.place): each.pages for each in group.members}
    if member not in known:
        raise NotFound("not_found")
    return known[member]


def _member_page(group: Any, member: str, part: str | None) -> Any:
    pages = _member_pages(group, member)
    found = pages[:1] if part is None else [each for each in pages if each.id == part]
    if not found:
        raise NotFound("not_found")
    return found[0]


# ---- the answers checked, the fee, the submission -----------------------------------------------


@page("GET", f"{ONE}/check", roles=APPLICANTS)
def show_check(visit: Visit, number: str) -> Response:
    form = visit.do("show_form", number=number)
    if form.stage != "draft":
        return visit.go(f"/cabinet/applications/{number}")
    return visit.html("form_check.html", form=form)


@page("POST", f"{ONE}/check", roles=APPLICANTS)
def submit_application(visit: Visit, number: str) -> Response:
    _clear(visit, number)
    visit.do("submit", signed_body(visit, number, "submission"), number=number)
    return visit.go(f"/cabinet/applications/{number}/submitted")


def _clear(visit: Visit, number: str) -> None:
    """Answers to questions that are not asked any more do not go along."""
    form = visit.do("show_form", number=number)
    if form.stage == "draft" and form.leftover:
        visit.do("change", {"form": form.leftover, "version": form.version}, number=number)


@page("GET", f"{ONE}/fee", roles=APPLICANTS)
def show_fee(visit: Visit, number: str) -> Response:
    form = visit.do("show_form", number=number)
    if form.fee is None:
        raise NotFound("not_found")
    return visit.html("form_fee.html", form=form, payment=None)


@page("POST", f"{ONE}/fee", roles=APPLICANTS)
def ask_to_pay(visit: Visit, number: str) -> Response:
    """A page with a link: no form of ours leads to another's site by itself."""
    _clear(visit, number)
    form = visit.do("show_form", number=number)
    try:
        payment = visit.do("request_payment", number=number)
    except InvalidForm:  # each mistake stands where it can be mended
        return visit.go(f"/cabinet/applications/{number}/check")
    return visit.html("form_fee.html", form=form, payment=payment)


@page("GET", f"{ONE}/submitted", roles=APPLICANTS)
def show_submitted(visit: Visit, number: str) -> Response:
    case = visit.do("show_application", number=number)
    if case.submitted_at is None:
        return visit.go(f"/cabinet/applications/{number}/form")
    papers = visit.do("list_papers", number=number).papers
    receipts = [paper for paper in papers if paper.kind == "receipt"]
    promised = [t for t in case.terms if t.name == "decision" and t.kind == "promise"]
    due = next(iter(promised or case.terms), None)  # some services first check, and then promise
    return visit.html("form_submitted.html", case=case, receipts=receipts, due=due)
