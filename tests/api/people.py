"""Who asks, and with what; and what every refusal looks like."""

import json
from typing import Any

from local.office import Office, form_of
from local.people import person

PROBLEM = "application/problem+json"
JSON = {"Content-Type": "application/json"}
NEW = {"service": "social-service-need", "region": "RU-MOW", "form": {}}
MISSING = "123-456-7899"  # well formed, and nobody's
PROPOSAL = {"outcome": "approved", "reasons": []}
QUESTION = {"gaps": [{"code": "missing", "document": "snils"}]}
DOCUMENT = {"kind": "passport", "file_name": "scan.jpg", "content_type": "image/jpeg"}


def tokens(office: Office) -> dict[str, str]:
    """One of each role, as they sign in."""
    callers = {
        "owner": office.citizen,
        "officer": office.officer,
        "second officer": office.second_officer,
        "supervisor": office.supervisor,
        "agency": office.agency("lipa"),
        "other agency": office.agency("klyon"),
    }
    signed_in = {role: caller.token() for role, caller in callers.items()}
    return signed_in | {"stranger": office.cloud.sign_in("stranger")}


def in_review(office: Office, n: int = 1) -> str:
    """An application of the citizen that waits for an officer; gives its number."""
    number = office.apply(form_of(person(n)))
    office.cloud.advance(minutes=10)
    assert office.show(number)["stage"] == "review"
    return number


def state(office: Office, number: str) -> tuple[Any, ...]:
    """Whatever a refused request must leave as it was."""
    shown = office.show(number)
    return shown["version"], shown["stage"], shown["form"], shown["documents"], shown["question"]


def check_problem(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """The answer refuses, in the one shape that refusals have."""
    problem = json.loads(answer.get_data(as_text=True))
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), problem
    assert problem.keys() - {"errors", "request_id"} == {"type", "title", "status", "code"}
    assert problem["status"] == status
    assert problem["type"] == f"urn:opora:problem:{problem['code']}"
    assert problem["title"]
    for error in problem.get("errors", ()):
        assert error.keys() == {"field", "code", "message"}
        assert error["message"]
    assert code in (None, problem["code"]), problem
    return problem
