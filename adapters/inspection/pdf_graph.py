"""What a PDF holds beside its pages: scripts, actions that reach out of it, files, forms of XFA.

The objects are walked as a graph from the trailer, in the library's own copy of the file: free of
encryption (a file may be locked against changes and still open without a password), without object
streams, and read in the same way as what is drawn.

Following a link (URI, GoTo) is left to the reader's finger and passes. Names and keys: ISO 32000-2,
12.6.4 (actions), 12.5.6 (annotations), 7.11.4 (files), 12.3.5 (portfolios).
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapters.inspection.verdict import DefectFound

if TYPE_CHECKING:
    import pypdfium2

# ruff: noqa: PLC0415

_KEYS = {
    "/JS": "JavaScript",
    "/EF": "EmbeddedFiles",
    "/XFA": "XFA",
    "/Collection": "Portfolio",
    "/RichMediaContent": "RichMedia",
}
_ACTIONS = {
    *("JavaScript", "Launch", "GoToR", "GoToE", "SubmitForm", "ImportData"),
    *("Movie", "Sound", "Rendition", "GoTo3DView", "RichMediaExecute"),
}
_ANNOTATIONS = {"FileAttachment", "RichMedia", "3D", "Movie", "Sound", "Screen"}

_MOST_OBJECTS = 300_000
"""Dictionaries and lists of one PDF; a real one of five megabytes has a tenth of it."""

_MOST_LEVELS = 50
"""Of lists and dictionaries written one inside another. At 64 the library drops what is inside, and
another one may still read and run it; real files have a handful."""


def check_active_content(pdf: "pypdfium2.PdfDocument") -> None:
    from pypdfium2.raw import FPDF_REMOVE_SECURITY

    copy = io.BytesIO()
    pdf.save(copy, flags=FPDF_REMOVE_SECURITY)
    for entry in _dictionaries(copy):
        if found := _active(entry):
            raise DefectFound("active_content", found=found)


def _active(entry: dict[str, Any]) -> str | None:
    for key, found in _KEYS.items():
        if key in entry:
            return found
    for key, refused in (("/S", _ACTIONS), ("/Subtype", _ANNOTATIONS)):
        name = str(_resolved(entry.get(key)))[1:]
        if name in refused:
            return name
    return None


def _dictionaries(file: io.BytesIO) -> Iterator[dict[str, Any]]:
    """Every dictionary that can be reached from the trailer, without recursion."""
    from pypdf import PdfReader
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

    waiting: list[tuple[Any, int]] = [(PdfReader(file).trailer, 0)]
    seen: set[tuple[int, int]] = set()
    walked = 0
    while waiting:
        item, level = waiting.pop()
        if isinstance(item, IndirectObject):
            if (item.idnum, item.generation) in seen:
                continue
            seen.add((item.idnum, item.generation))
            item, level = item.get_object(), 0
        if isinstance(item, DictionaryObject):
            yield item
            inside = item.values()
        elif isinstance(item, ArrayObject):
            inside = item
        else:
            continue
        walked += 1
        if walked > _MOST_OBJECTS or level > _MOST_LEVELS:
            raise DefectFound("does_not_open")
        waiting.extend((value, level + 1) for value in inside)


def _resolved(value: Any) -> Any:
    """A name may stand in an object of its own."""
    return value.get_object() if hasattr(value, "get_object") else value
