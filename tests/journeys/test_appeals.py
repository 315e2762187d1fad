"""Appeals on the real state machines, in the words of the citizen and the officers.

Every date below was counted by hand on a printed calendar, not by the code under test.
"""

from datetime import timedelta
from pathlib import Path

import pytest

from local import people, snapshot
from local.office import Office, Refused, form_of
from tests.journeys.appeal_steps import (
    BY_EMAIL,
    appeal_form,
    ask_for_information,
    confirm_ruling,
    drafted_appeal,
    file_appeal,
    fourth,
    propose_ruling,
    refused_application,
    rule,
    third,
)
from tests.journeys.provision_steps import provision_status
from tests.journeys.steps import (
    LOW_INCOME,
    TOO_MUCH_INCOME,
    apply,
    begin,
    clock,
    due_days,
    ends,
    events,
    instant,
    marks,
    refused,
    running,
    stage,
    states,
    told,
    told_inside,
    wait_until,
)

BY_LETTER = TOO_MUCH_INCOME | {"notify_by": "letter"}
AWAITING = "Await a ruling on the appeal"


def seen_by_officer(office: Office, number: str) -> dict:
    return office.officer.get(f"/applications/{number}")


# ---- receipt, and the thirty days ----------------------------------------------------------------


def test_the_last_minute_of_the_thirtieth_day_is_in_time(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    decision = seen_by_officer(office, contested)["decision"]
    assert decision["received"]["how"] == "email"
    assert clock(decision["received"]["at"])[:10] == "2026-03-02"
    assert decision["appeal_until"]["due_day"] == "2026-04-01"
    ledger = decision["appeal_until"]["ledger"]
    assert (ledger[0]["code"], sum(day["counted"] for day in ledger)) == ("received", 30)
    wait_until(office, "2026-04-01 23:58")
    number = file_appeal(office, contested)
    assert stage(office, number) == "review"
    assert office.show(contested)["appealed_by"] == number
    assert office.show(number)["contests"] == contested


def test_the_thirty_first_day_is_too_late_and_the_answer_shows_the_way_to_court(
    office: Office,
) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    wait_until(office, "2026-04-01 23:00")
    number = drafted_appeal(office, contested)
    wait_until(office, "2026-04-02 00:00")
    with pytest.raises(Refused) as answer:
        office.submit(number)
    assert (answer.value.status, answer.value.code) == (409, "appeal_too_late")
    title = answer.value.problem["title"]
    assert "01.04.2026" in title
    assert "суд" in title
    assert stage(office, number) == "draft"


def test_a_sms_proves_receipt_as_an_email_does(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office, TOO_MUCH_INCOME)
    assert seen_by_officer(office, contested)["decision"]["received"]["how"] == "sms"


def test_a_letter_counts_from_the_post_and_a_returned_one_starts_anew(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office, BY_LETTER)
    letter = f"/applications/{contested}/letter"
    assert seen_by_officer(office, contested)["decision"]["received"] is None
    wait_until(office, "2026-03-16 10:00")
    handed_over = {"fate": "delivered", "on": "2026-03-12"}
    shown = office.officer.post(letter, handed_over)["decision"]
    assert shown["appeal_until"]["due_day"] == "2026-04-13"  # the 30th day is a Saturday
    wait_until(office, "2026-04-14 10:00")
    number = drafted_appeal(office, contested)
    assert refused(office.citizen, f"/applications/{number}/submission", {}) == (
        409,
        "appeal_too_late",
    )
    shown = office.officer.post(letter, {"fate": "returned"})["decision"]
    office.cloud.settle()
    assert (shown["received"], shown["appeal_until"]) == (None, None)
    assert ("operators", "letter_returned") in told_inside(office, contested)
    wait_until(office, "2026-05-04 10:00")
    shown = office.show(contested)["decision"]  # at last he reads it in the cabinet
    assert shown["received"]["how"] == "cabinet"
    assert shown["appeal_until"]["due_day"] == "2026-06-03"
    wait_until(office, "2026-06-03 23:59")
    office.submit(number)
    assert stage(office, number) == "review"


def test_a_letter_that_was_never_sent_cannot_be_delivered(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    letter = f"/applications/{contested}/letter"
    answer = refused(office.officer, letter, {"fate": "delivered", "on": "2026-03-02"})
    assert answer == (409, "no_letter")
    assert refused(office.citizen, letter, {"fate": "returned"}) == (403, "role_needed")


def test_an_officer_who_reads_the_decision_does_not_receive_it_for_the_applicant(
    office: Office,
) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office, BY_LETTER)
    seen_by_officer(office, contested)
    assert "decision_received" not in events(office, contested)
    office.show(contested)
    office.show(contested)
    assert events(office, contested).count("decision_received") == 1


def test_a_receipt_is_noted_when_the_delivery_dies_before_it_could_be(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = apply(office, BY_EMAIL)
    office.propose_refusal(contested, "criteria_not_met")
    office.cloud.kill("functions.notify.delivery.handler", 7, "before")
    office.confirm(contested)
    sent = office.cloud.now()
    office.cloud.advance(minutes=10)
    received = office.casebook.load(contested).application.received
    assert received.how == "email"
    assert abs(received.at - sent) < timedelta(minutes=1)
    assert len([mail for mail in office.cloud.emails if "решение принято" in mail[1]]) == 1


# ---- who may appeal, and what --------------------------------------------------------------------


def test_somebody_elses_decision_is_as_if_it_did_not_exist(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    stranger = office.agency("A")
    begun = {"service": "appeal", "region": "RU-MOW", "form": appeal_form(office, contested)}
    number = stranger.post("/applications", begun)["number"]
    with pytest.raises(Refused) as answer:
        stranger.post(f"/applications/{number}/submission", {})
    assert answer.value.fields["contested"] == "contested_unknown"


def test_two_appeals_at_once_against_one_decision_are_one_too_many(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    one, other = drafted_appeal(office, contested), drafted_appeal(office, contested)
    office.citizen.post(f"/applications/{one}/submission", {})
    with pytest.raises(Refused) as answer:
        office.citizen.post(f"/applications/{other}/submission", {})
    assert answer.value.status in (409, 422)
    office.cloud.settle()
    assert events(office, contested).count("appealed") == 1


# ---- rulings -------------------------------------------------------------------------------------


def test_upheld_the_decision_stands_and_the_answer_explains_the_court(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    wait_until(office, "2026-03-10 10:00")
    number = file_appeal(office, contested)
    rule(office, number, "upheld", "decision_right")
    ends(office, number, "refused")
    assert events(office, contested)[-2:] == ["appealed", "decision_upheld"]
    assert stage(office, contested) == "refused"
    assert [what for what, _ in told(office, number)] == ["appeal_accepted", "appeal_upheld"]
    answer = office.cloud.emails[-1][2]
    assert "45 дней" in answer
    assert "тоже можно обжаловать" in answer
    shown = office.show(number)["decision"]
    assert (shown["ruling"], shown["appeal_until"]) == ("upheld", None)
    assert states(office, number) == [
        AWAITING,
        "What came of the appeal?",
        "Confirm the ruling by another officer",
        "Does the other officer agree?",
        "Tell the answer to the appeal",
        "Appeal closed",
    ]


def test_changed_it_is_approved_at_last_and_the_old_decision_is_history(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    number = file_appeal(office, contested)
    rule(office, number, "changed")
    office.cloud.advance(minutes=5)
    assert office.execution(number)["status"] == "SUCCEEDED"
    assert stage(office, contested) == "approved"
    assert office.execution(contested)["status"] == "SUCCEEDED"
    assert office.casebook.load(contested).application.execution == f"{contested}.2"
    shown = office.show(contested)
    assert [old["outcome"] for old in shown["superseded"]] == ["refused"]
    assert shown["decision"]["outcome"] == "approved"
    assert [what for what, _ in told(office, contested)] == ["accepted", "refused", "approved"]
    assert [what for what, _ in told(office, number)] == ["appeal_accepted", "appeal_changed"]
    kinds = events(office, contested)
    order = [k for k in kinds if k in ("appealed", "decision_superseded", "decided", "issued")]
    assert order == ["decided", "issued", "appealed", "decision_superseded", "decided", "issued"]
    assert office.officer.get(f"/executions/{contested}.2")["status"] == "SUCCEEDED"
    assert office.officer.get(f"/executions/{number}")["status"] == "SUCCEEDED"


def test_sent_back_it_is_decided_again_within_new_terms(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    wait_until(office, "2026-04-01 10:00")
    number = file_appeal(office, contested)
    wait_until(office, "2026-04-06 10:00")
    rule(office, number, "sent_back")
    ends_open = office.casebook.load(contested).application
    assert (ends_open.stage, running(office)) == ("review", [f"{contested}.2"])
    assert due_days(office, contested) == ("2026-05-06", "2026-05-20")  # from 6 April
    wait_until(office, "2026-05-07 00:00")
    assert [mark for mark, _ in marks(office, contested)][-2:] == ["reminder", "overdue"]
    third(office).post(
        f"/applications/{contested}/proposal",
        {"outcome": "approved", "explanation": "Доход пересчитан"},
    )
    office.cloud.advance(minutes=5)
    assert office.execution(contested)["status"] == "SUCCEEDED"
    assert stage(office, contested) == "approved"
    assert [what for what, _ in told(office, number)] == ["appeal_accepted", "appeal_sent_back"]


def test_sent_back_and_refused_again_it_can_be_appealed_again(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    rule(office, file_appeal(office, contested), "sent_back")
    office.propose_refusal(contested, "criteria_not_met")
    office.confirm(contested)
    office.cloud.advance(minutes=5)
    ends(office, contested, "refused")
    number = file_appeal(office, contested)
    rule(office, number, "upheld", "decision_right")
    ends(office, number, "refused")
    assert events(office, contested).count("appealed") == 2


def test_an_approval_that_is_sent_back_is_provided_anew_after_the_new_one(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = apply(office, LOW_INCOME | {"notify_by": "email"})
    office.approve(contested)
    office.cloud.advance(minutes=5)
    assert provision_status(office, contested) == "RUNNING"
    rule(office, file_appeal(office, contested), "sent_back")
    assert provision_status(office, contested) == "ABORTED"
    assert (stage(office, contested), running(office)) == ("review", [f"{contested}.2"])
    third(office).post(f"/applications/{contested}/proposal", {"outcome": "approved"})
    office.cloud.advance(minutes=5)
    assert (stage(office, contested), running(office)) == ("approved", [])
    assert provision_status(office, f"{contested}.2") == "RUNNING"
    assert events(office, contested).count("provision_begun") == 2


def test_sent_back_while_a_new_application_is_open_both_go_on(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    number = file_appeal(office, contested)
    anew = apply(office, LOW_INCOME)
    rule(office, number, "sent_back")
    assert sorted(running(office)) == sorted([anew, f"{contested}.2"])
    third(office).post(
        f"/applications/{contested}/proposal",
        {"outcome": "approved", "explanation": "Доход пересчитан"},
    )
    office.cloud.advance(minutes=5)
    assert stage(office, contested) == "approved"
    assert stage(office, anew) == "review"


def test_further_information_is_asked_for_once(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    number = file_appeal(office, contested)
    ask_for_information(office, number)
    office.answer(number, message="Вот расчёт")
    again = {"gaps": [{"code": "unclear", "field": "points"}]}
    answer = refused(third(office), f"/applications/{number}/question", again)
    assert answer == (409, "asked_before")
    assert states(office, number)[-1] == AWAITING
    rule(office, number, "upheld", "decision_right")
    ends(office, number, "refused")


def test_an_appeal_that_nobody_answers_for_is_refused_and_the_decision_stands(
    office: Office,
) -> None:
    begin(office, "2026-04-24 10:00")
    contested = refused_application(office)
    number = file_appeal(office, contested)
    wait_until(office, "2026-04-28 10:00")
    ask_for_information(office, number)
    wait_until(office, "2026-05-09 00:01")
    ends(office, number, "refused")
    assert events(office, contested)[-1] == "decision_upheld"
    what = [what for what, _ in told(office, number)]
    assert what == ["appeal_accepted", "appeal_question", "appeal_question_reminder", "refused"]
    assert "в суд" in office.cloud.emails[-1][2]


def test_officers_of_the_decision_have_no_part_in_the_appeal(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    number = file_appeal(office, contested)
    ruling = {"outcome": "changed", "explanation": "Доход посчитан дважды"}
    for officer in (office.officer, office.second_officer):
        for step, body in (("claim", None), ("proposal", ruling)):
            answer = refused(officer, f"/applications/{number}/{step}", body)
            assert answer == (403, "had_part_in_decision")
        shown = officer.get(f"/applications/{number}")
        assert shown["barred"]["code"] == "had_part_in_decision"
        assert not {"claim", "ask", "propose", "confirm"} & set(shown["office_ways"])
        given = {"act": "reassign", "numbers": [number], "officer": officer.name}
        (result,) = office.supervisor.post("/bulk", given)["results"]
        assert result["code"] == "assignee_had_part_in_decision"
    assert third(office).get(f"/applications/{number}")["barred"] is None
    foreseen = third(office).post(f"/applications/{number}/proposal", {**ruling, "dry_run": True})
    assert foreseen["stage"] == "confirmation"
    assert foreseen["proposal"]["title"] == "Жалоба удовлетворена"
    assert stage(office, number) == "review"
    propose_ruling(office, number, "changed")
    for officer in (office.officer, office.second_officer):
        answer = refused(officer, f"/applications/{number}/confirmation", {"agrees": True})
        assert answer == (403, "had_part_in_decision")
    answer = refused(third(office), f"/applications/{number}/confirmation", {"agrees": True})
    assert answer == (403, "second_officer_needed")
    confirm_ruling(office, number, agrees=False)
    assert stage(office, number) == "review"
    assert fourth(office).get(f"/applications/{number}")["stage"] == "review"


def test_a_withdrawn_appeal_leaves_the_decision_and_the_way_to_another(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    number = file_appeal(office, contested)
    office.withdraw(number)
    ends(office, number, "withdrawn", "ABORTED")
    assert events(office, contested)[-2:] == ["appealed", "appeal_withdrawn"]
    assert office.show(contested)["appealed_by"] is None
    assert stage(office, file_appeal(office, contested)) == "review"


def test_a_late_answer_is_told_of_and_the_duty_remains(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    number = file_appeal(office, contested)
    office.cloud.advance(days=50)
    assert marks(office, number) == [
        ("reminder", "2026-03-27 09:00"),
        ("overdue", "2026-04-02 00:00"),
        ("escalation", "2026-04-15 00:00"),
    ]
    rule(office, number, "upheld", "decision_right")
    ends(office, number, "refused")


@pytest.mark.long
def test_the_consequence_arrives_when_the_carrier_dies(office: Office) -> None:
    for call, when in ((2, "after"), (3, "before"), (3, "after")):
        begin(office, "2026-03-02 09:00")
        contested = refused_application(office)
        number = file_appeal(office, contested)
        propose_ruling(office, number, "changed")
        office.cloud.kill("functions.decide.progress.handler", call, when)
        confirm_ruling(office, number)
        office.cloud.advance(minutes=15)
        assert stage(office, contested) == "approved"
        assert events(office, contested).count("decision_superseded") == 1
        assert office.execution(contested)["status"] == "SUCCEEDED"


@pytest.mark.long
def test_news_that_come_again_change_nothing(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    contested = refused_application(office)
    number = file_appeal(office, contested)
    rule(office, number, "sent_back")
    before = events(office, contested), events(office, number), running(office)
    assert office.cloud.repeat_events(list) == []
    assert (events(office, contested), events(office, number), running(office)) == before


@pytest.mark.long
def test_a_restarted_office_goes_on_with_appeals_and_reopened_applications(
    office: Office, tmp_path: Path
) -> None:
    begin(office, "2026-03-02 09:00")
    reopened = refused_application(office)
    rule(office, file_appeal(office, reopened), "sent_back")
    contested = refused_application(office, form_of(people.FATHER, income="900000"))
    number = file_appeal(office, contested)
    snapshot.save(office.cloud, tmp_path)
    office.cloud.reset(start=instant("2024-01-01 00:00"))
    assert snapshot.restore(office.cloud, tmp_path)
    office.registries.start_over()
    assert office.resume_reviews() == 2
    office.cloud.settle()
    assert sorted(running(office)) == sorted([f"{reopened}.2", number])
    rule(office, number, "upheld", "decision_right")
    assert office.execution(number)["status"] == "SUCCEEDED"
    assert running(office) == [f"{reopened}.2"]
