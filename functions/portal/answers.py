"""A form as it was filled in, in words: what stands beside the documents."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from functions.intake.bodies import FieldView
from functions.portal.rendering import day, rubles

DAYS = ("date", "date_ahead")


class Answer(NamedTuple):
    """`members`: of a group, the answers of each."""

    name: str
    title: str
    value: str
    members: tuple[tuple["Answer", ...], ...] = ()


def answers(fields: Iterable[FieldView], form: Mapping[str, Any]) -> Iterator[Answer]:
    """Of every field that has one, in the order of the form."""
    for field in fields:
        value = form.get(field.name)
        if value is None or value in ("", []):
            continue
        if field.type == "group":
            members = tuple(tuple(answers(field.fields, member)) for member in value)
            yield Answer(field.name, field.title, "", members)
        else:
            yield Answer(field.name, field.title, in_words(field, value))


def in_words(field: FieldView, value: Any) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if field.type == "choice":
        return next((o.title for o in field.options if o.value == value), str(value))
    if field.type in DAYS:
        return day(date.fromisoformat(value))
    if field.type == "money":
        return rubles(value)
    return str(value)
