"""Who of the office saw an application, and who did what with it; and who saw what lies beside
applications: letters to support, proofs of a right to act for another, requests for access,
accounts.

    pk = LOOKS#<number>     sk = LOOK#<hour>#<actor>    that he saw it then; for three years
                            sk = LOOK#<hour>#<actor>#<subject>#<number>   of what is no application

A letter that is about an application lies with the looks at that one. Whoever is to be told of a
look at what is his finds it through the index by applicant: no person is called `looks:...`.

What he did are events of the application; those of the office stand in the list of its actor too
(adapters/application_items.py).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from adapters.application_items import acts_of, instant
from adapters.sealed_table import SealedTable, item_of, plain

KEPT = timedelta(days=3 * 365)  # ours; whoever asks later reads the events
AT_MOST = 500  # entries of one answer
APPLICATION = "application"

Subject = Literal[
    "application", "letter", "representation", "proof", "access_request", "access_scan", "account"
]


class Entry(NamedTuple):
    """`event`: the kind of the event, None of a look; `sequence`: its place in the history;
    `subject`: what bears that number."""

    at: datetime
    actor: str
    number: str
    event: str | None = None
    sequence: int | None = None
    subject: Subject = APPLICATION


class Looks:
    def __init__(self, client: Any, table: str) -> None:
        self._client = client
        self._table = table
        self._noted: tuple[datetime | None, set[tuple[str, str, str]]] = (None, set())

    def note(
        self,
        number: str,
        actor: str,
        now: datetime,
        subject: Subject = APPLICATION,
        *,
        about: str | None = None,
        owner: str | None = None,
    ) -> None:
        """Once an hour: this process remembers whom it has noted, and noting again is harmless.

        `about`: the application that a letter is about; `owner`: who is told of the look.
        """
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._noted[0] != hour:
            self._noted = (hour, set())
        if (number, actor, subject) in self._noted[1]:
            return
        which = "" if subject == APPLICATION else f"#{subject}#{number}"
        item = {
            "pk": f"LOOKS#{about or number}",
            "sk": f"LOOK#{instant(hour)}#{actor}{which}",
            "number": number,
            "subject": subject,
            "actor": actor,
            "at": instant(now),
            "queue": f"looks#{actor}",
            "due": f"{instant(hour)}#{number}",
            "expires": int((now + KEPT).timestamp()),
        }
        if owner:
            item |= {"applicant": _told_to(owner), "drafted_at": instant(now)}
        self._client.put_item(TableName=self._table, Item=item_of(item))
        self._noted[1].add((number, actor, subject))

    def of_case(self, number: str) -> list[Entry]:
        """Newest first."""
        looks = SealedTable(self._client, self._table).query(f"LOOKS#{number}")
        return sorted(map(_entry, looks), key=order, reverse=True)

    def told_to(self, owner: str) -> list[Entry]:
        """Looks that this person is to be told of, newest first, the newest 500."""
        known = SealedTable(self._client, self._table)
        found = known.listed(
            "by_applicant", "applicant", _told_to(owner), at_most=AT_MOST, newest_first=True
        )
        return list(map(_entry, found))

    def of_actor(self, actor: str, since: datetime, until: datetime) -> list[Entry]:
        """What he saw and did in that time, newest first, the newest 500."""
        found = [
            _entry(item)
            for queue in (f"looks#{actor}", acts_of(actor))
            for item in self._newest(queue, instant(since), instant(until))
        ]
        return sorted(found, key=order, reverse=True)[:AT_MOST]

    def _newest(self, queue: str, since: str, until: str) -> Iterator[dict[str, Any]]:
        query = {
            "TableName": self._table,
            "IndexName": "by_due",
            "KeyConditionExpression": "#queue = :queue AND #due BETWEEN :since AND :until",
            "ExpressionAttributeNames": {"#queue": "queue", "#due": "due"},
            "ExpressionAttributeValues": item_of(
                {":queue": queue, ":since": since, ":until": until}
            ),
            "ScanIndexForward": False,
            "Limit": AT_MOST,
        }
        yield from map(plain, self._client.query(**query)["Items"])


def order(entry: Entry) -> tuple[datetime, int]:
    """What happens in one instant has an order too."""
    return entry.at, entry.sequence or 0


def _entry(item: dict[str, Any]) -> Entry:
    at = datetime.fromisoformat(item["at"])
    sequence = int(item["sequence"]) if "sequence" in item else None
    subject = item.get("subject", APPLICATION)
    return Entry(at, item["actor"], item["number"], item.get("kind"), sequence, subject)


def _told_to(owner: str) -> str:
    return f"looks:{owner}"
