"""What we write out for speed is what govuk-frontend's component would have written."""

from types import SimpleNamespace

import pytest
from lxml import html

from functions.portal.rendering import _environment

FIELD = """
{% from "fields.html" import text_field, wrong with context %}
{% from "govuk_frontend_jinja/components/input/macro.html" import govukInput %}
{% set error = wrong(name) %}
<main>{{ text_field(name, label, value, hint, classes, more) }}</main>
<main>{{ govukInput(dict({"id": name, "name": name, "value": visit.value(name, value or ""),
    "label": {"text": label}, "classes": classes, "hint": {"text": hint} if hint else None,
    "errorMessage": {"html": error, "visuallyHiddenText": "Ошибка"} if error else None}, **more)) }}
</main>
"""
PLAIN = {"name": "login", "label": "Телефон", "value": "", "hint": None, "classes": "", "more": {}}
HOSTILE = "\"><script>&'"


@pytest.mark.parametrize("message", [None, "Исправьте <это>"])
@pytest.mark.parametrize(
    "told",
    [
        {},
        {"value": "Анна", "hint": "Как в паспорте", "classes": "govuk-input--width-20"},
        {"more": {"type": "tel", "autocomplete": "tel", "inputmode": "numeric"}},
        {"more": {"type": "email", "spellcheck": False, "attributes": {"maxlength": "150"}}},
        {"label": HOSTILE, "value": HOSTILE, "hint": HOSTILE},
    ],
)
def test_a_text_field_is_the_component(told, message):
    problems = [{"field": "login", "message": message}] if message else []
    visit = SimpleNamespace(problems=problems, value=lambda _, otherwise: otherwise)
    page = _environment().from_string(FIELD).render(visit=visit, **PLAIN | told)
    ours, components = html.fragments_fromstring(page)
    assert tree(ours) == tree(components)


def tree(element):
    """Tag, attributes, words and what is inside, blanks made one."""
    words = " ".join(element.text_content().split())
    return element.tag, dict(element.attrib), words, [tree(inner) for inner in element]
