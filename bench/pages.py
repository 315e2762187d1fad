"""CPU of a page and of the JSON answer that it shows; what a first visit to it weighs.

Both from API Gateway's event to the answer: first without the AWS calls, which are moto's here;
then with them, since a page reads the session, too, and may ask several operations. What is shown
in lines is measured with one line, and with as many as a working day has.
"""

import gzip
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import ModuleType
from typing import NamedTuple

from bench.table import Row, Target
from bench.timing import cpu_per_call
from bench.warm_requests import aws_cpu, event_of
from local.cloud import LocalCloud
from local.office import Caller, Office, form_of
from local.people import person
from tests.pages.visitor import Visitor

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SERVICE = "social-service-need"
TIMES = Target("ratio", "most", 3)
WEIGHT = Target("ours", "most", 60)
MANY = 25


class Shown(NamedTuple):
    """A page, and the operation that it shows; {number} stands for an application in review."""

    page: str
    operation: str
    caller: Caller
    pages: ModuleType
    operations: ModuleType
    is_list: bool = False
    signed_in: bool = True

    def visitor(self, cloud: LocalCloud) -> Visitor:
        return Visitor(cloud, self.caller) if self.signed_in else Visitor(cloud)


def rows() -> Iterator[Row]:
    with LocalCloud(start=START) as cloud:
        office = Office(cloud)
        number = office.apply(form_of(person(1)))
        cloud.advance(minutes=1)
        for shown in _shown(office):
            yield from _rows(office, number, shown)
        for other in range(2, MANY + 1):
            office.apply(form_of(person(other)))
        cloud.advance(minutes=1)
        for shown in _shown(office):
            if shown.is_list:
                yield from _times(office, number, shown, f"{MANY} lines")


def _shown(office: Office) -> list[Shown]:
    from functions.intake import api, office_api  # noqa: PLC0415  wired once the cloud is there
    from functions.portal import citizen  # noqa: PLC0415
    from functions.portal import office as console  # noqa: PLC0415

    mine, theirs = (office.citizen, citizen, api), (office.officer, console, api)
    return [
        Shown("/cabinet/services", "/services", *mine, signed_in=False),
        Shown("/cabinet/services", "/services", *mine),
        Shown(f"/cabinet/services/{SERVICE}", f"/services/{SERVICE}", *mine),
        Shown("/cabinet/applications", "/applications", *mine, is_list=True),
        Shown("/cabinet/applications/{number}", "/applications/{number}", *mine),
        Shown("/cabinet/applications/{number}/history", "/applications/{number}/history", *mine),
        Shown("/office/queue", "/queue", office.officer, console, office_api, is_list=True),
        Shown("/office/applications/{number}", "/applications/{number}", *theirs),
    ]


def _rows(office: Office, number: str, shown: Shown) -> Iterator[Row]:
    if not shown.signed_in:
        yield from _times(office, number, shown, "not signed in")
        return
    yield from _times(office, number, shown, "one line" if shown.is_list else "")
    visitor = shown.visitor(office.cloud)
    page = visitor.open(shown.page.format(number=number))
    note = "gzipped, with its styles and scripts"
    weighed = weight(visitor, page.source)
    yield Row(f"GET {shown.page}, weight", weighed, "KB", target=WEIGHT, note=note)


def _times(office: Office, number: str, shown: Shown, how: str) -> Iterator[Row]:
    """Without AWS calls, and with them."""
    page, operation = (path.format(number=number) for path in shown[:2])
    asked = event_of(lambda: shown.visitor(office.cloud).open(page), shown.pages)
    plain = event_of(lambda: shown.caller.get(operation), shown.operations)
    if (status := shown.pages.handler(asked, None)["statusCode"]) != 200:
        raise ValueError(f"{page}: {status}")
    sides = (
        lambda: shown.pages.handler(asked, None),
        lambda: shown.operations.handler(plain, None),
    )
    with aws_cpu() as aws:
        alone = cpu_per_call(*sides, outside=aws)
    what, against = ", ".join(filter(None, [f"GET {shown.page}", how])), f"GET {shown.operation}"
    yield Row(what, alone[0] * 1000, "ms", alone[1] * 1000, against, TIMES)
    whole = cpu_per_call(*sides)
    calls = _calls(office, shown.pages, lambda: shown.visitor(office.cloud).open(page))
    calls_of_operation = _calls(office, shown.operations, lambda: shown.caller.get(operation))
    yield Row(
        f"{what}, with AWS calls on moto",
        whole[0] * 1000,
        "ms",
        whole[1] * 1000,
        against,
        TIMES,
        f"AWS calls: {calls} against {calls_of_operation}",
    )


def _calls(office: Office, module: ModuleType, act: Callable[[], object]) -> int:
    """How many AWS calls that handler makes of one request."""
    office.cloud.calls.clear()
    act()
    return sum(handler == f"{module.__name__}.handler" for handler, _ in office.cloud.calls)


def weight(visitor: Visitor, source: str) -> float:
    """KB of a first visit, gzipped: the page and every file of ours that it asks for."""
    files = sorted(set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', source)))
    parts = [source, *(visitor.read(path) for path in files)]
    return sum(len(gzip.compress(part.encode())) for part in parts) / 1024
