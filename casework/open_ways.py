"""What its applicant can do with an application as it stands: what a page offers, and nothing that
the action itself would refuse. What forms say, and slots that have begun, only the actions see.
"""

from datetime import datetime
from enum import StrEnum

from casework.actions import OPEN_TO_APPLICANT
from casework.appeals import is_appeal, window
from casework.application import Application, Stage
from casework.appointments import is_booked
from casework.ports import Rules
from casework.provision import Awaited
from casework.review import answer_due

_RESUBMITTED = (Stage.REFUSED, Stage.WITHDRAWN, Stage.EXPIRED)
_CHOSEN_IN = (Awaited.PROVIDER, Awaited.ACT, Awaited.SERVICES)


class Way(StrEnum):
    CHANGE = "change"  # the form and the documents: of a draft, or of what is in work
    REBOOK = "rebook"  # another time for an approved appointment
    ANSWER = "answer"
    WITHDRAW = "withdraw"
    RESUBMIT = "resubmit"
    APPEAL = "appeal"
    AGREE = "agree"
    CHOOSE = "choose"
    COMPLAIN = "complain"


def open_ways(application: Application, rules: Rules, now: datetime) -> tuple[Way, ...]:
    booked = is_booked(application, rules)
    whole = application.erased is None
    question, provision = application.question, application.provision
    ways = (
        (Way.CHANGE, application.stage in OPEN_TO_APPLICANT and whole),
        (Way.REBOOK, booked and whole),
        (Way.ANSWER, question is not None and now < answer_due(question, rules)),
        (Way.WITHDRAW, booked or not application.closed),
        (Way.RESUBMIT, _can_be_resubmitted(application) and whole),
        (Way.APPEAL, _can_be_appealed(application, rules, now)),
        (Way.AGREE, provision is not None and provision.awaits is Awaited.AGREEMENT),
        (Way.CHOOSE, provision is not None and provision.awaits in _CHOSEN_IN),
        (Way.COMPLAIN, _can_be_complained_of(application)),
    )
    return tuple(way for way, is_open in ways if is_open)


def _can_be_resubmitted(application: Application) -> bool:
    return application.stage in _RESUBMITTED and application.successor is None


def _can_be_appealed(application: Application, rules: Rules, now: datetime) -> bool:
    """While its time runs: from proven receipt, so before that it has no end."""
    decided = application.decision is not None and application.stage is not Stage.WITHDRAWN
    if not decided or application.appealed_by or is_appeal(rules):
        return False
    until = window(application, rules)
    return until is None or now < until.due


def _can_be_complained_of(application: Application) -> bool:
    provision = application.provision
    if provision is None or provision.awaits in (None, Awaited.COMPLAINT):
        return False
    return provision.provider is not None
