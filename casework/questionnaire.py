"""A form as questions: which are asked now, in which sections, on which pages, and how each stands.

A page holds one question, or a few that belong together (a name, a passport). What belongs where is
data for all services (services/parameters/questionnaire.toml), by the names of fields; what it does
not name comes to a section of its own. A group of people is a page with a page or more for each.

A question is asked when its condition holds for what is said so far. What was said to a question
that is not asked any more is left as it is, and told as `leftover`: nobody loses it by a slip, and
it is cleared when the form is sent.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from casework import form
from casework.condition import Definition, Facts, holds
from casework.errors import Problem
from casework.fields import FieldType, FormField, Name, Text
from casework.measures import rubles
from casework.service import ServiceDefinition

TO_ANSWER = frozenset({"required", "too_few"})
NOT_ASKED = "not_applicable"
YES, NO = "Да", "Нет"


class Rest(Definition):
    title: Text


class SectionRule(Definition):
    name: Name
    title: Text
    fields: tuple[Name, ...]


class Together(Definition):
    title: Text
    fields: tuple[Name, ...]


class Layout(Definition):
    """`others`: how fields begin that tell of another person, with the title of his section;
    `warning`: the declaration whose hint everybody reads before submitting."""

    warning: Name
    others: dict[Name, Text]
    rest: Rest
    sections: tuple[SectionRule, ...]
    together: tuple[Together, ...]


class State(StrEnum):
    EMPTY = "empty"  # something must be answered, and nothing is
    BEGUN = "begun"  # something is answered, and something is to be
    WRONG = "wrong"  # an answer cannot stay as it is
    OPTIONAL = "optional"  # nothing is said, and nothing must be
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Question:
    """`value`: as it was typed or stored, None for nothing; `written`: as people read it."""

    field: FormField
    value: Any
    written: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`id`: the name of its first field. Of a group: its `members`, and as the form of the next
    member the pages of `another`."""

    id: str
    title: str
    questions: tuple[Question, ...]
    members: tuple["Member", ...] = ()
    another: tuple["Page", ...] = ()

    @property
    def problems(self) -> Iterator[Problem]:
        """With those of its members."""
        yield from (problem for question in self.questions for problem in question.problems)
        yield from (p for member in self.members for page in member.pages for p in page.problems)

    @property
    def state(self) -> State:
        found = list(self.problems)
        said = any(question.value not in (None, "", []) for question in self.questions)
        if any(p.code not in TO_ANSWER for p in found):
            return State.WRONG
        if found:
            return State.BEGUN if said else State.EMPTY
        return State.DONE if said else State.OPTIONAL


@dataclass(frozen=True, slots=True)
class Member:
    """`place`: from 1 on; `title`: what he is known by."""

    place: int
    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    pages: tuple[Page, ...]

    @property
    def state(self) -> State:
        states = {page.state for page in self.pages}
        if State.WRONG in states:
            return State.WRONG
        if states & {State.EMPTY, State.BEGUN}:
            return State.BEGUN if states & {State.DONE, State.BEGUN} else State.EMPTY
        return State.DONE if State.DONE in states else State.OPTIONAL


class Questionnaire(NamedTuple):
    """`leftover`: the change that leaves no answers to what is not asked any more."""

    sections: tuple[Section, ...]
    leftover: dict[str, Any]


def questionnaire(
    service: ServiceDefinition,
    layout: Layout,
    said: Mapping[str, Any],
    today: date,
    found: Iterable[Problem] = (),
) -> Questionnaire:
    """All that is asked for a form with these answers, as typed or as stored. `found`: what is
    wrong with them that the form alone does not say."""
    facts, problems = form.check_form(service, said, today)
    problems += found
    told = _Told(said, facts, problems, "")
    sections = tuple(
        Section(title, tuple(pages))
        for title, fields in _sections(service, layout)
        if (pages := list(_pages(_asked(fields, told), layout, told)))
    )
    return Questionnaire(sections, _leftover(said, problems))


class _Told(NamedTuple):
    """What is said of a form, or of a member of a group (`path`: "family.1.")."""

    said: Mapping[str, Any]
    facts: Facts
    problems: list[Problem]
    path: str

    def of(self, name: str) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.field == self.path + name)


# ---- sections ------------------------------------------------------------------------------------


def _sections(service: ServiceDefinition, layout: Layout) -> list[tuple[str, list[FormField]]]:
    """Titles and fields, in the order of the service file. A field joins an earlier section of its
    title when all that it depends on stands there or above; else the section comes once more."""
    made: list[tuple[str, list[FormField]]] = []
    for field in service.fields:
        title = _section_of(field.name, layout)
        needed = set(field.when.fields() if field.when else ()) | {field.bic, field.speciality}
        at = next(
            (i for i in range(len(made)) if made[i][0] == title and not _below(made, i, needed)),
            None,
        )
        if at is None:
            made.append((title, []))
            at = -1
        made[at][1].append(field)
    return made


def _below(made: list[tuple[str, list[FormField]]], at: int, names: set[str | None]) -> bool:
    return any(field.name in names for _, fields in made[at + 1 :] for field in fields)


def _section_of(name: str, layout: Layout) -> str:
    for begins, title in layout.others.items():
        if name.startswith(begins):
            return title
    found = (rule.title for rule in layout.sections if name in rule.fields)
    return next(found, layout.rest.title)


