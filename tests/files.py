"""Files such as citizens upload, made on the spot: A4 sheets at 300 dpi, below one megabyte each.

Every function returns the bytes of one file; the good ones are made once and kept.
"""

import io
import struct
import zlib
from functools import cache

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from local.scans import good_jpeg, good_pdf, good_png, saved, sheet

A4_POINTS = (595, 842)


def _written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


# Good ones


@cache
def born_digital_pdf(pages: int = 1) -> bytes:
    """Pages without any image."""
    return _written(_printed(pages))


def coarse_jpeg(dpi: int = 96) -> bytes:
    """A sheet as a screenshot shows it."""
    return saved(sheet((round(8.27 * dpi), round(11.69 * dpi))), format="JPEG")


def coarse_pdf(dpi: int = 96) -> bytes:
    pixels = (round(8.27 * dpi), round(11.69 * dpi))
    return saved(sheet(pixels), format="PDF", resolution=dpi)


def locked_pdf() -> bytes:
    """Opens without a password, but is locked against changes, as banks send their statements."""
    writer = _printed()
    writer.encrypt("", owner_password="bank", algorithm="AES-256")
    return _written(writer)


# Bad ones


def encrypted_pdf() -> bytes:
    """Opens with a password only."""
    writer = _printed()
    writer.encrypt("secret", algorithm="RC4-128")
    return _written(writer)


def truncated_pdf() -> bytes:
    return good_pdf()[: len(good_pdf()) // 2]


def truncated_jpeg() -> bytes:
    return good_jpeg()[: len(good_jpeg()) // 2]


def truncated_png() -> bytes:
    return good_png()[: len(good_png()) // 2]


def pdf_without_pages() -> bytes:
    return _written(PdfWriter())


def pdf_with_garbage() -> bytes:
    """Passes for a PDF by its first bytes and has nothing behind them."""
    return b"%PDF-1.7\n" + b"not a document at all " * 200 + b"\nstartxref\n0\n%%EOF\n"


def pdf_with_javascript() -> bytes:
    """A script runs when the page is opened."""
    writer = _printed()
    script = _dictionary(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert('hello');"))
    writer.pages[0][NameObject("/AA")] = _dictionary(O=script)
    return _written(writer)


def pdf_with_program_to_launch() -> bytes:
    """A link on the page starts a program; the name of the action is spelled with an escape."""
    writer = _printed()
    link = _dictionary(
        Type=NameObject("/Annot"),
        Subtype=NameObject("/Link"),
        Rect=ArrayObject(map(NumberObject, (0, 0, 100, 100))),
        A=_dictionary(S=NameObject("/Launch"), F=TextStringObject("cmd.exe")),
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([link])
    return _written(writer).replace(b"/Launch", b"/L#61unch")


def pdf_with_attachment() -> bytes:
    writer = _printed()
    writer.add_attachment("program.exe", windows_program())
    return _written(writer)


def windows_program() -> bytes:
    """The head of an executable: enough to be recognised, nothing to run."""
    return b"MZ\x90\x00" + bytes(200) + b"PE\x00\x00" + bytes(800)


def png_bomb() -> bytes:
    """A hundred bytes that claim 100,000 x 100,000 pixels."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _png_chunk(b"IHDR", head)
        + _png_chunk(b"IDAT", zlib.compress(bytes(1000)))
        + _png_chunk(b"IEND", b"")
    )


def pdf_bomb() -> bytes:
    """A page whose image claims 30,000 x 30,000 pixels."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(good_pdf())))
    image = writer.pages[0]["/Resources"]["/XObject"]["/image"]
    image[NameObject("/Width")] = image[NameObject("/Height")] = NumberObject(30_000)
    return _written(writer)


def _png_chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def _dictionary(**entries: PdfObject) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{key}"): value for key, value in entries.items()})


def _printed(pages: int = 1) -> PdfWriter:
    """Each page holds one line of text."""
    writer = PdfWriter()
    for number in range(1, pages + 1):
        page = writer.add_blank_page(*A4_POINTS)
        font = _dictionary(
            Type=NameObject("/Font"),
            Subtype=NameObject("/Type1"),
            BaseFont=NameObject("/Helvetica"),
        )
        page[NameObject("/Resources")] = _dictionary(Font=_dictionary(F=font))
        content = StreamObject()
        content.set_data(f"BT /F 24 Tf 72 720 Td (Page {number}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(content)
    return writer
