"""Archives of agencies: every way in which one may lie, and names as Russian Windows writes."""

import io
import struct
import tomllib
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.inspection import archive_zip
from adapters.inspection.archive_zip import Archive
from adapters.inspection.verdict import DefectFound
from tests.corpus import hostile

PROBLEMS = tomllib.loads(
    (Path(__file__).parents[2] / "services/texts/problems.toml").read_text(encoding="utf-8")
)
GOOD = hostile.zipped({"table.csv": b"1;2\n" * 300, "scans/one.pdf": b"%PDF", "scans/": b""})


def read(data: bytes) -> dict[str, bytes]:
    return dict(Archive(data).read())


def outcome(data: bytes) -> str:
    try:
        return "read" if read(data) else "read, but empty"
    except DefectFound as found:
        return found.code


def named(raw: bytes) -> str:
    """The name that an entry of these raw bytes, with no word of their encoding, is read under."""
    plain = b"x" * len(raw)
    (name,) = read(hostile.renamed(hostile.zipped({plain.decode(): b""}), plain, raw))
    return name


def test_files_are_read_and_folders_passed_over() -> None:
    assert read(GOOD) == {"table.csv": b"1;2\n" * 300, "scans/one.pdf": b"%PDF"}


def test_what_macos_and_windows_add_is_passed_over() -> None:
    files = {"a.csv": b"1", "__MACOSX/._a.csv": b"2", "b/.DS_Store": b"3", "b/Thumbs.db": b"4"}
    assert read(hostile.zipped(files)) == {"a.csv": b"1"}


@pytest.mark.parametrize("name", ["Иванова.pdf", "раб.pdf", "Ёлкина № 5.pdf", "scan.pdf", "п.csv"])
def test_names_are_read_as_they_were_written(name: str) -> None:
    assert list(read(hostile.zipped({name: b"1"}))) == [name]
    assert named(name.encode("cp866")) == name
    assert named(name.encode("utf-8")) == name


def test_a_letter_of_two_marks_is_one_letter() -> None:
    assert named("Андреи\u0306.pdf".encode()) == "Андрей.pdf"


def test_a_spreadsheet_is_not_an_archive() -> None:
    sheet = hostile.zipped({"[Content_Types].xml": b"<a/>", "_rels/.rels": b"<a/>", "xl/a": b""})
    assert list(read(hostile.zipped({"table.xlsx": sheet}))) == ["table.xlsx"]


BAD = {
    "nothing": ("empty_file", b""),
    "no ZIP": ("does_not_open", b"%PDF-1.7"),
    "cut off": ("truncated", GOOD[:-30]),
    "garbage within": ("does_not_open", GOOD[:4] + b"\xff" * 40 + GOOD[-22:]),
    "no files": ("archive_no_files", hostile.zipped({"folder/": b""})),
    "something before": ("does_not_open", b"MZ" + GOOD),
    "a program before": ("archive_more_than_files", b"PK\x03\x04" + bytes(100) + GOOD),
    "something behind": ("archive_more_than_files", GOOD + b"MZ"),
    "upwards": ("archive_bad_name", hostile.zipped({"../scan.pdf": b"1"})),
    "upwards inside": ("archive_bad_name", hostile.zipped({"a/../../scan.pdf": b"1"})),
    "absolute": ("archive_bad_name", hostile.zipped({"/etc/passwd": b"1"})),
    "a drive": ("archive_bad_name", hostile.zipped({"C:/scan.pdf": b"1"})),
    "Windows's way up": ("archive_bad_name", hostile.zipped({"..\\scan.pdf": b"1"})),
    "turned around": ("archive_bad_name", hostile.zipped({"a\u202efdp.exe": b"1"})),
    "a zero": (
        "archive_bad_name",
        hostile.renamed(hostile.zipped({"a.exe_.pdf": b"1"}), b"a.exe_.pdf", b"a.exe\0.pdf"),
    ),
    "the same name": ("archive_name_twice", hostile.zip_of_two("scan.pdf")),
    "the same to Windows": ("archive_name_twice", hostile.zipped({"a.pdf": b"1", "A.PDF": b"2"})),
    "a link": ("archive_link", hostile.zip_with_link()),
    "a password": ("archive_encrypted", hostile.zip_with_flag(0x1)),
    "a stronger password": ("archive_encrypted", hostile.zip_with_flag(0x41)),
    "a ZIP inside": ("archive_in_archive", hostile.zipped({"a.zip": GOOD})),
    "a ZIP inside, renamed": ("archive_in_archive", hostile.zipped({"a.pdf": GOOD})),
    "a bomb": ("archive_bomb", hostile.zip_bomb()),
    "shared bytes": ("archive_overlapping", hostile.zip_of_shared_bytes()),
    "another name in its own place": ("archive_damaged", GOOD.replace(b"table", b"t\x92ble", 1)),
    "no name in its own place": ("archive_damaged", hostile.zip_of_unreadable_local_name()),
    "another byte": ("archive_damaged", hostile.damaged_zip()),
}


@pytest.mark.parametrize(("defect", "data"), BAD.values(), ids=BAD)
def test_a_bad_archive_is_refused_with_its_defect(defect: str, data: bytes) -> None:
    with pytest.raises(DefectFound) as found:
        read(data)
    assert found.value.code == defect
    for language in ("ru", "en"):
        assert "{" not in PROBLEMS[defect][language].format(**found.value.details)


def test_other_methods_of_packing_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.csv", b"1")
    with pytest.raises(DefectFound, match="archive_method"):
        read(file.getvalue())


def test_a_directory_that_says_less_than_is_packed_is_not_believed() -> None:
    data = bytearray(hostile.zipped({"a.csv": b"1;2\n" * 300}))
    central = data.index(b"PK\x01\x02")
    for place in (22, central + 24):
        struct.pack_into("<I", data, place, 10)
    with pytest.raises(DefectFound, match="archive_damaged"):
        read(bytes(data))


def test_counts_and_sizes_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for bound, at_most, defect in (
        ("MOST_FILES", 2, "archive_too_many_files"),
        ("LARGEST_INSIDE", 1000, "archive_file_too_big"),
        ("LARGEST_IN_ALL", 1203, "archive_too_big"),
    ):
        with monkeypatch.context() as bounded:
            bounded.setattr(archive_zip, bound, at_most)
            with pytest.raises(DefectFound, match=defect):
                Archive(GOOD)


def test_nothing_is_unpacked_before_the_directory_is_judged() -> None:
    """A hundred thousand entries of one name: the count is refused, whatever they hold."""
    with pytest.raises(DefectFound, match="archive_overlapping"):
        Archive(hostile.zip_of_shared_bytes(99))


@given(
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=8)), max_size=6),
    st.floats(0.3, 1),
)
@settings(max_examples=100, deadline=None)
def test_a_damaged_archive_is_refused_or_read_and_nothing_else(
    damage: list[tuple[float, bytes]], kept: float
) -> None:
    data = bytearray(GOOD)
    for where, put in damage:
        place = int(where * len(data))
        data[place : place + len(put)] = put
    assert outcome(bytes(data[: int(kept * len(data)) + 1])) in {*PROBLEMS, "read"}
