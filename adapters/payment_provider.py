"""The payment provider: a page to pay at, refunds through a queue, and news that it seals.

The address of the page carries what is to be paid and our seal, so a payment is made without
asking anybody, the same payment has the same address, and nobody can change the sum. What goes
back waits in a queue for the provider's connector, as long as the provider is down.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import urlencode

from adapters.queues import Queue
from adapters.secret import Secret
from casework.errors import NotAllowed

TOLERANCE = timedelta(minutes=5)


class Refund(NamedTuple):
    """Give back what `transaction` brought; the same transaction is given back once."""

    payment: str
    transaction: str
    amount: str
    currency: str


class PaymentPage:
    """casework.ports.PaymentProvider"""

    def __init__(self, page: str, secret: Secret, refunds: Queue) -> None:
        self._page = page
        self._secret = secret
        self._refunds = refunds

    def page(self, payment: str, amount: Decimal) -> str:
        told = {"payment": payment, "amount": f"{amount:.2f}", "currency": "RUB"}
        return f"{self._page}?{urlencode({**told, 'seal': self._secret.seal(*told.values())})}"

    def give_back(self, payment: str, transaction: str, amount: Decimal, currency: str) -> None:
        self._refunds.send([Refund(payment, transaction, f"{amount:.2f}", currency)])


def check_seal(secret: Secret, header: str | None, body: bytes, at: datetime) -> None:
    """`header`: "t=<unix seconds>,v1=<seal of t and body>".

    Raises NotAllowed: bad_seal, and stale_seal when the news was sealed too long ago (or too far
    ahead): whoever overheard it cannot send it again tomorrow.
    """
    parts = dict(part.split("=", 1) for part in (header or "").split(",") if "=" in part)
    sealed_at, seal = parts.get("t", ""), parts.get("v1", "")
    if not secret.is_seal(seal, sealed_at, body.decode(errors="replace")):
        raise NotAllowed("bad_seal")
    if not (sealed_at.isascii() and sealed_at.isdigit() and len(sealed_at) <= 12):
        raise NotAllowed("bad_seal")
    if abs(at.timestamp() - int(sealed_at)) > TOLERANCE.total_seconds():
        raise NotAllowed("stale_seal")
