"""The part of the API for those who watch over the work: executions, the sentinel, figures, who saw
what."""

from typing import Any

from functions.intake import audit_api as _audit  # noqa: F401  its routes
from functions.intake import batches_api as _batches  # noqa: F401  its routes
from functions.intake import executions_api as _executions  # noqa: F401  its routes
from functions.intake import pause_api as _pauses  # noqa: F401  its routes
from functions.intake import queue_api as _queue  # noqa: F401  its routes
from functions.intake import sentinel_api as _sentinel  # noqa: F401  its routes
from functions.intake import staff_api as _staff  # noqa: F401  its routes
from functions.intake import statistics_api as _statistics  # noqa: F401  its routes
from functions.intake.access import respond


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return respond(event, context)
