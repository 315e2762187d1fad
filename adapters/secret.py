"""A secret that we share with one other party, read from Secrets Manager and kept for minutes.

Nothing secret is in the template, in parameters or in a function's environment: whoever may read
those cannot forge anything. A new value is in use everywhere five minutes after it is set.

The secret is one value a line: the first seals, and what an earlier one sealed holds as long as its
line is kept. So a new value shuts nobody out, and old signatures can be checked for years.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from adapters.clock import now
from casework.errors import Unavailable

KEPT = timedelta(minutes=5)


class Secret:
    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self._arn = arn
        self._values: list[bytes] = []
        self._read_at: datetime | None = None

    def current(self) -> str:
        """The value itself, for whoever it is shared with by protocol. Raises Unavailable."""
        return self._known()[0].decode()

    def seal(self, *parts: str) -> str:
        """HMAC-SHA256 of the parts, hex; parts that are split otherwise give another seal."""
        return _sealed(self._known()[0], parts)

    def is_seal(self, seal: str, *parts: str) -> bool:
        """Takes as long whether the first sign is wrong or the last."""
        given = seal.encode(errors="replace")
        seals = [_sealed(value, parts).encode() for value in self._known()]
        return sum(hmac.compare_digest(made, given) for made in seals) > 0

    def _known(self) -> list[bytes]:
        """The values, the newest first. Raises Unavailable when there is none: nothing is sealed
        with what everybody knows."""
        if self._read_at is None or not timedelta() <= now() - self._read_at < KEPT:
            found = self._client.get_secret_value(SecretId=self._arn)
            lines = map(str.strip, found["SecretString"].splitlines())
            self._values = [line.encode() for line in lines if line]
            self._read_at = now()
        if not self._values:
            raise Unavailable()
        return self._values


def _sealed(value: bytes, parts: Sequence[str]) -> str:
    told = "\n".join(f"{len(part)}:{part}" for part in parts)
    return hmac.new(value, told.encode(), hashlib.sha256).hexdigest()
