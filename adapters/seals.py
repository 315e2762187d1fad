"""Our signature under what we issue: an asymmetric key of KMS, which nobody takes out of there."""

import base64
from functools import cached_property
from typing import Any

from adapters.definitions import SERVICES
from casework.seal import Seal, Stamped, key_name

ALGORITHM = "ECDSA_SHA_256"
RETIRED = "retired_seal_keys.pem"
"""Beside the service files: the public keys that signed before; an office may have none."""

_BEGIN, _END, _LINE = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----", 64


class SealKey:
    def __init__(self, client: Any, key: str) -> None:
        """`key`: id or ARN of a KMS key with the spec ECC_NIST_P256 that signs."""
        self._client = client
        self._key = key

    @cached_property
    def public(self) -> bytes:
        """DER, SubjectPublicKeyInfo."""
        return self._client.get_public_key(KeyId=self._key)["PublicKey"]

    def seal(self, stamped: Stamped) -> Seal:
        """A new signature each time: ECDSA draws a number for each."""
        name = key_name(self.public)
        signed = self._client.sign(
            KeyId=self._key,
            Message=stamped.message(name),
            MessageType="RAW",
            SigningAlgorithm=ALGORITHM,
        )
        return Seal(stamped, name, signed["Signature"])


def published(current: bytes) -> dict[str, str]:
    """The current key (DER) and those before it, each by its name: PEM."""
    file = SERVICES / RETIRED
    retired = _read(file.read_text("ascii")) if file.is_file() else []
    return {key_name(der): _pem(der) for der in (current, *retired)}


def _pem(der: bytes) -> str:
    text = base64.b64encode(der).decode()
    lines = (text[at : at + _LINE] for at in range(0, len(text), _LINE))
    return "\n".join([_BEGIN, *lines, _END, ""])


def _read(pem: str) -> list[bytes]:
    keys = (part.partition(_BEGIN)[2] for part in pem.split(_END)[:-1])
    return [base64.b64decode(key) for key in keys]
