"""What people and the clock may do with an application, lived through from draft to decision."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from casework import actions, form
from casework.application import Gap, Stage
from casework.errors import (
    AlreadyOpen,
    AnswerTooLate,
    InvalidForm,
    NotAllowed,
    Problem,
    WrongStage,
)
from casework.ports import Case, DocumentRecord
from casework.review import Next, answer_due
from local.people import snils_for
from tests.unit.fake_casebook import (
    ABOVE_THE_LIMIT,
    AT_STAGE,
    CITIZEN,
    MONDAY,
    MOSCOW,
    OFFICER,
    SECOND,
    Casebook,
    Life,
    approved,
    drafted,
    form_of,
    in_clarification,
    in_confirmation,
    member,
    on_review,
    refused,
    rules,
    submitted,
)

DISABLED = form_of(
    category="disability_group_1",
    disability_proof="mse_certificate",
    mse_certificate_number="МСЭ-1",
    income=ABOVE_THE_LIMIT,
)


def problems_of(act: Callable, *given, **more) -> set[tuple[str, str]]:
    with pytest.raises(InvalidForm) as refusal:
        act(*given, **more)
    return {(problem.field, problem.code) for problem in refusal.value.problems}


def scans_of(*kinds: str) -> list[DocumentRecord]:
    """As an agency's archive brings them."""
    return [
        DocumentRecord(f"scan-{n}", kind, f"{kind}.jpg", "application/octet-stream")
        for n, kind in enumerate(kinds, start=1)
    ]


def checks_of(life: Life, state: str) -> set[str]:
    return {name for name, check in life.application.checks.items() if check.state == state}


class TestWholeLives:
    def test_from_draft_to_approval(self):
        life = drafted()
        assert life.submit().stage is Stage.CHECKING
        assert life.all_match().stage is Stage.REVIEW
        life.claim()
        assert life.propose("approved").stage is Stage.APPROVED
        assert life.next() is Next.ISSUE
        life.issue()
        assert life.next() is Next.CLOSED
        assert life.application.decision.officer == OFFICER
        assert life.book.held == {}

    def test_from_draft_to_a_refusal_confirmed_by_a_second_officer(self):
        life = in_confirmation()
        decided = life.confirm()
        assert decided.stage is Stage.REFUSED
        assert (decided.decision.officer, decided.decision.second_officer) == (OFFICER, SECOND)
        assert decided.decision.reasons == ("criteria_not_met",)
        assert life.book.held == {}
        shown = life.case.texts["assessment"]
        assert shown["reasons"][0]["code"] == "criteria_not_met"
        assert shown["counterfactual"][0]["to"] == "28408.50"

    def test_through_a_mismatch_a_question_and_an_answer(self):
        life = submitted()
        life.ask_registries()
        life.reply("income", "income")
        for check in life.application.open_checks:
            life.reply(check)
        assert life.next() is Next.ASK
        asked = life.ask_by_system()
        assert asked.question.gaps == (Gap("mismatch", field="income"),)
        life.answer(income="300000")
        assert life.application.stage is Stage.CHECKING
        life.all_match()
        assert life.propose("approved").stage is Stage.APPROVED

    def test_the_registries_are_contradicted_once_and_then_an_officer_decides(self):
        life = submitted()
        life.ask_registries()
        for check in life.application.open_checks:
            life.reply(check, *(["income"] if check == "income" else []))
        life.ask_by_system()
        life.answer("всё верно")
        life.ask_registries()
        assert life.reply("income", "income").stage is Stage.REVIEW
        assert life.ask_by_system().question is None
        assert life.next() is Next.DECIDE

    def test_resubmitted_after_a_refusal(self):
        old = refused()
        number = old.book.create(actions.resubmit(old.case, old.rules), CITIZEN)
        new = Life(book=old.book)
        new.number = number
        assert new.application.previous == old.number
        assert new.case.form == old.case.form
        assert new.lacking() == []
        new.change(income="1000")
        assert new.submit().stage is Stage.CHECKING


