"""The part of the API that tells everybody what works and what does not."""

from datetime import datetime
from typing import Any, Literal

from adapters import definitions
from casework.status import State, state_of
from functions.intake.access import api
from functions.intake.bodies import View
from functions.intake.http import Request
from functions.intake.wiring import alarms


class ComponentView(View):
    """`since`: when the trouble began; `words`: what it means for people, where there is any."""

    component: str
    title: str
    state: Literal["works", "trouble", "unknown"]
    since: datetime | None
    words: str | None


class StatusView(View):
    at: datetime
    components: list[ComponentView]


@api.operation(
    "GET", "/status", "What works, what does not, and since when", StatusView, roles=None
)
def show_status(request: Request) -> dict[str, Any]:
    known, language, lines = alarms().states(request.now), request.language, []
    for component in definitions.components().components:
        state, since = state_of(component, known)
        lines.append(
            {
                "component": component.name,
                "title": component.title[language],
                "state": state,
                "since": since,
                "words": component.trouble[language] if state is State.TROUBLE else None,
            }
        )
    return {"at": request.now, "components": lines}
