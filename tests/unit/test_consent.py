"""Consent withdrawn: what it ends, what is erased, and what an erasure that comes again says."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from adapters import definitions
from casework import consent
from casework.application import Application, Happening, Stage, chain, first_broken_link
from casework.archive import Archive, ArchiveCase, ArchiveChange, Trusted, apply, number_of
from casework.errors import NotFound, WrongStage
from casework.ports import Change
from casework.retention import Part, State, part_of_text
from tests.unit import fake_casebook as book
from tests.unit.fake_casebook import CITIZEN, MONDAY, MOSCOW, Life

OURS = definitions.retention()
PLACES = (book.on_review, book.in_clarification, book.in_confirmation)


def withdraw(life: Life, *, told: bool = True, over: bool = False) -> Application:
    return life.act(CITIZEN, consent.withdraw, life.rules, life.now, told=told, over=over)


def erase(life: Life) -> Change:
    """And the parts beside the chain are gone, as the table makes them."""
    change = consent.erase(life.case, life.rules, OURS, life.now)
    life.book.change(life.number, change, "system")
    gone, case = change.erases, life.case
    texts = {n: text for n, text in case.texts.items() if part_of_text(n) not in gone}
    life.book.cases[life.number] = replace(
        case,
        form={} if Part.FORM in gone else case.form,
        documents={} if Part.DOCUMENTS in gone else case.documents,
        texts=texts,
    )
    return change


def kept(life: Life) -> dict[str, str]:
    """Which state keeps each part."""
    return {known["what"]: known["why"] for known in life.application.erased.kept}


class TestWithdrawing:
    @pytest.mark.parametrize("come_so_far", [book.drafted, *PLACES])
    def test_what_is_in_work_ends_with_it_and_its_keys_are_free(self, come_so_far):
        life = come_so_far()
        assert withdraw(life).stage is Stage.WITHDRAWN
        assert life.kinds[-2:] == ["withdrawn", "consent_withdrawn"]
        assert life.book.held == {}

    @pytest.mark.parametrize("come_so_far", [book.approved, book.refused, book.withdrawn])
    def test_what_is_decided_stays_what_it_is(self, come_so_far):
        life = come_so_far()
        before = life.application.stage
        assert withdraw(life).stage is before
        assert life.kinds[-1] == "consent_withdrawn"

    def test_again_it_is_nothing_new(self):
        life = book.on_review()
        withdraw(life)
        before = life.kinds
        withdraw(life)
        assert life.kinds == before

    def test_only_one_application_tells_of_it(self):
        life = book.on_review()
        withdraw(life, told=False)
        assert life.events[-1].data == {"told": False}


class TestErasing:
    def test_without_the_persons_word_nothing_is_erased(self):
        life = book.refused()
        assert erase(life) == Change()

    @pytest.mark.parametrize("come_so_far", [book.drafted, *PLACES])
    def test_of_what_was_given_up_nothing_stays(self, come_so_far):
        life = come_so_far()
        withdraw(life)
        change = erase(life)
        assert change.erases == frozenset(Part)
        assert life.application.erased.kept == ()
        assert {d.state for d in life.application.documents.values()} == {"erased"}
        assert (life.case.form, life.case.documents, life.case.texts) == ({}, {}, {})
        assert consent.next_look(life.case, life.rules, OURS, life.now) is None

    def test_again_it_is_nothing_new_but_what_came_in_since_goes_too(self):
        life = book.on_review()
        withdraw(life)
        erase(life)
        before = life.kinds
        erase(life)
        assert life.kinds == before
        life.book.cases[life.number] = replace(life.case, texts={"answer": "late"})
        erase(life)
        assert life.kinds == [*before, "data_erased"]
        assert life.case.texts == {}

    def test_a_refusal_keeps_what_contesting_it_needs_and_is_looked_at_again(self):
        life = book.refused()
        life.issue()
        withdraw(life)
        change = erase(life)
        assert kept(life) == dict.fromkeys(("form", "decision", "papers"), "contestable")
        assert change.form is None
        assert life.case.form
        assert set(life.case.texts) <= {"assessment", "explanation", "confirmation"}
        look = consent.next_look(life.case, life.rules, OURS, life.now)
        assert look == life.rules.calendar.local_day(life.now) + timedelta(days=30)

    def test_of_something_in_force_the_form_is_reduced_to_what_it_needs(self):
        life = book.approved()
        life.issue()
        withdraw(life)
        erase(life)
        assert set(kept(life).values()) == {"in_force"}
        assert "income" not in life.case.form
        needed = set(consent.needed_fields(life.rules))
        assert life.case.form.keys() <= needed
        assert {"snils", "last_name", "phone"} <= life.case.form.keys()
        outcome = life.rules.service.outcome_of
        assert outcome(life.case.form) == outcome(book.form_of())

    def test_the_chain_holds_nothing_of_it_and_verifies(self):
        life = book.in_confirmation()
        withdraw(life)
        erase(life)
        told = str([event.data for event in life.events])
        assert not [v for v in book.form_of().values() if isinstance(v, str) and len(v) > 8
                    and v in told]  # fmt: skip
        assert first_broken_link([(e, e.hash) for e in life.events]) is None

    def test_what_an_appeal_reopened_since_is_left_alone(self):
        life = book.refused()
        life.issue()
        withdraw(life)
        erase(life)
        reopened = replace(life.application, stage=Stage.REVIEW, decision=None)
        case = replace(life.case, application=reopened)
        assert consent.erase(case, life.rules, OURS, life.now) == Change()
        look = consent.next_look(case, life.rules, OURS, life.now)
        assert look == life.rules.calendar.local_day(life.now) + timedelta(days=30)


class TestDisputes:
    def test_while_an_appeal_is_open_everything_stays(self):
        life = book.refused()
        life.issue()
        appealed = {"number": "111-111-1111", "because": "x"}
        life.book.change(life.number, Change((Happening("appealed", appealed),)), "system")
        withdraw(life)
        erase(life)
        assert set(kept(life).values()) == {"disputed"}
        assert set(Part) - set(kept(life)) == {Part.LETTERS}
        upheld = Change((Happening("decision_upheld", appealed),))
        life.book.change(life.number, upheld, "system")
        assert not consent.is_disputed(life.case)
        erase(life)
        assert set(kept(life)) == {"form", "decision", "papers"}

    def test_a_violation_keeps_its_evidence_and_then_goes_with_it(self):
        life = book.refused()
        life.issue()
        recorded = Change((Happening("violation_recorded", {"reason": "x", "referred": True}),))
        life.book.change(life.number, recorded, "system")
        withdraw(life)
        erase(life)
        assert kept(life)["documents"] == State.VIOLATION
        life.wait(days=365 * 3 + 2)
        change = erase(life)
        assert {note.kind for note in change.forgets} == {"violation"}
        assert Part.DOCUMENTS in change.erases


class TestADocumentOfADraft:
    def test_its_owner_takes_it_out_once(self):
        life = book.drafted()
        id_ = next(iter(life.application.documents))
        life.act(CITIZEN, consent.erase_document, id_)
        assert life.application.documents[id_].state == "erased"
        before = life.kinds
        life.act(CITIZEN, consent.erase_document, id_)
        assert life.kinds == before
        assert [problem.code for problem in life.lacking()] == ["document_missing"]

    def test_after_the_submission_it_belongs_to_what_is_decided(self):
        life = book.on_review()
        with pytest.raises(WrongStage):
            life.act(CITIZEN, consent.erase_document, next(iter(life.application.documents)))

    def test_what_is_not_there_is_not_found(self):
        with pytest.raises(NotFound):
            consent.erase_document(book.drafted().case, "nothing")


class TestTheArchive:
    @pytest.fixture
    def archive(self) -> ArchiveCase:
        file = {"document": "d.1", "kind": "passport"}
        granted = {"grant": "g", "documents": ["d"], "may": "look", "until": "2027-01-01"}
        empty = ArchiveCase(Archive(number_of("somebody")))
        return _lived(
            empty,
            Happening("archive_opened", {"region": MOSCOW}),
            Happening("document_announced", file),
            Happening("granted", granted),
        )

    def test_trust_ends_at_once_and_everything_goes(self, archive):
        trusted = {"g": Trusted("Анна", "+79160000000", "Мария", "s")}
        change = consent.withdraw_archive(archive, begun_since=False, today=MONDAY.date())
        assert [h.kind for h in change.happenings] == ["grant_revoked", "consent_withdrawn"]
        withdrawn = replace(_lived(archive, *change.happenings), trusted=trusted)
        erased = consent.erase_archive(withdrawn)
        assert (erased.forgets, erased.ungranted) == (("d.1",), ("g",))
        after = _lived(withdrawn, *erased.happenings)
        assert after.archive.files["d.1"].state == "erased"
        assert consent.erase_archive(replace(after, trusted={})) == ArchiveChange()

    def test_again_it_is_nothing_new_unless_something_was_begun(self, archive):
        again = _lived(archive, Happening("consent_withdrawn"))
        assert (
            consent.withdraw_archive(again, begun_since=False, today=MONDAY.date())
            == ArchiveChange()
        )
        anew = consent.withdraw_archive(again, begun_since=True, today=MONDAY.date())
        assert anew.happenings[-1].kind == "consent_withdrawn"

    def test_what_is_put_into_one_opened_anew_stays(self, archive):
        later = {"document": "e.1", "kind": "passport"}
        anew = _lived(
            archive,
            Happening("consent_withdrawn"),
            Happening("archive_opened", {"region": MOSCOW}),
            Happening("document_announced", later),
        )
        assert consent.erase_archive(anew).forgets == ("d.1",)


def _lived(case: ArchiveCase, *happenings: Happening) -> ArchiveCase:
    events = chain(case.archive, happenings, MONDAY, CITIZEN)
    archive = case.archive
    for event in events:
        archive = apply(archive, event)
    return replace(case, archive=archive, events=(*case.events, *events))


@pytest.mark.parametrize("service", definitions.service_ids())
def test_what_is_needed_of_a_form_is_there_in_every_service(service):
    """A name that leads nowhere would keep nothing."""
    rules = definitions.rules(service, MOSCOW)
    known = {field.name for field in rules.service.fields}
    assert set(consent.needed_fields(rules)) <= known


@pytest.mark.parametrize(("day", "edition"), [
    ("2025-12-31", None), ("2026-01-01", "2026-01-01"), ("2026-05-31", "2026-01-01"),
    ("2026-06-01", "2026-06-01"), ("2030-01-01", "2026-06-01"),
])  # fmt: skip
def test_a_consent_was_given_under_the_text_of_its_day(day: str, edition: str | None) -> None:
    assert consent.edition_of(["2026-06-01", "2026-01-01"], date.fromisoformat(day)) == edition
