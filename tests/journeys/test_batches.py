"""An agency drops a file with its clients' applications, and what can go wrong with it."""

import csv
import io
import json
from collections import Counter
from datetime import date
from typing import Any

import boto3
import pytest
import xlsxwriter

from local import people
from local.agency_file import packed, row, sample, written
from local.aws import REGION
from local.office import SERVICE, Office, Refused, form_of
from local.scanner import EICAR
from local.scans import good_jpeg
from tests.corpus import hostile
from tests.files import born_digital_pdf
from tests.journeys.steps import (
    apply,
    begin,
    dead_letters,
    events,
    happened,
    running,
    told,
    told_inside,
)
from tests.variants import sampled

GOOD, BAD, REPEATED = 20, 6, 4  # of 30 rows
TAKE_IN = "functions.intake.batch_rows.take_in"
FIRST = {"строк": 30, "принято": GOOD, "принято ранее": REPEATED, "с ошибками": BAD}
AGAIN = {"строк": 30, "принято": 0, "принято ранее": GOOD + REPEATED, "с ошибками": BAD}


@pytest.fixture(autouse=True)
def _on_the_last_day_before_the_may_holidays(office: Office) -> None:
    begin(office, "2026-04-30 15:00")


def _totals(report: str) -> dict[str, int]:
    lines = (line.split(";") for line in report.split("\r\n\r\n", maxsplit=1)[0].splitlines())
    return {name: int(count) for name, count in lines}


def _rows(report: str) -> list[list[str]]:
    table = report.split("\r\n\r\n")[1]
    return list(csv.reader(io.StringIO(table), delimiter=";"))[1:]


def _numbers(report: str) -> list[str]:
    """Of the accepted rows."""
    return [line[2] for line in _rows(report) if line[1] == "принято"]


def _batches(office: Office) -> int:
    machine = office.cloud.outputs.get("BatchIntake")
    client = boto3.client("stepfunctions", REGION)
    machines = client.list_state_machines()["stateMachines"]
    arn = machine or next(m["stateMachineArn"] for m in machines if "batch" in m["name"])
    return len(client.list_executions(stateMachineArn=arn)["executions"])


def _is_at_rest(office: Office) -> None:
    """All batches are reported, nothing was lost on the way."""
    assert not [name for name in running(office) if len(name) == 32]
    assert dead_letters(office) == []
    assert office.cloud.dropped == []


@pytest.mark.parametrize(
    ("encoding", "delimiter"), sampled([("cp1251", ";"), ("utf-8", ","), ("utf-8-sig", ";")], 0)
)
def test_every_row_becomes_an_application_or_is_told_its_errors(
    office: Office, encoding: str, delimiter: str
) -> None:
    data = sample(GOOD, BAD, REPEATED, encoding=encoding, delimiter=delimiter)
    report = office.report(office.drop("A", "april.csv", data))
    assert _totals(report) == FIRST
    assert sorted(_numbers(report)) == sorted(office.casebook.unfinished())
    wrong = {int(line[0]): line[4] for line in _rows(report) if line[1] == "ошибки"}
    assert list(wrong) == list(range(GOOD + 2, GOOD + BAD + 2))  # as the spreadsheet counts
    assert all(line[5] for line in _rows(report) if line[1] == "ошибки")  # each says how to mend it
    repeated = [line[2] for line in _rows(report) if line[1] == "принято ранее"]
    assert repeated == _numbers(report)[:REPEATED]
    _is_at_rest(office)


def test_all_rows_go_their_way_to_an_officer_and_every_citizen_is_told_once(office: Office) -> None:
    report = office.report(office.drop("A", "april.csv", sample(GOOD, BAD, REPEATED)))
    office.cloud.advance(minutes=5)
    numbers = _numbers(report)
    for number in numbers:
        assert told(office, number)[0][0] == "accepted"
    assert Counter(phone for phone, _ in office.cloud.sms).most_common(1)[0][1] == 1
    assert len(office.cloud.sms) == GOOD
    for number in numbers[:2]:
        office.approve(number)
        assert told_inside(office, number) == [("agency", "decided")]
    kinds = [json.loads(news)["kind"] for news in office.cloud.published("AgenciesTopic")]
    assert kinds == ["batch_done", "decided", "decided"]


@pytest.mark.parametrize("name", sampled(["april.csv", "april (1).csv"], 0))
def test_the_same_file_again_makes_no_second_application(office: Office, name: str) -> None:
    data = sample(GOOD, BAD, REPEATED)
    first = office.report(office.drop("A", "april.csv", data))
    office.cloud.advance(days=5)
    second = office.report(office.drop("A", name, data))
    assert _totals(second) == AGAIN
    assert {line[2] for line in _rows(second) if line[1] == "принято ранее"} == set(_numbers(first))
    assert len(office.casebook.unfinished()) == len(office.cloud.sms) == GOOD
    _is_at_rest(office)


