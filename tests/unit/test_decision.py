"""What the rules propose, what they compared, and what would have turned it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.definitions import figures
from casework import decision, form, measures
from casework.application import CheckState
from casework.condition import Facts
from casework.decision import APPROVED, REFUSED, Assessment, rubles
from casework.errors import BadDefinition
from casework.parameters import Figure, ParameterFile, Parameters
from tests.unit.fake_casebook import form_of, member, rules

DAY = date(2026, 4, 6)
KOPECK = Decimal("0.01")
RULES = rules()
CATEGORIES = [
    "disability_group_1",
    "disability_group_2",
    "pensioner",
    "large_family",
    "orphan",
    "wwii_veteran",
    "combatant",
    "veteran_spouse",
    "homeless",
    "lone_parent",
]
RICH = "9000000"


def facts_of(**known) -> Facts:
    if str(known.get("category", "")).startswith("disability"):
        known = {"disability_proof": "illness_certificate"} | known
    return form.checked_form(RULES.service, form_of(**known), DAY)


def assessed(day: date = DAY, mismatched: tuple[str, ...] = (), **known) -> Assessment:
    checks = {check.name: CheckState("matched") for check in RULES.service.checks}
    checks |= {name: CheckState("mismatched", ("x",)) for name in mismatched}
    return decision.assess(RULES.service, facts_of(**known), checks, RULES.parameters, day)


def ground(assessment: Assessment, name: str) -> decision.GroundResult:
    return next(ground for ground in assessment.grounds if ground.name == name)


def codes(assessment: Assessment) -> list[str]:
    return [reason.code for reason in assessment.reasons]


class TestGrounds:
    @pytest.mark.parametrize("category", CATEGORIES)
    def test_a_category_is_enough_whatever_the_income(self, category):
        rich = assessed(category=category, income=RICH)
        assert rich.outcome == APPROVED
        assert ground(rich, "category").holds
        assert not ground(rich, "family_income").holds
        assert (rich.reasons, rich.counterfactual) == ((), ())

    def test_a_family_income_within_the_limit_is_enough(self):
        poor = assessed(income="1000")
        assert poor.outcome == APPROVED
        assert not ground(poor, "category").holds

    def test_neither_is_a_refusal_with_its_reason(self):
        assert codes(assessed(income=RICH)) == ["criteria_not_met"]

    @pytest.mark.parametrize(
        ("others", "coefficient"),
        [(0, "1.5"), (1, "1.4"), (2, "1.3"), (3, "1.2"), (4, "1.2"), (9, "1.2")],
    )
    def test_income_equal_to_the_limit_is_within_it_and_a_kopeck_more_is_not(
        self, others, coefficient
    ):
        limit = (Decimal(18939) * Decimal(coefficient)).quantize(KOPECK)
        family = [member("other", income="0")] * others
        assert assessed(income=str(limit * 12), family=family).outcome == APPROVED
        over = assessed(income=str(limit * 12 + Decimal("0.12")), family=family)
        assert over.outcome == REFUSED
        shown = ground(over, "family_income").comparisons[0]
        assert (shown.subject, shown.test) == ("family_monthly_income", "at_most")
        assert (shown.value, shown.bound, shown.holds) == (limit + KOPECK, limit, False)

    def test_the_income_of_every_member_counts(self):
        family = [member("spouse", income="600000", birth_date="01.01.1980")]
        assert assessed(income="0", family=family).measures["family_monthly_income"] == 50000

    @pytest.mark.parametrize(
        ("yearly", "monthly"), [("0.05", "0.00"), ("0.06", "0.01"), ("0.18", "0.02")]
    )
    def test_half_a_kopeck_is_rounded_up(self, yearly, monthly):
        assert assessed(income=yearly).measures["family_monthly_income"] == Decimal(monthly)

    def test_circumstances_are_told_and_decide_nothing(self):
        family = [member(disabled=True)]
        weighed = assessed(income=RICH, family=family)
        assert weighed.outcome == REFUSED
        assert weighed.circumstances == (
            "В семье ребёнок с инвалидностью",
            "В семье один кормилец",
        )
        assert assessed(income=RICH).circumstances == ()

    def test_every_figure_cites_its_source(self):
        assert "2026 год" in assessed().sources["subsistence_minimum"]
        assert all(assessed().sources.values())
        assert all(ground.source for ground in assessed().grounds)


class TestRegistries:
    def test_a_contradicted_income_is_no_ground(self):
        contradicted = assessed(mismatched=("income",), income="1000")
        assert contradicted.outcome == REFUSED
        assert codes(contradicted) == ["criteria_not_met"]

    def test_it_is_the_registry_that_is_named_not_a_figure_that_holds(self):
        told = ground(assessed(mismatched=("income",), income="1000"), "family_income")
        assert told.comparisons[0].holds
        assert "реестр" in told.explanation
        assert "Доходы" in told.explanation
        assert "предел" not in told.explanation

    def test_and_the_way_out_is_to_settle_it_with_the_registry(self):
        turns = assessed(mismatched=("income",), income="1000").counterfactual
        turn = next(turn for turn in turns if turn.ground == "family_income")
        assert "Доходы" in turn.text
        assert turn.to is None

    def test_both_are_told_when_the_figure_fails_too(self):
        told = assessed(mismatched=("income",), income=RICH)
        explanation = ground(told, "family_income").explanation
        assert "реестр" in explanation
        assert "предел" in explanation
        turn = next(turn for turn in told.counterfactual if turn.ground == "family_income")
        assert "реестр" in turn.text
        assert "меньше на" in turn.text

    def test_a_contradicted_disability_is_no_ground(self):
        disabled = {"category": "disability_group_1", "income": RICH}
        assert assessed(mismatched=("disability",), **disabled).outcome == REFUSED
        assert assessed(mismatched=("income",), **disabled).outcome == APPROVED

    def test_support_already_given_is_a_reason_even_on_good_grounds(self):
        twice = assessed(mismatched=("existing_support",), category="pensioner")
        assert codes(twice) == ["support_exists"]
        assert twice.counterfactual == ()

    def test_all_reasons_are_told_at_once(self):
        both = assessed(mismatched=("existing_support", "income"), income="1000")
        assert codes(both) == ["criteria_not_met", "support_exists"]
        assert all(reason.title and reason.mend for reason in both.reasons)

    @pytest.mark.parametrize("state", ["due", "asked", "given_up"])
    def test_a_registry_that_said_nothing_contradicts_nothing(self, state):
        silent = {check.name: CheckState(state) for check in RULES.service.checks}
        facts = facts_of(income="1000")
        assessment = decision.assess(RULES.service, facts, silent, RULES.parameters, DAY)
        assert assessment.outcome == APPROVED


class TestCounterfactual:
    @given(
        over=st.integers(1, 10**9),
        others=st.integers(0, 5),
    )
    def test_the_named_change_turns_the_refusal_and_one_kopeck_less_does_not(self, over, others):
        family = [member("other", income="0")] * others
        limit = assessed(income="0", family=family).measures["income_limit"]
        income = limit * 12 + over * Decimal("0.12")
        if income > 10**9:
            return
        refusal = assessed(income=str(income), family=family)
        assert refusal.outcome == REFUSED
        turn = refusal.counterfactual[0]
        assert (turn.ground, turn.subject) == ("family_income", "family_monthly_income")
        less = turn.value - turn.to
        assert rubles(less) in turn.text
        turned = income - less * 12
        assert assessed(income=str(turned), family=family).outcome == APPROVED
        almost = income - (less - KOPECK) * 12
        assert assessed(income=str(almost), family=family).outcome == REFUSED

    def test_what_can_be_counted_goes_first_and_every_ground_is_named(self):
        turns = assessed(income=RICH).counterfactual
        assert [turn.ground for turn in turns] == ["family_income", "category"]
        assert turns[1].to is None

    def test_the_explanation_reads_as_a_person_would_write_it(self):
        told = ground(assessed(income="400000"), "family_income").explanation
        assert told == (
            "Доход вашей семьи — 33\u202f333,33 ₽ в месяц, а предел для семьи такого размера"
            " (человек: 1) — 28\u202f408,50 ₽."
        )
        turn = assessed(income="400000").counterfactual[0]
        assert "меньше на 4\u202f924,83 ₽" in turn.text

    @pytest.mark.parametrize(
        ("amount", "written"),
        [
            ("0", "0,00"),
            ("0.5", "0,50"),
            ("999.99", "999,99"),
            ("1000", "1\u202f000,00"),
            ("1234567.89", "1\u202f234\u202f567,89"),
        ],
    )
    def test_rubles(self, amount, written):
        assert rubles(Decimal(amount)) == written


class TestFigures:
    @pytest.mark.parametrize(
        ("day", "limit"),
        [
            (date(2024, 1, 1), "23179.50"),
            (date(2024, 12, 31), "23179.50"),
            (date(2025, 1, 1), "26599.50"),
            (date(2025, 12, 31), "26599.50"),
            (date(2026, 1, 1), "28408.50"),
            (date(2026, 12, 31), "28408.50"),
        ],
    )
    def test_the_figure_of_the_day_of_receipt_decides(self, day, limit):
        shown = form.checked_form(RULES.service, form_of(birth_date="01.01.1980"), day)
        assessment = decision.assess(RULES.service, shown, {}, RULES.parameters, day)
        assert assessment.measures["income_limit"] == Decimal(limit)

    @pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 1, 1)])
    def test_a_day_without_a_figure_is_an_error_never_a_guess(self, day):
        with pytest.raises(BadDefinition, match="figure_not_known") as refusal:
            RULES.parameters.subsistence_minimum(day)
        assert refusal.value.details["region"] == "RU-MOW"

    def test_a_figure_of_the_region_goes_before_that_of_the_country(self):
        def figure(region: str, amount: int, since: date = DAY, size: int | None = None) -> Figure:
            return Figure(region=region, since=since, amount=amount, source="акт", size=size)

        file = ParameterFile(
            subsistence_minimum=(figure("RU", 1), figure("RU-TA", 2), figure("RU-KK", 3)),
            household_coefficient=(
                figure("RU", 5, size=1),
                figure("RU", 6, size=2),
                figure("RU-TA", 7, since=date(2026, 5, 1), size=2),
            ),
        )
        tatarstan = Parameters("RU-TA", file)
        assert tatarstan.subsistence_minimum(DAY).amount == 2
        assert Parameters("RU-MOW", file).subsistence_minimum(DAY).amount == 1
        assert tatarstan.household_coefficient(1, DAY).amount == 5
        assert tatarstan.household_coefficient(9, DAY).amount == 6
        assert tatarstan.household_coefficient(9, date(2026, 5, 1)).amount == 7

    def test_a_figure_cannot_end_before_it_begins(self):
        with pytest.raises(ValueError, match="ends before"):
            Figure(region="RU", since=DAY, until=date(2026, 4, 5), amount=1, source="акт")

    def test_every_figure_of_the_country_names_its_source(self):
        file = figures()
        assert all(f.source for f in (*file.subsistence_minimum, *file.household_coefficient))


class TestMeasures:
    def test_age_is_full_on_the_birthday_and_on_1_march_for_the_29th_of_february(self):
        born = date(2008, 2, 29)
        assert measures.years_between(born, date(2026, 2, 28)) == 17
        assert measures.years_between(born, date(2026, 3, 1)) == 18
        assert measures.years_between(born, date(2028, 2, 29)) == 20

    def test_who_earns_and_who_is_a_child(self):
        family = [
            member("spouse", birth_date="01.01.1980", income="1"),
            member(birth_date="06.04.2008", income="5"),  # of age that very day
            member(birth_date="07.04.2008", income="5"),
            member("parent", birth_date="01.01.1950", income="0"),
        ]
        taken = assessed(income="0", family=family).measures
        assert taken["adults_with_income"] == 2
        assert taken["minor_children"] == 1
        assert taken["youngest_child_age"] == 17
        assert taken["family_size"] == 5
        assert taken["applicant_age"] == 41
