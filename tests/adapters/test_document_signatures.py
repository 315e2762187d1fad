"""Electronic signatures of documents: what holds is said to hold, and every tampering is found."""

import base64
import os
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7

from adapters.document_signatures import NoSignature, apart, gost, signatures_of
from adapters.inspection import inspect
from casework.document_signatures import Chain, Verdict
from tests import files, signing
from tests.signing import NOW, authority, signed_beside, signed_pdf, signed_xml, signer

PDF, XML = "application/pdf", "application/xml"
KINDS = {PDF: signed_pdf, XML: signed_xml}
LETTER = "Прошу назначить".encode()


def look(data, content_type=PDF, **known):
    """The verdict, and the only signature."""
    report = signatures_of(data, content_type, **{"roots": [authority().pem], "now": NOW, **known})
    (found,) = report.signatures
    return report.verdict, found


# ---- what holds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["ec", "rsa"])
@pytest.mark.parametrize(
    ("kind", "sign"),
    [
        ("pades", lambda by: (signed_pdf(by), PDF, None)),
        ("xades", lambda by: (signed_xml(by), XML, None)),
        ("xmldsig", lambda by: (signed_xml(by, qualified=False), XML, None)),
        ("cms", lambda by: (LETTER, "image/jpeg", signed_beside(by, LETTER))),
    ],
)
def test_a_good_signature_is_proven_to_be_of_the_whole_file(key, kind, sign):
    data, content_type, beside = sign(signer(key))
    verdict, found = look(data, content_type, beside=beside)
    assert (verdict, found.kind) == (Verdict.SIGNED_INTACT, kind)
    assert found.proven == ["intact", "covers_all", "chain"]
    assert found.signer == {"common_name": "Образцова Мария Ивановна"}
    assert found.issuer == {"common_name": "Удостоверяющий центр «Пример»"}
    assert found.serial == f"{signer(key).certificate.serial_number:x}"
    assert {"legal_force", "revocation"} <= set(found.doubts)
    assert not found.time_stamped


@pytest.mark.parametrize("content_type", [PDF, XML])
def test_without_roots_nobody_says_whose_it_is(content_type):
    data = KINDS[content_type](signer())
    verdict, found = look(data, content_type, roots=[])
    assert (verdict, found.chain) == (Verdict.SIGNED_INTACT, Chain.NOT_CHECKED)
    assert "chain_not_checked" in found.doubts


@pytest.mark.parametrize("content_type", [PDF, XML])
@pytest.mark.parametrize("roots", [[], [authority().pem]], ids=["no roots", "another root"])
def test_whoever_vouches_for_himself_proves_nothing(content_type, roots):
    data = KINDS[content_type](signer("alone"))
    verdict, found = look(data, content_type, roots=roots)
    assert (verdict, found.intact, found.chain) == (Verdict.NOT_PROVEN, True, Chain.UNTRUSTED)


def test_another_authority_of_the_same_name_is_another():
    stranger = signing.authority.__wrapped__()
    assert look(signed_pdf(signer()), roots=[stranger.pem])[1].chain is Chain.UNTRUSTED


@pytest.mark.parametrize("content_type", [PDF, XML])
def test_an_expired_certificate_proves_nothing_without_a_time_stamp(content_type):
    data = KINDS[content_type](signer(until=NOW - timedelta(days=1)))
    verdict, found = look(data, content_type)
    assert (verdict, found.intact) == (Verdict.NOT_PROVEN, True)
    assert "certificate_expired" in found.doubts


def test_a_certificate_of_tomorrow_proves_nothing_today():
    verdict, found = look(signed_pdf(signer()), now=NOW - timedelta(days=3 * 365))
    assert verdict is Verdict.NOT_PROVEN
    assert "certificate_not_yet_valid" in found.doubts


@pytest.mark.parametrize(("data", "content_type"), [(signing.pdf(), PDF), (signing.XML, XML)])
def test_what_nobody_signed_is_unsigned(data, content_type):
    assert signatures_of(data, content_type, now=NOW) == (Verdict.UNSIGNED, ())


def test_a_photo_is_not_even_opened():
    assert signatures_of(b"/ByteRange <Signature", "image/jpeg", now=NOW).signatures == ()


# ---- PDF: what is altered -----------------------------------------------------------------------


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_one_byte_of_a_pdf():
    data = signed_pdf(signer())
    verdict, found = look(flipped(data, data.index(b"842") + 2))
    assert (verdict, found.intact) == (Verdict.ALTERED, False)
    assert "content_differs" in found.doubts


