"""From the list of services to the receipt: what a citizen does before and while applying."""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests

from adapters import definitions
from casework.example import example_form
from local import users
from local.office import form_of
from local.people import person
from local.scans import good_jpeg
from tests.api.test_slots import TIMETABLE
from tests.pages.applying import answers, begin, fill_in, path_of
from tests.pages.visitor import Visitor

NEED = "social-service-need"
QUICK = ("doctor-appointment", "child-benefits")
SERVICES = [
    pytest.param(id_, marks=() if id_ in QUICK else pytest.mark.long)
    for id_ in definitions.service_ids()
]


@pytest.fixture
def visitor(office):
    return Visitor(office.cloud, office.citizen)


@pytest.fixture
def stranger(office):
    return Visitor(office.cloud)


def question(visitor, number, name):
    return visitor.open(f"/cabinet/applications/{number}/form/{name}")


# ---- before -------------------------------------------------------------------------------------


def test_services_are_found_by_a_word_in_any_form(stranger):
    page = stranger.submit(stranger.open("/cabinet/services"), {"q": "инвалиду"}, button="Найти")
    assert page.link("Удостоверение инвалида")
    assert "Место в детском саду" not in page.text
    nothing = stranger.submit(page, {"q": "космонавт"}, button="Найти")
    assert "ничего нет" in nothing.text


def test_a_service_says_everything_before_anybody_signs_in(stranger):
    page = stranger.open(f"/cabinet/services/{NEED}")
    for heading in (
        "Кто может подать",
        "Когда решим",
        "Какие нужны документы",
        "Сколько стоит",
        "Если откажут",
    ):
        assert heading in page.text
    assert "Бесплатно" in page.text


def test_a_service_with_a_fee_says_how_much(stranger):
    page = stranger.open("/cabinet/services/disability-certificate")
    assert "Пошлина за дубликат удостоверения: если" in page.text


@pytest.mark.parametrize("service", SERVICES)
def test_whether_one_may_apply_is_asked_in_a_few_questions(office, stranger, service):
    """Whatever is answered, it ends; and whatever is not known yet is told."""
    form = example_form(definitions.service(service), office.cloud.now().date())
    page = stranger.submit(stranger.open(f"/cabinet/services/{service}/may-i"))
    for _ in range(7):
        if "Это подсказка, а не решение" in page.text:
            break
        assert page.status == 200, page.text
        page = stranger.submit(page, _guess(page, form))
    assert "Это подсказка, а не решение" in page.text
    assert "?" not in page.path


def _guess(page, form):
    inputs = page.form().inputs
    (name,) = [value for key, value in page.form().form_values() if key == "question"]
    said = answers(page, form)
    if f"{name}-day" in inputs or name in said:
        return said
    options = getattr(inputs[name], "value_options", None)
    return {name: options[0] if options else "3"}


def test_a_low_income_is_compared_with_the_limit_of_the_region(stranger):
    page = stranger.submit(stranger.open(f"/cabinet/services/{NEED}/may-i"))
    page = stranger.submit(page, {"category": "low_income"})
    page = stranger.submit(page, {"measure_family_monthly_income": "500 000"})
    page = stranger.submit(page, {"measure_family_size": "2"})
    assert "скорее всего, откажут" in page.text
    assert "Решение изменится, если доход семьи" in page.text
    page = stranger.submit(page, press=("back", "1"))
    page = stranger.submit(page, {"measure_family_size": "два"})
    assert page.errors
    assert page.title.startswith("Ошибка")


# ---- the form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_its_pages_from_its_file(office, visitor, service):
    office.agency("A").post("/slots", TIMETABLE)
    definition = definitions.service(service)
    known = {f.speciality: "therapist" for f in definition.fields if f.speciality}
    form = example_form(definition, office.cloud.now().date(), optional=True, **known)
    number = begin(visitor, service)
    tasks = fill_in(visitor, number, form)
    assert "Не заполнено" not in tasks.text
    assert "Нужно исправить" not in tasks.text
    checked = visitor.open(f"/cabinet/applications/{number}/check")
    assert "Не заполнено" not in checked.text
    shown = office.show(number)
    lacking = {problem["field"].partition(".")[0] for problem in shown["problems"]}
    assert lacking <= {"documents", "fee"}
    assert {f.name for f in definition.fields if f.name in form} == set(shown["form"])


