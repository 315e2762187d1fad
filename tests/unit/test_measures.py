"""Every kind of measure: its value, its working as people read it, and when it is not known."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from casework.condition import years_between
from casework.errors import BadDefinition
from casework.measures import Measure, Measures, plain_number, rubles
from casework.parameters import Figure, ParameterFile, Parameters
from tests.unit.small_service import figure

DAY = date(2026, 4, 6)
KOPECK = Decimal("0.01")
MONEY = st.decimals(0, 10**7, places=2)
DATES = st.dates(date(1900, 1, 1), date(2030, 12, 31))


def measures(
    facts: dict[str, Any], figures: tuple[Figure, ...] = (), day: date = DAY, **said: Any
) -> Measures:
    """Measures of those facts; each is said as in a service file, its title being its name."""
    measure = TypeAdapter(Measure)
    defined = {n: measure.validate_python({"title": n, **kind}) for n, kind in said.items()}
    file = ParameterFile(titles={f.name: f.name for f in figures}, figures=figures)
    return Measures(defined, facts, Parameters("RU-MOW", file), day)


def of(unit: str, facts: dict[str, Any], day: date = DAY, **kind: Any) -> tuple[Any, str]:
    taken = measures(facts, day=day, x={"unit": unit, **kind})
    return taken["x"], taken.working("x")


class TestAge:
    @pytest.mark.parametrize(
        ("birth", "day", "years"),
        [
            (date(2008, 4, 6), DAY, 18),  # of age that very day
            (date(2008, 4, 7), DAY, 17),
            (date(2008, 2, 29), date(2026, 2, 28), 17),
            (date(2008, 2, 29), date(2026, 3, 1), 18),
            (date(2008, 2, 29), date(2028, 2, 29), 20),
            (DAY, DAY, 0),
            (DAY + timedelta(days=3), DAY, 0),  # added by a correction after the receipt
        ],
    )
    def test_full_years(self, birth, day, years):
        assert of("years", {"born": birth}, day, age="born") == (years, f"с {birth:%d.%m.%Y}")

    @pytest.mark.parametrize(
        ("birth", "months"),
        [(date(2026, 4, 6), 0), (date(2026, 3, 6), 1), (date(2026, 3, 7), 0),
         (date(2024, 10, 6), 18), (date(2024, 10, 7), 17)],
    )  # fmt: skip
    def test_full_months(self, birth, months):
        assert of("months", {"born": birth}, age="born")[0] == months

    def test_days(self):
        assert of("days", {"born": date(2026, 3, 1)}, age="born")[0] == 36

    def test_of_a_group_the_youngest_or_the_oldest_of_those_it_asks_about(self):
        family = (
            {"kin": "child", "born": date(2020, 1, 1)},
            {"kin": "child", "born": date(2010, 1, 1)},
            {"kin": "spouse", "born": date(1980, 1, 1)},
            {"kin": "child"},
        )
        children = {"field": "kin", "is": "child"}
        assert of("years", {"family": family}, age="family.born", where=children)[0] == 6
        oldest = {"age": "family.born", "where": children, "take": "most"}
        assert of("years", {"family": family}, **oldest) == (16, "с 01.01.2010")

    @pytest.mark.parametrize("facts", [{}, {"family": ()}, {"family": ({"kin": "child"},)}])
    def test_of_nobody_it_is_not_known(self, facts):
        assert of("years", facts, age="family.born") == (None, "")

    @given(birth=DATES, day=DATES)
    def test_years_are_the_birthdays_that_have_come(self, birth, day):
        if birth <= day:
            birthdays = sum(
                (day.month, day.day) >= (birth.month, birth.day) or year < day.year
                for year in range(birth.year + 1, day.year + 1)
            )
            assert years_between(birth, day) == birthdays
            assert of("years", {"born": birth}, day, age="born")[0] == birthdays


class TestUntil:
    @pytest.mark.parametrize(
        ("end", "months", "days"),
        [
            (date(2026, 10, 6), 6, 183),
            (date(2026, 10, 5), 5, 182),
            (DAY, 0, 0),
            (date(2026, 4, 5), -1, -2),
            (date(2026, 3, 6), -2, -32),
        ],
    )
    def test_full_months_to_come_and_nothing_that_has_passed_counts_as_left(
        self, end, months, days
    ):
        assert of("months", {"valid": end}, until="valid") == (months, f"до {end:%d.%m.%Y}")
        assert of("days", {"valid": end}, until="valid")[0] == days

    def test_without_a_date_it_is_not_known(self):
        assert of("months", {}, until="valid") == (None, "")


class TestCountAndSum:
    FAMILY = (
        {"kin": "child", "income": Decimal("0")},
        {"kin": "child", "income": Decimal("10.50")},
        {"kin": "spouse", "income": Decimal("1000")},
        {"kin": "spouse"},
    )
    CHILDREN = {"field": "kin", "is": "child"}  # noqa: RUF012

    def test_everybody_some_and_the_applicant(self):
        facts = {"family": self.FAMILY, "income": Decimal(5)}
        assert of("people", facts, count="family") == (4, "")
        assert of("people", facts, count="family", where=self.CHILDREN) == (2, "")
        assert of("people", facts, count="family", and_applicant=True) == (5, "")
        for at_least, counted in ((5, 5), (6, 4)):
            own = {"field": "income", "at_least": at_least}
            assert of("people", facts, count="family", and_applicant=own)[0] == counted

    def test_a_family_that_is_not_named_has_nobody(self):
        assert of("people", {}, count="family") == (0, "")
        assert of("people", {}, count="family", and_applicant=True) == (1, "")

    def test_a_sum_over_months_shows_each_part(self):
        facts = {"income": Decimal(120), "family": self.FAMILY}
        value, working = of("rubles", facts, sum=["income", "family.income"], over=12)
        assert value == Decimal("94.21")
        assert working == "(120,00 + 0,00 + 10,50 + 1\u202f000,00) ÷ 12"

    def test_one_part_needs_no_brackets_and_no_working_where_it_is_all(self):
        assert of("rubles", {"income": Decimal(60)}, sum=["income"], over=12) == (5, "60,00 ÷ 12")
        assert of("rubles", {"income": Decimal(60)}, sum=["income"]) == (60, "")
        two = of("rubles", {"a": Decimal(1), "b": Decimal(2)}, sum=["a", "b"])
        assert two == (3, "1,00 + 2,00")

    def test_members_are_picked(self):
        facts = {"family": self.FAMILY}
        picked = of("rubles", facts, sum=["family.income"], where=self.CHILDREN)
        assert picked == (Decimal("10.50"), "0,00 + 10,50")

    def test_a_family_without_income_has_none_and_a_form_without_it_is_not_known(self):
        assert of("rubles", {"family": ()}, sum=["family.income"]) == (0, "")
        assert of("rubles", {}, sum=["family.income"], over=3) == (0, "0,00 ÷ 3")
        assert of("rubles", {"family": self.FAMILY}, sum=["income", "family.income"]) == (None, "")

    @given(own=MONEY, others=st.lists(MONEY, max_size=8), over=st.integers(1, 36))
    def test_a_sum_is_what_a_purse_would_hold(self, own, others, over):
        facts = {"income": own, "family": tuple({"income": other} for other in others)}
        kopecks = int(own * 100) + sum(int(other * 100) for other in others)
        rounded = (kopecks * 2 + over) // (over * 2)
        value, working = of("rubles", facts, sum=["income", "family.income"], over=over)
        assert value * 100 == rounded
        assert working.count("+") == len(others) or over == 1


class TestArithmetic:
    FACTS = {"a": Decimal("10.10"), "b": Decimal("4"), "n": 3}  # noqa: RUF012
    VALUES = {  # noqa: RUF012
        "a": {"unit": "rubles", "value": "a"},
        "b": {"unit": "rubles", "value": "b"},
        "n": {"unit": "people", "value": "n"},
        "none": {"unit": "rubles", "value": "none"},
    }

    def reckoned(self, unit: str = "rubles", **kind: Any) -> tuple[Any, str]:
        taken = measures(self.FACTS, **self.VALUES, x={"unit": unit, **kind})
        return taken["x"], taken.working("x")

    def test_each_shows_its_parts_and_its_sign(self):
        assert self.reckoned(product=["a", "n", Decimal("1.50")]) == (
            Decimal("45.45"),
            "10,10 × 3 × 1,5",
        )
        assert self.reckoned(quotient=["a", "n"]) == (Decimal("3.37"), "10,10 ÷ 3")
        assert self.reckoned(total=["a", "b", 1]) == (Decimal("15.10"), "10,10 + 4,00 + 1")
        assert self.reckoned(difference=["a", "b"]) == (Decimal("6.10"), "10,10 \u2212 4,00")

    def test_a_difference_is_never_below_nought(self):
        assert self.reckoned(difference=["b", "a"])[0] == 0

    def test_nothing_is_divided_by_nought(self):
        assert self.reckoned(quotient=["a", 0]) == (None, "")

    @pytest.mark.parametrize(
        "kind",
        [
            {"product": ["a", "none"]},
            {"quotient": ["none", "a"]},
            {"total": ["a", "none"]},
            {"difference": ["none", "a"]},
        ],
    )
    def test_what_takes_something_unknown_is_not_known(self, kind):
        assert self.reckoned(**kind) == (None, "")

    @given(a=MONEY, b=MONEY, rate=st.decimals("0.01", 10, places=2))
    def test_rubles_are_rounded_at_every_step_half_up(self, a, b, rate):
        taken = measures(
            {"a": a, "b": b},
            a={"unit": "rubles", "value": "a"},
            b={"unit": "rubles", "value": "b"},
            sum={"unit": "rubles", "total": ["a", "b"]},
            part={"unit": "rubles", "product": ["sum", rate]},
            half={"unit": "rubles", "quotient": ["part", 2]},
        )
        part = ((a + b) * rate).quantize(KOPECK, ROUND_HALF_UP)
        assert taken["part"] == part
        assert taken["half"] * 200 == int(part * 100) + int(part * 100) % 2

    def test_the_first_branch_that_holds_is_taken(self):
        def branch(b: str) -> tuple[Any, str]:
            taken = measures(
                {"a": Decimal(10), "b": Decimal(b)},
                a={"unit": "rubles", "value": "a"},
                b={"unit": "rubles", "value": "b"},
                low={"unit": "rubles", "product": ["a", 2]},
                x={
                    "unit": "rubles",
                    "first_of": [
                        {"when": {"measure": "b", "at_most": "a"}, "take": "low"},
                        {"when": {"measure": "b", "at_most": 20}, "take": 7},
                    ],
                    "otherwise": "a",
                },
            )
            return taken["x"], taken.working("x")

        assert branch("10") == (20, "10,00 × 2")
        assert branch("10.01") == (7, "")
        assert branch("20.01") == (10, "")

    def test_without_a_branch_that_holds_it_is_not_known(self):
        never = {"when": {"field": "a", "at_most": 0}, "take": "b"}
        assert self.reckoned(first_of=[never]) == (None, "")


class TestFigures:
    SIZED = tuple(figure("rate", n, size=n) for n in (1, 2, 3))

    def rate(self, size: int, *figures: Figure, day: date = DAY) -> Any:
        family = tuple({} for _ in range(size))
        said = {
            "size": {"unit": "people", "count": "family"},
            "rate": {"unit": "number", "figure": "rate", "size": "size"},
        }
        return measures({"family": family}, (*self.SIZED, *figures), day, **said)["rate"]

    @pytest.mark.parametrize(("size", "amount"), [(1, 1), (2, 2), (3, 3), (4, 3), (15, 3)])
    def test_the_largest_household_stands_for_larger_ones(self, size, amount):
        assert self.rate(size) == amount

    def test_the_largest_is_that_of_the_day_not_of_another_year(self):
        """A table that once went up to five, and no longer does."""
        old = figure("rate", 50, since=date(2020, 1, 1), until=date(2023, 12, 31), size=5)
        assert self.rate(5, old) == 3
        assert self.rate(9, old, day=date(2023, 12, 31)) == 50

    def test_a_size_below_the_smallest_is_not_guessed(self):
        with pytest.raises(BadDefinition, match="figure_not_known"):
            self.rate(0)

    def test_a_figure_that_goes_by_size_is_not_taken_without_one(self):
        with pytest.raises(BadDefinition, match="figure_not_known"):
            _ = measures({}, self.SIZED, rate={"unit": "number", "figure": "rate"})["rate"]

    def test_the_newest_of_the_day_is_taken_and_cited(self):
        figures = (
            figure("f", 1),
            figure("f", 2, since=DAY),
            figure("f", 3, since=date(2027, 1, 1)),
        )
        taken = measures({}, figures, f={"unit": "rubles", "figure": "f"})
        assert taken.figures_used() == ()
        assert taken["f"] == 2
        assert [used.since for used in taken.figures_used()] == [DAY]


class TestAsked:
    def test_only_what_is_asked_for_is_reckoned(self):
        taken = measures(
            {"a": Decimal(1)},
            a={"unit": "rubles", "value": "a"},
            twice={"unit": "rubles", "product": ["a", 2]},
            other={"unit": "rubles", "figure": "nobody_knows"},
        )
        assert taken["twice"] == 2
        assert taken.taken() == {"a": 1, "twice": 2}
        assert set(taken) == {"a", "twice", "other"}
        assert len(taken) == 3

    def test_a_figure_that_is_not_known_is_an_error_to_take_and_nothing_to_show(self):
        taken = measures({}, x={"unit": "rubles", "figure": "nobody_knows"})
        with pytest.raises(BadDefinition, match="figure_not_known"):
            _ = taken["x"]
        assert taken.known("x") is None
        assert taken.shown("x") == "нет данных"

    def test_values_are_shown_with_their_unit(self):
        facts = {"n": Decimal("1234.50"), "k": 3}
        units = {"rubles": "1\u202f234,50\u00a0₽", "number": "1234,5", "months": "1234,5\u00a0мес."}
        for unit, shown in units.items():
            assert measures(facts, x={"unit": unit, "value": "n"}).shown_with_unit("x") == shown
        for unit, shown in {
            "people": "3\u00a0чел.",
            "years": "3\u00a0лет",
            "days": "3\u00a0дн.",
        }.items():
            assert measures(facts, x={"unit": unit, "value": "k"}).shown_with_unit("x") == shown

    @pytest.mark.parametrize(
        ("number", "written"),
        [(Decimal("1.50"), "1,5"), (Decimal("10"), "10"), (Decimal("1E+2"), "100"), (7, "7")],
    )
    def test_numbers_are_plain(self, number, written):
        assert plain_number(number) == written

    @given(MONEY)
    def test_rubles_can_be_read_back(self, amount):
        assert Decimal(rubles(amount).replace("\u202f", "").replace(",", ".")) == amount

    @pytest.mark.parametrize(
        "said",
        [
            {"unit": "rubles"},
            {"unit": "rubles", "guess": "a"},
            {"unit": "rubles", "value": "a", "figure": "b"},
            {"unit": "pounds", "value": "a"},
            {"unit": "rubles", "sum": []},
            {"unit": "rubles", "product": ["a"]},
            {"unit": "rubles", "value": "a.b.c"},
        ],
    )
    def test_what_is_no_measure_is_refused(self, said):
        with pytest.raises(ValidationError):
            TypeAdapter(Measure).validate_python({"title": "x", **said})
