"""What the conditions of a service file say, and which of them are refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from casework.condition import Condition, holds

CHILD = {"relationship": "child", "disabled": True}
FACTS = {
    "category": "pensioner",
    "emergency": False,
    "income": Decimal("100.50"),
    "birth_date": date(1958, 3, 7),
    "family": ({"relationship": "spouse", "disabled": True}, CHILD),
    "wishes": "",
}
MEASURES = {"family_size": 3, "income_limit": Decimal(100), "youngest_child_age": None}


def condition(**said) -> Condition:
    return Condition.model_validate(said)


def true(said: dict, facts: dict | None = None) -> bool:
    return holds(condition(**said), FACTS if facts is None else facts, MEASURES)


class TestComparisons:
    @pytest.mark.parametrize(
        "said",
        [
            {"field": "category", "is": "pensioner"},
            {"field": "emergency", "is": False},
            {"field": "category", "in": ["orphan", "pensioner"]},
            {"field": "income", "at_most": Decimal("100.50")},
            {"field": "income", "at_least": Decimal("100.50")},
            {"field": "birth_date", "at_most": date(1958, 3, 7)},
            {"field": "income", "at_least": "income_limit"},
            {"field": "category", "present": True},
            {"field": "patronymic", "present": False},
            {"field": "wishes", "present": False},
            {"field": "family", "some": {"field": "relationship", "is": "child"}},
            {"measure": "family_size", "at_least": 3},
            {"measure": "family_size", "at_most": 3},
            {"measure": "family_size", "present": True},
            {"measure": "youngest_child_age", "present": False},
        ],
    )
    def test_what_is_so_holds(self, said):
        assert true(said)

    @pytest.mark.parametrize(
        "said",
        [
            {"field": "category", "is": "orphan"},
            {"field": "emergency", "is": True},
            {"field": "category", "in": ["orphan"]},
            {"field": "income", "at_most": Decimal("100.49")},
            {"field": "income", "at_least": Decimal("100.51")},
            {"field": "birth_date", "at_least": date(1958, 3, 8)},
            {"field": "category", "present": False},
            {"field": "family", "some": {"field": "relationship", "is": "parent"}},
            {"measure": "family_size", "at_least": 4},
            {"measure": "family_size", "at_most": 2},
        ],
    )
    def test_what_is_not_so_does_not(self, said):
        assert not true(said)

    def test_one_member_of_the_family_must_be_everything_that_is_asked(self):
        disabled_spouse = {
            "all": [{"field": "relationship", "is": "child"}, {"field": "disabled", "is": True}]
        }
        assert true({"field": "family", "some": disabled_spouse})
        nobody = {"family": ({**CHILD, "disabled": False}, FACTS["family"][0])}
        assert not true({"field": "family", "some": disabled_spouse}, nobody)


class TestWhatWasNotSaid:
    @pytest.mark.parametrize(
        "test",
        [
            {"is": "x"},
            {"is": False},
            {"in": ["x"]},
            {"at_most": Decimal(10**9)},
            {"at_least": Decimal(-1)},
            {"at_most": "income_limit"},
            {"some": {"field": "relationship", "present": False}},
            {"present": True},
        ],
    )
    def test_an_absent_field_satisfies_nothing(self, test):
        assert not holds(condition(field="unsaid", **test), {}, MEASURES)

    @pytest.mark.parametrize("test", [{"at_most": Decimal(99)}, {"at_least": Decimal(0)}])
    def test_a_measure_that_nobody_could_take_satisfies_nothing(self, test):
        assert not true({"measure": "youngest_child_age", **test})
        assert not holds(condition(measure="family_size", **test), FACTS)

    def test_a_bound_that_nobody_could_take_is_not_met(self):
        assert not true({"measure": "family_size", "at_most": "youngest_child_age"})

    def test_no_condition_always_holds(self):
        assert holds(None, {})


class TestTogether:
    YES, NO = {"field": "category", "present": True}, {"field": "category", "present": False}

    @given(st.lists(st.booleans(), max_size=4))
    def test_all_any_and_not_mean_what_they_say(self, wanted):
        parts = [self.YES if yes else self.NO for yes in wanted]
        assert true({"all": parts}) == all(wanted)
        assert true({"any": parts}) == any(wanted)
        assert true({"not": {"all": parts}}) == (not all(wanted))

    def test_it_names_every_field_and_measure_it_reads(self):
        said = condition(
            any=[
                {"not": {"field": "category", "is": "orphan"}},
                {"all": [{"measure": "family_monthly_income", "at_most": "income_limit"}]},
                {"field": "family", "some": {"field": "relationship", "is": "child"}},
            ]
        )
        assert list(said.fields()) == ["category", "family"]
        assert list(said.measures()) == ["family_monthly_income", "income_limit"]


class TestBadDefinitions:
    @pytest.mark.parametrize(
        ("said", "complaint"),
        [
            ({}, "exactly one of: field, measure, all, any, not"),
            ({"is": "x"}, "exactly one of: field, measure, all, any, not"),
            ({"field": "a", "measure": "b", "is": "x"}, "exactly one of: field, measure"),
            ({"field": "a", "all": []}, "exactly one of: field, measure"),
            ({"field": "a"}, "exactly one of: is, in, at_most"),
            ({"field": "a", "is": "x", "in": ["x"]}, "exactly one of: is, in, at_most"),
            ({"field": "a", "at_most": 1, "at_least": 0}, "exactly one of: is, in, at_most"),
            ({"all": [], "is": "x"}, "not a comparison"),
            ({"not": {"field": "a", "is": "x"}, "present": True}, "not a comparison"),
            ({"field": "a", "equals": "x"}, "Extra inputs are not permitted"),
            ({"any": [{"field": "a"}]}, "exactly one of: is, in, at_most"),
        ],
    )
    def test_a_condition_that_says_nothing_or_two_things_is_refused(self, said, complaint):
        with pytest.raises(ValidationError, match=complaint):
            condition(**said)
