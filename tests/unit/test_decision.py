"""What the rules propose, what they compared, and what would have turned it."""

from datetime import date
from decimal import Decimal
from functools import partial
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.definitions import figures
from casework import decision, form
from casework.application import CheckState
from casework.condition import Condition, Facts, holds, years_between
from casework.decision import APPROVED, REFUSED, Assessment, rubles
from casework.errors import BadDefinition
from casework.parameters import Figure, ParameterFile, Parameters
from tests.unit.fake_casebook import form_of, member, rules
from tests.unit.small_service import SUMS, rule, small_rules, small_service, unmendable
from tests.unit.small_service import figure as figure_of

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


def ground(assessment: Assessment, name: str) -> decision.RuleResult:
    return next(rule for rule in assessment.rules if rule.name == name)


def figure(
    name: str, region: str, amount: int, since: date = DAY, until: date | None = None,
    size: int | None = None,
) -> Figure:  # fmt: skip
    return Figure(
        name=name, region=region, since=since, until=until, amount=amount, source="акт", size=size
    )


def codes(assessment: Assessment) -> list[str]:
    return [reason.code for reason in assessment.reasons]


BOUNDS = [Decimal(b) for b in ("0", "10.5", "20", "90")]
GRID = sorted({b + d for b in BOUNDS for d in (Decimal("-0.01"), Decimal(0), Decimal("0.01"))})
comparisons = st.builds(
    lambda name, test, bound: {"measure": name, test: bound},
    st.sampled_from(SUMS), st.sampled_from(["at_most", "at_least"]), st.sampled_from(BOUNDS),
)  # fmt: skip
conditions = st.recursive(
    comparisons,
    lambda parts: st.builds(lambda k, ps: {k: ps}, st.sampled_from(["all", "any"]),
                            st.lists(parts, min_size=1, max_size=3))
    | st.builds(lambda p: {"not": p}, parts),
    max_leaves=5,
)  # fmt: skip


