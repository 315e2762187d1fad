"""Words for codes: never none, never a crash."""

import pytest

from adapters import definitions
from adapters.wording import shown_problem, text_of
from casework.errors import Problem


def test_a_code_has_its_words_in_both_languages():
    assert text_of("errors", "already_open", "ru", {}).startswith("На эту услугу")
    assert text_of("errors", "already_open", "en", {}).startswith("Somebody else")


def test_details_fill_their_places():
    told = text_of("errors", "unknown_service", "en", {"known": "a, b", "more": 1})
    assert told == "There is no such service. Known services: a, b."


def test_a_defect_of_a_page_is_told_with_its_number():
    of_file = text_of("problems", "encrypted", "ru", {})
    assert text_of("problems", "encrypted", "ru", {"page": 3}) == f"Страница 3. {of_file}"


@pytest.mark.parametrize("details", [{}, {"known": None}, {"known": "{x} %s"}])
def test_missing_and_odd_details_do_not_break_a_text(details):
    assert text_of("errors", "unknown_service", "en", details)


def test_what_is_not_in_one_file_is_looked_for_in_the_other():
    assert (
        text_of("errors", "required", "ru", {}) == definitions.texts("problems")["required"]["ru"]
    )
    told = text_of("problems", "wrong_stage", "ru", {})
    assert told == definitions.texts("errors")["wrong_stage"]["ru"]


def test_a_code_that_nobody_worded_still_says_something():
    assert text_of("errors", "no_such_code", "ru", {}) == "Не получилось выполнить запрос."
    assert text_of("problems", "no_such_code", "en", {}) == "The request could not be carried out."


def test_a_problem_is_shown_by_field_code_and_words():
    shown = shown_problem(Problem("family.2.snils", "required"), "ru")
    assert shown == {
        "field": "family.2.snils",
        "code": "required",
        "message": "Заполните это поле.",
    }
