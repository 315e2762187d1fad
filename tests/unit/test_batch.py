"""An agency's file: whatever it is saved as, read to rows or refused with what to mend."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import definitions
from casework import actions, batch, form
from casework.batch import (
    Claim,
    Row,
    RowResult,
    harmless,
    judged_together,
    read_rows,
    report,
    totals,
)
from casework.errors import InvalidForm, Problem
from casework.example import example_form
from casework.service import FormField
from local.people import snils_for
from tests.unit.fake_casebook import MONDAY, form_of, member, rules

V1 = rules().service
HELD = "passport snils income_certificate"
YES_NO = {True: "да", False: "нет"}


def row_of(n: int = 1, **known) -> dict[str, str]:
    """A row as an agency types it; None takes a column away."""
    form = form_of(n, **known)
    for position, person in enumerate(form.pop("family", ()), start=1):
        form |= {f"family.{position}.{name}": value for name, value in person.items()}
    form |= {"region": "RU-MOW", "documents": HELD} | known
    form.pop("family", None)
    return {n: YES_NO.get(v, v) for n, v in form.items() if v is not None}


def file_of(*rows: dict[str, str], delimiter: str = ";", encoding: str = "utf-8") -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, names, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def read(data: bytes) -> list[Row]:
    return read_rows(V1, data)


def refused(data: bytes) -> tuple[str, dict]:
    with pytest.raises(InvalidForm) as refusal:
        read(data)
    (problem,) = refusal.value.problems
    assert problem.field == ""
    return problem.code, problem.details


def problems_of_file(data: bytes) -> tuple[Problem, ...]:
    try:
        read(data)
    except InvalidForm as refusal:
        return refusal.problems
    return ()


def codes(row: Row) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in row.problems]


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
    @pytest.mark.parametrize("delimiter", [";", ",", "\t"])
    def test_a_spreadsheet_may_save_it_in_many_ways(self, encoding, delimiter):
        rows = [row_of(n, wishes="Сиделка, по утрам; иногда") for n in (1, 2)]
        read_back = read(file_of(*rows, delimiter=delimiter, encoding=encoding))
        assert [row.form["snils"] for row in read_back] == [snils_for(1), snils_for(2)]
        assert read_back[0].form["last_name"] == "Образцова"
        assert read_back[0].form["wishes"] == "Сиделка, по утрам; иногда"
        assert read_back[0].region == "RU-MOW"

    def test_a_row_as_read_can_be_registered(self):
        raw = row_of(family=[member(birth_date="01.01.2015")])
        (row,) = read(file_of(raw, encoding="cp1251"))
        held = (*row.documents, "birth_certificate")
        assert actions.submit_row(rules(), row.form, held, MONDAY, region=row.region).happenings

    @pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "utf-16", "utf-16-le", "utf-32"])
    def test_another_encoding_is_told_not_guessed(self, encoding):
        data = "\n".join(
            ["region;last_name;first_name;registration_address"]
            + ["RU-MOW;Ёлкина;Мария;г. Примерск, ул. Садовая, д. 7"] * 3
        )
        assert refused(data.encode(encoding))[0] == "unknown_encoding"

    @pytest.mark.parametrize(
        "data",
        [
            b"\x89PNG\r\n\x1a\n\x00\x00",
            b"PK\x03\x04\x14\x00\x00\x00",
            b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
            bytes(range(256)),
        ],
    )
    def test_what_is_no_text_is_refused(self, data):
        assert refused(data)[0] in ("unknown_encoding", "unknown_columns")

    @pytest.mark.parametrize("data", [b"", b"   \r\n \t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n;;\n"])
    def test_an_empty_file_is_told(self, data):
        assert refused(data)[0] == "empty_file"


class TestColumns:
    def test_an_unknown_column_is_named(self):
        code, details = refused(file_of(row_of() | {"shoe_size": "41"}))
        assert (code, details["columns"]) == ("unknown_columns", "shoe_size")

    def test_a_column_that_comes_twice_is_named(self):
        code, details = refused("region;snils;СНИЛС\nRU-MOW;1;2\n".encode())
        assert code == "doubled_columns"
        assert details["columns"] == "snils, СНИЛС"
        twice = b"region;family.1.income;family.01.income\nRU-MOW;1;2\n"
        assert refused(twice)[0] == "doubled_columns"

    def test_titles_are_as_good_as_names_in_any_case(self):
        header = "Регион;ФАМИЛИЯ;имя;Документы;Family.1.Last_Name"
        (row,) = read(f"{header}\nRU-MOW;Ёлкина;Мария;snils;Ёлкин\n".encode())
        assert (row.region, row.documents) == ("RU-MOW", ("snils",))
        assert row.form["last_name"] == "Ёлкина"
        assert row.form["family"] == [{"last_name": "Ёлкин"}]

    def test_every_title_of_a_plain_field_is_known(self):
        plain = [field for field in V1.fields if not field.fields]
        titled = {field.title: "x" for field in plain}
        for delimiter in batch.DELIMITERS:
            (row,) = read(file_of(titled | {"region": "RU-MOW"}, delimiter=delimiter))
            assert row.form == {field.name: "x" for field in plain}

    @pytest.mark.parametrize(
        "column",
        [
            "family",
            "family.last_name",
            "family.0.last_name",
            "family.-1.last_name",
            "family.100.last_name",
            "family.²." + "last_name",
            "family.1.shoe_size",
            "family.0099" + "5" * 5000 + ".last_name",
            "snils.1.snils",
        ],
    )
    def test_a_column_of_a_group_names_the_member_and_the_field(self, column):
        assert refused(f"region;{column}\nRU-MOW;x\n".encode())[0] == "unknown_columns"

    def test_empty_columns_at_the_end_are_no_columns(self):
        (row,) = read(b"region;snils;;\nRU-MOW;1;;\n")
        assert (row.form, row.problems) == ({"snils": "1"}, ())

    def test_a_header_without_rows_is_told(self):
        assert refused(b"region;snils\n\n;\n")[0] == "no_rows"

    def test_blank_lines_before_the_header_do_not_hide_what_divides_it(self):
        (row,) = read(b"\r\nregion,snils\r\nRU-MOW,1\r\n")
        assert (row.row, row.form) == (3, {"snils": "1"})


class TestRows:
    def test_blank_lines_keep_the_numbers_a_spreadsheet_shows(self):
        rows = read(b"region;snils\nRU-MOW;1\n\n;\nRU-MOW;2\n")
        assert [row.row for row in rows] == [2, 5]

    def test_a_quoted_cell_may_hold_lines_and_quotes(self):
        (row, after) = read(
            'region;wishes\nRU-MOW;"Сиделка\r\n""ночью"""\nRU-MOW;Врач\n'.encode("cp1251")
        )
        assert row.form["wishes"] == 'Сиделка\r\n"ночью"'
        assert (row.row, after.row) == (2, 3)

    def test_an_unclosed_quote_is_told_with_its_place(self):
        code, details = refused('region;wishes\nRU-MOW;"Сиделка\n'.encode())
        assert code == "broken_csv"
        assert details["row"] >= 2

    def test_members_of_the_family_are_gathered_in_order(self):
        (row,) = read(b"region;family.2.income;family.10.income;family.1.income\nRU-MOW;2;10;1\n")
        assert [person["income"] for person in row.form["family"]] == ["1", "2", "10"]

    def test_a_row_equal_in_every_cell_repeats_the_first(self):
        same, other = row_of(1), row_of(2)
        rows = read(file_of(same, other, same, same | {"documents": "snils"}, same))
        assert [row.repeats for row in rows] == [None, None, 2, None, 2]

    def test_the_order_of_columns_and_spaces_make_no_other_row(self):
        one = read(b"region;snils;inn\nRU-MOW;1;2\n")[0]
        two = read(b"inn;snils;region\n 2 ;1;RU-MOW \n")[0]
        assert one.digest == two.digest

    def test_an_over_long_cell_is_told_and_the_other_rows_go_on(self):
        long = "ж" * (batch.CELL_AT_MOST + 1)
        data = f"region;wishes;family.1.last_name\nRU-MOW;{long};{long}\nRU-MOW;x;y\n"
        first, second = read(data.encode())
        assert codes(first) == [("wishes", "too_long"), ("family.1.last_name", "too_long")]
        assert second.problems == ()

    def test_more_cells_than_columns_are_told(self):
        first, second = read(b"region;snils\nRU-MOW;1;2\nRU-MOW;1;;\n")
        assert codes(first) == [("", "too_many_cells")]
        assert second.problems == ()

    def test_fewer_cells_are_empty_ones(self):
        (row,) = read(b"region;snils;inn\nRU-MOW;1\n")
        assert row.form == {"snils": "1"}

    def test_documents_may_be_divided_by_commas_or_spaces(self):
        (row,) = read(b'region;documents\nRU-MOW;"snils, passport snils"\n')
        assert row.documents == ("passport", "snils")

    def test_there_is_an_end_to_rows(self, monkeypatch):
        monkeypatch.setattr(batch, "ROWS_AT_MOST", 2)
        code, details = refused(b"region\n" + b"RU-MOW\n" * 3)
        assert (code, details["at_most"]) == ("too_many_rows", 2)
        assert len(read(b"region\n" + b"RU-MOW\n" * 2)) == 2

    def test_and_to_the_file(self, monkeypatch):
        monkeypatch.setattr(batch, "BYTES_AT_MOST", 20)
        assert refused(b"region\n" + b"RU-MOW\n" * 3)[0] == "file_too_big"


