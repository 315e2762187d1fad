"""Files made to do harm or to break their reader, and good ones that look a little like them.

Every function returns the bytes of one file. PDFs are written out object by object, since no
library writes what is wrong on purpose.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

ROOT, PAGES, PAGE, CONTENT = 1, 2, 3, 4
"""Numbers of the objects that every PDF here has; those a test adds begin at 5."""

TEXT = b"BT /F 24 Tf 72 720 Td (A page) Tj ET"


# ---- PDF -----------------------------------------------------------------------------------------


def pdf(
    *,
    root: str = "",
    page: str = "",
    content: bytes = TEXT,
    box: str = "0 0 595 842",
    others: Mapping[int, bytes] | None = None,
) -> bytes:
    """One page of text; `root` and `page` are further entries of their dictionaries."""
    objects = {
        ROOT: f"<</Type/Catalog/Pages 2 0 R {root}>>".encode(),
        PAGES: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        PAGE: (
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R"
            f"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>{page}>>"
        ).encode(),
        CONTENT: stream(content),
        **(others or {}),
    }
    return written(objects)


def written(objects: Mapping[int, bytes]) -> bytes:
    file = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(file)
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(file)
    size = max(objects) + 1
    file += b"xref\n0 %d\n" % size
    for number in range(size):
        known = number in places
        file += b"%010d %05d %s \n" % (
            places.get(number, 0),
            0 if known else 65535,
            b"fn"[known:][:1],
        )
    file += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
    return bytes(file)


def stream(data: bytes, entries: str = "") -> bytes:
    return f"<</Length {len(data)} {entries}>>stream\n".encode() + data + b"\nendstream"


def packed(data: bytes, entries: str = "") -> bytes:
    return stream(zlib.compress(data, 9), f"/Filter/FlateDecode {entries}")


def pdf_with_link(action: str, subtype: str = "Link") -> bytes:
    """An annotation whose action is `action`."""
    link = f"<</Type/Annot/Subtype/{subtype}/Rect[0 0 99 99]/A {action}>>"
    return pdf(page=f"/Annots[{link}]")


ACTIVE_PDFS = {
    "script when opened": pdf(root="/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"),
    "script by its name": pdf(
        root="/Names<</JavaScript<</Names[(a)5 0 R]>>>>",
        others={5: b"<</S/JavaScript/JS 6 0 R>>", 6: stream(b"app.alert(1)")},
    ),
    "script of a page": pdf(page="/AA<</O<</S/JavaScript/JS(1)>>>>"),
    "script of a field": pdf(
        root="/AcroForm<</Fields[<</FT/Tx/T(a)/AA<</K<</S/JavaScript/JS(1)>>>>>>]>>"
    ),
    "script after a step": pdf_with_link("<</S/URI/URI(https://a)/Next<</S/JavaScript/JS(1)>>>>"),
    "program": pdf_with_link("<</S/Launch/F(cmd.exe)>>"),
    "program, named elsewhere": pdf(
        page="/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S 5 0 R/F(cmd.exe)>>>>]",
        others={5: b"/Launch"},
    ),
    "another file": pdf_with_link("<</S/GoToR/F(\\\\\\\\host\\\\share)/D[0/Fit]>>"),
    "embedded file": pdf_with_link("<</S/GoToE/T<</R/C/N(a)>>>>"),
    "form sent": pdf_with_link("<</S/SubmitForm/F(https://a)>>"),
    "data taken in": pdf_with_link("<</S/ImportData/F(a.fdf)>>"),
    "film played": pdf_with_link("<</S/Rendition/OP 0>>", "Screen"),
    "film": pdf(page="/Annots[<</Type/Annot/Subtype/Movie/Rect[0 0 9 9]/Movie<</F(a.avi)>>>>]"),
    "sound": pdf(page="/Annots[<</Type/Annot/Subtype/Sound/Rect[0 0 9 9]>>]"),
    "rich media": pdf(page="/Annots[<</Type/Annot/Subtype/RichMedia/Rect[0 0 9 9]>>]"),
    "model": pdf(page="/Annots[<</Type/Annot/Subtype/3D/Rect[0 0 9 9]>>]"),
    "file at a page": pdf(
        page="/Annots[<</Subtype/FileAttachment/Rect[0 0 9 9]/FS<</F(a)/EF<</F 5 0 R>>>>>>]",
        others={5: stream(b"MZ")},
    ),
    "file in the file": pdf(
        root="/Names<</EmbeddedFiles<</Names[(a)<</F(a)/EF<</F 5 0 R>>>>]>>>>",
        others={5: stream(b"MZ")},
    ),
    "portfolio": pdf(root="/Collection<</View/D>>"),
    "form of XFA": pdf(root="/AcroForm<</Fields[]/XFA 5 0 R>>", others={5: stream(b"<xdp/>")}),
}

PASSIVE_PDFS = {
    "link to a site": pdf_with_link("<</S/URI/URI(https://example.org)>>"),
    "link to a page": pdf_with_link("<</S/GoTo/D[3 0 R/Fit]>>"),
    "opened at a page": pdf(root="/OpenAction[3 0 R/Fit]"),
    "next page": pdf_with_link("<</S/Named/N/NextPage>>"),
    "form to fill in": pdf(root="/AcroForm<</Fields[<</FT/Tx/T(name)/V(Anna)>>]>>"),
    "structure": pdf(root="/StructTreeRoot<</Type/StructTreeRoot/K<</S/Document/P 1 0 R>>>>"),
}


def signed_pdf_with_photo() -> bytes:
    """Not a valid signature; its place in the file is all that matters here."""
    field = "<</FT/Sig/T(s)/V<</Type/Sig/ByteRange[0 10 20 30]/Contents<00>>>>>"
    return pdf(root=f"/AcroForm<</Fields[{field}]/SigFlags 3>>", others={5: stream(PHOTO_HEAD)})


PLACE = b"GPS 55.7558N 37.6173E"
PHOTO_HEAD = b"\xff\xd8\xff\xe1" + struct.pack(">H", len(PLACE) + 8) + b"Exif\0\0" + PLACE
"""As a telephone begins a photo."""


def pdf_with_photo() -> bytes:
    """The photo is not drawn: only its traces matter."""
    return pdf(others={5: stream(PHOTO_HEAD)})


def pdf_of_huge_page() -> bytes:
    return pdf(box="0 0 100000 90000")


def pdf_of_endless_page_tree() -> bytes:
    """The only kid of the tree is the tree."""
    return written(
        {
            ROOT: b"<</Type/Catalog/Pages 2 0 R>>",
            PAGES: b"<</Type/Pages/Kids[2 0 R]/Count 1/Parent 2 0 R>>",
        }
    )


def pdf_of_false_count() -> bytes:
    """Says that it has two thousand million pages."""
    return pdf().replace(b"/Count 1", b"/Count 2000000000")


def pdf_of_deep_lists(levels: int = 100_000) -> bytes:
    return pdf(root="/Deep 5 0 R", others={5: b"[" * levels + b"]" * levels})


def pdf_of_script_at_the_end_of_a_chain(steps: int = 80) -> bytes:
    """Deeper than the library reads: it drops the whole chain, other readers follow it."""
    step, last = b"<</S/Named/N/NextPage/Next", b"<</S/JavaScript/JS(app.alert)>>"
    return pdf(root="/OpenAction 5 0 R", others={5: step * steps + last + b">>" * steps})


def pdf_of_doubling_forms(levels: int = 30) -> bytes:
    """Each drawing draws the next one ten times: 10 ** 30 in all."""
    others = {}
    for number in range(5, 5 + levels):
        below = f"/Resources<</XObject<</X {number + 1} 0 R>>>>" if number < 4 + levels else ""
        entries = f"/Type/XObject/Subtype/Form/BBox[0 0 595 842]{below}"
        others[number] = stream(b"/X Do " * 10 if below else TEXT, entries)
    with_form = pdf(content=b"/X Do", others=others)
    return with_form.replace(b"/Resources<<", b"/Resources<</XObject<</X 5 0 R>>", 1)


def pdf_of_endless_content(megabytes: int = 900) -> bytes:
    """A page that draws nothing, for a thousandth of the bytes."""
    return pdf(others={CONTENT: _packed_zeros(megabytes, b"q Q 0 g\n" * 131_072, "")})


def pdf_of_swollen_object_stream(megabytes: int = 900) -> bytes:
    """What refers to it has to be unpacked to be read. The root is in there, behind the spaces."""
    body = _packed_zeros(megabytes, b" " * 2**20, "/Type/ObjStm/N 1/First 4")
    file = bytearray(b"%PDF-1.7\n")
    at = len(file)
    file += b"2 0 obj\n" + body + b"\nendobj\n"
    start = len(file)
    rows = b"\0\0\0\0\0\0" + struct.pack(">BIB", 2, 2, 0) + struct.pack(">BIB", 1, at, 0)
    rows += struct.pack(">BIB", 1, start, 0)
    table = stream(rows, "/Type/XRef/Size 4/W[1 4 1]/Root 1 0 R")
    file += b"3 0 obj\n" + table + b"\nendobj\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(file)


def _packed_zeros(megabytes: int, one: bytes, entries: str) -> bytes:
    """`one` megabyte, again and again, packed without ever being held as a whole."""
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(one) for _ in range(megabytes)) + packer.flush()
    return stream(data, f"/Filter/FlateDecode {entries}")


# ---- XML -----------------------------------------------------------------------------------------

NAMESPACE = "urn:opora:electronic-documents:disability-certificate-extract:1"


def extract(inside: str = "", *, last_name: str = "Иванова", encoding: str = "utf-8") -> bytes:
    """A good electronic document with `inside` put into it."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<m:DisabilityCertificateExtract xmlns:m="{NAMESPACE}">'
        f"<m:Person><m:LastName>{last_name}</m:LastName><m:FirstName>Анна</m:FirstName>"
        "<m:BirthDate>1950-04-12</m:BirthDate></m:Person><m:Group>2</m:Group>"
        "<m:Number>1207</m:Number><m:IssueDate>2026-02-03</m:IssueDate>"
        f"<m:Issuer>Бюро 5</m:Issuer>{inside}</m:DisabilityCertificateExtract>"
    )
    return text.encode(encoding)


