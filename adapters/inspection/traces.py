"""Personal traces taken out of JPEG and PNG without touching a pixel.

What stays is what a viewer needs to draw the same picture on the same paper: the coded image, its
colours and its density. Exif (place, time, camera, a small copy of the picture), XMP, comments,
texts, makers' segments, other pictures and anything after the end go.
"""

import re
from collections.abc import Iterator

_MARKER = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
"""Within the coded image FF is followed by 00, or by the number of a restart."""

_END_OF_IMAGE = 0xD9
_START_OF_SCAN = 0xDA
_COMMENT = 0xFE
_APPLICATIONS = range(0xE0, 0xF0)
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD9)}

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"
_DRAWN = {b"IHDR", b"PLTE", b"IDAT", b"tRNS"}
_COLOURS_AND_DENSITY = {b"cHRM", b"cICP", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"pHYs"}


def jpeg_without_traces(data: bytes) -> bytes:
    """`data` opens as a JPEG. Segments as in ITU-T T.81, annex B; JFIF 1.02; ICC.1, annex B.4."""
    return b"".join((b"\xff\xd8", *_segments(data), b"\xff\xd9"))


def _segments(data: bytes) -> Iterator[bytes]:
    place = 2
    while marker := _MARKER.search(data, place):
        code = marker[1][0]
        place = marker.end()
        if code == _END_OF_IMAGE:
            return
        if code in _WITHOUT_LENGTH:
            continue
        start, place = place, place + int.from_bytes(data[place : place + 2])
        yield _kept_segment(code, data[start:place])
        if code == _START_OF_SCAN:
            after = _AFTER_SCAN.search(data, place)
            end = after.start() if after else len(data)
            yield data[place:end]
            place = end


def _kept_segment(code: int, body: bytes) -> bytes:
    """`body` begins with its two bytes of length. Empty if it goes."""
    if body[2:7] == b"JFIF\0" and code == 0xE0:
        return b"\xff\xe0\0\x10" + body[2:14] + b"\0\0"  # without its small copy of the picture
    colours = (code == 0xE2 and body[2:14] == b"ICC_PROFILE\0") or (
        code == 0xEE and body[2:7] == b"Adobe"
    )
    if (code in _APPLICATIONS and not colours) or code == _COMMENT:
        return b""
    return bytes((0xFF, code)) + body


def png_without_traces(data: bytes) -> bytes:
    """`data` opens as a PNG. Chunks as in the PNG specification, third edition."""
    kept, place = [_PNG_HEAD], len(_PNG_HEAD)
    while (kind := data[place + 4 : place + 8]) not in (b"IEND", b""):
        end = place + 12 + int.from_bytes(data[place : place + 4])
        if kind in _DRAWN or kind in _COLOURS_AND_DENSITY:
            kept.append(data[place:end])
        place = end
    return b"".join((*kept, _PNG_END))