class TestAnyFile:
    @settings(max_examples=200)
    @given(st.binary(max_size=300))
    def test_any_bytes_are_read_or_refused(self, data):
        assert len(problems_of_file(data)) <= 1

    @settings(max_examples=100)
    @given(
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=100),
        st.sampled_from(["region;snils;wishes\n", "region,snils\r\n", "region\tfamily.1.income\n"]),
    )
    def test_any_text_below_a_good_header_too(self, text, header):
        data = (header + text).encode()
        if found := problems_of_file(data):
            assert found[0].code in ("no_rows", "broken_csv")
            return
        assert all(row.row >= 2 and row.digest for row in read(data))


MARCH = date(2026, 3, 2)


class TestEveryService:
    """The form of anybody for any service comes out of a file as it would out of the web page."""

    def cells(self, service, *, titled: bool) -> tuple[dict, dict[str, str]]:
        """A form with every field that is asked, two members of each group; and its row."""
        groups = {f.name: max(2, f.at_least) for f in service.fields if f.type == "group"}
        raw = example_form(service, MARCH, optional=True, **groups)
        titles = [field.title for field in service.fields]
        told = {"регион" if titled else "region": "RU-MOW"}
        for field in service.fields:
            alone = titled and titles.count(field.title) == 1
            name, value = field.title if alone else field.name, raw.get(field.name)
            for position, someone in enumerate(value if isinstance(value, list) else (), start=1):
                for part in field.fields:
                    inner = part.title if alone else part.name
                    cell = someone.get(part.name, "")
                    told[f"{name}.{position}.{inner}"] = YES_NO.get(cell, cell)
            if field.type != "group":
                told[name] = YES_NO.get(value, value or "")
        return raw, told

    @pytest.mark.parametrize("titled", [False, True], ids=["by name", "by title"])
    @pytest.mark.parametrize("service", definitions.services().values(), ids=lambda s: s.id)
    def test_every_field_has_its_column(self, service, titled):
        raw, told = self.cells(service, titled=titled)
        (row,) = read_rows(service, file_of(told, encoding="cp1251"))
        assert row.problems == ()
        assert row.region == "RU-MOW"
        read_from_file = form.check_form(service, row.form, MARCH)
        assert read_from_file == form.check_form(service, raw, MARCH)
        assert read_from_file[1] == []

    def test_a_title_that_two_fields_share_names_neither(self):
        fields = [FormField(name=n, title="ИНН", type="inn", required=False) for n in ("a", "b")]
        service = V1.model_copy(update={"fields": tuple(fields)})
        with pytest.raises(InvalidForm) as refusal:
            read_rows(service, "region;ИНН\nRU-MOW;1\n".encode())
        assert refusal.value.problems[0].code == "unknown_columns"
        assert read_rows(service, b"region;a;b\nRU-MOW;1;2\n")[0].form == {"a": "1", "b": "2"}


