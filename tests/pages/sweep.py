"""Every form of every page as the person who may send it is shown it, and what clumsy and hostile
people send in its place. The forms come from the register of pages, so that a new one is tried
without being named anywhere.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from local.aws import Backends
from tests.pages.visitor import Page, Visitor
from tests.pages.world import PEOPLE, World

NO_PAGES = (  # but files, and what scripts are told
    "/assets/{name}",
    "/cabinet/session",
    "/cabinet/applications/{number}/attached/{document}",
    "/cabinet/applications/{number}/papers/{paper}",
)
SCRIPT = "<script>alert(7)</script>"
LEADS_ON = re.compile(r"/[\w.,@:+=%?&#/~-]*", re.ASCII)
KEPT_BY_VISIT = ("SESSION#", "TYPED#", "ATTEMPTS#")  # of no matter to anybody's case
DRAFTS = re.compile(r"/cabinet/applications/\{number\}/form/.+")  # keep whatever is typed


class Form(NamedTuple):
    """`route`: the path of the page that takes it; `fields`: as they are shown, with the hidden
    ones; `names`: of those that can be filled in."""

    visitor: Visitor
    who: str
    shown_at: str
    route: str
    action: str
    fields: Mapping[str, list[str]]
    names: tuple[str, ...]


def visitor_of(world: World, who: str) -> Visitor:
    visitor = Visitor(world.office.cloud, world.office.people.get(who))
    visitor.cookie = visitor.cookie or world.midway
    return visitor


def pages_of(world: World) -> Iterator[tuple[Visitor, str, str, str]]:
    """(visitor, who, path, address) of every page, for the first of PEOPLE who may open it."""
    from functions.portal.pages import registered  # noqa: PLC0415  when the office is there

    for who in PEOPLE:
        visitor = visitor_of(world, who)
        for (method, path), page in list(registered.items()):
            readers = page.roles or {"nobody"}
            first = next((each for each in PEOPLE if each in readers), None)
            if method == "GET" and first == who and path not in NO_PAGES:
                world.office.cloud.calls.clear()  # they are looked at by nobody here
                for address in world.addresses(path, who):
                    yield visitor, who, path, address


def forms(world: World) -> Iterator[Form]:
    """Each once, though many pages show it."""
    from functions.portal.pages import _matching  # noqa: PLC0415  when the office is there

    seen = set()
    for visitor, who, _, address in pages_of(world):
        for form in visitor.open(address).forms():
            place = urlsplit(form.action).path
            if form.method != "POST" or (found := _matching(place)) is None:
                continue  # a search, or a form that goes to another's site
            names = tuple(sorted(set(form.inputs.keys()) - {"_token"}))
            if (found[0], names) not in seen:
                seen.add((found[0], names))
                yield Form(visitor, who, address, found[0], form.action, _fields(form), names)


def _fields(form: Any) -> dict[str, list[str]]:
    shown: dict[str, list[str]] = {}
    for name, value in form.form_values():
        shown.setdefault(name, []).append(value)
    return shown


# ---- what may be answered -----------------------------------------------------------------------


def wrongs_of(visitor: Visitor, address: str, answer: Any) -> Iterator[str]:
    """What is wrong with the answer to whatever was sent; nothing when people can live with it."""
    if answer.status_code == 303:
        location = answer.headers["Location"]
        if not LEADS_ON.fullmatch(location):
            yield f"leads to {location[:100]!r}"
        else:
            yield from wrongs_of(visitor, address, visitor._ask("GET", location))
        return
    if answer.status_code >= 500:
        yield f"status {answer.status_code}"
    elif not answer.headers["Content-Type"].startswith("text/html"):
        yield f"no page: {answer.headers['Content-Type']}"
    else:
        yield from _wrongs_of_page(Page(address, answer))


def _wrongs_of_page(page: Page) -> Iterator[str]:
    if SCRIPT in page.source:
        yield "what was typed became part of the page"
    if page.status < 400:
        return
    told = page.errors or [page.text]
    if not page.errors and not page.tree.xpath("//a[contains(., 'На первую страницу')]"):
        yield f"nothing said: {page.text[:100]}"
    yield from (f"not in Russian: {each[:100]}" for each in told if not re.search("[а-яё]", each))
    for target in page.tree.xpath("//*[contains(@class, 'govuk-error-summary')]//a/@href"):
        if target.startswith("#") and not page.tree.xpath("//*[@id=$id]", id=target[1:]):
            yield f"the summary leads nowhere: {target}"


def kept(page: Page, name: str) -> list[str]:
    """What the text fields of that name hold when the form is shown again."""
    fields = page.tree.xpath("//*[@name=$name][self::textarea or self::input]", name=name)
    typed = [each for each in fields if each.get("type", "text") in ("text", "email", "tel")]
    return [(each.get("value") or each.text or "").strip() for each in typed]


def records() -> dict[tuple[str, str], str]:
    """All that the table holds, but for what only carries a visit."""
    (table,) = Backends().dynamodb.tables.values()
    return {
        (item.hash_key.value, item.range_key.value): repr(item.to_json())
        for part in table.items.values()
        for item in part.values()
        if not item.hash_key.value.startswith(KEPT_BY_VISIT)
    }
