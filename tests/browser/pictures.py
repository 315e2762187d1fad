"""The pages that README and docs/pages.md show, drawn anew: `make pictures`.

python -m tests.browser.pictures docs/pictures
"""

import io
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from adapters import definitions
from casework.example import example_form
from local.cloud import LocalCloud
from local.control import Control
from local.live import serve
from local.office import Office, form_of
from local.people import MOTHER, person
from tests.browser.conftest import CHROMIUM, SWITCHES, sign_in
from tests.browser.desk import CASES, MINE
from tests.journeys.steps import UNREADABLE_PASSPORT, begin, wait_until

DESKTOP, PHONE = {"width": 1180, "height": 900}, {"width": 360, "height": 740}
HIGHEST = 1250  # what is further down, the page itself shows
COLOURS = 128
LARGEST = 120 * 1024


class Scene:
    """What there is to be seen on 6 May 2026, between two holidays."""

    def __init__(self, office: Office) -> None:
        self._office = office
        begin(office, "2026-03-30 09:30")
        self._applies(31)  # promised until 29 April: late
        wait_until(office, "2026-04-06 10:10")
        self._applies(32)  # until today
        wait_until(office, "2026-04-07 11:00")
        self._applies(33, "disability-certificate")
        wait_until(office, "2026-04-24 09:40")
        self._applies(34, "child-benefits")
        self.refused = office.apply(form_of(MOTHER, income="900000", notify_by="email"))
        wait_until(office, "2026-04-27 14:20")
        self.answered = office.apply(form_of(person(35)))
        office.propose_refusal(self.refused, "criteria_not_met")
        wait_until(office, "2026-04-28 10:00")
        office.confirm(self.refused)
        office.ask(self.answered, UNREADABLE_PASSPORT, message="Снимите разворот целиком.")
        wait_until(office, "2026-05-05 18:30")
        office.upload(self.answered, "passport")
        office.answer(self.answered, message="Снял при дневном свете.")
        self._applies(36, "registry-extract-and-subsidy")
        wait_until(office, "2026-05-06 10:30")
        self.draft = office.draft(form_of(person(37)))
        self.submitted = office.apply(form_of(person(38)))
        office.cloud.advance(minutes=5)
        office.officer.post(f"/applications/{self.answered}/claim")

    def _applies(self, who: int, service: str = "social-service-need") -> None:
        definition, today = definitions.service(service), self._office.cloud.now().date()
        need = service == "social-service-need"
        form = form_of(person(who)) if need else example_form(definition, today, seed=who)
        self._office.apply(form, service=service)
        self._office.cloud.advance(minutes=5)

    def pages(self) -> dict[str, tuple[str, dict[str, int], str, Callable[[Page], None] | None]]:
        """Who looks, at what size, where, and what is done there first; by the picture's name."""
        need, answered = f"{MINE}/{self.draft}", f"{MINE}/{self.answered}"
        return {
            "catalogue": ("citizen", DESKTOP, "/cabinet/services", None),
            "question": ("citizen", PHONE, f"{need}/form/income", None),
            "check-answers": ("citizen", DESKTOP, f"{need}/check", None),
            "submitted": ("citizen", PHONE, f"{MINE}/{self.submitted}/submitted", None),
            "case": ("citizen", DESKTOP, answered, None),
            "why-this-day": ("citizen", DESKTOP, f"{answered}/term/decision/limit", None),
            "refusal": ("citizen", DESKTOP, f"{MINE}/{self.refused}/decision", None),
            "queue": ("officer", DESKTOP, "/office/queue", None),
            "officers-case": ("officer", DESKTOP, f"{CASES}/{self.answered}", look_at_a_document),
            "execution": (
                "supervisor",
                DESKTOP,
                f"/office/executions/application_review/{self.answered}",
                None,
            ),
            "statistics": ("supervisor", DESKTOP, "/office/statistics", None),
        }


def look_at_a_document(page: Page) -> None:
    page.get_by_role("button", name="Показать").first.click()
    page.locator("#look img").wait_for()
    page.evaluate("scrollTo(0, 0)")


def draw(browser: Browser, site: str, office: Office, folder: Path) -> None:
    for name, (who, size, path, first) in Scene(office).pages().items():
        context = browser.new_context(
            base_url=site, viewport=size, locale="ru-RU", reduced_motion="reduce"
        )
        sign_in(context, office, who, site)
        page = context.new_page()
        page.goto(path)
        if first:
            first(page)
        height = min(page.evaluate("document.documentElement.scrollHeight"), HIGHEST)
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height}
        save(page.screenshot(full_page=True, clip=clip), folder / f"{name}.png")
        context.close()


def save(screenshot: bytes, path: Path) -> None:
    """Few colours are enough for pages, and four times smaller."""
    image = Image.open(io.BytesIO(screenshot)).convert("RGB")
    few = image.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    size = path.stat().st_size
    print(f"{path}: {size // 1024} KB")
    if size > LARGEST:
        sys.exit(f"{path} is larger than {LARGEST // 1024} KB")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with LocalCloud(parameters={"SentinelSchedule": "rate(7 days)"}) as cloud:
        office = Office(cloud)
        with serve(cloud, 0, 0, Control(cloud, office)) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
            draw(browser, site, office, folder)
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
