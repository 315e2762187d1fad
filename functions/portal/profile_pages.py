"""What a person tells of himself once: a summary, and one group of questions a page."""

from decimal import Decimal
from typing import Any, NamedTuple

from chalice import Response

from adapters import definitions
from casework.errors import NotFound
from casework.fields import FormField, Option
from casework.profile import ProfileSection
from functions.portal.answers import in_words
from functions.portal.archive_pages import OWNER
from functions.portal.asked import of_page
from functions.portal.pages import page
from functions.portal.typed import whole_of
from functions.portal.visit import Visit

PROFILE = "/cabinet/profile"


class Question(NamedTuple):
    """As templates/asked.html asks it. `value`: as stored; `written`: the same in words."""

    name: str
    title: str
    type: str
    hint: str
    options: tuple[Option, ...]
    at_most: Decimal | None
    value: Any
    written: str | None
    required: bool = True  # nothing is: to say so of each would say nothing


@page("GET", PROFILE, roles=OWNER)
def show_own_profile(visit: Visit) -> Response:
    profile = visit.do("show_profile")
    sections = [
        {
            "name": section.name,
            "title": section.title,
            "questions": _questions(section, profile.values),
        }
        for section in definitions.profile().sections
    ]
    return visit.html("profile.html", profile=profile, sections=sections)


@page("GET", f"{PROFILE}/{{section}}", roles=OWNER)
def show_profile_section(visit: Visit, section: str) -> Response:
    found, profile = _section(section), visit.do("show_profile")
    questions = _questions(found, profile.values)
    return visit.html("profile_section.html", section=found, profile=profile, questions=questions)


@page("POST", f"{PROFILE}/{{section}}", roles=OWNER)
def save_profile_section(visit: Visit, section: str) -> Response:
    """Nothing typed clears a field."""
    values = of_page(visit, _questions(_section(section), {}))
    visit.do("change_profile", body={"version": whole_of(visit, "version"), "values": values})
    return visit.go(PROFILE, told="profile_saved")


def _section(name: str) -> ProfileSection:
    found = next((each for each in definitions.profile().sections if each.name == name), None)
    if found is None:
        raise NotFound("not_found")
    return found


def _questions(section: ProfileSection, values: dict[str, Any]) -> list[Question]:
    fields = {field.name: field for field in definitions.profile().fields}
    return [_question(fields[name], values.get(name)) for name in section.fields]


def _question(field: FormField, value: Any) -> Question:
    written = None if value is None else in_words(field, value)
    told = (field.name, field.title, field.type.value, field.hint, field.options, field.at_most)
    return Question(*told, value, written)
