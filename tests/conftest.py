"""The whole of Opora on the local cloud, deployed once a session for the tests that ask for it.

A process holds one deployment at a time. Tests that make their own (tests/local) or none go first,
so the shared one is opened when theirs are closed, and stays open to the end.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local.cloud import LocalCloud
from local.office import Office

START = datetime(2026, 3, 2, 6, tzinfo=UTC)  # a Monday, nine in the morning in Moscow
RARELY = {"SentinelSchedule": "rate(7 days)"}  # hourly, it would take a third of the time of all
# The short ones then fill up what is left: no worker is alone with a long file at the end.
LONGEST_FIRST = (
    "test_fuzz.py",
    "test_walk.py",
    "test_appeals.py",
    "test_review.py",
    "test_crashes.py",
    "test_payments.py",
    "test_provision.py",
    "test_every_service.py",
    "test_every_transition.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files, since they are what is dealt out to workers."""
    shared = {item.path for item in items if "shared_office" in getattr(item, "fixturenames", ())}
    turn = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: (item.path in shared, turn.get(item.path.name, len(turn))))


@pytest.fixture(scope="session")
def shared_office() -> Iterator[Office]:
    with LocalCloud(start=START, parameters=RARELY) as cloud:
        yield Office(cloud)


@pytest.fixture
def office(shared_office: Office) -> Office:
    """The office on its first morning: nobody has applied, registries behave as their file says."""
    start_over(shared_office)
    return shared_office


def start_over(office: Office) -> None:
    office.cloud.reset(start=START)
    office.registries.start_over()
    office.scanner.start_over()
    office.payments.start_over()
    office.bank.start_over()
    office.experts_at_work = True


@pytest.fixture
def cloud(office: Office) -> LocalCloud:
    return office.cloud
