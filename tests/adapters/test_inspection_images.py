"""Scans and photos: each of the corpus has its verdict, and what is kept has no personal traces."""

import hashlib
import io
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, PngImagePlugin

from adapters.inspection import Verdict, inspect
from adapters.inspection.screenshots import check_screenshot
from adapters.inspection.traces import jpeg_without_traces, png_without_traces
from local.scans import passport, saved, sheet
from tests.corpus.scans import BAD, GOOD, Sample, every_bad, every_good

PROJECT = Path(__file__).parents[2]
SECRET = b"55.7558 N 37.6173 E"
SMALL_SHEET = (620, 877)


def judged(data: bytes, *, dpi_at_least: int | None = None) -> Verdict:
    return inspect(data, declared_type=None, file_name="scan", dpi_at_least=dpi_at_least)


def pixels_of(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        return image.copy()


def are_same(one: Image.Image, other: Image.Image) -> bool:
    if (one.mode, one.size) != (other.mode, other.size):
        return False
    return one.tobytes() == other.tobytes() and one.getpalette() == other.getpalette()


def names(sample: Sample) -> str:
    return sample.name


# ---- the corpus ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sample", GOOD, ids=names)
def test_a_good_scan_is_accepted(sample: Sample) -> None:
    verdict = judged(sample.made())
    assert (verdict.defect, verdict.warnings) == (None, sample.warnings)
    assert verdict.size == len(verdict.cleaned)
    assert verdict.sha256 == hashlib.sha256(verdict.cleaned).hexdigest()


@pytest.mark.parametrize("sample", BAD, ids=names)
def test_a_defect_is_named(sample: Sample) -> None:
    verdict = judged(sample.made())
    assert (verdict.defect, verdict.cleaned) == (sample.defect, None)


@pytest.mark.long
def test_of_the_whole_grid_no_good_scan_is_refused_and_no_defect_missed() -> None:
    wrong = [
        (sample.name, found)
        for sample in (*every_good(), *every_bad())
        if (found := judged(sample.made()).defect) != sample.defect
    ]
    assert wrong == []


# ---- resolution ----------------------------------------------------------------------------------


def jpeg(image: Image.Image, dpi: int | None = None) -> bytes:
    return saved(image, format="JPEG", **({"dpi": (dpi, dpi)} if dpi else {}))


def a4(dpi: int) -> Image.Image:
    return sheet((round(8.27 * dpi), round(11.69 * dpi)))


def test_a_sheet_is_measured_by_its_pixels_whatever_its_tag_says() -> None:
    assert judged(jpeg(a4(300), 72)).warnings == ()
    assert judged(jpeg(a4(150), 300)).warnings == ("resolution_low",)
    assert judged(jpeg(a4(150), 300), dpi_at_least=300).defect == "resolution_too_low"
    assert judged(jpeg(a4(150), 300), dpi_at_least=150).warnings == ()


@pytest.mark.parametrize("dpi_at_least", [None, 175, 300])
def test_a_passport_scanned_at_300_dpi_is_fine_if_the_scanner_says_so(
    dpi_at_least: int | None,
) -> None:
    verdict = judged(jpeg(passport(), 300), dpi_at_least=dpi_at_least)
    assert (verdict.defect, verdict.warnings) == (None, ())
    coarse = judged(jpeg(passport(150), 150), dpi_at_least=dpi_at_least)
    assert coarse.defect == ("resolution_too_low" if dpi_at_least else None)
    assert coarse.warnings == (() if dpi_at_least else ("resolution_low",))


def test_without_a_tag_a_passport_is_measured_against_a_sheet() -> None:
    assert judged(jpeg(passport())).warnings == ("resolution_low",)
    assert judged(jpeg(passport()), dpi_at_least=175).accepted


@pytest.mark.parametrize("size", [(1, 1), (199, 5000), (5000, 3), (32, 32)])
def test_an_icon_or_a_strip_is_no_document(size: tuple[int, int]) -> None:
    assert judged(saved(Image.new("L", size, "white"), format="PNG")).defect == "resolution_too_low"


# ---- formats -------------------------------------------------------------------------------------


@cache
def small() -> Image.Image:
    return sheet(SMALL_SHEET).copy()


def transparent(mode: str) -> Image.Image:
    """Ink on nothing, as a program draws it."""
    page = Image.new(mode, SMALL_SHEET, 0)
    page.putalpha(ImageChops.invert(sheet(SMALL_SHEET)))
    return page


def sixteen_bits(page: Image.Image) -> Image.Image:
    return page.convert("I").point(lambda level: level * 257).convert("I;16")


FORMS = [
    ("1", lambda: saved(small().convert("1", dither=Image.Dither.NONE), format="PNG")),
    ("L", lambda: saved(small(), format="PNG")),
    ("LA", lambda: saved(transparent("LA"), format="PNG")),
    ("P", lambda: saved(small().convert("RGB").quantize(16), format="PNG")),
    ("P", lambda: saved(small().convert("P"), format="PNG", transparency=0)),
    ("RGB", lambda: saved(small().convert("RGB"), format="PNG")),
    ("RGBA", lambda: saved(transparent("RGBA"), format="PNG")),
    ("I;16", lambda: saved(sixteen_bits(small()), format="PNG")),
    ("CMYK", lambda: saved(small().convert("CMYK"), format="JPEG")),
    ("RGB", lambda: saved(small().convert("RGB"), format="JPEG", progressive=True)),
    ("RGB", lambda: saved(small().convert("RGB"), format="JPEG", keep_rgb=True)),
    ("L", lambda: saved(small(), format="JPEG", restart_marker_rows=1, optimize=True)),
]


@pytest.mark.parametrize(("mode", "made"), FORMS)
def test_every_form_of_a_picture_is_read_and_kept_as_it_is(
    mode: str, made: Callable[[], bytes]
) -> None:
    data = made()
    verdict = judged(data)
    assert (verdict.defect, pixels_of(data).mode) == (None, mode)
    assert are_same(pixels_of(verdict.cleaned), pixels_of(data))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_what_is_wholly_transparent_is_blank(mode: str) -> None:
    assert judged(saved(Image.new(mode, SMALL_SHEET), format="PNG")).defect == "blank"


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"avif"])
def test_a_photo_in_the_format_of_telephones_is_told_apart(brand: bytes) -> None:
    data = struct.pack(">I", 24) + b"ftyp" + brand + bytes(4) + b"mif1heic" + bytes(300)
    assert judged(data).defect == "heic"


