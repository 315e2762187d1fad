"""A simulated identity provider: people who are signed in to it sign with it."""

from adapters.aws import client
from adapters.secret import Secret
from adapters.signatures import KIND, sealed_parts
from casework.ports import Signature
from local.cloud import LocalCloud


class IdentityProvider:
    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._secret = Secret(client("secretsmanager"), cloud.outputs["SignaturesSecret"])

    def sign(self, signer: str, sha256: str) -> dict[str, str]:
        """What the API takes as `signature`."""
        unsealed = Signature(KIND, signer, self._cloud.now(), sha256, "")
        seal = self._secret.seal(*sealed_parts(unsealed))
        return {
            "kind": KIND,
            "signer": signer,
            "at": unsealed.at.isoformat(),
            "sha256": sha256,
            "value": seal,
        }