def test_what_was_typed_wrong_is_kept_and_asked_for_again(office, visitor):
    number = begin(visitor, NEED)
    page = visitor.submit(question(visitor, number, "snils"), {"snils": "123", "inn": ""})
    assert page.status == 422
    assert page.title.startswith("Ошибка")
    assert page.form().fields["snils"] == "123"
    assert office.show(number)["form"] == {"snils": "123"}
    later = visitor.submit(page, press=("later", "1"))
    assert "Черновик сохранён" in later.text
    assert "Нужно исправить" in later.text


def test_what_was_typed_wrong_is_mended_at_once(office, visitor):
    """The mistake was saved by this very page: that is nobody else's answer."""
    number = begin(visitor, NEED)
    page = visitor.submit(question(visitor, number, "snils"), {"snils": "123", "inn": ""})
    right = form_of(person(1))["snils"]
    page = visitor.submit(page, {"snils": right})
    assert not page.errors
    assert office.show(number)["form"]["snils"] == right


def test_a_date_of_three_fields_comes_back_as_it_was_typed(office, visitor):
    number = begin(visitor, NEED)
    typed = {"birth_date-day": "31", "birth_date-month": "2", "birth_date-year": "1958"}
    page = visitor.submit(question(visitor, number, "birth_date"), typed)
    assert page.errors
    assert {name: page.form().fields[name] for name in typed} == typed


def test_two_tabs_lose_nothing(office, visitor):
    """The second says what it typed and what the first has saved; another page is no conflict."""
    number = begin(visitor, NEED)
    first, second = (question(visitor, number, "phone") for _ in range(2))
    elsewhere = question(visitor, number, "snils")
    visitor.submit(first, {"phone": "+79161234567"})
    clash = visitor.submit(second, {"phone": "+79037654321"})
    assert clash.status == 409
    assert "+79161234567" in clash.text
    assert clash.form().fields["phone"] == "+79037654321"
    visitor.submit(elsewhere, {"snils": form_of(person(1))["snils"]})
    visitor.submit(clash, button="Продолжить")
    assert office.show(number)["form"]["phone"] == "+79037654321"
    again = visitor.submit(second, {"phone": "+79037654321"})  # the same is no conflict either
    assert again.status == 200


def test_a_script_saves_while_somebody_types(office, visitor):
    number = begin(visitor, NEED)
    page = question(visitor, number, "phone")
    fields = dict(page.form().form_values()) | {"phone": "+7916", "script": "1"}
    answer = visitor._ask(
        "POST", page.path, "&".join(f"{k}={v.replace('+', '%2B')}" for k, v in fields.items())
    )
    assert answer.json["saved"] == "09:00"
    assert office.show(number)["form"] == {"phone": "+7916"}


def test_what_is_asked_follows_from_the_answers(office, visitor):
    number = begin(visitor, NEED)
    page = visitor.submit(
        question(visitor, number, "lives_at_registration"), {"lives_at_registration": "no"}
    )
    assert path_of(page).endswith("/residence_address")
    visitor.submit(page, {"residence_address": "г. Примерск, ул. Садовая, д. 7"})
    page = visitor.submit(
        question(visitor, number, "lives_at_registration"), {"lives_at_registration": "yes"}
    )
    assert path_of(page).endswith("/form")
    assert question(visitor, number, "residence_address").status == 404
    assert "residence_address" in office.show(number)["form"]  # by a slip nothing is lost


