"""Forms sent as no form should be: by hand, by a bad line, by who wishes us no good. The person is
always told in Russian what to do, never loses what was typed, and nothing is half done.

In the short run a quiet office is tried, with one attack on each form that it shows; in the long
one the busy office, each field of each form in turn.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from local.office import Office, form_of
from local.people import person
from tests.conftest import start_over
from tests.journeys.steps import apply
from tests.pages.sweep import (
    DRAFTS,
    SCRIPT,
    Form,
    forms,
    kept,
    pages_of,
    records,
    visitor_of,
    wrongs_of,
)
from tests.pages.visitor import FORM, Page, Visitor
from tests.pages.world import PEOPLE, World, busy_office

EVERYTHING = f"\0\x1b[31m\u202e😀{{{{7*7}}}}../../etc/passwd{SCRIPT}"
ATTACKS: dict[str, list[str]] = {
    "missing": [],
    "empty": [""],
    "repeated": ["один", "два"],
    "long": ["я" * 10_000],
    "everything": [EVERYTHING],
    "no option": ["no-such-option"],
    "no day": ["31.02.2026"],
    "zeros": ["0000"],
    "endless number": ["9" * 5_000],  # more digits than Python reads
    "other digits": ["٣٤"],
    "object": ["[object Object]"],
}
BODIES: dict[str, tuple[str | None, bytes, int]] = {
    "JSON": ("application/json", b'{"text": "x"}', 400),
    "no type": (None, b"text=x", 400),
    "parts": ("multipart/form-data; boundary=x", b"--x\r\n\r\nx\r\n--x--", 400),
    "cp1251": (f"{FORM}; charset=windows-1251", b"text=%CF%F0%E8%E2%E5%F2", 400),
    "raw bytes": (FORM, b"text=\xff\xfe", 400),
    "half a pair": (FORM, b"text=%ED%A0%80", 400),
    "a million characters": (FORM, b"text=" + b"x" * 1_000_000, 413),
    "thousands of fields": (FORM, b"a=1&" * 5_000, 413),
    "nothing": (FORM, b"", 403),
    "percent signs": (FORM, b"%&%zz=%&=&==", 403),
}
HOSTILE_QUERIES = (
    {"*": EVERYTHING},
    {"*": "9" * 400},
    {"*": "31.02.2026"},
    *({name: EVERYTHING} for name in ("cursor", "since", "region", "status", "machine", "number")),
)
ASKED = ("q", "cursor", "region", "sort", "next", "told", "kept", "machine", "status", "since")
ASKED += ("until", "number", "actor", "agency", "like", "state", "code", "bucket", "service")
HOSTILE_PARTS = ("%00", "%2e%2e%2fetc", "x" * 10_000, "%ff%zz%", quote(SCRIPT), "%0d%0aA:b", "{}")


@pytest.fixture
def quiet(office: Office) -> World:
    """One application is in review, one is a draft."""
    number = office.draft(form_of(person(7)))
    parameters = dict.fromkeys(("document", "grant", "slot", "entry", "batch", "paper"), "d" * 32)
    parameters |= {
        "number": apply(office),
        "service": "social-service-need",
        "section": "address",
        "representation": "r" * 32,
        "account": "citizen",
        "token": "t" * 40,
        "kind": "passport",
        "machine": "application_review",
        "name": "phone",
        "member": "new",
        "part": "income",
    }
    draft = {path: [{"number": number}] for path in DRAFT_PAGES}
    return World(office, parameters, draft, number, "")


ONE = "/cabinet/applications/{number}"
DRAFT_PAGES = (
    *(f"{ONE}/{rest}" for rest in ("form", "form/{name}", "documents/{kind}", "check")),
    f"{ONE}/form/{{name}}/{{member}}",
)


@pytest.fixture(scope="module")
def busy(shared_office: Office) -> World:
    start_over(shared_office)
    return busy_office(shared_office)


# ---- fields -------------------------------------------------------------------------------------


def test_whatever_is_typed_into_a_form_is_answered_in_words(quiet):
    wrong, tried = [], 0
    for form in forms(quiet):
        if names := _filled_in(form):
            wrong += _wrongs(form, {name: [EVERYTHING] for name in names})
            tried += 1
    assert tried > 25
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
def test_whatever_is_done_to_a_field_is_answered_in_words(busy):
    wrong = []
    with busy.office.cloud.standing_still():
        for form in forms(busy):
            for name in _one_of_a_kind(_filled_in(form)):
                for attack, values in ATTACKS.items():
                    found = _wrongs(form, {name: values})
                    wrong += (f"{attack}: {each}" for each in found)
    assert not wrong, "\n".join(wrong)


def _filled_in(form: Form) -> list[str]:
    return [name for name in form.names if name != "_key"]


def _one_of_a_kind(names: list[str]) -> Iterator[str]:
    """document.passport and document.snils are asked for in the same way."""
    families = set()
    for name in names:
        family = name.partition(".")[0] if "." in name else name
        if family not in families:
            families.add(family)
            yield name


def _wrongs(form: Form, changed: dict[str, list[str]]) -> Iterator[str]:
    fields = {**form.fields, **changed}
    before = records()
    answer = form.visitor._ask("POST", form.action, urlencode(fields, doseq=True))
    said = f"{form.who} {form.route} {sorted(changed)[:3]}"
    yield from (f"{said}: {each}" for each in wrongs_of(form.visitor, form.action, answer))
    if answer.status_code >= 500 or answer.status_code == 303:
        return
    page = Page(form.action, answer)
    for name, values in changed.items():
        shown = kept(page, name)
        ends = {each[-20:] for each in shown}  # a reader of HTML drops the NUL before them
        if page.errors and ends and values and values[0][-20:] not in ends:
            yield f"{said}: lost {name}"
    if page.status >= 400 and not DRAFTS.fullmatch(form.route) and records() != before:
        yield f"{said}: refused, and done"


# ---- bodies -------------------------------------------------------------------------------------


def send(visitor: Visitor, path: str, content_type: str | None, body: bytes) -> Any:
    headers = {"Cookie": f"__Host-session={visitor.cookie}"}
    headers |= {"Content-Type": content_type} if content_type else {}
    return visitor._cloud.request("POST", path, body=body, headers=headers)


@pytest.mark.parametrize("name", BODIES)
def test_what_is_no_form_is_refused_in_words(office, name):
    visitor = Visitor(office.cloud, office.citizen)
    content_type, body, status = BODIES[name]
    answer = send(visitor, "/cabinet/support/new", content_type, body)
    assert answer.status_code == status
    assert not list(wrongs_of(visitor, "/cabinet/support/new", answer))
    assert "сломалось" not in answer.text  # it is not our fault


@pytest.mark.long
def test_no_page_takes_what_is_no_form(busy):
    from functions.portal.pages import registered  # noqa: PLC0415  when the office is there

    wrong = []
    for (method, path), page in registered.items():
        if method == "POST":
            who = next(each for each in PEOPLE if each in (page.roles or {"nobody"}))
            visitor = visitor_of(busy, who)
            address = path.format(**{"grant": "g", "member": "1", "part": "x"} | _known(busy))
            for name, (content_type, body, status) in BODIES.items():
                answer = send(visitor, address, content_type, body)
                found = [*wrongs_of(visitor, address, answer)]
                found += [answer.status_code] if answer.status_code != status else []
                wrong += (f"{name} {path}: {each}" for each in found)
    assert not wrong, "\n".join(map(str, wrong))


def _known(world: World) -> dict[str, str]:
    return {"paper": "p", "slot": "s", "account": "a", **world.parameters}


# ---- addresses ----------------------------------------------------------------------------------


@pytest.mark.long
def test_whatever_stands_in_an_address_is_answered_in_words(busy):
    wrong, seen = [], set()
    for visitor, who, path, address in pages_of(busy):
        if path in seen:
            continue
        seen.add(path)
        places = [f"{address}?{urlencode(_asked(query))}" for query in HOSTILE_QUERIES]
        places.append(f"{address}?%ff=%fe&%00=1&a[]=1&=&&&")
        places += _hostile_paths(busy, path)
        for place in places:
            found = wrongs_of(visitor, place, visitor._ask("GET", place))
            wrong += (f"{who} {place[:150]}: {each}" for each in found)
    assert not wrong, "\n".join(wrong)


def _asked(query: dict[str, str]) -> dict[str, str]:
    return dict.fromkeys(ASKED, query["*"]) if "*" in query else query


def _hostile_paths(world: World, path: str) -> Iterator[str]:
    known = {"grant": "g", "member": "1", "part": "x"} | _known(world)
    for name in known:
        if f"{{{name}}}" in path:
            yield from (path.format(**{**known, name: part}) for part in HOSTILE_PARTS)


@pytest.mark.parametrize("part", HOSTILE_PARTS)
def test_a_number_that_is_none_is_not_found(office, part):
    visitor = Visitor(office.cloud, office.citizen)
    place = f"/cabinet/applications/{part}/history"
    answer = visitor._ask("GET", place)
    assert answer.status_code == 404
    assert not list(wrongs_of(visitor, place, answer))
