"""The first judge of an uploaded file: what it is and whether it opens, by its content alone.

The name and the declared type are the sender's claims and decide nothing. A file is accepted when
the libraries that show files to an officer really open it; otherwise the verdict names one defect,
whose text is in services/texts/problems.toml under the same code:

    empty_file  too_big  type_not_allowed  does_not_open  encrypted  truncated  no_pages
    too_many_pages  active_content  too_large_image  resolution_too_low  heic  blank  too_dark
    too_pale  blurred  screenshot

Hostile bytes are expected: nothing is written to disk and no exception leaves `inspect`. What
Python cannot catch (a crash inside a C library, an endless loop) ends the process: functions call
`apart.inspect_apart`, the same in a process of its own. A page of a PDF may be `page_too_large`
besides; the defects of XML are named in xml.py.
"""

import hashlib
import math
from collections.abc import Callable, Set

from adapters.inspection.images import is_heif, open_jpeg, open_png
from adapters.inspection.pdf import open_pdf
from adapters.inspection.verdict import LARGEST_FILE, MEGABYTE, DefectFound, Opened, Verdict
from adapters.inspection.xml import is_xml, open_xml

__all__ = ["ACCEPTED", "LARGEST_FILE", "Verdict", "inspect"]

# The libraries are imported where they are used (PLC0415): together they cost half a second, and a
# JPEG needs no PDF library.
# ruff: noqa: PLC0415

_SUFFIXES = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "application/xml": ("xml",),
}
"""Types that can be judged, with the names they go by; the first is the one to offer."""

ACCEPTED = frozenset(("application/pdf", "image/jpeg", "image/png"))
"""With an application; the archive takes XML, too."""

_OPENERS: dict[str, Callable[[bytes, int | None], Opened]] = {
    "application/pdf": open_pdf,
    "image/jpeg": open_jpeg,
    "image/png": open_png,
    "application/xml": open_xml,
}
"""Each opens one type, or raises."""


def inspect(
    data: bytes,
    *,
    declared_type: str | None,
    file_name: str,
    allowed: Set[str] = ACCEPTED,
    at_most: int = LARGEST_FILE,
    dpi_at_least: int | None = None,
) -> Verdict:
    """The verdict on one file; never raises.

    `at_most` in bytes. `dpi_at_least` is measured against a sheet of A4, because the density that a
    file claims is often wrong; PDFs that are not scans have no resolution and pass.
    """
    content_type = None
    try:
        _check_size(len(data), at_most)
        content_type = _content_type(data)
        if is_heif(data):
            raise DefectFound("heic")
        _check_type(content_type, declared_type, allowed)
        opened = _OPENERS[content_type](data, dpi_at_least)
    except DefectFound as found:
        return rejected(data, content_type, found)
    except Exception:  # the libraries promise no list of what hostile bytes make them raise
        return rejected(data, content_type, DefectFound("does_not_open"))
    return _accepted(opened, content_type, _better_name(file_name, content_type))


def _accepted(opened: Opened, content_type: str, details: dict[str, str]) -> Verdict:
    kept = opened.cleaned
    sha256 = hashlib.sha256(kept).hexdigest()
    return Verdict(
        accepted=True,
        content_type=content_type,
        defect=None,
        details=details,
        pages=opened.pages,
        size=len(kept),
        sha256=sha256,
        warnings=opened.warnings,
        cleaned=kept,
    )


def rejected(data: bytes, content_type: str | None, found: DefectFound) -> Verdict:
    sha256 = hashlib.sha256(data).hexdigest()
    return Verdict(False, content_type, found.code, found.details, None, len(data), sha256)


def _check_size(size: int, at_most: int) -> None:
    if size == 0:
        raise DefectFound("empty_file")
    if size > at_most:
        size_mb = math.ceil(size / MEGABYTE * 10) / 10
        raise DefectFound(
            "too_big",
            size=size,
            at_most=at_most,
            size_mb=f"{size_mb:g}",
            at_most_mb=f"{at_most / MEGABYTE:g}",
        )


def _content_type(data: bytes) -> str | None:
    import filetype

    return filetype.guess_mime(data) or ("application/xml" if is_xml(data) else None)


def _check_type(content_type: str | None, declared_type: str | None, allowed: Set[str]) -> None:
    if content_type not in allowed or content_type not in _OPENERS:
        raise DefectFound(
            "type_not_allowed", found=content_type or "unknown", declared=declared_type or "unknown"
        )


def _better_name(file_name: str, content_type: str) -> dict[str, str]:
    """Nothing if the name tells the type; else a name that does: "scan.png" -> "scan.jpg"."""
    stem, dot, suffix = file_name.rpartition(".")
    suffixes = _SUFFIXES[content_type]
    if suffix.lower() in suffixes:
        return {}
    return {"file_name": f"{stem if dot else file_name}.{suffixes[0]}"}
