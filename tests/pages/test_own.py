"""What a person sets up for himself, page by page: profile, channels, acting for another, letters
to support; and what is open to everybody."""

import pytest

from adapters import definitions
from local.people import snils_for
from tests.journeys.archive_steps import put_in
from tests.pages.visitor import Visitor

SON = {
    "kind": "parent",
    "person.last_name": "Образцов",
    "person.first_name": "Семён",
    "person.birth_date-day": "29",
    "person.birth_date-month": "2",
    "person.birth_date-year": "2024",
    "person.snils": snils_for(3),
    "own_name": "Образцова Мария",
}


@pytest.fixture
def visitor(office):
    return Visitor(office.cloud, office.citizen)


@pytest.fixture
def officer(office):
    return Visitor(office.cloud, office.officer)


# ---- the profile --------------------------------------------------------------------------------


def test_every_field_of_the_profile_is_asked_on_one_page():
    profile = definitions.profile()
    asked = [name for section in profile.sections for name in section.fields]
    assert sorted(asked) == sorted(field.name for field in profile.fields)


def test_what_is_told_of_oneself_is_shown_and_can_be_taken_back(visitor):
    page = visitor.open("/cabinet/profile/numbers")
    page = visitor.submit(page, {"snils": snils_for(1), "inn": ""}, "Сохранить")
    assert "Данные сохранены" in page.text
    assert snils_for(1)[:3] in page.text
    page = visitor.submit(visitor.open("/cabinet/profile/numbers"), {"snils": ""}, "Сохранить")
    assert snils_for(1)[:3] not in page.text


def test_a_wrong_answer_is_named_and_kept(visitor):
    page = visitor.open("/cabinet/profile/numbers")
    page = visitor.submit(page, {"snils": "123"}, "Сохранить")
    assert page.errors[0].startswith("СНИЛС:")
    assert page.form("Сохранить").fields["snils"] == "123"


def test_two_windows_do_not_overwrite_each_other_unseen(visitor):
    old = visitor.open("/cabinet/profile/address")
    visitor.submit(visitor.open("/cabinet/profile/address"), {"postcode": "101000"}, "Сохранить")
    page = visitor.submit(old, {"postcode": "190000"}, "Сохранить")
    assert page.status == 409
    assert "Сейчас сохранено" in page.text
    assert "101000" in page.text
    assert page.form("Сохранить").fields["postcode"] == "190000"
    assert "Данные сохранены" in visitor.submit(page, {}, "Сохранить").text


def test_there_is_no_page_of_a_section_that_there_is_not(visitor):
    assert visitor.open("/cabinet/profile/nothing").status == 404


# ---- channels -----------------------------------------------------------------------------------


def test_channels_are_chosen_for_each_kind_of_news(visitor):
    page = visitor.open("/cabinet/notifications")
    chosen = {"chosen.decisions": "email", "chosen.support": "off"}
    page = visitor.submit(page, chosen, "Сохранить")
    form = page.form("Сохранить")
    assert (form.fields["chosen.decisions"], form.fields["chosen.support"]) == ("email", "off")
    assert form.fields["chosen.money"] == "form"


def test_what_the_law_wants_told_cannot_be_switched_off(visitor):
    page = visitor.open("/cabinet/notifications")
    form = page.form("Сохранить")
    assert "off" not in form.inputs["chosen.decisions"].value_options
    fields = {name: [value] for name, value in form.form_values()}
    page = visitor.post("/cabinet/notifications", fields | {"chosen.decisions": ["off"]})
    assert page.title.startswith("Ошибка")


# ---- acting for another -------------------------------------------------------------------------


def test_a_parent_acts_for_a_child_after_an_officer_saw_the_proof(office, visitor, officer):
    proof = put_in(office, office.citizen, kind="birth_certificate", paper={})
    page = visitor.open("/cabinet/acting/new")
    page = visitor.submit(page, {**SON, "proof": proof}, "Отправить просьбу")
    assert "Сотрудник проверит документ" in page.text
    theirs = officer.follow(officer.open("/office/representations"), "Образцова Мария")
    assert "Документ готов" in officer.submit(theirs, {}, "Открыть документ").text
    assert officer.submit(theirs, {}, "Сохранить решение").errors
    assert "Все просьбы проверены" in officer.submit(theirs, {"confirms": "yes"}, "Сохранить").text
    page = visitor.submit(visitor.open("/cabinet/acting"), {}, "Действовать за него")
    assert "Теперь вы действуете за другого человека" in page.text
    assert "Здесь данные этого человека, а не ваши" in visitor.open("/cabinet/profile").source
    for path in ("documents", "documents/grants", "consents", "notifications", "account"):
        page = visitor.open(f"/cabinet/{path}")
        assert "Но эта страница — о вас самих" in page.source, path
    page = visitor.open("/cabinet/applications")
    assert "Образцов Семён" in page.source
    assert "Но эта страница" not in page.source
    page = visitor.submit(visitor.open("/cabinet/acting"), {}, "Вернуться к своим делам")
    assert "Вы действуете за другого" not in page.source


