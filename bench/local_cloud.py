"""What needs the whole system: deployment, requests, journeys, lifecycles, what a million costs."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

from bench import journeys, warm_requests
from bench.table import Row
from bench.timing import cpu_per_call
from local.cloud import TEMPLATE, LocalCloud
from local.office import Office
from local.stack import translate

START = datetime(2026, 3, 2, 6, tzinfo=UTC)


def rows() -> Iterator[Row]:
    yield from _deployments()
    with LocalCloud(start=START) as cloud:
        office = Office(cloud)
        yield from warm_requests.rows(office)
        yield from journeys.rows(office)


def _deployments() -> Iterator[Row]:
    """Against the translation of the template alone, without which nothing can be deployed."""
    first, again = _deployment(), _deployment()
    (translation,) = cpu_per_call(lambda: translate(TEMPLATE))
    against = "SAM translation alone"
    note = "imports every handler; moto is imported already"
    yield Row("deploy the local cloud, first", first, "s", translation, against, note=note)
    yield Row("deploy the local cloud, again", again, "s", translation, against)


def _deployment() -> float:
    start = time.process_time()
    with LocalCloud(start=START):
        return time.process_time() - start