class TestDraft:
    def test_a_draft_keeps_whatever_is_typed_even_wrong(self):
        life = Life({"snils": "not yet", "income": ["?"]})
        assert life.case.form == {"snils": "not yet", "income": ["?"]}
        assert life.kinds == ["drafted", "changed"]

    def test_an_empty_draft_is_one_event(self):
        assert Life({}).kinds == ["drafted"]

    def test_a_draft_refuses_fields_that_the_service_does_not_have(self):
        assert problems_of(actions.draft, rules(), {"shoe_size": 41}, region=MOSCOW) == {
            ("shoe_size", "unknown_field")
        }
        life = drafted()
        assert problems_of(life.change, shoe_size=41) == {("shoe_size", "unknown_field")}

    def test_the_same_change_again_is_nothing(self):
        life = drafted()
        before = life.application.version
        assert life.change(last_name=life.case.form["last_name"]).version == before

    def test_null_clears_a_field(self):
        life = drafted()
        life.change(patronymic=None)
        assert "patronymic" not in life.case.form

    def test_an_incomplete_draft_is_not_submitted_and_everything_is_told_at_once(self):
        life = Life(form_of(income="-1", last_name=None))
        assert problems_of(life.submit) == {
            ("income", "money_negative"),
            ("last_name", "required"),
            ("documents.passport", "document_missing"),
            ("documents.snils", "document_missing"),
            ("documents.income_certificate", "document_missing"),
        }
        assert life.application.stage is Stage.DRAFT

    def test_it_says_which_document_is_on_its_way_and_which_was_rejected(self):
        life = drafted()
        again = Life(form_of(n=2))
        again.upload("passport", defect="encrypted")
        record = DocumentRecord("p", "snils", "s.pdf", "application/pdf")
        again.act(CITIZEN, actions.announce_document, again.rules, record)
        assert problems_of(again.submit) >= {
            ("documents.passport", "document_rejected"),
            ("documents.snils", "document_pending"),
            ("documents.income_certificate", "document_missing"),
        }
        assert life.lacking() == []

    def test_the_registered_form_is_the_canonical_one(self):
        life = drafted(form_of(phone="8 (916) 123-45-67", birth_date="14.03.1985"))
        life.submit()
        assert life.case.form["phone"] == "+79161234567"
        assert life.case.form["birth_date"] == "1985-03-14"
        assert life.application.form == form.digest(life.case.form)

    def test_one_open_application_a_person_and_service(self):
        first = submitted()
        twin = drafted(book=first.book)
        with pytest.raises(AlreadyOpen):
            twin.submit()
        first.withdraw()
        assert twin.submit().stage is Stage.CHECKING

    def test_a_withdrawn_twin_does_not_free_the_key_of_the_other(self):
        first = submitted()
        twin = drafted(book=first.book)
        twin.withdraw()
        third = drafted(book=first.book)
        with pytest.raises(AlreadyOpen):
            third.submit()

    def test_the_key_tells_nobody_the_snils(self):
        key = actions.identity_key(rules(), {"snils": snils_for(1)})
        assert snils_for(1) not in key
        assert key != actions.identity_key(rules(), {"snils": snils_for(2)})

    def test_without_whom_it_is_about_there_is_no_key(self):
        assert actions.held_keys(rules(), {}) == ()


class TestPriority:
    @pytest.mark.parametrize(
        ("known", "category"),
        [
            ({"family": [member(disabled=True)]}, "disabled_child"),
            ({"family": [member("spouse", disabled=True)]}, None),
            ({"category": "pensioner"}, "elderly"),
            ({"birth_date": "06.04.1961"}, "elderly"),
            ({"birth_date": "07.04.1961"}, None),
            ({"emergency": True, "emergency_story": "Пожар"}, "emergency"),
            ({"category": "pensioner", "family": [member(disabled=True)]}, "disabled_child"),
            ({}, None),
        ],
    )
    def test_a_priority_category_is_found_on_the_day_of_submission(self, known, category):
        assert submitted(form_of(**known)).application.priority == category


