"""A draft that nobody goes on with (P2, P7): a reminder, and then its end.

The days are counted from the last work on the draft, on the region's calendar. The clock comes by
once a day (functions/decide/drafts.py), so both happen in the morning after the day has come.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from casework import fees
from casework.application import Application, Happening, Stage
from casework.ports import Case, Change, Rules


class Days(NamedTuple):
    """`expires`: the first day on which the draft is no more."""

    reminder: date
    expires: date


def days(application: Application, rules: Rules, *, unpaid: bool) -> Days:
    said = rules.service.drafts
    kept_from = rules.calendar.local_day(application.draft_kept_from)
    expires = kept_from + timedelta(days=said.unpaid if unpaid else said.expires)
    return Days(expires - timedelta(days=said.reminder), expires)


def next_day(application: Application, rules: Rules) -> str | None:
    """When the clock has something to say of the draft, ISO; drafts wait in the order of it.

    Whether a fee is due, only the form knows: a draft of a service with a fee may be looked at
    earlier than need be.
    """
    if application.stage is not Stage.DRAFT:
        return None
    unpaid = rules.service.fee is not None and not application.fees.kept()
    reminder, expires = days(application, rules, unpaid=unpaid)
    return (expires if application.draft_reminded else reminder).isoformat()


def expires_on(case: Case, rules: Rules, now: datetime) -> date | None:
    """The day that the person is told; None for what is no draft."""
    if case.application.stage is not Stage.DRAFT:
        return None
    return days(case.application, rules, unpaid=_is_unpaid(case, rules, now)).expires


def come_by(case: Case, rules: Rules, now: datetime) -> Change:
    """What the clock has to say of the draft today. What was said before is not said again."""
    application = case.application
    if application.stage is not Stage.DRAFT:
        return Change()
    today = rules.calendar.local_day(now)
    reminder, expires = days(application, rules, unpaid=_is_unpaid(case, rules, now))
    if today >= expires and application.draft_reminded:
        return Change((Happening("expired"), *fees.of_closed_draft(application, "expired")))
    if today >= reminder and not application.draft_reminded:
        return Change((Happening("draft_reminded"),))
    return Change()


def _is_unpaid(case: Case, rules: Rules, now: datetime) -> bool:
    facts = rules.facts(case.form, now)
    return bool(fees.unpaid(case.application, rules, facts, now))