# ---- pages ---------------------------------------------------------------------------------------


def _asked(fields: list[FormField], told: _Told) -> list[FormField]:
    """Those whose condition holds; of what is not known yet nothing is asked."""
    return [field for field in fields if holds(field.when, told.facts)]


def _pages(fields: list[FormField], layout: Layout, told: _Told) -> Iterator[Page]:
    for title, together in _together(fields, layout):
        first = together[0]
        if first.type is FieldType.GROUP:
            yield _group_page(first, told)
        else:
            yield Page(first.name, title, tuple(_question(field, told) for field in together))


def _together(fields: list[FormField], layout: Layout) -> Iterator[tuple[str, list[FormField]]]:
    """The titles and fields of the pages."""
    pages: list[list[FormField]] = []
    for field in fields:
        if pages and _belong_together(pages[-1][0], field, layout):
            pages[-1].append(field)
        else:
            pages.append([field])
    for page in pages:
        rule = _rule_of(page[0], layout)
        yield (rule[1].title if rule and len(page) > 1 else page[0].title), page


def _rule_of(field: FormField, layout: Layout) -> tuple[str, Together] | None:
    """Whose field it is, by how its name begins, and with what it belongs together."""
    whose = next((begins for begins in layout.others if field.name.startswith(begins)), "")
    part = field.name.removeprefix(whose)
    return next(((whose, rule) for rule in layout.together if part in rule.fields), None)


def _belong_together(one: FormField, other: FormField, layout: Layout) -> bool:
    """Also by the same condition, so that a page is asked as a whole."""
    rule = _rule_of(one, layout)
    return rule is not None and rule == _rule_of(other, layout) and one.when == other.when


def _question(field: FormField, told: _Told) -> Question:
    value = told.said.get(field.name)
    known = told.facts.get(field.name)
    shown = written(field, value if known is None else known)
    return Question(field, value, shown, told.of(field.name))


# ---- groups --------------------------------------------------------------------------------------


def _group_page(group: FormField, told: _Told) -> Page:
    value = told.said.get(group.name)
    members = value if isinstance(value, list) else []
    checked = told.facts.get(group.name) or ()
    shown = tuple(
        _member(group, member, at, _facts_of(checked, members, at), told)
        for at, member in enumerate(members)
        if isinstance(member, Mapping)
    )
    nobody = _Told({}, {}, [], "")
    own = Question(group, value, "", (*told.of(group.name), *_of_no_question(group, shown, told)))
    return Page(group.name, group.title, (own,), shown, tuple(_member_pages(group, nobody)))


def _of_no_question(
    group: FormField, members: tuple[Member, ...], told: _Told
) -> Iterator[Problem]:
    """What is wrong with a member as a whole: he is none, or says what nobody asks."""
    shown = {p.field for member in members for page in member.pages for p in page.problems}
    for problem in told.problems:
        inside = problem.field.startswith(f"{told.path}{group.name}.")
        if inside and problem.field not in shown and problem.code != NOT_ASKED:
            yield problem


def _facts_of(checked: Any, members: list[Any], at: int) -> Facts:
    """Members that are no mappings are not among the checked ones."""
    place = sum(isinstance(member, Mapping) for member in members[:at])
    return checked[place] if place < len(checked) else {}


def _member(
    group: FormField, said: Mapping[str, Any], at: int, facts: Facts, told: _Told
) -> Member:
    place = at + 1
    own = _Told(said, facts, told.problems, f"{told.path}{group.name}.{place}.")
    pages = tuple(_member_pages(group, own))
    names = [q.written for page in pages for q in page.questions if q.field.type is FieldType.NAME]
    return Member(place, " ".join(filter(None, names)), pages)


def _member_pages(group: FormField, told: _Told) -> Iterator[Page]:
    """First what is always asked, then what follows from it: a page for each step."""
    steps: dict[str, int] = {}
    for field in group.fields:
        above = [steps.get(name, 0) + 1 for name in (field.when.fields() if field.when else ())]
        steps[field.name] = max(above, default=0)
    for step in sorted(set(steps.values())):
        fields = [f for f in group.fields if steps[f.name] == step and holds(f.when, told.facts)]
        if fields:
            yield Page(fields[0].name, group.title, tuple(_question(f, told) for f in fields))


# ---- answers -------------------------------------------------------------------------------------


def written(field: FormField, value: Any) -> str:
    """An answer as people read it; one that is not understood, as it was typed."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if field.type is FieldType.MONEY and not isinstance(value, str):
        return f"{rubles(value)} ₽"
    if field.type is FieldType.CHOICE:
        return next((o.title for o in field.options if o.value == value), str(value))
    return "" if field.type is FieldType.GROUP else str(value)


def _leftover(said: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The fields that are not asked any more, each with None; a group, with its members mended."""
    cleared: dict[str, Any] = {}
    for problem in problems:
        if problem.code != NOT_ASKED:
            continue
        name, *inner = problem.field.split(".")
        if not inner:
            cleared[name] = None
            continue
        place, part = int(inner[0]) - 1, inner[1]
        members = cleared.setdefault(name, [dict(member) for member in said[name]])
        members[place].pop(part, None)
    return cleared