class TestRowsOfABatch:
    HELD = ("passport", "snils", "income_certificate")

    def test_a_row_is_registered_at_once(self):
        book = Casebook()
        change = actions.submit_row(
            rules(), form_of(), self.HELD, MONDAY, region=MOSCOW, agency="mfc"
        )
        number = book.create(change, "agency:mfc")
        case = book.cases[number]
        assert case.application.stage is Stage.CHECKING
        assert case.application.agency == "mfc"
        assert set(case.application.documents_in("accepted").values()) == set(self.HELD)
        assert list(book.held.values()) == [number]
        assert case.application.form == form.digest(case.form)

    def test_every_problem_of_a_row_is_told(self):
        raw = form_of(income="x")
        found = problems_of(
            actions.submit_row, rules(), raw, ["passport", "cat"], MONDAY, region=MOSCOW
        )
        assert found == {
            ("income", "money_format"),
            ("documents", "unknown_document"),
            ("documents", "document_missing"),
        }

    def test_its_scans_are_registered_with_it_and_await_the_scanner(self):
        book = Casebook()
        change = actions.submit_row(
            rules(), form_of(), ["snils"], MONDAY, scans_of("passport", "income_certificate"),
            region=MOSCOW, agency="mfc",
        )  # fmt: skip
        application = book.cases[book.create(change, "agency:mfc")].application
        assert application.submitted_at == MONDAY
        assert application.documents_in("announced") == {
            "scan-1": "passport",
            "scan-2": "income_certificate",
        }

    def test_a_defect_of_a_scan_is_told_beside_everything_else(self):
        bad = Problem("2/passport.jpg", "blank")
        found = problems_of(
            actions.submit_row, rules(), form_of(income="x"), self.HELD, MONDAY,
            scans_of("passport"), [bad], region=MOSCOW,
        )  # fmt: skip
        assert found == {("income", "money_format"), ("2/passport.jpg", "blank")}

    @pytest.mark.parametrize("defect", [None, "encrypted"])
    def test_nothing_is_approved_while_a_needed_scan_is_not_accepted(self, defect):
        """Also where no expert is to find documents conforming."""
        life, service = Life(), rules().service
        terms = tuple(term for term in service.terms if term is not service.document_check)
        life.rules = rules()._replace(service=service.model_copy(update={"terms": terms}))
        row = actions.submit_row(
            life.rules, form_of(), self.HELD[1:], MONDAY, scans_of("passport"), region=MOSCOW
        )
        life.number = life.book.create(row, "agency:mfc")
        life.inspect("scan-1", defect)
        life.all_match()
        with pytest.raises(WrongStage, match="documents_not_accepted") as refused:
            life.propose()
        assert "Паспорт" in refused.value.details["titles"]
        if defect is None:
            life.scan("scan-1")
            assert life.propose().stage is Stage.APPROVED


class TestDocuments:
    def test_only_kinds_of_the_service_can_be_uploaded(self):
        assert problems_of(drafted().upload, "cat") == {("kind", "not_in_list")}

    def test_there_is_an_end_to_documents(self):
        life = Life()
        for _ in range(actions.DOCUMENTS_AT_MOST):
            life.upload("other")
        assert problems_of(life.upload, "other") == {("kind", "too_many")}

    def test_a_resubmission_with_every_document_fits_in_one_transaction(self):
        """DynamoDB takes 100 writes: an event and an item a document, and what surrounds them."""
        life = Life()
        for _ in range(actions.DOCUMENTS_AT_MOST):
            life.upload("other")
        life.withdraw()
        change = actions.resubmit(life.case, life.rules)
        command_meta_form = 3
        writes = len(change.happenings) + len(change.documents) + command_meta_form
        assert writes <= 100

    def test_the_same_verdict_again_changes_nothing(self):
        life = drafted()
        before = life.application
        assert life.inspect("d1") == life.scan("d1") == before

    def test_a_verdict_after_the_withdrawal_changes_nothing(self):
        life = Life()
        record = DocumentRecord("p", "snils", "s.pdf", "application/pdf")
        life.act(CITIZEN, actions.announce_document, life.rules, record)
        life.withdraw()
        before = life.application
        assert life.inspect("p") == life.scan("p") == before


