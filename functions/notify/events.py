"""The stream of events -> who is to be told what (the deliveries queue)."""

from typing import Any

from adapters.queues import DeliveryRequest
from adapters.records import Happened, each_event
from casework.notice import notices_of
from functions.notify.wiring import applications, logger, queue


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return each_event(event, _tell, logger)


def _tell(happened: Happened) -> None:
    case = applications().load(happened.number)
    notices = notices_of(case.events[happened.sequence - 1], case.application)
    queue().send(
        DeliveryRequest(happened.number, happened.sequence, notice.audience, notice.template)
        for notice in notices
    )