def test_the_file_again_after_a_decision_brings_back_the_decided_number(office: Office) -> None:
    data = written([row(1)])
    office.drop("A", "april.csv", data)
    (number,) = office.casebook.unfinished()
    office.cloud.advance(minutes=5)
    office.approve(number)
    report = office.report(office.drop("A", "april.csv", data))
    assert _rows(report)[0][1:3] == ["принято ранее", number]
    assert office.casebook.unfinished() == []


def test_a_changed_row_for_a_person_in_work_is_refused_and_the_others_are_known(
    office: Office,
) -> None:
    rows = [row(n) for n in range(10)]
    first = office.report(office.drop("A", "april.csv", written(rows)))
    rows[4] = row(4, income="170000")
    second = office.report(office.drop("A", "april.csv", written(rows)))
    assert _totals(second) == {"строк": 10, "принято": 0, "принято ранее": 9, "с ошибками": 1}
    (wrong,) = [line for line in _rows(second) if line[1] == "ошибки"]
    assert (wrong[0], wrong[4]) == ("6", "already_open_yours")
    assert _numbers(first)[4] in wrong[5]
    assert len(office.casebook.unfinished()) == len(_numbers(first)) == 10


def test_a_row_for_a_person_who_has_applied_is_refused(office: Office) -> None:
    number = apply(office, form_of(people.person(3)))
    report = office.report(office.drop("A", "april.csv", written([row(2), row(3)])))
    assert _totals(report) == {"строк": 2, "принято": 1, "принято ранее": 0, "с ошибками": 1}
    (wrong,) = [line for line in _rows(report) if line[1] == "ошибки"]
    assert (wrong[0], wrong[4]) == ("3", "already_open")
    assert "submitted" in events(office, number)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n \r\n", "empty_file"),
        ("snils;имя\n".encode("utf-16"), "unknown_encoding"),
        (written([row(1)], "cp866"), "unknown_encoding"),
        (b"snils;colour\n1;2\n", "unknown_columns"),
        (b"snils;snils\n1;2\n", "doubled_columns"),
        (b"snils;last_name\n", "no_rows"),
        (b'snils;last_name\n"1;2\n', "broken_csv"),
    ],
)
def test_a_file_that_cannot_be_read_gets_a_report_that_says_why(
    office: Office, data: bytes, code: str
) -> None:
    report = office.report(office.drop("A", "april.csv", data))
    first = report.splitlines()[0].split(";")
    assert (first[0], first[2]) == ("файл не прочитан", code)
    assert first[3]
    (news,) = map(json.loads, office.cloud.published("AgenciesTopic"))
    assert news["readable"] is False
    assert office.casebook.unfinished() == []
    _is_at_rest(office)


def test_a_file_for_no_known_service_gets_a_report_too(office: Office) -> None:
    report = office.report(office.drop("A", "april.csv", sample(1), service="heating"))
    assert report.startswith("файл не прочитан;;unknown_service")
    _is_at_rest(office)


def test_what_lies_outside_of_an_inbox_is_left_alone(office: Office) -> None:
    s3, bucket = boto3.client("s3", REGION), office.cloud.outputs["BatchesBucket"]
    for key in ("inbox/stray.csv", "inbox/A/stray.csv", f"inbox/A/{SERVICE}/deep/stray.csv"):
        s3.put_object(Bucket=bucket, Key=key, Body=sample(1))
    office.cloud.advance(minutes=5)
    assert _batches(office) == 0
    _is_at_rest(office)


def test_hearing_of_a_file_three_times_starts_one_execution(office: Office) -> None:
    office.drop("A", "april.csv", sample(3))
    office.cloud.advance(minutes=5)
    for _ in range(2):
        assert office.cloud.repeat_events() == []
    assert _batches(office) == 1
    assert len(office.casebook.unfinished()) == len(office.cloud.sms) == 3


@pytest.mark.parametrize(
    ("call", "when"),
    sampled(
        [(1, "before"), (1, "after"), (3, "after"), (6, "before"), (12, "after"), (20, "before")],
        2,
        5,
    ),
)
def test_interrupted_in_mid_file_it_goes_on_and_nothing_is_lost_or_doubled(
    office: Office, monkeypatch: pytest.MonkeyPatch, call: int, when: str
) -> None:
    """Parts of 5, 5 and 2 rows; a good row is a look for its command and a transaction."""
    monkeypatch.setattr("casework.batch_scans.ROWS_A_PART", 5)
    office.cloud.kill(TAKE_IN, call, when)
    key = office.drop("A", "april.csv", sample(9, 3))
    office.cloud.advance(minutes=5)
    report = office.report(key)
    numbers = office.casebook.unfinished()
    assert len(numbers) == len(set(numbers)) == len(office.cloud.sms) == 9
    assert {line[2] for line in _rows(report) if line[2]} == set(numbers)
    assert _totals(report)["с ошибками"] == 3
    _is_at_rest(office)


