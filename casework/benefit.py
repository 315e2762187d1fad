"""What is paid to whom from which day, which month is owed, and what became of each transfer.

A state of its own inside an application: the application folds these events into one field. Sums
and accounts lie beside the chain, in the text of each order and of each transfer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

PAY_DAYS = range(1, 6)
"""Of a month: when monthly payments are made (seeds/002)."""
ONCE = "once"


class State(StrEnum):
    SENT = "sent"  # the bank was asked and has not answered
    PAID = "paid"
    FAILED = "failed"


class Order(NamedTuple):
    """Pay as its text `order_<number>` says, from the ISO day `since`."""

    number: int
    since: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """`order`: whose sum it was; `code`: why the bank refused; `attempt`: how often it was sent."""

    state: State
    order: int
    at: datetime
    attempt: int = 1
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Benefit:
    """`first`: the first month that is paid, "2026-05", or "once"; `at_once`: a term runs to the
    first payment, which does not wait for the first days of a month. `stopped_on`: the ISO day
    from which nothing more is owed; `paused_on`: the same while a decision that an appeal undid is
    made anew. `resumed`: the order that the new one gave; from its day on none before it counts.
    `claimed`: months whose payment is claimed back."""

    first: str
    ordered_at: datetime
    orders: tuple[Order, ...]
    at_once: bool = False
    stopped_on: str | None = None
    paused_on: str | None = None
    resumed: int = 0
    transfers: Mapping[str, Transfer] = field(default_factory=dict)
    failures: Mapping[str, frozenset[str]] = field(default_factory=dict)  # told of each period
    claimed: frozenset[str] = frozenset()
    overdue: bool = False

    @property
    def one_time(self) -> bool:
        return self.first == ONCE

    def order_for(self, period: str) -> Order:
        """Whose sum a period has: the order in force when the month begins."""
        begins = begins_on(period)
        return self._in_force(begins.isoformat() if begins else self.orders[-1].since)

    def order_on(self, day: date) -> Order:
        """To whose account is paid on that day."""
        return self._in_force(day.isoformat())

    def _in_force(self, day: str) -> Order:
        """The latest day wins, and of the orders from one day the last one given."""
        begun = [order for order in self.orders if order.since <= day]
        anew = [order for order in begun if order.number >= self.resumed]
        return max(anew or begun, key=lambda o: (o.since, o.number), default=self.orders[0])

    @property
    def ends_on(self) -> str | None:
        """The ISO day from which nothing more is owed, for good or for now."""
        return min(filter(None, (self.stopped_on, self.paused_on)), default=None)

    def owed(self, day: date) -> tuple[str, ...]:
        """The periods that should be paid by now and are not, the earliest first."""
        return tuple(self._owed(day))

    def _owed(self, day: date) -> Iterator[str]:
        for period in self._periods(day):
            if not self._settled(period) and not self._stopped_before(period):
                yield period

    def payable(self, day: date) -> tuple[str, ...]:
        """Of what is owed, what is paid on that day. A month is paid in its first days, but what
        was missed then, and a first payment that has a term, waits for no other month."""
        return tuple(period for period in self.owed(day) if self._is_payable(period, day))

    def _is_payable(self, period: str, day: date) -> bool:
        if period == ONCE or self.at_once or day.day in PAY_DAYS:
            return True
        return period in self.transfers or period < month_of(day)

    def _periods(self, day: date) -> Iterator[str]:
        if self.one_time:
            yield ONCE
            return
        last = max(month_of(day), self.first) if self.at_once else month_of(day)
        month = self.first
        while month <= last:
            yield month
            month = month_after(month)

    def _settled(self, period: str) -> bool:
        known = self.transfers.get(period)
        return known is not None and known.state is State.PAID

    def _stopped_before(self, period: str) -> bool:
        """What the bank has been asked for is followed up even after a stop."""
        known = self.transfers.get(period)
        if self.ends_on is None or (known and known.state is State.SENT):
            return False
        begins = begins_on(period)
        return begins is None or self.ends_on <= begins.isoformat()

    def expected(self, day: date) -> str | None:
        """The period that is to be paid next: the first that is owed, or the one to come."""
        if owed := self.owed(day):
            return owed[0]
        if self.one_time or self.is_over:
            return None
        following = max(self.first, month_after(month_of(day)))
        while self._settled(following):
            following = month_after(following)
        return None if self._stopped_before(following) else following

    @property
    def is_over(self) -> bool:
        """Nothing will be paid any more."""
        if any(transfer.state is State.SENT for transfer in self.transfers.values()):
            return False
        if self.one_time:
            return self._settled(ONCE) or self.ends_on is not None
        if self.ends_on is None:
            return False
        # The first one that is owed says so: an end may be named for the year 9999.
        return next(self._owed(date.fromisoformat(self.ends_on)), None) is None

    @property
    def watch(self) -> str | None:
        """When the daily run must look at it: `daily`, `monthly`, or never."""
        if self.is_over:
            return None
        unpaid = any(t.state is not State.PAID for t in self.transfers.values())
        first_is_open = self.at_once and not self.first_is_paid
        return "daily" if self.one_time or unpaid or first_is_open else "monthly"

    @property
    def first_is_paid(self) -> bool:
        return self._settled(self.first)

    @property
    def first_paid_at(self) -> datetime | None:
        return self.transfers[self.first].at if self.first_is_paid else None


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def month_after(month: str) -> str:
    return month_of(date.fromisoformat(f"{month}-01") + timedelta(days=31))


def begins_on(period: str) -> date | None:
    return None if period == ONCE else date.fromisoformat(f"{period}-01")


def transfer_key(number: str, period: str) -> str:
    """Names one payment to the bank for ever: asked twice, paid once."""
    return f"{number}#{period}"


# ---- what each event changes --------------------------------------------------------------------

Changes = dict[str, Any]


def fold(benefit: Benefit | None, event: Any) -> Benefit | None:
    """The benefit after the event of its application; an order begins it, the end of what was
    granted stops it, where there is one."""
    if event.kind == "payment_ordered" and benefit is None:
        data = event.data
        return Benefit(data["first"], event.at, (Order(1, data["since"]),), data["at_once"])
    if benefit is None:
        return None
    return replace(benefit, **_CHANGES[event.kind](benefit, event))


def _ordered(benefit: Benefit, event: Any) -> Changes:
    """A later order takes the place of the earlier ones from its day. That of a new decision ends
    the pause; months that went by in it are owed by the new order."""
    order = Order(len(benefit.orders) + 1, event.data["since"])
    changes: Changes = {"orders": (*benefit.orders, order)}
    if benefit.paused_on is None:
        return changes
    again = not benefit.one_time and event.data["first"] != ONCE
    first = benefit.first if again else event.data["first"]
    at_once = event.data["at_once"]
    anew = {"first": first, "at_once": at_once, "ordered_at": event.at, "overdue": False}
    return changes | anew | {"paused_on": None, "resumed": order.number}


def pause(benefit: Benefit | None, since: str) -> Benefit | None:
    """The decision is undone: from the ISO day on nothing is paid until there is another."""
    return replace(benefit, paused_on=since) if benefit else None


def _sent(benefit: Benefit, event: Any) -> Changes:
    period = event.data["period"]
    known = benefit.transfers.get(period)
    attempt = known.attempt + 1 if known else 1
    sent = Transfer(State.SENT, event.data["order"], event.at, attempt)
    return {"transfers": {**benefit.transfers, period: sent}}


def _made(benefit: Benefit, event: Any) -> Changes:
    return _answered(benefit, event, State.PAID)


def _failed(benefit: Benefit, event: Any) -> Changes:
    period, code = event.data["period"], event.data["code"]
    known = benefit.failures.get(period, frozenset())
    failures = {**benefit.failures, period: known | {code}}
    return _answered(benefit, event, State.FAILED) | {"failures": failures}


def _answered(benefit: Benefit, event: Any, state: State) -> Changes:
    period = event.data["period"]
    known = benefit.transfers[period]
    answered = replace(known, state=state, at=event.at, code=event.data.get("code"))
    return {"transfers": {**benefit.transfers, period: answered}}


def _stopped(benefit: Benefit, event: Any) -> Changes:
    """The earliest day stands."""
    days = filter(None, (benefit.stopped_on, event.data["since"]))
    return {"stopped_on": min(days)}


_CHANGES = {
    "payment_ordered": _ordered,
    "payment_sent": _sent,
    "payment_made": _made,
    "payment_failed": _failed,
    "payment_overdue": lambda *_: {"overdue": True},
    "payment_claimed": lambda benefit, event: {
        "claimed": benefit.claimed | frozenset(event.data["periods"])
    },
    "ended": _stopped,
}
KINDS = tuple(kind for kind in _CHANGES if kind != "ended")