# ---- each action at each stage ------------------------------------------------------------------

OTHER = DocumentRecord("x", "other", "x.pdf", "application/pdf")
ALLOWED: dict[str, tuple[set[str], Callable[[Life], object]]] = {
    "submit": ({"draft"}, lambda life: life.submit()),
    "change": (
        {"draft", "checking", "clarification", "review"},
        lambda life: life.change(wishes="Сиделка по утрам"),
    ),
    "withdraw": (
        {"draft", "checking", "clarification", "review", "confirmation"},
        lambda life: life.withdraw(),
    ),
    "announce": (
        {"draft", "checking", "clarification", "review"},
        lambda life: life.act(CITIZEN, actions.announce_document, life.rules, OTHER),
    ),
    "answer": ({"clarification"}, lambda life: life.answer("вот")),
    "ask": ({"review"}, lambda life: life.ask(Gap("unclear", field="income"))),
    "claim": (
        {"checking", "clarification", "review", "confirmation"},
        lambda life: life.claim(),
    ),
    "propose": ({"review"}, lambda life: life.propose("approved")),
    "confirm": ({"confirmation"}, lambda life: life.confirm()),
    "resubmit": (
        {"refused", "withdrawn"},
        lambda life: life.book.create(actions.resubmit(life.case, life.rules), CITIZEN),
    ),
}


class TestStages:
    @pytest.mark.parametrize("stage", AT_STAGE)
    @pytest.mark.parametrize("action", ALLOWED)
    def test_each_action_has_its_stages_and_is_refused_at_all_others(self, action, stage):
        allowed, act = ALLOWED[action]
        life = AT_STAGE[stage]()
        assert life.application.stage == stage
        if stage in allowed:
            act(life)
            return
        before = life.application
        with pytest.raises(WrongStage):
            act(life)
        assert life.application == before

    @pytest.mark.parametrize("stage", AT_STAGE)
    def test_what_the_system_does_comes_too_early_or_too_late_without_harm(self, stage):
        life = AT_STAGE[stage]()
        before = life.application
        if stage != "checking":
            assert life.ask_registries() == before
        assert life.ask_by_system() == before
        assert life.mark() == before
        assert life.reply("taxi", about="f") == before
        if stage not in ("approved", "refused"):
            assert life.issue() == before

    def test_the_rules_are_not_asked_about_a_draft(self):
        life = drafted()
        with pytest.raises(WrongStage):
            actions.assessment(life.case, life.rules)

    def test_a_withdrawn_draft_cannot_be_withdrawn_again(self):
        life = drafted()
        life.withdraw()
        with pytest.raises(WrongStage):
            life.withdraw()


class TestRegistries:
    def test_they_are_asked_then_found_late_then_given_up(self):
        life = submitted()
        asked = life.ask_registries()
        assert set(asked.open_checks) == set(asked.checks)
        life.wait(hours=3, minutes=59)
        assert life.ask_registries() == asked  # asked twice
        assert life.mark() == asked  # not late
        life.wait(minutes=1)
        assert life.mark().checks_delayed
        version = life.application.version
        assert life.mark().version == version
        life.wait_until(MONDAY.replace(day=13, hour=20, minute=59, second=59))
        assert life.mark().version == version
        life.wait(seconds=1)  # midnight in Moscow after five working days
        assert life.mark().stage is Stage.REVIEW
        assert checks_of(life, "given_up") == set(life.application.checks)

    def test_a_reply_after_the_registries_were_given_up_comes_too_late(self):
        life = submitted()
        life.ask_registries()
        life.wait(days=14)
        life.mark()
        assert life.application.checks["income"].state == "given_up"
        assert life.reply("income", "income").checks["income"].state == "given_up"

    def test_the_same_reply_again_changes_nothing(self):
        life = submitted()
        life.ask_registries()
        before = life.reply("income")
        assert life.reply("income", "income") == before

    def test_a_reply_about_an_older_form_says_nothing_about_the_new_one(self):
        life = submitted()
        life.ask_registries()
        old = life.application.form
        life.change(income="1000")
        before = life.application
        assert life.reply("income", about=old) == before
        life.ask_registries()
        assert life.reply("income").checks["income"].state == "matched"

    def test_a_reply_after_the_end_changes_nothing(self):
        life = submitted()
        life.ask_registries()
        before = life.withdraw()
        assert life.reply("income") == before


