"""What the figures say of a few lives."""

import pytest

from local.office import Office, Refused
from tests.api.people import in_review


def test_figures_follow_what_happens(office: Office):
    """One is approved in time, one is withdrawn, one stays until its promise is broken."""
    approved, taken_back, left = (in_review(office, n) for n in (1, 2, 3))
    office.approve(approved)
    office.withdraw(taken_back)
    shown = office.auditor.get("/statistics")
    assert shown["open"] == {"total": 1, "overdue": 0, "due_today": 0, "waiting": 0}
    assert shown["decided"] == {
        "decided": 1, "approved": 1, "refused": 0, "withdrawn": 1,
        "on_time": 1, "late": 0, "median_days": 0,
    }  # fmt: skip
    (stage,), (service,) = shown["by_stage"], shown["by_service"]
    assert (stage["stage"], stage["total"]) == ("review", 1)
    assert (service["service"], service["open"]["total"]) == ("social-service-need", 1)
    assert service["decided"] == shown["decided"]
    before = office.officer.get("/forecast")
    assert [day["numbers"] for day in before["days"] if day["due"]] == []
    office.cloud.advance(days=45)
    assert office.officer.get("/statistics")["open"]["overdue"] == 1
    ahead = office.officer.get("/forecast")
    assert (ahead["overdue"], ahead["pace"], len(ahead["days"])) == (1, "0", 10)
    old = office.officer.get("/statistics?since=2026-03-02&until=2026-03-02")
    assert old["decided"] == shown["decided"]
    assert office.show(left)["stage"] == "review"


@pytest.mark.parametrize(
    "query",
    ["since=yesterday", "since=2026-03-02&until=2026-03-01", "until=2026-03-01&since=2024-01-01"],
)
def test_a_period_is_at_most_a_year_and_goes_forward(office: Office, query):
    with pytest.raises(Refused, match="bad_parameter"):
        office.officer.get(f"/statistics?{query}")
