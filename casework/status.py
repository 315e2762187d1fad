"""What works and what does not, and since when (W6), as the alarms of the deployment tell it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from casework.condition import Definition
from casework.fields import Name, Text


class State(StrEnum):
    WORKS = "works"
    TROUBLE = "trouble"
    UNKNOWN = "unknown"  # nobody has measured it


class Component(Definition):
    """`title`, `trouble`: by language; `alarms`: by their names in the template."""

    name: Name
    title: dict[str, Text]
    trouble: dict[str, Text]
    alarms: tuple[Text, ...]


class Components(Definition):
    """`inside`: alarms that people notice nothing of."""

    inside: tuple[Text, ...]
    components: tuple[Component, ...]


class Alarm(NamedTuple):
    raised: bool
    since: datetime


def state_of(component: Component, alarms: Mapping[str, Alarm]) -> tuple[State, datetime | None]:
    """And since when there is trouble. An alarm that is not known makes the whole unknown, unless
    another one tells of trouble."""
    known = [alarms[name] for name in component.alarms if name in alarms]
    if raised := [alarm.since for alarm in known if alarm.raised]:
        return State.TROUBLE, min(raised)
    return (State.WORKS if len(known) == len(component.alarms) else State.UNKNOWN), None