class TestCorrections:
    def test_only_the_registries_that_a_correction_touches_are_asked_again(self):
        life = on_review()
        life.change(income="1000")
        assert checks_of(life, "due") == {"income"}
        assert life.application.stage is Stage.CHECKING

    def test_a_correction_that_no_registry_knows_of_leaves_it_on_review(self):
        life = on_review()
        assert life.change(wishes="Сиделка").stage is Stage.REVIEW
        assert life.kinds[-1] == "corrected"

    def test_another_way_to_write_the_same_is_no_correction(self):
        life = on_review(form_of(phone="+7 916 123-45-67"))
        before = life.application
        assert life.change(phone="8 (916) 123 45 67") == before

    def test_the_snils_cannot_be_corrected(self):
        assert problems_of(on_review().change, snils=snils_for(2)) == {
            ("snils", "fixed_after_submission")
        }
        life = in_clarification()
        assert problems_of(life.answer, snils=snils_for(2)) == {("snils", "fixed_after_submission")}

    def test_the_same_snils_with_other_separators_is_the_same(self):
        life = on_review()
        before = life.application
        assert life.change(snils=snils_for(1).replace("-", "")) == before

    def test_a_wrong_correction_is_refused_whole(self):
        life = on_review()
        assert problems_of(life.change, income="x", last_name="Z") == {
            ("income", "money_format"),
            ("last_name", "name_latin_letters"),
        }

    def test_a_correction_that_needs_another_document_waits_for_it(self):
        life = on_review()
        lacks = {("documents.residence_proof", "document_missing")}
        moved = {"lives_at_registration": False, "residence_address": "г. Примерск, ул. Лесная, 3"}
        assert problems_of(life.change, **moved) == lacks
        life.upload("residence_proof")
        assert life.change(**moved).stage is Stage.REVIEW

    def test_a_check_that_is_needed_now_is_made_and_one_that_is_not_is_dropped(self):
        life = on_review()
        assert "disability" not in life.application.checks
        names = ("category", "disability_proof", "mse_certificate_number")
        life.upload("mse_certificate")
        life.change(**{name: DISABLED[name] for name in names})
        assert checks_of(life, "due") == {"disability"}
        life.change(category="pensioner", disability_proof=None, mse_certificate_number=None)
        assert "disability" not in life.application.checks
        assert life.application.stage is Stage.REVIEW

    def test_a_contradicted_disability_does_not_stain_a_pensioner(self):
        life = submitted(DISABLED)
        life.ask_registries()
        for check in life.application.open_checks:
            life.reply(check, *(["category"] if check == "disability" else []))
        life.ask_by_system()
        life.answer(category="pensioner", disability_proof=None, mse_certificate_number=None)
        life.all_match()
        assert actions.assessment(life.case, life.rules).outcome == "approved"

    def test_a_child_born_while_the_application_is_open_can_be_added(self):
        life = on_review()
        life.wait(days=10)
        life.upload("birth_certificate")
        life.change(family=[member(birth_date="10.04.2026")])
        assert actions.assessment(life.case, life.rules).measures["family_size"] == 2


