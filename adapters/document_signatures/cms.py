"""Signatures in CMS (RFC 5652): beside a file (.sig, .p7s), or inside a PDF as PAdES has them."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from asn1crypto import cms, core, pem, tsp, x509
from cryptography.exceptions import UnsupportedAlgorithm
from pyhanko.sign.general import (
    CMSExtractionError,
    CMSStructuralError,
    MultivaluedAttributeError,
    NonexistentAttributeError,
    check_ess_certid,
    find_unique_cms_attribute,
)
from pyhanko.sign.validation.errors import DisallowedAlgorithmError, SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from adapters.document_signatures import NoSignature, certificates, gost
from casework.document_signatures import ALWAYS, Chain, FoundSignature

SIGNERS_AT_MOST = 20
BROKEN = (ValueError, TypeError, LookupError, AttributeError, AssertionError, OverflowError)
BROKEN += (RecursionError, UnsupportedAlgorithm, NotImplementedError)
WEAK = frozenset({"md5", "sha1", "md2", "md4"})


class Asked(NamedTuple):
    """What a signature is checked against. `roots`: certificates that the deployer trusts."""

    roots: Sequence[x509.Certificate]
    now: datetime


class Stamp(NamedTuple):
    """Somebody else sealed the signature at that instant; `trusted`: somebody we trust vouches for
    him, else he may be anybody."""

    at: datetime
    trusted: bool


class Mathematics(NamedTuple):
    """`intact` as in FoundSignature; `doubt`: why it is not, or was not checked."""

    intact: bool | None
    doubt: str | None = None


def beside(data: bytes, signature: bytes, asked: Asked) -> list[FoundSignature]:
    """Of a file and what lies beside it, DER, PEM or bare base64. Raises NoSignature."""
    signed = signed_data_of(signature)
    if signed["encap_content_info"]["content"].native is not None:
        return [attempted("cms", lambda: _attached(signed, data, asked))]
    return [
        attempted("cms", lambda signer=signer: found(signed, signer, data, "cms", asked))
        for signer in _signers(signed)
    ]


def attempted(kind: str, look: Callable[[], FoundSignature]) -> FoundSignature:
    """What was found, or that nobody could read it: what libraries raise of a file that is not
    what it seems is no fault of ours."""
    try:
        return look()
    except BROKEN:
        return unread(kind)


def unread(kind: str) -> FoundSignature:
    return FoundSignature(kind, None, False, ("not_readable", *ALWAYS))


def _attached(signed: cms.SignedData, data: bytes, asked: Asked) -> FoundSignature:
    """The signature brings a content of its own: it proves this file only if they are the same."""
    inside = bytes(signed["encap_content_info"]["content"])
    if inside != data:
        return FoundSignature("cms", None, False, ("other_file", *ALWAYS))
    signers = list(_signers(signed))
    return found(signed, signers[0], data, "cms", asked)


def signed_data_of(told: bytes) -> cms.SignedData:
    try:
        message = cms.ContentInfo.load(_der(told), strict=False)
        if message["content_type"].native != "signed_data":
            raise NoSignature
        signed = message["content"]
        list(_signers(signed))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise NoSignature from error
    return signed


def _der(told: bytes) -> bytes:
    if pem.detect(told):
        return pem.unarmor(told)[2]
    text = told.strip()
    if text[:2] == b"MI":  # bare base64, as some programs write it: DER begins with a SEQUENCE
        return pem.unarmor(b"-----BEGIN CMS-----\n" + text + b"\n-----END CMS-----\n")[2]
    return told


def _signers(signed: cms.SignedData) -> Iterator[cms.SignerInfo]:
    infos = signed["signer_infos"]
    if not 0 < len(infos) <= SIGNERS_AT_MOST:
        raise NoSignature
    return iter(infos)


def found(
    signed: cms.SignedData,
    signer: cms.SignerInfo,
    data: bytes,
    kind: str,
    asked: Asked,
    covers_all: bool = True,
    claimed: datetime | None = None,
) -> FoundSignature:
    """What can be said of one signer. `data`: exactly what the signature is of."""
    known = _certificates(signed)
    algorithm = _algorithm(signer)
    certificate = _certificate_of(signer, known)
    if certificate is None:
        doubts = ("no_certificate", *ALWAYS)
        return FoundSignature(kind, None, covers_all, doubts, algorithm=algorithm)
    mathematics = _mathematics(signer, certificate, data)
    stamp = _stamp(signer, asked)
    at = stamp.at if stamp else _claimed_at(signer) or claimed
    moment = stamp.at if stamp and stamp.trusted else asked.now
    chain = certificates.chain_of(certificate, known, asked.roots, moment)
    doubts = [
        *([mathematics.doubt] if mathematics.doubt else []),
        *certificates.doubts_of_time(certificate, moment),
        *chain_doubts(chain),
        *_doubts_of(stamp, at),
        *ALWAYS,
    ]
    return FoundSignature(
        kind,
        mathematics.intact,
        covers_all,
        tuple(doubts),
        algorithm=algorithm,
        signed_at=at.astimezone(UTC).isoformat() if at else None,
        time_stamped=stamp is not None,
        chain=chain,
        **certificates.described(certificate),
    )


def chain_doubts(chain: Chain) -> list[str]:
    told = {Chain.UNTRUSTED: ["chain_untrusted"], Chain.NOT_CHECKED: ["chain_not_checked"]}
    return told.get(chain, [])


def _doubts_of(stamp: Stamp | None, at: datetime | None) -> list[str]:
    if stamp:
        return [] if stamp.trusted else ["stamp_not_trusted"]
    return ["time_is_claimed" if at else "time_unknown"]


# ---- who signed ---------------------------------------------------------------------------------


def _certificates(signed: cms.SignedData) -> list[x509.Certificate]:
    told = signed["certificates"]
    if isinstance(told, core.Void):
        return []
    return [each.chosen for each in told if each.name == "certificate"][: certificates.LIMIT]


def _certificate_of(
    signer: cms.SignerInfo, known: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    sid = signer["sid"]
    for certificate in known:
        if sid.name == "issuer_and_serial_number":
            named = sid.chosen
            same = named["serial_number"].native == certificate.serial_number
            if same and named["issuer"] == certificate.issuer:
                return certificate
        elif sid.chosen.native == certificate.key_identifier:
            return certificate
    return None


def _algorithm(signer: cms.SignerInfo) -> str:
    algorithm = signer["signature_algorithm"]["algorithm"]
    if gost.is_gost(algorithm.dotted):
        return "gost2012" if algorithm.dotted in gost.SIGNATURES else "gost2001"
    return f"{algorithm.native} {signer['digest_algorithm']['algorithm'].native}"[:60]


# ---- the mathematics ----------------------------------------------------------------------------


def _mathematics(signer: cms.SignerInfo, certificate: x509.Certificate, data: bytes) -> Mathematics:
    oid = signer["signature_algorithm"]["algorithm"].dotted
    try:
        if gost.is_gost(oid):
            return _by_gost(signer, certificate, data)
        return _by_others(signer, certificate, data)
    except (DisallowedAlgorithmError, UnsupportedAlgorithm, NotImplementedError):
        return Mathematics(None, "algorithm_unknown")
    except (SignatureValidationError, CMSStructuralError, CMSExtractionError):
        return Mathematics(False, "signature_differs")
    except (ValueError, TypeError, KeyError):
        return Mathematics(None, "not_readable")


def _by_others(signer: cms.SignerInfo, certificate: x509.Certificate, data: bytes) -> Mathematics:
    digest = signer["digest_algorithm"]["algorithm"].native
    if digest in WEAK:
        return Mathematics(None, "algorithm_weak")
    actual = hashlib.new(digest, data).digest()
    return _compared(*validate_sig_integrity(signer, certificate, "data", actual))


def _compared(same_content: bool, same_signature: bool) -> Mathematics:
    if not same_content:
        return Mathematics(False, "content_differs")
    return Mathematics(True) if same_signature else Mathematics(False, "signature_differs")


def _by_gost(signer: cms.SignerInfo, certificate: x509.Certificate, data: bytes) -> Mathematics:
    name = gost.SIGNATURES.get(signer["signature_algorithm"]["algorithm"].dotted)
    if name is None:
        return Mathematics(None, "algorithm_weak")
    if not gost.is_here():
        return Mathematics(None, "gost_not_here")
    key, signature = certificate.public_key.dump(), signer["signature"].native
    told = signer["signed_attrs"]
    if isinstance(told, core.Void):
        same = gost.holds(key, signature, data, name)
        return Mathematics(True) if same else Mathematics(False, "content_differs")
    attributes = told.untag()
    if not _attributes_fit(attributes, certificate):
        return Mathematics(False, "signature_differs")
    same_content = _one(attributes, "message_digest").native == gost.digest(data, name)
    return _compared(same_content, gost.holds(key, signature, attributes.dump(), name))


def _attributes_fit(attributes: cms.CMSAttributes, certificate: x509.Certificate) -> bool:
    """Signed are data, and with this certificate, where the signature names one."""
    if _one(attributes, "content_type").native != "data":
        return False
    try:
        named = _one(attributes, "signing_certificate_v2")["certs"][0]
    except NonexistentAttributeError:
        return True
    algorithm = named["hash_algorithm"]["algorithm"]
    if algorithm.dotted not in gost.DIGESTS:
        return check_ess_certid(certificate, named)
    return named["cert_hash"].native == gost.digest(
        certificate.dump(), gost.DIGESTS[algorithm.dotted]
    )


def _one(attributes: cms.CMSAttributes, name: str) -> Any:
    """Raises NonexistentAttributeError; of several, SignatureValidationError."""
    try:
        return find_unique_cms_attribute(attributes, name)
    except MultivaluedAttributeError as error:
        raise SignatureValidationError(f"several {name}") from error


# ---- when ---------------------------------------------------------------------------------------


def _claimed_at(signer: cms.SignerInfo) -> datetime | None:
    try:
        told = find_unique_cms_attribute(signer["signed_attrs"], "signing_time").native
    except (NonexistentAttributeError, MultivaluedAttributeError, ValueError, TypeError):
        return None
    return told if isinstance(told, datetime) else None


def _stamp(signer: cms.SignerInfo, asked: Asked) -> Stamp | None:
    """None when nobody sealed the signature, or the seal does not hold."""
    try:
        told = find_unique_cms_attribute(signer["unsigned_attrs"], "signature_time_stamp_token")
        return _stamp_of(told["content"], signer["signature"].native, asked)
    except BROKEN:
        return None


def _stamp_of(token: cms.SignedData, signature: bytes, asked: Asked) -> Stamp | None:
    inside = token["encap_content_info"]
    stamp: tsp.TSTInfo = inside["content"].parsed
    imprint = stamp["message_imprint"]
    digest = imprint["hash_algorithm"]["algorithm"].native
    of_this = hashlib.new(digest, signature).digest() == imprint["hashed_message"].native
    (signer,) = _signers(token)
    known = _certificates(token)
    certificate = _certificate_of(signer, known)
    if certificate is None or digest in WEAK or not of_this:
        return None
    by = signer["digest_algorithm"]["algorithm"].native
    actual = hashlib.new(by, bytes(inside["content"])).digest()
    if validate_sig_integrity(signer, certificate, "tst_info", actual) != (True, True):
        return None
    at = stamp["gen_time"].native
    return Stamp(at, certificates.chain_of(certificate, known, asked.roots, at) is Chain.TRUSTED)
