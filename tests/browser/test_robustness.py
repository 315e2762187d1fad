"""What people do and what happens to them: keys instead of a mouse, two clicks, two tabs, the way
back, a session that ends, lines that are slow and break.
"""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from adapters import definitions
from casework.example import example_form
from local.office import SERVICE, form_of
from local.people import person
from local.scans import good_jpeg
from tests.journeys.account_steps import code_in
from tests.journeys.steps import apply

NEED = {"service": SERVICE, "region": "RU-MOW"}
MINE, WORDS = "/cabinet/applications", "Нужна помощь с уборкой и покупками"


@pytest.fixture
def draft(office: Any) -> str:
    form = form_of(person(5))
    return office.citizen.post("/applications", {**NEED, "form": form})["number"]


# ---- keys instead of a mouse ---------------------------------------------------------------------


def tab_to(found: Locator) -> None:
    """By the one key that everybody has, from wherever the focus is."""
    page = found.page
    for _ in range(100):
        page.keyboard.press("Tab")
        if found.evaluate("found => found === document.activeElement"):
            return
    raise AssertionError(f"no way to {found} by the keyboard")


def press(found: Locator, key: str = "Enter") -> None:
    tab_to(found)
    found.page.keyboard.press(key)


def type_in(found: Locator, text: str) -> None:
    tab_to(found)
    found.page.keyboard.press("Control+A")
    found.page.keyboard.type(text)


def test_an_officer_decides_by_the_keyboard(window, office):
    number = apply(office)
    page = window("officer")
    page.goto("/office/queue")
    press(page.get_by_role("link", name=number))
    page.wait_for_url(f"**/office/applications/{number}")
    press(page.get_by_role("link", name="Решить"))
    page.wait_for_url("**/proposal")
    press(page.get_by_role("radio", name="Одобрить"), "Space")
    press(page.get_by_role("button", name="Продолжить"))
    expect(page.get_by_role("heading", name="Проверьте решение")).to_be_visible()
    press(page.get_by_role("button", name="Подтвердить решение"))
    expect(page.get_by_text("Заявление одобрено")).to_be_visible()


@pytest.mark.long
def test_a_citizen_fills_in_a_whole_form_by_the_keyboard(window, office):
    number = office.citizen.post("/applications", NEED)["number"]
    form = example_form(definitions.service(SERVICE), office.cloud.now().date())
    page = window("citizen")
    page.goto(f"{MINE}/{number}/form")
    while unfinished(page).count():
        press(unfinished(page).first)
        page.wait_for_url("**/form/*")
        while page.url.partition("/form/")[2]:
            answer(page, form)
    page.goto(f"{MINE}/{number}/check")
    told = {**form, "family": None}
    kept = office.show(number)["form"]
    assert {name: kept[name] for name in told if name in kept} == {n: form[n] for n in kept}


def unfinished(page: Page) -> Locator:
    tasks = page.locator(".govuk-task-list__item").filter(has_text="Не заполнено")
    return tasks.locator("a[href*='/form/']")


def answer(page: Page, form: dict[str, Any]) -> None:
    """One page of questions, and on to the next."""
    fields = page.locator("main form [name]:not([type=hidden]):not(button)").all()
    for name, field in {field.get_attribute("name"): field for field in fields}.items():
        whole, _, part = name.partition("-")
        if part:
            type_in(field, form[whole].split(".")[("day", "month", "year").index(part)])
        elif name in form:
            tell(page, field, name, form[name])
    before = page.url
    press(page.get_by_role("button", name="Продолжить"))
    page.wait_for_url(lambda url: url != before)


def tell(page: Page, field: Locator, name: str, value: Any) -> None:
    kind = field.get_attribute("type")
    if kind == "checkbox":
        return press(field, "Space")
    if kind != "radio":
        return type_in(field, str(value))
    # Tab reaches a group once; the arrows choose in it.
    tab_to(page.locator(f"[name='{name}']").first)
    wanted = {True: "yes", False: "no"}.get(value, value)
    page.keyboard.press("Space")
    while page.locator(f"[name='{name}']:checked").get_attribute("value") != wanted:
        page.keyboard.press("ArrowDown")
    return None


# ---- twice, back, again --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param(True, id="scripts"),
        pytest.param(False, id="no-scripts", marks=pytest.mark.long),
    ],
)
def test_a_hurried_citizen_submits_once(window, office, scripts):
    """Clicks twice, goes back, comes again, reloads."""
    number = office.draft(form_of(person(5)))
    page = window("citizen", scripts=scripts)
    page.goto(f"{MINE}/{number}/check")
    page.get_by_role("button", name="Подать заявление").dblclick()
    page.wait_for_url("**/submitted")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("подано")
    page.go_back()
    page.wait_for_url(f"**{MINE}/{number}")
    assert page.get_by_role("button", name="Подать заявление").count() == 0
    office.cloud.settle()
    assert len(office.citizen.get("/applications")["applications"]) == 1
    kinds = [event.kind for event in office.casebook.load(number).events]
    assert kinds.count("submitted") == 1
    assert len([text for _, text in office.cloud.sms if number in text]) == 1


