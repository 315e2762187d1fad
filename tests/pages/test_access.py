"""Who may open and send what: every page, every kind of person, what is theirs and what is not.

The pages come from their register, so that a new one is tried without being named here; only a new
parameter of a path must be told what to stand for.
"""

import re
from typing import Any, NamedTuple

import pytest

from local.office import Caller, Office, form_of
from local.people import person
from tests.journeys.archive_steps import put_in, trust
from tests.pages.visitor import Page, Visitor

CANARY = {
    "last_name": "Ярополкова-Заозёрская",
    "patronymic": "Светозаровна",
    "phone": "+79167770077",
    "email": "evdokia.canary@example.com",
    "registration_address": "Московская обл., дер. Канареечная, д. 77",
}
CITIZENS, STAFF = ("stranger", "agency"), ("officer", "expert", "auditor", "supervisor")
OPEN = re.compile(
    r"/|/assets/.*|/cabinet|/cabinet/(services|sign-|recover|status|accessibility|not-found|email|access|code-again)"
    r".*|/cabinet/\{number\}"
)


class World(NamedTuple):
    """One citizen's things; `parameters`: by the name in a path."""

    office: Office
    number: str
    draft: str
    parameters: dict[str, str]
    traces: list[str]


@pytest.fixture
def world(office: Office) -> World:
    form = form_of(person(77), **CANARY)
    number = office.apply(form)
    draft = office.draft(form_of(person(78), **CANARY))
    office.cloud.advance(minutes=10)
    document = put_in(office, office.citizen, paper={"number": "4510 777777", "issuer": "Канарейка"})
    grant = trust(office.citizen, office.relative, document, name=CANARY["last_name"])
    thread = office.citizen.post(
        "/support", {"topic": "other", "text": CANARY["last_name"], "application": number}
    )
    parameters = {
        "number": number,
        "document": document,
        "grant": grant,
        "thread": thread["number"],
        "service": "social-service-need",
        "kind": "passport",
        "name": "phone",
        "member": "1",
        "part": "last_name",
        "paper": "nothing",
        "machine": "application_review",
        "batch": "nothing",
        "slot": "nothing",
        "asked": "nothing",
        "account": "nobody",
        "token": "t" * 40,
    }
    traces = [*CANARY.values(), form["snils"], form["passport"], "Канарейка"]
    return World(office, number, draft, parameters, traces)


def pages() -> list[tuple[str, str, frozenset[str] | None]]:
    """(method, path, roles) of all of them; wired once the office is there."""
    from functions.portal.pages import registered  # noqa: PLC0415

    return sorted((method, path, found.roles) for (method, path), found in registered.items())


def visitor(world: World, who: str) -> Visitor:
    office = world.office
    if who == "nobody":
        return Visitor(office.cloud)
    callers = office.people | {"stranger": Caller(office.cloud, "stranger")}
    return Visitor(office.cloud, callers[who])


def addresses(world: World, path: str) -> list[str]:
    """With the submitted application in the path, and with the draft."""
    numbers = (world.number, world.draft) if "{number}" in path else (world.number,)
    return [path.format(**world.parameters | {"number": number}) for number in numbers]


def tried(world: World, visitor: Visitor, method: str, address: str) -> Page:
    if method == "GET":
        return visitor.open(address)
    token = visitor.open("/cabinet/session").form().fields["_token"] if visitor.cookie else ""
    return visitor.post(address, {"_token": [token], "_key": ["k" * 20]})


@pytest.mark.parametrize("who", ["nobody", *CITIZENS])
def test_nobody_but_its_owner_sees_anything_of_it(world, who):
    asking = visitor(world, who)
    leaks, broken = [], []
    for method, path, _ in pages():
        if path.endswith(("/sign-out", "/session")):
            continue
        for address in addresses(world, path):
            page = tried(world, asking, method, address)
            broken += [(method, address)] * (page.status >= 500)
            leaks += [(method, address, trace) for trace in world.traces if trace in page.source]
    assert not broken
    assert not leaks


def test_what_others_tried_changed_nothing(world):
    before = state(world)
    for who in ("nobody", *CITIZENS):
        asking = visitor(world, who)
        for method, path, _ in pages():
            if method == "POST" and not path.endswith("/sign-out"):
                for address in addresses(world, path):
                    tried(world, asking, method, address)
    assert state(world) == before


def state(world: World) -> Any:
    citizen = world.office.citizen
    shown = [citizen.get(f"/applications/{number}") for number in (world.number, world.draft)]
    return [(case["version"], case["form"]) for case in shown], citizen.get("/archive")


def test_nobody_is_led_to_sign_in_from_all_that_is_somebodys(world):
    asking = visitor(world, "nobody")
    for method, path, roles in pages():
        assert (roles is None) == bool(OPEN.fullmatch(path)), path
        if roles is None or method == "POST":
            continue
        answer = asking._ask("GET", addresses(world, path)[0])
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/cabinet/sign-in?next="), path


@pytest.mark.parametrize("who", STAFF)
def test_the_office_opens_every_page_of_its_role_and_no_other(world, who):
    asking = visitor(world, who)
    own = asking_roles(world, who)
    for method, path, roles in pages():
        if roles is None or method == "POST" or path.endswith("/session"):
            continue
        status = asking.open(addresses(world, path)[0]).status
        assert status < 500, path
        assert (status == 403) >= (not roles & own), (path, status)


def asking_roles(world: World, who: str) -> set[str]:
    groups = {"officers": "officer", "supervisors": "supervisor", "experts": "expert"}
    groups["auditors"] = "auditor"
    return {groups[group] for group in world.office.people[who]._groups}
