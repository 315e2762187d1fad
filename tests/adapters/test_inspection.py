"""What a citizen uploads is judged by its content: a good scan passes, a bad file is told why."""

import hashlib
import io
import struct
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from adapters import inspection
from adapters.inspection import LARGEST_FILE, Verdict, inspect, pdf_graph
from tests import files
from tests.corpus import scans

PROJECT = Path(__file__).parents[2]
PROBLEMS = tomllib.loads((PROJECT / "services/texts/problems.toml").read_text())


def zip_file() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("scan.jpg", files.good_jpeg())
    return file.getvalue()


GOOD = [
    ("паспорт.jpg", "image/jpeg", files.good_jpeg),
    ("паспорт.PNG", "image/png", files.good_png),
    ("паспорт.pdf", "application/pdf", files.good_pdf),
    ("справка.pdf", "application/pdf", files.born_digital_pdf),
    ("выписка.pdf", "application/pdf", files.locked_pdf),
]

BAD = [
    ("empty_file", bytes),
    ("too_big", lambda: files.good_jpeg() + bytes(6 * 1024 * 1024)),
    ("type_not_allowed", files.windows_program),
    ("type_not_allowed", "Просто письмо".encode),
    ("type_not_allowed", zip_file),
    ("type_not_allowed", lambda: files.windows_program() + files.good_pdf()),
    ("does_not_open", files.pdf_with_garbage),
    ("does_not_open", lambda: files.good_png().replace(b"IDAT", b"IDAX")),
    ("encrypted", files.encrypted_pdf),
    ("truncated", files.truncated_pdf),
    ("truncated", files.truncated_jpeg),
    ("truncated", files.truncated_png),
    ("no_pages", files.pdf_without_pages),
    ("too_many_pages", lambda: files.born_digital_pdf(51)),
    ("active_content", files.pdf_with_javascript),
    ("active_content", files.pdf_with_program_to_launch),
    ("active_content", files.pdf_with_attachment),
    ("too_large_image", files.png_bomb),
    ("too_large_image", files.pdf_bomb),
    ("resolution_too_low", files.coarse_jpeg),
    ("resolution_too_low", files.coarse_pdf),
    ("heic", lambda: struct.pack(">I", 24) + b"ftypheic" + bytes(300)),
    ("blank", scans.blank),
    ("too_dark", partial(scans.dark, 40)),
    ("too_pale", partial(scans.pale, 195)),
    ("blurred", partial(scans.blurred, 4)),
    ("screenshot", scans.telephone_screen),
]


def judged(data: bytes, *, file_name: str = "scan.pdf", dpi_at_least: int | None = 300) -> Verdict:
    return inspect(
        data, declared_type="application/pdf", file_name=file_name, dpi_at_least=dpi_at_least
    )


@pytest.mark.parametrize(("file_name", "content_type", "made"), GOOD)
def test_a_good_scan_is_accepted(
    file_name: str, content_type: str, made: Callable[[], bytes]
) -> None:
    data = made()
    assert len(data) < 1024 * 1024
    assert judged(data, file_name=file_name) == Verdict(
        accepted=True,
        content_type=content_type,
        defect=None,
        details={},
        pages=1,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        cleaned=data,
    )


@pytest.mark.parametrize(("defect", "made"), BAD)
def test_a_bad_file_is_refused_with_its_defect(defect: str, made: Callable[[], bytes]) -> None:
    verdict = judged(made())
    assert (verdict.accepted, verdict.defect) == (False, defect)
    assert verdict.pages is None


@pytest.mark.parametrize(("defect", "made"), BAD)
def test_every_defect_is_told_in_russian_and_english(
    defect: str, made: Callable[[], bytes]
) -> None:
    verdict = judged(made())
    for language in ("ru", "en"):
        assert "{" not in PROBLEMS[defect][language].format(**verdict.details)


def test_a_file_is_judged_alike_whatever_was_judged_before_it() -> None:
    opened_before = [files.pdf_with_garbage, files.encrypted_pdf, files.truncated_pdf]
    for before in opened_before:
        for defect, made in BAD:
            judged(before())
            assert judged(made()).defect == defect


def test_every_defect_that_the_module_names_is_found_here() -> None:
    assert set(inspection.__doc__.split("same code:")[1].split("Hostile")[0].split()) == {
        defect for defect, _ in BAD
    }


def test_a_photo_under_a_wrong_name_is_accepted_as_what_it_is_with_a_better_name() -> None:
    verdict = judged(files.good_jpeg(), file_name="мой.паспорт.png")
    assert (verdict.accepted, verdict.content_type) == (True, "image/jpeg")
    assert verdict.details == {"file_name": "мой.паспорт.jpg"}
    assert judged(files.good_jpeg(), file_name="").details == {"file_name": ".jpg"}


def test_a_program_is_refused_by_what_it_is_whatever_its_name() -> None:
    verdict = judged(files.windows_program(), file_name="паспорт.pdf")
    assert verdict.content_type == "application/x-msdownload"
    assert verdict.details == {
        "found": "application/x-msdownload",
        "declared": "application/pdf",
    }


