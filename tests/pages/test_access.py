"""Who may open and send what: every page, every kind of person, what is theirs and what is not.

The pages come from their register, so that a new one is tried without being named here; only a new
parameter of a path must be told what to stand for.
"""

import re
from typing import Any, NamedTuple

import pytest

from local.agency_file import row, written
from local.office import Caller, Office, form_of
from local.people import person, snils_for
from tests.conftest import START
from tests.journeys.account_steps import Newcomer
from tests.journeys.archive_steps import put_in, trust
from tests.journeys.test_appointments import publish
from tests.pages.visitor import Page, Visitor

CANARY = {
    "last_name": "Ярополкова-Заозёрская",
    "patronymic": "Светозаровна",
    "phone": "+79167770077",
    "email": "evdokia.canary@example.com",
    "registration_address": "Московская обл., дер. Канареечная, д. 77",
}
OPEN = re.compile(
    r"/|/assets/.*|/cabinet"
    r"|/cabinet/(services(/\{service\}(/may-i)?)?|status|accessibility|support|not-found)"
    r"|/cabinet/(sign-up|sign-in|recovery|access|email)(/.*)?|/cabinet/code-again"
    r"|/cabinet/\{number\}"
)


class World(NamedTuple):
    """One citizen's things; `parameters`: by the name in a path."""

    office: Office
    number: str
    draft: str
    parameters: dict[str, str]
    traces: list[str]


@pytest.fixture(scope="module")
def world(shared_office: Office) -> World:
    """Made once: that nothing anybody does here changes it is what is to be shown."""
    office, mine = shared_office, shared_office.citizen
    office.cloud.reset(start=START)
    office.registries.start_over()
    forms = [form_of(person(n), **CANARY) for n in (77, 78)]
    number, draft = office.apply(forms[0]), office.draft(forms[1])
    office.cloud.advance(minutes=10)
    document = put_in(office, mine, paper={"number": "4510 777777", "issuer": "Канарейка"})
    grant = trust(mine, office.relative, document, name=CANARY["last_name"])
    letter = {"topic": "other", "text": CANARY["last_name"], "application": number}
    mine.patch("/profile", {"version": 0, "values": CANARY})
    (slot,) = publish(office, "2026-03-03 10:00")
    parameters = {
        "number": number,
        "document": document,
        "grant": grant,
        "thread": mine.post("/support", letter)["number"],
        "service": "social-service-need",
        "kind": "passport",
        "name": "phone",
        "member": "1",
        "part": "last_name",
        "paper": mine.get(f"/applications/{number}/papers")["papers"][0]["paper"],
        "machine": "application_review",
        "batch": _batch_of_another_agency(office),
        "section": "address",
        "slot": slot,
        "entry": _asked_for_access(office),
        "account": "citizen",
        "representation": _child_of(mine, document),
        "token": "t" * 40,
    }
    traces = [*CANARY.values(), *(form[n] for form in forms for n in ("snils", "passport"))]
    traces.append("Канарейка")
    return World(office, number, draft, parameters, traces)


def _batch_of_another_agency(office: Office) -> str:
    office.drop("lipa", "march.csv", written([row(33, last_name=CANARY["last_name"])]))
    (batch,) = office.agency("lipa").get("/batches")["batches"]
    return batch["batch"]


def _asked_for_access(office: Office) -> str:
    said = {"first_name": "Евдокия", "birth_date": "01.02.1950", "snils": snils_for(77)}
    said |= {name: CANARY[name] for name in ("last_name", "patronymic")}
    return Newcomer(office).asks_for_access(CANARY["phone"], said, with_scan=False)


def _child_of(parent: Caller, proof: str) -> str:
    child = {"first_name": "Анна", "birth_date": "01.02.2019", "snils": snils_for(501)}
    child |= {"last_name": CANARY["last_name"]}
    asked = {"kind": "parent", "person": child, "own_name": "Мария", "proof": proof}
    return parent.post("/representations", asked)["representation"]


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
    numbers = [world.number, world.draft] if "{number}" in path else [world.number]
    numbers = [world.parameters["thread"]] if "/support/{number}" in path else numbers
    known = world.parameters | ({"name": world.number} if "{machine}" in path else {})
    return [path.format(**known | {"number": number}) for number in numbers]


def tried(asking: Visitor, method: str, address: str) -> Page:
    from functions.portal.visit import form_token  # noqa: PLC0415  when the office is there

    if method == "GET":
        return asking.open(address)
    return asking.post(address, {"_token": [form_token(asking.cookie)], "_key": ["k" * 20]})


@pytest.mark.parametrize(
    "who",
    [
        pytest.param("nobody", marks=pytest.mark.long),
        "stranger",
        pytest.param("agency", marks=pytest.mark.long),
    ],
)
def test_nobody_but_its_owner_sees_or_changes_anything_of_it(world, who):
    asking, before = visitor(world, who), state(world)
    asking.open("/cabinet")  # for the cookie of whoever is not signed in
    leaks, broken = [], []
    for method, path, _ in pages():
        if path.endswith(("/sign-out", "/session")):
            continue
        for address in addresses(world, path):
            page = tried(asking, method, address)
            broken += [(method, address)] * (page.status >= 500)
            leaks += [(method, address, trace) for trace in world.traces if trace in page.source]
    assert broken == []
    assert leaks == []
    assert state(world) == before


@pytest.mark.long
def test_its_owner_and_the_officer_find_all_of_it_on_the_same_pages(world):
    """Else nothing is shown by nobody's finding it."""
    found = set()
    for asking in (visitor(world, "citizen"), visitor(world, "officer")):
        for method, path, _ in pages():
            if method == "GET" and not path.endswith("/session"):
                for address in addresses(world, path):
                    source = asking.open(address).source
                    found |= {trace for trace in world.traces if trace in source}
    assert found == set(world.traces)


def state(world: World) -> Any:
    mine = world.office.citizen
    shown = [mine.get(f"/applications/{number}") for number in (world.number, world.draft)]
    own = ("/archive", "/archive/grants", "/profile", "/representations", "/support", "/account")
    return [(case["version"], case["form"]) for case in shown], [mine.get(path) for path in own]


def test_nobody_is_led_to_sign_in_from_all_that_is_somebodys(world):
    asking = visitor(world, "nobody")
    for method, path, roles in pages():
        assert (roles is None) == bool(OPEN.fullmatch(path)), path
        if roles is None or method == "POST":
            continue
        answer = asking._ask("GET", addresses(world, path)[0])
        assert answer.status_code == 303, path
        assert answer.headers["Location"].startswith("/cabinet/sign-in?next="), path


@pytest.mark.parametrize(
    "who",
    [
        pytest.param("officer", marks=pytest.mark.long),
        pytest.param("expert", marks=pytest.mark.long),
        "auditor",
        pytest.param("supervisor", marks=pytest.mark.long),
    ],
)
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
