"""PDF: opens with the libraries that show it to an officer, holds pages only, and they can be read.

A page that is one image, as scanners make it, is judged by that image; one put together of several
(strips, layers) or painted through a stencil by a drawing of it. Defects of a page name its number.
Only a file without anything to see is blank: the empty back of a sheet is no defect.

What is kept is what was sent, except that EXIF and XMP inside its photos (the place, the telephone)
are overwritten with zeros of the same length. A signed file is kept byte for byte.
"""

import io
import re
from contextlib import closing
from typing import TYPE_CHECKING

from adapters.inspection.appearance import check_appearance
from adapters.inspection.pdf_graph import check_active_content
from adapters.inspection.verdict import (
    A4_LONGER_SIDE,
    CROPPED,
    MOST_PAGES,
    DefectFound,
    Opened,
    check_resolution,
    is_cut,
)

if TYPE_CHECKING:
    import pypdfium2
    from PIL import Image

# ruff: noqa: PLC0415

_ENDING = b"startxref"

_SCANNED = 0.8
"""A page is a scan when one image covers this part of it."""

_LONGEST_SIDE = 14_400
"""Points: the largest page that the format foresees, five metres."""

_DRAWN, _GLANCED = 1170, 200
"""Pixels of the longer side: A4 at 100 dpi, enough for light and emptiness; a thumbnail."""

_MOST_PIXELS = 36_000_000
"""Of one image, A4 at 600 dpi. Half of what an image that comes alone may have: the library hands
out its pixels in up to four bytes each, and they are copied once."""

_MOST_PIXELS_IN_ALL = MOST_PAGES * _MOST_PIXELS

_TRACES = re.compile(rb"\xff\xe1(..)(?:Exif\0\0|http://ns\.adobe\.com/xap/1\.0/\0)", re.DOTALL)
"""The head of a JPEG's APP1 segment: its length, counted from itself, and whose it is."""

_SIGNED = b"/ByteRange"
"""Stands in every signature, never packed: it says which bytes are signed."""


def open_pdf(data: bytes, dpi_at_least: int | None) -> Opened:
    with closing(_pdf(data)) as pdf:
        if is_cut(data, _ENDING):  # the library repairs it, but pages may be gone
            raise DefectFound("truncated")
        pages = len(pdf)
        if pages > MOST_PAGES:
            raise DefectFound("too_many_pages", found=pages, at_most=MOST_PAGES)
        check_active_content(pdf)
        warnings = _judge_pages(pdf, dpi_at_least)
    return Opened(pages, _without_traces(data), warnings)


def _pdf(data: bytes) -> "pypdfium2.PdfDocument":
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise DefectFound(_why_it_does_not_open(data)) from error


def _why_it_does_not_open(data: bytes) -> str:
    """Asks the other library: the error code of the first may still be that of the file before."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    if is_cut(data, _ENDING):
        return "truncated"
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            return "encrypted"
        return "does_not_open" if reader.pages else "no_pages"
    except PyPdfError:
        return "does_not_open"


# Pages


class _Pages:
    """Judges the pages of one file in turn."""

    def __init__(self, dpi_at_least: int | None) -> None:
        self._dpi_at_least = dpi_at_least
        self._pixels = 0
        self.warnings: set[str] = set()
        self.is_blank = True

    def judge(self, page: "pypdfium2.PdfPage") -> None:
        from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE as IMAGE
        from pypdfium2.raw import FPDF_PAGEOBJ_TEXT as TEXT

        _check_page_size(page)
        images, texts = [], 0
        for thing in page.get_objects(filter=[IMAGE, TEXT]):
            if thing.type == TEXT:
                texts += 1
            else:
                self._count_pixels(thing)
                images.append(thing)
        whole = [image for image in images if _covered(page, image) >= _SCANNED]
        if len(images) == len(whole) == 1 and not _is_stencil(images[0]):
            self._judge_scan(page, images[0])
        elif whole or (images and not texts):  # strips, layers, what was recognised laid over them
            self._look_at(_drawn(page, _DRAWN))
        elif self.is_blank:  # what cannot be drawn cannot be read by the officer either
            self.is_blank = _is_even(_drawn(page, _GLANCED))

    def _count_pixels(self, image: "pypdfium2.PdfImage") -> None:
        """Before anything is unpacked."""
        width, height = image.get_px_size()
        self._pixels += width * height
        if width * height > _MOST_PIXELS or self._pixels > _MOST_PIXELS_IN_ALL:
            megapixels = _MOST_PIXELS // 1_000_000
            raise DefectFound("too_large_image", at_most_megapixels=megapixels)

    def _judge_scan(self, page: "pypdfium2.PdfPage", image: "pypdfium2.PdfImage") -> None:
        pixels = image.get_px_size()
        check_resolution(*pixels, self._dpi_at_least)
        inches = min(max(page.get_size()) / 72, A4_LONGER_SIDE)
        if max(pixels) / inches < 300 * CROPPED:
            self.warnings.add("resolution_low")
        self._look_at(image.get_bitmap().to_pil())

    def _look_at(self, image: "Image.Image") -> None:
        try:
            check_appearance(image)
        except DefectFound as found:
            if found.code != "blank":
                raise
        else:
            self.is_blank = False


def _judge_pages(pdf: "pypdfium2.PdfDocument", dpi_at_least: int | None) -> tuple[str, ...]:
    """The warnings; a defect of a page is raised with its number."""
    pages = _Pages(dpi_at_least)
    for number in range(len(pdf)):
        try:
            with closing(pdf[number]) as page:
                pages.judge(page)
        except DefectFound as found:
            raise DefectFound(found.code, **found.details, page=number + 1) from found
    if pages.is_blank:
        raise DefectFound("blank")
    return tuple(sorted(pages.warnings))


def _check_page_size(page: "pypdfium2.PdfPage") -> None:
    width, height = page.get_size()
    if min(width, height) < 1:
        raise DefectFound("does_not_open")
    if max(width, height) > _LONGEST_SIDE:
        raise DefectFound("page_too_large")


def _covered(page: "pypdfium2.PdfPage", image: "pypdfium2.PdfImage") -> float:
    """The part of the page that the image covers, 0..1 and beyond if it is larger."""
    left, bottom, right, top = image.get_bounds()
    width, height = page.get_size()
    return (right - left) * (top - bottom) / (width * height)


def _is_stencil(image: "pypdfium2.PdfImage") -> bool:
    """One that colour is painted through: its own pixels say where, not how dark."""
    from pypdfium2.raw import FPDF_COLORSPACE_UNKNOWN

    return image.get_metadata().colorspace == FPDF_COLORSPACE_UNKNOWN


def _drawn(page: "pypdfium2.PdfPage", longer_side: int) -> "Image.Image":
    """In shades of grey."""
    return page.render(scale=longer_side / max(page.get_size()), grayscale=True).to_pil()


def _is_even(image: "Image.Image") -> bool:
    darkest, lightest = image.convert("L").getextrema()
    return lightest - darkest < 16


# What is kept


def _without_traces(data: bytes) -> bytes:
    """The same length, so that every object stays where the file's table says it is."""
    if _SIGNED in data:
        return data
    cleaned = bytearray(data)
    for found in _TRACES.finditer(data):
        end = min(found.start() + 2 + int.from_bytes(found[1]), len(data))
        cleaned[found.end() : end] = bytes(max(0, end - found.end()))
    return bytes(cleaned)
