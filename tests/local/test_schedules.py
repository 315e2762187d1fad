"""When a rule of the template fires next: the two ways of saying it that we use."""

from datetime import UTC, datetime

import pytest

from local.deliveries import _next_time


def fires(expression: str, after: str) -> str:
    instant = datetime.fromisoformat(after).replace(tzinfo=UTC).timestamp()
    return f"{datetime.fromtimestamp(_next_time(expression, instant), UTC):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("after", "then"),
    [
        ("2026-03-02 05:59", "2026-03-02 06:30"),
        ("2026-03-02 06:30", "2026-03-03 06:30"),  # having just fired
        ("2026-03-02 23:00", "2026-03-03 06:30"),
        ("2028-02-28 12:00", "2028-02-29 06:30"),
    ],
)
def test_every_day_at_a_time(after, then):
    assert fires("cron(30 6 * * ? *)", after) == then


def test_at_a_rate():
    assert fires("rate(5 minutes)", "2026-03-02 05:59") == "2026-03-02 06:04"


@pytest.mark.parametrize("expression", ["cron(0 6 ? * MON *)", "cron(0/15 6 * * ? *)", "often"])
def test_what_the_local_cloud_does_not_know_it_refuses(expression):
    with pytest.raises(NotImplementedError):
        fires(expression, "2026-03-02 06:00")
