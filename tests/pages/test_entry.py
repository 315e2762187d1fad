"""The doors, as somebody without scripts goes through them."""

import json

import pytest

from local.people import MOTHER
from tests.journeys.account_steps import EMAIL, PASSWORD, PHONE, code_in, link_in
from tests.pages.visitor import Visitor


@pytest.fixture
def visitor(office):
    return Visitor(office.cloud)


def signed_up(office, visitor):
    """The page that a newcomer comes to."""
    page = visitor.submit(visitor.open("/cabinet/sign-up"), {"phone": "8 (999) 123-45-67"})
    page = visitor.submit(page, {"code": code_in(office)}, "Продолжить")
    said = {"password": PASSWORD, "email": EMAIL, "consents_to_processing": "yes"}
    return visitor.submit(page, said)


def left(visitor):
    page = visitor.open("/cabinet")
    (form,) = [form for form in page.tree.forms if form.action.endswith("/sign-out")]
    return visitor.post("/cabinet/sign-out", dict(form.form_values()))


def signed_in(office, visitor, page, login=PHONE, password=PASSWORD):
    page = visitor.submit(page, {"login": login, "password": password})
    return visitor.submit(page, {"code": code_in(office)}, "Продолжить")


def test_a_newcomer_is_let_in_and_comes_back_to_where_he_wanted(office, visitor):
    page = signed_up(office, visitor)
    assert (page.status, page.path) == (200, "/cabinet/account?told=signed_up")
    assert "подтвердить почту и личность" in page.text
    assert visitor.open("/cabinet/profile").link("Учётная запись")
    consent = visitor.open("/cabinet/consents").text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Вы дали согласие 2 марта 2026 года, 09:00" in consent
    assert "Согласен на обработку моих данных." in consent
    assert "Текст, который действует с 1 января 2026 года" in consent
    account = visitor.open("/cabinet/account")
    assert "+7 999 123-45-67" in account.text
    assert "Ждём подтверждения почты" in account.text
    link = f"/cabinet/email/{link_in(office)}"
    assert "Почта подтверждена" in visitor.submit(visitor.open(link)).text
    left(visitor)
    office.cloud.advance(minutes=10)
    page = visitor.open("/cabinet/account")
    assert page.path == "/cabinet/sign-in?next=/cabinet/account"
    assert signed_in(office, visitor, page, login=EMAIL).path == "/cabinet/account"


def test_who_may_not_apply_yet_is_led_to_where_he_is_confirmed(office, visitor):
    signed_up(office, visitor)
    page = visitor.open("/cabinet/services/social-service-need/begin")
    draft = visitor.submit(page, {"region": "RU-MOW"}).path.removesuffix("/form")
    signature = dict.fromkeys(("kind", "signer", "sha256", "value"), "x")
    signature |= {"kind": "identity_provider", "at": "2026-03-02T09:00:00Z", "sha256": "0" * 64}
    said = {"_token": [visitor.form_token], "_signature": [json.dumps(signature)]}
    refused = visitor.post(f"{draft}/check", said)
    assert refused.status == 403
    assert refused.link("Подтвердите личность") == "/cabinet/account"


def test_the_cookie_changes_when_somebody_signs_in(office, visitor):
    visitor.open("/cabinet/sign-up")
    before = visitor.cookie
    signed_up(office, visitor)
    assert visitor.cookie != before


def test_a_double_click_on_the_last_button_lets_in_all_the_same(office, visitor):
    signed_up(office, visitor)
    left(visitor)
    office.cloud.advance(minutes=10)
    page = visitor.open("/cabinet/sign-in")
    page = visitor.submit(page, {"login": PHONE, "password": PASSWORD})
    before, code = visitor.cookie, {"code": code_in(office)}
    assert visitor.submit(page, code, "Продолжить").path == "/cabinet/applications"
    visitor.cookie = before  # the browser sent both before any answer came
    assert visitor.submit(page, code, "Продолжить").path == "/cabinet/applications"


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("officer", "/office/queue"),
        ("expert", "/office/document-checks"),
        ("agency", "/office/agency"),
    ],
)
def test_whoever_works_here_begins_where_he_may_be(office, visitor, name, begins):
    office.people[name].get("/services")  # puts the account in place
    page = visitor.open("/cabinet/sign-in")
    page = signed_in(office, visitor, page, office.people[name].phone, office.password)
    assert (page.status, page.path) == (200, begins)


