"""What is missing in the environment is named at cold start, not at the first citizen."""

import pytest
from pydantic import ValidationError

from adapters.settings import Settings, from_environment
from tests.template import template


@pytest.fixture(autouse=True)
def complete(monkeypatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.setenv(name.upper(), f"the {name}")


def test_each_setting_is_an_environment_variable(monkeypatch):
    monkeypatch.setenv("UNKNOWN_TO_US", "x")
    settings = from_environment()
    assert settings.model_dump() == {name: f"the {name}" for name in Settings.model_fields}


def test_every_missing_variable_is_named_at_once(monkeypatch):
    monkeypatch.delenv("SENDER")
    monkeypatch.delenv("APPLICATIONS_TABLE")
    with pytest.raises(ValidationError) as raised:
        from_environment()
    missing = {error["loc"][0] for error in raised.value.errors()}
    assert missing == {"sender", "applications_table"}


def test_settings_do_not_change():
    with pytest.raises(ValidationError):
        from_environment().sender = "somebody@example.com"


def test_the_template_gives_every_setting():
    given = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert {name.upper() for name in Settings.model_fields} <= set(given)
