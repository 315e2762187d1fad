"""Agencies' files in S3: which drop is which, and what of it is kept on the way to its report."""

import pytest

from adapters.batches import Batches, Drop, drop_of
from casework.batch import Claim, Row, RowResult, Scan
from casework.errors import Problem

KEY = "inbox/A/social-service-need/апрель 2026.csv"


def detail(key: str = KEY, **more: str) -> dict:
    return {"object": {"key": key, "version-id": "v1", "sequencer": "0A"} | more}


@pytest.fixture
def inbox(bucket) -> str:
    return bucket(versions=True)


@pytest.fixture
def batches(s3, inbox) -> Batches:
    return Batches(s3, inbox)


# ---- drops --------------------------------------------------------------------------------------


def test_a_drop_knows_its_agency_and_service():
    drop = drop_of(detail())
    assert (drop.agency, drop.service, drop.key) == ("A", "social-service-need", KEY)
    assert drop.report_key == "reports/A/social-service-need/апрель 2026.csv.report.csv"


def test_where_a_file_lies_says_whether_it_is_only_judged():
    drop = drop_of(detail("inbox/A/social-service-need/dry-run/апрель.csv"))
    assert (drop.agency, drop.service, drop.dry_run) == ("A", "social-service-need", True)
    assert drop.report_key == "reports/A/social-service-need/dry-run/апрель.csv.report.csv"
    assert not drop_of(detail()).dry_run
    assert not drop_of(detail("inbox/A/social-service-need/dry-run")).dry_run  # a file's name


def test_the_same_drop_told_twice_is_one_batch_and_the_same_name_dropped_again_another():
    assert drop_of(detail()) == drop_of(detail())
    batches = {
        drop_of(detail()).batch,
        drop_of(detail(**{"version-id": "v2"})).batch,
        drop_of(detail("inbox/B/social-service-need/апрель 2026.csv")).batch,
        drop_of({"object": {"key": KEY, "sequencer": "0A"}}).batch,
        drop_of({"object": {"key": KEY, "sequencer": "0B"}}).batch,
    }
    assert len(batches) == 5


def test_a_batch_has_a_name_that_an_execution_may_have():
    batch = drop_of(detail()).batch
    assert len(batch) <= 80
    assert batch.isascii()
    assert batch.isalnum()


@pytest.mark.parametrize(
    "key",
    [
        "",
        "inbox/",
        "inbox/A",
        "inbox/A/service",
        "inbox/A/service/",
        "inbox//service/file.csv",
        "inbox/A//file.csv",
        "inbox/A/service/folder/file.csv",
        "inbox/A/service/dry-run/",
        "inbox/A/service/dry-run/folder/file.csv",
        "inbox/A/dry-run/service/file.csv",
        "A/service/file.csv",
        "reports/A/service/file.csv",
        "/inbox/A/service/file.csv",
    ],
)
def test_a_key_outside_of_an_inbox_is_no_drop(key):
    assert drop_of(detail(key)) is None


# ---- files --------------------------------------------------------------------------------------


def test_the_file_of_a_drop_is_the_version_that_was_dropped(batches, s3, inbox):
    first = s3.put_object(Bucket=inbox, Key=KEY, Body=b"first")["VersionId"]
    s3.put_object(Bucket=inbox, Key=KEY, Body=b"second")
    drop = drop_of(detail())
    assert batches.file(drop._replace(version=first), 100) == b"first"
    assert batches.file(drop._replace(version=""), 100) == b"second"


@pytest.mark.parametrize(("size", "read"), [(9, 9), (10, 10), (11, 11), (5000, 11)])
def test_no_more_of_a_file_is_read_than_tells_that_it_is_too_big(batches, s3, inbox, size, read):
    s3.put_object(Bucket=inbox, Key=KEY, Body=b"x" * size)
    assert len(batches.file(drop_of(detail(**{"version-id": ""})), 10)) == read


def test_a_scan_is_found_by_its_content(batches):
    sha256 = batches.put_scan("b1", b"scan")
    assert batches.scan("b1", sha256) == b"scan"
    assert batches.put_scan("b1", b"scan") == sha256


# ---- parts and results --------------------------------------------------------------------------


def row(number: int) -> Row:
    form = {"last_name": "Ёлкина", "family": [{"last_name": "Ёлкин"}]}
    return Row(number, "RU-MOW", form, ("passport",))


ROWS = [
    row(2),
    row(3)._replace(documents=None, region="", repeats=2),
    row(4)._replace(problems=(Problem("income", "too_long", {"at_most": 5000}),)),
    row(5)._replace(documents=()),
    row(7)._replace(folder="Ёлкина", scans=(Scan("passport", "Ёлкина/passport.jpg", "ab"),)),
]


def test_rows_come_back_from_their_parts_as_they_went(batches, s3, inbox):
    manifest, count = batches.put_parts("b1", [ROWS[:2], ROWS[2:4], ROWS[4:]])
    keys = [f"work/b1/part-000{n}.json" for n in (1, 2, 3)]
    assert (manifest, count) == ("work/b1/parts.json", 3)
    assert [batches.part(key) for key in keys] == [ROWS[:2], ROWS[2:4], ROWS[4:]]
    assert [r.digest for key in keys for r in batches.part(key)] == [r.digest for r in ROWS]


def test_the_manifest_is_what_the_distributed_map_reads(batches, s3, inbox):
    manifest, _ = batches.put_parts("b1", [ROWS[:4], ROWS[4:]])
    assert batches._get(manifest) == [
        {"part": "work/b1/part-0001.json"},
        {"part": "work/b1/part-0002.json"},
    ]


def test_results_come_in_the_order_of_the_rows_and_a_part_done_twice_counts_once(batches):
    batches.put_parts("b1", [ROWS[:3], ROWS[3:]])
    first = [RowResult(n, "accepted", f"{n}") for n in (2, 3, 4)]
    problem = Problem("family.1.snils", "not_in_list", {"options": "а, б"})
    claimed = RowResult(8, "accepted", claim=Claim(8, ("key", "slot:1")))
    second = [RowResult(5, "rejected", problems=(problem,)), RowResult(7, "repeated", "2"), claimed]
    batches.put_results("work/b1/part-0002.json", second)
    batches.put_results("work/b1/part-0001.json", first)
    batches.put_results("work/b1/part-0001.json", first)
    assert list(batches.results("b1")) == first + second


def test_what_is_wrong_with_a_file_comes_back(batches):
    problems = [Problem("", "unknown_columns", {"columns": "возраст"}), Problem("", "no_rows")]
    batches.put_file_problems("b1", problems)
    assert batches.file_problems("b1") == tuple(problems)


def test_the_report_lies_where_the_drop_says(batches, s3, inbox):
    drop = Drop("b1", "A", "s", "inbox/A/s/file.csv", "")
    for _ in range(2):
        batches.put_report(drop, b"report")
    found = s3.get_object(Bucket=inbox, Key="reports/A/s/file.csv.report.csv")
    assert (found["Body"].read(), found["ContentType"]) == (b"report", "text/csv")
