"""The pages as people use them: the served local cloud, and Chromium before it.

One browser a file; each test has windows of its own, with their own
cookies. Whatever a page writes to the console as an error fails its test: also what the content
policy kept from running.

    def test_it(window):
        page = window(who="citizen", phone=True)
        page.goto("/cabinet/applications")
        check(page)

With OPORA_PICTURES=<folder> every `picture(page, name)` is kept there.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from local.control import Control
from local.live import serve
from local.office import Office
from tests.pages.visitor import session_of

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
# In a container Chromium has neither the rights for its sandbox nor a large /dev/shm.
SWITCHES = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
PHONE, DESKTOP = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
PATIENCE = 10_000  # milliseconds that a loaded machine may need


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the session: as long as Playwright is open its event loop runs in this thread, and
    whoever signs a document there, in the tests of a later file, needs one of his own."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium: sudo apt install chromium, or CHROMIUM=<its path>")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def site(office: Office) -> Iterator[str]:
    """Where the office is served, on its first morning."""
    with serve(office.cloud, 0, 0, Control(office.cloud, office)) as url:
        yield url


@pytest.fixture
def window(browser: Browser, site: str, office: Office) -> Iterator[Callable[..., Page]]:
    """window(who, phone=False, scripts=True) opens a window; `who`: a name of office.people, signed
    in, or None."""
    with ExitStack() as opened:

        def open_one(who: str | None = None, *, phone: bool = False, scripts: bool = True) -> Page:
            size = {"viewport": PHONE if phone else DESKTOP, "has_touch": phone}
            context = opened.enter_context(
                visiting(browser, site, **size, java_script_enabled=scripts)
            )
            if who is not None:
                sign_in(context, office, who, site)
            return context.new_page()

        yield open_one


@contextmanager
def visiting(browser: Browser, site: str, **how: Any) -> Iterator[BrowserContext]:
    """A browser of one person; `how`: as Playwright's new_context takes it. In the end none of its
    pages may have complained."""
    context = browser.new_context(
        base_url=site,
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        reduced_motion="reduce",
        **how,
    )
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    context.on("console", lambda said: _is_complaint(said) and complaints.append(said.text))
    context.on("weberror", lambda thrown: complaints.append(str(thrown.error)))
    yield context
    context.close()
    assert not complaints


def _is_complaint(said: ConsoleMessage) -> bool:
    """A page that says 4xx is looked at by its test; of its parts none may be missing. Connections
    break only where a test breaks them."""
    if "net::ERR_CONNECTION_RESET" in said.text:
        return False
    refused = "server responded with a status of 4" in said.text
    return said.type == "error" and not (refused and "/assets/" not in said.location["url"])


def sign_in(context: BrowserContext, office: Office, who: str, site: str) -> None:
    """As the pages of sign-in do, without them: tests of sign-in have their own file."""
    go_on(context, session_of(office.cloud, office.people[who]), site)


def go_on(context: BrowserContext, token: str, site: str) -> None:
    """With the session of that token."""
    cookie = {"name": "__Host-session", "value": token, "url": site.replace("http:", "https:")}
    context.add_cookies([{**cookie, "secure": True, "httpOnly": True, "sameSite": "Lax"}])


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("OPORA_PICTURES"):
        page.screenshot(path=Path(folder, f"{name}.png"), full_page=True)
