"""JPEG and PNG: decoded whole, looked at, and kept without personal traces.

How many dots an inch a page has follows from its pixels and its size. Its size is a sheet of A4,
as the tag of density is often wrong; only when the tag says 300 or more and makes the page exactly
as large as a known smaller document (A5, a passport's spread or page, a card) is the tag believed.
"""

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from adapters.inspection.appearance import check_appearance
from adapters.inspection.screenshots import check_screenshot
from adapters.inspection.traces import jpeg_without_traces, png_without_traces
from adapters.inspection.verdict import (
    A4_LONGER_SIDE,
    CROPPED,
    DefectFound,
    Opened,
    check_pixels,
    check_resolution,
    is_cut,
    too_large_image,
)

if TYPE_CHECKING:
    from PIL import Image

# ruff: noqa: PLC0415

GOOD_DPI = 300
_DENSEST_SCAN = 1200

_A4_SHORTER_SIDE = 8.27
"""Inches."""

_LEAST_PIXELS = 200
"""To the shorter side: a card at 100 dpi. Nothing could be read on less, whoever asks."""

_SMALL_DOCUMENTS = ((210, 148), (176, 125), (125, 88), (110, 80), (86, 54))
"""Millimetres: A5; the spread and the page of a passport; an insurance card; a plastic card."""

_MOST_MEMORY = 330_000_000
"""Bytes that the decoded image and what is made of it may take together."""

_BYTES_OF_MODES = {"1": 2, "L": 1, "P": 2, "RGB": 4, "CMYK": 4, "I;16": 5, "LA": 8, "RGBA": 8}
_BYTES_IF_TRANSPARENT = 11
"""A pixel's, with what it is looked at as. The second: of other modes, by a colour or a palette."""

_HEIF_BRANDS = {
    *(b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"),
    *(b"mif1", b"mif2", b"msf1", b"avif", b"avis"),
}


def is_heif(data: bytes) -> bool:
    """HEIC and AVIF, as telephones save photos: ISO/IEC 23008-12, by the brand of the file."""
    return data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS


def open_jpeg(data: bytes, dpi_at_least: int | None) -> Opened:
    with _decoded(data, "JPEG", b"\xff\xd9") as image:
        warned = _judge(image, dpi_at_least)
        cleaned = _jpeg_upright(image) if _is_turned(image) else jpeg_without_traces(data)
    return Opened(1, cleaned, warned)


def open_png(data: bytes, dpi_at_least: int | None) -> Opened:
    with _decoded(data, "PNG", b"IEND") as image:
        warned = _judge(image, dpi_at_least)
        cleaned = _png_upright(image) if _is_turned(image) else png_without_traces(data)
    return Opened(1, cleaned, warned)


@contextmanager
def _decoded(data: bytes, image_format: str, ending: bytes) -> "Iterator[Image.Image]":
    """The whole of it: `verify` would not notice that half is missing."""
    from PIL import Image

    bombs = (Image.DecompressionBombWarning, Image.DecompressionBombError)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(data), formats=(image_format,))
            check_pixels(*image.size)
            _check_memory(image, turned=False)
            image.load()
            _check_memory(image, turned=_is_turned(image))
        except bombs as error:
            raise too_large_image() from error
        except (OSError, SyntaxError) as error:
            raise DefectFound("truncated" if is_cut(data, ending) else "does_not_open") from error
    with image:
        yield image


def _check_memory(image: "Image.Image", *, turned: bool) -> None:
    pixel = _BYTES_OF_MODES.get(image.mode, 8)
    if "transparency" in image.info:
        pixel = _BYTES_IF_TRANSPARENT
    if turned:
        pixel = max(2 * pixel, 8)
    if image.info.get("progressive"):  # all coefficients are kept until the last scan is read
        areas = [layer[1] * layer[2] for layer in image.layer]
        pixel += 2 * sum(areas) / max(areas)
    if image.width * image.height * pixel > _MOST_MEMORY:
        raise too_large_image()


def _judge(image: "Image.Image", dpi_at_least: int | None) -> tuple[str, ...]:
    """The warnings."""
    page = _as_seen(image)
    check_screenshot(image, page)
    warned = _judge_resolution(image, dpi_at_least)
    check_appearance(page)
    return warned


def _judge_resolution(image: "Image.Image", dpi_at_least: int | None) -> tuple[str, ...]:
    if min(image.size) < _LEAST_PIXELS:
        found = math.floor(min(image.size) / _A4_SHORTER_SIDE)
        raise DefectFound("resolution_too_low", found=found, at_least=dpi_at_least or GOOD_DPI)
    if _is_small_document(image):
        return ()
    check_resolution(*image.size, dpi_at_least)
    if dpi_at_least is None and max(image.size) / A4_LONGER_SIDE < GOOD_DPI * CROPPED:
        return ("resolution_low",)
    return ()


def _is_small_document(image: "Image.Image") -> bool:
    dpi, other_dpi = image.info.get("dpi", (0, 0))
    if abs(dpi - other_dpi) > 1 or not GOOD_DPI * CROPPED <= dpi <= _DENSEST_SCAN:
        return False
    longer, shorter = (side / dpi * 25.4 for side in sorted(image.size, reverse=True))
    return any(
        CROPPED <= longer / long <= 1 / CROPPED and CROPPED <= shorter / short <= 1 / CROPPED
        for long, short in _SMALL_DOCUMENTS
    )


def _as_seen(image: "Image.Image") -> "Image.Image":
    """With bands of eight bits, on white where it is transparent."""
    from PIL import Image

    if image.has_transparency_data:
        seen = image if image.mode in ("LA", "RGBA") else image.convert("RGBA")
        grey = Image.new("L", image.size, "white")
        grey.paste(seen.convert("L"), mask=seen.getchannel("A"))
        return grey
    if image.mode.startswith("I"):  # sixteen bits
        return image.point(lambda level: level * (1 / 256)).convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("L")


# ---- kept the right way up -----------------------------------------------------------------------


def _is_turned(image: "Image.Image") -> bool:
    from PIL import ExifTags

    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1) in range(2, 9)
    except Exception:  # damaged Exif, which goes anyway
        return False


def _jpeg_upright(image: "Image.Image") -> bytes:
    """Coded anew, as finely as it was."""
    from PIL import JpegImagePlugin

    sampling = JpegImagePlugin.get_sampling(image)
    coding = {"qtables": image.quantization, "subsampling": max(sampling, 0)}
    return _upright(image, format="JPEG", **coding)


def _png_upright(image: "Image.Image") -> bytes:
    return _upright(image, format="PNG")


def _upright(image: "Image.Image", **options: Any) -> bytes:
    from PIL import ImageOps

    kept = {key: image.info[key] for key in ("dpi", "icc_profile") if key in image.info}
    upright = ImageOps.exif_transpose(image)
    upright.info = {key: value for key, value in image.info.items() if key == "transparency"}
    file = io.BytesIO()
    upright.save(file, **kept, **options)
    return file.getvalue()
