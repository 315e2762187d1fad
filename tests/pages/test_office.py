"""The console as officers, experts, supervisors and auditors work in it, without scripts."""

import pytest

from local.office import form_of
from local.people import person
from tests.journeys.appeal_steps import file_appeal, refused_application, rule
from tests.journeys.provision_steps import apply_for
from tests.journeys.steps import LOW_INCOME, TOO_MUCH_INCOME, apply
from tests.pages.visitor import Visitor


@pytest.fixture
def officer(office):
    return Visitor(office.cloud, office.officer)


def case(number, rest=""):
    return f"/office/applications/{number}{rest}"


# ---- the queue ----------------------------------------------------------------------------------


def test_whose_desk_it_is_stands_above_every_page(office, officer):
    above = officer.open("/office/queue").tree.findtext(".//header//span")
    assert above == "Петрова\N{NO-BREAK SPACE}М.\N{NO-BREAK SPACE}С."
    assert (
        Visitor(office.cloud, office.citizen).open("/cabinet").tree.find(".//header//span") is None
    )


def test_a_line_of_the_queue_is_taken_worked_on_and_given_back(office, officer):
    number = apply(office)
    page = officer.open("/office/queue")
    assert f"{number} Признание нуждающимся" in page.text
    assert "Осталось 30 дней" in page.text
    taken = officer.submit(page, button="Взять отмеченные", press=("claim", number))
    assert "Заявление у вас в работе" in taken.text
    assert number in officer.open("/office").text.split("Срок сегодня")[0]
    back = officer.submit(taken, button="Вернуть в очередь")
    assert "вернулось в очередь" in back.text
    assert office.officer.get(f"/applications/{number}")["officer"] is None


@pytest.mark.long
def test_what_is_late_says_so_in_words(office):
    number = apply(office)
    office.cloud.advance(days=31)
    officer = Visitor(office.cloud, office.officer)
    assert "Просрочено на 1 день" in officer.open("/office/queue?overdue=yes").text
    assert number in officer.open("/office").text
    assert "Таких заявлений нет" in officer.open("/office/queue?mine=yes").text


def test_many_are_looked_at_beforehand_and_told_of_one_by_one(office, officer):
    free, taken = apply(office), apply(office, form_of(person(31)))
    office.second_officer.post(f"/applications/{taken}/claim")
    queue = officer.open("/office/queue")
    token = queue.form("Взять отмеченные").fields
    chosen = {"_token": [token["_token"]], "_key": [token["_key"]], "act": ["claim"]}
    preview = officer.post("/office/queue/bulk", chosen | {"numbers": [free, taken]})
    assert f"{free} Можно {taken} Нельзя" in preview.text
    assert office.officer.get(f"/applications/{free}")["officer"] is None
    done = officer.submit(preview, press=("step", "do"))
    assert f"{free} Сделано {taken} Нельзя" in done.text
    assert office.officer.get(f"/applications/{free}")["officer"] == "officer"


def test_a_supervisor_chooses_from_the_directory_to_whom_work_is_given(office, officer):
    number = apply(office)
    for colleague in (office.second_officer, office.expert):
        colleague.token()
    supervisor = Visitor(office.cloud, office.supervisor)
    hidden = supervisor.open("/office/queue").form("Передать сотруднику").fields
    chosen = {name: [hidden[name]] for name in ("_token", "_key", "region")}
    chosen |= {"act": ["reassign"], "numbers": [number]}
    page = supervisor.post("/office/queue/bulk", chosen)
    offered = page.tree.xpath("//select[@id='officer']/option/text()")
    assert [" ".join(name.split()) for name in offered] == [
        "Выберите сотрудника",
        "Громова Ольга Павловна",
        "Петрова Мария Сергеевна",
        "Соколов Андрей Ильич",
    ]
    nobody = supervisor.submit(page, press=("step", "preview"))
    assert nobody.errors == ["Выберите, кому передать заявления."]
    preview = supervisor.submit(nobody, {"officer": "second-officer"}, press=("step", "preview"))
    assert f"{number} Можно" in preview.text
    supervisor.submit(preview, press=("step", "do"))
    held = supervisor.open("/office/queue?officer=second-officer")
    assert "Соколов А. И." in held.text
    assert "second-officer" not in held.text
    history = officer.open(case(number, "/history")).text
    assert "другому специалисту: Соколов А. И." in history


