"""By which channel a person wants to be told of which kind of news (N1).

The channel of choice goes first, and the others stay behind it: a message that one does not carry
goes by the next. News that the law wants told can be moved, and not switched off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from casework.condition import Definition
from casework.errors import InvalidForm, Problem, VersionConflict
from casework.fields import Name, Text
from casework.notice import Channel, Contact


class Choice(StrEnum):
    SMS = Channel.SMS
    EMAIL = Channel.EMAIL
    LETTER = Channel.LETTER
    OFF = "off"


class Group(Definition):
    """`title`: by language."""

    name: Name
    title: dict[str, Text]
    legal: bool
    templates: tuple[Name, ...]


class NoticeGroups(Definition):
    groups: tuple[Group, ...]

    def of(self, template: str) -> Group | None:
        """None for news that nobody can set a channel for."""
        return next((group for group in self.groups if template in group.templates), None)


@dataclass(frozen=True, slots=True)
class Preferences:
    """`chosen`: by the name of the group; what is not there goes as the form says."""

    version: int = 0
    chosen: Mapping[str, Choice] = field(default_factory=dict)


def change(
    known: Preferences, groups: NoticeGroups, told: Mapping[str, Choice | None], version: int
) -> Preferences:
    """None takes a choice back. Raises VersionConflict, and InvalidForm with every problem."""
    if version != known.version:
        raise VersionConflict()
    by_name = {group.name: group for group in groups.groups}
    problems = [
        Problem(f"chosen.{name}", "unknown_field") for name in told if name not in by_name
    ] + [
        Problem(f"chosen.{name}", "legal_notice")
        for name, choice in told.items()
        if name in by_name and by_name[name].legal and choice is Choice.OFF
    ]
    if problems:
        raise InvalidForm(problems)
    chosen = {name: choice for name, choice in {**known.chosen, **told}.items() if choice}
    return known if chosen == known.chosen else Preferences(version + 1, chosen)


def preferred(contact: Contact, known: Preferences, group: Group | None) -> Contact:
    """The channels in the order in which they are tried; none for what was switched off."""
    choice = known.chosen.get(group.name) if group else None
    if choice is None:
        return contact
    if choice is Choice.OFF and not group.legal:
        return contact._replace(channels=())
    first = tuple(channel for channel in contact.channels if channel == choice)
    others = tuple(channel for channel in contact.channels if channel != choice)
    return contact._replace(channels=(*first, *others))
