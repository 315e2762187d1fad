"""What a service file says, in plain Russian."""

from datetime import date

import pytest

from adapters import definitions
from casework import plain_russian
from casework.condition import Condition
from casework.deadline import Length
from tests.unit.fake_casebook import rules

V1 = rules().service
TITLES = plain_russian.titles_of(V1)
ONE, TWO, FIVE = "день", "дня", "дней"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, ONE), (2, TWO), (4, TWO), (5, FIVE), (0, FIVE), (11, FIVE), (12, FIVE), (14, FIVE),
     (21, ONE), (22, TWO), (25, FIVE), (101, ONE), (111, FIVE), (112, FIVE), (1001, ONE)],
)  # fmt: skip
def test_a_number_has_its_form_of_the_word(number, said):
    assert plain_russian.plural(number, (ONE, TWO, FIVE)) == f"{number} {said}"


@pytest.mark.parametrize(
    ("amount", "unit", "said", "at_most"),
    [
        (1, "working_days", "1 рабочий день", "не дольше 1 рабочего дня"),
        (3, "working_days", "3 рабочих дня", "не дольше 3 рабочих дней"),
        (30, "calendar_days", "30 календарных дней", "не дольше 30 календарных дней"),
        (21, "calendar_days", "21 календарный день", "не дольше 21 календарного дня"),
        (24, "hours", "24 часа", "не дольше 24 часов"),
        (1, "hours", "1 час", "не дольше 1 часа"),
    ],
)
def test_a_length_is_said_as_people_say_it(amount, unit, said, at_most):
    given = Length(amount=amount, unit=unit)
    assert plain_russian.length(given) == said
    assert plain_russian.no_longer_than(given) == at_most


EMERGENCY = "«Вы сейчас в чрезвычайной ситуации: пожар, наводнение, потеря жилья?»"
CATEGORY = "«К какой категории вы относитесь»"


@pytest.mark.parametrize(
    ("said", "in_words"),
    [
        ({"field": "emergency", "is": True}, f"{EMERGENCY} — да"),
        ({"field": "emergency", "is": False}, f"{EMERGENCY} — нет"),
        ({"field": "category", "is": "pensioner"}, f"{CATEGORY} — «Пенсионер»"),
        (
            {"field": "category", "in": ["pensioner", "homeless"]},
            f"{CATEGORY} — одно из: «Пенсионер», «Человек без жилья»",
        ),
        ({"not": {"field": "category", "is": "pensioner"}}, f"{CATEGORY} — не «Пенсионер»"),
        ({"field": "email", "present": True}, "заполнено «Электронная почта»"),
        ({"field": "email", "present": False}, "не заполнено «Электронная почта»"),
        ({"field": "birth_date", "age_under": 18}, "«Дата рождения» — ещё не исполнилось 18 лет"),
        ({"field": "birth_date", "age_at_least": 21}, "«Дата рождения» — исполнилось 21 год"),
        (
            {"field": "birth_date", "at_most": date(2026, 2, 1)},
            "«Дата рождения» — не позже 01.02.2026",
        ),
        (
            {"measure": "family_size", "at_least": 3},
            "«Человек в семье» — не меньше: 3 человека",
        ),
        (
            {"measure": "family_monthly_income", "at_most": "income_limit"},
            "«Доход семьи в месяц» — не больше, чем «Предел дохода семьи в месяц»",
        ),
        (
            {
                "any": [
                    {"field": "emergency", "is": True},
                    {"all": [{"field": "email", "present": True}] * 2},
                ]
            },
            f"{EMERGENCY} — да или (заполнено «Электронная почта» и заполнено «Электронная почта»)",
        ),
        (
            {"field": "family", "some": {"field": "relationship", "is": "child"}},
            "среди «Члены семьи, которые живут с вами» есть те, о ком сказано: "
            "«Кем приходится вам» — «Ребёнок»",
        ),
    ],
)
def test_a_condition_is_said_in_words(said, in_words):
    assert plain_russian.condition(Condition.model_validate(said), TITLES) == in_words


def test_a_document_says_for_whom_it_is():
    needed = {document.kind: document.needed for document in plain_russian.documents(V1)}
    assert needed["passport"] == "нужен всем"
    assert needed["other"] == "по желанию"
    assert needed["residence_proof"] == "если «Вы живёте по адресу регистрации?» — нет"


def test_a_term_says_how_long_from_when_and_what_a_question_does():
    (term,) = [term for term in plain_russian.terms(V1) if term.name == "decision"]
    assert term.text == (
        "Обычно 30 календарных дней, не дольше 30 рабочих дней, считая со дня, когда вы подали "
        "заявление. Для тех, кому положено быстрее: обычно 10 рабочих дней, не дольше 15 рабочих "
        "дней. Пока мы ждём вашего ответа на вопрос, срок стоит."
    )
    assert term.source == "seeds/004"


@pytest.mark.parametrize("service", definitions.services().values(), ids=lambda s: s.id)
def test_every_service_can_be_told_in_words(service):
    """No name of a field, no English, no brace: words that a pensioner can read."""
    titles = plain_russian.titles_of(service)
    told = [t.text for t in plain_russian.terms(service)] + [
        d.needed for d in plain_russian.documents(service)
    ]
    told += [plain_russian.condition(rule.when, titles) for rule in service.rules if rule.when]
    told += [plain_russian.when(field.when, titles) for field in service.fields]
    for text in told:
        assert not set("{}_") & set(text), text
        assert "  " not in text


@pytest.mark.parametrize(
    "asked",
    ["нуждающимся", "НУЖДАЮЩИЙСЯ", "социальное обслуживание", "пенсионер", "V1", "обслуживания"],
)
def test_a_service_is_found_by_its_words_in_any_form(asked):
    assert plain_russian.is_found(V1, asked)


def test_yo_and_ye_are_one_letter_to_the_search():
    (child,) = [s for s in definitions.services().values() if s.code == "V5"]
    assert plain_russian.is_found(child, "ребёнок")
    assert plain_russian.is_found(child, "ребенка")


def test_what_no_service_says_finds_none():
    assert not plain_russian.is_found(V1, "вертолёт")
    assert not plain_russian.is_found(V1, "пенсионер вертолёт"), "every word is wanted"
    assert all(plain_russian.is_found(s, "") for s in definitions.services().values())


def test_of_figures_the_newest_in_force_counts():
    file = definitions.figures()
    (found,) = plain_russian.in_force(file.figures, "subsistence_minimum", date(2026, 4, 6))
    assert found.amount == 18939
