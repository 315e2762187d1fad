"""One application on the real state machine, in the words of the citizen and the officer.

Every date below was counted by hand on a printed calendar, not by the code under test.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest

from local import people
from local.agency_file import row, written
from local.office import Office, form_of
from tests.journeys.steps import (
    LOW_INCOME,
    TOO_MUCH_INCOME,
    UNCLEAR_INCOME,
    UNREADABLE_PASSPORT,
    apply,
    begin,
    due_days,
    ends,
    events,
    happened,
    in_clarification,
    in_confirmation,
    instant,
    marks,
    on_check,
    refused,
    running,
    stage,
    states,
    told,
    told_inside,
    wait_until,
)
from tests.variants import sampled

AWAITING = "Await the officer's decision"
CONFIRMING = "Confirm by a second officer"
ASKING = "Ask the applicant once"
CHECKING = "Check documents and registries"

# Applied; promised (30 calendar days), limit (30 working days); reminder, 3 working days before.
TERMS = [
    ("2026-03-02 09:00", "2026-04-01", "2026-04-14", "2026-03-27 09:00"),  # over 9 March
    ("2026-04-27 10:00", "2026-05-27", "2026-06-10", "2026-05-22 09:00"),  # over the May holidays
    ("2026-06-01 00:30", "2026-07-01", "2026-07-14", "2026-06-26 09:00"),  # in UTC it is still May
    ("2026-12-11 18:00", "2027-01-11", "2027-02-02", "2026-12-28 09:00"),  # 30th day: Sunday 10 Jan
    ("2024-01-30 12:00", "2024-02-29", "2024-03-14", "2024-02-26 09:00"),  # due on the leap day
    ("2024-02-29 23:59", "2024-04-01", "2024-04-12", "2024-03-27 09:00"),  # 30th day: a Saturday
]
# Applied; promised (10 working days), limit (15); reminder.
PRIORITY_TERMS = [
    ("2026-04-27 10:00", "2026-05-13", "2026-05-20", "2026-05-07 09:00"),
    ("2026-12-18 10:00", "2027-01-12", "2027-01-19", "2026-12-29 09:00"),
    ("2024-02-29 10:00", "2024-03-15", "2024-03-22", "2024-03-12 09:00"),
]
# Asked; reminded on the fifth working day; the midnight that ends the seventh.
QUESTIONS = [
    ("2026-04-28 10:00", "2026-05-06 09:00", "2026-05-09 00:00"),
    ("2026-12-25 17:00", "2027-01-12 09:00", "2027-01-15 00:00"),
    ("2024-02-29 10:00", "2024-03-07 09:00", "2024-03-13 00:00"),
    ("2027-02-19 10:00", "2027-03-01 09:00", "2027-03-04 00:00"),  # Saturday 20 February works
]


def _days_later(day: str) -> str:
    """The midnight that ends the day."""
    return f"{instant(day) + timedelta(days=1):%Y-%m-%d} 00:00"


# ---- decided ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("applied", "promised", "limit", "reminder"), sampled(TERMS[3::2], 0))
def test_an_application_is_approved_on_its_last_day(
    office: Office, applied: str, promised: str, limit: str, reminder: str
) -> None:
    begin(office, applied)
    number = apply(office)
    assert due_days(office, number) == (promised, limit)
    wait_until(office, f"{promised} 18:00")
    office.approve(number)
    ends(office, number, "approved")
    assert [what for what, _ in told(office, number)] == ["accepted", "approved"]
    assert marks(office, number) == [("reminder", reminder)]
    assert told_inside(office, number) == [("operators", "due_soon")]


@pytest.mark.parametrize(("applied", "promised", "limit", "reminder"), sampled(PRIORITY_TERMS, 1))
def test_an_old_person_is_served_within_ten_working_days(
    office: Office, applied: str, promised: str, limit: str, reminder: str
) -> None:
    begin(office, applied)
    number = apply(office, form_of(people.GRANDMOTHER, category="pensioner"))
    assert due_days(office, number) == (promised, limit)
    wait_until(office, f"{limit} 23:59")
    assert marks(office, number) == [
        ("reminder", reminder),
        ("overdue", _days_later(promised)),
    ]
    office.approve(number)
    ends(office, number, "approved")


def test_an_agency_applies_for_its_client_and_is_told_the_outcome(office: Office) -> None:
    begin(office, "2026-04-30 16:00")
    report = office.report(office.drop("lipa", "april.csv", written([row(7)])))
    (number,) = office.casebook.unfinished()
    assert f"2;принято;{number}" in report
    office.cloud.advance(minutes=5)
    assert office.agency("lipa").get(f"/applications/{number}")["stage"] == "review"
    wait_until(office, "2026-05-12 10:00")
    office.approve(number)
    ends(office, number, "approved")
    assert [what for what, _ in told(office, number)] == ["accepted", "approved"]
    assert told_inside(office, number) == [("agency", "decided")]
    (done, decided) = office.cloud.published("AgenciesTopic")
    assert '"kind": "batch_done"' in done
    assert f'"number": "{number}"' in decided


def test_far_in_the_east_the_day_ends_seven_hours_earlier(office: Office) -> None:
    vladivostok = ZoneInfo("Asia/Vladivostok")
    begin(office, "2026-04-27 10:00", vladivostok)
    number = apply(office, region="RU-PRI")
    wait_until(office, "2026-06-11 00:00", vladivostok)
    assert marks(office, number, vladivostok) == [
        ("reminder", "2026-05-22 09:00"),
        ("overdue", "2026-05-28 00:00"),
        ("escalation", "2026-06-11 00:00"),
    ]
    office.approve(number)
    ends(office, number, "approved")


# ---- the officer is silent ----------------------------------------------------------------------


@pytest.mark.parametrize(("applied", "promised", "limit", "reminder"), sampled(TERMS, 0, 3))
def test_a_silent_officer_is_reminded_then_late_then_reported_and_still_has_to_decide(
    office: Office, applied: str, promised: str, limit: str, reminder: str
) -> None:
    begin(office, applied)
    number = apply(office)
    assert due_days(office, number) == (promised, limit)
    office.cloud.advance(days=150)
    late, reported = _days_later(promised), _days_later(limit)
    assert marks(office, number) == [
        ("reminder", reminder),
        ("overdue", late),
        ("escalation", reported),
    ]
    assert told(office, number)[1:] == [("overdue", late), ("escalated", reported)]
    assert [what for _, what in told_inside(office, number)] == ["due_soon", "overdue", "escalated"]
    assert len(office.cloud.sms) == 3
    assert stage(office, number) == "review"
    assert states(office, number)[-1] == AWAITING  # the duty remains
    office.approve(number)
    ends(office, number, "approved")


@pytest.mark.parametrize("officer_is_quicker", [True, False])
@pytest.mark.parametrize("mark", sampled(["overdue", "escalation"], 0))
def test_a_decision_in_the_very_second_of_the_deadline_stands(
    office: Office, mark: str, officer_is_quicker: bool
) -> None:
    """Due on 1 April; escalated after 14 April. Whoever is first, the decision is one."""
    begin(office, "2026-03-02 09:00")
    at = instant("2026-04-02 00:00" if mark == "overdue" else "2026-04-15 00:00")
    number: list[str] = []

    def decide() -> None:
        path = f"/applications/{number[0]}/proposal"
        office.officer.post(path, {"outcome": "approved"})

    if officer_is_quicker:  # what is planned first goes first
        office.cloud.call_at(at, decide)
    number.append(apply(office))
    office.cloud.advance_to(at - timedelta(hours=1))
    if not officer_is_quicker:
        office.cloud.call_at(at, decide)
    office.cloud.advance(hours=2)
    ends(office, number[0], "approved")
    assert events(office, number[0]).count("decided") == 1
    assert (mark in dict(marks(office, number[0]))) is not officer_is_quicker


# ---- questions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "reminded", "refused_at"), sampled(QUESTIONS, 1))
def test_an_unanswered_question_reminds_on_the_fifth_and_refuses_after_the_seventh_working_day(
    office: Office, asked: str, reminded: str, refused_at: str
) -> None:
    begin(office, asked)
    number = apply(office, LOW_INCOME | {"notify_by": "email"})
    office.ask(number, UNREADABLE_PASSPORT)
    office.cloud.advance(days=40)
    ends(office, number, "refused")
    assert [(what, when) for what, when in told(office, number) if what != "accepted"] == [
        ("question", told(office, number)[1][1]),
        ("question_reminder", reminded),
        ("refused", refused_at),
    ]
    assert events(office, number)[-4:] == [
        "applicant_reminded",
        "decided",
        "issued",
        "decision_received",
    ]
    assert marks(office, number) == []  # the officer's clock stood still
    assert "обжаловать решение в течение 30 дней" in office.cloud.emails[-1][2]


@pytest.mark.parametrize(("asked", "_reminded", "refused_at"), sampled(QUESTIONS[::2], 0))
def test_an_answer_in_the_last_minute_is_in_time_and_a_minute_later_is_too_late(
    office: Office, asked: str, _reminded: str, refused_at: str
) -> None:
    begin(office, asked)
    number = apply(office)
    office.ask(number, UNCLEAR_INCOME)
    office.cloud.advance_to(instant(refused_at) - timedelta(minutes=1))
    office.answer(number, message="Это пенсия")
    office.cloud.advance(minutes=1)
    assert stage(office, number) == "review"
    office.ask(number, UNCLEAR_INCOME)
    office.cloud.advance(days=40)
    assert refused(office.citizen, f"/applications/{number}/answer", {}) == (409, "wrong_stage")
    ends(office, number, "refused")


def test_an_answer_in_the_very_second_the_question_ends_is_too_late(office: Office) -> None:
    begin(office, "2026-04-28 10:00")
    answers: list[tuple[int, str] | None] = []
    number: list[str] = []
    office.cloud.call_at(  # planned first: it comes before the clock has marked anything
        instant("2026-05-09 00:00"),
        lambda: answers.append(refused(office.citizen, f"/applications/{number[0]}/answer", {})),
    )
    number.append(apply(office))
    office.ask(number[0], UNCLEAR_INCOME)
    office.cloud.advance(days=20)
    assert answers == [(409, "answer_too_late")]
    ends(office, number[0], "refused")


def test_an_answer_with_only_a_document_goes_straight_back_to_the_officer(office: Office) -> None:
    begin(office, "2026-04-27 10:00")
    number = apply(office)
    wait_until(office, "2026-04-29 10:00")
    office.ask(number, UNREADABLE_PASSPORT)
    wait_until(office, "2026-05-05 11:00")
    without = refused(office.citizen, f"/applications/{number}/answer", {})
    assert without == (422, "invalid_form")  # the passport was asked for
    office.upload(number, "passport")
    office.answer(number)
    assert stage(office, number) == "review"
    assert states(office, number)[-3:] == [ASKING, "What did the answer change?", AWAITING]
    # Six days stood still, 30 April to 5 May; three of them are working days.
    assert due_days(office, number) == ("2026-06-02", "2026-06-16")
    office.approve(number)
    ends(office, number, "approved")


def test_an_answer_with_a_changed_field_is_checked_again(office: Office) -> None:
    begin(office, "2026-12-28 10:00")
    number = apply(office)
    office.ask(number, UNCLEAR_INCOME)
    wait_until(office, "2027-01-11 10:00")
    office.answer(number, form={"income": "190000"})
    assert stage(office, number) == "checking"
    assert states(office, number)[-2:] == ["What did the answer change?", CHECKING]
    office.cloud.advance(minutes=5)
    assert stage(office, number) == "review"
    assert events(office, number)[-3:] == ["answered", "registries_asked", "registry_replied"]
    # Promised 27 January; 29 December to 11 January stood still: 14 days, of them 3 working.
    assert due_days(office, number) == ("2027-02-10", "2027-02-20")  # a working Saturday
    office.approve(number)
    ends(office, number, "approved")


def test_what_a_registry_contradicts_is_asked_once_and_checked_again(office: Office) -> None:
    begin(office, "2026-05-08 17:00")  # a Friday before three days off
    snils = LOW_INCOME["snils"]
    office.registries.differ(snils, "residence", "registration_address")
    number = apply(office)
    assert stage(office, number) == "clarification"
    gaps = office.show(number)["question"]["gaps"]
    assert [gap["field"] for gap in gaps] == ["registration_address"]
    wait_until(office, "2026-05-12 09:00")
    office.answer(number, message="Я живу здесь")  # and it still differs
    office.cloud.advance(minutes=5)
    assert stage(office, number) == "review"  # asked once: now the officer looks at it
    assert events(office, number).count("asked") == 1
    office.approve(number, explanation="Договор аренды приложен")
    ends(office, number, "approved")
    assert [what for what, _ in told(office, number)] == ["accepted", "question", "approved"]


# ---- refusals -----------------------------------------------------------------------------------


def test_a_refusal_holds_when_a_second_officer_confirms_it(office: Office) -> None:
    begin(office, "2026-02-20 10:00")  # a Friday before three days off
    number = apply(office, TOO_MUCH_INCOME)
    office.propose_refusal(number, "criteria_not_met")
    assert stage(office, number) == "confirmation"
    assert told_inside(office, number) == [("operators", "confirmation_needed")]
    itself = refused(office.officer, f"/applications/{number}/confirmation", {"agrees": True})
    assert itself == (403, "second_officer_needed")
    wait_until(office, "2026-02-24 10:00")
    office.confirm(number)
    ends(office, number, "refused")
    assert states(office, number)[-5:] == [
        CONFIRMING,
        "Does the second officer agree?",
        "Issue the outcome",
        "Is there anything to provide?",
        "Closed",
    ]


def test_a_returned_refusal_is_decided_again_by_the_first_officer(office: Office) -> None:
    begin(office, "2026-12-30 10:00")
    number = apply(office, TOO_MUCH_INCOME)
    office.propose_refusal(number, "criteria_not_met")
    wait_until(office, "2027-01-11 10:00")
    office.confirm(number, agrees=False, explanation="Доход посчитан неверно")
    assert stage(office, number) == "review"
    assert states(office, number)[-1] == AWAITING
    office.propose_refusal(number, "criteria_not_met")
    office.confirm(number)
    ends(office, number, "refused")
    decided = [kind for kind in events(office, number) if kind != "decision_received"]
    assert decided[-5:] == ["proposed", "returned", "proposed", "decided", "issued"]
    assert [what for what, _ in told(office, number)] == ["accepted", "refused"]


def test_a_silent_second_officer_does_not_stop_the_clock(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = apply(office, TOO_MUCH_INCOME)
    office.propose_refusal(number, "criteria_not_met")
    office.cloud.advance(days=60)
    assert marks(office, number) == [
        ("reminder", "2026-03-27 09:00"),
        ("overdue", "2026-04-02 00:00"),
        ("escalation", "2026-04-15 00:00"),
    ]
    assert stage(office, number) == "confirmation"
    assert states(office, number)[-1] == CONFIRMING
    office.confirm(number)
    ends(office, number, "refused")


def test_two_officers_at_once_and_the_second_is_told_so(office: Office) -> None:
    begin(office, "2026-03-06 09:00")
    number = apply(office)
    together = Barrier(2)

    def decide(officer, proposal):
        together.wait()
        return refused(officer, f"/applications/{number}/proposal", proposal)

    refusal = {"outcome": "refused", "reasons": ["data_wrong"], "explanation": "Адрес неверен"}
    with ThreadPoolExecutor(2) as desks:
        answers = list(
            desks.map(
                decide,
                (office.officer, office.second_officer),
                ({"outcome": "approved"}, refusal),
            )
        )
    office.cloud.settle()
    assert answers.count(None) == 1
    assert (409, "wrong_stage") in answers
    if answers[1] is None:
        office.supervisor.post(f"/applications/{number}/confirmation", {"agrees": True})
        office.cloud.settle()
    ends(office, number, "approved" if answers[0] is None else "refused")
    assert events(office, number).count("decided") == 1


# ---- corrections --------------------------------------------------------------------------------


def test_a_correction_in_review_goes_back_to_the_check_and_keeps_the_term(office: Office) -> None:
    begin(office, "2026-04-30 10:00")
    number = apply(office)
    before = due_days(office, number)
    wait_until(office, "2026-05-04 10:00")
    office.citizen.patch(f"/applications/{number}", {"form": {"income": "170000"}})
    office.cloud.settle()
    assert stage(office, number) == "checking"
    assert states(office, number)[-3:] == [AWAITING, "What did the officer do?", CHECKING]
    assert refused(office.officer, f"/applications/{number}/proposal", {"outcome": "approved"}) == (
        409,
        "wrong_stage",
    )
    office.cloud.advance(minutes=5)
    assert stage(office, number) == "review"
    assert due_days(office, number) == before == ("2026-06-01", "2026-06-16")
    office.approve(number)
    ends(office, number, "approved")


def test_a_correction_while_registries_are_asked_is_heard_of_by_them(office: Office) -> None:
    begin(office, "2026-04-30 10:00")
    number = office.apply(LOW_INCOME)
    office.cloud.advance(seconds=3)  # all but the taxes have replied
    office.citizen.patch(f"/applications/{number}", {"form": {"income": "170000"}})
    office.cloud.advance(minutes=1)
    assert stage(office, number) == "review"
    assert "registries_delayed" not in events(office, number)
    office.approve(number)
    ends(office, number, "approved")


# ---- registries ---------------------------------------------------------------------------------


def test_a_registry_down_for_three_days_is_asked_again_until_it_replies(office: Office) -> None:
    begin(office, "2026-03-06 09:00")  # a Friday before three days off
    office.registries.behave("taxes", down_until=instant("2026-03-09 09:00"))
    number = apply(office)
    wait_until(office, "2026-03-08 09:00")
    assert stage(office, number) == "checking"
    assert events(office, number)[-1] == "registries_delayed"
    wait_until(office, "2026-03-09 14:00")
    assert stage(office, number) == "review"
    assert events(office, number).count("registries_delayed") == 1
    office.approve(number)
    ends(office, number, "approved")


@pytest.mark.parametrize(
    ("applied", "given_up"),
    sampled(
        [
            ("2026-03-02 09:00", "2026-03-11 00:00"),  # 9 March is off
            ("2026-12-25 09:00", "2027-01-13 00:00"),
            ("2024-02-29 09:00", "2024-03-08 00:00"),
        ],
        0,
    ),
)
def test_a_registry_that_never_replies_is_given_up_and_the_officer_decides_without_it(
    office: Office, applied: str, given_up: str
) -> None:
    begin(office, applied)
    office.registries.behave("taxes", down_until=instant("2030-01-01 00:00"))
    number = apply(office)
    office.cloud.advance_to(instant(given_up))
    assert happened(office, number, "registries_given_up") == [given_up]
    assert stage(office, number) == "review"
    office.approve(number)  # by the certificate that the applicant has uploaded
    ends(office, number, "approved")


# ---- notices that come late ---------------------------------------------------------------------


def test_a_question_that_is_answered_before_its_notice_leaves_is_not_sent(office: Office) -> None:
    begin(office, "2026-03-02 09:00")
    number = apply(office)
    office.cloud.kill("functions.notify.delivery.handler", 1, "before")  # back in three minutes
    office.ask(number, UNCLEAR_INCOME)
    office.answer(number, message="Это пенсия")
    office.cloud.advance(minutes=10)
    assert [text for _, text in office.cloud.sms if "уточнения" in text] == []


# ---- withdrawal ---------------------------------------------------------------------------------


def _draft(office: Office) -> str:
    return office.draft(LOW_INCOME)


REACHES = {
    "draft": _draft,
    "checking": on_check,
    "clarification": in_clarification,
    "review": apply,
    "confirmation": in_confirmation,
}


@pytest.mark.parametrize("where", sampled(REACHES, 2, 4))
def test_a_withdrawn_application_is_left_alone_for_ever(office: Office, where: str) -> None:
    begin(office, "2026-04-28 10:00")
    number = REACHES[where](office)
    assert stage(office, number) == where
    office.cloud.advance(days=1)
    told_before = len(office.cloud.sms), len(office.cloud.published("OperatorsTopic"))
    office.withdraw(number)
    office.cloud.advance(days=90)
    assert running(office) == []
    assert events(office, number)[-1] == "withdrawn"
    assert (len(office.cloud.sms), len(office.cloud.published("OperatorsTopic"))) == told_before
    again = refused(office.citizen, f"/applications/{number}/withdrawal")
    assert again == (409, "wrong_stage")
    if where != "draft":
        ends(office, number, "withdrawn", "ABORTED")
    assert office.apply(LOW_INCOME)  # nothing stands in the way of a new one


def test_a_withdrawal_in_the_very_second_of_the_deadline_ends_the_execution(office: Office) -> None:
    """The news of the withdrawal is late: the machine has gone on to mark the deadline."""
    begin(office, "2026-03-02 09:00")
    at = instant("2026-04-02 00:00")
    number: list[str] = []
    office.cloud.call_at(
        at, lambda: office.citizen.post(f"/applications/{number[0]}/withdrawal", {})
    )
    number.append(apply(office))
    office.cloud.advance_to(at - timedelta(minutes=1))
    office.cloud.kill("functions.decide.progress.handler", 1, "before")
    office.cloud.advance(minutes=10)
    assert stage(office, number[0]) == "withdrawn"
    assert running(office) == []
    assert "overdue" not in dict(marks(office, number[0]))


@pytest.mark.parametrize("reach", sampled([in_clarification, in_confirmation], 0))
def test_withdrawn_and_resubmitted_it_is_a_new_application_with_its_own_term(
    office: Office, reach
) -> None:
    begin(office, "2026-04-24 10:00")
    old = reach(office)
    office.withdraw(old)
    wait_until(office, "2026-04-27 10:00")
    new = office.citizen.post(f"/applications/{old}/resubmission")
    assert not new["problems"]
    office.citizen.post(f"/applications/{new['number']}/submission")
    office.cloud.advance(minutes=5)
    assert due_days(office, new["number"]) == ("2026-05-27", "2026-06-10")
    assert office.casebook.load(new["number"]).application.previous == old
    assert stage(office, old) == "withdrawn"


def test_refused_unanswered_and_resubmitted_with_the_document(office: Office) -> None:
    begin(office, "2026-04-28 10:00")
    old = apply(office)
    office.ask(old, UNREADABLE_PASSPORT)
    wait_until(office, "2026-05-09 12:00")
    assert stage(office, old) == "refused"
    new = office.citizen.post(f"/applications/{old}/resubmission")
    assert [(p["field"], p["code"]) for p in new["problems"]] == [
        ("documents.passport", "document_missing")
    ]
    office.upload(new["number"], "passport")
    office.submit(new["number"])
    office.cloud.advance(minutes=5)
    office.approve(new["number"])
    ends(office, new["number"], "approved")
