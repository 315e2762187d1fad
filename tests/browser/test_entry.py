"""The doors in a browser: every one of their pages on a phone, and signing in with the keyboard."""

from tests.browser.conftest import picture
from tests.browser.looks import check
from tests.journeys.account_steps import EMAIL, PASSWORD, PHONE, code_in, link_in


def test_a_newcomer_with_a_phone_in_hand(window, office):
    page = window(phone=True)
    page.goto("/cabinet/sign-up")
    check(page)
    page.fill("#phone", PHONE)
    page.click("text=Получить код")
    check(page)
    page.fill("#code", "000000")
    page.click("text=Продолжить")
    assert page.title().startswith("Ошибка")
    check(page)
    page.fill("#code", code_in(office))
    page.click("text=Продолжить")
    page.fill("#password", "kolokol")
    page.click("main button[type=submit]")
    check(page)
    picture(page, "sign-up-errors-phone")
    page.fill("#password", PASSWORD)
    page.fill("#email", EMAIL)
    page.check("#consents_to_processing")
    page.click("main button[type=submit]")
    page.goto("/cabinet/account")
    check(page)
    page.goto(f"/cabinet/email/{link_in(office)}")
    check(page)
    page.click("text=Да, это моя почта")
    check(page)
    picture(page, "account-phone")


def test_signing_in_with_the_keyboard_alone(window, office):
    office.enrol()
    page = window()
    page.goto("/cabinet/sign-in")
    check(page)
    page.focus("#login")
    page.keyboard.type(office.citizen.phone)
    page.keyboard.press("Tab")
    page.keyboard.type(office.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code")
    check(page)
    page.focus("#code")
    page.keyboard.type(code_in(office))
    page.keyboard.press("Enter")
    page.wait_for_url("**/cabinet/applications")


def test_the_other_doors(window):
    page = window(phone=True)
    for path in ("sign-in", "recovery", "access"):
        page.goto(f"/cabinet/{path}")
        page.click("main button[type=submit]")
        assert page.title().startswith("Ошибка")
        check(page)


def test_showing_who_one_is(window):
    page = window("citizen", phone=True)
    for path in ("account", "identity/registries", "identity/video"):
        page.goto(f"/cabinet/{path}")
        check(page)
