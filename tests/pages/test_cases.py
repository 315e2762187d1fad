"""What a citizen follows after submission: where it stands, why a day, who was told, what to do."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from local.office import Office
from tests.journeys import appeal_steps, provision_steps
from tests.journeys.steps import (
    LOW_INCOME,
    UNCLEAR_INCOME,
    UNREADABLE_PASSPORT,
    apply,
    begin,
    in_clarification,
    stage,
)
from tests.journeys.test_appointments import booked, publish
from tests.pages.visitor import Page, Visitor

MINE = "/cabinet/applications"


@pytest.fixture(scope="module")
def filed(shared_office: Office) -> tuple[Office, str]:
    """An application with the officers, only to be looked at: the first tests share it."""
    begin(shared_office, "2026-03-02 09:00")
    return shared_office, apply(shared_office)


@pytest.fixture
def visitor(office: Office) -> Iterator[Visitor]:
    return Visitor(office.cloud, office.citizen)


def come_back(office: Office) -> Visitor:
    """After days nobody is signed in any more."""
    return Visitor(office.cloud, office.citizen)


def of(number: str, rest: str = "") -> str:
    return f"{MINE}/{number}{rest}"


# ---- where it stands ----------------------------------------------------------------------------


def test_an_application_says_where_it_stands_who_acts_and_until_when(filed):
    office, number = filed
    visitor = come_back(office)
    mine = visitor.open(MINE)
    assert "Признание нуждающимся" in mine.text
    assert "Решение до 1 апреля 2026 года" in mine.text
    case = visitor.open(f"/cabinet/{number}")
    assert case.path == of(number)
    assert "Кто действует: Специалист" in case.text
    assert steps(case) == [
        "Заявление зарегистрировано",
        "Сведения и документы проверены",
        "Специалист рассматривает заявление.",
        "Решение и сообщение о нём",
    ]
    told = visitor.follow(case, "Вся история").text
    assert f"СМС: «Заявление {number} зарегистрировано». Отправлено 2 марта 2026 года" in told
    assert "Записи целы" in told


def steps(page: Page) -> list[str]:
    """Titles of the timeline."""
    found = page.tree.xpath("//*[@class='opora-timeline__title']")
    return [" ".join(title.text_content().split()) for title in found]


def test_each_day_of_a_term_is_told_counted_or_not_and_why(filed):
    office, number = filed
    visitor = come_back(office)
    page = visitor.open(of(number, "/term/decision/limit"))
    assert "не позже 14 апреля 2026 года" in page.text
    assert "Срок: 30 рабочих дней" in page.text
    rows = [[" ".join(cell.text_content().split()) for cell in row] for row in days(page)]
    assert len(rows) == 44
    assert sum(counted == "да" for _, counted, _ in rows) == 30
    assert rows[0] == [
        "02.03.2026",
        "нет",
        "день получения заявления: срок считается со следующего дня",
    ]
    assert rows[7] == ["09.03.2026", "нет", rows[7][2]]
    assert "8 марта" in rows[7][2]
    assert visitor.open(of(number, "/term/decision/never")).status == 404


def days(page: Page) -> list:
    return page.tree.xpath("//tbody/tr")


def test_nobody_sees_what_is_another_persons(filed):
    office, number = filed
    stranger = Visitor(office.cloud, office.relative)
    for rest in ("", "/history", "/papers", "/withdrawal", "/term/decision/limit", "/programme"):
        page = stranger.open(of(number, rest))
        assert page.status == 404
        assert number not in page.text


def test_papers_are_listed_and_led_to(filed):
    office, number = filed
    visitor = come_back(office)
    page = visitor.open(of(number, "/papers"))
    assert "Расписка о приёме заявления, крупным шрифтом" in page.text
    answer = visitor._ask("GET", page.link("Расписка"))
    assert answer.status_code == 303
    assert "X-Amz-Signature" in answer.headers["Location"]
    visitor.submit(page, button="Сделать расчёт")
    office.cloud.settle()
    assert "Расчёт" in visitor.open(of(number, "/papers")).text


def test_an_overdue_application_tells_what_one_may_do(office, visitor):
    number = apply(office)
    assert "не уложились" not in visitor.open(of(number)).text
    office.cloud.advance(days=31)
    visitor = come_back(office)
    late = visitor.open(of(number))
    assert "Мы не уложились в срок" in late.text
    assert late.link("Спросить в поддержке") == f"/cabinet/support/new?application={number}"
    assert "Пожаловаться на задержку" in late.text
    assert "Срок прошёл" in visitor.open(MINE).text


@pytest.mark.long
def test_a_draft_is_gone_on_with(office, visitor):
    number = office.draft(LOW_INCOME)
    assert visitor.open(MINE).link("Продолжить") == of(number, "/form")
    assert visitor.open(of(number)).path == of(number, "/form")


# ---- what the applicant does --------------------------------------------------------------------


def test_a_question_is_answered_on_one_page(office, visitor):
    number = apply(office)
    office.ask(number, UNCLEAR_INCOME, UNREADABLE_PASSPORT, message="За какой год доход?")
    page = visitor.follow(visitor.open(of(number)), "Ответить на вопрос")
    assert "За какой год доход?" in page.text
    assert "до 12 марта 2026 года включительно" in page.text
    assert page.link("Загрузить") == of(number, "/documents/passport")
    assert page.tree.xpath("//input[@id='income']/@inputmode") == ["decimal"]  # as the form asks it
    assert page.form("Отправить ответ").fields["income"] == "180000"
    again = visitor.submit(page, {"income": "много", "message": "За прошлый"}, "Отправить ответ")
    assert again.status == 422
    assert again.title.startswith("Ошибка")
    assert again.form("Отправить ответ").fields["income"] == "много"
    office.upload(number, "passport", file_name="new.jpg")
    done = visitor.submit(again, {"income": "175000"}, "Отправить ответ")
    assert "Ответ получен" in done.text
    assert office.show(number)["form"]["income"] == "175000.00"
    assert "За прошлый" in office.casebook.load(number).texts["answer"]


def test_what_is_not_one_field_is_mended_in_the_form(office, visitor):
    number = apply(office)
    gaps = [{"code": "incomplete", "field": name} for name in ("family", "birth_date")]
    office.ask(number, *gaps)
    page = visitor.open(of(number, "/answer"))
    assert page.link("Открыть этот раздел") == of(number, "/form/family")
    assert visitor.open(of(number, "/form/family")).status == 200
    kept = office.show(number)["form"]["birth_date"]
    day = {f"birth_date-{part}": "1" for part in ("day", "month")} | {"birth_date-year": "3000"}
    assert visitor.submit(page, day, "Отправить ответ").errors
    assert "Ответ получен" in visitor.submit(page, {}, "Отправить ответ").text
    assert office.show(number)["form"]["birth_date"] == kept


def test_who_attached_a_document_looks_at_it(office, visitor):
    number = apply(office)
    link = visitor.open(of(number)).link("Посмотреть")
    document = next(d for d in office.show(number)["documents"] if d["state"] == "accepted")
    assert link == of(number, f"/attached/{document['id']}")
    address = visitor.leads_to(link)
    assert requests.get(address, timeout=10).content.startswith((b"%PDF", b"\xff\xd8"))
    assert document["file_name"] not in address
    assert "inline" in address
    file = office.citizen.get(f"/applications/{number}/documents/{document['id']}")
    assert file["file_name"] == document["file_name"]
    kind = visitor.open(of(number, f"/documents/{document['kind']}"))
    assert kind.link("Посмотреть") == link
    office.upload(number, document["kind"], replaces=document["id"])
    assert visitor.open(link).status == 409
    assert Visitor(office.cloud, office.relative).open(link).status == 404


@pytest.mark.long
def test_what_was_not_asked_about_is_not_taken(office, visitor):
    number = in_clarification(office)
    page = visitor.open(of(number, "/answer"))
    fields = {name: [value] for name, value in page.form("Отправить ответ").form_values()}
    visitor.post(of(number, "/answer"), fields | {"first_name": ["Другая"]})
    assert office.show(number)["form"]["first_name"] == LOW_INCOME["first_name"]
    assert stage(office, number) != "clarification"


def test_it_is_withdrawn_after_one_more_look_and_filed_again(office, visitor):
    number = apply(office)
    page = visitor.follow(visitor.open(of(number)), "Отозвать заявление")
    assert "Решения по нему не будет" in page.text
    gone = visitor.submit(page, button="Да, отозвать")
    assert "Заявление отозвано" in gone.text
    anew = visitor.submit(gone, button="Подать заново")
    successor = office.show(number)["successor"]
    assert anew.path.startswith(of(successor, "/form"))
    assert visitor.open(of(number)).link(successor) == of(successor)


def test_a_refusal_is_explained_and_appealed_with_what_is_known(office, visitor):
    number = appeal_steps.refused_application(office)
    page = visitor.follow(visitor.open(of(number)), "Почему так решили")
    assert "75 000,00 ₽. Нужно: не больше 28 408,50 ₽." in page.text
    assert "Решение изменится, если доход семьи" in page.text
    assert "1 апреля 2026 года включительно: осталось 30 дней" in page.text
    assert "Как посчитан срок жалобы" in visitor.follow(page, "Как посчитан этот день").text
    draft = visitor.submit(page, button="Подать жалобу")
    appeal = draft.path.split("/")[3]
    told = office.show(appeal)["form"]
    form = office.show(number)["form"]
    assert (told["contested"], told["decision_date"]) == (number, "02.03.2026")
    assert (told["last_name"], told["snils"]) == (form["last_name"], form["snils"])


@pytest.mark.long
def test_the_time_to_appeal_ends(office):
    number = appeal_steps.refused_application(office)
    office.cloud.advance(days=31)
    visitor = come_back(office)
    page = visitor.open(of(number, "/decision"))
    assert "Срок жалобы прошёл 1 апреля 2026 года" in page.text
    refused = visitor.post(of(number, "/follow-up"), {"_token": token(page), "service": ["appeal"]})
    assert refused.status == 409


def token(page: Page) -> list[str]:
    return page.tree.xpath("//input[@name='_token']/@value")[:1]


# ---- what follows an approval -------------------------------------------------------------------


def test_a_programme_is_answered_and_its_provider_chosen_with_a_signature(office, visitor):
    number = provision_steps.proposed(office)
    page = visitor.follow(visitor.open(of(number)), "Прочитать программу")
    assert "3 раза в неделю" in page.text
    without = visitor.submit(page, button="согласиться", press=("agrees", "no"))
    assert without.errors
    office.agree(number)
    providers = visitor.follow(visitor.open(of(number)), "Сравнить организации и выбрать")
    assert names(providers) == ["Центр помощи на дому «Липа»", "Служба сиделок «Родник»"]
    sooner = visitor.follow(providers, "Когда начнут")
    assert names(sooner) == ["Служба сиделок «Родник»", "Центр помощи на дому «Липа»"]
    signing = visitor.submit(sooner, button="Выбрать", press=("provider", "lipa"))
    assert "Подпишите электронной подписью" in signing.text
    signed = visitor.submit(sign(office, visitor, signing), button="Отправить с подписью")
    assert "Вы выбрали организацию" in signed.text
    assert provision_steps.awaited(office, number) == "act"


def sign(office: Office, visitor: Visitor, page: Page) -> Page:
    """Signs at the provider, who sends the browser back."""
    asked = dict(parse_qsl(urlsplit(page.link("Перейти к подписи")).query))
    signature = office.identity_provider.sign("citizen", asked["sha256"])
    back = urlsplit(asked["back"])
    return visitor.open(f"{back.path}?{back.query}&{urlencode(signature)}")


def names(page: Page) -> list[str]:
    return [row.text.strip() for row in page.tree.xpath("//tbody/tr/th")]


@pytest.mark.long
def test_a_provider_is_complained_of(office, visitor):
    number = provision_steps.in_hand(office)
    page = visitor.follow(visitor.open(of(number)), "Пожаловаться на организацию")
    sent = visitor.submit(page, {"words": "Никто не приходит"}, "Отправить жалобу")
    assert "Никто не приходит" in sent.text
    assert provision_steps.awaited(office, number) == "complaint"


def test_payments_are_told_with_what_is_to_be_given_back(office):
    number = provision_steps.benefit(office)
    office.cloud.advance(days=2)
    months = [paid["period"] for paid in provision_steps.history(office, number)]
    claim = {"periods": months[:1], "words": "Доход был выше"}
    office.officer.post(f"/applications/{number}/repayment", claim)
    visitor = come_back(office)
    page = visitor.follow(visitor.open(of(number)), "Выплаты")
    assert "Следующая выплата" in page.text
    assert "За май 2026 года: с 1 по 5 мая 2026 года" in page.text
    assert "Что нужно вернуть" in page.text
    assert "Доход был выше" in page.text


def test_an_appointment_has_its_ticket_and_is_moved(office, visitor):
    first, second = publish(office, "2026-03-03 10:00", "2026-03-03 10:20")
    number = booked(office, first)
    page = visitor.follow(visitor.open(of(number)), "Талон и другое время")
    assert "3 марта 2026 года, 10:00" in page.text
    moved = visitor.submit(page, {"slot": second}, "Перенести на это время")
    assert "Время изменено" in moved.text
    assert "3 марта 2026 года, 10:20" in moved.text
    gone = visitor.submit(visitor.follow(moved, "Отменить запись"), button="Да, отменить запись")
    assert "Отозвано" in gone.text
