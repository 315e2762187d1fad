"""What stays after a consent is withdrawn, as data: what each state keeps, and until when."""

import copy
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adapters import definitions
from casework.retention import Part, Retention, Since, State, kept, part_of_text

TODAY = date(2026, 3, 2)
OURS = definitions.retention()


def keeping(states: list[State], today: date = TODAY, **days: date) -> dict[Part, Any]:
    known = {Since(name): day for name, day in days.items()}
    return {k.what: k for k in kept(OURS, states, known, today)}


class TestWhatIsKept:
    @pytest.mark.parametrize("state", [State.DRAFT, State.IN_WORK, State.ENDED])
    def test_what_nobody_decided_leaves_nothing(self, state):
        assert keeping([state]) == {}

    def test_of_a_refusal_what_contesting_it_needs_until_the_court_can_no_more_be_asked(self):
        found = keeping([State.CONTESTABLE], window=date(2026, 4, 2))
        assert found.keys() == {Part.FORM, Part.DECISION, Part.PAPERS}
        assert {k.until for k in found.values()} == {date(2026, 5, 17)}
        assert not found[Part.FORM].only_needed

    def test_without_proof_of_receipt_the_time_has_not_begun_to_run(self):
        assert {k.until for k in keeping([State.CONTESTABLE]).values()} == {None}

    def test_on_its_day_it_goes(self):
        window = date(2026, 4, 2)
        assert keeping([State.CONTESTABLE], date(2026, 5, 16), window=window)
        assert keeping([State.CONTESTABLE], date(2026, 5, 17), window=window) == {}

    def test_a_dispute_keeps_all_but_letters(self):
        assert keeping([State.DISPUTED]).keys() == set(Part) - {Part.LETTERS}

    def test_documents_go_when_nobody_answers_for_them(self):
        with_documents = {s for s in State if Part.DOCUMENTS in keeping([s], decided=TODAY)}
        assert with_documents == {State.DISPUTED, State.VIOLATION}

    def test_accounts_of_payments_are_kept_for_five_years(self):
        found = keeping([State.PAID], year_paid=date(2027, 1, 1))
        assert {part: k.until for part, k in found.items()} == {Part.PAYMENTS: date(2032, 1, 1)}

    def test_of_two_states_the_longer_one_counts_and_the_whole_form_before_its_part(self):
        states = [State.IN_FORCE, State.VIOLATION]
        found = keeping(states, decided=TODAY)
        assert found[Part.FORM].state is State.VIOLATION
        assert found[Part.DECISION].until is None
        later = keeping(states, date(2030, 1, 1), decided=TODAY)
        assert later[Part.FORM].only_needed
        assert Part.DOCUMENTS not in later

    def test_a_length_from_the_29th_of_february_ends_on_the_28th(self):
        found = keeping([State.CLAIMED], date(2024, 3, 1), claimed=date(2024, 2, 29))
        assert found[Part.PAYMENTS].until == date(2027, 2, 28)

    @given(
        states=st.lists(st.sampled_from(State), unique=True),
        days=st.fixed_dictionaries(
            {s: st.dates(date(2024, 1, 1), date(2026, 1, 1)) for s in Since}
        ),
        today=st.dates(date(2024, 1, 1), date(2040, 1, 1)),
    )
    def test_nothing_is_kept_past_its_day_and_each_part_once(self, states, days, today):
        found = kept(OURS, states, days, today)
        assert len({k.what for k in found}) == len(found)
        assert all(k.until is None or today < k.until for k in found)
        assert all(k.state in states for k in found)
        assert all(k.what in OURS.keeping(k.state, k.what).parts for k in found)


class TestTheFile:
    @pytest.fixture
    def raw(self):
        return copy.deepcopy(OURS.model_dump(mode="json", exclude_none=True))

    def test_it_says_of_each_length_whose_it_is(self):
        """Of the court's 45 days the seed says them; all others are the office's to set."""
        lengths = [k for rule in OURS.states for k in rule.kept if k.since]
        assert {k.since for k in lengths if not k.set_by_office} == {Since.WINDOW}

    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            (lambda raw: raw["states"].pop(), "nothing is said: violation"),
            (lambda raw: raw["states"].append(raw["states"][0]), "told of twice: draft"),
            (lambda raw: raw["parts"].pop("letters"), "without a title: letters"),
            (lambda raw: raw["states"][3]["kept"][0].pop("since"), "counted `since` something"),
            (lambda raw: raw["states"][3]["kept"][0].update(only_needed=True), "the form alone"),
            (lambda raw: raw["states"][3]["kept"][0]["why"].pop("en"), "one language only"),
            (lambda raw: raw["states"][3]["kept"][0].update(parts=[]), "at least 1"),
            (lambda raw: raw["states"][3]["kept"][0].update(colour="red"), "Extra inputs"),
            (lambda raw: raw.update(look_again_days=0), "greater than or equal to 1"),
        ],
    )
    def test_what_contradicts_itself_is_refused(self, raw, spoil, said):
        spoil(raw)
        with pytest.raises(ValidationError, match=said):
            Retention.model_validate(raw)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("assessment", Part.DECISION),
        ("earlier_support", Part.DECISION),
        ("order_2", Part.PAYMENTS),
        ("transfer_2026-05", Part.PAYMENTS),
        ("result_1", Part.PROGRAMME),
        ("answer", Part.WORDS),
        ("complaint_answer", Part.WORDS),
        ("something_new", Part.WORDS),
    ],
)
def test_a_text_belongs_to_a_part_by_its_name(name, part):
    assert part_of_text(name) is part