@pytest.mark.parametrize("back", [1, 20, 60])
def test_one_digit_of_the_signature_in_a_pdf(back):
    data = signed_pdf(signer("rsa"))
    contents = re.search(rb"/Contents <([0-9A-F]+?)0*>", data)
    place = contents.end(1) - back
    digit = b"1" if data[place : place + 1] == b"0" else b"0"
    verdict, found = look(data[:place] + digit + data[place + 1 :])
    assert verdict is Verdict.ALTERED
    assert "signature_differs" in found.doubts


def test_a_page_that_was_changed_after_signing():
    from pyhanko.pdf_utils import generic  # noqa: PLC0415
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415

    writer = IncrementalPdfFileWriter(BytesIO(signed_pdf(signer())))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/MediaBox"] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 100, 100)))
    writer.update_container(page)
    changed = BytesIO()
    writer.write(changed)
    verdict, found = look(changed.getvalue())
    assert (verdict, found.intact, found.covers_all) == (Verdict.ALTERED, True, False)
    assert "changed_after" in found.doubts


@pytest.mark.parametrize("more", [b"\n", b"\n% more\n", b"\0" * 100])
def test_bytes_that_follow_the_signed_ones(more):
    verdict, found = look(signed_pdf(signer()) + more)
    assert verdict is not Verdict.SIGNED_INTACT
    assert not found.covers_all


def test_a_second_signature_answers_for_what_the_first_does_not_cover():
    once = signed_pdf(signer())
    twice = signed_pdf(signer("rsa"), once, "Signature2")
    report = signatures_of(twice, PDF, roots=[authority().pem], now=NOW)
    assert report.verdict is Verdict.SIGNED_INTACT
    first, second = report.signatures
    assert (first.covers_all, second.covers_all) == (False, True)
    assert "signed_after" in first.doubts
    verdict = signatures_of(twice + b"\n", PDF, roots=[authority().pem], now=NOW).verdict
    assert verdict is not Verdict.SIGNED_INTACT


def test_one_bad_signature_of_two_spoils_the_file():
    once = flipped(data := signed_pdf(signer()), data.index(b"842") + 2)
    twice = signed_pdf(signer("rsa"), once, "Signature2")
    report = signatures_of(twice, PDF, roots=[authority().pem], now=NOW)
    assert report.verdict is Verdict.ALTERED


def test_a_range_that_leaves_something_out():
    """The signer himself may sign all but the end, and let others write there."""
    data = signed_pdf(signer())
    told = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", data)
    last = int(told[4])
    shorter = data.replace(told[4] + b"]", b"%d]" % (last - 2), 1)
    verdict, found = look(shorter + b" " * (len(data) - len(shorter)))
    assert verdict is not Verdict.SIGNED_INTACT
    assert not found.covers_all


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.99])
def test_a_pdf_that_breaks_off_proves_nothing(share):
    data = signed_pdf(signer())
    report = signatures_of(data[: int(len(data) * share)], PDF, now=NOW)
    assert report.verdict in (Verdict.NOT_PROVEN, Verdict.ALTERED, Verdict.UNSIGNED)


# ---- XML ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("qualified", [True, False])
def test_one_digit_of_an_xml_document(qualified):
    data = signed_xml(signer(), qualified=qualified).replace(b"18000", b"28000")
    verdict, found = look(data, XML)
    assert (verdict, found.intact) == (Verdict.ALTERED, False)


def test_a_signing_time_that_was_put_back():
    data = signed_xml(signer())
    told = re.search(rb"SigningTime>(\d{4})", data)
    verdict, _ = look(data.replace(told[0], told[0][:-4] + b"2001"), XML)
    assert verdict is Verdict.ALTERED


def test_a_signed_element_that_is_hidden_in_another_document():
    """Signature wrapping: the mathematics hold, of what nobody is shown."""
    data = signed_xml(signer(), b"<d Id='one'><income>18000</income></d>", qualified=False,
                      reference_uri="#one")  # fmt: skip
    assert look(data, XML)[0] is Verdict.SIGNED_INTACT
    inner = re.sub(rb"<\?xml.*?\?>\s*", b"", data)
    wrapped = b"<d><income>1</income><old>" + inner + b"</old></d>"
    verdict, found = look(wrapped, XML)
    assert (verdict, found.covers_all) == (Verdict.NOT_PROVEN, False)
    assert "covers_part" in found.doubts


def test_two_elements_of_one_name():
    data = signed_xml(signer(), b"<d Id='one'><income>18000</income></d>", qualified=False,
                      reference_uri="#one")  # fmt: skip
    inner = re.sub(rb"<\?xml.*?\?>\s*", b"", data)
    for wrapped in (
        b"<d Id='one'><income>1</income>" + inner + b"</d>",
        b"<e>" + inner + b"<d Id='one'><income>1</income></d></e>",
    ):
        report = signatures_of(wrapped, XML, roots=[authority().pem], now=NOW)
        assert report.verdict is not Verdict.SIGNED_INTACT


