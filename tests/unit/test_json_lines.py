"""An agency's file of JSON lines: each line by itself a row, or that row's problem."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import definitions
from casework import batch, json_lines
from casework.errors import InvalidForm
from casework.json_lines import is_json, read_json_lines
from tests.unit.fake_casebook import form_of, member, rules

V1 = rules().service
TEXTS = definitions.texts("problems")


def line(**told) -> str:
    return json.dumps(told, ensure_ascii=False)


def read(*lines: str) -> list[batch.Row]:
    return read_json_lines(V1, "\n".join(lines).encode())


def codes(row: batch.Row) -> list[tuple[str, str]]:
    for problem in row.problems:
        assert "{" not in TEXTS[problem.code]["ru"].format(**problem.details).removesuffix("{…}.")
    return [(problem.field, problem.code) for problem in row.problems]


def test_a_line_is_a_form_with_its_region_and_documents():
    raw = form_of(1, family=[member(birth_date="01.01.2015")])
    (row,) = read(line(region="RU-MOW", documents=["snils", "passport"], folder=7, **raw))
    assert (row.row, row.region, row.folder) == (1, "RU-MOW", "7")
    assert row.documents == ("passport", "snils")
    assert row.form["family"][0]["birth_date"] == "01.01.2015"
    assert row.form["lives_at_registration"] == "да"


def test_documents_may_stand_in_one_text_as_in_a_table():
    told, silent = read(line(documents="snils, passport snils"), line(region="RU-MOW"))
    assert (told.documents, silent.documents) == (("passport", "snils"), None)


def test_numbers_are_what_would_have_been_typed():
    (row,) = read(line(snils=11223344595, income=17000.5, family=[{"income": 0}]))
    assert row.form == {"snils": "11223344595", "income": "17000.5", "family": [{"income": "0"}]}


def test_what_says_nothing_is_left_out():
    (row,) = read(line(region=None, inn="", wishes=" ", family=[{}, {"income": None}]))
    assert (row.region, row.form, row.problems) == ("", {}, ())


def test_rows_are_counted_as_an_editor_counts_lines():
    first, second = read(line(wishes="a\u2028b"), "", "  ", line(wishes="c"), "")
    assert (first.row, second.row) == (1, 4)
    assert read_json_lines(V1, b'\xef\xbb\xbf{"inn": "1"}\r\n{"inn": "2"}\r\n')[1].row == 2


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("{", ("", "broken_json")),
        ('"Ёлкина"', ("", "broken_json")),
        ("[1]", ("", "broken_json")),
        ('{"income": NaN}', ("", "broken_json")),
        ("[" * 100_000, ("", "broken_json")),
        ('{"income": 1e99999999999999999999}', ("", "broken_json")),
        ('{"snils": "1", "snils": "2"}', ("", "doubled_fields")),
        ('{"family": [{"snils": "1", "snils": "2"}]}', ("", "doubled_fields")),
        ('{"snils": ["1"]}', ("snils", "wrong_type")),
        ('{"region": {}}', ("region", "wrong_type")),
        ('{"family": ["a"]}', ("family.1", "wrong_type")),
        ('{"family": [{"income": []}]}', ("family.1.income", "wrong_type")),
        ('{"oms_policy": 1, "passport": 103123456}', ("passport", "cell_lost_zeros")),
        (line(wishes="ж" * (batch.CELL_AT_MOST + 1)), ("wishes", "too_long")),
        ('{"wishes": "%s"}' % ("a" * json_lines.LINE_AT_MOST), ("", "too_long")),
    ],
)
def test_a_wrong_line_is_that_rows_error_and_stops_no_other(broken, problem):
    rows = read(line(inn="1"), broken, broken, line(inn="2"))
    assert [codes(row) for row in rows] == [[], [problem], [problem], []]
    assert [row.repeats for row in rows] == [None] * 4


def test_a_figure_that_would_fill_the_memory_stays_short():
    (row,) = read('{"income": 1e999999, "inn": 1e999999}')
    assert row.form == {"income": "1E+999999", "inn": "1E+999999"}


def test_an_unknown_field_is_for_the_form_to_refuse():
    (row,) = read(line(shoe_size=41))
    assert (row.form, row.problems) == ({"shoe_size": "41"}, ())


def test_what_is_wrong_with_the_whole_file_is_told_of_it(monkeypatch):
    def refused(data: bytes) -> str:
        with pytest.raises(InvalidForm) as told:
            read_json_lines(V1, data)
        return told.value.problems[0].code

    assert is_json(b"  [{}]")
    assert refused(b'  [{"inn": "1"}]') == "json_list"
    assert refused('{"wishes": "Ёлкина"}'.encode("cp1251")) == "json_not_utf_8"
    monkeypatch.setattr(json_lines, "ROWS_AT_MOST", 2)
    assert refused(b"{}\n" * 3) == "too_many_rows"


@settings(max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda some: (
            st.lists(some, max_size=3)
            | st.dictionaries(st.sampled_from(["region", "family", "snils", "?"]), some, max_size=3)
        ),
        max_leaves=12,
    )
)
def test_any_json_becomes_one_row_that_can_be_kept(value):
    _, row = read("{}", json.dumps(value))
    assert json.loads(json.dumps(row.form)) == row.form
    assert len(row.digest) == 64
    codes(row)
