"""CPU of a page and of the JSON answer that it shows; what a first visit to it weighs.

Both from API Gateway's event to the answer, without the AWS calls, which are moto's here.
"""

import gzip
import re
from collections.abc import Iterator
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


class Shown(NamedTuple):
    """A page, and the operation that it shows; {number} stands for an application in review."""

    page: str
    operation: str
    caller: Caller
    pages: ModuleType
    operations: ModuleType


def rows() -> Iterator[Row]:
    with LocalCloud(start=START) as cloud:
        office = Office(cloud)
        number = office.apply(form_of(person(1)))
        cloud.advance(minutes=1)
        for shown in _shown(office):
            yield from _rows(office, number, shown)


def _shown(office: Office) -> list[Shown]:
    from functions.intake import api, office_api  # noqa: PLC0415  wired once the cloud is there
    from functions.portal import citizen  # noqa: PLC0415
    from functions.portal import office as console  # noqa: PLC0415

    mine, theirs = (office.citizen, citizen, api), (office.officer, console, api)
    return [
        Shown("/cabinet/services", "/services", *mine),
        Shown(f"/cabinet/services/{SERVICE}", f"/services/{SERVICE}", *mine),
        Shown("/cabinet/applications", "/applications", *mine),
        Shown("/cabinet/applications/{number}", "/applications/{number}", *mine),
        Shown("/cabinet/applications/{number}/history", "/applications/{number}/history", *mine),
        Shown("/office/queue", "/queue", office.officer, console, office_api),
        Shown("/office/applications/{number}", "/applications/{number}", *theirs),
    ]


def _rows(office: Office, number: str, shown: Shown) -> Iterator[Row]:
    visitor = Visitor(office.cloud, shown.caller)
    page, operation = (path.format(number=number) for path in shown[:2])
    asked = event_of(lambda: visitor.open(page), shown.pages)
    plain = event_of(lambda: shown.caller.get(operation), shown.operations)
    answer = shown.pages.handler(asked, None)
    if answer["statusCode"] != 200:
        raise ValueError(f"{page}: {answer['statusCode']}")
    with aws_cpu() as aws:
        ours, json_api = cpu_per_call(
            lambda: shown.pages.handler(asked, None),
            lambda: shown.operations.handler(plain, None),
            outside=aws,
        )
    what, against = f"GET {shown.page}", f"GET {shown.operation}"
    yield Row(what, ours * 1000, "ms", json_api * 1000, against, TIMES)
    note = "gzipped, with its styles and scripts"
    yield Row(f"{what}, weight", weight(visitor, answer["body"]), "KB", target=WEIGHT, note=note)


def weight(visitor: Visitor, source: str) -> float:
    """KB of a first visit, gzipped: the page and every file of ours that it asks for."""
    files = sorted(set(re.findall(r'(?:src|href)="(/assets/[^"]+)"', source)))
    parts = [source, *(visitor.read(path) for path in files)]
    return sum(len(gzip.compress(part.encode())) for part in parts) / 1024
