"""Whether a paper of ours is one, and whether it still holds: for everybody who has it in hand.

The address holds the whole seal, so nobody reads of a paper that he has not seen; and the answer
says no more of the person than the paper does.
"""

from typing import Any

from adapters.seals import published
from casework import papers, seal
from casework.errors import InvalidValue, NotFound
from functions.intake import check_bodies as bodies
from functions.intake.access import api
from functions.intake.check_page import page
from functions.intake.http import Request
from functions.intake.wiring import applications, seal_key, settings


@api.operation(
    "GET",
    "/check/key",
    "The public keys that papers of ours are checked with",
    bodies.CheckKeys,
    roles=None,
)
def show_check_key(_: Request) -> dict[str, Any]:
    keys = published(seal_key().public)
    return {"keys": [{"name": name, "public_key": pem} for name, pem in keys.items()]}


@api.operation(
    "GET",
    "/check/{seal}",
    "Whether a paper of ours still holds; its QR code leads here",
    bodies.CheckedPaper,
    roles=None,
    page=page,
)
def check_paper(request: Request, seal: str) -> dict[str, Any]:
    return _checked(seal, request.language) or {"issued": False}


def _checked(text: str, language: str) -> dict[str, Any] | None:
    """None of a seal that we did not make: only the whole one is in the history."""
    try:
        stamped = seal.read(f"{settings.check_page}/{text}").stamped
        case = applications().load(stamped.number)
    except (InvalidValue, NotFound):
        return None
    issued = (event for event in case.events if event.kind == "paper_issued")
    told = next((event.data for event in issued if event.data["seal"] == text), None)
    if told is None:
        return None
    state = case.application.papers[told["paper"]]
    standing = papers.standing(state, case.application)
    return {
        "issued": True,
        "number": stamped.number,
        "kind": stamped.kind,
        "title": papers.title(stamped.kind, language),
        "day": stamped.day,
        "standing": standing,
        "told": papers.told_of(standing, language),
    }
