"""The expert's check of documents: its hours and marks, verdicts, and what comes of them."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters import definitions
from casework import actions, document_check, files
from casework.application import SYSTEM, Gap, Stage
from casework.deadline import OnQuestion
from casework.document_check import marks_to_come
from casework.errors import Conflict, InvalidForm, NotFound, WrongStage
from casework.files import INFECTED, Scan
from casework.notice import Audience, is_outdated, notices_of
from casework.review import Next, TermDue, next_step, terms
from tests.unit import recount
from tests.unit.fake_casebook import DEFECTS, MONDAY, SECOND, Life, drafted, on_review, submitted
from tests.unit.small_service import small_service

HOUR = timedelta(hours=1)
REMINDER, DUE = MONDAY + 16 * HOUR, MONDAY + 24 * HOUR
UNCLEAR = Gap("unclear", field="income")


def waiting() -> Life:
    """On review, and no expert has looked at anything yet."""
    life = drafted()
    life.submit(experts_at_work=False)
    life.all_match()
    return life


def of_kind(life: Life, kind: str) -> str:
    """The id of the last document of the kind."""
    return [id_ for id_, d in life.application.documents.items() if d.kind == kind][-1]


def awaiting(life: Life) -> list[str]:
    return list(document_check.awaiting(life.application, life.rules.service))


def judge_others(life: Life, *but: str) -> None:
    for id_ in awaiting(life):
        if id_ not in but:
            life.judge(id_)


def check_terms(life: Life) -> list[TermDue]:
    shown = terms(life.application, life.rules, life.now)
    return [term for term in shown if term.name == "document_check"]


def marks(life: Life) -> list[tuple[str, int]]:
    """What the clock said: the mark, and of how many documents."""
    made = [event.data for event in life.events if event.kind == "document_check_marked"]
    return [(data["mark"], len(data["documents"])) for data in made]


def step(life: Life) -> tuple[Next, float]:
    found = next_step(life.application, life.rules, life.now)
    return found.next, found.seconds / 3600


class TestWhichDocuments:
    def test_every_uploaded_one_once_the_application_is_submitted(self):
        life = drafted()
        assert awaiting(life) == []
        life.submit(experts_at_work=False)
        assert len(awaiting(life)) == len(life.application.documents) == 3

    def test_none_that_was_judged_or_that_the_machine_refused(self):
        life = waiting()
        life.judge(of_kind(life, "passport"))
        life.upload("other", defect="blank")
        assert "passport" not in {life.application.documents[id_].kind for id_ in awaiting(life)}
        assert len(awaiting(life)) == 2

    def test_none_that_an_agency_attests(self):
        assert document_check.is_attested("held-passport")
        assert not document_check.is_attested("d1")

    def test_none_where_the_service_does_not_ask_for_it(self):
        life = waiting()
        service = small_service()
        assert document_check.awaiting(life.application, service) == {}

    def test_none_when_the_application_is_closed(self):
        life = waiting()
        life.withdraw()
        assert awaiting(life) == []
        assert document_check.first_due(life.application, life.rules) is None


class TestTheHours:
    def test_they_run_from_the_submission_by_night_too(self):
        (term,) = check_terms(waiting())
        assert term.proven.due == DUE
        assert term.met_at is None
        assert [(d.day, d.counted) for d in term.proven.ledger] == [
            (date(2026, 4, 6), True),
            (date(2026, 4, 7), True),
        ]
        assert {d.code for d in term.proven.ledger} == {"hours"}

    def test_they_are_met_by_the_last_verdict(self):
        life = waiting()
        first, *others = awaiting(life)
        life.wait(hours=2)
        life.judge(first)
        assert check_terms(life)[0].met_at is None
        life.wait(hours=3)
        for other in others:
            life.judge(other)
        (term,) = check_terms(life)
        assert term.met_at == MONDAY + 5 * HOUR
        assert not term.is_missed(MONDAY + 100 * HOUR)

    def test_a_verdict_that_came_late_missed_them(self):
        life = waiting()
        life.wait(hours=25)
        judge_others(life)
        assert check_terms(life)[0].is_missed(life.now)

    def test_a_document_that_came_later_has_hours_of_its_own(self):
        life = on_review()
        life.wait(hours=30)
        life.experts_at_work = False
        life.upload("other")
        first, second = check_terms(life)
        assert first.met_at == MONDAY
        assert second.met_at is None
        assert second.proven.due == MONDAY + 54 * HOUR
        assert len(marks_to_come(life.application, life.rules)) == 2

    def test_a_question_stops_them(self):
        life = waiting()
        life.wait(hours=10)
        life.ask(UNCLEAR)
        life.wait(hours=48)
        assert check_terms(life)[0].proven.paused
        assert marks_to_come(life.application, life.rules) == []
        life.answer("вот")
        life.all_match()
        (term,) = check_terms(life)
        assert term.proven.due == DUE + 48 * HOUR
        counted, held = recount.replay(
            "RU-MOW", "hours", 24, MONDAY,
            [("asked", MONDAY + 10 * HOUR, 0), ("answered", life.now, 0)],
            on_question="pause", as_of=life.now,
        )  # fmt: skip
        recount.check_due(counted, held, term.proven[:3])
        recount.check_ledger(counted, term.proven.ledger)

    def test_one_that_comes_with_an_answer_has_them_from_the_answer(self):
        life = on_review()
        life.ask(Gap("missing", document="other"))
        life.experts_at_work = False
        life.wait(hours=5)
        life.upload("other")
        assert document_check.due_of(of_kind(life, "other"), life.application, life.rules) is None
        assert awaiting(life) == [of_kind(life, "other")]  # and may be judged at once
        life.wait(hours=7)
        life.answer("вот")
        due = document_check.due_of(of_kind(life, "other"), life.application, life.rules)
        assert due.due == MONDAY + 36 * HOUR

    def test_a_question_that_stops_nothing_stops_them_neither(self):
        life = waiting()
        *others, check = life.rules.service.terms
        running = check.model_copy(update={"on_question": OnQuestion.RUN_ON})
        service = life.rules.service.model_copy(update={"terms": (*others, running)})
        life.rules = life.rules._replace(service=service)
        life.ask(UNCLEAR)
        assert {mark.at for mark in marks_to_come(life.application, life.rules)} == {REMINDER, DUE}
        assert step(life) == (Next.ASK, 16)

    @given(
        gaps=st.lists(st.tuples(st.integers(1, 400), st.integers(1, 400)), max_size=4),
        came=st.integers(0, 1500),
    )
    def test_a_document_always_has_its_24_hours_and_no_more(self, gaps, came):
        """Minute by minute: the hours run while no question is open and the document is here."""
        life, at, opened = waiting(), MONDAY, []
        for before, until in gaps:
            asked = at + timedelta(minutes=before)
            at = asked + timedelta(minutes=until)
            opened.append((asked, at))
        moments = sorted(
            [(asked, "ask") for asked, _ in opened]
            + [(answered, "answer") for _, answered in opened]
            + [(MONDAY + timedelta(minutes=came), "upload")]
        )
        for moment, act in moments:
            life.wait_until(moment)
            if act == "upload":
                life.experts_at_work = False
                life.upload("other")
            elif act == "ask":
                life.ask(UNCLEAR)
            else:
                life.answer("вот")
                life.all_match()
        document, minute = of_kind(life, "other"), MONDAY + timedelta(minutes=came)
        left = 24 * 60
        while left:
            left -= not any(asked <= minute < answered for asked, answered in opened)
            minute += timedelta(minutes=1)
        assert document_check.due_of(document, life.application, life.rules).due == minute


class TestTheClock:
    def test_it_reminds_when_two_thirds_are_gone_and_speaks_again_at_the_end(self):
        life = waiting()
        assert step(life) == (Next.DECIDE, 16)
        for at, made in (
            (REMINDER - timedelta(seconds=1), []),
            (REMINDER, [("reminder", 3)]),
            (DUE - timedelta(seconds=1), [("reminder", 3)]),
            (DUE, [("reminder", 3), ("overdue", 3)]),
        ):
            life.wait_until(at)
            life.mark()
            assert marks(life) == made
        life.mark()
        assert len(marks(life)) == 2
        assert step(life)[1] > 24  # the marks of the decision are next, and the duty remains
        assert len(awaiting(life)) == 3

    def test_whoever_is_late_is_not_reminded_as_well(self):
        life = waiting()
        life.wait_until(DUE)
        life.mark()
        assert marks(life) == [("overdue", 3)]

    def test_it_speaks_while_registries_are_silent(self):
        life = drafted()
        life.submit(experts_at_work=False)
        life.ask_registries()
        life.wait(hours=15)
        assert step(life) == (Next.CHECK, 1)
        life.wait(hours=1)
        life.mark()
        assert marks(life) == [("reminder", 3)]
        assert "registries_delayed" in life.kinds

    def test_it_says_nothing_of_what_was_judged_in_time(self):
        life = waiting()
        judge_others(life)
        life.wait_until(DUE)
        assert life.mark().marks == set()
        assert marks(life) == []

    def test_documents_that_came_at_different_times_are_marked_at_theirs(self):
        life = waiting()
        life.experts_at_work = False
        life.wait(hours=1)
        life.upload("other")
        life.wait_until(DUE + HOUR)
        life.mark()
        assert marks(life) == [("overdue", 3), ("overdue", 1)]

    @pytest.mark.parametrize(
        ("mark", "told"),
        [
            ("reminder", [(Audience.OPERATORS, "check_due_soon")]),
            (
                "overdue",
                [(Audience.APPLICANT, "check_overdue"), (Audience.OPERATORS, "check_overdue")],
            ),
        ],
    )
    def test_who_is_told(self, mark, told):
        life = waiting()
        life.wait_until(REMINDER if mark == "reminder" else DUE)
        life.mark()
        assert list(notices_of(life.events[-1], life.application)) == told

    def test_what_is_late_no_more_is_not_told_late(self):
        life = waiting()
        life.wait_until(DUE)
        life.mark()
        assert not is_outdated("check_overdue", life.application)
        late = document_check.late_titles(life.application, life.rules)
        assert len(late) == 3
        assert any("аспорт" in title for title in late)
        judge_others(life)
        assert is_outdated("check_overdue", life.application)


class TestVerdicts:
    def test_a_conforming_document_stays_accepted(self):
        life = waiting()
        passport = of_kind(life, "passport")
        known = life.judge(passport).documents[passport]
        assert (known.state, known.checked, known.defect) == ("accepted", "conforming", None)

    @pytest.mark.parametrize(
        ("verdict", "defects"),
        [
            ("unreadable", ["glare", "edge_cut"]),
            ("nonconforming", ["page_missing"]),
            ("suspect", ["alterations"]),
        ],
    )
    def test_any_other_rejects_it_with_its_defects(self, verdict, defects):
        life = waiting()
        passport = of_kind(life, "passport")
        known = life.judge(passport, verdict, *defects, note="Стр. 2 не видна")
        known = life.application.documents[passport]
        assert (known.state, known.checked, known.defect) == ("rejected", verdict, defects[0])
        assert known.checked_by_expert.defects == tuple(defects)
        assert life.case.texts[document_check.note_name(passport)] == "Стр. 2 не видна"
        assert "Стр. 2" not in str(life.events)

    @pytest.mark.parametrize(
        ("verdict", "defects", "note", "wrong"),
        [
            ("conforming", ["glare"], None, {"defects": "not_applicable"}),
            ("conforming", [], "Хорошо", {"note": "not_applicable"}),
            ("unreadable", [], None, {"defects": "too_few"}),
            ("unreadable", ["page_missing"], None, {"defects": "not_in_list"}),
            ("nonconforming", ["no_such"], None, {"defects": "not_in_list"}),
            ("suspect", ["original_needed"], None, {"defects": "not_in_list"}),
        ],
    )
    def test_a_verdict_that_contradicts_itself_is_refused(self, verdict, defects, note, wrong):
        life = waiting()
        with pytest.raises(InvalidForm) as refused:
            life.judge(of_kind(life, "passport"), verdict, *defects, note=note)
        assert {p.field: p.code for p in refused.value.problems} == wrong

    def test_the_second_expert_learns_that_the_first_was_faster(self):
        life = waiting()
        passport = of_kind(life, "passport")
        life.judge(passport)
        with pytest.raises(Conflict, match="document_already_checked"):
            life.judge(passport, "unreadable", "glare", officer=SECOND)
        before = life.application
        assert life.judge(passport) == before  # the same again by the same changes nothing

    def test_a_document_that_was_replaced_meanwhile_is_not_judged(self):
        life = waiting()
        life.experts_at_work = False
        passport = of_kind(life, "passport")
        life.upload("passport", replaces=passport)
        assert life.application.documents[passport].state == "replaced"
        with pytest.raises(Conflict, match="document_replaced"):
            life.judge(passport)
        with pytest.raises(Conflict, match="document_replaced"):
            document_check.look(life.case, passport)
        assert of_kind(life, "passport") in awaiting(life)

    def test_only_a_document_of_the_kind_that_is_there_can_be_replaced(self):
        life = waiting()
        passport = of_kind(life, "passport")
        for kind, known in (("other", passport), ("passport", "nothing")):
            with pytest.raises(InvalidForm) as refused:
                life.upload(kind, replaces=known)
            assert refused.value.problems[0].code == "no_such_document"

    def test_one_that_the_machine_refuses_replaces_nothing(self):
        life = waiting()
        passport = of_kind(life, "passport")
        life.upload("passport", defect="blank", replaces=passport)
        assert life.application.documents[passport].state == "accepted"

    def test_what_is_not_there_not_ours_or_not_accepted_is_neither_seen_nor_judged(self):
        life = waiting()
        refused = life.upload("other", defect="blank")
        held = {"held-passport": life.application.documents[of_kind(life, "passport")]}
        case = life.case
        for id_, error in (("none", NotFound), (refused, WrongStage)):
            with pytest.raises(error):
                life.judge(id_)
            with pytest.raises(error):
                document_check.look(case, id_)
        attested = case.application.__class__("1", documents=held)
        with pytest.raises(WrongStage, match="document_attested"):
            document_check.look(type(case)(attested, {}), "held-passport")

    def test_a_rejected_one_may_still_be_looked_at(self):
        life = waiting()
        passport = of_kind(life, "passport")
        life.judge(passport, "suspect", "alterations")
        (looked,) = document_check.look(life.case, passport).happenings
        assert looked == ("document_looked", {"document": passport})

    def test_one_that_was_thrown_out_in_the_end_is_not_looked_at(self):
        """The scanner's second thoughts, after an expert had found the document good."""
        life = waiting()
        passport = of_kind(life, "passport")
        life.judge(passport)
        etag = life.application.documents[passport].etag
        life.act(
            SYSTEM, actions.move_document, passport, partial(files.scan, found=Scan(etag, INFECTED))
        )
        assert life.application.documents[passport].checked == "conforming"
        with pytest.raises(WrongStage, match="document_not_accepted"):
            document_check.look(life.case, passport)

    def test_a_closed_application_is_not_judged(self):
        life = waiting()
        passport = of_kind(life, "passport")
        life.withdraw()
        with pytest.raises(WrongStage):
            life.judge(passport)


