"""`opora validate`: every problem of a form or of an agency's rows, before it is sent."""

import json

import pytest

from local.agency_file import row, sample, written
from local.office import form_of
from local.people import MOTHER, person

SERVICE = "social-service-need"


@pytest.fixture
def check(opora, tmp_path):
    """check(content, name): what is said of a file with that content"""

    def validate(content, name="form.json", *options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return opora("validate", SERVICE, path, *options)

    return validate


@pytest.fixture
def problems(check):
    """problems(content, name): [(row, field, code)]"""

    def found(content, name="form.json"):
        said = check(content, name, "--json")
        assert said.status == (1 if said.json else 0)
        assert said.err == ""
        return [(p["row"], p["field"], p["code"]) for p in said.json]

    return found


def rows(*changed, **for_all):
    return [row(n, **(for_all | known)) for n, known in enumerate(changed, start=1)]


# ---- forms --------------------------------------------------------------------------------------


def test_a_good_form_has_no_problems(check):
    said = check(form_of(MOTHER))
    assert said == (0, "no problems\n", "")
    assert check(form_of(MOTHER), "form.json", "--json") == (0, "[]\n", "")


def test_every_problem_of_a_form_is_told(check, problems):
    bad = form_of(MOTHER, snils="112-233-445 00", birth_date="31.02.1960", pet="cat")
    del bad["last_name"]
    found = problems(bad)
    assert {(1, "last_name", "required"), (1, "pet", "unknown_field")} <= set(found)
    assert {field for _, field, _ in found} == {"last_name", "pet", "snils", "birth_date"}
    said = check(bad)
    assert said.status == 1
    assert len(said.out.splitlines()) == 4
    assert "Заполните это поле." in said.out


def test_the_shape_of_the_json_is_a_contract(check):
    (problem,) = check(form_of(MOTHER, snils=""), "form.json", "--json").json
    assert problem == {
        "row": 1,
        "field": "snils",
        "code": "required",
        "message": "Заполните это поле.",
    }


def test_a_list_is_checked_form_by_form(problems):
    good = form_of(MOTHER)
    found = problems([good, {**good, "phone": "1"}, 5, None, []])
    assert [(row, code) for row, _, code in found[1:]] == [(n, "wrong_type") for n in (3, 4, 5)]
    assert found[0][:2] == (2, "phone")
    assert problems([]) == []


@pytest.mark.parametrize("value", [float("nan"), 1e400, 10**400, [], {}, True, "\x00", "😀" * 1000])
def test_odd_values_are_problems_not_crashes(problems, value):
    for name in ("income", "birth_date", "last_name", "snils", "category", "emergency", "family"):
        problems(form_of(MOTHER, **{name: value}))


def test_json_is_known_by_its_look_when_its_name_does_not_tell(problems):
    content = json.dumps(form_of(MOTHER, phone="1")).encode()
    for start in (b"", b"\n  ", b"\xef\xbb\xbf"):
        assert problems(start + content, "form.txt")[0][:2] == (1, "phone")


@pytest.mark.parametrize("content", [b"{", b"", b"[1,", b"\xff\xfe{", b"[" * 100_000])
def test_what_is_not_json_is_told_in_one_sentence(check, content):
    assert check(content).sentence().startswith("this is not valid JSON")


def test_what_is_no_file_is_told_in_one_sentence(opora, tmp_path):
    gone = opora("validate", SERVICE, tmp_path / "gone.json").sentence()
    assert gone == f"{tmp_path / 'gone.json'} cannot be read: No such file or directory"
    assert "Is a directory" in opora("validate", SERVICE, tmp_path).sentence()


def test_an_unknown_service_is_told(opora, tmp_path):
    assert "no such service" in opora("validate", "nothing", tmp_path / "gone.json").sentence()


# ---- rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_good_file_is_good_in_each_encoding_and_with_each_delimiter(
    problems, encoding, delimiter
):
    data = sample(good=3, encoding=encoding, delimiter=delimiter)
    assert problems(data, "april.csv") == []


def test_rows_are_numbered_as_a_spreadsheet_shows_them(problems):
    data = written(rows({}, {"snils": "1"}, {}, {"income": "много"}))
    assert [(n, field) for n, field, _ in problems(data, "april.csv")] == [
        (3, "snils"),
        (5, "income"),
    ]


def test_rows_without_region_and_documents_are_checked_as_forms(problems):
    told = [{k: v for k, v in r.items() if k not in ("region", "documents")} for r in rows({}, {})]
    assert problems(written(told), "april.csv") == []
    told[1]["phone"] = "1"
    assert [(n, field) for n, field, _ in problems(written(told), "a.csv")] == [(3, "phone")]


def test_a_region_that_is_not_and_documents_that_lack_are_problems(problems):
    data = written(rows({"region": "RU-XXX"}, {"documents": "passport"}, {"documents": "tea"}))
    found = problems(data, "april.csv")
    assert (2, "region", "unknown_region") in found
    assert (3, "documents", "document_missing") in found
    assert (4, "documents", "unknown_document") in found


def test_a_repeated_row_is_told_with_the_one_it_repeats(check):
    said = check(sample(good=2, repeated=1), "april.csv", "--json")
    assert said.status == 1
    assert [(p["row"], p["code"]) for p in said.json] == [(4, "repeated_row")]
    assert "строку 2" in said.json[0]["message"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"\r\n\r\n", "empty_file"),
        ("возраст;фамилия\r\n5;Ё\r\n".encode(), "unknown_columns"),
        (b"snils;snils\r\n1;2\r\n", "doubled_columns"),
        (b"snils\r\n", "no_rows"),
        ("snils;last_name\r\n1;Образцова\r\n".encode("utf-16"), "unknown_encoding"),
        (b'snils;"last_name\r\n1;2', "broken_csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_problem_of_row_0(problems, data, code):
    assert [(n, c) for n, _, c in problems(data, "april.csv")] == [(0, code)]


def test_people_see_a_table(check):
    said = check(written(rows({"snils": "1"})), "april.csv")
    assert said.status == 1
    assert said.out.startswith("2  snils  ")


def test_a_form_of_an_invented_person_is_good_however_many_there_are(problems):
    assert problems([form_of(person(n)) for n in range(1, 40)]) == []
