"""Valid people have no problems with any service; nearly valid ones have exactly one, told in words
that say how to mend it, and lose nothing else that they typed."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import definitions
from casework import form
from casework.errors import Problem
from casework.example import example_form
from casework.service import FieldType, FormField, ServiceDefinition
from tests.unit import plain_form
from tests.unit.people import RIGHT, TODAY, right, wrong

SERVICES = definitions.services()
TEXTS = definitions.texts("problems")
MENDS = re.compile(r"(ите|йте|ьте)(сь)?\b")  # "Сверьте номер", "Проверьте год"

of_every_service = pytest.mark.parametrize("service_id", SERVICES)


def told(problem: Problem) -> str:
    """The message in Russian; fails when it lacks a detail or does not say how to mend."""
    message = TEXTS[problem.code]["ru"].format(**problem.details)
    assert re.search("[а-яё]", message)
    assert not re.search("[{}]", message)
    assert MENDS.search(message), message
    return message


# ---- people -------------------------------------------------------------------------------------


def chosen_fields(fields: tuple[FormField, ...], data: st.DataObject) -> dict[str, Any]:
    """A right value for each field that stands alone; members of groups likewise."""
    chosen: dict[str, Any] = {}
    for field in fields:
        if field.type is FieldType.GROUP:
            at_most = min(int(field.at_most or 3), max(field.at_least, 3))
            count = data.draw(st.integers(max(field.at_least, 1), at_most))
            chosen[field.name] = [chosen_fields(field.fields, data) for _ in range(count)]
        elif (values := right(field)) is not None:
            chosen[field.name] = data.draw(values)
    return chosen


def without(raw: dict[str, Any], path: str) -> None:
    *inside, name = path.split(".")
    for step in inside:
        raw = raw[int(step) - 1] if isinstance(raw, list) else raw[step]
    raw.pop(name, None)


def person(service: ServiceDefinition, data: st.DataObject) -> dict[str, Any]:
    """Somebody who answers at random what he is asked, and nothing else."""
    chosen = chosen_fields(service.fields, data)
    some = data.draw(st.sets(st.sampled_from(sorted(chosen))))
    chosen = {n: v for n, v in chosen.items() if n in some or isinstance(v, list)}
    seed, optional = data.draw(st.integers(1, 10**6)), data.draw(st.booleans())
    for _ in range(len(service.fields)):
        raw = example_form(service, TODAY, seed=seed, optional=optional, **chosen)
        problems = plain_form.check_form(service, raw, TODAY)[1]
        not_asked = [p.field for p in problems if p.code == "not_applicable"]
        if not not_asked:
            return raw
        for path in not_asked:
            without(chosen, path)
    raise AssertionError(problems)


@of_every_service
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_valid_person_has_no_problems_and_is_kept_as_he_is(service_id, data):
    service = SERVICES[service_id]
    raw = person(service, data)
    values, problems = form.check_form(service, raw, TODAY)
    assert problems == []
    assert values.keys() == raw.keys()
    stored = form.to_json(values)
    assert json.loads(json.dumps(stored)) == stored
    assert form.check_form(service, stored, TODAY) == (values, [])
    assert form.to_json(values) == stored
    assert plain_form.check_form(service, raw, TODAY) == (values, [])


# ---- nearly valid ones --------------------------------------------------------------------------

Path = tuple[str | int, ...]


def slips(
    service: ServiceDefinition, raw: Mapping[str, Any]
) -> Iterator[tuple[Path, FormField, str, Any]]:
    """Every way to go wrong in one field: its path and field, what went wrong, what was typed."""
    for field in service.fields:
        if field.name not in raw:
            continue
        value = raw[field.name]
        bic = raw.get(field.bic) if field.bic else None
        for what, typed in wrong(field, value, bic=bic):
            yield (field.name,), field, what, typed
        if field.type is FieldType.GROUP:
            yield (field.name, 0), field, "wrong type: a member", "мама"
            for part in field.fields:
                for what, typed in (
                    wrong(part, value[0][part.name]) if part.name in value[0] else ()
                ):
                    yield (field.name, 0, part.name), part, what, typed


def spoiled(raw: Any, path: Path, typed: Any) -> Any:
    """A copy with one value replaced."""
    if not path:
        return typed
    step, *rest = path
    if isinstance(raw, list):
        return [spoiled(v, tuple(rest), typed) if n == step else v for n, v in enumerate(raw)]
    return {**raw, step: spoiled(raw[step], tuple(rest), typed)}


def dotted(path: Path) -> str:
    return ".".join(str(step + 1) if isinstance(step, int) else step for step in path)


def resting_on(service: ServiceDefinition, name: str) -> set[str]:
    """The field and all whose conditions it decides, near or far."""
    found = {name}
    for field in service.fields:
        if field.when and found & set(field.when.fields()):
            found.add(field.name)
    return found


def check_slip(service, raw, path, typed) -> None:
    before, _ = form.check_form(service, raw, TODAY)
    mistaken = spoiled(raw, path, typed)
    after, problems = form.check_form(service, mistaken, TODAY)
    assert [problem.field for problem in problems] == [dotted(path)]
    told(problems[0])
    touched = resting_on(service, str(path[0]))
    assert {n: v for n, v in after.items() if n not in touched} == {
        n: v for n, v in before.items() if n not in touched
    }
    if len(path) == 3:
        members_before, members_after = before[path[0]], after[path[0]]
        assert members_after[1:] == members_before[1:]
        kept = members_before[0].items() - {(path[2], members_before[0][path[2]])}
        group = next(field for field in service.fields if field.name == path[0])
        inside = {field.name for field in group.fields if field.when}
        assert {n for n, _ in kept} - inside <= members_after[0].keys()
    assert (after, problems) == plain_form.check_form(service, mistaken, TODAY)


@of_every_service
def test_every_slip_in_every_field_gets_its_one_message(service_id):
    """Of everybody who could apply: each option of each choice opens other fields."""
    service = SERVICES[service_id]
    tried: set[str] = set()
    for raw in everybody(service):
        new = set(named(raw)) - tried
        for path, _, _, typed in slips(service, raw) if new else ():
            if ".".join(step for step in path if isinstance(step, str)) in new:
                check_slip(service, raw, path, typed)
        tried |= new
    fields = {field.name for field in service.fields}
    fields |= {f"{field.name}.{part.name}" for field in service.fields for part in field.fields}
    assert fields == tried


def everybody(service: ServiceDefinition) -> list[dict[str, Any]]:
    """Forms that between them have every field: each answer that a condition waits for is given."""
    forms: list[dict[str, Any]] = []
    seen: set[tuple[str, ...]] = set()
    waiting: list[dict[str, Any]] = [{}]
    while waiting:
        chosen = waiting.pop()
        raw = example_form(service, TODAY, optional=True, **chosen)
        if form.check_form(service, raw, TODAY)[1] or named(raw) in seen:
            continue  # an answer that is not asked for any more
        seen.add(named(raw))
        forms.append(raw)
        for field in service.fields:
            answers = answers_to(field)
            if field.name in raw and len(answers) > 1:
                waiting += [chosen | {field.name: answer} for answer in answers]
    return forms


def named(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of a form and of its members."""
    groups = {name: value for name, value in raw.items() if isinstance(value, list)}
    inside = (f"{group}.{n}" for group, members in groups.items() for m in members for n in m)
    return (*raw, *inside)


