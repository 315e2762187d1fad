"""XML: an electronic document of a kind we know, well formed, without a DTD, bounded in every way.

It is read as a stream and never built as a tree: 100,000 elements one inside another cost an
integer. Which documents are known, and what must stand in each, is data:
services/parameters/electronic_documents.toml. Whether a signature in it holds is judged elsewhere.

    does_not_open  xml_not_well_formed  xml_encoding  xml_entities  xml_too_deep  xml_too_large
    xml_unknown_schema  xml_missing
"""

import io
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler, feature_namespaces

from adapters.inspection.verdict import DefectFound, Opened

# ruff: noqa: PLC0415

MOST_LEVELS = 32
MOST_ELEMENTS = 50_000
MOST_ATTRIBUTES = 64
_DOCUMENTS = Path(__file__).parents[2] / "services/parameters/electronic_documents.toml"
_ENCODINGS = {"utf-8", "windows-1251"}
_DECLARED = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']"""
)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0?\0", b"\0<\0?")

Name = tuple[str | None, str]
"""Namespace and local name."""


def is_xml(data: bytes) -> bool:
    """By its first bytes: the declaration, which documents of authorities always have."""
    return data.removeprefix(b"\xef\xbb\xbf").startswith(b"<?xml") or data.startswith(_UTF_16)


def open_xml(data: bytes, _: int | None = None) -> Opened:
    from defusedxml import DefusedXmlException
    from defusedxml.expatreader import create_parser

    _check_encoding(data)
    reader = _Reader()
    parser = create_parser(forbid_dtd=True)
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(reader)
    try:
        parser.parse(io.BytesIO(data))
    except DefusedXmlException as error:
        raise DefectFound("xml_entities") from error
    except SAXParseException as error:
        line = error.getLineNumber()
        raise DefectFound("xml_not_well_formed", line=line if line and line > 0 else 1) from error
    except (SAXException, LookupError, UnicodeError, ValueError) as error:
        raise DefectFound("does_not_open") from error
    for path in _known()[reader.root]["required"]:
        if tuple(path.split("/")) not in reader.filled:
            raise DefectFound("xml_missing", path=path)
    return Opened(1, data)


def _check_encoding(data: bytes) -> None:
    """Declared, or UTF-8: a file in another encoding would be read with other letters."""
    if data.startswith(_UTF_16):
        raise DefectFound("xml_encoding", found="UTF-16")
    declared = _DECLARED.match(data[:300])
    if declared and (name := declared[1].decode()).lower() not in _ENCODINGS:
        raise DefectFound("xml_encoding", found=name)


@cache
def _known() -> dict[Name, dict[str, Any]]:
    """The documents we know, by their root element."""
    listed = tomllib.loads(_DOCUMENTS.read_text(encoding="utf-8"))["documents"]
    return {(document["namespace"], document["root"]): document for document in listed}


class _Reader(ContentHandler):
    """Counts as it goes; `filled` are the paths below the root that hold more than white space."""

    def __init__(self) -> None:
        super().__init__()
        self.root: Name | None = None
        self.filled: set[tuple[str, ...]] = set()
        self._path: list[str] = []
        self._elements = 0

    def startElementNS(self, name: Name, _: str | None, attributes: Any) -> None:  # noqa: N802
        if self.root is None:
            self._check_root(name)
        self._path.append(name[1])
        self._elements += 1
        if len(self._path) > MOST_LEVELS:
            raise DefectFound("xml_too_deep", at_most=MOST_LEVELS)
        if self._elements > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise DefectFound("xml_too_large", at_most=MOST_ELEMENTS)

    def endElementNS(self, _: Name, __: str | None) -> None:  # noqa: N802
        self._path.pop()

    def characters(self, content: str) -> None:
        if not content.isspace():
            self.filled.add(tuple(self._path[1:]))

    def _check_root(self, name: Name) -> None:
        if name not in _known():
            raise DefectFound("xml_unknown_schema", found=name[1][:80])
        self.root = name
