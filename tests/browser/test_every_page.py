"""What holds on every page, at the width of a phone and of a desk, with and without scripts."""

import pytest

from tests.browser.conftest import picture
from tests.browser.looks import check

OPEN = ["/cabinet", "/cabinet/nothing"]


@pytest.mark.parametrize("phone", [True, False], ids=["phone", "desktop"])
def test_pages_that_are_open_to_everybody(window, phone):
    page = window(phone=phone)
    for path in OPEN:
        page.goto(path)
        check(page)
        picture(page, f"{path.strip('/').replace('/', '-')}-{'phone' if phone else 'desktop'}")
