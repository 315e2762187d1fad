"""May I apply? The rules asked of a few answers."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import definitions
from casework.fields import FieldType
from casework.foresight import foresee
from casework.parameters import Parameters

DAY = date(2026, 3, 2)
FIGURES = Parameters("RU-MOW", definitions.figures())
QUESTIONS_AT_MOST = 6
ANSWERS = {
    FieldType.YES_NO: ["да", "нет"],
    FieldType.DATE: ["01.01.2024", "01.01.2019", "01.01.1980"],
    FieldType.DATE_AHEAD: ["03.03.2026", "01.09.2027"],
    FieldType.NUMBER: ["0", "1", "7"],
    FieldType.MONEY: ["0", "26000", "500000"],
}


def seen(service, answers):
    return foresee(definitions.service(service), answers, FIGURES, DAY)


@given(data=st.data())
@settings(max_examples=100)
@pytest.mark.parametrize("service", definitions.service_ids())
def test_a_few_questions_lead_to_an_answer_whatever_is_said(service, data):
    answers = {}
    while (found := seen(service, answers)).next:
        question = found.next
        options = [o.value for o in question.options] or ANSWERS[question.type]
        assert question.name not in answers
        answers[question.name] = data.draw(st.sampled_from(options))
    assert len(answers) <= QUESTIONS_AT_MOST
    assert [question.name for question in found.asked] == list(answers)
    if found.assessment:
        rules = found.assessment.rules
        grounds = [rule.holds for rule in rules if not rule.required]
        fits = all(rule.holds for rule in rules if rule.required) and (not grounds or any(grounds))
        assert found.assessment.outcome == ("approved" if fits else "refused")
    assert found.assessment or found.later


def test_one_answer_is_enough_where_one_ground_is():
    found = seen("social-service-need", {"category": "pensioner"})
    assert found.next is None
    assert found.assessment.outcome == "approved"


def test_an_income_is_asked_for_as_it_is_and_compared_with_the_limit():
    answers = {
        "category": "low_income",
        "measure_family_monthly_income": "500 000",
        "measure_family_size": "2",
    }
    assert seen("social-service-need", {"category": "low_income"}).next.type is FieldType.MONEY
    found = seen("social-service-need", answers)
    assert found.assessment.outcome == "refused"
    assert any("доход семьи будет не выше" in turn.text for turn in found.assessment.counterfactual)


def test_a_requirement_that_fails_ends_the_questions():
    found = seen("child-policy-and-snils", {"relation": "parent", "child_birth_date": "01.01.1990"})
    assert found.next is None
    assert found.assessment.outcome == "refused"


def test_what_only_registries_tell_is_told_as_later():
    found = seen("registry-extract-and-subsidy", {})
    assert found.assessment is None
    assert "Вы есть в реестре инвалидов" in found.later


def test_an_optional_answer_may_be_passed_over():
    answers = {"relation": "parent", "child_birth_date": "01.01.2020", "passport_valid_until": ""}
    assert seen("child-registration", {**answers}).next is None
    del answers["passport_valid_until"]
    assert seen("child-registration", answers).next.name == "passport_valid_until"


def test_an_answer_that_is_not_understood_is_told():
    found = seen("doctor-appointment", {"patient": "cat"})
    assert found.next.name == "patient"
    assert [problem.code for problem in found.problems] == ["not_in_list"]


def test_answers_that_nobody_asked_for_count_for_nothing():
    assert seen("doctor-appointment", {"last_name": "Иванов", "no_such": 1}).next.name == "patient"
