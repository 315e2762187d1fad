"""A state fee from the request to the receipt, and back; and drafts that nobody goes on with."""

from typing import Any

import pytest
from werkzeug.test import Client

from adapters import definitions
from casework.example import example_form
from local.control import Control
from local.office import Office, Refused
from local.payment_provider import BadPageError, ProviderDownError
from tests.journeys.steps import begin, events, happened, stage, told, wait_until

CERTIFICATE = "disability-certificate"
SUM = "200.00"


@pytest.fixture
def office(office: Office) -> Office:
    begin(office, "2026-03-02 09:00")
    return office


def form_of(office: Office, kind: str) -> dict[str, Any]:
    service = definitions.service(CERTIFICATE)
    return example_form(service, office.cloud.now().date(), certificate_type=kind)


def draft(office: Office, kind: str = "duplicate") -> str:
    """With a good form; without papers, which paying does not ask for."""
    begun = {"service": CERTIFICATE, "region": "RU-MOW", "form": form_of(office, kind)}
    return office.citizen.post("/applications", begun)["number"]


def complete(office: Office, kind: str = "duplicate") -> str:
    return office.draft(form_of(office, kind), service=CERTIFICATE)


def asked(office: Office, number: str) -> dict[str, str]:
    return office.citizen.post(f"/applications/{number}/payment")


def receipts(office: Office, number: str) -> list[tuple[str, str | None]]:
    fee = office.show(number)["fee"]
    return [(receipt["state"], receipt["reason"]) for receipt in fee["receipts"]]


