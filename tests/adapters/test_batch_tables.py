"""The table of an agency's file: the same rows out of every format, by its content, and what is
told of a workbook that is not to be read."""

import csv
import io
import json
import resource
import zipfile
from contextlib import suppress
from datetime import date, datetime

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from adapters import definitions, spreadsheet, spreadsheet_template
from adapters.batch_tables import misnamed, read_table
from adapters.inspection.verdict import DefectFound
from casework import form
from casework.batch import Row
from casework.errors import InvalidForm
from tests.unit.test_batch import MARCH, YES_NO, file_of, row_of

V1 = definitions.service("social-service-need")
TEXTS = definitions.texts("problems")


def workbook(*lines: list, change=None) -> bytes:
    """As openpyxl writes it, and many programs: each text in its cell."""
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    if change:
        change(book.active)
    return saved(book)


def as_excel(*lines: list) -> bytes:
    """As Excel itself writes it: the texts shared in a part of their own."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, line in enumerate(lines):
            for column, text in enumerate(line):
                sheet.write_string(number, column, text)
    return out.getvalue()


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes) -> list[Row]:
    table = read_table(V1, data)
    assert table.format == "xlsx"
    return table.rows


def refused(data: bytes) -> str:
    with pytest.raises(InvalidForm) as told:
        read_table(V1, data)
    (problem,) = told.value.problems
    for language in ("ru", "en"):
        assert "{" not in TEXTS[problem.code][language].format(**problem.details)
    return problem.code


def codes(row: Row) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in row.problems]


def said(row: Row) -> tuple:
    return (row.region, row.form, row.documents, row.folder, row.problems, row.digest)


# ---- the same rows ------------------------------------------------------------------------------

FIELDS = ["last_name", "snils", "wishes", "income", "family.1.last_name", "family.2.income"]
CELLS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="=_#"),
    max_size=8,
)
TABLES = st.lists(
    st.fixed_dictionaries(
        {"region": st.sampled_from(["RU-MOW", "RU-SPE"]), "documents": st.sampled_from(["", "inn"])}
        | dict.fromkeys(FIELDS, CELLS)
    ),
    min_size=1,
    max_size=4,
)


def lines_of(rows: list[dict[str, str]]) -> list[list[str]]:
    return [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)]


def as_csv(rows: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerows(lines_of(rows))
    return out.getvalue().encode("utf-8-sig")


def as_json_lines(rows: list[dict[str, str]]) -> bytes:
    def told(row: dict[str, str]) -> dict:
        plain = {name: cell for name, cell in row.items() if "." not in name}
        members = [
            {"last_name": row["family.1.last_name"]},
            {"income": row["family.2.income"]},
        ]
        return plain | {"family": members}

    return "\n".join(json.dumps(told(row), ensure_ascii=False) for row in rows).encode()


@settings(max_examples=15, deadline=None)
@given(TABLES)
def test_the_same_rows_are_the_same_records_in_every_format(rows):
    from_csv = read_table(V1, as_csv(rows)).rows
    for data in (workbook(*lines_of(rows)), as_excel(*lines_of(rows))):
        assert read(data) == from_csv
    from_json = read_table(V1, as_json_lines(rows)).rows
    assert [*map(said, from_csv)] == [*map(said, from_json)]


def test_a_workbook_says_of_every_kind_of_cell_what_the_form_says():
    """Days as days, numbers as numbers, yes as yes: what Excel makes of them as they are typed."""
    raw = row_of(1, family=None)
    cells = dict(raw)
    cells["birth_date"] = datetime.strptime(raw["birth_date"], "%d.%m.%Y").date()  # noqa: DTZ007
    cells["snils"] = int(raw["snils"].replace("-", "").replace(" ", ""))
    cells["income"] = float(raw["income"])
    cells |= {name: cell == "да" for name, cell in raw.items() if cell in YES_NO.values()}
    (row,) = read(workbook(list(cells), list(cells.values())))
    (typed,) = read_table(V1, file_of(raw)).rows
    assert row.problems == ()
    assert form.check_form(V1, row.form, MARCH) == form.check_form(V1, typed.form, MARCH)
    assert form.check_form(V1, row.form, MARCH)[1] == []


def test_excel_shares_texts_of_several_fonts_too():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        sheet.write_row(0, 0, ["region", "wishes"])
        sheet.write_rich_string(1, 0, "RU", bold, "-MOW")
        sheet.write_formula(1, 1, "=A1", value="Сиделка_x0041_")
    (row,) = read(out.getvalue())
    assert (row.region, row.form) == ("RU-MOW", {"wishes": "СиделкаA"})


# ---- workbooks ----------------------------------------------------------------------------------

HEADER = ["region", "snils", "birth_date"]
LINE = ["RU-MOW", "1", "01.02.1960"]


def test_rows_keep_the_numbers_that_excel_shows():
    data = workbook([], HEADER, [], LINE, [None, " "], ["RU-MOW", "2"])
    assert [row.row for row in read(data)] == [4, 6]


def test_a_part_has_the_same_name_in_any_letters():
    texts, types = "xl/sharedStrings.xml", "[Content_Types].xml"
    renamed = {texts: None, "xl/SharedStrings.xml": part(GOOD, texts)}
    assert b"/xl/sharedStrings.xml" in part(GOOD, types)
    assert read(rebuilt(GOOD, **renamed)) == read(GOOD)


def test_the_sheet_with_the_header_is_read_wherever_it_lies():
    book = openpyxl.Workbook()
    book.active.append(["Сводка за март"])
    hidden = book.create_sheet("Черновик")
    hidden.append(["region"])
    hidden.append(["RU-XXX"])
    hidden.sheet_state = "hidden"
    rows = book.create_sheet("Строки")
    rows.append(HEADER)
    rows.append(LINE)
    assert [row.region for row in read(saved(book))] == ["RU-MOW"]


def test_where_no_sheet_has_the_header_the_first_tells_what_is_wrong():
    assert refused(workbook(["region", "shoe_size"], ["RU-MOW", 41])) == "unknown_columns"
    assert refused(workbook(["region", 41], ["RU-MOW", 41])) == "unknown_columns"
    assert refused(workbook(["region", "snils"])) == "no_rows"
    assert refused(workbook()) == "empty_file"


def test_cells_beside_the_columns_are_told():
    first, second = read(workbook(HEADER, [*LINE, None, None, "?"], LINE))
    assert codes(first) == [("", "too_many_cells")]
    assert second.problems == ()


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_days_are_days_in_either_calendar_of_excel(epoch_1904):
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    book.active.append(["birth_date"])
    days = [date(1904, 1, 2), date(1960, 2, 29), date(2026, 3, 2)]
    for day in days:
        book.active.append([day])
    found = [row.form["birth_date"] for row in read(saved(book))]
    assert found == [f"{day:%d.%m.%Y}" for day in days]


@pytest.mark.parametrize(
    ("number", "shown", "text"),
    [
        (1, "dd.mm.yyyy", "01.01.1900"),
        (59, "dd/mm/yy;@", "28.02.1900"),
        (60, "dd.mm.yyyy", "28.02.1900"),  # Excel alone knows a 29.02.1900
        (61, "[$-419]d mmmm yyyy;@", "01.03.1900"),
        (31321, '"г. "yyyy', "01.10.1985"),
        (31321.5, "dd.mm.yyyy hh:mm", "01.10.1985 12:00"),
        (31321, "General", "31321"),
        (31321, '0" дней"', "31321"),
        (31321, "[Red]#,##0", "31321"),
    ],
)
def test_a_number_is_a_day_where_it_is_shown_as_one(number, shown, text):
    def format_as(sheet):
        sheet["A2"].number_format = shown

    (row,) = read(workbook(["birth_date"], [number], change=format_as))
    assert (row.form, row.problems) == ({"birth_date": text}, ())


def test_zeros_that_the_format_shows_are_there():
    def format_as(sheet):
        sheet["A2"].number_format = "0000000000"

    lost = workbook(["passport"], [103123456])
    assert codes(read(lost)[0]) == [("passport", "cell_lost_zeros")]
    shown = workbook(["passport"], [103123456], change=format_as)
    assert read(shown)[0].form == {"passport": "0103123456"}


def test_a_sum_is_what_excel_shows_of_it():
    (row,) = read(workbook(["income"], [0.1 + 0.2]))
    assert row.form == {"income": "0.3"}


def test_a_formula_is_what_it_said_last_and_its_fault_is_the_rows_own():
    lines = [["region", "wishes", "inn"], ["RU-MOW", "=1+1"], ["RU-MOW", "x", "#N/A"], ["RU-MOW"]]
    first, second, third = read(workbook(*lines))
    assert codes(first) == [("wishes", "cell_not_computed")]
    assert codes(second) == [("inn", "cell_error")]
    assert third.problems == ()
    computed = replaced(workbook(*lines), SHEET, b"<v></v>", b"<v>2</v>")
    computed = (
        computed
        if b"<v>2</v>" in part(computed)
        else replaced(workbook(*lines), SHEET, b"<v />", b"<v>2</v>")
    )
    assert read(computed)[0].form == {"wishes": "2"}


def test_merged_cells_are_told_in_each_row_they_lie_over():
    def merge(sheet):
        sheet.merge_cells("B2:B3")
        sheet.merge_cells("A5:B5")
        sheet.merge_cells("C2:C4")  # nothing is in it

    lines = [HEADER[:2], LINE[:2], ["RU-MOW"], LINE[:2], LINE[:2]]
    rows = read(workbook(*lines, change=merge))
    region, snils = [("region", "cell_merged")], [("snils", "cell_merged")]
    assert [codes(row) for row in rows] == [snils, snils, [], region]


def test_hidden_rows_are_rows_as_in_a_csv():
    def hide(sheet):
        sheet.row_dimensions[2].hidden = True

    assert len(read(workbook(HEADER, LINE, LINE, change=hide))) == 2


def test_letters_of_several_fonts_and_what_is_read_aloud_make_one_text():
    pieces = b"<is><r><t>RU</t></r><r><t>-MOW</t></r><rPh sb='0' eb='1'><t>?</t></rPh></is>"
    sheet = b"<row r='2'><c t='inlineStr'>" + pieces + b"</c></row></sheetData>"
    data = replaced(workbook(["region"]), SHEET, b"</sheetData>", sheet)
    assert read(data)[0].region == "RU-MOW"


def test_rows_and_cells_that_do_not_say_where_they_stand_follow_one_another():
    cells = b"<c t='inlineStr'><is><t>RU-MOW</t></is></c><c><v>1</v></c>"
    rows = b"<row>%b</row><row r='9'>%b</row><row/><row>%b</row>" % (cells, cells, cells)
    data = replaced(workbook(["region", "snils"]), SHEET, b"</sheetData>", rows + b"</sheetData>")
    assert [(row.row, row.region) for row in read(data)] == [
        *((2, "RU-MOW"), (9, "RU-MOW"), (11, "RU-MOW"))
    ]


def test_no_cell_is_lost_that_stands_out_of_order():
    """Nor one beyond the size that the sheet says it has."""
    cells = b"<c r='C2'><v>31321</v></c><c r='A2' t='inlineStr'><is><t>RU-MOW</t></is></c>"
    rows = b"<row r='2'>" + cells + b"</row></sheetData>"
    data = replaced(workbook(HEADER), SHEET, b"</sheetData>", rows)
    data = replaced(data, SHEET, b'ref="A1:C1"', b'ref="A1:B1"')
    (row,) = read(data)
    assert (row.region, row.form) == ("RU-MOW", {"birth_date": "31321"})


# ---- hostile ones -------------------------------------------------------------------------------

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
GOOD = as_excel(HEADER, LINE)
LAUGHS = b"<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
OUTSIDE = b"<!DOCTYPE l [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


def part(data: bytes, name: str = SHEET) -> bytes:
    return zipfile.ZipFile(io.BytesIO(data)).read(name)


def replaced(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    return rebuilt(data, **{name: part(data, name).replace(old, new)})


def rebuilt(data: bytes, **parts: bytes | None) -> bytes:
    """With these parts in place of its own; None takes one away."""
    out, old = io.BytesIO(), zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in parts if name not in old.namelist())]:
            if (content := parts.get(name, b"" if name in parts else old.read(name))) is not None:
                new.writestr(name, content)
    return out.getvalue()


def with_doctype(data: bytes, name: str, doctype: bytes) -> bytes:
    content = part(data, name)
    head, _, body = content.rpartition(b"?>")
    return rebuilt(data, **{name: (head + b"?>" if head else b"") + doctype + body})


def of_rows(rows: bytes) -> bytes:
    return replaced(GOOD, SHEET, b"</sheetData>", rows + b"</sheetData>")


def packed_sheet() -> bytes:
    at = GOOD.index(SHEET.encode()) + len(SHEET)
    return GOOD[at : at + 50]


def strict(data: bytes) -> bytes:
    """Of the same standard, by other names; Excel writes it when it is asked to."""
    for name in zipfile.ZipFile(io.BytesIO(data)).namelist():
        old, new = b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/"
        data = replaced(data, name, old, new)
    return data


ENDLESS = b"</sheetData><mergeCells><mergeCell ref='A2:XFD1048576'/></mergeCells>"
HOSTILE = {
    "an old .xls": ("other_spreadsheet", OLE),
    "a locked one": ("xlsx_encrypted", OLE + "EncryptedPackage".encode("utf-16-le")),
    "a web page": ("other_spreadsheet", b"\r\n<html><table><tr><td>1</td></tr></table></html>"),
    "a binary one": ("other_spreadsheet", rebuilt(GOOD, **{"xl/workbook.bin": b"1"})),
    "OpenDocument": ("other_spreadsheet", rebuilt(GOOD, mimetype=b"application/vnd.oasis")),
    "macros": (
        "xlsx_macros",
        replaced(GOOD, "[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml"),
    ),
    "damaged": ("xlsx_broken", GOOD.replace(packed_sheet(), bytes(len(packed_sheet())))),
    "no workbook": ("xlsx_broken", rebuilt(GOOD, **{"xl/workbook.xml": None})),
    "no sheet": ("xlsx_broken", rebuilt(GOOD, **{SHEET: None})),
    "no XML": ("xlsx_broken", rebuilt(GOOD, **{SHEET: b"PK"})),
    "an open end": ("xlsx_broken", rebuilt(GOOD, **{SHEET: part(GOOD)[:-9]})),
    "laughs": ("xlsx_broken", with_doctype(GOOD, SHEET, LAUGHS)),
    "laughs in texts": ("xlsx_broken", with_doctype(GOOD, "xl/sharedStrings.xml", LAUGHS)),
    "laughs in styles": ("xlsx_broken", with_doctype(GOOD, "xl/styles.xml", LAUGHS)),
    "a DTD of nothing": ("xlsx_broken", with_doctype(GOOD, SHEET, b"<!DOCTYPE worksheet>")),
    "a file outside": ("xlsx_broken", with_doctype(GOOD, "xl/workbook.xml", OUTSIDE)),
    "a text of nobody": ("xlsx_broken", of_rows(b"<row r='3'><c t='s'><v>999</v></c></row>")),
    "rows backwards": ("xlsx_broken", of_rows(b"<row r='1'/>")),
    "rows without end": ("xlsx_broken", of_rows(b"<row r='99999999999999999999'/>")),
    "columns without end": ("xlsx_broken", of_rows(b"<row r='3'><c r='ZZZZ3'><v>1</v></c></row>")),
    "a tag without end": (
        "xlsx_broken",
        of_rows(b"<row r='3'><c r='" + b"A" * (5 * 1024 * 1024) + b"'/></row>"),
    ),
    "merged without end": ("xlsx_broken", replaced(GOOD, SHEET, b"</sheetData>", ENDLESS)),
    "the strict variant": ("xlsx_broken", strict(GOOD)),
}


@pytest.mark.parametrize(("code", "data"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_to_be_read_is_told_with_what_to_do(code, data):
    assert refused(data) == code


def test_a_text_without_end_is_the_rows_own():
    text = b"<row r='3'><c t='str'><v>" + b"A" * 200_000 + b"</v></c></row>"
    good, long = read(of_rows(text))
    assert (codes(good), codes(long)) == ([], [("region", "too_long")])


def test_a_part_that_unpacks_to_a_gigabyte_is_told(monkeypatch):
    monkeypatch.setattr(spreadsheet, "LARGEST_PART", 10_000)
    assert refused(of_rows(b" " * 10_000)) == "xlsx_too_big"


def test_there_is_an_end_to_cells(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MOST_CELLS", 6)
    assert len(read(of_rows(b"<row r='3'/>"))) == 1
    assert refused(of_rows(b"<row r='3'><c/></row>")) == "xlsx_too_big"


def test_there_is_an_end_to_memory(monkeypatch):
    """The library keeps each element that it does not know; after it the bound is what it was."""
    bound = resource.getrlimit(resource.RLIMIT_DATA)
    elements = b"".join(b"<a b='%d'/>" % number for number in range(300_000))
    data = replaced(GOOD, SHEET, b"</sheetData>", b"</sheetData>" + elements)
    monkeypatch.setattr(spreadsheet, "MEMORY", 1024 * 1024)
    assert refused(data) in ("xlsx_too_big", "xlsx_broken")
    assert resource.getrlimit(resource.RLIMIT_DATA) == bound


def test_there_is_an_end_to_rows(monkeypatch):
    monkeypatch.setattr(spreadsheet, "ROWS_AT_MOST", 2)
    assert len(read(workbook(HEADER, LINE, LINE))) == 2
    assert refused(workbook(HEADER, *[LINE] * 3)) == "too_many_rows"


def test_formatted_empty_rows_are_no_rows():
    empty = b"".join(b"<row r='%d' s='1'><c r='A%d' s='1'/></row>" % (n, n) for n in range(3, 9000))
    assert len(read(of_rows(empty))) == 1


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_any_change_of_a_workbook_is_read_or_told(data):
    content = bytearray(part(GOOD))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 6))] = data.draw(
            st.sampled_from([b"<", b">", b'"', b"9", b"<c/>", b"</row>", b"\xff", b"&", b"s"])
        )
    with suppress(InvalidForm):
        assert all(row.row >= 2 for row in read(rebuilt(GOOD, **{SHEET: bytes(content)})))


# ---- which format -------------------------------------------------------------------------------


def test_the_content_says_which_format_it_is():
    assert read_table(V1, GOOD).format == "xlsx"
    assert read_table(V1, b'\xef\xbb\xbf {"region": "RU-MOW"}').format == "jsonl"
    assert read_table(V1, b"region;snils\nRU-MOW;1\n").format == "csv"
    with pytest.raises(DefectFound, match="archive_in_archive"):
        read_table(V1, rebuilt(GOOD, **{"[Content_Types].xml": None}))


@pytest.mark.parametrize(
    ("name", "found", "told"),
    [
        ("inbox/A/s/март.CSV", "csv", []),
        ("март.csv", "xlsx", ["named_otherwise"]),
        ("март.xlsx", "csv", ["named_otherwise"]),
        ("март.txt", "csv", []),
        ("март", "jsonl", []),
    ],
)
def test_a_name_that_says_otherwise_is_told(name, found, told):
    assert [problem.code for problem in misnamed(name, found)] == told


def test_every_cell_of_the_template_is_text_also_for_other_programs():
    made = spreadsheet_template.workbook([["region", "snils"], ["RU-MOW", "00112 <&>"]])
    sheet = openpyxl.load_workbook(io.BytesIO(made)).active
    assert [cell.value for cell in sheet[2]] == ["RU-MOW", "00112 <&>"]
    assert {cell.number_format for row in sheet.rows for cell in row} == {"@"}
    assert sheet.freeze_panes == "A2"
    assert read(made)[0].form == {"snils": "00112 <&>"}
