"""The console's watch over the work: executions, the sentinel, figures, who saw what, batches."""

import pytest

from local.agency_file import row, written
from tests.journeys.steps import apply
from tests.journeys.test_redrive import stop
from tests.pages.visitor import Visitor


@pytest.fixture
def supervisor(office):
    return Visitor(office.cloud, office.supervisor)


def test_a_failed_execution_goes_on_by_the_supervisors_word_alone(office, supervisor):
    number = apply(office)
    assert "Застрявших нет" in supervisor.open("/office/executions/stuck").text
    stop(office, number)
    page = supervisor.open("/office/executions/stuck")
    assert "ByHand" in page.text
    officers = Visitor(office.cloud, office.officer).follow(page, number)
    assert "Продолжить с этого шага" not in officers.text
    going = supervisor.submit(page, button="Продолжить с этого шага")
    assert "Процесс продолжен" in going.text
    office.cloud.settle()
    assert "Идёт" in supervisor.open(f"/office/executions/application_review/{number}").text


def test_the_sentinel_says_that_all_clocks_run(office):
    office.cloud.advance(days=8)
    supervisor = Visitor(office.cloud, office.supervisor)
    assert "Все отсчёты идут" in supervisor.open("/office/sentinel").text


def test_figures_and_forecast_of_a_region(office, supervisor):
    number = apply(office)
    assert "Всего 1" in supervisor.open("/office/statistics").text
    office.approve(number)
    page = supervisor.open("/office/statistics")
    assert "Всего 0" in page.text
    assert "Одобрено 1" in page.text
    wrong = supervisor.open("/office/statistics?since=99.99.2026")
    assert wrong.status == 422


def test_a_batch_is_sent_by_a_clerk_and_reported(office):
    clerk = Visitor(office.cloud, office.agency("A"))
    page = clerk.open("/office/batches/new")
    assert clerk.submit(page, {"file_name": "../март"}).errors
    invited = clerk.submit(page, {"service": "social-service-need", "file_name": "march.csv"})
    assert invited.tree.xpath("//form[@enctype='multipart/form-data']//input[@type='file']")
    office.drop("A", "march.csv", written([row(33)]))
    listed = clerk.open("/office/batches")
    assert "Отчёт готов" in listed.text
    assert "Строк 1" in clerk.follow(listed, "march.csv").text
    other = Visitor(office.cloud, office.agency("B"))
    assert other.open(listed.link("march.csv")).status == 404


def test_a_file_is_tried_out_before_it_is_sent_for_real(office):
    clerk = Visitor(office.cloud, office.agency("A"))
    page = clerk.open("/office/batches/new")
    said = {"service": "social-service-need", "file_name": "march.csv"}
    tried = clerk.submit(page, said, press=("dry_run", "yes"))
    assert "Пробная проверка" in tried.text
    (key,) = tried.tree.xpath("//input[@name='key']/@value")
    assert key == "inbox/A/social-service-need/dry-run/march.csv"
    office.drop("A", "march.csv", written([row(33), row(34, snils="1")]), dry_run=True)
    shown = clerk.follow(clerk.open("/office/batches"), "march.csv")
    assert "Будет принято 1" in shown.text
    sent = clerk.submit(clerk.follow(shown, "снова"), press=("dry_run", "no"))
    (key,) = sent.tree.xpath("//input[@name='key']/@value")
    assert key == "inbox/A/social-service-need/march.csv"


def test_times_of_a_doctor_are_put_out_and_taken_back(office):
    officer = Visitor(office.cloud, office.officer)
    page = officer.open("/office/slots")
    speciality = page.tree.xpath("//select[@id='new-speciality']/option/@value")[0]
    said = {"clinic": "Поликлиника № 1", "place": "Кабинет 5", "doctor": "Иванова А. С."}
    said |= {"speciality": speciality, "day": "05.03.2026", "times": "09:00\n09:20"}
    assert officer.submit(page, said | {"times": "утром"}, button="Добавить время").errors
    put_out = officer.submit(page, said, button="Добавить время")
    assert "5 марта 2026 года, 09:20" in put_out.text
    slot = office.officer.get(f"/slots?speciality={speciality}")["slots"][0]["id"]
    closing = f"/office/slots/{slot}/closing"
    token = put_out.form("Добавить время").fields["_token"]
    assert "снято" in officer.post(closing, {"_token": [token], "_key": ["k"]}).text