def test_a_film_is_no_photo() -> None:
    film = struct.pack(">I", 24) + b"ftypisom" + bytes(4) + b"isommp42" + bytes(300)
    assert judged(film).defect == "type_not_allowed"


def test_a_screen_of_known_size_with_a_scanners_density_is_a_scan() -> None:
    page = sheet().crop((200, 200, 1370, 2732))
    assert judged(saved(page, format="PNG")).defect == "screenshot"
    assert judged(saved(page, format="PNG", dpi=(300, 300))).accepted
    page.format = "JPEG"
    with pytest.raises(Exception, match="screenshot"):
        check_screenshot(page, page)


# ---- personal traces -----------------------------------------------------------------------------


def exif(orientation: int = 1) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = SECRET.decode()
    tags.get_ifd(0x8825)[1] = SECRET.decode()
    return tags.tobytes()


def segment(code: int, body: bytes) -> bytes:
    return bytes((0xFF, code)) + struct.pack(">H", len(body) + 2) + body


TOLD = [
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
    segment(0xE0, b"JFXX\0\x13" + SECRET),
    segment(0xE2, b"MPF " + SECRET),
    segment(0xED, b"Photoshop 3.0\0" + SECRET),
    segment(0xEF, SECRET),
    segment(0xFE, SECRET),
]


def telling_jpeg(**options: object) -> bytes:
    """A photo that says where and with what it was taken, in every way known."""
    photo = saved(
        small().convert("RGB"),
        format="JPEG",
        exif=exif(),
        icc_profile=b"profile of colours",
        dpi=(300, 300),
        **options,
    )
    return photo[:2] + photo[2:20] + b"".join(TOLD) + photo[20:] + b"trailer " + SECRET


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_blocks": 9}])
def test_a_jpeg_is_kept_without_its_traces_and_to_the_pixel(options: dict[str, object]) -> None:
    data = telling_jpeg(**options)
    kept = judged(data).cleaned
    assert data.count(SECRET) == 9
    assert SECRET not in kept
    assert b"Exif" not in kept
    assert are_same(pixels_of(kept), pixels_of(data))
    info = pixels_of(kept).info
    assert (info["icc_profile"], info["dpi"]) == (b"profile of colours", (300, 300))


@pytest.mark.parametrize("orientation", [1, 6])
def test_of_several_pictures_in_one_file_the_first_is_kept(orientation: int) -> None:
    other = Image.new("L", (400, 600), 77)
    data = saved(
        small(), format="MPO", save_all=True, append_images=[other], exif=exif(orientation)
    )
    alone = saved(small(), format="JPEG", exif=exif(orientation))
    assert pixels_of(data).format != "JPEG"
    assert judged(data).cleaned == judged(alone).cleaned


def test_the_small_copy_within_the_head_of_a_jpeg_goes() -> None:
    data = saved(small(), format="JPEG")
    head = segment(0xE0, data[6:18] + b"\x02\x03" + SECRET[:18])
    kept = judged(data[:2] + head + data[20:]).cleaned
    assert kept == data


@given(st.lists(st.tuples(st.sampled_from(range(0xE0, 0x100)), st.binary(max_size=40)), max_size=5))
@settings(max_examples=50, deadline=None)
def test_whatever_segments_are_put_in_the_picture_stays(added: list[tuple[int, bytes]]) -> None:
    data = saved(sheet((200, 283)), format="JPEG")
    said = [segment(code, b"?" + body) for code, body in added if not 0xF0 <= code < 0xFE]
    said = [piece for piece in said if piece[1] != 0xFF]
    assert jpeg_without_traces(data[:20] + b"".join(said) + data[20:]) == data