class TestPaying:
    def test_paid_online_the_receipt_ties_itself_and_the_application_is_submitted(self, office):
        number = complete(office)
        with pytest.raises(Refused) as refusal:
            office.submit(number)
        assert refusal.value.fields == {"fee": "fee_unpaid"}
        payment = asked(office, number)
        assert payment == asked(office, number)  # the button pressed again
        office.payments.pay(payment["url"])
        office.cloud.settle()
        fee = office.show(number)["fee"]
        assert fee["paid"]
        assert receipts(office, number) == [("paid", None)]
        assert [template for template, _ in told(office, number)] == ["fee_paid"]
        office.submit(number)
        assert stage(office, number) == "checking"

    def test_paid_twice_one_sum_goes_back(self, office):
        number = draft(office)
        url = asked(office, number)["url"]
        first, second = office.payments.pay(url), office.payments.pay(url)
        office.cloud.settle()
        assert receipts(office, number) == [("paid", None), ("refunded", "paid_twice")]
        assert set(office.payments.given_back) == {second} != {first}
        assert events(office, number)[-3:] == ["fee_paid", "fee_refund_due", "fee_refunded"]
        said = [template for template, _ in told(office, number)]
        assert said == ["fee_paid", "fee_refund", "fee_refunded"]

    def test_news_that_comes_again_changes_nothing(self, office):
        number = draft(office)
        office.pay(number)
        before = events(office, number)
        assert office.payments.replay() == 200
        office.cloud.advance(hours=1)
        assert office.payments.replay() == 200  # sealed anew: the same news
        assert events(office, number) == before

    def test_a_payment_that_failed_leaves_the_fee_due(self, office):
        number = draft(office)
        url = asked(office, number)["url"]
        office.payments.fail(url)
        assert not office.show(number)["fee"]["paid"]
        office.payments.pay(url)
        assert office.show(number)["fee"]["paid"]

    def test_nobody_pays_less_by_changing_the_address(self, office):
        number = draft(office)
        payment = asked(office, number)
        cheaper = payment["url"].replace(payment["amount"], "1.00")
        assert cheaper != payment["url"]
        with pytest.raises(BadPageError):
            office.payments.pay(cheaper)

    def test_another_sum_or_currency_goes_back(self, office):
        number = draft(office)
        url = asked(office, number)["url"]
        office.payments.pay(url, amount="1.00")
        office.payments.pay(url, currency="USD")
        office.cloud.settle()
        assert receipts(office, number) == [
            ("refunded", "wrong_amount"),
            ("refunded", "wrong_currency"),
        ]
        assert not office.show(number)["fee"]["paid"]

    def test_money_for_nobodys_application_is_kept_on_record_and_goes_back(self, office):
        number = draft(office)
        url = asked(office, number)["url"]
        office.payments.pay(url)
        stray = {**office.payments.told[-1], "event": "e-2", "transaction": "stray"}
        for payment in ("123-456-7890-1", "what is this"):
            told_of = stray | {"event": payment, "transaction": payment, "payment": payment}
            assert office.payments.send(told_of) == 200
        office.cloud.settle()
        assert set(office.payments.given_back) == {"123-456-7890-1", "what is this"}

    def test_money_for_a_service_that_costs_nothing_goes_back_and_is_shown(self, office):
        office.payments.pay(asked(office, draft(office))["url"])
        begun = {"service": "social-service-need", "region": "RU-MOW", "form": {}}
        free = office.citizen.post("/applications", begun)["number"]
        payment = {"payment": f"{free}-1", "event": "e-2", "transaction": "for nothing"}
        assert office.payments.send(office.payments.told[-1] | payment) == 200
        office.cloud.settle()
        assert receipts(office, free) == [("refunded", "unknown_payment")]
        assert not office.show(free)["fee"]["due"]
        assert not office.citizen.get(f"/applications/{free}/form")["fee"]["due"]

    def test_a_withdrawn_draft_gets_its_money_back_when_the_provider_is_up_again(self, office):
        number = draft(office)
        office.pay(number)
        office.payments.down = True
        office.withdraw(number)
        office.cloud.advance(hours=5)
        assert receipts(office, number) == [("refund_due", "withdrawn")]
        office.payments.down = False
        office.cloud.advance(hours=1)
        assert receipts(office, number) == [("refunded", "withdrawn")]
        assert office.cloud.dropped == []

    def test_the_page_of_a_provider_that_is_down_does_not_open(self, office):
        number = draft(office)
        url = asked(office, number)["url"]
        office.payments.down = True
        with pytest.raises(ProviderDownError):
            office.payments.pay(url)
        assert asked(office, number)["url"] == url

    def test_paid_for_a_duplicate_and_then_another_kind_chosen(self, office):
        number = complete(office)
        office.pay(number)
        office.citizen.patch(f"/applications/{number}", {"form": {"certificate_type": "group_1"}})
        office.submit(number)
        assert receipts(office, number) == [("refunded", "not_due")]


class TestByHand:
    """What `opora run` serves beside the API, for whoever tries it out."""

    @pytest.fixture
    def browser(self, office) -> Client:
        return Client(Control(office.cloud, office))

    def test_paid_at_the_page_of_the_simulated_provider(self, office, browser):
        number = draft(office)
        page = asked(office, number)["url"].partition("/_local")[2]
        shown = browser.get(f"/_local{page}").json
        assert shown["payment"] == f"{number}-1"
        assert browser.post(f"/_local{page}").status_code == 400  # without our header
        assert browser.post(f"/_local{page}", headers={"X-Opora-Local": "1"}).status_code == 200
        assert office.show(number)["fee"]["paid"]

    def test_an_address_that_is_not_ours_is_refused(self, browser):
        for page in ("", "?payment=1", "?payment=1&amount=1.00&currency=RUB&seal=0"):
            assert browser.get(f"/_local/pay{page}").status_code == 400

    def test_signed_by_the_simulated_identity_provider(self, office, browser):
        signature = browser.get(f"/_local/sign/citizen/{'0' * 64}").json
        assert signature == office.identity_provider.sign("citizen", "0" * 64)


