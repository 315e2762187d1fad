"""Proofs that somebody may act in the name of another: an officer looks, confirms or declines."""

from typing import Any

from chalice import Response

from casework.errors import NotFound
from functions.intake.http import OFFICE, STAFF
from functions.portal.pages import page
from functions.portal.typed import said_of
from functions.portal.visit import Visit

QUEUE = "/office/representations"
ONE = f"{QUEUE}/{{representation}}"


@page("GET", QUEUE, roles=OFFICE)
def show_representations(visit: Visit) -> Response:
    waiting = visit.do("list_representation_queue").representations
    return visit.html("office/representations.html", waiting=waiting)


@page("GET", ONE, roles=OFFICE)
def show_representation(visit: Visit, representation: str) -> Response:
    waiting = visit.do("list_representation_queue").representations
    found = next((one for one in waiting if one.representation == representation), None)
    if found is None:
        raise NotFound("unknown_representation")
    return visit.html("office/representation.html", one=found)


@page("POST", ONE, roles=STAFF)
def decide_on_representation(visit: Visit, representation: str) -> Response:
    told: dict[str, Any] = said_of(visit, "words")
    if said := visit.value("confirms"):
        told["confirms"] = said == "yes"
    visit.do("confirm_representation", representation=representation, body=told)
    return visit.go(QUEUE, told="representation_decided")


@page("POST", f"{ONE}/look", roles=OFFICE, again=ONE)
def look_at_the_proof(visit: Visit, representation: str) -> Response:
    seen = visit.do("look_at_proof", representation=representation)
    return visit.html("office/proof.html", seen=seen, back_to=f"{QUEUE}/{representation}")
