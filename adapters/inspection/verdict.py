"""What every reader of files here speaks in: the verdict, the defect found, the limits."""

import math
from typing import Any, NamedTuple

MEGABYTE = 1024 * 1024
LARGEST_FILE = 5 * MEGABYTE
MOST_PAGES = 50
MOST_PIXELS = 80_000_000
"""An A4 sheet at 900 dpi, or the largest photo of a telephone; 240 MB when decoded."""

A4_LONGER_SIDE = 11.69
"""Inches."""

CROPPED = 0.93
"""Scanners cut the margins: a sheet counts as A4 from this part of its length."""


class Verdict(NamedTuple):
    """`content_type` is the real one, None if unknown. `size` in bytes, `sha256` in hex: of
    `cleaned` when accepted, of what was sent when not.

    `details` fill the text of the defect; of an accepted file with a misleading name they hold
    `file_name`, the name to offer instead. `warnings` are codes of what the sender should know of a
    file that is accepted. `cleaned` is what to keep of an accepted file: the same pages without
    personal traces; None of a rejected one.
    """

    accepted: bool
    content_type: str | None
    defect: str | None
    details: dict[str, Any]
    pages: int | None
    size: int
    sha256: str
    warnings: tuple[str, ...] = ()
    cleaned: bytes | None = None


class Opened(NamedTuple):
    """What a reader found in a good file of its type: see `Verdict`."""

    pages: int
    cleaned: bytes
    warnings: tuple[str, ...] = ()


class DefectFound(Exception):
    """The file is not accepted: `code` names the text, `details` fill it."""

    def __init__(self, code: str, **details: Any) -> None:
        self.code = code
        self.details = details
        super().__init__(code)


def is_cut(data: bytes, ending: bytes) -> bool:
    """`ending` is what stands within the last kilobyte of a file that arrived whole."""
    return ending not in data.rstrip(b"\0\t\n\r ")[-1024:]


def check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise too_large_image()


def too_large_image() -> DefectFound:
    return DefectFound("too_large_image", at_most_megapixels=MOST_PIXELS // 1_000_000)


def check_resolution(width: int, height: int, dpi_at_least: int | None) -> None:
    """Of a page that is one image, `width` x `height` pixels."""
    dpi = math.floor(max(width, height) / A4_LONGER_SIDE)
    if dpi_at_least and dpi < dpi_at_least * CROPPED:
        raise DefectFound("resolution_too_low", found=dpi, at_least=dpi_at_least)