@pytest.mark.long
def test_an_interrupted_file_counts_its_rows_as_an_uninterrupted_one(office: Office) -> None:
    office.cloud.kill(TAKE_IN, 12, "after")
    key = office.drop("A", "april.csv", sample(GOOD, BAD, REPEATED))
    office.cloud.advance(minutes=5)
    assert _totals(office.report(key)) == FIRST


# ---- as a workbook, as lines of JSON -------------------------------------------------------------


def _workbook(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet, day = book.add_worksheet("Март"), book.add_format({"num_format": "dd.mm.yyyy"})
        for number, line in enumerate([list(rows[0]), *(list(row.values()) for row in rows)]):
            for column, cell in enumerate(line):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)
    return out.getvalue()


def _line(given: dict[str, Any]) -> str:
    return json.dumps(given, ensure_ascii=False)


def test_a_workbook_is_taken_in_row_by_row_and_is_known_again_as_a_csv(office: Office) -> None:
    good, typed, bad = row(1), row(2), row(3, passport=103123456)
    day, month, year = map(int, typed["birth_date"].split("."))
    typed |= {"birth_date": date(year, month, day), "income": float(typed["income"])}
    data = _workbook([good, typed, bad])
    report = office.report(office.drop("A", "march.xlsx", data))
    assert [line[:2] for line in _rows(report)] == [
        ["2", "принято"],
        ["3", "принято"],
        ["4", "ошибки"],
    ]
    assert _rows(report)[2][3:5] == ["passport", "cell_lost_zeros"]
    again = office.report(office.drop("A", "march (1).csv", data))
    assert again.splitlines()[0].startswith("файл прочитан;;named_otherwise;")
    assert [line[1] for line in _rows(again)] == ["принято ранее", "принято ранее", "ошибки"]
    as_csv = office.report(office.drop("A", "march.csv", written([good])))
    assert _rows(as_csv)[0][1:3] == ["принято ранее", _numbers(report)[0]]
    assert len(office.casebook.unfinished()) == 2
    _is_at_rest(office)


def test_lines_of_json_are_rows_and_a_broken_one_stops_no_other(office: Office) -> None:
    given = row(1) | {"documents": row(1)["documents"].split(), "confirms_truth": True}
    data = "\n".join([_line(given), '{"region": ', _line(row(2)), _line(row(2))]).encode()
    report = office.report(office.drop("A", "march.jsonl", data))
    told = [(line[0], line[1], line[4]) for line in _rows(report)]
    assert told == [
        ("1", "принято", ""),
        ("2", "ошибки", "broken_json"),
        ("3", "принято", ""),
        ("4", "принято ранее", ""),
    ]
    again = office.report(office.drop("A", "march (1).jsonl", data))
    assert [line[1] for line in _rows(again)] == ["принято ранее", "ошибки", *["принято ранее"] * 2]
    assert len(office.casebook.unfinished()) == 2
    _is_at_rest(office)


# ---- with scans ---------------------------------------------------------------------------------

KINDS = ("passport", "snils", "income_certificate")
ACCEPTED = sorted((kind, "accepted") for kind in KINDS)


def _folder(name: str, **other: bytes) -> dict[str, bytes]:
    return {f"{name}/{kind}.pdf": other.get(kind, born_digital_pdf()) for kind in KINDS}


def _with_scans(*people: dict[str, str], **scans: bytes) -> bytes:
    """An archive as a clerk packs a folder: one row a person, its number the folder's name."""
    rows = [row(n, documents="", **known) for n, known in enumerate(people, start=1)]
    files = {"апрель/строки.csv": written(rows)}
    for number in range(2, len(rows) + 2):
        files |= {f"апрель/{name}": data for name, data in _folder(str(number), **scans).items()}
    return packed(files)


def _documents(office: Office, number: str) -> list[tuple[str, str]]:
    known = office.casebook.load(number).application.documents.values()
    return sorted((document.kind, document.state) for document in known)


@pytest.mark.long
def test_scans_go_with_the_rows_of_a_workbook_too(office: Office) -> None:
    files = {"строки.xlsx": _workbook([row(1, documents="")]), "~$строки.xlsx": b"?"}
    report = office.report(office.drop("A", "april.zip", packed(files | _folder("2"))))
    (number,) = _numbers(report)
    office.cloud.advance(minutes=5)
    assert _documents(office, number) == ACCEPTED
    _is_at_rest(office)


