"""A form as questions: which are asked, where they stand, how each stands."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import definitions
from casework.example import example_form
from casework.form import check_form
from casework.questionnaire import State, questionnaire

TODAY = date(2026, 3, 2)
NEED = definitions.service("social-service-need")
EVERY = pytest.mark.parametrize("service", definitions.services().values(), ids=lambda s: s.id)


def asked(said, service=NEED):
    return questionnaire(service, definitions.layout(), said, TODAY)


def names(found):
    return [q.field.name for s in found.sections for p in s.pages for q in p.questions]


def page(found, id_):
    return next(page for section in found.sections for page in section.pages if page.id == id_)


@EVERY
def test_every_question_of_a_full_form_is_asked_once_and_answered(service):
    found = asked(example_form(service, TODAY, optional=True), service)
    assert sorted(names(found)) == sorted(set(names(found)))
    assert {section.state for section in found.sections} <= {State.DONE, State.OPTIONAL}


@EVERY
def test_nothing_is_asked_before_what_it_depends_on(service):
    found = names(asked(example_form(service, TODAY, optional=True), service))
    for field in service.fields:
        for above in (*(field.when.fields() if field.when else ()), field.bic, field.speciality):
            if field.name in found and above in found:
                assert found.index(above) < found.index(field.name)


@EVERY
def test_an_empty_form_asks_at_least_what_is_always_required(service):
    always = {f.name for f in service.fields if f.required and f.when is None}
    assert always <= set(names(asked({}, service)))


@given(dropped=st.sets(st.sampled_from([field.name for field in NEED.fields])))
@settings(max_examples=30)
def test_whatever_is_missing_has_its_page_and_nothing_else_is_missing(dropped):
    said = example_form(NEED, TODAY, optional=True, family=2)
    said = {name: value for name, value in said.items() if name not in dropped}
    found = asked(said)
    told = {p.field for s in found.sections for each in s.pages for p in each.problems}
    _, problems = check_form(NEED, said, TODAY)
    assert told == {p.field for p in problems if p.code != "not_applicable"}


def test_what_belongs_together_stands_on_one_page():
    found = page(asked({}), "last_name")
    assert [question.field.name for question in found.questions] == [
        "last_name",
        "first_name",
        "patronymic",
    ]
    assert found.title == "Фамилия, имя и отчество"


def test_a_wrong_answer_is_told_where_it_is_asked():
    found = page(asked({"snils": "123"}), "snils")
    assert found.state is State.WRONG
    assert found.questions[0].written == "123"


def test_an_answer_to_what_is_not_asked_any_more_is_left_over():
    found = asked({"lives_at_registration": True, "residence_address": "г. Примерск, д. 7"})
    assert "residence_address" not in names(found)
    assert found.leftover == {"residence_address": None}


def test_the_same_of_a_person_in_a_group():
    member = {"relationship": "spouse", "birth_certificate": "IV-МЮ 123456", "first_name": "Анна"}
    found = asked({"family": [member]})
    (shown,) = page(found, "family").members
    assert shown.title == "Анна"
    assert [each.id for each in shown.pages] == ["relationship"]
    assert found.leftover == {"family": [{"relationship": "spouse", "first_name": "Анна"}]}


def test_what_follows_from_an_answer_about_a_person_is_asked_next():
    (shown,) = page(asked({"family": [{"relationship": "child"}]}), "family").members
    assert [each.id for each in shown.pages] == ["relationship", "birth_certificate"]


@pytest.mark.parametrize("said", ["x", 5, {"a": 1}, [5, "x", None], [{"family": []}]])
def test_a_group_that_is_none_breaks_nothing(said):
    assert page(asked({"family": said}), "family").state is State.WRONG