def asked_of(condition: dict, subject: str) -> dict:
    """The same condition asked of fields instead of measures."""
    if "measure" in condition:
        return {subject if k == "measure" else k: v for k, v in condition.items()}
    return {
        k: asked_of(v, subject) if isinstance(v, dict) else [asked_of(p, subject) for p in v]
        for k, v in condition.items()
    }


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
        minimum = "Прожиточный минимум в среднем на человека, рублей в месяц"
        assert "2026 год" in assessed().sources[minimum]
        assert all(assessed().sources.values())
        assert all(rule.source for rule in assessed().rules)


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
        turn = next(turn for turn in turns if turn.rule == "family_income")
        assert "Доходы" in turn.text
        assert turn.to is None

    def test_both_are_told_when_the_figure_fails_too(self):
        told = assessed(mismatched=("income",), income=RICH)
        explanation = ground(told, "family_income").explanation
        assert "реестр" in explanation
        assert "предел" in explanation
        turn = next(turn for turn in told.counterfactual if turn.rule == "family_income")
        assert "реестр" in turn.text
        assert "меньше на" in turn.text

    def test_a_contradicted_disability_is_no_ground(self):
        disabled = {"category": "disability_group_1", "income": RICH}
        assert assessed(mismatched=("disability",), **disabled).outcome == REFUSED
        assert assessed(mismatched=("income",), **disabled).outcome == APPROVED

    def test_support_already_given_is_a_reason_even_on_good_grounds(self):
        twice = assessed(mismatched=("existing_support",), category="pensioner")
        assert codes(twice) == ["support_exists"]
        assert [(turn.rule, turn.needed) for turn in twice.counterfactual] == [
            ("support_exists", True)
        ]
        assert "прекращена" in twice.counterfactual[0].text

    def test_and_mending_the_income_alone_is_not_told_to_be_enough(self):
        turns = assessed(mismatched=("existing_support",), income=RICH).counterfactual
        assert [(turn.rule, turn.needed) for turn in turns] == [
            ("support_exists", True), ("family_income", False), ("category", False),
        ]  # fmt: skip

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
        assert (turn.rule, turn.subject) == ("family_income", "family_monthly_income")
        less = turn.value - turn.to
        assert rubles(less) in turn.text
        turned = income - less * 12
        assert assessed(income=str(turned), family=family).outcome == APPROVED
        almost = income - (less - KOPECK) * 12
        assert assessed(income=str(almost), family=family).outcome == REFUSED

    def test_what_can_be_counted_goes_first_and_every_ground_is_named(self):
        turns = assessed(income=RICH).counterfactual
        assert [turn.rule for turn in turns] == ["family_income", "category"]
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
            RULES.parameters.figure("subsistence_minimum", day)
        assert refusal.value.details["region"] == "RU-MOW"

    def test_a_figure_of_the_region_goes_before_that_of_the_country(self):
        minimum, coefficient = partial(figure, "minimum"), partial(figure, "coefficient")
        file = ParameterFile(
            titles={"minimum": "Минимум", "coefficient": "Коэффициент"},
            figures=(
                minimum("RU", 1),
                minimum("RU-TA", 2),
                minimum("RU-KK", 3),
                coefficient("RU", 5, size=1),
                coefficient("RU", 6, size=2),
                coefficient("RU-TA", 7, since=date(2026, 5, 1), size=2),
            ),
        )
        tatarstan = Parameters("RU-TA", file)
        assert tatarstan.figure("minimum", DAY).amount == 2
        assert Parameters("RU-MOW", file).figure("minimum", DAY).amount == 1
        assert tatarstan.figure("coefficient", DAY, 1).amount == 5
        assert tatarstan.figure("coefficient", DAY, 9).amount == 6
        assert tatarstan.figure("coefficient", date(2026, 5, 1), 9).amount == 7

    def test_a_figure_cannot_end_before_it_begins(self):
        with pytest.raises(ValueError, match="ends before"):
            figure("minimum", "RU", 1, until=date(2026, 4, 5))

    def test_a_figure_without_a_title_is_refused(self):
        with pytest.raises(ValueError, match="figures without a title: minimum"):
            ParameterFile(titles={}, figures=(figure("minimum", "RU", 1),))

    def test_every_figure_names_its_source(self):
        assert all(figure.source.strip() for figure in figures().figures)


class TestMeasures:
    def test_age_is_full_on_the_birthday_and_on_1_march_for_the_29th_of_february(self):
        born = date(2008, 2, 29)
        assert years_between(born, date(2026, 2, 28)) == 17
        assert years_between(born, date(2026, 3, 1)) == 18
        assert years_between(born, date(2028, 2, 29)) == 20

    def test_who_earns_and_who_is_a_child(self):
        family = [
            member("spouse", birth_date="01.01.1980", income="1"),
            member(birth_date="06.04.2008", income="5"),  # of age that very day
            member(birth_date="07.04.2008", income="5"),
            member("parent", birth_date="01.01.1950", income="0"),
        ]
        taken = RULES.measures(facts_of(income="0", family=family), DAY)
        assert taken["adults_with_income"] == 2
        assert taken["minor_children"] == 1
        assert taken["family_size"] == 5
        assert taken["applicant_age"] == 41


