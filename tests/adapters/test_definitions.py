"""What lies in services/, read once; a broken file says what is wrong and where."""

import tomllib

import pytest
from pydantic import ValidationError

from adapters import calendars, definitions
from casework.errors import BadDefinition, InvalidValue, NotFound

SERVICE = "social-service-need"


def test_every_service_is_known_by_its_id():
    known = definitions.services()
    assert SERVICE in known
    assert all(service.id == id_ for id_, service in known.items())
    assert [s.title for s in known.values()] == sorted(s.title for s in known.values())
    assert definitions.services() is known, "read once a process"


@pytest.mark.parametrize("name", ["", "nothing", "../services/social-service-need", "x" * 1000])
def test_an_unknown_service_is_told_with_those_that_are_known(name):
    with pytest.raises(NotFound) as raised:
        definitions.service(name)
    assert raised.value.code == "unknown_service"
    assert SERVICE in raised.value.details["known"]
    assert len(raised.value.details["service"]) <= 60


def test_rules_are_of_the_service_the_region_and_its_figures():
    rules = definitions.rules(SERVICE, "RU-SVE")
    assert rules.service.id == SERVICE
    assert rules.calendar.region.code == "RU-SVE"
    assert str(rules.calendar.zone) == "Asia/Yekaterinburg"


def test_an_unknown_region_has_no_rules():
    with pytest.raises(InvalidValue) as raised:
        definitions.rules(SERVICE, "RU-XXX")
    assert raised.value.code == "unknown_region"


def test_an_application_whose_version_is_gone_is_not_decided_under_another():
    version = definitions.service(SERVICE).version
    assert definitions.rules(SERVICE, "RU-MOW", version).service.version == version
    for gone in (version + 1, 0):
        with pytest.raises(BadDefinition) as raised:
            definitions.rules(SERVICE, "RU-MOW", gone)
        assert raised.value.code == "version_gone"


def test_texts_and_figures_are_read_once():
    assert definitions.texts("errors") is definitions.texts("errors")
    assert definitions.figures() is definitions.figures()
    assert definitions.texts("errors")["error"]["en"]


def test_a_file_with_a_mistake_says_where(tmp_path):
    path = tmp_path / "service.toml"
    good = (definitions.SERVICES / f"{SERVICE}.toml").read_text(encoding="utf-8")
    path.write_text(good.replace('type = "yes_no"', 'type = "yes_na"'), encoding="utf-8")
    with pytest.raises(ValidationError) as raised:
        definitions.read_service(path)
    assert [error["loc"][:1] for error in raised.value.errors()] == [("fields",)]
    path.write_text("id = \n", encoding="utf-8")
    with pytest.raises(tomllib.TOMLDecodeError, match="line 1"):
        definitions.read_service(path)


def test_a_calendar_that_cannot_be_read_names_its_file(tmp_path, monkeypatch):
    monkeypatch.setattr(calendars, "PARAMETERS", tmp_path)
    (tmp_path / "calendars").mkdir()
    year = tmp_path / "calendars" / "2026.toml"
    for content in ("year = ", "year = 2026"):
        year.write_text(content, encoding="utf-8")
        with pytest.raises(BadDefinition) as raised:
            calendars._years.__wrapped__()
        assert raised.value.details["file"] == "2026.toml"
        assert raised.value.details["problem"]