def test_a_transformation_that_is_not_known_is_no_forgery():
    data = signed_xml(signer(), qualified=False)
    enveloped = b"http://www.w3.org/2000/09/xmldsig#enveloped-signature"
    verdict, found = look(
        data.replace(enveloped, b"http://www.w3.org/TR/1999/REC-xslt-19991116"), XML
    )
    assert (verdict, found.intact) == (Verdict.NOT_PROVEN, None)
    assert "algorithm_unknown" in found.doubts


@pytest.mark.parametrize(
    "hostile",
    [
        b"<!DOCTYPE d [<!ENTITY a 'aaaa'>]><d>&a;<Signature/></d>",
        b"<d><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></d>",
        b"<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><KeyInfo><X509Data>"
        b"<X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo></Signature>",
        b"<d>" * 300 + b"Signature",
        b"\xff\xfeSignature",
    ],
)
def test_hostile_xml_proves_nothing(hostile):
    report = signatures_of(hostile, XML, now=NOW)
    assert report.verdict in (Verdict.NOT_PROVEN, Verdict.UNSIGNED)


# ---- CMS beside a file --------------------------------------------------------------------------


def test_the_signature_of_another_file():
    beside = signed_beside(signer(), LETTER)
    verdict, found = look(LETTER + b".", "image/png", beside=beside)
    assert (verdict, found.intact) == (Verdict.ALTERED, False)
    assert "content_differs" in found.doubts


@pytest.mark.parametrize("write", ["pem", "base64"])
def test_it_may_be_written_as_text(write):
    der = signed_beside(signer(), LETTER)
    text = base64.encodebytes(der)
    if write == "pem":
        text = b"-----BEGIN PKCS7-----\n" + text + b"-----END PKCS7-----\n"
    assert look(LETTER, "image/png", beside=text)[0] is Verdict.SIGNED_INTACT


def test_a_signature_with_the_file_inside_is_of_that_file():
    by = signer()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(LETTER)
    builder = builder.add_signer(by.certificate, by.key, hashes.SHA256())
    whole = builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    assert look(LETTER, "image/png", beside=whole)[0] is Verdict.SIGNED_INTACT
    verdict, found = look(b"another", "image/png", beside=whole)
    assert verdict is Verdict.NOT_PROVEN
    assert "other_file" in found.doubts


def test_a_signature_without_its_certificate_proves_nothing():
    beside = signed_beside(signer(), LETTER, pkcs7.PKCS7Options.NoCerts)
    verdict, found = look(LETTER, "image/png", beside=beside)
    assert (verdict, found.intact) == (Verdict.NOT_PROVEN, None)
    assert "no_certificate" in found.doubts


@pytest.mark.parametrize("place", [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.999])
def test_one_byte_of_a_signature_beside_a_file(place):
    der = signed_beside(signer(), LETTER)
    changed = flipped(der, int(len(der) * place))
    try:
        report = signatures_of(
            LETTER, "image/png", beside=changed, roots=[authority().pem], now=NOW
        )
    except NoSignature:
        return
    assert report.verdict is not Verdict.SIGNED_INTACT


@pytest.mark.parametrize("what", [b"", b"0", b"MIIB", b"\x30\x80", b"-----BEGIN X-----", LETTER])
def test_what_is_no_signature(what):
    with pytest.raises(NoSignature):
        signatures_of(LETTER, "image/png", beside=what, now=NOW)


def test_both_inside_and_beside_are_reported():
    data = signed_pdf(signer())
    report = signatures_of(data, PDF, beside=signed_beside(signer("rsa"), data), now=NOW)
    assert [found.kind for found in report.signatures] == ["pades", "cms"]


# ---- GOST ---------------------------------------------------------------------------------------

needs_gost = pytest.mark.skipif(
    not gost.is_here(), reason="openssl has no gost engine here (libengine-gost-openssl)"
)


def look_at_gost(data, beside, roots=()):
    report = signatures_of(
        data, "image/png", beside=beside, roots=list(roots), now=datetime.now(UTC)
    )
    (found,) = report.signatures
    return report.verdict, found


@needs_gost
@pytest.mark.parametrize("how", [(), ("-cades",), ("-noattr",)], ids=["plain", "cades", "bare"])
def test_a_gost_signature_is_proven(how):
    by = signing.gost_signer()
    verdict, found = look_at_gost(LETTER, by.sign(LETTER, *how), [by.root.decode()])
    assert (verdict, found.algorithm) == (Verdict.SIGNED_INTACT, "gost2012")
    assert found.proven == ["intact", "covers_all", "chain"]


