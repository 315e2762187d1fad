"""The part of the API about the channels by which a person wants to be told of news."""

from typing import Annotated, Any, Literal

from pydantic import Field

from adapters import definitions
from casework import preferences
from casework.preferences import Choice, Preferences
from functions.intake.access import api
from functions.intake.bodies import Body, Code, View
from functions.intake.http import CITIZEN, Request
from functions.intake.wiring import preference_items

OWNER = frozenset({CITIZEN})
Channel = Literal["sms", "email", "letter", "off"]


class PreferencesChange(Body):
    """Only what is said changes; null: as the form says."""

    version: int = Field(ge=0, description="As it was read; 0: nothing is chosen yet")
    chosen: Annotated[dict[Code, Channel | None], Field(max_length=50)]


class NoticeGroupView(View):
    """`legal`: it cannot be switched off. `channel`: null where nothing is chosen, then it goes as
    the form of the application says; `off`: it is not told."""

    group: str
    title: str
    legal: bool
    channel: Channel | None


class PreferencesView(View):
    version: int
    groups: list[NoticeGroupView]


@api.operation(
    "GET",
    "/notification-preferences",
    "By which channel the person is told of which kind of news",
    PreferencesView,
    roles=OWNER,
)
def show_preferences(request: Request) -> dict[str, Any]:
    return _shown(preference_items().load(request.person.id), request.language)


@api.operation(
    "PATCH",
    "/notification-preferences",
    "Choose channels; what the law wants told can be moved, and not switched off",
    PreferencesView,
    roles=OWNER,
    body=PreferencesChange,
)
def change_preferences(request: Request) -> dict[str, Any]:
    asked: PreferencesChange = request.body
    told = {name: Choice(choice) if choice else None for name, choice in asked.chosen.items()}
    known = preference_items().load(request.person.id)
    changed = preferences.change(known, definitions.notice_groups(), told, asked.version)
    if changed is not known:
        preference_items().save(request.person.id, changed)
    return _shown(changed, request.language)


def _shown(known: Preferences, language: str) -> dict[str, Any]:
    return {
        "version": known.version,
        "groups": [
            {
                "group": group.name,
                "title": group.title[language],
                "legal": group.legal,
                "channel": known.chosen.get(group.name),
            }
            for group in definitions.notice_groups().groups
        ],
    }
