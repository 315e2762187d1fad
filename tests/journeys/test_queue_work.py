"""An officer's queue: filtered, kept as a view, worked in bulk."""

import pytest

from local.office import Office, Refused
from tests.api.people import MISSING, in_review
from tests.journeys.steps import UNCLEAR_INCOME

KEY = "0c9d4f0e-8b0a-4a2a-9a0d-5b8f3a6f0c11"


def queued(office: Office, query: str = "") -> list[str]:
    return [line["number"] for line in office.officer.get(f"/queue{query}")["applications"]]


def bulk(caller, act: str, numbers: list[str], key: str | None = None, **more) -> dict[str, tuple]:
    asked = {"act": act, "numbers": numbers, **more}
    lines = caller.post("/bulk", asked, key)["results"]
    return {line["number"]: (line["done"], line["changes"], line["code"]) for line in lines}


def test_a_queue_is_filtered_kept_as_a_view_and_worked_in_bulk(office: Office):
    mine, other = in_review(office), in_review(office, 2)
    both = {mine, other}
    assert bulk(office.officer, "claim", [mine, MISSING], dry_run=True) == {
        mine: (True, True, None),
        MISSING: (False, False, "unknown_number"),
    }
    assert office.officer.get(f"/applications/{mine}")["officer"] is None
    assert bulk(office.officer, "claim", [mine, mine], KEY) == {mine: (True, True, None)}
    again = bulk(office.officer, "claim", [mine, mine], KEY)
    assert again[mine][0]
    assert queued(office, "?mine=yes") == [mine]
    assert queued(office, "?free=yes") == [other]
    assert set(queued(office, "?stage=review&due_within=300")) == both
    assert queued(office, "?due_within=0") == queued(office, "?overdue=yes") == []
    assert queued(office, "?priority=any") == queued(office, "?priority=emergency") == []

    assert bulk(office.second_officer, "release", [mine])[mine][2] == "claimed_by_another"
    moved = bulk(office.supervisor, "reassign", [mine, other], officer="second-officer")
    assert moved == dict.fromkeys(both, (True, True, None))
    assert set(queued(office, "?officer=second-officer")) == both
    history = office.officer.get(f"/applications/{mine}/history")["events"]
    assert history[-1]["data"] == {"officer": "second-officer"}
    told = office.citizen.get(f"/applications/{mine}/history")["events"]
    assert told[-1]["data"] == {}

    asked = {"gaps": [UNCLEAR_INCOME], "message": "За какой год доход?"}
    assert bulk(office.officer, "ask", [mine], **asked)[mine][2] == "claimed_by_another"
    answered = bulk(office.second_officer, "ask", [mine, other], **asked)
    assert answered == dict.fromkeys(both, (True, True, None))
    assert {office.show(number)["stage"] for number in both} == {"clarification"}
    office.cloud.advance(days=9)
    assert office.show(mine)["question"] is None or queued(office, "?overdue=yes") == []


def test_a_view_is_its_officers_own_and_known_by_its_name(office: Office):
    filters = {"stage": "review", "mine": "yes"}
    kept = office.officer.post("/queue/views", {"name": "Мои", "filters": filters})
    (view,) = kept["views"]
    assert (view["name"], view["filters"]) == ("Мои", filters)
    assert office.second_officer.get("/queue/views")["views"] == []
    (anew,) = office.officer.post("/queue/views", {"name": "мои", "filters": {}})["views"]
    assert (anew["id"], anew["filters"]) == (view["id"], {})
    for n in range(19):
        office.officer.post("/queue/views", {"name": f"Вид {n}", "filters": {}})
    with pytest.raises(Refused, match="too_many"):
        office.officer.post("/queue/views", {"name": "Лишний", "filters": {}})
    left = office.officer.delete(f"/queue/views/{view['id']}")["views"]
    assert len(left) == 19


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"act": "reassign", "officer": "officer"}, "role_needed"),
        ({"act": "ask"}, "too_few"),
        ({"act": "claim", "numbers": ["1"] * 51}, "too_many"),
        ({"act": "approve"}, "not_in_list"),
    ],
)
def test_a_bulk_that_cannot_be_is_refused_whole(office: Office, body, code):
    with pytest.raises(Refused, match=code):
        office.officer.post("/bulk", {"numbers": [MISSING], **body})


@pytest.mark.parametrize("query", ["overdue=no", "due_within=soon", "due_within=367", "mine=1"])
def test_a_filter_that_says_nothing_is_refused(office: Office, query):
    with pytest.raises(Refused, match="bad_parameter"):
        office.officer.get(f"/queue?{query}")
