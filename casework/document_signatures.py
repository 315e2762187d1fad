"""Electronic signatures in a document or beside it: what was proven of each, and what was not.

A mathematical check says that a file is what the holder of a key signed. Who holds the key, whether
he might sign, and whether the signature has legal force are other questions: each that was not
answered is among the doubts, by code (services/texts/document_signatures.toml).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from casework.files import ACCEPTED, STILL, FileState, Move
from casework.happening import Happening

CHECKING_KINDS = frozenset({"document_accepted", "signature_attached"})
"""The events after which a file of an application or of an archive is looked at for signatures."""


class Verdict(StrEnum):
    SIGNED_INTACT = "signed_intact"  # the file is what was signed, and nothing speaks against it
    ALTERED = "altered"  # the file is not what was signed
    NOT_PROVEN = "not_proven"  # neither can be said
    UNSIGNED = "unsigned"


class Chain(StrEnum):
    TRUSTED = "trusted"  # the certificate leads to a root that the deployer trusts
    UNTRUSTED = "untrusted"
    NOT_CHECKED = "not_checked"  # there is no root to lead to, or no means to look


ALTERING = frozenset({"content_differs", "signature_differs", "changed_after"})
"""Findings that mean: this is not what was signed."""

ALWAYS = ("legal_force", "revocation")
"""What is never checked here: doubts of every signature that do not change the verdict."""

HARMLESS = frozenset(
    {
        *ALWAYS,
        "chain_not_checked",
        "time_is_claimed",
        "time_unknown",
        "stamp_not_trusted",
        "signed_after",
    }
)
"""Doubts that are told and do not change the verdict."""


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """One signature.

    `kind`: pades | xades | xmldsig | cms. `intact`: whether the mathematics hold; None when they
    could not be checked. `covers_all`: whether the whole file is signed, to its last byte.
    `signer`, `issuer`: parts of their names. `serial`: of the certificate, hex. `signed_at`: ISO,
    as the signer claims, or, where `time_stamped`, as another party has sealed. `doubts`: codes.
    """

    kind: str
    intact: bool | None
    covers_all: bool
    doubts: tuple[str, ...] = ()
    signer: Mapping[str, str] = field(default_factory=dict)
    issuer: Mapping[str, str] = field(default_factory=dict)
    serial: str | None = None
    algorithm: str | None = None
    valid_from: str | None = None
    valid_until: str | None = None
    signed_at: str | None = None
    time_stamped: bool = False
    chain: Chain = Chain.NOT_CHECKED

    @property
    def proven(self) -> list[str]:
        """What was proven, by code."""
        if not self.intact:
            return []
        known = {
            "intact": True,
            "covers_all": self.covers_all,
            "chain": self.chain is Chain.TRUSTED,
            "time": self.time_stamped and "stamp_not_trusted" not in self.doubts,
        }
        return [code for code, is_so in known.items() if is_so]


class SignatureReport(NamedTuple):
    verdict: Verdict
    signatures: tuple[FoundSignature, ...] = ()

    @property
    def doubts(self) -> list[str]:
        """Of all signatures; codes only, so that they may stand in the chain of events."""
        return sorted({doubt for found in self.signatures for doubt in found.doubts})

    def to_json(self) -> dict[str, Any]:
        """Names people: kept beside the chain."""
        signatures = [asdict(found) for found in self.signatures]
        return {"verdict": self.verdict.value, "signatures": signatures}


def report_of(told: Mapping[str, Any]) -> SignatureReport:
    """What `to_json` made."""
    found = [
        FoundSignature(**{**each, "doubts": tuple(each["doubts"]), "chain": Chain(each["chain"])})
        for each in told["signatures"]
    ]
    return SignatureReport(Verdict(told["verdict"]), tuple(found))


def report(signatures: Iterable[FoundSignature]) -> SignatureReport:
    """With the verdict that people are shown: no better than that of the worst signature, and a
    file that no signature covers to its end is not proven to be what anybody signed."""
    found = tuple(signatures)
    if not found:
        return SignatureReport(Verdict.UNSIGNED)
    doubts = {doubt for each in found for doubt in each.doubts}
    if doubts & ALTERING or any(each.intact is False for each in found):
        return SignatureReport(Verdict.ALTERED, found)
    proven = all(each.intact for each in found) and any(each.covers_all for each in found)
    good = proven and not doubts - HARMLESS
    return SignatureReport(Verdict.SIGNED_INTACT if good else Verdict.NOT_PROVEN, found)


def unreadable(kind: str) -> SignatureReport:
    """There is something that calls itself a signature."""
    return report([FoundSignature(kind, None, False, ("not_readable", *ALWAYS))])


def note(file: FileState, found: SignatureReport) -> Move:
    """The file was looked at. The chain has the verdict, the codes, and the digest of the report,
    whose names lie beside it; the same report again is no news."""
    told = found.to_json()
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    verdict = found.verdict.value
    is_news = bool(found.signatures) and file.signatures != (verdict, digest)
    if file.state != ACCEPTED or not is_news:
        return STILL
    data = {"verdict": verdict, "doubts": found.doubts, "report": digest}
    return Move((Happening("signature_checked", data),), {"signatures": told})
