"""What the console shows of one application, to each who may read it; nothing here changes it."""

from typing import NamedTuple

import pytest

from local.office import Office
from tests.conftest import start_over
from tests.journeys.steps import apply
from tests.pages.visitor import Page, Visitor


class Desk(NamedTuple):
    """An application that waits for its officer, and people who look at it."""

    office: Office
    number: str

    def open(self, who: str, path: str) -> Page:
        return self.visitor(who).open(path)

    def visitor(self, who: str) -> Visitor:
        return Visitor(self.office.cloud, self.office.people[who])


@pytest.fixture(scope="module")
def desk(shared_office: Office) -> Desk:
    start_over(shared_office)
    return Desk(shared_office, apply(shared_office))


def case(number, rest=""):
    return f"/office/applications/{number}{rest}"


def test_a_filter_is_kept_opened_and_forgotten(desk):
    officer = desk.visitor("officer")
    page = officer.open("/office/queue?free=yes&stage=review")
    kept = officer.submit(page, {"name": "Свободные"}, button="Сохранить")
    assert "Отбор сохранён" in kept.text
    assert desk.number in officer.follow(kept, "Свободные").text
    view = desk.office.officer.get("/queue/views")["views"][0]["id"]
    again = officer.submit(kept, button="Сохранить", press=("forget", view))
    assert "Ваши отборы" not in again.text


def test_nothing_marked_is_nothing_done(desk):
    officer = desk.visitor("officer")
    token = officer.open("/office/queue").form("Взять отмеченные").fields["_token"]
    page = officer.post("/office/queue/bulk", {"_token": [token], "act": ["claim"]})
    assert page.title.startswith("Очередь заявлений")


def test_data_documents_checks_and_rules_stand_on_one_page(desk):
    page = desk.open("officer", case(desk.number))
    assert "К какой категории вы относитесь Семья с доходом не выше предела" in page.text
    assert "Паспорт" in page.text
    assert "Доходы Совпало" in page.text
    assert "Что предлагают правила: одобрить" in page.text


def test_a_document_is_shown_beside_the_data_and_the_look_is_in_the_history(desk):
    officer = desk.visitor("officer")
    shown = officer.submit(officer.open(case(desk.number)), button="Показать")
    (image,) = shown.tree.xpath("//main//img")
    assert image.get("src").startswith("http")
    assert image.get("src").split("/")[2] in shown.headers["Content-Security-Policy"]
    assert "Специалист открыл документ" in officer.open(case(desk.number, "/history")).text


def test_every_day_of_a_term_says_why_it_counts(desk):
    page = desk.open("officer", case(desk.number, "/terms"))
    assert "9 марта 2026 года" in page.text
    assert "Последний день" in page.text


def test_who_else_is_looking_is_told(desk):
    desk.open("second-officer", case(desk.number))
    assert "Сейчас смотрят ещё: Соколов А. И." in desk.open("officer", case(desk.number)).text


def test_nothing_is_chosen_for_an_officer(desk):
    officer = desk.visitor("officer")
    page = officer.open(case(desk.number, "/proposal"))
    assert "Правила предлагают: одобрить" in page.text
    assert not page.tree.xpath("//main//input[@checked]")
    assert officer.submit(page).errors


def test_a_decision_is_looked_at_once_more_and_still_changed(desk):
    officer = desk.visitor("officer")
    page = officer.open(case(desk.number, "/proposal"))
    approval = officer.submit(page, {"outcome": "approved"})
    assert "Вы решаете Одобрить" in approval.text
    assert "Сразу, как только вы подтвердите" in approval.text
    assert "Вы признаны нуждающимся" in approval.text
    page = officer.submit(approval, press=("step", "change"))
    said = {"outcome": "refused", "reasons": "criteria_not_met", "explanation": "Доход выше."}
    refusal = officer.submit(page, said)
    assert "Когда согласится второй сотрудник" in refusal.text
    assert "Правила предлагают иначе" in refusal.text
    again = officer.submit(refusal, press=("step", "change"))
    typed = dict(again.form("Продолжить").form_values())
    assert {name: typed[name] for name in said} == said
    assert desk.office.show(desk.number)["stage"] == "review"


def test_an_auditor_reads_and_is_offered_nothing(desk):
    page = desk.open("auditor", case(desk.number))
    assert "вы ничего сделать не можете" in page.text
    assert desk.open("auditor", case(desk.number, "/proposal")).status == 403
    assert "Взять" not in desk.open("auditor", "/office/queue").text


def test_an_expert_sees_applications_and_no_queue(desk):
    assert desk.open("expert", "/office/queue").status == 403
    assert desk.open("expert", case(desk.number)).status == 200


def test_a_clerk_begins_with_what_the_agency_filed(desk):
    assert "Заявления ведомства A" in desk.open("agency", "/office").text
    assert desk.open("agency", "/office/queue").status == 403


def test_an_execution_is_drawn_and_told_in_order(desk):
    supervisor = desk.visitor("supervisor")
    page = supervisor.follow(supervisor.open("/office/executions"), desk.number)
    (current,) = page.tree.xpath("//*[contains(@class, 'opora-machine__state--current')]")
    assert current.get("data-state") == "Await the officer's decision"
    assert "Шаг сейчас: Ждать решения сотрудника" in page.text
    assert page.text.index("Что было по порядку") < page.text.rindex("Ждать решения сотрудника")


def test_who_saw_what_is_told_to_supervisors_and_auditors(desk):
    desk.open("officer", case(desk.number))
    supervisor = desk.visitor("supervisor")
    assert "Записей" not in supervisor.open("/office/audit").text
    by_number = supervisor.open(f"/office/audit?number={desk.number}").text
    assert f"Петрова М. С. {desk.number} Открыл заявление" in by_number
    by_officer = supervisor.open("/office/audit?actor=officer&since=01.03.2026")
    assert desk.number in by_officer.text
    assert desk.open("officer", "/office/audit").status == 403


@pytest.mark.parametrize("who", ["officer", "expert", "auditor", "supervisor", "agency"])
def test_everybody_finds_the_keys_and_a_place_to_begin(desk, who):
    assert desk.open(who, "/office").status == 200
    assert "К следующей строке" in desk.open(who, "/office/keys").text