class TestOneQuestionAboutAll:
    def test_it_waits_for_the_last_verdict(self):
        life = waiting()
        first, second, third = awaiting(life)
        life.judge(first, "unreadable", "glare", "edge_cut", note="Снимите заново")
        life.judge(second, "nonconforming", "page_missing", note="Нужна и вторая страница")
        assert step(life)[0] is Next.DECIDE
        life.judge(third)
        assert step(life)[0] is Next.ASK
        question = life.ask_by_system().question
        kinds = [life.application.documents[id_].kind for id_ in (first, second)]
        assert question.gaps == (
            Gap("glare", document=kinds[0]),
            Gap("edge_cut", document=kinds[0]),
            Gap("page_missing", document=kinds[1]),
        )
        assert life.case.texts["question"] == "Снимите заново\nНужна и вторая страница"

    def test_or_for_the_end_of_the_hours(self):
        life = waiting()
        life.judge(of_kind(life, "passport"), "unreadable", "glare")
        life.wait_until(DUE)
        assert step(life)[0] is Next.DECIDE
        life.mark()
        assert step(life)[0] is Next.ASK

    def test_what_registries_contradict_is_asked_with_it(self):
        life = drafted()
        life.submit(experts_at_work=False)
        life.ask_registries()
        for check in life.application.open_checks:
            life.reply(check, *(["income"] if check == "income" else []))
        assert step(life)[0] is Next.DECIDE  # the experts have not spoken yet
        passport = of_kind(life, "passport")
        judge_others(life, passport)
        life.judge(passport, "unreadable", "glare")
        assert step(life)[0] is Next.ASK
        assert life.ask_by_system().question.gaps == (
            Gap("mismatch", field="income"),
            Gap("glare", document="passport"),
        )

    def test_whoever_asks_by_hand_asks_about_it_too(self):
        life = waiting()
        passport = of_kind(life, "passport")
        judge_others(life, passport)
        life.judge(passport, "unreadable", "glare")
        assert life.ask(UNCLEAR).question.gaps == (UNCLEAR, Gap("glare", document="passport"))

    def test_it_is_not_asked_twice_and_other_verdicts_stay(self):
        life = asked_about_passport()
        with pytest.raises(InvalidForm):
            life.answer("вот")  # the passport is still the old one
        life.upload("passport")
        life.answer("вот")
        life.all_match()
        assert step(life)[0] is Next.DECIDE
        assert life.kinds.count("asked") == 1
        verdicts = [d.checked for d in life.application.documents.values()]
        assert sorted(verdicts) == ["conforming"] * 3 + ["unreadable"]
        assert life.propose("approved").stage is Stage.APPROVED

    def test_a_second_bad_copy_is_asked_about_again(self):
        life = asked_about_passport()
        life.experts_at_work = False
        life.upload("passport")
        life.answer("вот")
        life.all_match()
        life.judge(of_kind(life, "passport"), "nonconforming", "page_missing")
        assert step(life)[0] is Next.ASK
        assert life.ask_by_system().question.gaps == (Gap("page_missing", document="passport"),)

    def test_what_was_mended_before_it_was_asked_is_not_asked(self):
        life = waiting()
        passport = of_kind(life, "passport")
        life.judge(passport, "unreadable", "glare")
        life.experts_at_work = True
        life.upload("passport")
        assert awaiting(life) == []
        assert step(life)[0] is Next.DECIDE

    def test_a_good_page_of_the_same_kind_is_not_asked_for_again(self):
        """Two files of one kind, one bad: the other stays, and is no answer to the question."""
        life = waiting()
        life.experts_at_work = False
        good, bad = of_kind(life, "passport"), life.upload("passport")
        judge_others(life, bad)
        life.judge(bad, "unreadable", "glare")
        life.ask_by_system()
        assert life.application.documents[good].checked == "conforming"
        with pytest.raises(InvalidForm):
            life.answer("вот")
        life.upload("passport")
        life.answer("вот")

    def test_a_suspect_document_tells_operators_and_accuses_nobody(self):
        life = waiting()
        passport = of_kind(life, "passport")
        judge_others(life, passport)
        life.judge(passport, "suspect", "alterations", "stamp_doubtful")
        told = notices_of(life.events[-1], life.application)
        assert list(told) == [(Audience.OPERATORS, "document_suspect")]
        assert life.ask_by_system().question.gaps == (Gap("original_needed", document="passport"),)
        (checked,) = (e for e in life.events if e.data.get("verdict") == "suspect")
        assert document_check.told_data(checked) == {
            "document": passport,
            "kind": "passport",
            "defects": ["original_needed"],
        }

    def test_a_verdict_tells_nobody_by_itself(self):
        life = waiting()
        life.judge(of_kind(life, "passport"), "unreadable", "glare")
        assert notices_of(life.events[-1], life.application) == ()