def test_a_service_may_allow_fewer_types() -> None:
    verdict = inspect(
        files.good_png(), declared_type=None, file_name="a.png", allowed={"application/pdf"}
    )
    assert verdict.defect == "type_not_allowed"


def test_a_type_that_cannot_be_opened_here_is_refused_even_if_a_service_allows_it() -> None:
    verdict = inspect(
        zip_file(), declared_type=None, file_name="a.zip", allowed={"application/zip"}
    )
    assert verdict.defect == "type_not_allowed"


def test_five_megabytes_are_allowed_and_a_byte_more_is_not() -> None:
    padding = bytes(LARGEST_FILE - len(files.good_jpeg()))
    assert judged(files.good_jpeg() + padding, file_name="a.jpg").accepted
    verdict = judged(files.good_jpeg() + padding + b"\0")
    assert verdict.defect == "too_big"
    assert (verdict.details["size_mb"], verdict.details["at_most_mb"]) == ("5.1", "5")


def test_fifty_pages_are_allowed() -> None:
    assert judged(files.born_digital_pdf(50)).pages == 50


def test_every_page_of_a_scan_must_be_sharp_enough() -> None:
    blurred_last = io.BytesIO()
    coarse = files.sheet((794, 1123)).copy()
    files.sheet().copy().save(blurred_last, format="PDF", save_all=True, append_images=[coarse])
    verdict = judged(blurred_last.getvalue())
    assert (verdict.defect, verdict.details) == (
        "resolution_too_low",
        {"found": 96, "at_least": 300, "page": 2},
    )


def test_a_locked_file_opens_without_the_cryptography_that_functions_do_not_carry() -> None:
    judge = (
        "import sys; sys.modules['cryptography'] = sys.modules['Crypto'] = None;"
        "from adapters.inspection import inspect;"
        "v = inspect(sys.stdin.buffer.read(), declared_type=None, file_name='a.pdf');"
        "print(v.defect)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", judge],
        input=files.locked_pdf(),
        capture_output=True,
        cwd=PROJECT,
        check=True,
    )
    assert ran.stdout.strip() == b"None"


def test_the_resolution_matters_only_where_the_service_asks_for_it() -> None:
    assert judged(files.coarse_jpeg(), file_name="a.jpg", dpi_at_least=None).accepted
    assert judged(files.coarse_pdf(), dpi_at_least=None).accepted


def test_a_scanner_may_cut_the_margins() -> None:
    letter = io.BytesIO()
    files.sheet((2550, 3300)).save(letter, format="JPEG")
    assert judged(letter.getvalue(), file_name="a.jpg").accepted


def test_an_image_that_the_library_warns_of_is_refused_before_it_is_decoded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 8_000_000)  # a warning up to twice that
    assert judged(files.good_png()).defect == "too_large_image"


def test_a_library_that_fails_in_an_unknown_way_is_a_file_that_does_not_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> int:
        raise RecursionError

    monkeypatch.setitem(inspection._OPENERS, "application/pdf", fail)
    assert judged(files.good_pdf()).defect == "does_not_open"


def test_a_file_of_endless_lists_is_not_walked_to_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf_graph, "_MOST_OBJECTS", 20)
    assert judged(files.born_digital_pdf(50)).defect == "does_not_open"


# Hostile bytes

STARTS = [b"", b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04", b"MZ"]
SMALL = [
    files.coarse_jpeg(20),
    files.coarse_pdf(20),
    files.born_digital_pdf(2),
    files.locked_pdf(),
    files.pdf_with_javascript(),
    files.pdf_with_attachment(),
]


def is_sound(verdict: Verdict, data: bytes) -> bool:
    """Either accepted with pages or refused with a defect that has a text."""
    assert verdict.sha256 == hashlib.sha256(verdict.cleaned or data).hexdigest()
    if verdict.accepted:
        return bool(verdict.pages) and verdict.defect is None
    return verdict.defect in PROBLEMS


@given(st.sampled_from(STARTS), st.binary(max_size=500), st.text(max_size=20))
@settings(max_examples=200, deadline=None)
def test_no_bytes_and_no_name_make_it_raise(start: bytes, rest: bytes, file_name: str) -> None:
    verdict = inspect(start + rest, declared_type=file_name, file_name=file_name)
    assert is_sound(verdict, start + rest)


@given(
    st.sampled_from(SMALL),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=8)), max_size=6),
    st.floats(0.3, 1),
)
@settings(max_examples=200, deadline=None)
def test_no_damage_to_a_good_file_makes_it_raise(
    good: bytes, damage: list[tuple[float, bytes]], kept: float
) -> None:
    data = bytearray(good)
    for where, put in damage:
        place = int(where * len(data))
        data[place : place + len(put)] = put
    data = bytes(data[: int(kept * len(data)) + 1])
    assert is_sound(judged(data), data)
