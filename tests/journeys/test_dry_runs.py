"""An agency has a file judged before it is taken in: the report, and nothing else."""

import csv
import io
from typing import Any

import boto3
import pytest

from local.agency_file import packed, row, sample, written
from local.aws import REGION
from local.office import Office
from tests.files import born_digital_pdf
from tests.journeys.steps import begin, dead_letters

NAMES = {"будет принято": "принято"}  # what a dry run calls otherwise


@pytest.fixture(autouse=True)
def _on_the_last_day_before_the_may_holidays(office: Office) -> None:
    begin(office, "2026-04-30 15:00")


def _lines(report: str) -> list[list[str]]:
    lines = list(csv.reader(io.StringIO(report), delimiter=";"))
    return [[NAMES.get(cell, cell) for cell in line] for line in lines]


def _without_number(line: list[str]) -> list[str]:
    return [*line[:2], "", *line[3:]] if len(line) == 6 else line


def _table(office: Office) -> list[dict[str, Any]]:
    """Everything in it but the lists of agencies' files."""
    client = boto3.client("dynamodb", REGION)
    pages = client.get_paginator("scan").paginate(TableName=office.cloud.outputs["Applications"])
    items = [item for page in pages for item in page["Items"]]
    return [item for item in items if not item["pk"]["S"].startswith("BATCH#")]


def _files(office: Office) -> list[str]:
    found = boto3.client("s3", REGION).list_objects_v2(Bucket=office.cloud.outputs["BatchesBucket"])
    return [each["Key"] for each in found.get("Contents", [])]


def test_a_dry_run_foresees_each_row_and_leaves_nothing_but_its_report(office: Office) -> None:
    before = _table(office)
    data = sample(good=2, bad=2, repeated=1)
    key = office.drop("A", "april.csv", data, dry_run=True)
    office.cloud.advance(minutes=5)
    (first, *foreseen) = _lines(office.report(key))
    assert first[0] == "пробная проверка"
    assert _table(office) == before
    assert office.cloud.sms == []
    assert _files(office) == [key] == ["reports/A/social-service-need/dry-run/april.csv.report.csv"]
    taken_in = _lines(office.report(office.drop("A", "april.csv", data)))
    assert [*map(_without_number, taken_in)] == [*map(_without_number, foreseen)]
    again = _lines(office.report(office.drop("A", "april.csv", data, dry_run=True)))
    assert ["принято ранее", "3"] in again
    assert {line[2] for line in again if len(line) == 6} >= set(office.casebook.unfinished())
    assert dead_letters(office) == []


def test_a_dry_run_foresees_whom_the_file_names_twice_and_who_has_applied(office: Office) -> None:
    office.drop("A", "march.csv", written([row(1)]))
    again, other = row(1, income="17000"), row(2, income="17000")
    key = office.drop("A", "april.csv", written([again, row(2), other]), dry_run=True)
    codes = [(line[0], line[4]) for line in _lines(office.report(key))[7:]]
    assert codes == [("2", "already_open_yours"), ("3", ""), ("4", "taken_by_row")]
    assert len(office.casebook.unfinished()) == 1


def test_a_dry_run_judges_scans_and_keeps_none(office: Office) -> None:
    scans = {f"2/{kind}.pdf": born_digital_pdf() for kind in ("passport", "snils")}
    scans |= {"2/income_certificate.pdf": b"no scan", "9/inn.jpg": b"?"}
    data = packed({"rows.csv": written([row(1, documents="")]), **scans})
    key = office.drop("A", "april.zip", data, dry_run=True)
    told = [(line[3], line[4]) for line in _lines(office.report(key)) if len(line) == 6]
    assert ("2/income_certificate.pdf", "type_not_allowed") in told
    assert ("9/inn.jpg", "scan_of_no_row") in told
    assert _files(office) == [key]


def test_a_file_that_cannot_be_read_is_gone_after_its_dry_run_too(office: Office) -> None:
    key = office.drop("A", "april.csv", "возраст\r\n5\r\n".encode(), dry_run=True)
    (first, second, *_) = _lines(office.report(key))
    assert (first[0], second[0]) == ("пробная проверка", "файл не прочитан")
    assert _files(office) == [key]


@pytest.mark.parametrize("call", range(1, 12))
def test_a_dry_run_that_died_while_it_was_reported_ends_all_the_same(
    office: Office, call: int
) -> None:
    office.cloud.kill("functions.intake.batches.write_report", call, "after")
    key = office.drop("A", "april.csv", sample(1, 1), dry_run=True)
    office.cloud.advance(minutes=5)
    assert ["принято", "1"] in _lines(office.report(key))
    assert _files(office) == [key]
    (line,) = office.agency("A").get("/batches")["batches"]
    assert (line["dry_run"], line["state"], line["totals"]["accepted"]) == (True, "reported", 1)
    assert dead_letters(office) == []
