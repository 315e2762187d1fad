"""What the office knows of an applicant beside the application: bars, and the earlier filing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.calendars import calendar_for
from casework import violations
from casework.accounts import check_may_apply
from casework.application import Application
from casework.ports import Rules
from functions.intake.wiring import accounts, applications


def check_bars(rules: Rules, stored: Mapping[str, Any], agency: str | None, now: datetime) -> None:
    """Raises NotAllowed("barred") for a person or an agency found with false data repeatedly."""
    facts = rules.facts(stored, now)
    keys = violations.keys(rules, facts, agency)
    known = [applications().notes(violations.VIOLATION, key) for key in keys]
    violations.check(known, rules, now)


def check_known(citizen: str, now: datetime) -> None:
    """Only a person whose identity is confirmed applies."""
    check_may_apply(accounts().find(citizen), now)


def filing_day(application: Application) -> str:
    zone_day = calendar_for(application.region).local_day(application.submitted_at)
    return f"{zone_day:%d.%m.%Y}"
