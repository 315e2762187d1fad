"""Electronic signatures in a document or beside it: PAdES, XAdES and XMLDSig, detached CMS.

Checked is what mathematics can tell: that the file is, to its last byte, what the holder of a key
signed, and whether the certificate leads to a root that the deployer trusts (services/trust.toml;
without roots it is `not_checked`). Not checked: revocation, since nothing is fetched, and the right
to sign. GOST R 34.10-2012 in CMS and PDF needs the openssl command with its gost engine.

The libraries are heavy and read hostile bytes: use `adapters.document_signatures.apart`.
"""

from collections.abc import Sequence
from datetime import datetime

from casework.document_signatures import SignatureReport, report

# The libraries are imported where they are used (PLC0415): together they cost a second.
# ruff: noqa: PLC0415

PDF = "application/pdf"
XML = frozenset({"application/xml", "text/xml"})


class NoSignature(ValueError):
    """What came beside the file is no signature that anybody could read."""


def is_signable(content_type: str) -> bool:
    """Whether files of this type can have a signature inside."""
    return content_type == PDF or content_type in XML


def may_be_signed(data: bytes, content_type: str) -> bool:
    """Whether a closer look is worth its price. No signature of a PDF is without these letters:
    its dictionary may not be compressed."""
    if content_type == PDF:
        return b"/ByteRange" in data
    return content_type in XML and b"Signature" in data


def signatures_of(
    data: bytes,
    content_type: str,
    *,
    beside: bytes | None = None,
    roots: Sequence[str] = (),
    now: datetime,
) -> SignatureReport:
    """What is signed in the file; with `beside`, by the signature that came with it.

    `roots`: PEM. Raises NoSignature.
    """
    from adapters.document_signatures import certificates, cms, pdf, xml

    asked = cms.Asked(certificates.loaded(roots), now)
    found = [] if beside is None else cms.beside(data, beside, asked)
    if may_be_signed(data, content_type):
        found = [*(pdf if content_type == PDF else xml).inside(data, asked), *found]
    return report(found)
