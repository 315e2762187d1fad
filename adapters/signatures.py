"""Signatures that an identity provider made for a person who signed in to it.

It seals who signed which digest and when, with a secret that only it and we know. A provider of
qualified certificates is another adapter behind the same port (docs/decisions/signatures.md).
"""

from adapters.secret import Secret
from casework.ports import Signature

KIND = "identity_provider"


class IdentityProvider:
    """casework.ports.SignatureCheck"""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def holds(self, signature: Signature) -> bool:
        told = sealed_parts(signature)
        return signature.kind == KIND and self._secret.is_seal(signature.value, *told)


def sealed_parts(signature: Signature) -> tuple[str, ...]:
    """What the provider seals."""
    return (signature.kind, signature.signer, signature.at.isoformat(), signature.sha256)
