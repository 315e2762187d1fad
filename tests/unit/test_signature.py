"""What is signed, what a signature must be, and what is kept of it (A9)."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from casework import actions, signature
from casework.application import Happening
from casework.errors import InvalidForm
from casework.ports import Change, Rules, Signature
from tests.unit.fake_casebook import CITIZEN, Life, drafted, in_clarification, rules, submitted


class Notary:
    """Holds what it signed, and nothing else."""

    def holds(self, given: Signature) -> bool:
        return given.value == f"sealed {given.signer} {given.at} {given.sha256}"

    def sign(self, text: str, signer: str, at) -> Signature:
        sha256 = signature.digest(text)
        return Signature("identity_provider", signer, at, sha256, f"sealed {signer} {at} {sha256}")


NOTARY = Notary()


def demanding() -> Rules:
    known = rules()
    return known._replace(service=known.service.model_copy(update={"signed": True}))


@pytest.fixture
def life() -> Life:
    begun = drafted()
    begun.rules = demanding()
    return begun


def submission(life: Life) -> Change:
    return actions.submit(life.case, life.rules, life.now)


def sign(life: Life, change: Change, given: Signature | None, signer: str = CITIZEN) -> Change:
    return signature.signed(
        life.case, life.rules, change, given, NOTARY, signer=signer, now=life.now
    )


def good(life: Life, change: Change, **other) -> Signature:
    told = {"signer": CITIZEN, "at": life.now} | other
    return NOTARY.sign(signature.text_of(life.case, change), **told)


def refusal(life: Life, given: Signature | None, change: Change | None = None) -> str:
    with pytest.raises(InvalidForm) as raised:
        sign(life, change or submission(life), given)
    (problem,) = raised.value.problems
    assert problem.field == "signature"
    return problem.code


class TestWhatIsSigned:
    def test_the_act_the_form_and_the_documents_in_one_canonical_text(self, life):
        told = json.loads(signature.text_of(life.case, submission(life)))
        assert told["act"] == "submitted"
        assert told["application"] == life.number
        assert told["form"]["last_name"] == "Образцова"
        assert set(told["documents"].values()) == {"0" * 64}
        assert signature.text_of(life.case, submission(life)) == signature.text_of(
            life.case, submission(life)
        )

    def test_of_what_is_chosen_without_a_form_the_choice_itself(self, life):
        change = Change((Happening("provider_chosen", {"provider": "p-7"}),))
        told = json.loads(signature.text_of(life.case, change))
        assert told["particulars"] == {"provider": "p-7"}


class TestASignatureIsRefused:
    def test_when_there_is_none(self, life):
        assert refusal(life, None) == "signature_missing"

    def test_when_it_was_altered(self, life):
        given = good(life, submission(life))
        assert refusal(life, given._replace(value="sealed by nobody")) == "signature_altered"
        assert refusal(life, given._replace(signer="citizen-2")) == "signature_altered"

    def test_when_another_person_made_it(self, life):
        given = good(life, submission(life), signer="citizen-2")
        assert refusal(life, given) == "signature_of_another"

    def test_when_it_is_too_old_or_from_tomorrow(self, life):
        for hours in (-2, 24):
            given = good(life, submission(life), at=life.now + timedelta(hours=hours))
            assert refusal(life, given) == "signature_expired"

    def test_when_the_form_has_changed_since(self, life):
        given = good(life, submission(life))
        life.change(wishes="И ещё помощь по дому")
        assert refusal(life, given) == "signature_differs"

    def test_when_a_document_was_added_since(self, life):
        given = good(life, submission(life))
        life.upload("other")
        assert refusal(life, given) == "signature_differs"

    def test_when_it_was_made_for_another_application(self, life):
        other = Life(book=life.book)
        other.rules = life.rules
        other.upload_what_is_needed()
        assert refusal(life, good(other, submission(other))) == "signature_differs"

    def test_when_it_was_made_for_another_act(self, life):
        withdrawal = actions.withdraw(life.case, life.rules, life.now)
        assert refusal(life, good(life, withdrawal)) == "signature_differs"


class TestWhoMustSign:
    def test_a_service_that_does_not_ask_takes_none_but_keeps_one(self):
        life = drafted()
        change = submission(life)
        assert sign(life, change, None) == change
        assert sign(life, change, good(life, change)).signed is not None

    @pytest.mark.parametrize("act", ["answer", "withdraw"])
    def test_answers_and_withdrawals_are_signed_as_well(self, act):
        life = in_clarification()
        life.rules = demanding()
        change = {
            "answer": lambda: actions.answer(
                life.case, life.rules, {"income": "1000"}, None, life.now
            ),
            "withdraw": lambda: actions.withdraw(life.case, life.rules, life.now),
        }[act]()
        assert refusal(life, None, change) == "signature_missing"
        assert sign(life, change, good(life, change)).signed

    def test_corrections_too(self):
        life = submitted()
        life.rules = demanding()
        change = actions.change(life.case, life.rules, {"income": "1000"}, life.now)
        assert refusal(life, None, change) == "signature_missing"

    def test_a_draft_is_changed_and_given_up_without(self, life):
        for change in (
            actions.change(life.case, life.rules, {"income": "1"}, life.now),
            actions.withdraw(life.case, life.rules, life.now),
        ):
            assert sign(life, change, None) == change

    def test_what_changes_nothing_needs_none(self, life):
        assert sign(life, Change(), None) == Change()


class TestWhatIsKept:
    @pytest.fixture
    def kept(self, life):
        change = sign(life, submission(life), good(life, submission(life)))
        life.book.change(life.number, change, CITIZEN)
        return life.events[-1], change.signed

    def test_the_event_says_who_and_what_without_naming_anybody(self, kept):
        event, signed = kept
        assert event.data["signature"] == {
            "sha256": signature.digest(signed.text),
            "signer": CITIZEN,
        }
        assert "Образцова" not in str(event.data)

    def test_it_still_fits(self, kept):
        assert signature.fits(*kept, NOTARY)

    def test_it_fits_no_more_when_any_part_was_touched(self, kept):
        event, signed = kept
        other_text = signed.text.replace("Образцова", "Другая")
        assert not signature.fits(event, signed._replace(text=other_text), NOTARY)
        forged = signed._replace(signature=signed.signature._replace(value="x"))
        assert not signature.fits(event, forged, NOTARY)
        assert not signature.fits(replace(event, number="123-456-7890"), signed, NOTARY)
        elsewhere = replace(event, data={**event.data, "form": "0" * 64})
        assert not signature.fits(elsewhere, signed, NOTARY)
        assert not signature.fits(event, None, NOTARY)