def test_people_are_added_changed_and_taken_out(office, visitor):
    number = begin(visitor, NEED)
    page = question(visitor, number, "family")
    member = example_form(definitions.service(NEED), office.cloud.now().date(), family=2)["family"]
    for each in member:
        page = visitor.submit(
            visitor.follow(page, "Добавить"),
            answers(page := visitor.open(page.link("Добавить")), each),
        )
        while not path_of(page).endswith("/family"):
            page = visitor.submit(page, answers(page, each))
    assert len(office.show(number)["form"]["family"]) == 2
    page = visitor.submit(page, press=("remove", "1"))
    (left,) = office.show(number)["form"]["family"]
    assert left["first_name"] == member[1]["first_name"]
    page = visitor.follow(page, "Изменить")
    typed = dict(page.form().form_values()) | {"first_name": "Ян", "script": "1"}
    assert visitor._ask("POST", page.path, urlencode(typed)).json["saved"] == "09:00"
    assert office.show(number)["form"]["family"][0]["first_name"] == "Ян"
    wrong = visitor.submit(visitor.open(page.path), {"birth_date-year": "3000"})
    assert wrong.errors
    assert "Дополните" in question(visitor, number, "family").text


# ---- documents, the fee, the submission ---------------------------------------------------------


def send(office, page, data=None):
    """What a browser without scripts does with the form of a file; where the store sends it."""
    form = page.form("Загрузить")
    fields = dict(form.form_values())
    then = fields["success_action_redirect"]
    file = {"file": good_jpeg() if data is None else data}
    answer = requests.post(form.action, data=fields, files=file, timeout=10, allow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(then)
    office.cloud.settle()
    return urlsplit(then).path


def test_a_file_goes_straight_to_the_store_and_its_state_is_told(office, visitor):
    number = begin(visitor, NEED)
    documents = visitor.open(f"/cabinet/applications/{number}/documents")
    page = visitor.follow(documents, "Паспорт")
    assert "отметка о регистрации" in page.text
    file = visitor.submit(page, button="Выбрать файл")
    back = send(office, file, b"not a picture")
    page = visitor.open(back)
    assert "Не принят" in page.text
    file = visitor.submit(page, button="Выбрать файл")
    send(office, file)
    office.cloud.advance(minutes=2)
    page = visitor.open(back)
    assert "Подтверждён" in page.text
    assert "Не принят" not in page.text  # it gave way
    page = visitor.submit(page, button="Убрать")
    assert "Нужно загрузить" in visitor.open(f"/cabinet/applications/{number}/documents").text


def test_from_the_form_to_the_receipt(office, visitor):
    number = office.draft(form_of(person(7)))
    check = visitor.open(f"/cabinet/applications/{number}/check")
    assert "5 000–30 000 рублей" in check.text  # P14, before it is submitted
    done = visitor.submit(check, button="Подать заявление")
    assert path_of(done).endswith("/submitted")
    assert number in done.text
    assert "Обещаем решить до" in done.text
    office.cloud.advance(minutes=1)
    receipt = visitor.open(done.path).link("PDF")
    assert visitor._ask("GET", receipt).status_code == 303
    assert (
        path_of(visitor.open(f"/cabinet/applications/{number}/form"))
        == f"/cabinet/applications/{number}"
    )


def test_a_strangers_snils_is_refused_with_the_way_to_act_for_him(office, visitor):
    users.open_account(office.cloud.outputs["Applications"], "citizen", person(7)["snils"])
    number = office.draft(form_of(person(8)))
    place = f"/cabinet/applications/{number}"
    check = visitor.open(f"{place}/check")
    assert "подтверждена с другим СНИЛС" in check.text
    assert check.link("Действовать за другого") == "/cabinet/acting"
    assert "Подать заявление" not in check.text
    (link,) = check.tree.xpath("//a[contains(@href, '#snils')]/@href")
    again = visitor.submit(visitor.open(link.partition("#")[0]), {"snils": person(9)["snils"]})
    summary = "//*[contains(@class, 'govuk-error-summary')]//a/@href"
    assert again.tree.xpath(summary) == ["#snils", "/cabinet/acting"]
    assert not visitor.submit(again, {"snils": person(7)["snils"]}).errors
    assert "Подать заявление" in visitor.open(f"{place}/check").text


def test_what_is_not_asked_any_more_is_left_out_when_it_is_submitted(office, visitor):
    number = office.draft(
        form_of(person(8)) | {"residence_address": "г. Примерск, ул. Садовая, д. 7"}
    )
    visitor.submit(visitor.open(f"/cabinet/applications/{number}/check"), button="Подать заявление")
    shown = office.show(number)
    assert shown["stage"] != "draft"
    assert "residence_address" not in shown["form"]


def test_a_fee_is_paid_before_the_application_is_submitted(office, visitor):
    service = definitions.service("disability-certificate")
    form = example_form(service, office.cloud.now().date(), certificate_type="duplicate")
    number = office.draft(form, service=service.id)
    page = visitor.submit(visitor.open(f"/cabinet/applications/{number}/fee"), button="Оплатить")
    office.payments.pay(page.link("Перейти к оплате"))
    office.cloud.settle()
    assert "Оплата получена" in visitor.open(f"/cabinet/applications/{number}/fee").text
    done = visitor.submit(visitor.open(f"/cabinet/applications/{number}/check"), button="Подать")
    assert path_of(done).endswith("/submitted")


def test_who_has_paid_and_then_needs_not_is_asked_for_nothing(office, visitor):
    form = example_form(
        definitions.service("disability-certificate"),
        office.cloud.now().date(),
        certificate_type="duplicate",
    )
    number = office.draft(form, service="disability-certificate")
    office.pay(number)
    office.citizen.patch(f"/applications/{number}", {"form": {"certificate_type": "group_1"}})
    place = f"/cabinet/applications/{number}"
    assert "платить не нужно" in visitor.open(f"{place}/fee").text
    for page in ("form", "check"):
        assert "плачен" not in visitor.open(f"{place}/{page}").text


def test_a_signature_is_made_at_the_identity_provider(office, visitor):
    service = definitions.service("care-for-disabled")
    number = office.draft(example_form(service, office.cloud.now().date()), service=service.id)
    check = visitor.open(f"/cabinet/applications/{number}/check")
    page = visitor.submit(check, button="Подписать и подать")
    asked = dict(parse_qsl(urlsplit(page.link("Перейти к подписи")).query))
    given = office.identity_provider.sign(asked["signer"], asked["sha256"])
    back = urlsplit(asked["back"])
    page = visitor.open(f"{back.path}?{back.query}&{urlencode(given)}")
    assert json.loads(page.form("Отправить").fields["_signature"]) == given
    done = visitor.submit(page, button="Отправить с подписью")
    assert path_of(done).endswith("/submitted")
    assert office.citizen.get(f"/applications/{number}/history")["signatures"][0]["fits"]


def test_a_draft_is_filled_in_from_what_is_known(office, visitor):
    office.citizen.patch(
        "/profile", {"version": 0, "values": {"last_name": "Образцова", "first_name": "Мария"}}
    )
    number = begin(visitor, NEED)
    tasks = visitor.open(f"/cabinet/applications/{number}/form")
    filled = visitor.submit(tasks, button="Вписать мои данные")
    assert "Мы вписали" in filled.text
    assert office.show(number)["form"]["last_name"] == "Образцова"


@pytest.mark.parametrize(
    "page",
    [
        "form",
        "form/snils",
        "form/family/new",
        "documents",
        "documents/passport",
        "check",
        "fee",
        "submitted",
    ],
)
def test_a_stranger_sees_no_page_of_a_draft(office, page):
    number = office.citizen.post("/applications", {"service": NEED, "region": "RU-MOW"})["number"]
    other = Visitor(office.cloud, office.relative)
    assert other.open(f"/cabinet/applications/{number}/{page}").status == 404
