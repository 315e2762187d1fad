"""A secret that we share with one other party, read from Secrets Manager and kept for minutes.

Nothing secret is in the template, in parameters or in a function's environment: whoever may read
those cannot forge anything. A new value is in use everywhere five minutes after it is set.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Any

from adapters.clock import now

KEPT = timedelta(minutes=5)


class Secret:
    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self._arn = arn
        self._value = b""
        self._read_at: datetime | None = None

    def seal(self, *parts: str) -> str:
        """HMAC-SHA256 of the parts, hex; parts that are split otherwise give another seal."""
        told = "\n".join(f"{len(part)}:{part}" for part in parts)
        return hmac.new(self._current(), told.encode(), hashlib.sha256).hexdigest()

    def is_seal(self, seal: str, *parts: str) -> bool:
        """Takes as long whether the first sign is wrong or the last."""
        return hmac.compare_digest(self.seal(*parts).encode(), seal.encode(errors="replace"))

    def _current(self) -> bytes:
        if self._read_at is None or not timedelta() <= now() - self._read_at < KEPT:
            found = self._client.get_secret_value(SecretId=self._arn)
            self._value, self._read_at = found["SecretString"].encode(), now()
        return self._value