@needs_gost
def test_a_gost_signature_of_another_file_or_of_nobody_we_trust():
    by = signing.gost_signer()
    assert look_at_gost(LETTER + b".", by.sign(LETTER))[0] is Verdict.ALTERED
    stranger = signing.gost_signer.__wrapped__()
    verdict, found = look_at_gost(LETTER, by.sign(LETTER), [stranger.root.decode()])
    assert (verdict, found.chain) == (Verdict.NOT_PROVEN, Chain.UNTRUSTED)


@needs_gost
def test_a_gost_signature_that_was_touched():
    der = signing.gost_signer().sign(LETTER)
    verdict, found = look_at_gost(LETTER, flipped(der, len(der) - 5))
    assert (verdict, found.intact) == (Verdict.ALTERED, False)


@needs_gost
def test_a_gost_signature_inside_a_pdf():
    data = signed_pdf(signer(), reserved=16384)
    told = re.search(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\]", data)
    start, length, then, rest = map(int, told.groups())
    by = signing.gost_signer()
    signature = by.sign(data[start : start + length] + data[then : then + rest])
    hexes = base64.b16encode(signature).ljust(then - length - 2, b"0")
    data = data[: length + 1] + hexes + data[then - 1 :]
    report = signatures_of(data, PDF, roots=[by.root.decode()], now=datetime.now(UTC))
    assert report.verdict is Verdict.SIGNED_INTACT
    changed = flipped(data, data.index(b"842") + 2)
    assert signatures_of(changed, PDF, now=datetime.now(UTC)).verdict is Verdict.ALTERED


@needs_gost
def test_without_the_engine_nothing_is_said_of_gost(monkeypatch):
    beside = signing.gost_signer().sign(LETTER)
    monkeypatch.setenv("PATH", "/nowhere")
    gost.is_here.cache_clear()
    try:
        verdict, found = look_at_gost(LETTER, beside)
    finally:
        gost.is_here.cache_clear()
    assert (verdict, found.intact) == (Verdict.NOT_PROVEN, None)
    assert "gost_not_here" in found.doubts


# ---- apart --------------------------------------------------------------------------------------


def test_apart_the_report_is_the_same():
    known = {"roots": [authority().pem], "now": NOW}
    report = apart.signatures_apart(data := signed_pdf(signer()), PDF, **known)
    assert report == signatures_of(data, PDF, **known)


def test_a_process_that_dies_or_hangs_says_that_nobody_could_read_it(monkeypatch):
    monkeypatch.setattr(apart, "SECONDS", 0.01)
    report = apart.signatures_apart(signed_pdf(signer()), PDF, now=NOW)
    assert (report.verdict, report.doubts) == (
        Verdict.NOT_PROVEN,
        ["legal_force", "not_readable", "revocation"],
    )


def test_what_is_no_signature_is_said_apart_too():
    with pytest.raises(NoSignature):
        apart.signatures_apart(LETTER, "image/png", beside=b"nothing", now=NOW)


def test_the_process_has_none_of_our_keys(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "ours")
    monkeypatch.setattr(
        apart, "_STARTED", "import json, os; print(json.dumps({'no_signature': 1, **os.environ}))"
    )
    told = apart._answer_of_a_process(b"{}\n")
    assert set(told) - {"no_signature", "LC_CTYPE"} <= {"PATH", "LD_LIBRARY_PATH", "PYTHONPATH"}
    assert os.environ["AWS_SECRET_ACCESS_KEY"] == "ours"


# ---- signed files are kept as they are ----------------------------------------------------------


EXTRACT = """<IncomeCertificate xmlns="urn:opora:electronic-documents:income-certificate:1">
<Person><LastName>Образцова</LastName><FirstName>Мария</FirstName></Person><Year>2025</Year>
<Income><Month>1</Month><Amount>18000</Amount></Income><Issuer>Фабрика</Issuer>
</IncomeCertificate>"""


@pytest.mark.parametrize(
    ("data", "content_type"),
    [(files.born_digital_pdf(), PDF), (EXTRACT.encode(), XML)],
    ids=["pdf", "xml"],
)
def test_the_inspection_keeps_a_signed_file_byte_for_byte(data, content_type):
    signed = KINDS[content_type](signer(), data)
    verdict = inspect(signed, declared_type=content_type, file_name="it", allowed={PDF, XML})
    assert verdict.accepted, verdict
    assert verdict.cleaned == signed
