"""PDFs: what they may hold beside pages, how their pages look, and what is kept of them."""

import io
import tomllib
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter

from adapters.inspection import Verdict, inspect
from adapters.inspection.verdict import MEGABYTE
from local import scans
from tests import files
from tests.corpus import hostile

PROBLEMS = tomllib.loads(
    (Path(__file__).parents[2] / "services/texts/problems.toml").read_text(encoding="utf-8")
)


def judged(data: bytes, *, dpi_at_least: int | None = None) -> Verdict:
    return inspect(data, declared_type=None, file_name="a.pdf", dpi_at_least=dpi_at_least)


def pages(*images: Image.Image, dpi: float = 300) -> bytes:
    first, *others = (image.copy() for image in images)  # saving leaves its options on an image
    return scans.saved(first, format="PDF", resolution=dpi, save_all=True, append_images=others)


# What is active


@pytest.mark.parametrize("data", hostile.ACTIVE_PDFS.values(), ids=hostile.ACTIVE_PDFS)
def test_what_acts_is_refused(data: bytes) -> None:
    assert judged(data).defect == "active_content"


@pytest.mark.parametrize("data", hostile.PASSIVE_PDFS.values(), ids=hostile.PASSIVE_PDFS)
def test_what_only_leads_somewhere_passes(data: bytes) -> None:
    assert judged(data).accepted


@pytest.mark.parametrize("name", hostile.ACTIVE_PDFS)
def test_it_is_found_in_packed_and_in_locked_files_too(name: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(hostile.ACTIVE_PDFS[name])))
    writer.encrypt("", owner_password="bank", algorithm="AES-256")
    file = io.BytesIO()
    writer.write(file)
    assert judged(file.getvalue()).defect == "active_content"


def test_a_script_in_an_object_stream_is_found() -> None:
    inside = b"5 0 <</S/JavaScript/JS(app.alert)>>"
    objects = hostile.stream(zlib.compress(inside), "/Type/ObjStm/N 1/First 4/Filter/FlateDecode")
    good = hostile.pdf(root="/OpenAction 5 0 R", others={6: objects})
    old = good.rindex(b"xref\n0", 0, good.rindex(b"startxref"))
    at = {n: good.index(b"%d 0 obj" % n) for n in (1, 2, 3, 4, 6)}
    rows = bytes(6)
    for number in range(1, 7):
        kind, place = (2, 6) if number == 5 else (1, at[number])
        rows += bytes([kind]) + place.to_bytes(4) + b"\0"
    rows += b"\1" + old.to_bytes(4) + b"\0"
    table = hostile.stream(rows, "/Type/XRef/Size 8/W[1 4 1]/Root 1 0 R")
    file = good[:old] + b"7 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % old
    assert judged(file).details["found"] == "JavaScript"


# How pages look


def test_a_defect_names_its_page() -> None:
    good = scans.sheet()
    dark = scans.scan(good, paper=60, ink=10, noise=0)
    verdict = judged(pages(good, good, dark))
    assert (verdict.defect, verdict.details["page"]) == ("too_dark", 3)


@pytest.mark.parametrize(
    ("defect", "spoiled"),
    [
        ("too_pale", {"paper": 250, "ink": 225, "noise": 0}),
        ("blurred", {"softness": 9, "noise": 0}),
    ],
)
def test_scanned_pages_are_judged_as_images_are(defect: str, spoiled: dict[str, float]) -> None:
    assert judged(pages(scans.scan(scans.sheet(), **spoiled))).defect == defect


def test_empty_backs_are_no_defect_but_nothing_else_is() -> None:
    empty = Image.new("L", scans.A4_PIXELS_AT_300_DPI, 250)
    assert judged(pages(empty, scans.sheet())).accepted
    assert judged(pages(empty, empty)).defect == "blank"


def test_pages_without_anything_to_see_are_blank() -> None:
    white = b"1 g 0 0 595 842 re f"
    for content in (b"", white, white + b" 1 g " + hostile.TEXT):
        assert judged(hostile.pdf(content=content)).defect == "blank"


def test_a_page_of_strips_is_judged_by_its_drawing() -> None:
    """Scanners cut a page into strips to save memory."""
    dark = scans.scan(scans.sheet((1240, 1754)), paper=60, ink=10, noise=0)
    for image, defect in ((scans.sheet((1240, 1754)), None), (dark, "too_dark")):
        strips, names = {}, ""
        content = b""
        for number in range(4):
            strip = image.crop((0, number * 438, 1240, (number + 1) * 438))
            entries = (
                "/Subtype/Image/Width 1240/Height 438/ColorSpace/DeviceGray/BitsPerComponent 8"
            )
            strips[5 + number] = hostile.packed(strip.tobytes(), entries)
            names += f"/S{number} {5 + number} 0 R"
            content += b"q 595 0 0 210.5 0 %f cm /S%d Do Q " % (842 - 210.5 * (number + 1), number)
        data = hostile.pdf(content=content, others=strips)
        data = data.replace(b"/Resources<<", b"/Resources<</XObject<<%s>>" % names.encode(), 1)
        assert judged(data).defect == defect