class TestTheReport:
    @pytest.mark.parametrize(
        "cell", ["=1+1", "+7916", "-5", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]
    )
    def test_a_formula_is_made_harmless(self, cell):
        assert harmless(cell) == f"'{cell}"
        assert report([[cell]]).decode("utf-8-sig").lstrip('"').startswith("'")

    @pytest.mark.parametrize("cell", ["", "Ёлкина", "1", "a=b", "8 916"])
    def test_everything_else_stays_as_it_is(self, cell):
        assert harmless(cell) == cell

    @given(st.lists(st.lists(st.text(max_size=10), min_size=1, max_size=3), max_size=4))
    def test_it_opens_in_a_spreadsheet_as_it_was_written(self, lines):
        text = report(lines).decode("utf-8-sig")
        back = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
        expected = [[harmless(cell) for cell in line] for line in lines]
        assert [line or [""] for line in back] == expected

    def test_in_a_dry_run_who_comes_second_for_the_same_is_rejected(self):
        results = [
            RowResult(2, "accepted", claim=Claim(2, ("a",))),
            RowResult(3, "repeated", claim=Claim(2, ("a",))),
            RowResult(4, "accepted", claim=Claim(4, ("b", "a"))),
            RowResult(5, "repeated", claim=Claim(4, ("b", "a"))),
            RowResult(6, "rejected", problems=(Problem("snils", "bad_snils"),)),
            RowResult(7, "accepted", claim=Claim(7, ("b",))),  # row 4 is out of its way
        ]
        together = list(judged_together(results))
        statuses = [result.status for result in together]
        assert statuses == ["accepted", "repeated", "rejected", "rejected", "rejected", "accepted"]
        assert together[2].problems == (Problem("", "taken_by_row", {"row": 2}),)
        assert together[4] == results[4]

    def test_totals_count_each_row_once(self):
        results = [
            RowResult(2, "accepted", "n"),
            RowResult(3, "repeated", "n"),
            RowResult(4, "rejected", problems=(Problem("snils", "required"),) * 2),
            RowResult(5, "rejected"),
        ]
        assert totals(results) == {"rows": 4, "accepted": 1, "repeated": 1, "rejected": 2}
        assert totals([]) == {"rows": 0, "accepted": 0, "repeated": 0, "rejected": 0}
