"""Signatures inside an XML document: XMLDSig, and XAdES, which says more about the signer.

"See what is signed": a signature proves only the element that it names, and a document may carry a
signed element in one place and show another elsewhere. So what was signed is compared with the
document as it is, without its signature.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.exceptions import InvalidSignature as WrongMathematics
from lxml import etree
from signxml import SignatureConfiguration, SignatureMethod, VerifyResult, XMLVerifier
from signxml.algorithms import CanonicalizationMethod
from signxml.exceptions import InvalidDigest, InvalidInput
from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier

from adapters.document_signatures import certificates, gost
from adapters.document_signatures.cms import (
    BROKEN,
    SIGNERS_AT_MOST,
    Asked,
    Mathematics,
    attempted,
    chain_doubts,
    unread,
)
from casework.document_signatures import ALWAYS, FoundSignature

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
NAMED = {"ds": DS, "xades": XADES}
GOST_MARK = "gostr34102012"  # in urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-...
TRANSFORMS = {each.value for each in CanonicalizationMethod} | {f"{DS}enveloped-signature"}
"""What signxml really does; others it passes over in silence."""

Verified = list[VerifyResult]


def inside(data: bytes, asked: Asked) -> list[FoundSignature]:
    root = _parsed(data)
    if root is None:
        return []
    signatures = _signatures(root)
    if len(signatures) > SIGNERS_AT_MOST:
        return [unread("xmldsig")]
    return [
        attempted("xmldsig", lambda place=place: _found(data, place, asked))
        for place in range(len(signatures))
    ]


def _parsed(data: bytes) -> etree._Element | None:
    """None for what is no XML, or brings definitions of its own: those are not opened."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None else root


def _found(data: bytes, place: int, asked: Asked) -> FoundSignature:
    signature = _signatures(_parsed(data))[place]
    qualified = signature.find(".//xades:QualifyingProperties", NAMED) is not None
    kind = "xades" if qualified else "xmldsig"
    algorithm = _algorithm(signature)
    known = list(_certificates(signature))
    if not known:
        return FoundSignature(kind, None, False, ("no_certificate", *ALWAYS), algorithm=algorithm)
    why_not, signed = _why_not(signature, known[0]), []
    mathematics = Mathematics(None, why_not)
    if why_not is None:
        mathematics, signed = _mathematics(data, place, kind, known[0])
    covers = any(_is_all(each, data, place) for each in signed)
    at = _signing_time(signature)
    chain = certificates.chain_of(known[0], known[1:], asked.roots, asked.now)
    doubts = [
        *([mathematics.doubt] if mathematics.doubt else []),
        *(["covers_part"] if mathematics.intact and not covers else []),
        *certificates.doubts_of_time(known[0], asked.now),
        *chain_doubts(chain),
        "time_is_claimed" if at else "time_unknown",
        *ALWAYS,
    ]
    return FoundSignature(
        kind,
        mathematics.intact,
        covers,
        tuple(doubts),
        algorithm=algorithm,
        signed_at=at,
        chain=chain,
        **certificates.described(known[0]),
    )


def _signatures(root: etree._Element) -> list[etree._Element]:
    return list(root.iter(f"{{{DS}}}Signature"))


def _algorithm(signature: etree._Element) -> str:
    uri = _uri(signature.find("ds:SignedInfo/ds:SignatureMethod", NAMED))
    return "gost2012" if GOST_MARK in uri else uri.rpartition("#")[2][:60]


def _certificates(signature: etree._Element) -> Iterator[x509.Certificate]:
    told = signature.findall("ds:KeyInfo/ds:X509Data/ds:X509Certificate", NAMED)
    for each in told[: certificates.LIMIT]:
        try:
            certificate = x509.Certificate.load(base64.b64decode(each.text or ""))
            certificate.native  # noqa: B018  asn1crypto reads it only now
        except (ValueError, TypeError):
            continue
        yield certificate


def _signing_time(signature: etree._Element) -> str | None:
    told = signature.find(".//xades:SignedSignatureProperties/xades:SigningTime", NAMED)
    try:
        return datetime.fromisoformat(told.text.strip()).isoformat()
    except (AttributeError, ValueError):
        return None


# ---- the mathematics ----------------------------------------------------------------------------


def _mathematics(
    data: bytes, place: int, kind: str, certificate: x509.Certificate
) -> tuple[Mathematics, Verified]:
    """Whether it holds for the key in the certificate, and what exactly is signed."""
    try:
        return Mathematics(True), _verified(data, place, kind, certificate)
    except InvalidDigest:
        return Mathematics(False, "content_differs"), []
    except WrongMathematics:
        return Mathematics(False, "signature_differs"), []
    except InvalidInput:
        return Mathematics(None, "algorithm_unknown"), []
    except (etree.LxmlError, *BROKEN):
        return Mathematics(None, "not_readable"), []


def _why_not(signature: etree._Element, certificate: x509.Certificate) -> str | None:
    """What signxml would take for a forgery, though it only does not know it."""
    method = _uri(signature.find("ds:SignedInfo/ds:SignatureMethod", NAMED))
    key = certificate["signature_algorithm"]["algorithm"].dotted
    if GOST_MARK in method or gost.is_gost(key):
        return "gost_xml"
    path = "ds:SignedInfo/ds:Reference/ds:Transforms/ds:Transform"
    used = {_uri(each) for each in signature.findall(path, NAMED)}
    known = used <= TRANSFORMS and method in {each.value for each in SignatureMethod}
    return None if known else "algorithm_unknown"


def _uri(element: etree._Element | None) -> str:
    return element.get("Algorithm", "") if element is not None else ""


class _AtPlace(XMLVerifier):
    """signxml finds the first signature of an element, and there may be several; it writes ASCII
    between its steps, in which an element with a Russian name cannot be told."""

    def __init__(self, place: int) -> None:
        self._place = place

    def _get_signature(self, root: etree._Element) -> etree._Element:
        return _signatures(root)[self._place]

    def _tostring(self, xml_node: etree._Element, **how: Any) -> bytes:
        return etree.tostring(xml_node, **{"encoding": "utf-8", **how})


class _QualifiedAtPlace(_AtPlace, XAdESVerifier):
    pass


def _verified(data: bytes, place: int, kind: str, certificate: x509.Certificate) -> Verified:
    """The chain of the certificate and its days are checked by us, apart from the mathematics."""
    key = pyca.load_der_x509_certificate(certificate.dump())
    how = {"expect_references": True, "verification_time": key.not_valid_before_utc}
    told = (
        _QualifiedAtPlace(place).verify(
            _parsed(data), x509_cert=key, expect_config=XAdESSignatureConfiguration(**how)
        )
        if kind == "xades"
        else _AtPlace(place).verify(
            _parsed(data), x509_cert=key, expect_config=SignatureConfiguration(**how)
        )
    )
    return told if isinstance(told, list) else [told]


# ---- what is signed -----------------------------------------------------------------------------


def _is_all(result: VerifyResult, data: bytes, place: int) -> bool:
    """Whether what was signed is the whole document, less this signature."""
    if result.signed_xml is None:
        return False
    root = _parsed(data)
    signature = _signatures(root)[place]
    if signature is root:
        return False
    _take_out(signature)
    return _canonical(result.signed_xml) == _canonical(root)


def _take_out(element: etree._Element) -> None:
    """The text after it stays."""
    before, parent = element.getprevious(), element.getparent()
    if element.tail and before is not None:
        before.tail = (before.tail or "") + element.tail
    elif element.tail:
        parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