class TestFiguresThatAreNotKnown:
    """A figure harms what compares with it, and nothing else."""

    DAY = date(2026, 4, 6)
    MEASURES = {  # noqa: RUF012
        "first": {"title": "Доход", "unit": "rubles", "value": "first"},
        "limit": {"title": "Предел", "unit": "rubles", "figure": "limit"},
        "pay": {"title": "Выплата", "unit": "rubles", "product": ["limit", 2]},
    }
    COMPARED = rule(
        "income", {"measure": "first", "at_most": "limit"}, refusal="{first} больше {limit}"
    )
    SPECIAL = rule("special", {"field": "kind", "is": "special"})

    def assessed(self, facts: Facts, known: bool = False, **said) -> Assessment:
        figures = (figure_of("limit", 100),) if known else ()
        small = small_rules(figures, measures=self.MEASURES, **said)
        return decision.assess(small.service, facts, {}, small.parameters, self.DAY)

    def test_a_ground_that_needs_no_figure_is_enough(self):
        grounds = [self.COMPARED, self.SPECIAL]
        good = self.assessed({"first": Decimal(5), "kind": "special"}, grounds=grounds)
        assert good.outcome == APPROVED
        income = ground(good, "income")
        assert (income.holds, income.tried) == (False, False)
        assert "не установлена" in income.explanation
        assert income.comparisons[0].bound is None
        assert good.sources == {}

    def test_a_requirement_that_fails_is_enough_for_a_refusal(self):
        refusal = self.assessed(
            {"first": Decimal(5), "kind": "plain"},
            grounds=[self.COMPARED],
            requirements=[self.SPECIAL],
        )
        assert refusal.outcome == REFUSED
        assert [turn.rule for turn in refusal.counterfactual] == []  # nobody can say what else

    @pytest.mark.parametrize("part", ["grounds", "requirements"])
    def test_where_the_outcome_hangs_on_it_it_is_an_error_never_a_guess(self, part):
        with pytest.raises(BadDefinition, match="figure_not_known"):
            self.assessed({"first": Decimal(5), "kind": "special"}, **{part: [self.COMPARED]})
        both = {"first": Decimal(5), "kind": "special"}
        assert self.assessed(both, known=True, **{part: [self.COMPARED]}).outcome == APPROVED

    def test_nor_is_it_guessed_when_the_condition_is_turned_round(self):
        turned = rule("rich", {"not": {"measure": "first", "at_most": "limit"}})
        with pytest.raises(BadDefinition, match="figure_not_known"):
            self.assessed({"first": Decimal(5), "kind": "plain"}, grounds=[turned])

    def test_what_was_found_before_the_figure_is_needed_decides(self):
        either = {
            "any": [{"field": "kind", "is": "special"}, {"measure": "first", "at_most": "limit"}]
        }
        good = self.assessed({"first": Decimal(5), "kind": "special"}, grounds=[rule("x", either)])
        assert good.outcome == APPROVED

    def test_another_error_of_the_file_is_not_hidden(self):
        def breaks():
            raise BadDefinition("version_gone")

        measures = small_rules().measures({}, self.DAY)
        with pytest.raises(BadDefinition, match="version_gone"):
            measures.if_known(breaks)

    def test_a_circumstance_that_compares_with_it_is_not_weighed(self):
        weighed = [
            {"name": "poor", "title": "Беден", "when": {"measure": "first", "at_most": "limit"}}
        ]
        facts = {"first": Decimal(5), "kind": "special"}
        for known, told in ((False, ()), (True, ("Беден",))):
            shown = self.assessed(
                facts, known=known, requirements=[self.SPECIAL], circumstances=weighed
            )
            assert shown.circumstances == told

    def test_an_amount_that_takes_it_is_not_known_and_the_outcome_stands(self):
        said = {
            "requirements": [self.SPECIAL],
            "fields": small_service().model_dump(mode="json", by_alias=True, exclude_none=True)[
                "fields"
            ]
            + [
                {"name": "bic", "title": "БИК", "type": "bic"},
                {"name": "account", "title": "Счёт", "type": "bank_account", "bic": "bic"},
            ],
            "outcome": {
                "kind": "payment",
                "approved": "да",
                "refused": "нет",
                "next": "дальше",
                "payment": {
                    "amount": "pay",
                    "schedule": "monthly",
                    "account": "account",
                    "bic": "bic",
                },
            },
        }
        facts = {"first": Decimal(5), "kind": "special"}
        blind = self.assessed(facts, **said)
        assert (blind.outcome, blind.amount) == (APPROVED, None)
        seen = self.assessed(facts, known=True, **said)
        assert seen.amount.rubles == 200
        assert seen.amount.working == (
            "Выплата: 100,00 × 2 = 200,00\u00a0₽",
            "Предел: 100,00\u00a0₽",
        )

    def test_only_the_measures_that_were_used_are_shown(self):
        shown = self.assessed(
            {"first": Decimal(5), "kind": "special"}, known=True, grounds=[self.COMPARED]
        )
        assert shown.measures == {"first": 5, "limit": 100}
        assert set(shown.sources) == {"limit"}

    def test_a_measure_that_the_form_lacks_is_told_as_missing(self):
        told = self.assessed({"kind": "plain"}, known=True, grounds=[self.COMPARED])
        assert told.rules[0].explanation == "нет данных больше 100,00"
        assert told.outcome == REFUSED


