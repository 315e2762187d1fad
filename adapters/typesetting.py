"""Papers as accessible PDFs (PDF/A-2a and PDF/UA-1), set by typst from services/papers/<kind>.typ.

What people wrote is handed over as JSON and is never read as markup. What the type has no sign for
(emoji, other scripts), or what would turn a line around, is replaced by a visible lozenge, since a
PDF/A may hold no sign without a shape. Nothing here is random: the same data give the same bytes.
"""

import json
import re
import struct
import threading
import unicodedata
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import fontpkg
import typst

from casework.errors import BadDefinition

TEMPLATES = Path(__file__).resolve().parent.parent / "services" / "papers"
STANDARDS = ["a-2a", "ua-1"]
FAMILY = "PT Sans"
REPLACEMENT = "◊"
LONGEST_WORD = 24  # letters; what is longer may be broken anywhere
_BREAK = "\N{ZERO WIDTH SPACE}"
_LONG_WORD = re.compile(rf"[^\s{_BREAK}]{{{LONGEST_WORD},}}")
_PLAIN = str.maketrans(
    {"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\t": " "}
    | {"\N{NARROW NO-BREAK SPACE}": "\xa0", "\N{THIN SPACE}": "\xa0"}
)
_UNSEEN = frozenset({"Mn", "Me", "Cf"})  # accents and joiners that mean nothing by themselves
_typesetter = threading.Lock()  # one compiler a process, and it is not for two at once


def typeset(kind: str, data: Mapping[str, Any], print_: str) -> bytes:
    """The PDF of that kind. `data`: JSON types, as casework/paper_contents.py gives them;
    `print_`: standard | large.

    Raises BadDefinition when a template asks for what is not there, or does not compile.
    """
    ours = {"check_page": data["check_page"], "print": print_, "blank": list(_blank())}
    told = sanitised(dict(data)) | ours  # an address stays as it is, to be followed
    with _typesetter:
        try:
            return _compiler().compile(
                input=str(TEMPLATES / f"{kind}.typ"),
                format="pdf",
                pdf_standards=STANDARDS,
                sys_inputs={"data": json.dumps(told, ensure_ascii=False)},
                timestamp=datetime(*data["instant"], tzinfo=UTC),
            )
        except typst.TypstError as error:
            raise BadDefinition("paper_not_set", kind=kind, problem=str(error)[:500]) from error


@cache
def _compiler() -> typst.Compiler:
    """Templates and fonts are read once a process."""
    folder = fontpkg.path(FAMILY).parent
    return typst.Compiler(
        str(TEMPLATES / "layout.typ"),
        root=str(TEMPLATES),
        font_paths=[str(folder)],
        ignore_system_fonts=True,
    )


# ---- text that can be set ------------------------------------------------------------------------


def sanitised(told: Any) -> Any:
    """The same data, every text in them as it can be printed."""
    if isinstance(told, str):
        return printable(told)
    if isinstance(told, Mapping):
        return {name: sanitised(value) for name, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [sanitised(value) for value in told]
    return told


def printable(text: str) -> str:
    """Only signs that the type has, other ones as a lozenge; no word too long for its line."""
    plain = unicodedata.normalize("NFC", text.translate(_PLAIN))
    shown = "".join(map(_shown, plain))
    return _LONG_WORD.sub(lambda word: _breakable(word[0]), shown)


def _shown(sign: str) -> str:
    if sign == "\n" or ord(sign) in _signs():
        return sign
    return "" if unicodedata.category(sign) in _UNSEEN else REPLACEMENT


def _breakable(word: str) -> str:
    return _BREAK.join(word[at : at + 8] for at in range(0, len(word), 8))


@cache
def _signs() -> frozenset[int]:
    """Code points that every style of the type in use has."""
    styles = [fontpkg.path(FAMILY, weight=weight) for weight in (400, 700)]
    return frozenset.intersection(*(_signs_of(path.read_bytes()) for path in styles))


def _signs_of(font: bytes) -> frozenset[int]:
    """From the `cmap` of a TrueType font, its subtable for the basic plane (OpenType, format 4)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    entries = (struct.unpack_from(">4sIII", font, 12 + 16 * at) for at in range(tables))
    cmap = next(offset for tag, _, offset, _ in entries if tag == b"cmap")
    count = struct.unpack_from(">H", font, cmap + 2)[0]
    places = [struct.unpack_from(">HHI", font, cmap + 4 + 8 * at) for at in range(count)]
    table = cmap + next(offset for platform, kind, offset in places if (platform, kind) == (3, 1))
    return frozenset(_in_segments(font, table))


def _in_segments(font: bytes, table: int) -> Any:
    segments = struct.unpack_from(">H", font, table + 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{segments}H", font, table + place + skipped)
        for place, skipped in zip(
            (14, 14 + 2 * segments, 14 + 4 * segments, 14 + 6 * segments), (0, 2, 2, 2), strict=True
        )
    )
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            if offsets[at] == 0:
                glyph = (code + deltas[at]) & 0xFFFF
            else:
                place = table + 16 + 6 * segments + 2 * at + offsets[at] + 2 * (code - start)
                glyph = struct.unpack_from(">H", font, place)[0]
            if glyph and code >= ord(" "):
                yield code


# ---- the place of the QR code --------------------------------------------------------------------


@cache
def _blank() -> bytes:
    """A PNG of one white point, greyscale."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0\xff")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