# ---- one application ----------------------------------------------------------------------------


def test_a_question_is_asked_once_about_everything(office, officer):
    number = apply(office)
    page = officer.open(case(number, "/question"))
    nothing = officer.submit(page)
    assert nothing.title.startswith("Ошибка")
    asked = officer.submit(
        nothing,
        {"document.passport": "unreadable", "field.income": "unclear", "message": "Какой доход?"},
    )
    assert "Вопрос задан" in asked.text
    question = office.show(number)["question"]
    assert {(gap["code"], gap["field"], gap["document"]) for gap in question["gaps"]} == {
        ("unreadable", None, "passport"),
        ("unclear", "income", None),
    }
    assert question["message"] == "Какой доход?"


def decide(visitor, number, outcome, **said):
    """Fills in the proposal; answers the page on which it is looked at once more."""
    return visitor.submit(visitor.open(case(number, "/proposal")), {"outcome": outcome, **said})


def confirm(visitor, page):
    return visitor.submit(page, press=("step", "do"))


@pytest.mark.long
def test_an_approval_of_money_says_how_much(office):
    number = apply_for(office, "care-for-disabled")
    officer = Visitor(office.cloud, office.officer)
    page = decide(officer, number, "approved", explanation="Проверено.")
    assert "Сумма 12 500" in page.text.replace("\N{NO-BREAK SPACE}", " ")


def test_an_approval_against_the_rules_needs_words(office, officer):
    number = apply(office, TOO_MUCH_INCOME)
    refused = decide(officer, number, "approved")
    assert refused.errors
    assert refused.form().fields["outcome"] == "approved"
    page = officer.submit(refused, {"explanation": "Доход уменьшился."})
    assert "Правила предлагают иначе" in page.text
    assert "Заявление одобрено" in confirm(officer, page).text


def test_two_officers_refuse_and_one_may_send_back(office, officer):
    number = apply(office, TOO_MUCH_INCOME)
    proposed = confirm(officer, decide(officer, number, "refused", reasons=["criteria_not_met"]))
    assert "Петрова М. С. предлагает отказать" in proposed.text
    assert "Проверить решение" not in proposed.text
    assert "другой сотрудник" in officer.open(case(number, "/confirmation")).text
    second = Visitor(office.cloud, office.second_officer)
    page = second.open(case(number, "/confirmation"))
    assert "Что узнает человек, если вы согласитесь" in page.text
    unexplained = second.submit(page, {"agrees": "no"})
    assert unexplained.errors
    returned = second.submit(unexplained, {"explanation": "Проверьте справку."})
    assert "вернулось первому сотруднику" in returned.text
    assert "Проверьте справку." in officer.open(case(number)).text
    confirm(officer, decide(officer, number, "refused", reasons=["criteria_not_met"]))
    confirmed = second.submit(second.open(case(number, "/confirmation")), {"agrees": "yes"})
    assert "Решение вступило в силу" in confirmed.text
    assert office.show(number)["stage"] == "refused"


@pytest.mark.long
def test_what_a_second_officer_wrote_too_late_is_shown_to_him(office):
    number = apply(office, TOO_MUCH_INCOME)
    office.propose_refusal(number, "criteria_not_met")
    second = Visitor(office.cloud, office.second_officer)
    page = second.open(case(number, "/confirmation"))
    office.confirm(number)
    late = second.submit(page, {"agrees": "no", "explanation": "Проверьте справку."})
    assert late.errors
    assert "Вы написали: Проверьте справку." in late.text