class TestWhatWouldTurnIt:
    """Requirements and grounds, one comparison and many: the smallest change is named."""

    FACTS = {  # noqa: RUF012
        "first": Decimal("150"), "second": Decimal("20"), "third": Decimal("1000"), "kind": "plain",
    }  # fmt: skip

    def turned(self, mismatched: tuple[str, ...] = (), **said) -> Assessment:
        small = small_rules(**said)
        checks = {name: CheckState("mismatched", ("snils",)) for name in mismatched}
        return decision.assess(
            small.service, self.FACTS, checks, small.parameters, date(2026, 4, 6)
        )

    def named(self, assessment: Assessment) -> list[tuple]:
        return [(t.rule, t.needed, t.subject, t.to) for t in assessment.counterfactual]

    def test_every_failing_requirement_is_needed_and_one_ground(self):
        turns = self.turned(
            requirements=[
                rule("a", {"measure": "first", "at_most": 100}),
                rule("b", {"measure": "second", "at_least": 50}),
                rule("met", {"measure": "third", "at_least": 50}),
            ],
            grounds=[
                rule("far", {"measure": "third", "at_most": 1}),
                rule("special", {"field": "kind", "is": "special"}),
                rule("near", {"measure": "third", "at_most": 999}),
            ],
        )
        assert self.named(turns) == [
            ("a", True, "first", 100),
            ("b", True, "second", 50),
            ("near", False, "third", 999),
            ("far", False, "third", 1),
            ("special", False, None, None),
        ]

    def test_a_ground_that_holds_needs_no_other(self):
        turns = self.turned(
            requirements=[rule("a", {"measure": "first", "at_most": 100})],
            grounds=[
                rule("holds", {"measure": "second", "at_most": 20}),
                rule("other", {"measure": "third", "at_most": 1}),
            ],
        )
        assert self.named(turns) == [("a", True, "first", 100)]

    def test_what_nobody_can_mend_leaves_nothing_to_name(self):
        fixed = unmendable(rule("fixed", {"field": "kind", "is": "special"}))
        near = rule("near", {"measure": "first", "at_most": 100})
        assert self.named(self.turned(requirements=[fixed, near])) == []
        assert self.named(self.turned(grounds=[fixed])) == []
        assert self.named(self.turned(grounds=[fixed, near])) == [("near", False, "first", 100)]

    def test_a_registry_that_contradicts_must_be_settled_as_well(self):
        near = rule("near", {"measure": "first", "at_most": 100})
        both = self.turned(("existing",), requirements=[near])
        assert self.named(both) == [("near", True, "first", 100), ("has_it", True, None, None)]
        assert both.counterfactual[1].text == "Откажитесь от прежнего."

    def test_a_rule_that_tells_of_the_registry_itself_does_not_tell_twice(self):
        only = rule("only", {"measure": "second", "at_least": 1}, checks=["existing"])
        turns = self.turned(("existing",), requirements=[only])
        assert [turn.rule for turn in turns.counterfactual] == ["only"]
        assert "Нет ли уже" in turns.counterfactual[0].text

    def test_an_approval_has_nothing_to_turn(self):
        assert self.turned(requirements=[rule("a", {"measure": "first", "at_least": 1})]
                           ).counterfactual == ()  # fmt: skip

    def test_of_several_comparisons_only_those_that_fail_are_named(self):
        all_of = {
            "all": [{"measure": "first", "at_most": 100}, {"measure": "second", "at_most": 50}]
        }
        (turn,) = self.turned(requirements=[rule("both", all_of)]).counterfactual
        assert (turn.text, turn.subject, turn.value, turn.to) == ("Нужно: both.", "first", 150, 100)

    def test_each_comparison_that_must_move_has_its_turn(self):
        all_of = {
            "all": [{"measure": "first", "at_most": 100}, {"measure": "second", "at_least": 50}]
        }
        turns = self.turned(requirements=[rule("both", all_of)]).counterfactual
        assert [(turn.subject, turn.to) for turn in turns] == [
            (None, None),
            ("first", 100),
            ("second", 50),
        ]
        assert turns[0].text == "Нужно: both."
        assert turns[1].text == "«Сумма first» — сейчас 150,00, а нужно не больше 100,00."
        assert turns[2].text == "«Сумма second» — сейчас 20,00, а нужно не меньше 50,00."

    def test_of_alternatives_the_nearest_is_named(self):
        any_of = {"any": [{"measure": "third", "at_most": 1}, {"measure": "first", "at_most": 149}]}
        (turn,) = self.turned(requirements=[rule("either", any_of)]).counterfactual
        assert (turn.subject, turn.to) == ("first", 149)

    def test_a_figure_goes_a_kopeck_beyond_a_bound_that_must_not_hold(self):
        beyond = {"not": {"measure": "first", "at_least": 100}}
        (turn,) = self.turned(requirements=[rule("below", beyond)]).counterfactual
        assert turn.to == Decimal("99.99")

    def test_a_field_is_a_figure_too(self):
        (turn,) = self.turned(
            requirements=[rule("a", {"field": "first", "at_most": 100})]
        ).counterfactual
        assert (turn.subject, turn.value, turn.to) == ("first", 150, 100)

    def test_a_way_that_does_not_lead_there_is_not_named(self):
        never = {"all": [{"measure": "first", "at_most": 10}, {"measure": "first", "at_least": 20}]}
        (turn,) = self.turned(requirements=[rule("never", never)]).counterfactual
        assert (turn.text, turn.to) == ("Нужно: never.", None)

    def test_the_stricter_of_two_bounds_does_for_both(self):
        twice = {"all": [{"measure": "first", "at_most": 100}, {"measure": "first", "at_most": 90}]}
        (turn,) = self.turned(requirements=[rule("twice", twice)]).counterfactual
        assert turn.to == 90

    @settings(deadline=None)
    @given(
        condition=conditions,
        amounts=st.tuples(*(st.decimals(0, 99, places=2) for _ in SUMS)),
        subject_is=st.sampled_from(["measure", "field"]),
    )
    def test_applying_what_is_named_turns_the_refusal(self, condition, amounts, subject_is):
        facts = dict(zip(SUMS, amounts, strict=True)) | {"kind": "plain"}
        said = {"requirements": [rule("x", asked_of(condition, subject_is))]}
        small = small_rules(**said)

        def assess(facts: Facts) -> Assessment:
            return decision.assess(small.service, facts, {}, small.parameters, date(2026, 4, 6))

        refusal = assess(facts)
        moves = {t.subject: t.to for t in refusal.counterfactual if t.subject}
        if refusal.outcome == APPROVED:
            assert refusal.counterfactual == ()
        elif moves:
            assert all(t.value == facts[t.subject] for t in refusal.counterfactual if t.subject)
            assert assess(facts | moves).outcome == APPROVED
        else:
            asked = Condition.model_validate(asked_of(condition, "field"))
            tried = (dict(zip(SUMS, point, strict=True)) for point in product(GRID, repeat=3))
            assert not any(holds(asked, point) for point in tried)
