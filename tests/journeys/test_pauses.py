"""An officer pauses a case in the real machines: it wakes by itself."""

from datetime import timedelta

from local.office import Office
from tests.api.people import in_review
from tests.journeys.steps import due_days, told, told_inside

WORDS = "Ждём решения суда по вашему спору с органом опеки."


def test_a_paused_case_stands_still_and_wakes_by_itself(office: Office):
    number = in_review(office)
    path, before = f"/applications/{number}", due_days(office, number)
    (reason,) = (r for r in office.officer.get("/pause-reasons")["reasons"] if r["code"] == "court")
    until = office.cloud.now().date() + timedelta(days=reason["at_most_days"])
    asked = {"reason": "court", "until": f"{until}", "words": WORDS}
    shown = office.officer.post(f"{path}/pause", asked)
    assert {"resume", "escalate"} <= {*shown["office_ways"]}
    assert not {"ask", "propose", "pause"} & {*shown["office_ways"]}
    office.cloud.settle()
    of_citizen = office.show(number)["pause"]
    assert (of_citizen["words"], of_citizen["until_day"]) == (WORDS, f"{until}")
    office.officer.post(f"{path}/escalation", {"words": "Нужен совет"})
    office.cloud.settle()
    assert [
        line["number"] for line in office.supervisor.get("/queue?escalated=yes")["applications"]
    ] == [number]
    assert office.supervisor.get(path)["escalation"]["words"] == "Нужен совет"
    assert office.show(number)["escalation"] is None
    office.cloud.advance(days=60)
    board = office.officer.get("/sentinel")
    assert (board["open"], board["paused"], board["findings"]) == (1, 1, [])
    office.cloud.advance(days=35)
    assert office.show(number)["pause"] is None
    assert due_days(office, number) > before
    assert [template for template, _ in told(office, number)][1:3] == [
        "clock_paused",
        "clock_resumed",
    ]
    assert told_inside(office, number)[0] == ("operators", "supervisor_needed")
    office.approve(number)
    assert office.casebook.sealed_chain(number).broken_at is None
