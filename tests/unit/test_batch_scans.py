"""Which scan of an agency's archive belongs to which row, and what is told of those that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import batch_scans
from casework.batch import Row, Scan
from casework.batch_scans import SCANS_A_PART, SCANS_A_ROW, in_parts, sort, table_of, with_scans
from casework.errors import InvalidForm
from tests.unit.small_service import rules

V1 = rules().service

TABLE = "апрель/строки.csv"


def row(number: int, folder: str = "", **form: str) -> Row:
    return Row(number, "RU-MOW", form, None, folder=folder)


def scan(kind: str = "passport", content: str = "ab", name: str = "2/passport.jpg") -> Scan:
    return Scan(kind, name, content)


def sorted_(rows: list[Row], *files: str) -> batch_scans.Sorted:
    return sort(V1, rows, [TABLE, *(f"апрель/{file}" for file in files)], TABLE)


def codes(rows: list[Row]) -> list[str]:
    return [problem.code for row in rows for problem in row.problems]


class TestTable:
    def test_it_is_the_one_csv_wherever_it_lies(self):
        assert table_of(["2/passport.jpg", "апрель/Строки.CSV"]) == "апрель/Строки.CSV"

    @pytest.mark.parametrize(
        ("names", "code"),
        [(["rows.ods"], "archive_no_table"), (["a.csv", "b.xlsx"], "archive_many_tables")],
    )
    def test_none_or_two_are_told(self, names, code):
        with pytest.raises(InvalidForm) as refused:
            table_of(names)
        assert refused.value.problems[0].code == code


class TestSorting:
    @pytest.mark.parametrize(
        "file",
        [
            "2/passport.jpg",
            "2/PASSPORT.JPG",
            "2/passport 2.pdf",
            "2/passport_12.pdf",
            "2/passport (2).jpg",
            "2/passport-1.jpg",
        ],
    )
    def test_a_file_is_called_by_its_kind(self, file):
        found = sorted_([row(2)], file)
        assert found.places == {f"апрель/{file}": (2, "passport")}
        assert (codes(found.rows), found.strays) == ([], [])

    def test_a_folder_is_called_by_the_row_or_as_the_row_says(self):
        found = sorted_([row(2), row(3, "Ёлкина")], "2/snils.jpg", "ёлкина/snils.jpg")
        assert [place.row for place in found.places.values()] == [2, 3]

    @pytest.mark.parametrize(
        "file", ["3/passport.jpg", "passport.jpg", "2/scans/passport.jpg", "../2/passport.jpg"]
    )
    def test_a_file_that_belongs_to_no_row_is_told(self, file):
        found = sorted_([row(2)], file)
        assert [(stray.field, stray.code) for stray in found.strays] == [
            (f"апрель/{file}", "scan_of_no_row")
        ]
        assert found.places == {}

    def test_what_lies_outside_of_the_tables_folder_belongs_to_no_row(self):
        found = sort(V1, [row(2)], [TABLE, "2/passport.jpg"], TABLE)
        assert [stray.field for stray in found.strays] == ["2/passport.jpg"]

    def test_a_folder_that_is_not_there_is_told_with_its_row(self):
        assert codes(sorted_([row(2, "Ёлкина"), row(3)]).rows) == ["folder_missing"]

    def test_a_folder_of_two_rows_is_told_to_both_and_its_files_go_to_neither(self):
        found = sorted_([row(2), row(3, "2")], "2/passport.jpg")
        assert codes(found.rows) == ["folder_of_two_rows", "folder_of_two_rows"]
        assert (found.places, found.strays) == ({}, [])

    def test_a_name_that_is_no_kind_is_told_with_the_kinds(self):
        (found,) = sorted_([row(2)], "2/IMG_2041.jpg").rows
        (problem,) = found.problems
        assert (problem.field, problem.code) == ("апрель/2/IMG_2041.jpg", "unknown_scan")
        assert "income_certificate" in problem.details["options"]

    def test_no_row_has_more_scans_than_a_part(self):
        files = [f"2/passport {n}.jpg" for n in range(SCANS_A_ROW + 1)]
        assert codes(sorted_([row(2)], *files).rows) == ["too_many_scans"]

    def test_rows_of_a_csv_that_came_alone_name_no_folders(self):
        assert codes(sort(V1, [row(2), row(3, "Ёлкина")], (), "").rows) == ["folder_missing"]


class TestIdentity:
    def test_a_row_is_its_cells_and_its_scans_whatever_they_are_called(self):
        (one,) = with_scans([row(2)], [(2, scan()), (2, scan("snils", "cd"))])
        renamed = [(9, scan("snils", "cd", "Ёлкина/b.jpg")), (9, scan(name="Ёлкина/a.jpg"))]
        (other,) = with_scans([row(9, "Ёлкина")], renamed)
        assert one.digest == other.digest
        assert [s.kind for s in one.scans] == [s.kind for s in other.scans]

    @pytest.mark.parametrize("changed", [scan(content="ef"), scan(kind="snils")])
    def test_another_scan_makes_another_row(self, changed):
        rows = with_scans([row(2), row(3), row(4)], [(2, scan()), (3, changed), (4, scan())])
        assert [r.repeats for r in rows] == [None, None, 2]
        assert rows[0].digest != row(2).digest


@given(st.lists(st.integers(0, SCANS_A_ROW), max_size=200))
def test_parts_hold_every_row_once_in_order_and_none_is_too_long(counts):
    rows = [row(n)._replace(scans=(scan(),) * count) for n, count in enumerate(counts)]
    parts = list(in_parts(rows))
    assert [r for part in parts for r in part] == rows
    assert all(0 < len(part) <= batch_scans.ROWS_A_PART for part in parts)
    assert all(sum(len(r.scans) for r in part) <= SCANS_A_PART for part in parts)