def answers_to(field: FormField) -> list[Any]:
    """The answers that may open other fields; of a group, those of its members."""
    if field.type is FieldType.CHOICE:
        return [option.value for option in field.options]
    if field.type is FieldType.YES_NO:
        return [True, False]
    if field.type is FieldType.GROUP:
        return [
            [{part.name: answer}] * max(field.at_least, 1)
            for part in field.fields
            for answer in answers_to(part)
        ]
    return []


@of_every_service
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_a_slip_of_anybody_gets_one_message_too(service_id, data):
    service = SERVICES[service_id]
    raw = example_form(
        service, TODAY, seed=data.draw(st.integers(1, 10**6)), optional=data.draw(st.booleans())
    )
    path, _, _, typed = data.draw(st.sampled_from(list(slips(service, raw))))
    check_slip(service, raw, path, typed)


def test_every_type_that_a_service_uses_has_right_and_wrong_values():
    used = {f.type for s in SERVICES.values() for field in s.fields for f in (field, *field.fields)}
    assert used <= RIGHT.keys() | {FieldType.GROUP, FieldType.BANK_ACCOUNT}


# ---- types that no service uses yet -------------------------------------------------------------


def service_of(type_: FieldType) -> ServiceDefinition:
    options = ({"value": "one", "title": "Один"}, {"value": "two", "title": "Два"})
    known: dict[str, Any] = {"name": "it", "title": "Поле", "type": type_}
    if type_ is FieldType.CHOICE:
        known["options"] = options
    if type_ is FieldType.BANK_ACCOUNT:
        known["bic"] = "bic"
    if type_ is FieldType.GROUP:
        known |= {
            "at_least": 2,
            "fields": ({"name": "last_name", "title": "Фамилия", "type": "name"},),
        }
    bank = FormField(name="bic", title="БИК", type="bic")
    return next(iter(SERVICES.values())).model_copy(update={"fields": (bank, FormField(**known))})


@pytest.mark.parametrize("type_", list(FieldType))
def test_every_slip_in_every_type_gets_its_one_message(type_):
    service = service_of(type_)
    raw = example_form(service, TODAY)
    assert form.check_form(service, raw, TODAY)[1] == []
    for path, _, _, typed in slips(service, raw):
        check_slip(service, raw, path, typed)


@pytest.mark.parametrize("type_", sorted(RIGHT))
def test_every_type_takes_what_people_type(type_):
    service = service_of(type_)

    @settings(max_examples=40, deadline=None)
    @given(right(service.fields[1]))
    def take(typed):
        raw = {"bic": "044525225", "it": typed}
        values, problems = form.check_form(service, raw, TODAY)
        assert problems == []
        assert form.check_form(service, form.to_json(values), TODAY) == (values, [])

    take()
