"""A paper with its QR code: read by any reader of PDF and of QR codes, and altered by no byte."""

import hashlib
import io
import json
from datetime import date

import boto3
import pypdf
import pypdfium2
import pytest
import typst
import zxingcpp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from adapters.sealed_pdf import seal_in, sealed
from adapters.seals import SealKey
from casework.application import number_from
from casework.errors import InvalidValue
from casework.seal import Stamped
from local.aws import REGION

BLANK = """
#set document(title: "Решение", date: datetime(year: 2026, month: 11, day: 22))
#set text(lang: "ru", font: "Libertinus Serif")
= Решение
Заявление одобрено.
#image(bytes(json(bytes(sys.inputs.blank))), width: 34mm, alt: "QR-код")
"""


def _blank() -> str:
    file = io.BytesIO()
    Image.new("1", (3, 3), 1).save(file, "PNG")
    return json.dumps(list(file.getvalue()))


@pytest.fixture(scope="module")
def document() -> bytes:
    compiler = typst.Compiler(BLANK.encode(), sys_inputs={"blank": _blank()})
    return compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"])


@pytest.fixture(scope="module")
def key(aws) -> SealKey:
    kms = boto3.client("kms", REGION)
    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    return SealKey(kms, made["KeyId"])


@pytest.fixture(scope="module")
def paper(document, key) -> bytes:
    stamped = Stamped(
        "https://opora.example.org/check",
        number_from(7),
        12,
        "decision",
        "standard",
        date(2026, 11, 22),
        len(document),
        hashlib.sha256(document).hexdigest(),
    )
    return sealed(document, key.seal(stamped))


def test_the_seal_is_found_in_the_file_and_signed_by_our_key(paper, key):
    seal = seal_in(paper)

    public = load_der_public_key(key.public)
    public.verify(seal.signature, seal.message, ec.ECDSA(SHA256()))
    assert (seal.stamped.number, seal.stamped.kind) == (number_from(7), "decision")


@pytest.mark.parametrize("dpi", [150, 300])
def test_a_telephone_reads_the_whole_seal_from_the_print(paper, dpi):
    with pypdfium2.PdfDocument(paper) as opened:
        page = opened[0].render(scale=dpi / 72).to_pil()

    (code,) = zxingcpp.read_barcodes(page)

    assert code.text == seal_in(paper).address


def test_it_is_still_the_document_that_was_set(paper, document):
    before, after = (pypdf.PdfReader(io.BytesIO(file)) for file in (document, paper))

    assert after.pages[0].extract_text() == before.pages[0].extract_text()
    assert after.xmp_metadata.pdfaid_part == before.xmp_metadata.pdfaid_part == "2"
    assert "/StructTreeRoot" in after.trailer["/Root"]


def test_the_first_part_alone_has_the_hash_that_the_seal_tells(paper):
    told = seal_in(paper).stamped

    assert hashlib.sha256(paper[: told.size]).hexdigest() == told.sha256


@given(st.data())
def test_altered_by_one_byte_it_is_told(paper, data):
    at = data.draw(st.integers(0, len(paper) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != paper[at]))

    with pytest.raises(InvalidValue):
        seal_in(paper[:at] + bytes([byte]) + paper[at + 1 :])


@pytest.mark.parametrize(
    "altered",
    [
        pytest.param(lambda paper: paper + b"\n", id="something appended"),
        pytest.param(lambda paper: paper[:-7], id="the end cut off"),
        pytest.param(lambda paper: paper[1:], id="the beginning cut off"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda paper: paper.replace(b"opora.example", b"opara.example"), id="led on"),
        pytest.param(lambda paper: paper + paper, id="twice"),
    ],
)
def test_altered_otherwise(paper, altered):
    with pytest.raises(InvalidValue):
        seal_in(altered(paper))


def test_what_was_never_sealed(document):
    with pytest.raises(InvalidValue, match="unsealed"):
        seal_in(document)


def test_a_document_without_a_place_for_the_code(paper, key):
    with pytest.raises(InvalidValue, match="no_place_for_code"):
        sealed(b"%PDF-1.7\n%%EOF", seal_in(paper))


def test_each_seal_is_signed_anew(document, key, paper):
    again = key.seal(seal_in(paper).stamped)

    assert again.signature != seal_in(paper).signature
    assert seal_in(sealed(document, again)) == again
