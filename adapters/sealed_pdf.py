"""The QR code in a paper of ours, and whether a file is still what was sealed.

A paper is set with a blank picture where its QR code will be. Those bytes are hashed; the hash is
sealed (casework/seal.py); the QR code with the seal is then appended as an incremental update of
PDF (ISO 32000-1, 7.5.6), which puts a drawing in the place of the blank picture:

    the document as it was set      its length and hash are what the seal says
    the update                      one object, made from the text of the QR code alone

So every byte of the file is accounted for: the first part by the seal, the second because whoever
checks makes it anew and compares. The drawing is written plainly, without compression, since two
builds of zlib need not agree on a byte.
"""

import hashlib
import re

import segno

from casework.errors import InvalidValue
from casework.seal import Seal, read

QUIET_ZONE = 4  # modules of white around a QR code (ISO/IEC 18004)
MASK = 2  # any can be read; which one looks best, libraries may judge differently, and slowly
_BLANK = re.compile(rb"(?:^|\n)(\d+) 0 obj\s*<<[^>]*/Subtype\s*/Image\b")
_END = re.compile(rb"trailer\s*<<(?P<trailer>.*)>>\s*startxref\s+(?P<table>\d+)\s+%%EOF\s*\Z", re.S)
_ADDRESS = re.compile(rb"\n% (https?://[!-~]{1,600}/O1\.[!-~]{1,600})\n")
_LAST = 4096  # bytes at the end of a document that hold its trailer


def sealed(document: bytes, seal: Seal) -> bytes:
    """The document with the QR code of its seal put in.

    Raises InvalidValue (no_place_for_code) when it is none of ours: a blank picture is missing, or
    is not the only one.
    """
    return document + _update(document, seal.address)


def seal_in(file: bytes) -> Seal:
    """The seal of a file that is, byte for byte, what was sealed with it.

    Raises InvalidValue: unsealed (there is no seal in it), altered. Whose signature the seal bears
    is for whoever has the key to say.
    """
    seal = _seal(file)
    document, update = file[: seal.stamped.size], file[seal.stamped.size :]
    if hashlib.sha256(document).hexdigest() != seal.stamped.sha256:
        raise InvalidValue("altered")
    if update != _update(document, seal.address):
        raise InvalidValue("altered")
    return seal


def _seal(file: bytes) -> Seal:
    """The last one in the file: ours stands at its end."""
    marked = [text.decode() for text in _ADDRESS.findall(file)]
    if not marked:
        raise InvalidValue("unsealed")
    try:
        return read(marked[-1])
    except InvalidValue as error:
        raise InvalidValue("altered") from error


def _update(document: bytes, address: str) -> bytes:
    blank, end = _BLANK.findall(document), _END.search(document[-_LAST:])
    if len(blank) != 1 or end is None:
        raise InvalidValue("no_place_for_code")
    name = int(blank[0])
    drawing = _drawing(address)
    head = b"\n" if not document.endswith(b"\n") else b""
    at = len(document) + len(head)
    placed = b"%d 0 obj\n%s\nendobj\n" % (name, drawing)
    table = b"xref\n%d 1\n%010d 00000 n\r\n" % (name, at)
    trailer = b"trailer\n<<%s/Prev %s>>\n" % (end["trailer"].strip(), end["table"])
    return b"%s%s%s%sstartxref\n%d\n%%%%EOF\n" % (head, placed, table, trailer, at + len(placed))


def _drawing(address: str) -> bytes:
    """The QR code as a drawing of the size of one unit, as pictures are; its address as a note."""
    code = segno.make(address, micro=False, error="m", boost_error=False, mode="byte", mask=MASK)
    rows = [[bool(module) for module in row] for row in code.matrix]
    side = len(rows) + 2 * QUIET_ZONE
    lines = [f"% {address}", f"1 g 0 0 {side} {side} re f", "0 g"]
    for line, row in enumerate(rows):
        bottom = side - QUIET_ZONE - line - 1
        lines += [f"{QUIET_ZONE + at} {bottom} {length} 1 re" for at, length in _runs(row)]
    content = "\n".join([*lines, "f", ""]).encode("ascii")
    scale = f"{1 / side:.8f}"
    form = (
        f"<</Type/XObject/Subtype/Form/BBox[0 0 {side} {side}]/Matrix[{scale} 0 0 {scale} 0 0]"
        f"/Resources<<>>/Length {len(content)}>>\nstream\n"
    )
    return form.encode() + content + b"endstream"


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Dark modules that follow each other: (the first, how many)."""
    runs: list[tuple[int, int]] = []
    for at, dark in enumerate(row):
        if not dark:
            continue
        if runs and sum(runs[-1]) == at:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((at, 1))
    return runs
