"""The signer's certificate: whose it is, when it holds, and whether anybody trusted vouches for it.

Nothing is fetched: neither missing certificates nor lists of revoked ones.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asn1crypto import pem, x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathBuildingError, ValidationError

from adapters.document_signatures import gost
from casework.document_signatures import Chain

NAMES = ("common_name", "surname", "given_name", "organization_name", "title")
"""The parts of a name that are shown: who signed, for whom, as what. Not a person's numbers."""
LONGEST = 200
LIMIT = 50  # certificates in one signature


def described(certificate: x509.Certificate) -> dict[str, Any]:
    """The fields of FoundSignature that the certificate tells."""
    validity = certificate["tbs_certificate"]["validity"]
    return {
        "signer": _names(certificate.subject),
        "issuer": _names(certificate.issuer),
        "serial": f"{certificate.serial_number:x}"[:LONGEST],
        "valid_from": validity["not_before"].native.astimezone(UTC).isoformat(),
        "valid_until": validity["not_after"].native.astimezone(UTC).isoformat(),
    }


def _names(name: x509.Name) -> dict[str, str]:
    told = name.native
    return {part: str(told[part])[:LONGEST] for part in NAMES if part in told}


def loaded(pems: Sequence[str]) -> list[x509.Certificate]:
    return [x509.Certificate.load(der) for each in pems for _, _, der in _unarmored(each)]


def _unarmored(text: str) -> Any:
    return pem.unarmor(text.encode(), multiple=True)


def doubts_of_time(certificate: x509.Certificate, now: datetime) -> list[str]:
    validity = certificate["tbs_certificate"]["validity"]
    if now > validity["not_after"].native:
        return ["certificate_expired"]
    return ["certificate_not_yet_valid"] if now < validity["not_before"].native else []


def chain_of(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    now: datetime,
) -> Chain:
    """Whether it leads to a trusted root. Whom only he himself vouches for, nobody trusts."""
    known = {root.sha256 for root in roots}
    if certificate.sha256 in known:
        return Chain.TRUSTED
    if certificate.subject == certificate.issuer:
        return Chain.UNTRUSTED
    if not roots:
        return Chain.NOT_CHECKED
    others = others[:LIMIT]
    if gost.is_gost(_oid(certificate)):
        return _chain_of_gost(certificate, others, roots, now)
    return _chain_of_others(certificate, others, roots, now)


def _chain_of_others(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    now: datetime,
) -> Chain:
    context = ValidationContext(
        trust_roots=list(roots),
        other_certs=list(others),
        moment=now,
        allow_fetching=False,
        revocation_mode="soft-fail",
    )
    validator = CertificateValidator(certificate, validation_context=context)
    try:
        asyncio.run(validator.async_validate_path())
    except (ValidationError, PathBuildingError):
        return Chain.UNTRUSTED
    return Chain.TRUSTED


def _chain_of_gost(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    now: datetime,
) -> Chain:
    if not gost.is_here():
        return Chain.NOT_CHECKED
    leads = gost.leads_to(
        _armored(certificate),
        [_armored(each) for each in others],
        [_armored(root) for root in roots],
        now.timestamp(),
    )
    return Chain.TRUSTED if leads else Chain.UNTRUSTED


def _oid(certificate: x509.Certificate) -> str:
    return certificate["signature_algorithm"]["algorithm"].dotted


def _armored(certificate: x509.Certificate) -> bytes:
    return pem.armor("CERTIFICATE", certificate.dump())
