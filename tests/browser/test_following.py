"""The pages after submission before a browser: a question, a refusal, a programme."""

from typing import Any

import pytest

from local.office import form_of
from local.people import person
from tests.browser.conftest import picture
from tests.browser.looks import check
from tests.journeys import provision_steps
from tests.journeys.appeal_steps import refused_application
from tests.journeys.steps import UNCLEAR_INCOME, UNREADABLE_PASSPORT, apply
from tests.variants import sampled


@pytest.fixture
def places(office: Any) -> list[str]:
    asked = apply(office, form_of(person(11)))
    refused = refused_application(office)
    agreed = provision_steps.agreed(office)
    office.ask(asked, UNCLEAR_INCOME, UNREADABLE_PASSPORT, message="За какой год доход?")
    return [
        "",
        *(f"/{asked}", f"/{asked}/answer", f"/{asked}/term/decision/limit", f"/{asked}/papers"),
        *(f"/{refused}", f"/{refused}/decision", f"/{refused}/history", f"/{refused}/appeal-term"),
        *(f"/{agreed}", f"/{agreed}/programme", f"/{agreed}/providers"),
    ]


@pytest.mark.parametrize("phone", sampled([True, False], 0), ids=["phone", "desktop"])
def test_every_page_of_a_case(window: Any, places: list[str], phone: bool) -> None:
    page = window("citizen", phone=phone)
    for place in places:
        page.goto(f"/cabinet/applications{place}")
        check(page)
        name = place.strip("/").partition("/")[2].replace("/", "-") or "case"
        picture(page, f"following-{name}-{'phone' if phone else 'desktop'}")
