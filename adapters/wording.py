"""The words for a code, in Russian or English, from services/texts/."""

from collections.abc import Mapping
from typing import Any

from adapters import definitions
from casework.errors import Problem


def text_of(file: str, code: str, language: str, details: Mapping[str, Any]) -> str:
    """The text of `code` in that file ("errors" or "problems"), else in the other; never none.

    Of a defect that one page has, with the page's number (`page`) before it.
    """
    errors, problems = definitions.texts("errors"), definitions.texts("problems")
    first, second = (errors, problems) if file == "errors" else (problems, errors)
    told = first.get(code) or second.get(code) or errors["error"]
    text = told[language].format_map(_Details(details))
    if "page" not in details:
        return text
    return f"{problems['on_page'][language].format(page=details['page'])} {text}"


def shown_problem(found: Problem, language: str) -> dict[str, str]:
    message = text_of("problems", found.code, language, found.details)
    return {"field": found.field, "code": found.code, "message": message}


def code_message(operation: str, language: str, code: str) -> str:
    """The SMS with a one-time code for an operation of the API, which its reader must recognise."""
    told = definitions.texts("one_time_codes")
    return told["sms"][language].format(code=code, operation=told[operation][language])


def account_message(what: str, language: str, **details: str) -> str:
    """An SMS or an e-mail about somebody's account."""
    return definitions.texts("account_messages")[what][language].format(**details)


class _Details(dict):
    """A text may name a detail that this error does not carry: leave its place empty."""

    def __missing__(self, _: str) -> str:
        return ""
