"""Appeals: receipt, the thirty days, who may rule, and what a ruling brings about (D10)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from adapters import definitions
from casework import actions, appeals
from casework.appeals import Contested
from casework.application import SYSTEM, Application, Gap, Stage
from casework.errors import AppealTooLate, InvalidForm, NotAllowed, WrongStage
from casework.example import example_form
from casework.office_ways import OfficeWay, office_ways
from casework.ports import Case, Change
from casework.review import Next, next_step, terms
from tests.unit.fake_casebook import (
    ABOVE_THE_LIMIT,
    CITIZEN,
    MOSCOW,
    OFFICER,
    SECOND,
    Life,
    form_of,
    on_review,
    refused,
)

THIRD, FOURTH = "officer-3", "officer-4"
LAST_MINUTE = datetime(2026, 5, 6, 20, 59, tzinfo=UTC)  # 23:59 in Moscow
MIDNIGHT = LAST_MINUTE + timedelta(minutes=1)


class AppealLife(Life):
    """An appeal against the decision of another life, in the same casebook."""

    def __init__(self, against: Life, **form: object) -> None:
        self.rules = definitions.rules("appeal", MOSCOW)
        self.against, self.book, self._uploads = against, against.book, 0
        told = {
            "contested": against.number,
            "decision_date": f"{against.application.decision.at:%d.%m.%Y}",
            "snils": against.case.form["snils"],
        }
        day = self.rules.calendar.local_day(self.now)
        raw = example_form(self.rules.service, day, **(told | form))
        begun = actions.draft(self.rules, raw, region=MOSCOW, applicant=CITIZEN)
        self.number = self.book.create(begun, CITIZEN)
        self.upload("decision_notice")

    @property
    def contested(self) -> Contested:
        return Contested(self.against.case, self.against.rules)

    def submit(self, contested: Contested | None = None) -> Application:
        named = contested or self.contested
        submitted = self.act(CITIZEN, appeals.submit, self.rules, named, self.now)
        self.carry()
        return submitted

    def ask(self, officer: str = THIRD) -> Application:
        gaps = [Gap("unclear", field="points")]
        return self.act(officer, appeals.ask, self.rules, self.contested, officer, gaps, None)

    def propose(self, ruling: str, *reasons: str, officer: str = THIRD) -> Application:
        said = (ruling, reasons, "Доход посчитан дважды")
        return self.act(officer, appeals.propose, self.rules, self.contested, officer, *said)

    def confirm(self, agrees: bool = True, officer: str = FOURTH) -> Application:
        said = (agrees, None if agrees else "Нет", self.now)
        confirmed = self.act(officer, appeals.confirm, self.rules, self.contested, officer, *said)
        self.carry()
        return confirmed

    def rule(self, ruling: str, *reasons: str) -> Application:
        self.propose(ruling, *reasons)
        return self.confirm()

    def carry(self, *, hold: bool = True) -> Case:
        change = appeals.consequences(self.case, self.contested, hold=hold)
        return self.book.change(self.against.number, change, SYSTEM)


def told() -> Life:
    """Refused on 6 April and issued."""
    life = refused()
    life.issue()
    return life


def received(life: Life, how: str = "email", at: datetime | None = None) -> None:
    life.act(SYSTEM, appeals.note_notice, len(life.events), how, at or life.now)


def appealed() -> AppealLife:
    life = told()
    received(life)
    appeal = AppealLife(life)
    appeal.submit()
    return appeal


def problems(error: pytest.ExceptionInfo[InvalidForm]) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in error.value.problems]


# ---- receipt ------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["sms", "email"])
def test_a_notice_that_went_out_by_sms_or_email_proves_receipt(how: str) -> None:
    life = told()
    received(life, how)
    assert (life.application.received.how, life.application.received.at) == (how, life.now)
    received_again = appeals.note_notice(life.case, len(life.events) - 1, how, life.now)
    assert received_again == Change()


def test_a_letter_that_was_sent_proves_nothing_before_the_post_says_so() -> None:
    life = told()
    received(life, "letter")
    assert life.application.received is None
    assert appeals.window(life.application, life.rules) is None


def test_a_notice_of_something_else_proves_nothing() -> None:
    life = told()
    submitted = life.kinds.index("submitted") + 1
    assert appeals.note_notice(life.case, submitted, "sms", life.now) == Change()


def test_a_decision_read_in_the_cabinet_is_received_once() -> None:
    life = told()
    life.act(CITIZEN, appeals.note_viewing, life.now)
    first = life.now
    life.wait(days=1)
    assert appeals.note_viewing(life.case, life.now) == Change()
    assert (life.application.received.how, life.application.received.at) == ("cabinet", first)


def test_looking_at_an_application_that_is_not_decided_proves_nothing() -> None:
    life = on_review()
    assert appeals.note_viewing(life.case, life.now) == Change()


def test_the_earliest_proof_counts_whichever_is_noted_first() -> None:
    life = told()
    sent, notice = life.now, len(life.events)
    life.wait(days=2)
    life.act(CITIZEN, appeals.note_viewing, life.now)
    life.act(SYSTEM, appeals.note_notice, notice, "email", sent)
    assert life.application.received.how == "email"
    assert appeals.window(life.application, life.rules).due_day == date(2026, 5, 6)


def letter(life: Life, day: date, sent_on: date = date(2026, 4, 8)) -> None:
    notice = life.kinds.index("issued") + 1
    life.act(OFFICER, appeals.note_letter_delivered, life.rules, notice, sent_on, day, life.now)


def test_a_letter_counts_by_the_day_on_which_the_post_handed_it_over() -> None:
    life = told()
    life.wait(days=9)
    letter(life, date(2026, 4, 13))
    assert life.application.received.how == "letter"
    until = appeals.window(life.application, life.rules)
    assert until.due_day == date(2026, 5, 13)
    assert (until.ledger[0].day, until.ledger[0].code) == (date(2026, 4, 13), "received")


@pytest.mark.parametrize("day", [date(2026, 4, 7), date(2026, 4, 16)])
def test_a_letter_is_handed_over_after_it_was_sent_and_not_in_the_future(day: date) -> None:
    life = told()
    life.wait(days=9)
    with pytest.raises(InvalidForm) as error:
        letter(life, day)
    assert problems(error) == [("on", "letter_day")]


def test_another_day_for_the_same_letter_needs_its_return_first() -> None:
    life = told()
    life.wait(days=9)
    letter(life, date(2026, 4, 13))
    with pytest.raises(WrongStage) as error:
        letter(life, date(2026, 4, 14))
    assert error.value.code == "letter_noted"


def test_a_returned_letter_resets_the_time_until_the_next_proof() -> None:
    life = told()
    life.wait(days=9)
    letter(life, date(2026, 4, 13))
    notice = life.kinds.index("issued") + 1
    life.act(OFFICER, appeals.note_letter_returned, notice)
    assert life.application.received is None
    assert appeals.window(life.application, life.rules) is None
    assert appeals.note_letter_returned(life.case, notice) == Change()
    life.wait(days=30)
    life.act(CITIZEN, appeals.note_viewing, life.now)
    assert appeals.window(life.application, life.rules).due_day == date(2026, 6, 15)


def test_a_returned_letter_leaves_every_other_proof() -> None:
    life = told()
    received(life, "sms")
    life.act(OFFICER, appeals.note_letter_returned, life.kinds.index("issued") + 1)
    assert life.application.received.how == "sms"


# ---- filing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [LAST_MINUTE, MIDNIGHT - timedelta(seconds=1)])
def test_the_last_minute_of_the_thirtieth_day_is_in_time(at: datetime) -> None:
    life = told()
    received(life)
    appeal = AppealLife(life)
    life.wait_until(at)
    assert appeal.submit().stage is Stage.REVIEW
    assert life.application.appealed_by == appeal.number


def test_the_thirty_first_day_is_too_late_and_the_day_is_named() -> None:
    life = told()
    received(life)
    appeal = AppealLife(life)
    life.wait_until(MIDNIGHT)
    with pytest.raises(AppealTooLate) as error:
        appeal.submit()
    assert error.value.details == {"until": "06.05.2026"}


def test_without_proof_of_receipt_it_is_never_too_late() -> None:
    life = told()
    appeal = AppealLife(life)
    life.wait(days=300)
    assert appeal.submit().stage is Stage.REVIEW


def test_an_appeal_names_a_decision_of_the_same_person() -> None:
    appeal = AppealLife(told())
    with pytest.raises(InvalidForm) as error:
        appeal.act(CITIZEN, appeals.submit, appeal.rules, None, appeal.now)
    assert problems(error) == [("contested", "contested_unknown")]


def test_an_appeal_needs_a_decision() -> None:
    life = told()
    appeal = AppealLife(life)
    open_one = on_review(form_of(n=2), life.book)
    with pytest.raises(InvalidForm) as error:
        appeal.submit(Contested(open_one.case, open_one.rules))
    assert problems(error) == [("contested", "contested_undecided")]


def test_an_appeal_is_ruled_on_in_the_region_of_the_decision() -> None:
    life = told()
    appeal = AppealLife(life)
    elsewhere = replace(life.case, application=replace(life.application, region="RU-SPE"))
    with pytest.raises(InvalidForm) as error:
        appeal.submit(Contested(elsewhere, life.rules))
    assert problems(error) == [("contested", "contested_elsewhere")]


def test_the_date_and_the_person_are_those_of_the_decision() -> None:
    appeal = AppealLife(told(), decision_date="01.04.2026", snils="112-233-445 95")
    with pytest.raises(InvalidForm) as error:
        appeal.submit()
    assert problems(error) == [
        ("decision_date", "decision_date_differs"),
        ("snils", "contested_of_another"),
    ]


def test_every_problem_of_the_form_is_told_at_once() -> None:
    appeal = AppealLife(told(), decision_date="01.04.2026", points=None)
    with pytest.raises(InvalidForm) as error:
        appeal.submit()
    assert problems(error) == [
        ("points", "required"),
        ("decision_date", "decision_date_differs"),
    ]


def test_a_decision_is_appealed_once() -> None:
    appeal = appealed()
    appeal.rule("upheld", "decision_right")
    again = AppealLife(appeal.against)
    with pytest.raises(InvalidForm) as error:
        again.submit()
    assert problems(error) == [("contested", "contested_before")]


def test_a_withdrawn_appeal_leaves_the_way_to_another_one() -> None:
    appeal = appealed()
    appeal.withdraw()
    appeal.carry()
    assert appeal.against.application.appealed_by is None
    again = AppealLife(appeal.against)
    again.submit()
    assert appeal.against.application.appealed_by == again.number
    kinds = appeal.against.kinds
    assert kinds[-3:] == ["appealed", "appeal_withdrawn", "appealed"]


def test_the_answer_to_an_appeal_goes_to_court() -> None:
    appeal = appealed()
    appeal.rule("upheld", "decision_right")
    appeal.issue()
    received(appeal)
    assert appeals.window(appeal.application, appeal.rules) is None
    another = AppealLife(appeal)
    with pytest.raises(InvalidForm) as error:
        another.submit()
    assert problems(error) == [("contested", "contested_is_appeal")]
    assert "в суд" in appeal.rules.service.appeal.text


def test_an_agency_files_no_appeal_in_a_batch() -> None:
    appeal = AppealLife(told())
    with pytest.raises(InvalidForm) as error:
        actions.submit_row(
            appeal.rules, appeal.case.form, ["decision_notice"], appeal.now, region=MOSCOW
        )
    assert ("contested", "appeal_in_batch") in problems(error)


# ---- ruling -------------------------------------------------------------------------------------


def test_further_information_is_asked_for_once() -> None:
    appeal = appealed()
    appeal.ask()
    appeal.answer("Вот расчёт")
    with pytest.raises(WrongStage) as error:
        appeal.ask()
    assert error.value.code == "asked_before"
    assert appeal.next() is Next.DECIDE


@pytest.mark.parametrize("officer", [OFFICER, SECOND])
def test_nobody_who_took_part_in_the_decision_rules_on_it(officer: str) -> None:
    appeal = appealed()
    for act in (appeal.ask, lambda officer: appeal.propose("changed", officer=officer)):
        with pytest.raises(NotAllowed) as error:
            act(officer=officer)
        assert error.value.code == "had_part_in_decision"
    appeal.propose("changed")
    with pytest.raises(NotAllowed) as error:
        appeal.confirm(officer=officer)
    assert error.value.code == "had_part_in_decision"


@pytest.mark.parametrize("officer", [OFFICER, SECOND])
def test_nobody_who_took_part_in_the_decision_takes_the_appeal_or_is_given_it(officer: str) -> None:
    appeal = appealed()
    for act, code in (
        (appeals.claim, "had_part_in_decision"),
        (appeals.reassign, "assignee_had_part_in_decision"),
    ):
        with pytest.raises(NotAllowed) as error:
            appeal.act(officer, act, appeal.contested, officer)
        assert error.value.code == code
    offered = office_ways(appeal.application, officer, supervisor=True, had_part=True)
    assert set(offered) == {OfficeWay.PAUSE, OfficeWay.ESCALATE}
    assert appeal.act(THIRD, appeals.claim, appeal.contested, THIRD).officer == THIRD
    assert appeal.act(THIRD, appeals.reassign, appeal.contested, FOURTH).officer == FOURTH


def test_each_appeal_against_a_decision_is_remembered_with_how_it_stands() -> None:
    appeal = appealed()
    assert appeals.filed_against(appeal.against.case) == {appeal.number: "open"}
    appeal.withdraw()
    appeal.carry()
    again = AppealLife(appeal.against)
    again.submit()
    again.rule("changed")
    fates = {appeal.number: "withdrawn", again.number: "superseded"}
    assert appeals.filed_against(appeal.against.case) == fates


@pytest.mark.parametrize(("ruling", "reasons"), [
    ("upheld", ("decision_right",)), ("changed", ()), ("sent_back", ()),
])  # fmt: skip
def test_every_ruling_waits_for_another_officer(ruling: str, reasons: tuple[str, ...]) -> None:
    appeal = appealed()
    appeal.propose(ruling, *reasons)
    assert appeal.next() is Next.CONFIRM
    with pytest.raises(NotAllowed) as error:
        appeal.confirm(officer=THIRD)
    assert error.value.code == "second_officer_needed"
    assert appeal.confirm(agrees=False).stage is Stage.REVIEW


@pytest.mark.parametrize(("ruling", "reasons", "wrong"), [
    ("approved", (), [("outcome", "not_in_list")]),
    ("upheld", (), [("reasons", "too_few")]),
    ("upheld", ("question_unanswered",), [("reasons", "not_in_list")]),
    ("sent_back", ("decision_right",), [("reasons", "not_applicable")]),
])  # fmt: skip
def test_a_ruling_is_one_of_three_and_says_why(
    ruling: str, reasons: tuple[str, ...], wrong: list[tuple[str, str]]
) -> None:
    appeal = appealed()
    with pytest.raises(InvalidForm) as error:
        appeal.propose(ruling, *reasons)
    assert problems(error) == wrong


def test_a_ruling_without_words_is_none() -> None:
    appeal = appealed()
    said = (THIRD, "changed", (), None)
    with pytest.raises(InvalidForm) as error:
        appeals.propose(appeal.case, appeal.rules, appeal.contested, *said)
    assert problems(error) == [("explanation", "required")]


# ---- what it brings about -----------------------------------------------------------------------


def test_upheld_the_decision_stands_and_both_tell_of_each_other() -> None:
    appeal = appealed()
    assert appeal.rule("upheld", "decision_right").stage is Stage.REFUSED
    contested = appeal.against
    assert contested.kinds[-2:] == ["appealed", "decision_upheld"]
    assert contested.events[-1].data["number"] == appeal.number
    assert contested.application.stage is Stage.REFUSED
    assert appeal.application.contests == contested.number
    assert appeal.application.decision.ruling == "upheld"


def test_an_appeal_that_is_not_answered_leaves_the_decision_in_force() -> None:
    appeal = appealed()
    appeal.ask()
    appeal.wait(days=20)
    appeal.mark()
    appeal.carry()
    assert appeal.application.stage is Stage.REFUSED
    assert appeal.against.kinds[-1] == "decision_upheld"


def test_changed_what_was_refused_is_approved_and_the_old_decision_is_kept() -> None:
    appeal = appealed()
    assert appeal.rule("changed").stage is Stage.APPROVED
    contested = appeal.against.application
    assert appeal.against.kinds[-3:] == ["appealed", "decision_superseded", "decided"]
    assert contested.stage is Stage.APPROVED
    assert contested.decision.officers == {THIRD, FOURTH}
    assert [old.outcome for old in contested.superseded] == ["refused"]
    assert appeal.against.case.texts["explanation"] == "Доход посчитан дважды"
    assert (contested.received, contested.appealed_by) == (None, None)
    assert contested.execution == f"{contested.number}.2"
    assert appeal.against.next() is Next.ISSUE


def test_sent_back_it_is_reviewed_again_with_terms_of_its_own() -> None:
    appeal = appealed()
    appeal.wait(days=10)
    assert appeal.rule("sent_back").stage is Stage.APPROVED
    contested = appeal.against
    assert contested.kinds[-2:] == ["decision_superseded", "reopened"]
    assert contested.application.stage is Stage.REVIEW
    assert contested.next() is Next.DECIDE
    promised = {t.kind: t for t in terms(contested.application, contested.rules, appeal.now)}
    ledger = promised["promise"].proven.ledger
    assert (ledger[0].day, ledger[0].code) == (date(2026, 4, 16), "received")
    assert promised["promise"].proven.due_day == date(2026, 5, 18)  # 16 May is a Saturday
    contested.propose("approved", explanation="Доход пересчитан")
    assert [old.outcome for old in contested.application.superseded] == ["refused"]


def test_sent_back_the_registries_that_contradicted_are_asked_again() -> None:
    life = Life(form_of(income=ABOVE_THE_LIMIT))
    life.upload_what_is_needed()
    life.submit()
    life.ask_registries()
    for check in life.application.open_checks:
        life.reply(check, *(("snils",) if check == "snils" else ()))
    life.propose("refused", "criteria_not_met")
    life.confirm()
    life.issue()
    appeal = AppealLife(life)
    appeal.submit()
    appeal.rule("sent_back")
    assert life.application.stage is Stage.CHECKING
    assert life.application.open_checks == ("snils",)
    assert life.next() is Next.CHECK
    life.all_match()
    assert life.next() is Next.DECIDE


def test_a_reopened_application_holds_its_place_again() -> None:
    appeal = appealed()
    before = dict(appeal.book.held)
    appeal.rule("sent_back")
    taken = {key: n for key, n in appeal.book.held.items() if key not in before}
    assert set(taken.values()) == {appeal.against.number}
    appeal.against.propose("approved", explanation="Доход пересчитан")
    assert appeal.against.number not in appeal.book.held.values()


def test_where_the_person_has_applied_anew_both_go_on() -> None:
    appeal = appealed()
    new = on_review(book=appeal.book)
    appeal.propose("sent_back")
    appeal.act(FOURTH, actions.confirm, appeal.rules, FOURTH, True, None, appeal.now)
    appeal.carry(hold=False)
    appeal.against.propose("approved", explanation="Доход пересчитан")
    assert new.number in appeal.book.held.values()


def test_carried_over_twice_nothing_happens_twice() -> None:
    for ruling, reasons in (("upheld", ("decision_right",)), ("changed", ()), ("sent_back", ())):
        appeal = appealed()
        appeal.rule(ruling, *reasons)
        assert appeals.consequences(appeal.case, appeal.contested) == Change()


def test_a_late_proof_of_the_old_decision_says_nothing_of_the_new_one() -> None:
    appeal = appealed()
    contested = appeal.against
    old_notice = contested.kinds.index("issued") + 1
    appeal.rule("changed")
    assert appeals.note_notice(contested.case, old_notice, "sms", appeal.now) == Change()
    contested.issue()
    received(contested, "sms")
    assert contested.application.received.how == "sms"


def test_a_second_refusal_can_be_appealed_again() -> None:
    appeal = appealed()
    appeal.rule("sent_back")
    contested = appeal.against
    contested.propose("refused", "criteria_not_met")
    contested.confirm()
    contested.issue()
    again = AppealLife(contested)
    again.submit()
    again.rule("sent_back")
    assert contested.application.execution == f"{contested.number}.3"
    assert next_step(contested.application, contested.rules, contested.now).next is Next.DECIDE


def test_nothing_about_people_stands_in_the_events_of_an_appeal() -> None:
    appeal = appealed()
    appeal.ask()
    appeal.answer("Вот расчёт")
    appeal.rule("sent_back")
    seen = json.dumps([e.data for e in (*appeal.events, *appeal.against.events)], default=str)
    told_of = {*appeal.case.form.values(), "Доход посчитан дважды", "Вот расчёт"}
    told_of -= {appeal.against.number, appeal.case.form["decision_date"]}
    assert not [text for text in told_of if len(str(text)) > 4 and str(text) in seen]


def test_what_the_person_gave_up_himself_is_no_decision_to_contest() -> None:
    """An appointment that was booked, and withdrawn since: an appeal would bring it back."""
    against = told()
    case = against.case
    given_up = replace(case, application=replace(case.application, stage=Stage.WITHDRAWN))
    with pytest.raises(InvalidForm) as error:
        AppealLife(against).submit(Contested(given_up, against.rules))
    assert ("contested", "contested_withdrawn") in problems(error)
