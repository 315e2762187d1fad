"""Every page of the register, for everybody who may open it: accessible, and never wider than the
screen. A new page is looked at without being named here; only when it needs an application that has
come further than others, tests/pages/world.py says which.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response

from local.control import Control
from local.live import serve
from local.office import Office
from tests.browser.conftest import DESKTOP, PHONE, go_on, picture, visiting
from tests.browser.looks import AXE, assert_no_sideways_scroll, check
from tests.conftest import start_over
from tests.pages.visitor import session_of
from tests.pages.world import PEOPLE, World, busy_office

NO_PAGES = {  # but files
    "/assets/{name}",
    "/cabinet/applications/{number}/attached/{document}",
    "/cabinet/applications/{number}/papers/{paper}",
}
LEADING_ON = {
    "/": "to the cabinet",
    "/cabinet/{number}": "to the application",
    "/cabinet/identity/openid/answer": "to the account",
    "/cabinet/not-found": "nowhere",
    "/cabinet/signed": "to what was signed",
    "/office/queue/bulk": "to the queue, when nothing is marked",
}
LOOKS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": PHONE, "has_touch": True},
    "desktop": {"viewport": DESKTOP},
    "zoomed": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
    "forced-colours": {"viewport": DESKTOP, "forced_colors": "active"},
    "no-scripts": {"viewport": PHONE, "java_script_enabled": False},
}
DEAD_FORMS = """() => [...document.querySelectorAll("main form")].filter((form) => {
  const shown = [...form.elements].filter((each) => each.checkVisibility());
  return shown.length && !shown.some((each) => each.type === "submit");
}).map((form) => form.outerHTML.slice(0, 200))"""


class Served(NamedTuple):
    world: World
    site: str


@pytest.fixture(scope="module")
def served(shared_office: Office) -> Iterator[Served]:
    start_over(shared_office)
    world = busy_office(shared_office)
    cloud = shared_office.cloud
    with serve(cloud, 0, 0, Control(cloud, shared_office)) as site, cloud.standing_still():
        yield Served(world, site)


def pages() -> dict[str, list[str]]:
    """Who may open it, by path; wired once the office is there."""
    from functions.portal.pages import registered  # noqa: PLC0415

    roles = {path: page.roles for (method, path), page in registered.items() if method == "GET"}
    return {
        path: [who for who in PEOPLE if who in (roles[path] or ("nobody", "citizen"))]
        for path in sorted(roles)
        if path not in NO_PAGES
    }


def trial(look: str, who: str, *, whole: bool = True) -> Any:
    """`whole`: all that the person may open; else once what nobody before him in PEOPLE may."""
    name = f"{look}-{who}" if whole else f"{look}-{who}-first"
    return pytest.param(look, who, whole, id=name, marks=[pytest.mark.long] if whole else [])


@pytest.mark.parametrize(
    ("look", "who", "whole"),
    [trial("phone", who, whole=False) for who in PEOPLE[:-1]]
    + [trial(look, who) for look in LOOKS for who in PEOPLE],
)
def test_every_page(browser: Browser, served: Served, look: str, who: str, whole: bool) -> None:
    wrong = []
    with visiting(browser, served.site, **LOOKS[look]) as context:
        go_on(context, token_of(served.world, who), served.site)
        context.add_init_script(path=AXE)  # once for all pages
        page = context.new_page()
        for path, people in pages().items():
            if who == people[0] or (whole and who in people):
                addresses = served.world.addresses(path, who)[: None if whole else 1]
                meant = who == people[0] and path not in LEADING_ON
                told = [_wrong(page, each, who, look, meant) for each in addresses]
                wrong += filter(None, told)
    assert not wrong, "\n\n".join(wrong)


def token_of(world: World, who: str) -> str:
    office = world.office
    return world.midway if who == "nobody" else session_of(office.cloud, office.people[who])


def _is_meant(answer: Response, address: str) -> bool:
    """The first of those who may is shown what the page is for: no refusal, no other page."""
    return answer.status == 200 and urlsplit(answer.url).path == address


def _wrong(page: Page, address: str, who: str, look: str, meant: bool) -> str | None:
    answer = page.goto(address)
    if answer is None or answer.status >= 500 or (meant and not _is_meant(answer, address)):
        return f"{address}: {answer and (answer.status, answer.url)}"
    picture(page, f"{look}-{who}{address.replace('/', '-')}"[:120])
    try:
        if look == "no-scripts":
            assert_no_sideways_scroll(page)
            dead = page.evaluate(DEAD_FORMS)
            assert not dead, f"{page.url}: nothing sends {dead}"
        else:
            check(page)
    except AssertionError as error:
        return str(error).partition("\nassert")[0]
    return None
