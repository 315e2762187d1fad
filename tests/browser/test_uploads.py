"""A file on its way from a browser into the real store, with scripts and without."""

import pytest
from playwright.sync_api import expect

from local import scans
from tests.browser.conftest import picture
from tests.browser.looks import assert_no_sideways_scroll, check
from tests.files import born_digital_pdf
from tests.journeys.archive_steps import put_in, wait
from tests.signing import signed_beside, signer


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param(True, id="scripts"),
        pytest.param(False, id="no-scripts", marks=pytest.mark.long),
    ],
)
def test_a_document_gets_into_the_archive(window, office, scripts):
    page = window("citizen", phone=True, scripts=scripts)
    look = check if scripts else assert_no_sideways_scroll
    page.goto("/cabinet/documents/new")
    look(page)
    page.get_by_label("Что это за документ").select_option("snils")
    page.get_by_label("Где вы живёте").select_option("RU-MOW")
    page.get_by_role("button", name="Дальше").click()
    look(page)
    picture(page, "document-file")
    scan = {"name": "снилс.jpg", "mimeType": "image/jpeg", "buffer": scans.good_jpeg()}
    page.get_by_label("Выберите файл").set_input_files(scan)
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_text("Файл получен")).to_be_visible()
    with office.cloud.standing_still():
        pass  # what came of the upload has been written down
    page.reload()
    expect(page.get_by_text("Проверяем на вирусы")).to_be_visible()
    look(page)
    picture(page, "document-sent")


@pytest.mark.long
def test_a_signature_is_chosen_as_a_file_and_judged(window, office):
    letter = born_digital_pdf()
    document = put_in(office, office.citizen, data=letter)
    page = window("citizen", phone=True)
    page.goto(f"/cabinet/documents/{document}")
    page.get_by_text("Приложить файл подписи").click()
    check(page)
    picture(page, "document-signature")
    beside = {"name": "справка.pdf.sig", "mimeType": "application/octet-stream"}
    beside["buffer"] = signed_beside(signer(), letter)
    page.get_by_label("Файл подписи").set_input_files(beside)
    page.get_by_role("button", name="Приложить").click()
    expect(page.get_by_text("Файл подписи приложен")).to_be_visible()
    wait(office)
    page.reload()
    expect(page.get_by_text("Файл подписан, после подписи его не меняли")).to_be_visible()


def ask_for_file(page, *, first=True):
    page.goto("/cabinet/documents/new")
    page.get_by_label("Что это за документ").select_option("snils")
    if first:
        page.get_by_label("Где вы живёте").select_option("RU-MOW")
    page.get_by_role("button", name="Дальше").click()


def send(page, office):
    page.get_by_role("button", name="Загрузить").click()
    expect(page.get_by_text("Файл получен")).to_be_visible()
    with office.cloud.standing_still():
        pass  # what came of the upload has been written down


@pytest.mark.long
def test_one_file_is_sent_from_two_tabs_under_an_endless_name(window, office):
    one = window("citizen", phone=True)
    other = one.context.new_page()
    scan = {"name": f"{'снилс 😀' * 40}.jpg", "mimeType": "image/jpeg", "buffer": scans.good_jpeg()}
    for page in (one, other):
        ask_for_file(page, first=page is one)
        page.get_by_label("Выберите файл").set_input_files(scan)
    send(other, office)
    send(one, office)
    office.cloud.advance(minutes=2)
    states = [each["versions"][0]["state"] for each in office.citizen.get("/archive")["documents"]]
    assert states == ["accepted", "accepted"]


@pytest.mark.long
def test_what_a_file_is_its_content_says_and_nobody_is_asked(window, office):
    """Even when its name and the browser say otherwise."""
    page = window("citizen")
    ask_for_file(page)
    scan = {"name": "снилс.pdf", "mimeType": "application/pdf", "buffer": scans.good_jpeg()}
    page.get_by_label("Выберите файл").set_input_files(scan)
    send(page, office)
    (document,) = office.citizen.get("/archive")["documents"]
    version = document["versions"][0]
    assert (version["content_type"], version["file_name"]) == ("image/jpeg", "snils.jpg")