class TestUnsealedNews:
    def news(self, office: Office) -> dict[str, str]:
        number = draft(office)
        asked(office, number)
        return {
            "event": "e",
            "kind": "received",
            "payment": f"{number}-1",
            "transaction": "t",
            "amount": SUM,
            "currency": "RUB",
        }

    def test_news_with_another_seal_or_none_is_refused(self, office):
        news = self.news(office)
        for seal in ("", "t=1,v1=00", "nonsense", "t=,v1="):
            assert office.payments.send(news, **{"X-Payment-Seal": seal}) == 403
        assert events(office, news["payment"][:12])[-1] == "fee_requested"

    def test_news_overheard_and_sent_again_tomorrow_is_refused(self, office):
        news = self.news(office)
        sent = []
        request = office.cloud.request
        office.cloud.request = lambda *a, **k: sent.append((a, k)) or request(*a, **k)
        try:
            assert office.payments.send(news) == 200
        finally:
            del office.cloud.request
        office.cloud.advance(minutes=6)
        (arguments, how) = sent[0]
        assert office.cloud.request(*arguments, **how).status_code == 403


class TestDraftsThatNobodyGoesOnWith:
    def test_an_unpaid_draft_is_reminded_of_after_23_days_and_expires_after_30(self, office):
        number = draft(office)
        wait_until(office, "2026-03-25 08:59")
        assert told(office, number) == []
        wait_until(office, "2026-03-25 09:01")
        assert told(office, number) == [("draft_expires", "2026-03-25 09:00")]
        wait_until(office, "2026-04-01 09:01")
        assert happened(office, number, "expired") == ["2026-04-01 09:00"]
        assert office.show(number)["stage"] == "expired"
        assert ("draft_expired", "2026-04-01 09:00") in told(office, number)
        new = office.citizen.post(f"/applications/{number}/resubmission")
        assert new["previous"] == number
        assert new["form"]["certificate_type"] == "duplicate"

    def test_a_paid_draft_is_kept_for_90_days_and_its_money_goes_back(self, office):
        """So is one that says nothing yet, not even whom to tell."""
        begun = {"service": CERTIFICATE, "region": "RU-MOW", "form": {}}
        silent = office.citizen.post("/applications", begun)["number"]
        number = draft(office)
        office.pay(number)
        wait_until(office, "2026-05-30 10:00")
        assert office.show(number)["stage"] == "draft"
        wait_until(office, "2026-05-31 10:00")
        assert office.show(number)["stage"] == "expired"
        assert receipts(office, number) == [("refunded", "expired")]
        assert office.show(silent)["stage"] == "expired"
        assert told(office, silent) == []


class TestWhoeverDiesOnTheWay:
    API, SWEEP, CARRY = (
        "functions.intake.api.handler",
        "functions.decide.drafts.come_by",
        "functions.decide.progress.handler",
    )

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("call", [1, 2, 3])
    def test_the_provider_tells_again_and_the_sum_is_counted_once(self, office, call, when):
        number = draft(office)
        url = asked(office, number)["url"]
        office.cloud.kill(self.API, call, when)
        office.payments.pay(url)
        assert office.payments.answers == [503]
        office.cloud.advance(minutes=11)
        assert office.payments.answers[-1] == 200
        assert receipts(office, number) == [("paid", None)]

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("call", [1, 2])
    def test_a_sum_goes_back_once(self, office, call, when):
        number = draft(office)
        office.pay(number)
        office.cloud.kill(self.CARRY, call, when)
        office.withdraw(number)
        office.cloud.advance(minutes=11)
        assert receipts(office, number) == [("refunded", "withdrawn")]
        assert len(office.payments.given_back) == 1
        assert [news["kind"] for news in office.payments.told] == ["received", "refunded"]

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_drafts_are_reminded_of_once(self, office, when):
        numbers = [draft(office), draft(office)]
        wait_until(office, "2026-03-24 10:00")
        office.cloud.kill(self.SWEEP, 3, when)  # the first of the two is written by it
        wait_until(office, "2026-03-25 10:00")
        for number in numbers:
            assert len(happened(office, number, "draft_reminded")) == 1