def test_whoever_is_asked_agrees_with_a_code_and_may_end_it(office, visitor):
    page = visitor.open("/cabinet/acting/new")
    asked = {**SON, "kind": "spouse", "phone": office.relative.phone}
    visitor.submit(page, asked, "Отправить просьбу")
    spouse = Visitor(office.cloud, office.relative)
    page = spouse.submit(spouse.open("/cabinet/acting"), {}, "Согласиться")
    page = spouse.submit(page, {"_code": office.relative.code()}, "Подтвердить")
    assert "Вы согласились" in page.text
    visitor.submit(visitor.open("/cabinet/acting"), {}, "Действовать за него")
    spouse.submit(page, {}, "Прекратить")
    refused = visitor.open("/cabinet/applications")
    assert refused.status == 403
    assert "Вернуться к своим делам" in refused.source
    visitor.submit(visitor.open("/cabinet/acting"), {}, "Вернуться к своим делам")
    assert visitor.open("/cabinet/applications").status == 200


def test_nobody_acts_by_what_is_not_his(office, visitor):
    token = {"_token": [visitor.form_token], "representation": ["0" * 32]}
    assert visitor.post("/cabinet/acting/start", token).status == 404


def test_what_is_missing_in_a_request_to_act_is_named(visitor):
    page = visitor.submit(visitor.open("/cabinet/acting/new"), {}, "Отправить просьбу")
    assert page.errors[0].startswith("Кто вы этому человеку")
    assert any(error.startswith("Его СНИЛС") for error in page.errors)


# ---- support ------------------------------------------------------------------------------------


def test_a_letter_is_written_answered_and_closed(visitor, officer):
    page = visitor.follow(visitor.open("/cabinet/support"), "Написать в поддержку")
    assert visitor.submit(page, {}, "Отправить").errors[0].startswith("О чём вы пишете")
    page = visitor.submit(page, {"topic": "documents", "text": "Что делать?"}, "Отправить")
    assert "Ждёт нашего ответа" in page.text
    number = page.path.rpartition("/")[2].partition("?")[0]
    theirs = officer.follow(officer.open("/office/support"), number)
    assert "Что делать?" in theirs.text
    visitor.submit(page, {"text": "И ещё одно"}, "Отправить")
    late = officer.submit(theirs, {"text": "Отсканируйте заново."}, "Ответить")
    assert "И ещё одно" in late.text  # written meanwhile: the answer waits for another look
    assert late.form("Ответить").fields["text"] == "Отсканируйте заново."
    assert "Ответ отправлен" in officer.submit(late, {}, "Ответить").text
    page = visitor.open(f"/cabinet/support/{number}")
    assert "Отсканируйте заново." in page.text
    assert "Обращение закрыто" in visitor.submit(page, {}, "закрыть").text


def test_letters_are_their_writers_alone(office, visitor):
    number = office.citizen.post("/support", {"topic": "other", "text": "Моё"})["number"]
    assert visitor.open(f"/cabinet/support/{number}").status == 200
    assert Visitor(office.cloud, office.relative).open(f"/cabinet/support/{number}").status == 404


# ---- open to everybody --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/cabinet/status", "Что сейчас работает"),
        ("/cabinet/accessibility", "Чего мы пока не сделали"),
        ("/cabinet/support", "Позвонить"),
    ],
)
def test_some_pages_need_no_account(office, path, told):
    assert told in Visitor(office.cloud).open(path).text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/cabinet/profile/numbers", {"version": "first", "snils": "1"}),
        ("/cabinet/notifications", {"version": "²", "chosen.decisions": "dove"}),
        ("/cabinet/notifications", {"version": "0", "chosen.": "sms", "chosen.Ё": "sms"}),
        ("/cabinet/acting/new", {"kind": "neighbour", "until-day": "x"}),
        ("/cabinet/acting/none/end", {}),
        ("/cabinet/support/new", {"topic": "?", "text": "\0"}),
        ("/cabinet/support/100-000-0001", {"text": "x"}),
        ("/cabinet/documents/new", {"kind": "x" * 99, "content_type": "text/html"}),
        ("/cabinet/documents/none/look", {"how": "eat", "version": "-1"}),
        ("/cabinet/documents/none/rename", {"version": "9" * 30}),
        ("/cabinet/documents/keep/100-000-0001", {"kind": "passport"}),
        ("/cabinet/documents/grants/new", {"documents": "../..", "until": "31.02.2026"}),
        ("/cabinet/documents/grants/none/revoke", {}),
    ],
)
def test_a_form_that_nobody_was_given_is_refused_in_words(visitor, path, fields):
    told = {name: [value] for name, value in fields.items()}
    page = visitor.post(path, told | {"_token": [visitor.form_token]})
    assert 400 <= page.status < 500
    assert page.title.startswith("Ошибка")