def asked_about_passport() -> Life:
    life = waiting()
    passport = of_kind(life, "passport")
    judge_others(life, passport)
    life.judge(passport, "unreadable", "glare")
    life.ask_by_system()
    life.experts_at_work = True
    return life


class TestTheDecision:
    def test_nothing_is_approved_before_the_documents_are_confirmed(self):
        life = waiting()
        with pytest.raises(WrongStage, match="documents_unchecked") as refused:
            life.propose("approved")
        assert "Паспорт" in refused.value.details["titles"]
        judge_others(life)
        assert life.propose("approved").stage is Stage.APPROVED

    def test_a_document_that_is_not_needed_holds_nothing_up(self):
        life = on_review()
        life.experts_at_work = False
        life.upload("other")
        assert life.propose("approved").stage is Stage.APPROVED

    def test_a_refusal_and_a_question_wait_for_no_expert(self):
        assert waiting().ask(UNCLEAR).stage is Stage.CLARIFICATION
        refused = waiting().propose("refused", "data_wrong", explanation="Сведения неверны")
        assert refused.stage is Stage.CONFIRMATION

    def test_once_decided_the_hours_have_ended(self):
        life = submitted()
        life.all_match()
        life.propose("approved")
        assert not check_terms(life)[0].is_missed(life.now + 100 * HOUR)


