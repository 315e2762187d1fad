"""A person's data stay where they are kept, also when something goes wrong; what else is told of
him, tests/contract/test_walk.py reads."""

import logging

import pytest

from local.office import form_of
from local.people import person
from tests.api.people import NEW, check_problem


@pytest.fixture
def heard(caplog):
    caplog.set_level(logging.DEBUG, logger="opora")
    return caplog


def test_a_failure_of_ours_is_logged_without_the_form(office, heard, monkeypatch):
    """Whatever goes wrong while an answer is made, its traceback must not quote the answer."""
    from functions.intake import show  # noqa: PLC0415

    secret = form_of(person(5))
    number = office.citizen.post("/applications", NEW | {"form": secret})["number"]
    monkeypatch.setattr(show, "_lacking", lambda case, *_: [case.form])
    answer = office.cloud.request("GET", f"/applications/{number}", token=office.citizen.token())
    check_problem(answer, 500, "error")
    assert "ValidationError" in heard.text
    assert not [v for v in (secret["last_name"], secret["snils"]) if v in heard.text]