class TestQuestions:
    def test_a_question_marks_the_document_rejected_and_the_answer_needs_a_new_one(self):
        life = in_clarification(Gap("unreadable", document="passport"))
        assert list(life.application.documents_in("rejected").values()) == ["passport"]
        assert problems_of(life.answer, "вот") == {("documents.passport", "document_rejected")}
        life.upload("passport")
        assert life.answer("вот").stage is Stage.REVIEW

    def test_a_document_that_was_never_needed_can_be_asked_for(self):
        life = in_clarification(Gap("missing", document="category_certificate"))
        assert problems_of(life.answer) == {("documents.category_certificate", "document_missing")}

    def test_an_answer_may_make_another_document_needed(self):
        life = in_clarification()
        found = problems_of(
            life.answer, lives_at_registration=False, residence_address="г. Примерск, д. 3"
        )
        assert found == {("documents.residence_proof", "document_missing")}

    def test_an_answer_is_good_one_second_before_its_end(self):
        life = in_clarification()
        life.wait_until(answer_due(life.application.question, life.rules) - timedelta(seconds=1))
        assert life.answer("успел").stage is Stage.REVIEW

    def test_an_answer_is_too_late_at_the_exact_instant(self):
        life = in_clarification()
        life.wait_until(answer_due(life.application.question, life.rules))
        with pytest.raises(AnswerTooLate):
            life.answer("не успел")

    def test_a_correction_waits_for_the_answer_and_is_then_checked_with_full_patience(self):
        life = in_clarification()
        life.change(income="1000")
        assert life.application.stage is Stage.CLARIFICATION
        life.wait(days=8)
        life.answer("исправил")
        assert life.application.stage is Stage.CHECKING
        life.ask_registries()
        assert checks_of(life, "asked") == {"income"}

    @pytest.mark.parametrize(
        ("gaps", "found"),
        [
            ((), ("gaps", "too_few")),
            ((Gap("missing"),), ("gaps.1", "field_or_document")),
            ((Gap("missing", "income", "passport"),), ("gaps.1", "field_or_document")),
            ((Gap("unclear", field="shoe_size"),), ("gaps.1.field", "not_in_list")),
            ((Gap("missing", document="cat"),), ("gaps.1.document", "not_in_list")),
        ],
    )
    def test_a_question_names_what_the_service_knows(self, gaps, found):
        assert problems_of(on_review().ask, *gaps) == {found}

    def test_the_words_of_an_old_question_are_not_repeated_with_a_new_one(self):
        life = on_review()
        life.ask(Gap("unclear", field="income"), message="Почему так мало?")
        assert life.case.texts["question"] == "Почему так мало?"
        life.answer("Потому")
        life.ask(Gap("unclear", field="category"))
        assert not life.case.texts["question"]

    def test_nor_with_one_of_the_system(self):
        life = on_review()
        life.ask(Gap("unclear", field="income"), message="Почему так мало?")
        life.answer("Ошибся", income="1000")
        life.ask_registries()
        life.reply("income", "income")
        life.ask_by_system()
        assert not life.case.texts["question"]

    def test_a_registry_that_names_fields_nobody_knows_is_asked_about_what_the_form_has(self):
        life = submitted()
        life.ask_registries()
        for check in life.application.open_checks:
            life.reply(check, *(["income", "иное"] if check == "income" else []))
        assert life.ask_by_system().question.gaps == (Gap("mismatch", field="income"),)


