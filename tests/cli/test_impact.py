"""`opora services impact`: a changed service file over the applications of a running office."""

import json

import boto3
import pytest

from adapters import aws, definitions
from adapters.stored import record_of
from local.aws import REGION
from local.control import Control
from local.live import serve
from tests.conftest import START
from tests.unit.fake_casebook import Casebook, form_of, on_review

SERVICE = "social-service-need"
LIMIT = 'product = ["subsistence_minimum", "household_coefficient"]'
HALVED = LIMIT.replace("]", ', "half"]')


@pytest.fixture
def changed(tmp_path):
    """changed(old, new): the path of a changed service file"""

    def write(old=LIMIT, new=HALVED):
        text = (definitions.SERVICES / f"{SERVICE}.toml").read_text(encoding="utf-8")
        assert old in text
        half = 'half = { title = "Половина", unit = "number", total = [0.25, 0.25] }\n'
        path = tmp_path / "new.toml"
        path.write_text(
            text.replace("[measures]\n", f"[measures]\n{half}").replace(old, new),
            encoding="utf-8",
        )
        return path

    return write


@pytest.fixture
def stored(tmp_path):
    """A file of two stored applications: within the limit, and far below it."""
    book = Casebook()
    lives = [on_review(form_of(1), book), on_review(form_of(2, income="12000.00"), book)]
    path = tmp_path / "stored.jsonl"
    lines = [json.dumps(record_of(life.case), ensure_ascii=False) + "\n" for life in lives]
    path.write_text("".join(lines), encoding="utf-8")
    return path, lives[0].application.number


def test_it_lists_whose_outcome_would_change_and_from_what_to_what(opora, changed, stored):
    path, number = stored
    said = opora("services", "impact", changed(), "--stored", path, "--json")
    assert said.status == 0
    assert said.json["looked_at"] == 2
    assert said.json["totals"]["outcome"] == 1
    difference = {"what": "outcome", "before": "approved", "after": "refused"}
    assert said.json["changed"] == [{"number": number, "differences": [difference], "problems": []}]
    text = opora("services", "impact", changed(), "--stored", path).out
    assert f"{number}  outcome  approved -> refused" in text
    assert f"{SERVICE} v1: 2 looked at, 1 would change" in text


def test_days_are_told_as_days(opora, changed, stored):
    path, _ = stored
    shorter = changed(
        'promise = { amount = 30, unit = "calendar_days" }',
        'promise = { amount = 20, unit = "calendar_days" }',
    )
    text = opora("services", "impact", shorter, "--stored", path).out
    assert text.count("promised by  06.05.2026 -> 27.04.2026") == 2


def test_a_file_that_changes_nothing_says_so(opora, stored):
    path, _ = stored
    said = opora("services", "impact", definitions.SERVICES / f"{SERVICE}.toml", "--stored", path)
    assert said == (0, f"{SERVICE} v1: 2 looked at, 0 would change\n", "")


def test_a_file_with_mistakes_is_sent_to_check(opora, changed, stored):
    broken = changed('type = "choice"', 'type = "chois"')
    sentence = opora("services", "impact", broken, "--stored", stored[0]).sentence()
    assert f"`opora services check {broken}` names them" in sentence


@pytest.mark.parametrize("content", ["nonsense\n", "[]\n", '{"number": "1"}\n'])
def test_a_line_that_is_no_application_is_named(opora, changed, tmp_path, content):
    path = tmp_path / "lines.jsonl"
    path.write_text(content, encoding="utf-8")
    sentence = opora("services", "impact", changed(), "--stored", path).sentence()
    assert sentence == f"{path}:1 is not a stored application"


def test_files_that_are_not_there_are_told(opora, changed, tmp_path):
    gone = tmp_path / "gone"
    assert "cannot be read" in opora("services", "impact", gone).sentence()
    said = opora("services", "impact", changed(), "--stored", gone)
    assert "cannot be read" in said.sentence()


def test_the_applications_of_a_running_office_are_replayed(opora, changed, shared_office):
    office = shared_office
    office.cloud.reset(start=START)
    office.registries.start_over()
    number = office.draft(form_of(7))
    office.submit(number)
    with serve(office.cloud, port=0, app=Control(office.cloud, office)) as url:
        before = office.casebook.load(number).application.version
        said = opora("services", "impact", changed(), "--url", url, "--json")
    assert [one["number"] for one in said.json["changed"]] == [number]
    assert office.casebook.load(number).application.version == before, "nothing is written"


def test_a_table_that_cannot_be_read_is_told(opora, changed, monkeypatch):
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(aws, "client", lambda service: boto3.session.Session().client(service))
    sentence = opora("services", "impact", changed(), "--table", "nothing").sentence()
    assert sentence.startswith("the table cannot be read: ")


def test_the_table_of_a_deployed_office_is_replayed(opora, changed, shared_office, monkeypatch):
    office = shared_office
    office.cloud.reset(start=START)
    office.registries.start_over()
    number = office.draft(form_of(8))
    office.submit(number)
    monkeypatch.setattr(aws, "client", lambda service: boto3.client(service, REGION))
    table = office.cloud.outputs["Applications"]
    said = opora("services", "impact", changed(), "--table", table, "--json")
    assert [one["number"] for one in said.json["changed"]] == [number]
