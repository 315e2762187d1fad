"""The services for people with a disability on the real machines: care that a daughter asks for,
the certificate handed over, an extract or a subsidy from one form."""

from datetime import date
from typing import Any

import pytest

from adapters import definitions
from casework.example import example_form
from local.office import Office
from tests.journeys.steps import begin, due_days, events, instant, stage, told, wait_until
from tests.variants import sampled

CARE = "care-for-disabled"
CERTIFICATE = "disability-certificate"
CABINET = "disabled-cabinet"
EXTRACT_OR_SUBSIDY = "registry-extract-and-subsidy"
DAY = date(2026, 4, 6)


def form_of(service: str, **chosen: Any) -> dict[str, Any]:
    return example_form(definitions.service(service), DAY, **chosen)


DAUGHTER = form_of(
    CARE,
    applies_for="another",
    relationship="child",
    acts_as="guardian",
    can_consent=False,
    income="56817.00",
    notify_by="email",
    account_holder="Опекунова Анна Петровна",
)


@pytest.fixture
def on_a_monday(office: Office) -> Office:
    begin(office, "2026-04-06 10:00")
    return office


def heard(office: Office, service: str, form: dict[str, Any]) -> str:
    """Applied, and the slowest registry has replied two hours later."""
    number = office.apply(form, service=service)
    office.cloud.advance(hours=3)
    assert stage(office, number) == "review"
    return number


def test_the_review_of_care_begins_when_the_checks_end(on_a_monday):
    office = on_a_monday
    office.registries.behave("taxes", down_until=instant("2026-04-09 12:00"))
    number = office.apply(DAUGHTER, service=CARE)
    wait_until(office, "2026-04-09 18:00")
    assert stage(office, number) == "review"
    assert due_days(office, number) == ("2026-05-12", "2026-05-25")


def test_a_missing_paper_lengthens_the_review_and_an_unclear_income_begins_it_anew(on_a_monday):
    office = on_a_monday
    number = heard(office, CARE, DAUGHTER)
    assert due_days(office, number) == ("2026-05-06", "2026-05-20")
    wait_until(office, "2026-04-08 12:00")
    office.ask(number, {"document": "rooms_proof", "code": "missing"})
    office.upload(number, "rooms_proof")
    office.answer(number, message="Приложил справку")
    assert due_days(office, number) == ("2026-05-18", "2026-06-10")
    wait_until(office, "2026-04-15 12:00")
    office.ask(number, {"field": "income", "code": "unclear"})
    office.answer(number, form={"income": "60000.00"})
    office.cloud.advance(hours=3)
    assert due_days(office, number) == ("2026-05-15", "2026-05-29")


@pytest.mark.long
def test_care_is_paid_every_month_by_the_income_of_the_last_quarter(on_a_monday):
    office = on_a_monday
    number = heard(office, CARE, DAUGHTER)
    office.approve(number)
    letter = office.cloud.emails[-1][2]
    assert "18\u202f750,00 ₽ в месяц" in letter
    assert "с мая 2026 года" in letter
    shown = office.show(number)["decision"]
    assert shown["title"] == "Выплата на уход назначена"
    assert shown["assessment"]["amount"]["rubles"] == "18750.00"  # 12 500 x 1.5: income = minimum
    assert "payment_ordered" in events(office, number)
    payee = office.casebook.load(number).texts["order_1"]["payee"]
    assert payee == DAUGHTER["account_holder"]
    assert [template for template, _ in told(office, number)][:1] == ["accepted"]


@pytest.mark.parametrize("place", sampled(["mfc", "office", "post"], 2))
def test_the_original_certificate_is_ordered_where_the_person_wants_it(on_a_monday, place):
    office = on_a_monday
    number = heard(office, CERTIFICATE, form_of(CERTIFICATE, hand_over=place))
    office.approve(number)
    ordered = [e for e in office.casebook.load(number).events if e.kind == "original_ordered"]
    assert [event.data["place"] for event in ordered] == [place]