def test_everything_that_is_wrong_is_said_at_its_field_and_no_password_comes_back(office, visitor):
    page = visitor.submit(visitor.open("/cabinet/sign-up"), {"phone": "12"})
    assert page.title.startswith("Ошибка")
    page = visitor.submit(page, {"phone": PHONE})
    page = visitor.submit(page, {"code": "12"}, "Продолжить")
    assert page.tree.xpath("//*[@id='code-error']")
    page = visitor.submit(page, {"code": code_in(office)}, "Продолжить")
    page = visitor.submit(page, {"password": "Ab1", "email": "maria@"})
    assert {error.partition(":")[0] for error in page.errors} == {"Пароль", "Почта", "Согласие"}
    assert "Ab1" not in page.source
    assert "maria@" in page.source


def test_a_wrong_password_is_told_in_no_other_way_than_an_unknown_phone(office, visitor):
    signed_up(office, visitor)
    left(visitor)
    told = []
    for login in (PHONE, "+79990001122"):
        page = visitor.open("/cabinet/sign-in")
        page = visitor.submit(page, {"login": login, "password": "Wrong12345"})
        told.append((page.status, page.errors))
        assert "Wrong12345" not in page.source
    assert told[0] == told[1]


def test_a_forgotten_password(office, visitor):
    signed_up(office, visitor)
    left(visitor)
    page = visitor.follow(visitor.open("/cabinet/sign-in"), "Забыли пароль?")
    page = visitor.submit(page, {"login": PHONE})
    page = visitor.submit(page, {"code": code_in(office)}, "Продолжить")
    page = visitor.submit(page, {"password": "Drugoi-parol7"})
    assert page.path == "/cabinet/sign-in?told=password_changed"
    office.cloud.advance(minutes=6)
    assert signed_in(office, visitor, page, password="Drugoi-parol7").status == 200


def test_a_code_is_sent_again_when_it_is_time(office, visitor):
    page = visitor.submit(visitor.open("/cabinet/sign-up"), {"phone": PHONE})
    office.cloud.advance(minutes=5)
    page = visitor.submit(page, button="Отправить ещё раз")
    assert page.path == "/cabinet/sign-up/code"
    assert len([text for number, text in office.cloud.sms if number == PHONE]) == 2


@pytest.mark.parametrize(
    ("step", "begins"),
    [
        ("sign-up/code", "sign-up"),
        ("sign-up/password", "sign-up"),
        ("sign-in/code", "sign-in"),
        ("recovery/password", "recovery"),
        ("access/scan", "access"),
    ],
)
def test_a_step_in_the_midst_begins_at_the_beginning(visitor, step, begins):
    assert visitor.open(f"/cabinet/{step}").path == f"/cabinet/{begins}"


def test_nobody_goes_on_with_what_another_browser_began(office, visitor):
    visitor.submit(visitor.open("/cabinet/sign-up"), {"phone": PHONE})
    other = Visitor(office.cloud)
    assert other.open("/cabinet/sign-up/code").path == "/cabinet/sign-up"


def test_a_request_for_access_is_taken_with_a_scan_announced(office, visitor):
    page = visitor.open("/cabinet/access")
    said = {name: MOTHER[name] for name in ("last_name", "first_name", "birth_date", "snils")}
    page = visitor.submit(page, {**said, "phone": PHONE, "consents_to_processing": "yes"})
    page = visitor.submit(page, {"code": code_in(office)}, "Продолжить")
    page = visitor.submit(page, button="выбрать файл")
    (form,) = page.forms()
    assert form.fields["success_action_redirect"].endswith("/cabinet/access/done")
    done = visitor.open("/cabinet/access/done")
    (line,) = office.officer.get("/access-requests")["requests"]
    assert line["number"] in done.text


def test_the_states_provider_confirms_who_one_is(office, visitor):
    signed_up(office, visitor)
    visitor.submit(visitor.open(f"/cabinet/email/{link_in(office)}"))
    page = visitor.submit(visitor.open("/cabinet/account"), button="Госуслуги")
    back = office.openid.sign_in(page.link("Перейти на Госуслуги"), "mother")
    answer = "/cabinet/identity/openid/answer"
    page = visitor.open(f"{answer}?state={back['state']}&code={back['code']}")
    assert "Личность подтверждена" in page.text
    assert "Вы не подтвердили" in visitor.open(f"{answer}?error=access_denied").text


def test_registries_and_video_from_the_account(office):
    visitor = Visitor(office.cloud, office.citizen)
    page = visitor.submit(visitor.open("/cabinet/identity/registries"), {"last_name": "Smith"})
    assert len(page.errors) >= 4
    page = visitor.submit(visitor.open("/cabinet/identity/video"), {"words": "Вечером"})
    assert "уже подтверждена" in " ".join(page.errors)  # the office made this citizen known