@given(st.binary(max_size=300), st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_the_cleaning_raise_or_grow(noise: bytes, place: int) -> None:
    start = saved(sheet((20, 28)), format="JPEG")
    assert len(jpeg_without_traces(start[:place] + noise)) <= place + len(noise) + 8
    assert len(png_without_traces(noise)) <= len(noise) + 40


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_a_png_is_kept_without_its_traces_and_to_the_pixel() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    plain = saved(small(), format="PNG", dpi=(300, 300), icc_profile=b"profile of colours")
    telling = saved(
        small(),
        format="PNG",
        dpi=(300, 300),
        icc_profile=b"profile of colours",
        exif=exif(),
        pnginfo=texts,
    )
    data = (
        telling[:-12] + chunk(b"tIME", bytes(7)) + chunk(b"seCr", SECRET) + telling[-12:] + SECRET
    )
    assert data.count(SECRET) == 6
    assert judged(data).cleaned == plain


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_a_photo_taken_sideways_is_kept_upright(orientation: int, image_format: str) -> None:
    data = saved(
        small(), format=image_format, exif=exif(orientation), dpi=(300, 300), icc_profile=b"colours"
    )
    verdict = judged(data)
    kept = pixels_of(verdict.cleaned)
    assert SECRET not in verdict.cleaned
    assert not kept.getexif()
    assert (kept.info["icc_profile"], round(kept.info["dpi"][0])) == (b"colours", 300)
    turned = Image.open(io.BytesIO(saved(small(), format="PNG", exif=exif(orientation))))
    expected = turned.transpose(TURNS[orientation])
    assert kept.size == expected.size
    difference = ImageChops.difference(kept, expected).histogram()
    assert sum(difference[64:]) < 0.001 * kept.width * kept.height
    assert judged(data).sha256 == verdict.sha256


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def test_damaged_exif_does_not_spoil_a_photo() -> None:
    data = saved(small(), format="JPEG")
    damaged = data[:20] + segment(0xE1, b"Exif\0\0MM\0\x2a\0\0\xff\xff" + SECRET) + data[20:]
    assert judged(damaged).cleaned == data


# ---- memory --------------------------------------------------------------------------------------

MEASURE = r"""
import re, sys
from adapters.inspection import inspect
verdict = inspect(sys.stdin.buffer.read(), declared_type=None, file_name="a")
peak = re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1]
print(verdict.defect, int(peak) // 1024)
"""


def page_of(megapixels: int, mode: str) -> Image.Image:
    """Print, repeated."""
    page, side = (
        Image.new(mode, (8000, megapixels * 125)),
        sheet((800, 1132), lines=6).convert(mode),
    )
    for top in range(0, page.height, side.height):
        for left in range(0, page.width, side.width):
            page.paste(side, (left, top))
    return page


LARGE = [
    ("None", lambda: saved(page_of(78, "L"), format="PNG")),
    ("None", lambda: saved(page_of(78, "RGB"), format="JPEG", quality=30)),
    ("too_large_image", lambda: saved(page_of(82, "L"), format="JPEG", quality=30)),
    ("too_large_image", lambda: saved(page_of(60, "RGBA"), format="PNG")),
    ("None", lambda: saved(page_of(40, "RGBA"), format="PNG")),
    ("None", lambda: saved(page_of(29, "RGB"), format="PNG", transparency=(1, 2, 3))),
    ("too_large_image", lambda: saved(page_of(78, "L"), format="PNG", exif=exif(6))),
    ("None", lambda: saved(page_of(78, "L").convert("P"), format="PNG")),
    ("None", lambda: saved(sixteen_bits(page_of(60, "L")), format="PNG")),
    ("None", lambda: saved(page_of(78, "CMYK"), format="JPEG", quality=20)),
    ("None", lambda: saved(page_of(38, "RGB"), format="JPEG", quality=30, exif=exif(6))),
    (
        "None",
        lambda: saved(
            page_of(32, "RGB"), format="JPEG", quality=30, progressive=True, subsampling=0
        ),
    ),
    (
        "too_large_image",
        lambda: saved(
            page_of(50, "RGB"), format="JPEG", quality=30, progressive=True, subsampling=0
        ),
    ),
]


@pytest.mark.long
@pytest.mark.parametrize(("defect", "made"), LARGE)
def test_the_largest_images_take_half_a_gigabyte_at_most(
    defect: str, made: Callable[[], bytes]
) -> None:
    data = made()
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE], input=data, capture_output=True, cwd=PROJECT, check=True
    )
    found, megabytes = ran.stdout.split()
    assert found.decode() == defect
    assert int(megabytes) <= 512