def page_of(data: bytes, entries: str, *, over: bytes = b"") -> bytes:
    """One image of 620 x 877 over the whole page, and what is drawn over it."""
    image = hostile.packed(data, f"/Subtype/Image/Width 620/Height 877 {entries}")
    page = hostile.pdf(content=b"q 595 0 0 842 0 0 cm /I Do Q " + over, others={5: image})
    return page.replace(b"/Resources<<", b"/Resources<</XObject<</I 5 0 R>>", 1)


def test_ink_painted_through_a_stencil_is_no_dark_page() -> None:
    """As fax machines write. The pixels of the stencil are the other way round."""
    data = scans.sheet((620, 877), lines=2).convert("1").tobytes()
    assert judged(page_of(data, "/BitsPerComponent 1/ImageMask true")).accepted


def test_recognised_text_does_not_hide_the_scan_under_it() -> None:
    dark = scans.scan(scans.sheet((620, 877)), paper=60, ink=10, noise=0)
    entries = "/BitsPerComponent 8/ColorSpace/DeviceGray"
    small = b"q 9 0 0 9 0 0 cm /I Do Q 3 Tr " + hostile.TEXT
    assert judged(page_of(dark.tobytes(), entries, over=small)).defect == "too_dark"


def test_the_resolution_is_of_the_page_as_it_is_printed() -> None:
    half = scans.sheet((1240, 1754))
    assert judged(pages(half, dpi=150)).warnings == ("resolution_low",)
    assert judged(pages(scans.sheet(), dpi=72)).warnings == ()  # a careless program, a good scan
    assert judged(pages(half, dpi=300)).warnings == ()  # a sheet of A5


# What is kept


def test_where_a_photo_was_taken_is_not_kept() -> None:
    data = hostile.pdf_with_photo()
    verdict = judged(data)
    assert verdict.accepted
    assert hostile.PLACE in data
    assert hostile.PLACE not in verdict.cleaned
    assert len(verdict.cleaned) == len(data)
    assert judged(verdict.cleaned).cleaned == verdict.cleaned


def test_a_signed_file_is_kept_byte_for_byte() -> None:
    data = hostile.signed_pdf_with_photo()
    assert hostile.PLACE in data
    assert judged(data).cleaned == data


# What is made to break its reader (bombs that need bounds are in test_inspection_apart.py)

BROKEN = {
    "page_too_large": hostile.pdf_of_huge_page,
    "does_not_open": hostile.pdf_of_endless_page_tree,
}


@pytest.mark.parametrize("defect", BROKEN)
def test_a_broken_file_is_refused(defect: str) -> None:
    assert judged(BROKEN[defect]()).defect == defect


def test_pages_are_counted_not_believed() -> None:
    assert judged(hostile.pdf_of_false_count()).pages == 1


def test_lists_in_lists_without_end_are_cut_off() -> None:
    assert judged(hostile.pdf_of_deep_lists()).defect == "does_not_open"


def test_what_our_reader_drops_but_others_read_is_refused() -> None:
    assert judged(hostile.pdf_of_script_at_the_end_of_a_chain()).defect == "does_not_open"
    assert judged(hostile.pdf_of_script_at_the_end_of_a_chain(3)).defect == "active_content"


def test_images_count_as_often_as_they_are_drawn() -> None:
    entries = "/Subtype/Image/Width 6000/Height 6000/ColorSpace/DeviceGray/BitsPerComponent 8"
    data = hostile.pdf(content=b"/I Do " * 51, others={5: hostile.packed(b"", entries)})
    data = data.replace(b"/Resources<<", b"/Resources<</XObject<</I 5 0 R>>", 1)
    assert len(data) < MEGABYTE
    assert judged(data).defect == "too_large_image"


def test_a_locked_statement_is_kept_as_it_is() -> None:
    data = files.locked_pdf()
    assert judged(data).cleaned == data


@given(
    st.sampled_from([*hostile.ACTIVE_PDFS.values(), *hostile.PASSIVE_PDFS.values()]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=8)), max_size=6),
    st.floats(0.3, 1),
)
@settings(max_examples=100, deadline=None)
def test_no_damage_makes_it_raise(
    data: bytes, damage: list[tuple[float, bytes]], kept: float
) -> None:
    changed = bytearray(data)
    for where, put in damage:
        place = int(where * len(changed))
        changed[place : place + len(put)] = put
    verdict = judged(bytes(changed[: int(kept * len(changed)) + 1]))
    assert (verdict.pages or 0) > 0 if verdict.accepted else verdict.defect in PROBLEMS