@pytest.mark.long
def test_a_refused_form_that_is_reloaded_is_still_there_and_acts_once(window, office):
    page = window("citizen")
    page.goto("/cabinet/support/new")
    page.locator("#text").fill(WORDS)
    page.get_by_role("button", name="Отправить").click()
    assert page.title().startswith("Ошибка")
    page.reload()
    assert page.title().startswith("Ошибка")
    expect(page.locator("#text")).to_have_value(WORDS)
    page.locator("[name=topic]").last.check()
    page.get_by_role("button", name="Отправить").click()
    page.wait_for_url("**/cabinet/support/*-*")
    page.reload()
    assert len(office.citizen.get("/support")["threads"]) == 1


def test_two_tabs_of_one_draft_overwrite_nothing_unseen(window, office, draft):
    first = window("citizen")
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"{MINE}/{draft}/form/wishes")
    save(first, "Уборка")
    first.wait_for_url("**/form/sick_leave_certificate")
    save(second, WORDS)
    expect(second.get_by_role("alert")).to_be_visible()
    expect(second.locator("main")).to_contain_text("Уборка")
    expect(second.locator("#wishes")).to_have_value(WORDS)
    assert office.show(draft)["form"]["wishes"] == "Уборка"
    save(second, WORDS)
    second.wait_for_url("**/form/sick_leave_certificate")
    assert office.show(draft)["form"]["wishes"] == WORDS


def save(page: Page, wishes: str) -> None:
    page.locator("#wishes").fill(wishes)
    page.get_by_role("button", name="Продолжить").click()


def test_what_was_typed_when_the_session_ended_is_there_after_sign_in(window, office, draft):
    office.enrol()
    page = window("citizen")
    page.goto(f"{MINE}/{draft}/form/wishes")
    office.cloud.advance(hours=1)
    save(page, WORDS)
    page.wait_for_url("**/sign-in?next=**")
    page.locator("#login").fill(office.citizen.phone)
    page.locator("#password").fill(office.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code")
    page.locator("#code").fill(code_in(office))
    page.keyboard.press("Enter")
    page.wait_for_url("**/form/wishes?*")
    expect(page.locator("#wishes")).to_have_value(WORDS)
    page.get_by_role("button", name="Продолжить").click()
    page.wait_for_url("**/form/sick_leave_certificate")
    assert office.show(draft)["form"]["wishes"] == WORDS


# ---- lines that break and are slow ---------------------------------------------------------------


def test_an_upload_that_broke_is_sent_again_with_one_click(window, office, draft):
    page = window("citizen", phone=True)
    page.goto(f"{MINE}/{draft}/documents/passport")
    page.get_by_role("button", name="Выбрать файл").click()
    store = page.locator("form[data-upload]").get_attribute("action")
    page.route(store, lambda route: route.abort("connectionreset"), times=1)
    scan = {"name": "паспорт.jpg", "mimeType": "image/jpeg", "buffer": good_jpeg()}
    page.get_by_label("Выберите файл").set_input_files(scan)
    page.get_by_role("button", name="Загрузить").click()
    expect(page.locator("[data-upload-state]")).to_contain_text("нет связи")
    page.get_by_role("button", name="Загрузить").click()
    page.wait_for_url("**told=file_sent*")
    assert len(office.show(draft)["documents"]) == 1


def test_a_form_is_sent_before_its_scripts_have_come(window, office, draft):
    page, held = window("citizen", phone=True), []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/assets/portal.*.js", hold)
    page.goto(f"{MINE}/{draft}/form/wishes", wait_until="commit")
    save(page, WORDS)
    page.wait_for_url("**/form/sick_leave_certificate", wait_until="commit")
    assert held
    assert office.show(draft)["form"]["wishes"] == WORDS
    page.unroute_all(behavior="ignoreErrors")


@pytest.mark.long
def test_an_answer_that_was_lost_leads_back_to_what_was_done(window, office):
    """The click has reached the office, and the line broke before its answer."""
    number = office.draft(form_of(person(5)))
    page = window("citizen")
    page.goto(f"{MINE}/{number}/check")
    page.route("**/check", lose_the_answer, times=1)
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Подать заявление").click()
    again = page.context.new_page()
    again.goto(f"{MINE}/{number}/check")
    again.wait_for_url(f"**{MINE}/{number}")
    assert office.show(number)["stage"] != "draft"


def lose_the_answer(route: Route) -> None:
    assert route.fetch(max_redirects=0).status == 303
    route.abort("connectionreset")