def test_scans_in_an_archive_go_with_their_rows_and_each_fault_is_told(office: Office) -> None:
    named = ["", "Заозёрная", "", "потеряна", ""]
    rows = [row(n, documents="", folder=name) for n, name in enumerate(named, start=1)]
    good = {**_folder("2", passport=good_jpeg()), **_folder("заозёрная", snils=good_jpeg())}
    good["заозёрная/income_certificate (2).PDF"] = born_digital_pdf(2)
    bad = {**_folder("4", snils=b"not a scan"), **_folder("6"), "6/cat.jpg": b"?"}
    files = {"строки.csv": written(rows), **good, **bad, "99/inn.jpg": b"?"}
    report = office.report(office.drop("A", "april.zip", packed(files)))
    assert _totals(report) == {
        "строк": 5,
        "принято": 2,
        "принято ранее": 0,
        "с ошибками": 3,
        "файлов без строки": 1,
    }
    told = [(line[0], line[3], line[4]) for line in _rows(report) if line[1] != "принято"]
    assert ("4", "4/snils.pdf", "type_not_allowed") in told
    assert ("5", "folder", "folder_missing") in told
    assert ("6", "6/cat.jpg", "unknown_scan") in told
    assert told[-1] == ("", "99/inn.jpg", "scan_of_no_row")
    assert all(line[5] for line in _rows(report) if line[1] != "принято")
    numbers = _numbers(report)
    assert sorted(numbers) == sorted(office.casebook.unfinished())
    office.cloud.advance(minutes=5)
    assert _documents(office, numbers[0]) == ACCEPTED
    assert _documents(office, numbers[1]) == sorted([*ACCEPTED, ("income_certificate", "accepted")])
    assert happened(office, numbers[0], "submitted") == ["2026-04-30 15:00"]
    for document in office.casebook.load(numbers[0]).application.documents:
        office.judge(numbers[0], document)
    office.approve(numbers[0])
    _is_at_rest(office)


def test_the_same_archive_again_is_no_duplicate_and_a_mended_one_takes_in_the_rest(
    office: Office,
) -> None:
    first = office.report(office.drop("A", "april.zip", _with_scans({})))
    again = office.report(office.drop("A", "april.zip", _with_scans({}, {}, snils=b"%PDF")))
    assert [line[1] for line in _rows(again)] == ["ошибки", "ошибки"]  # other scans: another row
    mended = office.report(office.drop("A", "may.zip", _with_scans({}, {})))
    assert [line[1] for line in _rows(mended)] == ["принято ранее", "принято"]
    assert _rows(mended)[0][2] == _numbers(first)[0]
    assert len(office.casebook.unfinished()) == 2


def test_an_infected_scan_is_told_to_the_agency_and_nothing_is_approved_without_it(
    office: Office,
) -> None:
    data = _with_scans({}, snils=good_jpeg() + EICAR)
    (number,) = _numbers(office.report(office.drop("A", "april.zip", data)))
    office.cloud.advance(minutes=5)
    assert ("snils", "rejected") in _documents(office, number)
    assert ("agency", "document_rejected") in told_inside(office, number)
    assert [what for what, _ in told(office, number)] == ["accepted"]
    with pytest.raises(Refused):
        office.approve(number)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed({"2/passport.jpg": b"?"}), "archive_no_table"),
        (packed({"а.csv": b"1", "б.csv": b"2"}), "archive_many_tables"),
        (packed({"строки.csv": b"snils;colour\n1;2\n"}), "unknown_columns"),
        (hostile.zip_with_link(), "archive_link"),
        (_with_scans({})[:-5], "truncated"),
    ],
)
def test_an_archive_that_is_not_to_be_read_gets_a_report_that_says_why(
    office: Office, data: bytes, code: str
) -> None:
    report = office.report(office.drop("A", "april.zip", data))
    first = report.splitlines()[0].split(";")
    assert (first[0], first[2]) == ("файл не прочитан", code)
    assert first[3]
    assert office.casebook.unfinished() == []
    _is_at_rest(office)


@pytest.mark.parametrize(
    ("call", "when"),
    sampled([(6, "after"), (9, "after"), (13, "before")], 1),
)
def test_interrupted_among_the_scans_it_goes_on_and_none_is_lost(
    office: Office, call: int, when: str
) -> None:
    """The scans are judged, the row registered, and its scans sent one by one."""
    office.cloud.kill(TAKE_IN, call, when)
    key = office.drop("A", "april.zip", _with_scans({}))
    office.cloud.advance(minutes=5)
    (number,) = office.casebook.unfinished()
    assert _numbers(office.report(key)) == [number]
    assert _documents(office, number) == ACCEPTED
    _is_at_rest(office)
