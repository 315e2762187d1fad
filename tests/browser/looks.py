"""What is asked of every page, however it looks."""

import json
from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.template import ROOT

AXE = ROOT / "node_modules/axe-core/axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What a screen reader goes by: everything in a landmark, headings in their order.
BESIDES = ["region", "heading-order", "page-has-heading-one", "landmark-one-main"]
ASKED = {
    "runOnly": WCAG,
    "rules": {rule: {"enabled": True} for rule in BESIDES},
    "resultTypes": ["violations"],  # of what is in order nothing is told
}

SIDEWAYS = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const beyond = [...document.querySelectorAll("body *")].filter(
    (each) => each.getBoundingClientRect().right > wide + 1 && !each.closest(".opora-scroll"));
  return beyond.map((each) => each.outerHTML.slice(0, 120));
}"""


def check(page: Page) -> None:
    """Every page, on every width, once all of it has come."""
    page.wait_for_load_state()
    assert_no_sideways_scroll(page)
    assert_accessible(page)


def assert_no_sideways_scroll(page: Page) -> None:
    """At 320 px nothing is wider than the screen but what scrolls in its own box (WCAG 1.4.10)."""
    beyond = page.evaluate(SIDEWAYS)
    assert not beyond, "\n".join([page.url, *beyond])


def assert_accessible(page: Page) -> None:
    """WCAG 2.2 AA, as far as axe-core can tell without a person. In a window without scripts it
    would wait for ever."""
    assert page.locator("body.js-enabled").count() == 1, "axe-core needs scripts"
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    found = page.evaluate("asked => axe.run(asked)", ASKED)
    assert not found["violations"], "\n".join([page.url, *map(_told, found["violations"])])


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def _told(violation: dict[str, Any]) -> str:
    nodes = [(node["html"][:160], node["failureSummary"]) for node in violation["nodes"]]
    return f"{violation['id']}: {violation['help']} {json.dumps(nodes, ensure_ascii=False)}"
