"""Somebody's own documents, those whom he trusts with them, and the consent, page by page."""

import base64
import re

import pytest
import requests

from tests.api.people import NEW
from tests.files import born_digital_pdf
from tests.journeys.archive_steps import PDF, phone_of, put_in, trust, wait
from tests.pages.visitor import Visitor
from tests.signing import signed_beside, signer

DOCUMENTS = "/cabinet/documents"


@pytest.fixture
def visitor(office):
    return Visitor(office.cloud, office.citizen)


@pytest.fixture
def passport(office):
    return put_in(office, office.citizen)


def day(name, text):
    """As three fields take it."""
    parts = zip(("day", "month", "year"), text.split("."), strict=True)
    return {f"{name}-{part}": typed for part, typed in parts}


def post_by_form(page):
    """As a browser without scripts does: to where it is led afterwards."""
    form = page.form("Загрузить")
    fields = dict(form.form_values())
    answer = requests.post(
        form.action, data=fields, files={"file": PDF}, allow_redirects=False, timeout=10
    )
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_document_is_put_in_without_a_script(office, visitor):
    page = visitor.follow(visitor.open(DOCUMENTS), "Добавить документ")
    told = {
        "kind": "passport",
        "region": "RU-MOW",
        "number": "4510 123456",
        **day("issued_on", "02.01.2015"),
    }
    led_to = post_by_form(visitor.submit(page, told, "Дальше"))
    wait(office)
    page = visitor.open(led_to[led_to.index(DOCUMENTS) :])
    assert page.path == f"{DOCUMENTS}?told=file_sent"
    assert "Файл получен" in page.text
    assert "Паспорт 4510 123456" in page.text
    assert "Подтверждён" in page.text
    assert "passport_4510-123456.pdf" in visitor.follow(page, "Паспорт").text


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({}, "Что это за документ"),
        ({"kind": "passport"}, "Где вы живёте"),
        ({"kind": "passport", "region": "RU-MOW", **day("issued_on", "32.01.2015")}, "Когда выдан"),
        ({"kind": "passport", "region": "RU-MOW", **day("issued_on", "03.03.2027")}, "Когда выдан"),
    ],
)
def test_what_is_wrong_with_a_new_document_is_said_and_nothing_is_lost(visitor, typed, wrong):
    page = visitor.open(f"{DOCUMENTS}/new")
    page = visitor.submit(page, {"number": "4510 123456", **typed}, "Дальше")
    assert page.title.startswith("Ошибка")
    assert page.errors[0].startswith(wrong)
    assert page.form("Дальше").fields["number"] == "4510 123456"


def test_a_document_is_looked_at_described_renamed_and_erased(visitor, passport):
    page = visitor.open(f"{DOCUMENTS}/{passport}")
    seen = visitor.submit(page, {}, "Посмотреть", press=("how", "look"))
    assert requests.get(seen.link("Открыть"), timeout=10).content[:2] == b"%P"
    page = visitor.submit(page, {}, "Назвать файл")
    assert "passport_4510-123456.pdf" in page.text
    page = visitor.submit(visitor.follow(page, "Изменить"), day("valid_until", "01.02.2026"))
    assert "Документ действовал по 1 февраля 2026 года" in page.text.replace("\xa0", " ")
    page = visitor.submit(visitor.follow(page, "Удалить документ"), {}, "Удалить документ")
    assert "Здесь пока пусто" in page.text


