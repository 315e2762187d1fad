"""A state fee: what is due, paying it, paying it twice, and what goes back (P7)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from adapters import definitions
from casework import actions, fees
from casework.application import SYSTEM, Stage
from casework.condition import Condition
from casework.errors import Conflict, InvalidForm, WrongStage
from casework.fees import Received
from casework.parameters import Figure, ParameterFile, Parameters
from casework.ports import Rules
from casework.service import Fee
from tests.unit.fake_casebook import CITIZEN, MONDAY, MOSCOW, Life, drafted, form_of, rules

FIRST, LATER = date(2026, 1, 1), date(2026, 4, 20)
EMERGENCY = Condition(field="emergency", **{"is": True})


def costing(when: Condition | None = None) -> Rules:
    """The service as if it cost 500 rubles, and 700 from the 20th of April."""
    known = rules()
    others = definitions.figures()
    file = ParameterFile(
        titles={**others.titles, "fee": "Пошлина"},
        figures=(
            Figure(name="fee", region="RU", since=FIRST, amount=Decimal(500), source="закон"),
            Figure(name="fee", region="RU", since=LATER, amount=Decimal(700), source="закон"),
            *others.figures,
        ),
    )
    fee = Fee(title="Пошлина за удостоверение", amount="fee", source="seeds/000", when=when)
    service = known.service.model_copy(update={"fee": fee})
    return Rules(service, known.calendar, Parameters(MOSCOW, file))


@pytest.fixture
def life() -> Life:
    """A complete draft of a service that costs 500 rubles."""
    return priced(costing())


def priced(under: Rules, **known) -> Life:
    begun = drafted(form_of(**known))
    begun.rules = under
    return begun


def ask(life: Life) -> tuple[str, str]:
    change = fees.request(life.case, life.rules, life.now)
    life.book.change(life.number, change, CITIZEN)
    return change.result["payment"], change.result["amount"]


def pay(life: Life, payment: str, amount: str = "500", transaction="t1", currency="RUB") -> None:
    received = Received(payment, transaction, Decimal(amount), currency)
    life.act(SYSTEM, fees.note_received, life.rules, received, life.now)


def states(life: Life) -> dict[str, tuple[str, str | None]]:
    return {id_: (r.state, r.reason) for id_, r in life.application.fees.receipts.items()}


def problems_of_submitting(life: Life) -> dict[str, str]:
    with pytest.raises(InvalidForm) as refusal:
        life.submit()
    return {problem.field: problem.code for problem in refusal.value.problems}


class TestWhatIsDue:
    def test_the_figure_in_force_on_the_day_with_its_source(self):
        due = fees.due(costing(), {}, MONDAY)
        assert (due.amount, due.source) == (500, "seeds/000")
        assert fees.due(costing(), {}, MONDAY + timedelta(days=14)).amount == 700

    def test_nothing_where_the_condition_does_not_hold(self):
        under = costing(EMERGENCY)
        assert fees.due(under, {"emergency": False}, MONDAY) is None
        assert fees.due(under, {"emergency": True}, MONDAY).amount == 500
        assert fees.due(rules(), {}, MONDAY) is None


class TestPaying:
    def test_a_draft_is_not_submitted_before_its_fee_is_paid(self, life):
        assert problems_of_submitting(life) == {"fee": "fee_unpaid"}
        payment, amount = ask(life)
        assert (payment, amount) == (f"{life.number}-1", "500")
        assert problems_of_submitting(life) == {"fee": "fee_unpaid"}
        pay(life, payment)
        assert life.submit().stage is Stage.CHECKING
        assert states(life) == {"t1": ("paid", None)}

    def test_the_button_pressed_again_is_the_same_payment(self, life):
        assert ask(life) == ask(life)
        assert life.kinds.count("fee_requested") == 1

    def test_what_is_paid_is_not_asked_for_again(self, life):
        pay(life, ask(life)[0])
        with pytest.raises(Conflict, match="fee_paid_already"):
            ask(life)

    def test_nobody_is_asked_for_a_fee_that_is_not_due(self):
        with pytest.raises(Conflict, match="no_fee"):
            ask(priced(costing(EMERGENCY)))

    def test_a_form_with_mistakes_is_mended_first(self, life):
        life.change(phone="12")
        with pytest.raises(InvalidForm):
            ask(life)

    def test_after_submission_there_is_nothing_to_ask(self, life):
        pay(life, ask(life)[0])
        life.submit()
        with pytest.raises(WrongStage):
            ask(life)

    def test_a_fee_paid_before_the_figure_rose_is_paid(self, life):
        pay(life, ask(life)[0])
        life.wait(days=14)
        assert life.submit().stage is Stage.CHECKING

    def test_a_request_from_before_the_figure_rose_is_followed_by_a_new_one(self, life):
        assert ask(life) == (f"{life.number}-1", "500")
        life.wait(days=14)
        assert ask(life) == (f"{life.number}-2", "700")

    def test_an_agency_cannot_file_it_in_a_batch(self):
        held = {"passport", "snils", "income_certificate"}
        with pytest.raises(InvalidForm) as refusal:
            actions.submit_row(costing(), form_of(), held, MONDAY, region=MOSCOW, agency="A")
        assert ("fee", "fee_in_batch") in {(p.field, p.code) for p in refusal.value.problems}
        free = actions.submit_row(
            costing(EMERGENCY), form_of(), held, MONDAY, region=MOSCOW, agency="A"
        )
        assert free.happenings[-1].kind == "submitted"


class TestWhatGoesBack:
    def test_the_same_news_twice_is_one_sum(self, life):
        payment, _ = ask(life)
        pay(life, payment)
        pay(life, payment)
        assert life.kinds.count("fee_paid") == 1

    def test_paid_twice(self, life):
        payment, _ = ask(life)
        pay(life, payment)
        pay(life, payment, transaction="t2")
        assert states(life) == {"t1": ("paid", None), "t2": ("refund_due", "paid_twice")}

    def test_paid_again_after_submission(self, life):
        payment, _ = ask(life)
        pay(life, payment)
        life.submit()
        pay(life, payment, transaction="t2")
        assert states(life)["t2"] == ("refund_due", "paid_twice")

    @pytest.mark.parametrize(
        ("wrong", "reason"),
        [
            ({"amount": "499.99"}, "wrong_amount"),
            ({"currency": "USD"}, "wrong_currency"),
            ({"payment": "unknown"}, "unknown_payment"),
        ],
    )
    def test_a_sum_that_pays_for_nothing(self, life, wrong, reason):
        payment, _ = ask(life)
        pay(life, **({"payment": payment} | wrong))
        assert states(life) == {"t1": ("refund_due", reason)}
        assert problems_of_submitting(life) == {"fee": "fee_unpaid"}

    def test_a_withdrawn_draft_costs_nothing(self, life):
        pay(life, ask(life)[0])
        life.withdraw()
        assert states(life) == {"t1": ("refund_due", "withdrawn")}

    def test_a_fee_that_comes_too_late_for_the_draft(self, life):
        payment, _ = ask(life)
        life.withdraw()
        pay(life, payment)
        assert states(life) == {"t1": ("refund_due", "too_late")}

    def test_a_registered_application_that_is_withdrawn_keeps_its_fee(self, life):
        pay(life, ask(life)[0])
        life.submit()
        life.withdraw()
        assert states(life) == {"t1": ("paid", None)}

    def test_a_form_that_needs_no_fee_any_more(self):
        life = priced(costing(EMERGENCY), emergency=True, emergency_story="Пожар")
        pay(life, ask(life)[0])
        life.change(emergency=False, emergency_story=None)
        life.submit()
        assert states(life) == {"t1": ("refund_due", "not_due")}

    def test_once_given_back_it_is_done(self, life):
        pay(life, ask(life)[0])
        life.withdraw()
        life.act(SYSTEM, fees.note_refunded, "t1")
        assert states(life) == {"t1": ("refunded", "withdrawn")}
        before = life.application
        assert life.act(SYSTEM, fees.note_refunded, "t1") == before
        assert life.act(SYSTEM, fees.note_refunded, "nobody's") == before

    def test_money_that_the_bank_took_back_pays_for_nothing(self, life):
        payment, _ = ask(life)
        pay(life, payment)
        life.act(SYSTEM, fees.note_refunded, "t1")
        assert states(life)["t1"][0] == "refunded"
        with pytest.raises(InvalidForm):
            life.submit()
        again, _ = ask(life)
        pay(life, again, transaction="t2")
        assert life.submit().stage is Stage.CHECKING

    def test_a_correction_does_not_make_a_fee_due(self):
        life = priced(costing(EMERGENCY))
        life.submit()
        with pytest.raises(InvalidForm) as refusal:
            life.change(emergency=True, emergency_story="Пожар")
        assert [p.code for p in refusal.value.problems] == ["fee_by_correction"]

    def test_a_sum_is_never_two_applications(self, life):
        """The name of the payment says whose it is."""
        assert fees.number_of(ask(life)[0]) == life.number

    def test_a_case_with_no_fee_has_nothing_to_give_back(self):
        life = drafted()
        assert fees.of_closed_draft(life.application, "withdrawn") == []
