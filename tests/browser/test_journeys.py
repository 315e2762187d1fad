"""Whole journeys through the pages: citizen and officers side by side, each in a window of his own,
and weeks that pass in a moment. What is filled in beforehand by the API another journey fills in.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from adapters import definitions
from casework.example import example_form
from local.office import Office
from tests.browser.desk import CASES, MINE, Desk
from tests.journeys.steps import LOW_INCOME, TOO_MUCH_INCOME, wait_until

Desks = Callable[..., Desk]


@pytest.fixture
def desk(window: Any, office: Office, site: str) -> Desks:
    """desk(who, phone=False): nobody is signed in yet."""
    office.experts_at_work = False  # they work here as everybody does
    return lambda who, phone=False: Desk(window(phone=phone), office, who, site)


def submitted(office: Office, citizen: Desk, form: dict[str, Any], service: str = "") -> str:
    """Filled in beforehand, submitted by hand; gives the number."""
    number = office.draft(form, **({"service": service} if service else {}))
    citizen.come(f"{MINE}/{number}/check")
    citizen.press("Подать заявление")
    citizen.reads("Заявление подано", number)
    return number


def judged(office: Office, expert: Desk, number: str) -> None:
    """An expert finds each document that awaits him good: one leads to the next."""
    expert.come(f"{CASES}/{number}")
    expert.follow("Проверить")
    while expert.path.startswith(f"/office/document-checks/{number}/"):
        expert.choose("Подходит")
        expert.press("Сохранить")
        expert.reads("Проверка документа записана")
    office.cloud.advance(minutes=5)


def example(office: Office, service: str, **said: Any) -> dict[str, Any]:
    return example_form(definitions.service(service), office.cloud.now().date(), **said)


# ---- approved -----------------------------------------------------------------------------------


@pytest.mark.long
def test_applied_by_hand_signed_approved_and_paid(office: Office, desk: Desks) -> None:
    office.enrol()
    citizen, officer = desk("citizen"), desk("officer")
    citizen.open("/cabinet/services?q=уход")
    citizen.follow("Уход за инвалидом I группы")
    citizen.press("Заполнить заявление")
    citizen.reads("Войдите, чтобы продолжить")
    citizen.sign_in_by_sms()
    citizen.select("Регион, где вы подаёте заявление", "Москва")
    citizen.press("Начать заявление")
    number = citizen.number
    citizen.fill_in(number, example(office, "care-for-disabled"))
    citizen.reads("Пока рано")
    send_documents(citizen, number)
    office.cloud.advance(seconds=10)
    citizen.open(f"{MINE}/{number}/check")
    citizen.press("Подписать и подать")
    citizen.sign()
    citizen.reads(
        "Заявление подано", number, "Первичная проверка сведений и документов: до 10 марта"
    )
    office.cloud.advance(days=1)  # the registries have answered
    officer.come("/office/queue")
    officer.press(f"Взять заявление {number}")
    officer.reads("Заявление у вас в работе")
    officer.follow("Решить")
    officer.choose("Одобрить")
    officer.press("Продолжить")
    officer.reads("Проверьте решение", "12 500")
    officer.press("Подтвердить решение")
    officer.reads("Заявление одобрено")
    office.cloud.settle()
    citizen.come(f"{MINE}/{number}")
    citizen.reads("Одобрено", "Сумма")
    wait_until(office, "2026-05-10 12:00")
    citizen.come(f"{MINE}/{number}")
    citizen.follow("Выплаты")
    citizen.reads("Следующая выплата", "За июнь 2026 года", "Май 2026 года", "12 500 ₽")


def send_documents(citizen: Desk, number: str) -> None:
    """Each that is needed."""
    citizen.open(f"{MINE}/{number}/documents")
    while citizen.page.get_by_text("Нужно загрузить").count():
        row = citizen.page.get_by_role("listitem").filter(has_text="Нужно загрузить").first
        citizen.follow(row.get_by_role("link").inner_text())
        citizen.send_file()
        citizen.follow("Все документы")


@pytest.mark.long
def test_a_programme_is_agreed_and_its_provider_chosen(office: Office, desk: Desks) -> None:
    office.load_providers()
    citizen, expert, officer = desk("citizen", phone=True), desk("expert"), desk("officer")
    number = submitted(office, citizen, LOW_INCOME)
    judged(office, expert, number)
    decided(officer, number, "Одобрить")
    officer.reads("Заявление одобрено")
    office.cloud.settle()
    officer.open(f"{CASES}/{number}/programme/new")
    row = officer.page.get_by_role("group", name="Услуга 1")
    row.get_by_label("Вид помощи").select_option("social_household")
    row.get_by_label("Название").fill("Уборка")
    row.get_by_label("Сколько раз").fill("3")
    row.get_by_label("До какого дня").fill("31.08.2026")
    row.get_by_label("Почему нужна").fill("Трудно наклоняться")
    officer.fill("Когда пересмотреть программу", "01.09.2026")
    officer.press("Предложить человеку")
    officer.reads("Программа отправлена человеку")
    office.cloud.settle()
    citizen.come(f"{MINE}/{number}")
    citizen.press("Прочитать программу и ответить")
    citizen.reads("Уборка", "3 раза в неделю, до 31 августа 2026 года")
    citizen.press("Да, согласиться")
    citizen.reads("Осталось выбрать организацию")
    office.cloud.settle()
    citizen.open(f"{MINE}/{number}")
    citizen.press("Сравнить организации и выбрать")
    citizen.follow("Когда начнут")
    citizen.press("Центр помощи на дому «Липа»")
    citizen.sign()
    citizen.reads("Вы выбрали организацию", "Центр помощи на дому «Липа»")
    office.cloud.settle()
    officer.open(f"{CASES}/{number}/programme")
    officer.press("Составить акт")
    officer.reads("Акт составлен")
    office.cloud.settle()
    officer.open(f"{CASES}/{number}/programme")
    officer.select("Услуга", "1. Уборка")
    officer.choose("Начали оказывать")
    officer.fill("Когда", "02.03.2026")
    officer.press("Отметить")
    citizen.open(f"{MINE}/{number}/programme")
    citizen.reads("Оказывают", "С 2 марта 2026 года")


@pytest.mark.long
def test_a_certificate_is_paid_for_approved_and_handed_over(office: Office, desk: Desks) -> None:
    form = example(office, "disability-certificate", certificate_type="duplicate", hand_over="mfc")
    number = office.draft(form, service="disability-certificate")
    citizen, officer = desk("citizen", phone=True), desk("officer")
    citizen.come(f"{MINE}/{number}/check")
    citizen.reads("ещё не оплачена", "Пока подать нельзя")
    citizen.follow("Оплатить")
    citizen.press("Оплатить")
    citizen.press("Перейти к оплате")
    citizen.press("Оплатить")
    with citizen.page.expect_navigation():
        citizen.page.get_by_text("Вернуться к заявлению").click()
    office.cloud.settle()
    citizen.open(f"{MINE}/{number}/fee")
    citizen.reads("Оплата получена", "получено")
    citizen.press("Проверить ответы и подать")
    citizen.press("Подать заявление")
    citizen.reads("Заявление подано")
    office.cloud.advance(days=1)  # the registries have answered
    decided(officer, number, "Одобрить")
    office.cloud.settle()
    citizen.come(f"{MINE}/{number}")
    citizen.reads("Одобрено", "Бумажный документ", "Готовим")
    officer.open(f"{CASES}/{number}/original")
    officer.press("Документ готов")
    office.cloud.settle()
    citizen.open(f"{MINE}/{number}")
    citizen.reads("Ждёт вас")
    officer.open(f"{CASES}/{number}/original")
    officer.press("Документ выдан")
    office.cloud.settle()
    citizen.open(f"{MINE}/{number}")
    citizen.reads("Выдан 3 марта 2026 года")


def decided(
    officer: Desk, number: str, outcome: str, words: str = "", reasons: Sequence[str] = ()
) -> None:
    """As the first of two officers, or alone. Sees who else is there, and takes the case first."""
    officer.come(f"{CASES}/{number}")
    officer.follow("Решить")
    officer.choose(outcome, *reasons)
    officer.fill("Пояснение", words)
    officer.press("Продолжить")
    officer.reads("Проверьте решение")
    officer.press("Подтвердить решение")


# ---- refused ------------------------------------------------------------------------------------


@pytest.mark.long
def test_refused_by_two_officers_and_turned_by_an_appeal(office: Office, desk: Desks) -> None:
    citizen, expert, officer = desk("citizen"), desk("expert"), desk("officer")
    second, third, supervisor = desk("second-officer"), desk("third-officer"), desk("supervisor")
    number = submitted(office, citizen, TOO_MUCH_INCOME)
    judged(office, expert, number)
    unfit = "Не подтверждено ни одно основание для признания нуждающимся"
    decided(officer, number, "Предложить отказ", reasons=[unfit])
    officer.reads("Петрова М. С. предлагает отказать", "Нужен второй сотрудник")
    officer.open(f"{CASES}/{number}/confirmation")
    officer.reads("Проверить его должен другой сотрудник")
    second.come(f"{CASES}/{number}")
    second.follow("Проверить решение")
    confirm(second)
    second.reads("Решение вступило в силу")
    office.cloud.advance(minutes=1)
    citizen.open(f"{MINE}/{number}")
    citizen.follow("Почему так решили и как это изменить")
    citizen.reads(
        "75 000,00 ₽. Нужно: не больше 28 408,50 ₽.",
        "Что изменило бы решение",
        "Пожаловаться можно до 1 апреля 2026 года включительно: осталось 30 дней",
    )
    citizen.press("Подать жалобу")
    appeal = citizen.number
    citizen.fill_in(appeal, grievance(office))
    send_documents(citizen, appeal)
    office.cloud.advance(seconds=10)
    citizen.open(f"{MINE}/{appeal}/check")
    citizen.press("Подать заявление")
    citizen.reads("Заявление подано", appeal)
    office.cloud.advance(minutes=5)
    officer.come(f"{CASES}/{appeal}")
    officer.reads("Вы участвовали в решении, которое обжалуют")
    officer.does_not_read("Решить", "Взять в работу")
    decided(third, appeal, "Изменить решение", "Доход посчитан дважды")
    third.reads("предлагает изменить решение")
    supervisor.come(f"{CASES}/{appeal}")
    supervisor.follow("Проверить решение")
    confirm(supervisor)
    supervisor.reads("Решение вступило в силу")
    office.cloud.advance(minutes=1)
    citizen.open(f"{MINE}/{appeal}")
    citizen.reads("Жалоба удовлетворена")
    citizen.open(f"{MINE}/{number}")
    citizen.reads("Прежнее решение отменено по жалобе", "Вы признаны нуждающимся")


def grievance(office: Office) -> dict[str, Any]:
    """What only the person can tell; the rest has been filled in for him."""
    known = ("contested", "decision_date", "last_name", "first_name", "patronymic", "snils")
    return {name: v for name, v in example(office, "appeal").items() if name not in known}


def confirm(officer: Desk, words: str = "") -> None:
    officer.choose("Согласен: решение вступит в силу")
    officer.fill("Пояснение", words)
    officer.press("Сохранить")


# ---- asked --------------------------------------------------------------------------------------


def asked(officer: Desk, number: str) -> None:
    officer.come(f"{CASES}/{number}")
    officer.follow("Задать вопрос")
    officer.select("Паспорт: страницы с фотографией и с регистрацией", "Не читается")
    officer.fill("Сообщение человеку", "Снимите разворот с фотографией целиком")
    officer.press("Задать вопрос")
    officer.reads("Вопрос задан")


@pytest.mark.long
def test_a_question_is_answered_on_its_last_day(office: Office, desk: Desks) -> None:
    citizen, expert, officer = desk("citizen", phone=True), desk("expert"), desk("officer")
    number = submitted(office, citizen, LOW_INCOME)
    judged(office, expert, number)
    citizen.open(f"{MINE}/{number}")
    citizen.reads("1 апреля 2026 года")
    asked(officer, number)
    wait_until(office, "2026-03-12 22:00")
    citizen.come(f"{MINE}/{number}")
    citizen.reads("Кто действует: Вы, до 12 марта 2026 года включительно", "Отсчёт остановлен")
    citizen.press("Ответить на вопрос")
    citizen.reads("Снимите разворот с фотографией целиком")
    citizen.follow("Загрузить")
    citizen.send_file("паспорт.jpg")
    office.cloud.advance(seconds=10)
    citizen.open(f"{MINE}/{number}/answer")
    citizen.fill("Что добавить словами", "Снял при дневном свете")
    citizen.press("Отправить ответ")
    citizen.reads("Ответ получен. Рассмотрение продолжается.")
    office.cloud.settle()
    judged(office, expert, number)
    citizen.open(f"{MINE}/{number}")
    citizen.reads("13 апреля 2026 года")
    decided(officer, number, "Одобрить")
    officer.reads("Заявление одобрено")


def test_silence_is_reminded_of_and_then_refused(office: Office, desk: Desks) -> None:
    citizen, expert, officer = desk("citizen", phone=True), desk("expert"), desk("officer")
    number = submitted(office, citizen, LOW_INCOME)
    judged(office, expert, number)
    asked(officer, number)
    wait_until(office, "2026-03-11 12:00")
    assert number in office.cloud.sms[-1][1]
    wait_until(office, "2026-03-13 09:00")
    citizen.come(f"{MINE}/{number}")
    citizen.reads("Отказано", "Подать заново")
    citizen.follow("Почему так решили")
    citizen.reads("На наш вопрос не ответили в срок")


# ---- the clock ----------------------------------------------------------------------------------


@pytest.mark.long
def test_overdue_it_is_brought_to_a_supervisor_and_still_decided(
    office: Office, desk: Desks
) -> None:
    citizen, expert = desk("citizen", phone=True), desk("expert")
    officer, supervisor = desk("officer"), desk("supervisor")
    number = submitted(office, citizen, LOW_INCOME)
    judged(office, expert, number)
    wait_until(office, "2026-04-15 12:00")
    citizen.come(f"{MINE}/{number}")
    citizen.reads("Мы не уложились в срок", "подавать заявление снова не нужно", "Срок прошёл")
    officer.come("/office/queue?overdue=yes")
    officer.reads(number, "Просрочено на")
    officer.follow(number)
    officer.follow("Позвать старшего")
    officer.fill("Что случилось", "Жду ответа опеки")
    officer.press("Позвать")
    supervisor.come(f"{CASES}/{number}")
    supervisor.reads("Петрова М. С. зовёт старшего: Жду ответа опеки")
    decided(supervisor, number, "Одобрить")
    supervisor.reads("Заявление одобрено")
    office.cloud.settle()
    citizen.open(f"{MINE}/{number}")
    citizen.reads("Одобрено", "с опозданием")
    supervisor.open("/office/statistics")
    supervisor.reads("Позже крайнего срока 1")


@pytest.mark.long
def test_withdrawn_while_an_officer_decides(office: Office, desk: Desks) -> None:
    citizen, expert, officer = desk("citizen", phone=True), desk("expert"), desk("officer")
    number = submitted(office, citizen, LOW_INCOME)
    judged(office, expert, number)
    officer.come(f"{CASES}/{number}")
    officer.follow("Решить")
    citizen.open(f"{MINE}/{number}")
    citizen.follow("Отозвать заявление")
    citizen.reads("Решения по нему не будет")
    citizen.press("Да, отозвать")
    citizen.reads("Заявление отозвано")
    said = len(office.cloud.sms)
    officer.choose("Одобрить")
    officer.press("Продолжить")
    officer.reads("Это нужно исправить")
    office.cloud.advance(days=60)
    citizen.come(f"{MINE}/{number}")
    citizen.reads("Отозвано")
    assert len(office.cloud.sms) == said
