"""A draft before a browser: saved while somebody types, a file sent without scripts, every page."""

import pytest

from local.office import form_of
from local.people import person
from local.scans import good_jpeg
from tests.browser.conftest import picture
from tests.browser.looks import check
from tests.variants import sampled

NEED = {"service": "social-service-need", "region": "RU-MOW"}
PLACES = (
    *("form", "form/last_name", "form/birth_date", "form/category", "form/family/new"),
    *("form/consents_to_processing", "documents", "documents/passport", "check"),
)


@pytest.fixture
def draft(office):
    number = office.citizen.post("/applications", {**NEED, "form": form_of(person(5))})["number"]
    return f"/cabinet/applications/{number}"


@pytest.mark.parametrize("phone", sampled([True, False], 0), ids=["phone", "desktop"])
def test_every_page_of_a_draft(window, draft, phone):
    page = window("citizen", phone=phone)
    for place in PLACES:
        page.goto(f"{draft}/{place}")
        check(page)
        name = place.replace("/", "-")
        picture(page, f"draft-{name}-{'phone' if phone else 'desktop'}")


def test_what_is_saved_while_typing_is_no_conflict(window, office, draft):
    """The page itself changed the answers: it must not take its own saving for another window's."""
    page = window("citizen")
    page.goto(f"{draft}/form/phone")
    page.fill("#phone", "+7916")
    page.wait_for_function("document.querySelector('[data-saved]').textContent.includes('в ')")
    with page.expect_response(lambda told: told.request.method == "POST"):
        page.fill("#phone", "+79161234568")
    page.fill("#phone", "+79161234567")
    page.click("text=Продолжить")
    page.wait_for_url("**/form/notify_by")
    assert office.show(draft.rpartition("/")[2])["form"]["phone"] == "+79161234567"


def test_a_file_is_sent_without_scripts(window, office, draft):
    page = window("citizen", phone=True, scripts=False)
    page.goto(f"{draft}/documents/passport")
    page.click("text=Выбрать файл")
    file = {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": good_jpeg()}
    page.set_input_files("input[type=file]", file)
    page.click("button:has-text('Загрузить')")
    page.wait_for_url("**/documents/passport?told=file_sent*")
    assert "Файл получен" in page.inner_text("main")
