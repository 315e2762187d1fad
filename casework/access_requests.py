"""What people ask of the office about their accounts: to be let in again, or to be seen by video.

The office answers within 24 hours. Who has lost his phone, or is blocked, says who he is, with a
scan; an officer finds the account, sees the person by video or holds the papers against each other,
and lets him in by his new phone, which the code sent there has proved to be his.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from casework.accounts import ANSWER_WITHIN
from casework.errors import InvalidForm, Problem, WrongStage

ACCESS, VIDEO_CALL = KINDS = ("access", "video_call")
GRANTED, REFUSED = OUTCOMES = ("granted", "refused")
CHECKED_BY = ("video", "documents")
"""How the officer has seen who it is."""
REFUSALS = ("not_the_same_person", "scan_unreadable", "no_such_account", "did_not_come")


class Answer(NamedTuple):
    """`reason`: why it was refused; `checked_by`: how the person was recognised."""

    outcome: str
    at: datetime
    by: str
    reason: str = ""
    checked_by: str = ""


@dataclass(frozen=True)
class AccessRequest:
    """`account`: whose it is; of a request to be let in, once an officer has found it. `phone`: the
    confirmed one that the person is reached at. `said`: what he said of himself."""

    number: str
    kind: str
    asked_at: datetime
    phone: str
    said: Mapping[str, Any]
    account: str = ""
    answer: Answer | None = None
    version: int = 0

    @property
    def due(self) -> datetime:
        return self.asked_at + ANSWER_WITHIN

    def is_late(self, now: datetime) -> bool:
        return self.answer is None and now >= self.due


def answered(
    request: AccessRequest,
    outcome: str,
    *,
    account: str,
    reason: str,
    checked_by: str,
    by: str,
    now: datetime,
) -> AccessRequest:
    """Raises InvalidForm, WrongStage (already_answered)."""
    if request.answer:
        raise WrongStage("already_answered")
    granted = outcome == GRANTED
    account = request.account or account
    problems = {
        "account": granted and not account,
        "checked_by": granted and not checked_by,
        "reason": not granted and not reason,
    }
    if missing := [Problem(name, "required") for name, is_so in problems.items() if is_so]:
        raise InvalidForm(missing)
    if granted and request.kind == VIDEO_CALL and checked_by != "video":
        raise InvalidForm([Problem("checked_by", "only_by_video")])
    told = Answer(outcome, now, by, "" if granted else reason, checked_by if granted else "")
    return replace(request, answer=told, account=account)
