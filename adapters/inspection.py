"""The first judge of an uploaded file: what it is and whether it opens, by its content alone.

The name and the declared type are the sender's claims and decide nothing. A file is accepted when
the libraries that show files to an officer really open it; otherwise the verdict names one defect,
whose text is in services/texts/problems.toml under the same code:

    empty_file  too_big  type_not_allowed  does_not_open  encrypted  truncated  no_pages
    too_many_pages  active_content  too_large_image  resolution_too_low

Hostile bytes are expected: nothing is written to disk and no exception leaves `inspect`. What
Python cannot catch (a crash inside a C library, an endless loop) ends the process: run it where
that may happen, with a time-out.
"""

import hashlib
import io
import math
import warnings
from collections.abc import Callable, Iterator, Set
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pypdfium2

# The libraries are imported where they are used (PLC0415): together they cost half a second, and a
# JPEG needs no PDF library.
# ruff: noqa: PLC0415

MEGABYTE = 1024 * 1024
LARGEST_FILE = 5 * MEGABYTE
MOST_PAGES = 50
MOST_PIXELS = 80_000_000
"""An A4 sheet at 900 dpi, or the largest photo of a telephone; 240 MB when decoded."""

A4_LONGER_SIDE = 11.69
"""Inches."""

_SUFFIXES = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
}
"""Types that can be opened here, with the names they go by; the first is the one to offer."""

_ENDINGS = {"application/pdf": b"startxref", "image/jpeg": b"\xff\xd9", "image/png": b"IEND"}
"""What stands within the last kilobyte of a file that arrived whole."""

_CROPPED = 0.93
"""Scanners cut the margins: a sheet counts as A4 from this part of its length."""

_SCANNED = 0.8
"""A page is a scan when one image covers this part of it."""

_ACTIVE_KEYS = {"/JS": "JavaScript", "/EF": "EmbeddedFiles", "/XFA": "XFA"}
_ACTIVE_ACTIONS = {"/JavaScript": "JavaScript", "/Launch": "Launch"}
_MOST_OBJECTS = 300_000
"""Dictionaries and lists of one PDF; a real one of five megabytes has a tenth of it."""


class Verdict(NamedTuple):
    """`content_type` is the real one, None if unknown. `size` in bytes, `sha256` in hex.

    `details` fill the text of the defect; of an accepted file with a misleading name they hold
    `file_name`, the name to offer instead.
    """

    accepted: bool
    content_type: str | None
    defect: str | None
    details: dict[str, Any]
    pages: int | None
    size: int
    sha256: str


class _DefectFound(Exception):
    def __init__(self, code: str, **details: Any) -> None:
        self.code = code
        self.details = details
        super().__init__(code)


def inspect(
    data: bytes,
    *,
    declared_type: str | None,
    file_name: str,
    allowed: Set[str] = frozenset(_SUFFIXES),
    at_most: int = LARGEST_FILE,
    dpi_at_least: int | None = None,
) -> Verdict:
    """The verdict on one file; never raises.

    `at_most` in bytes. `dpi_at_least` is measured against a sheet of A4, because the density that a
    file claims is often wrong; PDFs that are not scans have no resolution and pass.
    """
    content_type, pages, defect, details = None, None, None, {}
    try:
        _check_size(len(data), at_most)
        content_type = _content_type(data)
        _check_type(content_type, declared_type, allowed)
        pages = _OPENERS[content_type](data, dpi_at_least)
        details = _better_name(file_name, content_type)
    except _DefectFound as found:
        defect, details = found.code, found.details
    except Exception:  # the libraries promise no list of what hostile bytes make them raise
        defect = "does_not_open"
    sha256 = hashlib.sha256(data).hexdigest()
    return Verdict(defect is None, content_type, defect, details, pages, len(data), sha256)


def _check_size(size: int, at_most: int) -> None:
    if size == 0:
        raise _DefectFound("empty_file")
    if size > at_most:
        size_mb = math.ceil(size / MEGABYTE * 10) / 10
        raise _DefectFound(
            "too_big",
            size=size,
            at_most=at_most,
            size_mb=f"{size_mb:g}",
            at_most_mb=f"{at_most / MEGABYTE:g}",
        )


def _content_type(data: bytes) -> str | None:
    import filetype

    return filetype.guess_mime(data)


def _check_type(content_type: str | None, declared_type: str | None, allowed: Set[str]) -> None:
    if content_type not in allowed or content_type not in _OPENERS:
        raise _DefectFound(
            "type_not_allowed", found=content_type or "unknown", declared=declared_type or "unknown"
        )


def _better_name(file_name: str, content_type: str) -> dict[str, str]:
    """Nothing if the name tells the type; else a name that does: "scan.png" -> "scan.jpg"."""
    stem, dot, suffix = file_name.rpartition(".")
    suffixes = _SUFFIXES[content_type]
    if suffix.lower() in suffixes:
        return {}
    return {"file_name": f"{stem if dot else file_name}.{suffixes[0]}"}


def _is_cut(data: bytes, content_type: str) -> bool:
    return _ENDINGS[content_type] not in data.rstrip(b"\0\t\n\r ")[-1024:]


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise _too_large_image()


