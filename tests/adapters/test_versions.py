"""An application keeps the version of its service that it began under."""

import shutil

import pytest

from adapters import definitions
from adapters.applications import Applications
from adapters.casebook import rules_of
from adapters.stored import case_of, record_of, stored_cases
from casework import actions
from casework.errors import BadDefinition
from tests.unit.fake_casebook import MONDAY, SERVICE, drafted, form_of, on_review

MOSCOW = "RU-MOW"


@pytest.fixture
def second_version(tmp_path, monkeypatch):
    """V1 of today is kept, and a version 2 takes its place that promises 20 days."""
    folder = tmp_path / "services"
    shutil.copytree(definitions.SERVICES, folder)
    frozen = definitions.to_json(definitions.service(SERVICE))
    monkeypatch.setattr(definitions, "SERVICES", folder)
    definitions.frozen_path(SERVICE, 1).parent.mkdir(exist_ok=True)
    definitions.frozen_path(SERVICE, 1).write_bytes(frozen)
    path = folder / f"{SERVICE}.toml"
    text = path.read_text(encoding="utf-8").replace("version = 1", "version = 2", 1)
    promised = 'promise = { amount = 30, unit = "calendar_days" }'
    assert promised in text
    path.write_text(text.replace(promised, promised.replace("30", "20")), encoding="utf-8")
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def _forget():
    for read in (
        *(definitions.services, definitions.service_ids, definitions._current),
        *(definitions.blocks, definitions.classifiers, definitions.past_version),
    ):
        read.cache_clear()


def promise(rules):
    return rules.service.term("decision").promise.amount


def test_what_began_under_version_1_is_decided_by_it_after_version_2_appears(second_version):
    old = definitions.rules(SERVICE, MOSCOW, 1)
    assert (old.service.version, promise(old)) == (1, 30)
    assert old.service.model_copy(update={"version": 2}) != definitions.service(SERVICE)


def test_an_application_is_under_its_own_version_and_a_new_one_under_the_newest(second_version):
    begun_before = case_of(_begun_under(1)).application
    assert promise(rules_of(begun_before)) == 30
    newest = definitions.rules(SERVICE, MOSCOW)
    change = actions.draft(newest, form_of(), region=MOSCOW, applicant="citizen-1")
    assert change.happenings[0].data["service_version"] == 2
    assert promise(rules_of(case_of(_begun_under(2)).application)) == 20


def test_a_resubmission_goes_to_the_newest_version(second_version):
    case = case_of(_begun_under(1, withdrawn=True))
    change = actions.resubmit(case, definitions.rules(SERVICE, MOSCOW))
    assert change.happenings[0].data["service_version"] == 2


def test_a_version_that_is_not_kept_is_a_clear_error(second_version):
    definitions.frozen_path(SERVICE, 1).unlink()
    for version in (1, 3):
        with pytest.raises(BadDefinition, match="version_gone"):
            definitions.rules(SERVICE, MOSCOW, version)


def _begun_under(version, *, withdrawn=False):
    """The record of an application that began under that version."""
    life = drafted()
    if withdrawn:
        life.withdraw()
    record = record_of(life.case)
    record["events"][0]["data"]["service_version"] = version
    return record


class TestStored:
    def test_a_case_that_went_through_json_is_the_same_case(self):
        case = on_review().case
        again = case_of(record_of(case))
        assert again.application == case.application
        assert again.form == case.form

    @pytest.mark.parametrize("record", [{}, {"number": "1", "events": []}, {"number": 1}])
    def test_what_is_no_record_is_refused(self, record):
        with pytest.raises((KeyError, TypeError, ValueError)):
            case_of(record)

    def test_the_applications_of_one_service_are_found_in_a_table(self, dynamodb_client, table):
        draft = actions.draft(
            definitions.rules(SERVICE, MOSCOW), form_of(), region=MOSCOW, applicant="citizen-1"
        )
        casebook = Applications(dynamodb_client, table.name, lambda _: None)
        casebook.create("123-456-7890", draft, actor="citizen-1", now=MONDAY)
        (found,) = stored_cases(dynamodb_client, table.name, SERVICE)
        assert found.application.number == "123-456-7890"
        assert found.form == form_of()
        assert list(stored_cases(dynamodb_client, table.name, "another")) == []