def with_doctype(doctype: str) -> bytes:
    return extract().replace(b"?>\n", f"?>\n{doctype}\n".encode(), 1)


LAUGHS = (
    "<!DOCTYPE a [<!ENTITY a 'ha'>"
    + "".join(f"<!ENTITY a{n} '&a{n - 1 or ''};&a{n - 1 or ''};'>" for n in range(1, 40))
    + "]>"
)


# ---- ZIP -----------------------------------------------------------------------------------------


def zipped(files: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def renamed(archive: bytes, old: bytes, new: bytes) -> bytes:
    """With another name of the same length in both places where a name stands."""
    assert len(old) == len(new)
    assert archive.count(old) == 2
    return archive.replace(old, new)


def zip_with_link() -> bytes:
    file = io.BytesIO()
    link = zipfile.ZipInfo("scan.pdf")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    return file.getvalue()


def zip_with_flag(flag: int) -> bytes:
    """The flag of its only file is set in both headers."""
    data = bytearray(zipped({"scan.pdf": b"%PDF"}))
    central = data.index(b"PK\x01\x02")
    for place in (6, central + 8):
        struct.pack_into("<H", data, place, flag)
    return bytes(data)


def zip_of_shared_bytes(entries: int = 20) -> bytes:
    """Every entry of the directory points to the same bytes."""
    one = zipped({"scan_00.csv": b"1;2;3\n" * 1000})
    at, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    directory = b"".join(
        one[at:end].replace(b"scan_00", b"scan_%02d" % number) for number in range(entries)
    )
    ending = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, entries, entries, len(directory), at, 0)
    return one[:at] + directory + ending


def zip_bomb(megabytes: int = 20) -> bytes:
    return zipped({"table.csv": bytes(megabytes * 2**20)})


def damaged_zip() -> bytes:
    """A byte of the only file's content is another one."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("scan.txt", b"content")
    return file.getvalue().replace(b"content", b"Content")


def zip_of_unreadable_local_name() -> bytes:
    """Found by fuzzing: the name before the content says that it is UTF-8, and is not."""
    data = bytearray(zipped({"scan.pdf": b"%PDF"}))
    struct.pack_into("<H", data, 6, 0x800)
    data[30] = 0x92
    return bytes(data)


def zip_of_two(name: str) -> bytes:
    """Two files under one name."""
    return renamed(
        zipped({name: b"1", name[:-1] + "~": b"2"}), f"{name[:-1]}~".encode(), name.encode()
    )