def test_a_document_is_granted_with_a_code_seen_and_taken_back(office, visitor, passport):
    form = visitor.open(f"{DOCUMENTS}/grants/new")
    asked = {
        "name": "Образцов Пётр",
        "phone": phone_of(office.relative),
        "own_name": "Образцова Мария",
        "documents": [passport],
        **day("until", "31.03.2026"),
    }
    page = visitor.submit(form, asked, "Получить код")
    page = visitor.submit(page, {"_code": office.citizen.code()}, "Подтвердить")
    assert "Доступ открыт" in page.text
    friend = Visitor(office.cloud, office.relative)
    theirs = friend.open("/cabinet/granted")
    assert "Образцова Мария" in theirs.text
    seen = friend.submit(theirs, {}, "Посмотреть", press=("how", "look"))
    seen = friend.submit(seen, {"_code": office.relative.code()}, "Подтвердить")
    assert requests.get(seen.link("Открыть"), timeout=10).ok
    log = visitor.open(f"{DOCUMENTS}/log").text
    assert re.search("Документ посмотрели: Паспорт Образцов Пётр", log)
    page = visitor.submit(page, {}, "Закрыть доступ")
    assert "Вы закрыли доступ" in page.text
    assert "никто не доверил" in friend.open("/cabinet/granted").text


def test_a_grant_says_what_it_lacks_by_the_names_of_its_fields(visitor, passport):
    page = visitor.submit(visitor.open(f"{DOCUMENTS}/grants/new"), {}, "Получить код")
    told = [error.partition(":")[0] for error in page.errors]
    assert told == [
        "Кому",
        "Его телефон",
        "Ваше имя",
        "Какие документы",
        "По какой день включительно",
    ]


def test_a_signature_that_came_apart_is_put_beside_its_document_and_judged(office, visitor):
    letter = born_digital_pdf()
    page = visitor.open(f"{DOCUMENTS}/{put_in(office, office.citizen, data=letter)}")
    refused = visitor.submit(page, {}, "Приложить")
    assert refused.errors
    refused = visitor.submit(refused, {"signature_text": "x", "sha256": "0" * 64}, "Приложить")
    assert "к другому файлу" in " ".join(refused.errors)
    beside = base64.b64encode(signed_beside(signer(), letter)).decode()
    page = visitor.submit(page, {"signature_text": beside}, "Приложить")
    assert "Файл подписи приложен" in page.text
    wait(office)
    shown = visitor.open(page.path).text
    assert "Файл подписан, после подписи его не меняли" in shown
    assert "Подписал: Образцова Мария Ивановна" in shown


def test_what_an_application_accepted_is_kept_for_others(office, visitor):
    number = office.citizen.post("/applications", NEW)["number"]
    office.upload(number, "passport")
    page = visitor.open(f"{DOCUMENTS}/keep/{number}")
    page = visitor.submit(page, {}, "Сохранить")
    assert "Документ сохранён" in page.text
    assert "scan.jpg" in page.text


def test_nobody_opens_the_documents_of_another(office, passport):
    grant = trust(office.citizen, office.officer, passport)
    stranger = Visitor(office.cloud, office.relative)
    for page in ("", "/version", "/describe", "/erase"):
        assert stranger.open(f"{DOCUMENTS}/{passport}{page}").status == 404
    token = {"_token": [stranger.form_token], "how": ["look"]}
    page = stranger.post(f"/cabinet/granted/{grant}/{passport}", token)
    assert "_code" in page.source  # whether there is such a grant is told after the code only
    token["_code"] = [office.relative.code()]
    assert stranger.post(f"/cabinet/granted/{grant}/{passport}", token).status == 404
    assert Visitor(office.cloud, office.officer).open(DOCUMENTS).status == 403


def test_the_consent_is_withdrawn_with_a_code_after_it_is_said_what_that_erases(
    office, visitor, passport
):
    page = visitor.follow(visitor.open("/cabinet/consents"), "Посмотреть и отозвать")
    assert "1 файл" in page.text.replace("\xa0", " ")
    page = visitor.submit(page, {}, "отозвать согласие")
    page = visitor.submit(page, {"_code": office.citizen.code()}, "Подтвердить")
    assert "Согласие отозвано" in page.text
    assert "Вы отозвали согласие" in page.text
    office.cloud.settle()
    assert "Здесь пока пусто" in visitor.open(DOCUMENTS).text
