"""Applications together with the rules each is under: what every function works with."""

from datetime import datetime
from typing import Any

from adapters import aws, definitions
from adapters.applications import Applications
from casework import document_check, drafts, statistics
from casework.application import Application, Stage
from casework.ports import Rules
from casework.review import promised_day
from casework.statistics import Outcome


def rules_of(application: Application) -> Rules:
    """The pinned service version, the calendar and the figures of the application's region."""
    return definitions.rules(application.service, application.region, application.service_version)


def open_casebook(table: str, client: Any = None) -> Applications:
    store = client or aws.client("dynamodb")
    return Applications(store, table, _due_of, _check_due_of, _outcome_of)


def _due_of(application: Application) -> str | None:
    if application.stage is Stage.DRAFT:
        return drafts.next_day(application, rules_of(application))
    return promised_day(application, rules_of(application)) if application.in_work else None


def _outcome_of(application: Application) -> Outcome | None:
    return statistics.outcome_of(application, rules_of(application))


def _check_due_of(application: Application) -> datetime | None:
    if not application.in_work:
        return None
    return document_check.first_due(application, rules_of(application))