def test_a_certificate_that_waits_for_the_person_is_ready_for_issue(on_a_monday):
    office = on_a_monday
    number = heard(office, CERTIFICATE, form_of(CERTIFICATE, hand_over="mfc"))
    office.approve(number)
    assert office.show(number)["stage_title"] == "Одобрено"
    office.officer.post(f"/applications/{number}/original", {"event": "ready"})
    assert office.show(number)["stage_title"] == "Готово к выдаче"
    note = {"event": "handed_over", "on": "2026-04-06"}
    office.officer.post(f"/applications/{number}/original", note)
    assert office.show(number)["stage_title"] == "Одобрено"


def test_a_cabinet_awaits_activation_and_its_day_is_told(on_a_monday):
    office = on_a_monday
    number = heard(office, CABINET, form_of(CABINET))
    shown = office.show(number)
    assert shown["stage_title"] == "Ожидает активации"
    assert "09.04.2026" in shown["next"]["what"]
    wait_until(office, "2026-04-13 12:00")
    assert "20.04.2026" in office.show(number)["next"]["what"]  # the promise has passed: the limit
    wait_until(office, "2026-04-21 12:00")
    assert "20.04.2026" not in office.show(number)["next"]["what"]
    office.approve(number)
    assert office.show(number)["stage_title"] == "Одобрено"


def test_an_application_is_accepted_then_on_check_then_on_review(on_a_monday):
    office = on_a_monday
    office.registries.behave("taxes", down_until=instant("2026-04-08 12:00"))
    number = office.draft(DAUGHTER, service=CARE)
    filed = office.citizen.post(
        f"/applications/{number}/submission", {"signature": office.sign(number, "submission")}
    )
    office.cloud.settle()
    titles = [filed["stage_title"]]
    wait_until(office, "2026-04-07 12:00")
    titles.append(office.show(number)["stage_title"])
    wait_until(office, "2026-04-09 12:00")
    titles.append(office.show(number)["stage_title"])
    assert titles == ["Принято", "На проверке", "На рассмотрении"]
    papers = office.show(number)["documents"]
    assert {paper["state_title"] for paper in papers} == {"Подтверждён"}


def test_a_duplicate_is_paid_for_before_it_is_asked_for_and_the_first_is_free(on_a_monday):
    office = on_a_monday
    number = office.draft(form_of(CERTIFICATE, certificate_type="duplicate"), service=CERTIFICATE)
    assert office.show(number)["fee"]["paid"] is False
    office.pay(number)
    office.submit(number)
    assert stage(office, number) == "checking"
    free = office.draft(form_of(CERTIFICATE, seed=2), service=CERTIFICATE)
    assert office.show(free)["fee"] is None


def test_one_form_gives_an_extract_or_money(on_a_monday):
    office = on_a_monday
    extract = heard(office, EXTRACT_OR_SUBSIDY, form_of(EXTRACT_OR_SUBSIDY, wanted="extract"))
    subsidy = heard(office, EXTRACT_OR_SUBSIDY, form_of(EXTRACT_OR_SUBSIDY, wanted="subsidy"))
    office.approve(extract)
    office.approve(subsidy)
    titles = [office.show(number)["decision"]["title"] for number in (extract, subsidy)]
    assert titles == ["Выписка из реестра инвалидов готова", "Субсидия назначена"]
    assert "payment_ordered" not in events(office, extract)
    assert "payment_ordered" in events(office, subsidy)


def test_a_subsidy_that_is_had_already_is_found_and_an_extract_may_be_asked_for_again(on_a_monday):
    office = on_a_monday
    for wanted in ("extract", "subsidy"):
        office.approve(
            heard(office, EXTRACT_OR_SUBSIDY, form_of(EXTRACT_OR_SUBSIDY, wanted=wanted))
        )
    again = {
        wanted: heard(office, EXTRACT_OR_SUBSIDY, form_of(EXTRACT_OR_SUBSIDY, wanted=wanted))
        for wanted in ("extract", "subsidy")
    }
    found = {
        wanted: {c["name"]: c["state"] for c in office.show(number)["checks"]}.get("own_support")
        for wanted, number in again.items()
    }
    assert found == {"extract": None, "subsidy": "mismatched"}
