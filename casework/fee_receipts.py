"""Money that came for a state fee: what was asked for, what was received, what goes back.

The provider names each sum it received by a transaction of its own; we name each request to pay.
Several sums may come for one request (the person pressed the button twice), so it is sums that are
counted, and each is kept or given back for itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

RUBLES = "RUB"
PAID, REFUND_DUE, REFUNDED = "paid", "refund_due", "refunded"


@dataclass(frozen=True, slots=True)
class FeeRequest:
    """What the person was asked to pay, in rubles."""

    amount: Decimal
    at: datetime


@dataclass(frozen=True, slots=True)
class FeeReceipt:
    """`state`: paid | refund_due | refunded; `reason`: why it goes back."""

    payment: str
    amount: Decimal
    currency: str
    at: datetime
    state: str = PAID
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Fees:
    """`requests` by payment, `receipts` by the provider's transaction, both in order of time."""

    requests: Mapping[str, FeeRequest] = field(default_factory=dict)
    receipts: Mapping[str, FeeReceipt] = field(default_factory=dict)

    def kept(self) -> dict[str, FeeReceipt]:
        """Sums that are neither given back nor about to be."""
        return {id_: receipt for id_, receipt in self.receipts.items() if receipt.state == PAID}

    def going_back(self) -> dict[str, FeeReceipt]:
        return {id_: r for id_, r in self.receipts.items() if r.state == REFUND_DUE}

    def with_request(self, payment: str, request: FeeRequest) -> "Fees":
        return replace(self, requests={**self.requests, payment: request})

    def with_receipt(self, transaction: str, receipt: FeeReceipt) -> "Fees":
        return replace(self, receipts={**self.receipts, transaction: receipt})

    def going(self, transaction: str, state: str, reason: str | None = None) -> "Fees":
        known = self.receipts[transaction]
        return self.with_receipt(
            transaction, replace(known, state=state, reason=reason or known.reason)
        )