def _too_large_image() -> _DefectFound:
    return _DefectFound("too_large_image", at_most_megapixels=MOST_PIXELS // 1_000_000)


def _check_resolution(width: int, height: int, dpi_at_least: int | None) -> None:
    dpi = math.floor(max(width, height) / A4_LONGER_SIDE)
    if dpi_at_least and dpi < dpi_at_least * _CROPPED:
        raise _DefectFound("resolution_too_low", found=dpi, at_least=dpi_at_least)


# Images


def _open_jpeg(data: bytes, dpi_at_least: int | None) -> int:
    return _open_image(data, "JPEG", "image/jpeg", dpi_at_least)


def _open_png(data: bytes, dpi_at_least: int | None) -> int:
    return _open_image(data, "PNG", "image/png", dpi_at_least)


def _open_image(data: bytes, image_format: str, content_type: str, dpi_at_least: int | None) -> int:
    """Decodes the whole image; one page. `verify` would not notice that half of it is missing."""
    from PIL import Image

    bombs = (Image.DecompressionBombWarning, Image.DecompressionBombError)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            with Image.open(io.BytesIO(data), formats=(image_format,)) as image:
                _check_pixels(*image.size)
                image.load()
                _check_resolution(*image.size, dpi_at_least)
        except bombs as error:
            raise _too_large_image() from error
        except (OSError, SyntaxError) as error:
            cut = _is_cut(data, content_type)
            raise _DefectFound("truncated" if cut else "does_not_open") from error
    return 1


# PDF


def _open_pdf(data: bytes, dpi_at_least: int | None) -> int:
    """Opens, counts, looks for active content, draws the first page; the number of pages."""
    with closing(_pdf(data)) as pdf:
        if _is_cut(data, "application/pdf"):  # the library repairs it, but pages may be gone
            raise _DefectFound("truncated")
        pages = len(pdf)
        if pages > MOST_PAGES:
            raise _DefectFound("too_many_pages", found=pages, at_most=MOST_PAGES)
        _check_active_content(pdf)
        for number in range(pages):
            _check_page(pdf, number, dpi_at_least)
        _draw_first_page(pdf)
    return pages


def _pdf(data: bytes) -> "pypdfium2.PdfDocument":
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _DefectFound(_why_it_does_not_open(data)) from error


def _why_it_does_not_open(data: bytes) -> str:
    """Asks the other library: the error code of the first may still be that of the file before."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    if _is_cut(data, "application/pdf"):
        return "truncated"
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            return "encrypted"
        return "does_not_open" if reader.pages else "no_pages"
    except PyPdfError:
        return "does_not_open"


def _check_active_content(pdf: "pypdfium2.PdfDocument") -> None:
    """Refuses scripts, programs to start and files within the file.

    What is walked is the library's own copy: free of encryption (a file may be locked against
    changes and still open without a password), and read in the same way as what is drawn.
    """
    from pypdfium2.raw import FPDF_REMOVE_SECURITY

    copy = io.BytesIO()
    pdf.save(copy, flags=FPDF_REMOVE_SECURITY)
    for entry in _dictionaries(copy):
        for key, found in _ACTIVE_KEYS.items():
            if key in entry:
                raise _DefectFound("active_content", found=found)
        action = entry.get("/S")
        if isinstance(action, str) and action in _ACTIVE_ACTIONS:
            raise _DefectFound("active_content", found=_ACTIVE_ACTIONS[action])


def _dictionaries(file: io.BytesIO) -> Iterator[dict[str, Any]]:
    """Every dictionary that can be reached from the trailer, without recursion."""
    from pypdf import PdfReader
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    reader = PdfReader(file)
    waiting: list[Any] = [reader.trailer]
    seen: set[tuple[int, int]] = set()
    walked = 0
    while waiting:
        item = waiting.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, ArrayObject):
            waiting.extend(item)
        else:
            continue
        walked += 1
        if walked > _MOST_OBJECTS:
            raise _DefectFound("does_not_open")


def _check_page(pdf: "pypdfium2.PdfDocument", number: int, dpi_at_least: int | None) -> None:
    """The images of a page: none a bomb; the one that is the whole page, if any, sharp enough."""
    from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

    with closing(pdf[number]) as page:
        images = list(page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]))
        for image in images:
            _check_pixels(*image.get_px_size())
        if len(images) == 1 and _covered(page, images[0]) >= _SCANNED:
            _check_resolution(*images[0].get_px_size(), dpi_at_least)


def _covered(page: "pypdfium2.PdfPage", image: "pypdfium2.PdfImage") -> float:
    """The part of the page that the image covers, 0..1 and beyond if it is larger."""
    left, bottom, right, top = image.get_bounds()
    width, height = page.get_size()
    return (right - left) * (top - bottom) / (width * height)


def _draw_first_page(pdf: "pypdfium2.PdfDocument") -> None:
    """A thumbnail of 200 pixels: what cannot be drawn cannot be read by the officer either."""
    with closing(pdf[0]) as page:
        page.render(scale=200 / max(page.get_size())).close()


_OPENERS: dict[str, Callable[[bytes, int | None], int]] = {
    "application/pdf": _open_pdf,
    "image/jpeg": _open_jpeg,
    "image/png": _open_png,
}
"""Each opens one type and returns its number of pages, or raises."""
