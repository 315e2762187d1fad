"""A file on its way from a browser into the real store, with scripts and without."""

import pytest
from playwright.sync_api import expect

from local import scans
from tests.browser.conftest import picture
from tests.browser.looks import assert_no_sideways_scroll, check


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
