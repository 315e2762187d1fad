"""What follows an approval, as officers work on it in the console: one programme, from its first
line to the answer to a complaint."""

import pytest

from local.office import Office
from tests.journeys.steps import apply
from tests.pages.visitor import Visitor

UNTIL, REVIEW = "31.08.2026", "01.09.2026"


@pytest.fixture
def officer(office):
    return Visitor(office.cloud, office.officer)


def approved(office: Office) -> str:
    number = apply(office)
    office.load_providers()
    office.approve(number)
    return number


def path(number: str, rest: str = "") -> str:
    return f"/office/applications/{number}/programme{rest}"


def put_forward(officer: Visitor, number: str):
    page = officer.follow(officer.open(path(number)), "Составить программу")
    line = {"need.1": "social_household", "title.1": "Покупка продуктов", "times.1": "2"}
    line |= {"per.1": "week", "until.1": UNTIL, "why.1": "Не выходит из дома"}
    unexplained = officer.submit(page, line | {"review_on": REVIEW, "why.1": ""})
    (error,) = unexplained.errors
    assert error.startswith("Услуга 1, почему нужна")
    assert unexplained.link("Услуга 1") == "#why.1"
    undated = officer.submit(page, line | {"review_on": "завтра"})
    assert undated.errors
    assert undated.form().fields["title.1"] == "Покупка продуктов"
    return officer.submit(undated, {"review_on": REVIEW})


@pytest.mark.long
def test_a_programme_goes_from_lines_to_an_act_a_service_and_a_complaint(office, officer):
    number = approved(office)
    assert "Покупка продуктов" in put_forward(officer, number).text
    office.cloud.settle()
    office.agree(number)
    provider = office.citizen.get(f"/applications/{number}/providers")["providers"][0]
    office.choose(number, provider["provider"]["id"])
    formed = officer.submit(officer.open(path(number)), button="Составить акт")
    assert "Акт составлен" in formed.text
    office.cloud.settle()
    begun = officer.submit(
        officer.open(path(number)),
        {"line": "1", "event": "started", "on": "02.03.2026"},
        button="Отметить",
    )
    assert "2 марта 2026 года" in begun.text
    office.citizen.post(f"/applications/{number}/complaint", {"words": "Никто не приходит."})
    office.cloud.settle()
    page = officer.open(path(number))
    assert "Никто не приходит." in page.text
    answered = officer.submit(page, {"upheld": "no", "answer": "Проверили."}, button="Ответить")
    assert "Ответ на жалобу отправлен" in answered.text


def test_help_is_ended_with_a_reason_from_a_day(office, officer):
    number = approved(office)
    page = officer.open(f"/office/applications/{number}/stop")
    assert officer.submit(page).errors
    ended = officer.submit(page, {"reason": "moved", "since": "05.03.2026"})
    assert "Помощь прекращена" in ended.text
    assert "Прекратить" not in ended.text.split("Сведения")[0].replace("прекращена", "")
