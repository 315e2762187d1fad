"""Somebody applies for another person: whom the office writes to, whose duplicate it is, who
answers for false data."""

from datetime import date
from typing import Any

from adapters import definitions
from casework import actions, form, violations
from casework.example import example_form
from casework.notice import Contact, contact_of

RULES = definitions.rules("care-for-disabled", "RU-MOW")
SERVICE = RULES.service
DAY = date(2026, 4, 6)

DAUGHTER = {
    "applies_for": "another",
    "relationship": "child",
    "acts_as": "guardian",
    "representative_last_name": "Опекунова",
    "representative_first_name": "Анна",
    "representative_patronymic": None,
    "representative_postcode": "101003",
    "representative_address": "г. Примерск, ул. Лесная, д. 4, кв. 5",
    "can_consent": False,
}
FATHER = {
    "last_name": "Образцов",
    "first_name": "Пётр",
    "patronymic": "Ильич",
    "postcode": "101000",
    "registration_address": "г. Примерск, ул. Садовая, д. 7, кв. 12",
    "lives_at_registration": True,
}


def stored(**known: Any) -> dict[str, Any]:
    raw = example_form(SERVICE, DAY, **(FATHER | known))
    return form.to_json(form.checked_form(SERVICE, raw, DAY))


def facts(**known: Any) -> dict[str, Any]:
    return form.check_form(SERVICE, stored(**known), DAY)[0]


def contact(**known: Any) -> Contact:
    return contact_of(SERVICE, stored(**known))


def test_a_letter_goes_to_the_daughter_who_applied_and_not_to_her_father():
    assert contact(**DAUGHTER).address == (
        "101003, г. Примерск, ул. Лесная, д. 4, кв. 5\nОпекунова Анна"
    )


def test_a_letter_goes_to_the_person_himself_when_nobody_acts_for_him():
    assert contact().address == (
        "101000, г. Примерск, ул. Садовая, д. 7, кв. 12\nОбразцов Пётр Ильич"
    )


def test_father_and_daughter_cannot_both_apply_for_the_care_of_the_father():
    assert actions.identity_key(RULES, facts()) == actions.identity_key(RULES, facts(**DAUGHTER))


def test_two_parents_of_one_daughter_are_two_cases():
    mother = facts(**DAUGHTER, snils="100-000-500 24")
    assert actions.identity_key(RULES, facts(**DAUGHTER)) != actions.identity_key(RULES, mother)


def test_the_applicant_is_the_daughter_by_her_own_snils():
    form_of_daughter = facts(**DAUGHTER)
    assert (
        SERVICE.subject.applicant_snils(form_of_daughter)
        == (form_of_daughter["representative_snils"])
    )
    assert SERVICE.subject.applicant_snils(facts()) == facts()["snils"]


def test_for_false_data_answers_whoever_applied():
    daughter, father = facts(**DAUGHTER), facts()
    assert violations.person_key(RULES, daughter) != violations.person_key(RULES, father)
    assert violations.person_key(RULES, daughter) == violations.person_key(
        RULES, facts(**DAUGHTER, snils="100-000-500 24")
    )


def test_a_service_in_which_nobody_acts_for_another_knows_the_applicant_alone():
    need = definitions.service("social-service-need").subject
    assert need.acting_in({"snils": "100-000-500 24"}) is None
    assert need.applicant_snils({"snils": "100-000-500 24"}) == "100-000-500 24"