# ---- appeals ------------------------------------------------------------------------------------


def test_an_appeal_is_turned_down_by_who_had_no_part_and_both_are_linked(office, officer):
    contested = refused_application(office)
    appeal = file_appeal(office, contested)
    page = officer.open(case(appeal))
    assert page.title.startswith(f"Жалоба {appeal}")
    assert "Вы участвовали в решении, которое обжалуют" in page.text
    for offered in ("Решить", "Взять в работу", "Задать вопрос"):
        assert offered not in page.text.split("Сведения")[0]
    page = officer.open(case(appeal, "/proposal"))
    assert "Вы участвовали" in page.text
    assert not page.tree.xpath("//main//form")
    third = Visitor(office.cloud, office.third_officer)
    assert "Правила предлагают" not in third.open(case(appeal, "/proposal")).text
    page = decide(third, appeal, "upheld", reasons=["decision_right"], explanation="Всё верно.")
    assert "Решение оставлено в силе" in page.text
    confirm(third, page)
    supervisor = Visitor(office.cloud, office.supervisor)
    supervisor.submit(supervisor.open(case(appeal, "/confirmation")), {"agrees": "yes"})
    office.cloud.advance(minutes=1)
    citizen = Visitor(office.cloud, office.citizen)
    for visitor, place in ((officer, "/office"), (citizen, "/cabinet")):
        page = visitor.open(f"{place}/applications/{contested}")
        assert "решение оставлено в силе" in page.text
        assert page.link(appeal) == f"{place}/applications/{appeal}"
        page = visitor.open(f"{place}/applications/{appeal}")
        assert page.link(contested) == f"{place}/applications/{contested}"


@pytest.mark.long
def test_an_appeal_that_turned_the_decision_is_linked_still(office, officer):
    contested = refused_application(office)
    appeal = file_appeal(office, contested)
    rule(office, appeal, "changed")
    citizen = Visitor(office.cloud, office.citizen)
    for visitor, place in ((officer, "/office"), (citizen, "/cabinet")):
        page = visitor.open(f"{place}/applications/{contested}")
        assert "прежнее решение отменено" in page.text
        assert page.link(appeal) == f"{place}/applications/{appeal}"


def test_a_case_is_brought_to_a_supervisor_and_paused_until_a_day(office, officer):
    number = apply(office)
    page = officer.open(case(number, "/escalation"))
    assert officer.submit(page).errors
    called = officer.submit(page, {"words": "Заявитель угрожает."})
    assert "Петрова М. С. зовёт старшего: Заявитель угрожает." in called.text
    page = officer.open(case(number, "/pause"))
    reason = page.tree.xpath("//input[@name='reason']/@value")[0]
    paused = officer.submit(
        page, {"reason": reason, "until": "05.03.2026", "words": "Ждём ответа ведомства."}
    )
    assert "Срок остановлен до 5 марта 2026 года" in paused.text
    assert "Задать вопрос" not in paused.text
    assert "Срок снова идёт" in officer.submit(paused, button="Продолжить срок").text


# ---- experts ------------------------------------------------------------------------------------


def test_an_expert_sees_the_file_and_says_what_is_wrong(office):
    office.experts_at_work = False
    number = apply(office, LOW_INCOME)
    expert = Visitor(office.cloud, office.expert)
    listed = expert.open("/office")
    assert number in listed.text
    page = expert.follow(expert.open(case(number)), "Проверить")
    assert expert.submit(page, button="Показать документ").tree.xpath("//main//img")
    unsaid = expert.submit(page, button="Сохранить")
    assert unsaid.errors
    judged = expert.submit(
        page, {"verdict": "unreadable", "defects": ["edge_cut"]}, button="Сохранить"
    )
    assert "Проверка документа записана" in judged.text
    verdicts = [
        each["verdict"] for each in office.officer.get(f"/applications/{number}")["documents"]
    ]
    assert "unreadable" in verdicts