class TestOfficers:
    def test_a_claimed_application_belongs_to_one_officer(self):
        life = on_review()
        life.claim()
        version = life.application.version
        assert life.claim().version == version
        with pytest.raises(WrongStage, match="claimed_by_another"):
            life.claim(SECOND)
        with pytest.raises(WrongStage, match="claimed_by_another"):
            life.propose("approved", officer=SECOND)

    def test_only_its_officer_or_a_supervisor_gives_it_back(self):
        life = on_review()
        assert life.release().officer is None
        life.claim()
        with pytest.raises(NotAllowed, match="claimed_by_another"):
            life.release(SECOND)
        assert life.release("boss", supervisor=True).officer is None

    @pytest.mark.parametrize("decide", [approved, refused])
    def test_a_decided_application_is_not_decided_again(self, decide):
        life = decide()
        for again in (lambda: life.propose("approved"), life.confirm, life.withdraw):
            with pytest.raises(WrongStage):
                again()
        life.issue()
        before = life.application
        assert life.issue() == before

    def test_the_second_officer_must_be_another(self):
        life = in_confirmation()
        with pytest.raises(NotAllowed, match="second_officer_needed"):
            life.confirm(officer=OFFICER)
        assert life.application.stage is Stage.CONFIRMATION

    def test_the_second_officer_returns_with_a_reason(self):
        life = in_confirmation()
        assert problems_of(life.confirm, agrees=False) == {("explanation", "required")}
        back = life.confirm(agrees=False, explanation="Пересчитайте доход")
        assert (back.stage, back.proposal) == (Stage.REVIEW, None)
        assert life.case.texts["confirmation"] == "Пересчитайте доход"

    def test_an_approval_stands_at_once(self):
        assert on_review().propose("approved").stage is Stage.APPROVED

    def test_a_departure_from_the_rules_needs_an_explanation(self):
        life = on_review()
        asked = problems_of(life.propose, "refused", "documents_incomplete")
        assert asked == {("explanation", "departure_unexplained")}
        refused_against = on_review(form_of(income=ABOVE_THE_LIMIT))
        assert problems_of(refused_against.propose, "approved") == {
            ("explanation", "departure_unexplained")
        }
        assert refused_against.propose("approved", explanation="Пожар").stage is Stage.APPROVED
        assert refused_against.events[-1].data["departs"]

    @pytest.mark.parametrize(
        ("outcome", "reasons", "found"),
        [
            ("perhaps", (), ("outcome", "not_in_list")),
            ("refused", (), ("reasons", "too_few")),
            ("refused", ("because",), ("reasons", "not_in_list")),
            ("refused", ("question_unanswered",), ("reasons", "not_in_list")),
            ("approved", ("data_wrong",), ("reasons", "not_applicable")),
        ],
    )
    def test_reasons_belong_to_a_refusal_and_come_from_the_service(self, outcome, reasons, found):
        life = on_review()
        assert found in problems_of(life.propose, outcome, *reasons, explanation="потому")

    def test_an_old_explanation_does_not_outlive_its_proposal(self):
        life = on_review()
        life.propose("refused", "documents_incomplete", explanation="Не хватает справки")
        life.confirm(agrees=False, explanation="Справка есть")
        life.propose("approved")
        assert not life.case.texts["explanation"]

    def test_nor_a_refusal_for_want_of_an_answer(self):
        life = on_review()
        life.propose("refused", "documents_incomplete", explanation="Не хватает справки")
        life.confirm(agrees=False, explanation="Справка есть")
        life.ask(Gap("unclear", field="income"))
        life.wait(days=30)
        assert life.mark().stage is Stage.REFUSED
        assert not life.case.texts["explanation"]

    def test_the_rules_are_asked_by_the_day_of_receipt(self):
        life = on_review()
        before = actions.assessment(life.case, life.rules)
        life.wait(days=300)  # another year, whose figures nobody knows yet
        assert actions.assessment(life.case, life.rules) == before


class TestResubmission:
    def test_only_the_documents_that_were_found_good_come_along(self):
        life = drafted()
        life.upload("other", defect="encrypted")
        life.submit()
        life.withdraw()
        change = actions.resubmit(life.case, life.rules)
        kinds = [record.kind for record in change.documents]
        assert sorted(kinds) == ["income_certificate", "passport", "snils"]
        accepted = [h.data for h in change.happenings if h.kind == "document_accepted"]
        assert {data["from"] for data in accepted} == {life.number}

    def test_a_document_that_was_erased_does_not_come_along(self):
        life = drafted()
        life.withdraw()
        erased = Case(life.application, life.case.form, life.events, {}, {})
        assert actions.resubmit(erased, life.rules).documents == ()
