"""Acting in the name of another person: asked for, agreed to, begun and ended."""

from typing import Any

from chalice import Response

from casework.errors import NotFound
from functions.portal.archive_pages import OWNER
from functions.portal.pages import page
from functions.portal.typed import day_of, days_of, said_of
from functions.portal.visit import Visit

ACTING = "/cabinet/acting"
PERSON = ("last_name", "first_name", "patronymic", "snils")


@page("GET", ACTING, roles=OWNER)
def show_acting(visit: Visit) -> Response:
    return visit.html("acting.html", all=visit.do("list_representations"))


@page("GET", f"{ACTING}/new", roles=OWNER)
def show_new_acting(visit: Visit) -> Response:
    kinds = visit.do("list_representations").kinds
    archive = visit.do("show_archive")
    good = [known for known in archive.documents if any(file.current for file in known.versions)]
    return visit.html("acting_new.html", kinds=kinds, documents=good)


@page("POST", f"{ACTING}/new", roles=OWNER)
def ask_to_act(visit: Visit) -> Response:
    asked: dict[str, Any] = said_of(visit, "kind", "own_name", "phone", "proof")
    asked |= {name: visit.value(name) == "yes" for name in ("by_attorney", "notarised")}
    asked |= {"person": _person(visit), **days_of(visit, "until")}
    visit.do("propose_representation", body=asked)
    return visit.go(ACTING, told="acting_asked")


def _person(visit: Visit) -> dict[str, str]:
    said = said_of(visit, *(f"person.{name}" for name in PERSON))
    born = day_of(visit, "person.birth_date")
    told = {name.removeprefix("person."): value for name, value in said.items()}
    return told | ({"birth_date": born} if born else {})


@page("POST", f"{ACTING}/start", roles=OWNER, again=ACTING)
def start_acting(visit: Visit) -> Response:
    wanted = visit.value("representation")
    own = visit.do("list_representations").own
    found = next((one for one in own if one.representation == wanted), None)
    if found is None or found.state != "accepted":
        raise NotFound("unknown_representation")
    names = (found.person.last_name, found.person.first_name, found.person.patronymic)
    visit.act_for(wanted, " ".join(filter(None, names)))
    return visit.go("/cabinet/applications", told="acting_started")


@page("POST", f"{ACTING}/stop", roles=OWNER, again=ACTING)
def stop_acting(visit: Visit) -> Response:
    visit.act_for(None)
    return visit.go("/cabinet/applications", told="acting_stopped")


@page("POST", f"{ACTING}/{{representation}}/accept", roles=OWNER, again=ACTING)
def agree_to_acting(visit: Visit, representation: str) -> Response:
    visit.do("accept_representation", representation=representation)
    return visit.go(ACTING, told="acting_agreed")


@page("POST", f"{ACTING}/{{representation}}/end", roles=OWNER, again=ACTING)
def end_acting(visit: Visit, representation: str) -> Response:
    visit.do("revoke_representation", representation=representation)
    if visit.session.acting_for == representation:
        visit.act_for(None)
    return visit.go(ACTING, told="acting_ended")
