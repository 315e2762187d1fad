"""The stream of events -> the queues of what each has in consequence: notices to be delivered,
papers to be drawn, signatures to be checked (casework/consequences.py: which event has which).

Slow work reads its own queue and not the stream: AWS lets two functions read a stream without
throttling, and the other one carries applications on (functions/decide/progress.py).
"""

from collections.abc import Iterator
from typing import Any

from adapters.queues import DeliveryRequest, PaperRequest, SignatureCheck
from adapters.records import Happened, each_event
from casework.archive import is_archive
from casework.consequences import CHECKING_KINDS, DRAWING_KINDS, TELLING_KINDS
from casework.notice import notices_of
from casework.support import is_thread
from functions.notify import archive, support
from functions.notify.wiring import (
    applications,
    logger,
    paper_requests,
    queue,
    signature_checks,
)


def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
    return each_event(event, _route, logger)


def _route(happened: Happened) -> None:
    if happened.kind in DRAWING_KINDS:
        paper_requests().send([PaperRequest(happened.number, happened.sequence)])
    if happened.kind in CHECKING_KINDS:
        signature_checks().send([SignatureCheck(happened.number, happened.sequence)])
    if happened.kind in TELLING_KINDS:
        queue().send(_notices(happened))


def _notices(happened: Happened) -> Iterator[DeliveryRequest]:
    if is_archive(happened.number):
        yield from archive.requests(happened)
        return
    if is_thread(happened.number):
        yield from support.requests(happened)
        return
    case = applications().load(happened.number)
    for notice in notices_of(case.events[happened.sequence - 1], case.application):
        yield DeliveryRequest(happened.number, happened.sequence, notice.audience, notice.template)