TERM = {
    "name": "document_check",
    "title": "Проверка",
    "source": "акт",
    "until": "documents_checked",
    "limit": {"amount": 24, "unit": "hours"},
}
DECISION = {
    "name": "decision",
    "title": "Решение",
    "promise": {"amount": 10, "unit": "working_days"},
    "limit": {"amount": 15, "unit": "working_days"},
    "source": "акт",
}


class TestTheServiceFile:
    def terms(self, **said: Any) -> list[dict[str, Any]]:
        return [DECISION, TERM | said]

    def test_a_term_until_the_documents_are_checked_demands_it(self):
        assert small_service().document_check is None
        service = small_service(terms=self.terms())
        assert service.document_check.limit.amount == 24

    @pytest.mark.parametrize(
        "said",
        [
            {"since": "checked"},
            {"limit": {"amount": 1, "unit": "working_days"}},
            {"promise": {"amount": 12, "unit": "hours"}},
            {"priority": {"promise": {"amount": 12, "unit": "hours"}}},
            {"extension": {"limit": {"amount": 12, "unit": "hours"}}},
        ],
    )
    def test_it_has_a_limit_in_hours_and_nothing_else(self, said):
        with pytest.raises(ValidationError):
            small_service(terms=self.terms(**said))

    def test_there_is_one_and_the_rules_do_not_decide_before_it(self):
        with pytest.raises(ValidationError, match="one term is enough"):
            small_service(terms=[*self.terms(), TERM | {"name": "again"}])
        with pytest.raises(ValidationError, match="cannot wait for an expert"):
            small_service(terms=self.terms(), decided_by_rules=True)

    def test_a_priority_may_have_fewer_hours(self):
        shorter = {"limit": {"amount": 6, "unit": "hours"}}
        check = small_service(terms=self.terms(priority=shorter)).document_check
        assert check.lengths("elderly").limit.amount == 6
        assert check.lengths(None).limit.amount == 24


class TestTheListOfDefects:
    def test_each_has_its_words_and_a_verdict(self):
        for code, defect in definitions.texts("document_defects").items():
            assert set(defect) == {"verdict", "title"}, code
        assert set(DEFECTS.values()) == set(document_check.VERDICTS) - {"conforming"}

    def test_the_applicant_has_words_for_each_but_what_is_suspect(self):
        words = definitions.texts("problems").keys()
        told = {code for code, verdict in DEFECTS.items() if verdict != "suspect"}
        assert told <= words
        assert document_check.ORIGINAL_NEEDED in words
        assert not words & (DEFECTS.keys() - told)
