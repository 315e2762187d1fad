"""The words for a code, in Russian or English, from services/texts/."""

from collections.abc import Mapping
from typing import Any

from adapters import definitions
from casework.errors import Problem


def text_of(file: str, code: str, language: str, details: Mapping[str, Any]) -> str:
    """The text of `code` in that file ("errors" or "problems"), else in the other; never none."""
    errors, problems = definitions.texts("errors"), definitions.texts("problems")
    first, second = (errors, problems) if file == "errors" else (problems, errors)
    told = first.get(code) or second.get(code) or errors["error"]
    return told[language].format_map(_Details(details))


def shown_problem(found: Problem, language: str) -> dict[str, str]:
    message = text_of("problems", found.code, language, found.details)
    return {"field": found.field, "code": found.code, "message": message}


class _Details(dict):
    """A text may name a detail that this error does not carry: leave its place empty."""

    def __missing__(self, _: str) -> str:
        return ""
