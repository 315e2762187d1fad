"""Signatures inside a PDF (PAdES and the older PDF signatures, ISO 32000-2, 12.8)."""

from dataclasses import replace
from io import BytesIO

from asn1crypto import cms
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from adapters.document_signatures import NoSignature
from adapters.document_signatures.cms import (
    BROKEN,
    SIGNERS_AT_MOST,
    Asked,
    found,
    signed_data_of,
    unread,
)
from casework.document_signatures import FoundSignature

KIND = "pades"
UNREADABLE = (PdfError, *BROKEN)


def inside(data: bytes, asked: Asked) -> list[FoundSignature]:
    """Each signature of a person or an office; seals of time alone are no one's signature."""
    try:
        signatures = PdfFileReader(BytesIO(data), strict=False).embedded_signatures
        own = [each for each in signatures if each.sig_object_type == "/Sig"]
    except UNREADABLE:
        return [unread(KIND)]
    if len(own) > SIGNERS_AT_MOST:
        return [unread(KIND)]
    return [_found(data, each, asked) for each in own]


def _found(data: bytes, signature: EmbeddedPdfSignature, asked: Asked) -> FoundSignature:
    try:
        start, length, then, rest = (int(each) for each in signature.byte_range)
        signed = _signed_data(signature)
        signature.coverage = signature.evaluate_signature_coverage()
        whole = _is_whole(data, signature, (start, length, then, rest))
        ours = data[start : start + length] + data[then : then + rest]
        (signer,) = signed["signer_infos"]
        claimed = signature.self_reported_timestamp
        told = found(signed, signer, ours, KIND, asked, whole, claimed)
        doubts = [] if whole else [_later(signature)]
    except UNREADABLE:
        return unread(KIND)
    return replace(told, doubts=(*doubts, *told.doubts))


def _signed_data(signature: EmbeddedPdfSignature) -> cms.SignedData:
    if signature.sig_object["/SubFilter"] not in ("/adbe.pkcs7.detached", "/ETSI.CAdES.detached"):
        raise NoSignature
    return signed_data_of(signature.pkcs7_content)


def _is_whole(
    data: bytes, signature: EmbeddedPdfSignature, ranges: tuple[int, int, int, int]
) -> bool:
    """Nothing is left out but the signature itself, written as hex between < and >."""
    start, length, then, rest = ranges
    if signature.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return False
    gap = data[length:then]
    hexes = gap[1:-1].decode("ascii", errors="replace")
    is_gap = gap[:1] + gap[-1:] == b"<>" and bytes.fromhex(hexes) == signature.pkcs7_content
    return start == 0 and then + rest == len(data) and is_gap


def _later(signature: EmbeddedPdfSignature) -> str:
    """What was done to the file after this signature: at best another one was added."""
    if signature.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return "changed_after"
    signature.compute_integrity_info()
    changes = signature.diff_result
    if not isinstance(changes, DiffResult):
        return "changed_after"
    lawful = signature.summarise_integrity_info()["docmdp_ok"]
    if not lawful or changes.modification_level > ModificationLevel.FORM_FILLING:
        return "changed_after"
    return "signed_after" if _is_signed_again(signature) else "added_after"


def _is_signed_again(signature: EmbeddedPdfSignature) -> bool:
    """Whether a later signature of somebody answers for what was added."""
    later = signature.reader.embedded_regular_signatures
    return any(other.signed_revision > signature.signed_revision for other in later)
