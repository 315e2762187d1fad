"""What comes next, and until when: the waits, the marks of the clock and the terms."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from adapters import definitions
from casework.application import Gap, Stage
from casework.review import (
    LONGEST_WAIT,
    Next,
    Step,
    TermDue,
    clock_of,
    next_step,
    promised_day,
    terms,
)
from casework.service import Term
from tests.unit import recount
from tests.unit.fake_casebook import (
    AT_STAGE,
    MONDAY,
    Casebook,
    Life,
    drafted,
    form_of,
    in_clarification,
    in_confirmation,
    on_review,
    refused,
    submitted,
)

ELDERLY = form_of(category="pensioner")
SECOND = timedelta(seconds=1)

# Received on Monday 6 April 2026. Off: 1 May (Friday), 11 May (Monday, for Saturday 9 May).
REMINDER = datetime(2026, 4, 30, 6, tzinfo=UTC)  # 9:00 in Moscow, three working days before
PROMISE = datetime(2026, 5, 6, 21, tzinfo=UTC)  # the midnight that ends 6 May
LIMIT = datetime(2026, 5, 20, 21, tzinfo=UTC)
QUESTION_REMINDER = datetime(2026, 4, 13, 6, tzinfo=UTC)
UNANSWERED = datetime(2026, 4, 15, 21, tzinfo=UTC)


def step(life: Life) -> Step:
    return next_step(life.application, life.rules, life.now)


def seconds_to(at: datetime, life: Life) -> int:
    return int((at - life.now).total_seconds())


def term(life: Life, kind: str, name: str = "decision") -> TermDue:
    shown = terms(life.application, life.rules, life.now)
    return next(term for term in shown if (term.name, term.kind) == (name, kind))


def due_day(life: Life, kind: str) -> date:
    return term(life, kind).proven.due_day


class TestTheNextStep:
    @pytest.mark.parametrize(
        ("stage", "step_"),
        [
            ("checking", Next.CHECK),
            ("clarification", Next.ASK),
            ("review", Next.DECIDE),
            ("confirmation", Next.CONFIRM),
            ("approved", Next.ISSUE),
            ("refused", Next.ISSUE),
            ("withdrawn", Next.CLOSED),
        ],
    )
    def test_each_stage_has_one_next_step(self, stage, step_):
        assert step(AT_STAGE[stage]()).next is step_

    def test_after_the_outcome_is_issued_nothing_is_next(self):
        life = refused()
        life.issue()
        assert step(life) == (Next.CLOSED, 1)

    def test_a_mismatch_the_applicant_can_mend_is_asked_about(self):
        life = submitted()
        life.ask_registries()
        for check in life.application.open_checks:
            life.reply(check, *(["income"] if check == "income" else []))
        assert step(life).next is Next.ASK
        assert step(life).seconds == seconds_to(QUESTION_REMINDER, life)

    def test_a_mismatch_that_is_a_fact_for_the_officer_is_not(self):
        life = submitted()
        life.ask_registries()
        for check in life.application.open_checks:
            life.reply(check, *(["snils"] if check == "existing_support" else []))
        assert step(life).next is Next.DECIDE


class TestUntilWhen:
    def test_registries_are_asked_again_after_four_hours(self):
        assert step(submitted()) == (Next.CHECK, 4 * 3600)

    def test_but_not_beyond_the_patience_of_five_working_days(self):
        life = submitted()
        life.wait_until(datetime(2026, 4, 13, 20, tzinfo=UTC))  # an hour before it ends
        assert step(life).seconds == 3600
        life.wait(hours=2)
        assert step(life).seconds == 1

    def test_an_officer_is_awaited_until_the_next_mark(self):
        life = on_review()
        for at, mark in ((REMINDER, "reminder"), (PROMISE, "overdue"), (LIMIT, "escalation")):
            assert step(life).seconds == seconds_to(at, life)
            life.wait_until(at)
            assert step(life).seconds == 1
            assert mark in life.mark().marks
        assert step(life).seconds == LONGEST_WAIT.total_seconds()

    def test_so_is_the_second_officer(self):
        life = in_confirmation()
        assert step(life) == (Next.CONFIRM, seconds_to(REMINDER, life))

    def test_an_answer_is_awaited_until_the_reminder_and_then_the_limit(self):
        life = in_clarification()
        assert step(life).seconds == seconds_to(QUESTION_REMINDER, life)
        life.wait_until(QUESTION_REMINDER)
        life.mark()
        assert step(life).seconds == seconds_to(UNANSWERED, life)

    def test_part_of_a_second_is_a_whole_one(self):
        life = on_review()
        life.wait_until(REMINDER - timedelta(microseconds=1))
        assert step(life).seconds == 1
        life.wait_until(REMINDER - timedelta(seconds=1, microseconds=1))
        assert step(life).seconds == 2


class TestMarks:
    @pytest.mark.parametrize(
        ("at", "made"),
        [
            (REMINDER - SECOND, set()),
            (REMINDER, {"reminder"}),
            (PROMISE - SECOND, {"reminder"}),
            (PROMISE, {"reminder", "overdue"}),
            (LIMIT - SECOND, {"reminder", "overdue"}),
            (LIMIT, {"reminder", "overdue", "escalation"}),
        ],
    )
    @pytest.mark.parametrize("stage", [on_review, in_confirmation])
    def test_a_mark_is_made_at_its_instant_and_not_a_second_before(self, stage, at, made):
        life = stage()
        life.wait_until(at)
        assert life.mark().marks == made

    def test_marks_are_made_once_and_in_order(self):
        life = on_review()
        life.wait_until(LIMIT)
        life.mark()
        before = life.application
        assert life.mark() == before
        marks = [event.data["mark"] for event in life.events if event.kind == "marked"]
        assert marks == ["reminder", "overdue", "escalation"]

    def test_the_duty_remains_after_every_mark(self):
        life = on_review()
        life.wait_until(LIMIT + timedelta(days=60))
        assert life.mark().stage is Stage.REVIEW
        assert step(life).next is Next.DECIDE
        assert life.propose("approved").stage is Stage.APPROVED

    def test_a_decided_application_is_marked_no_more(self):
        life = refused()
        life.wait_until(LIMIT)
        before = life.application
        assert life.mark() == before

    def test_the_marks_that_passed_on_check_are_made_on_review(self):
        life = submitted()
        life.wait_until(PROMISE)
        assert life.mark().marks == set()
        life.all_match()
        assert life.mark().marks == {"reminder", "overdue"}


class TestQuestions:
    def test_the_applicant_is_reminded_on_the_fifth_working_day_at_nine(self):
        life = in_clarification()
        life.wait_until(QUESTION_REMINDER - SECOND)
        assert not life.mark().question.reminded
        life.wait_until(QUESTION_REMINDER)
        assert life.mark().question.reminded
        before = life.application
        assert life.mark() == before

    def test_an_unanswered_question_refuses_on_the_eighth_working_day(self):
        life = in_clarification()
        life.wait_until(UNANSWERED - SECOND)  # the last second of the seventh
        assert life.mark().stage is Stage.CLARIFICATION
        life.wait_until(UNANSWERED)
        refused_ = life.mark()
        assert refused_.stage is Stage.REFUSED
        assert refused_.decision.reasons == ("question_unanswered",)
        assert refused_.decision.officer == "system"
        assert step(life).next is Next.ISSUE
        assert life.book.held == {}

    def test_a_reminder_that_was_missed_is_not_sent_with_the_refusal(self):
        life = in_clarification()
        life.wait_until(UNANSWERED)
        life.mark()
        assert "applicant_reminded" not in life.kinds

    def test_the_term_stands_still_until_the_answer(self):
        """Asked on the 7th, answered on the 9th: the 8th and 9th are not counted."""
        life = on_review()
        life.wait(days=1)
        life.ask(Gap("unclear", field="income"))
        life.wait(days=2)
        life.answer("вот")
        assert due_day(life, "promise") == date(2026, 5, 8)
        assert due_day(life, "limit") == date(2026, 5, 22)
        life.wait_until(PROMISE)
        assert life.mark().marks == {"reminder"}
        life.wait_until(PROMISE + timedelta(days=2))
        assert life.mark().marks == {"reminder", "overdue"}

    def test_an_open_question_is_shown_as_if_answered_today(self):
        life = on_review()
        life.wait(days=1)
        life.ask(Gap("unclear", field="income"))
        assert due_day(life, "promise") == date(2026, 5, 6)
        life.wait(days=3)
        assert term(life, "promise").proven.paused
        # 9 May is a holiday and so, in its place, is Monday the 11th.
        assert due_day(life, "promise") == date(2026, 5, 12)
        assert [day.code for day in term(life, "promise").proven.ledger][2:5] == ["paused"] * 3

    def test_the_queue_is_sorted_by_the_promise_that_now_holds(self):
        life = on_review()
        assert promised_day(life.application, life.rules) == "2026-05-06"
        life.wait(days=1)
        life.ask(Gap("unclear", field="income"))
        life.wait(days=2)
        life.answer("вот")
        assert promised_day(life.application, life.rules) == "2026-05-08"


class TestTerms:
    def test_a_draft_has_none_and_nothing_is_promised(self):
        life = drafted()
        assert terms(life.application, life.rules, life.now) == []
        assert promised_day(life.application, life.rules) is None

    def test_a_closed_application_is_in_no_queue(self):
        life = refused()
        assert promised_day(life.application, life.rules) is None

    def test_every_term_is_told_with_its_proof(self):
        shown = terms(on_review().application, on_review().rules, MONDAY)
        assert [(t.name, t.kind) for t in shown] == [
            ("decision", "promise"),
            ("decision", "limit"),
            ("document_check", "limit"),
        ]
        counted = [sum(day.counted for day in t.proven.ledger) for t in shown[:2]]
        assert counted == [30, 30]
        assert shown[0].proven.due == PROMISE
        assert shown[1].proven.due == LIMIT
        assert shown[2].proven.due == MONDAY + timedelta(hours=24)

    def test_a_priority_category_is_served_in_10_and_15_working_days(self):
        life = on_review(ELDERLY)
        assert due_day(life, "promise") == date(2026, 4, 20)
        assert due_day(life, "limit") == date(2026, 4, 27)
        life.wait_until(datetime(2026, 4, 15, 6, tzinfo=UTC))
        assert life.mark().marks == {"reminder"}

    @pytest.mark.parametrize(
        ("received", "promise", "limit"),
        [
            # Off in May 2026: 1 (Friday), 9 (Saturday, given back on Monday the 11th).
            (datetime(2026, 4, 28, 7, tzinfo=UTC), date(2026, 5, 14), date(2026, 5, 21)),
            # Off at New Year: 31 December 2026 and 1 to 10 January 2027.
            (datetime(2026, 12, 21, 7, tzinfo=UTC), date(2027, 1, 13), date(2027, 1, 20)),
            # Received at 23:30 in Moscow on Friday: the Friday is day zero.
            (datetime(2026, 4, 3, 20, 30, tzinfo=UTC), date(2026, 4, 17), date(2026, 4, 24)),
            # Half an hour past midnight is Saturday: the same days count.
            (datetime(2026, 4, 3, 21, 30, tzinfo=UTC), date(2026, 4, 17), date(2026, 4, 24)),
        ],
    )
    def test_holidays_are_not_counted(self, received, promise, limit):
        life = on_review(ELDERLY, Casebook(now=received))
        assert due_day(life, "promise") == promise
        assert due_day(life, "limit") == limit

    def test_a_promise_in_calendar_days_that_ends_in_the_holidays_ends_after_them(self):
        life = on_review(book=Casebook(now=datetime(2026, 12, 4, 7, tzinfo=UTC)))
        assert due_day(life, "promise") == date(2027, 1, 11)
        assert term(life, "promise").proven.ledger[-1].code == "rolled"

    def test_the_terms_of_a_closed_application_stand_as_they_were(self):
        life = on_review()
        life.wait(days=1)
        life.ask(Gap("unclear", field="income"))
        life.wait(days=2)
        life.withdraw()
        then = terms(life.application, life.rules, life.now)
        life.wait(days=100)
        assert terms(life.application, life.rules, life.now) == then


# ---- a term that runs from the end of the checks, restarts, and is extended ----------------------

TEN_MORE = {"amount": 10, "unit": "calendar_days"}
FIFTEEN_MORE = {"amount": 15, "unit": "working_days"}
DOCUMENT, FIELD = Gap("missing", document="income_certificate"), Gap("unclear", field="income")


def under(life: Life, **said: Any) -> Life:
    """The same application of a service whose decision is due otherwise."""
    decision, *others = life.rules.service.terms
    known = decision.model_dump(mode="json", exclude_none=True)
    service = life.rules.service.model_copy(
        update={"terms": (Term.model_validate(known | said), *others)}
    )
    life.rules = life.rules._replace(service=service)
    return life


def restarting(life: Life, **said: Any) -> Life:
    """As the care for a disabled person: from the end of the checks, restarted by an answer, and
    once extended for missing documents."""
    extension = {"promise": TEN_MORE, "limit": FIFTEEN_MORE}
    return under(life, since="checked", on_question="restart", extension=extension, **said)


def answered_with_document(life: Life) -> Life:
    life.upload("income_certificate")
    life.answer("вот")
    life.all_match()
    return life


def recounted(life: Life, kind: str, since: datetime, events: list[tuple]) -> None:
    """The due date and each line of its ledger, against the count of a stranger."""
    length = dict(life.rules.service.term("decision").kinds())[kind]
    counted, held = recount.replay(
        "RU-MOW", length.unit.value, length.amount, since, events, on_question="restart",
        as_of=life.now,
    )  # fmt: skip
    proven = term(life, kind).proven
    recount.check_due(counted, held, proven[:3])
    recount.check_ledger(counted, proven.ledger)


class TestFromTheEndOfTheChecks:
    def test_the_term_begins_when_the_last_registry_was_heard(self):
        life = restarting(submitted())
        assert [t.name for t in terms(life.application, life.rules, life.now)] == ["document_check"]
        life.wait(days=2)
        life.all_match()
        assert due_day(life, "promise") == date(2026, 5, 8)
        recounted(life, "promise", life.now, [])
        recounted(life, "limit", life.now, [])

    def test_before_that_the_queue_foresees_it_and_nothing_is_marked(self):
        life = restarting(submitted())
        assert promised_day(life.application, life.rules) == "2026-05-06"
        life.wait_until(PROMISE)
        assert "overdue" not in life.mark().marks
        life.all_match()
        assert (
            promised_day(life.application, life.rules) == "2026-06-08"
        )  # from 7 May; a Saturday rolls
        assert life.mark().marks == set()

    def test_registries_that_were_given_up_end_the_checks_too(self):
        life = restarting(submitted())
        life.ask_registries()
        life.wait(days=8)
        life.mark()
        assert life.application.stage is Stage.REVIEW
        assert term(life, "limit").proven.ledger[0].day == date(2026, 4, 14)

    def test_a_second_round_of_checks_does_not_begin_it_again(self):
        life = under(submitted(), since="checked")
        life.all_match()
        life.wait(days=1)
        life.change(registration_address="г. Примерск, ул. Новая, д. 1")
        life.wait(days=5)
        life.all_match()
        assert due_day(life, "promise") == date(2026, 5, 6)

    @pytest.mark.parametrize("stage", sorted(AT_STAGE.keys() - {"draft"}))
    def test_every_open_stage_waits_for_a_finite_time(self, stage):
        life = restarting(AT_STAGE[stage]())
        for _ in range(12):  # a year of months, marking whatever comes
            assert 1 <= step(life).seconds <= LONGEST_WAIT.total_seconds() * 2
            if not life.application.in_work:
                break
            life.wait(seconds=step(life).seconds)
            life.mark()


class TestExtension:
    def test_missing_documents_lengthen_the_term_and_it_runs_on(self):
        life = restarting(on_review())
        life.wait(days=1)
        life.ask(DOCUMENT)
        assert life.application.question.extends
        assert due_day(life, "promise") == date(2026, 5, 18)  # Saturday the 16th rolls
        assert due_day(life, "limit") == date(2026, 6, 10)
        assert not term(life, "promise").proven.paused
        assert term(life, "limit").proven.ledger[-1].code == "extended"
        extended = life.now
        life.wait(days=3)
        answered_with_document(life)
        recounted(life, "promise", MONDAY, [("extended", extended, 10)])
        recounted(life, "limit", MONDAY, [("extended", extended, 15)])
        assert promised_day(life.application, life.rules) == "2026-05-18"

    def test_but_once_only_the_second_time_it_begins_anew_with_the_answer(self):
        life = restarting(on_review())
        life.ask(DOCUMENT)
        answered_with_document(life)
        life.wait(days=1)
        asked = life.now
        life.ask(DOCUMENT)
        assert not life.application.question.extends
        life.wait(days=2)
        answered_with_document(life)
        events = [("extended", MONDAY, 10), ("asked", asked, 0), ("answered", life.now, 0)]
        recounted(life, "promise", MONDAY, events)
        assert due_day(life, "promise") == date(2026, 5, 12)

    @pytest.mark.parametrize("gaps", [(FIELD,), (FIELD, DOCUMENT)])
    def test_a_question_about_a_field_begins_it_anew(self, gaps):
        life = restarting(on_review())
        life.wait(days=1)
        life.ask(*gaps)
        assert not life.application.question.extends
        assert term(life, "promise").proven.paused
        asked = life.now
        life.wait(days=2)
        answered_with_document(life)
        recounted(life, "limit", MONDAY, [("asked", asked, 0), ("answered", life.now, 0)])
        assert due_day(life, "promise") == date(2026, 5, 12)

    def test_a_service_without_extension_stops_for_documents_as_for_anything(self):
        life = on_review()
        life.ask(DOCUMENT)
        assert not life.application.question.extends
        assert term(life, "promise").proven.paused

    def test_a_term_that_is_not_extended_is_not_touched(self):
        life = restarting(on_review())
        life.ask(DOCUMENT)
        assert term(life, "limit", "document_check").proven.due == MONDAY + timedelta(hours=24)

    def test_the_clock_that_runs_on_is_marked_while_the_answer_is_awaited(self):
        life = restarting(on_review())
        life.wait_until(PROMISE - timedelta(hours=3))  # the last hours of the promise
        life.ask(DOCUMENT)
        life.wait_until(UNANSWERED.replace(month=5, day=16))  # not answered, 10 more days nearly up
        assert life.application.question is not None
        assert life.mark().marks == {"reminder"}
        assert step(life).seconds <= (PROMISE + timedelta(days=12) - life.now).total_seconds()

    def test_so_is_one_that_questions_do_not_touch(self):
        life = under(in_clarification(), on_question="run_on", promise={
            "amount": 4, "unit": "working_days"})  # fmt: skip
        life.wait_until(datetime(2026, 4, 10, 21, tzinfo=UTC))
        assert "overdue" in life.mark().marks

    def test_and_one_that_stands_still_is_not(self):
        life = in_clarification()
        life.wait_until(UNANSWERED - SECOND)
        assert life.mark().marks == set()

    @pytest.mark.parametrize(
        ("on_question", "gap", "clock"),
        [
            ("pause", FIELD, "stops"),
            ("restart", FIELD, "restarts"),
            ("run_on", FIELD, "runs_on"),
            ("pause", DOCUMENT, "extended"),
            ("run_on", DOCUMENT, "extended"),
        ],
    )
    def test_people_are_told_what_the_question_does_to_the_term(self, on_question, gap, clock):
        extension = {"promise": TEN_MORE, "limit": FIFTEEN_MORE}
        life = under(on_review(), on_question=on_question, extension=extension)
        life.ask(gap)
        assert clock_of(life.application.question, life.rules) == clock
        assert definitions.texts("statuses")["next"][f"ask_{clock}"]
