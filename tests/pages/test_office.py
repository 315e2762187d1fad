"""The console as officers, experts, supervisors and auditors work in it, without scripts."""

import pytest

from local.office import form_of
from local.people import person
from tests.journeys.steps import LOW_INCOME, TOO_MUCH_INCOME, apply
from tests.pages.visitor import Visitor


@pytest.fixture
def officer(office):
    return Visitor(office.cloud, office.officer)


def case(number, rest=""):
    return f"/office/applications/{number}{rest}"


# ---- the queue ----------------------------------------------------------------------------------


def test_a_line_of_the_queue_is_taken_worked_on_and_given_back(office, officer):
    number = apply(office)
    page = officer.open("/office/queue")
    assert f"{number} Признание нуждающимся" in page.text
    assert "Осталось 30 дней" in page.text
    taken = officer.submit(page, button="Взять отмеченные", press=("claim", number))
    assert "Заявление у вас в работе" in taken.text
    assert number in officer.open("/office").text.split("Срок сегодня")[0]
    back = officer.submit(taken, button="Вернуть в очередь")
    assert "вернулось в очередь" in back.text
    assert office.officer.get(f"/applications/{number}")["officer"] is None


@pytest.mark.long
def test_what_is_late_says_so_in_words(office):
    number = apply(office)
    office.cloud.advance(days=31)
    officer = Visitor(office.cloud, office.officer)
    assert "Просрочено на 1 день" in officer.open("/office/queue?overdue=yes").text
    assert number in officer.open("/office").text
    assert "Таких заявлений нет" in officer.open("/office/queue?mine=yes").text


def test_many_are_looked_at_beforehand_and_told_of_one_by_one(office, officer):
    free, taken = apply(office), apply(office, form_of(person(31)))
    office.second_officer.post(f"/applications/{taken}/claim")
    queue = officer.open("/office/queue")
    token = queue.form("Взять отмеченные").fields
    chosen = {"_token": [token["_token"]], "_key": [token["_key"]], "act": ["claim"]}
    preview = officer.post("/office/queue/bulk", chosen | {"numbers": [free, taken]})
    assert f"{free} Можно {taken} Нельзя" in preview.text
    assert office.officer.get(f"/applications/{free}")["officer"] is None
    done = officer.submit(preview, press=("step", "do"))
    assert f"{free} Сделано {taken} Нельзя" in done.text
    assert office.officer.get(f"/applications/{free}")["officer"] == "officer"


# ---- one application ----------------------------------------------------------------------------


def test_a_question_is_asked_once_about_everything(office, officer):
    number = apply(office)
    page = officer.open(case(number, "/question"))
    nothing = officer.submit(page)
    assert nothing.title.startswith("Ошибка")
    asked = officer.submit(
        nothing,
        {"document.passport": "unreadable", "field.income": "unclear", "message": "Какой доход?"},
    )
    assert "Вопрос задан" in asked.text
    question = office.show(number)["question"]
    assert {(gap["code"], gap["field"], gap["document"]) for gap in question["gaps"]} == {
        ("unreadable", None, "passport"),
        ("unclear", "income", None),
    }
    assert question["message"] == "Какой доход?"


def test_an_approval_against_the_rules_needs_words(office, officer):
    number = apply(office, TOO_MUCH_INCOME)
    page = officer.open(case(number, "/proposal"))
    refused = officer.submit(page, {"outcome": "approved"})
    assert refused.errors
    assert refused.form().fields["outcome"] == "approved"
    approved = officer.submit(refused, {"explanation": "Доход уменьшился."})
    assert "Заявление одобрено" in approved.text


def test_two_officers_refuse_and_one_may_send_back(office, officer):
    number = apply(office, TOO_MUCH_INCOME)
    proposed = officer.submit(officer.open(case(number, "/proposal")))
    assert "officer предлагает отказать" in proposed.text
    assert "Проверить решение" not in proposed.text
    second = Visitor(office.cloud, office.second_officer)
    page = second.open(case(number, "/confirmation"))
    unexplained = second.submit(page, {"agrees": "no"})
    assert unexplained.errors
    returned = second.submit(unexplained, {"explanation": "Проверьте справку."})
    assert "вернулось первому сотруднику" in returned.text
    assert "Проверьте справку." in officer.open(case(number)).text
    officer.submit(officer.open(case(number, "/proposal")))
    confirmed = second.submit(second.open(case(number, "/confirmation")), {"agrees": "yes"})
    assert "Решение вступило в силу" in confirmed.text
    assert office.show(number)["stage"] == "refused"


def test_a_case_is_brought_to_a_supervisor_and_paused_until_a_day(office, officer):
    number = apply(office)
    page = officer.open(case(number, "/escalation"))
    assert officer.submit(page).errors
    called = officer.submit(page, {"words": "Заявитель угрожает."})
    assert "officer зовёт старшего: Заявитель угрожает." in called.text
    page = officer.open(case(number, "/pause"))
    reason = page.tree.xpath("//input[@name='reason']/@value")[0]
    paused = officer.submit(
        page, {"reason": reason, "until": "05.03.2026", "words": "Ждём ответа ведомства."}
    )
    assert "Срок остановлен до 5 марта 2026 года" in paused.text
    assert "Задать вопрос" not in paused.text
    assert "Срок снова идёт" in officer.submit(paused, button="Продолжить срок").text


# ---- experts ------------------------------------------------------------------------------------


def test_an_expert_sees_the_file_and_says_what_is_wrong(office):
    office.experts_at_work = False
    number = apply(office, LOW_INCOME)
    expert = Visitor(office.cloud, office.expert)
    listed = expert.open("/office")
    assert number in listed.text
    page = expert.follow(expert.open(case(number)), "Проверить")
    assert expert.submit(page, button="Показать документ").tree.xpath("//main//img")
    unsaid = expert.submit(page, button="Сохранить")
    assert unsaid.errors
    judged = expert.submit(
        page, {"verdict": "unreadable", "defects": ["edge_cut"]}, button="Сохранить"
    )
    assert "Проверка документа записана" in judged.text
    verdicts = [
        each["verdict"] for each in office.officer.get(f"/applications/{number}")["documents"]
    ]
    assert "unreadable" in verdicts
