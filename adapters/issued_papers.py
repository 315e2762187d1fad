"""The papers that we issue, in the vault: `papers/<number>/<paper>-<hash>.pdf`."""

from typing import Any

PREFIX = "papers/"
CONTENT_TYPE = "application/pdf"


class IssuedPapers:
    def __init__(self, client: Any, vault: str) -> None:
        self._client = client
        self._vault = vault

    def keep(self, number: str, paper: str, sha256: str, pdf: bytes) -> None:
        """Drawn twice, a paper has two seals: each lies under a name of its own, and the one that
        is noted in the history counts."""
        key = paper_key(number, paper, sha256)
        self._client.put_object(Bucket=self._vault, Key=key, Body=pdf, ContentType=CONTENT_TYPE)


def paper_key(number: str, paper: str, sha256: str) -> str:
    """`sha256` of the PDF, in hex."""
    return f"{PREFIX}{number}/{paper}-{sha256[:16]}.pdf"
