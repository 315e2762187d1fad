"""An expert looks at each document within 24 hours of having it (seed 004): what he finds wrong is
asked about once, one document is replaced, and the review goes on from where it was."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from local import scans
from local.office import Office, Refused
from tests.journeys.steps import (
    LOW_INCOME,
    begin,
    clock,
    ends,
    events,
    happened,
    refused,
    stage,
    states,
    told,
    told_inside,
    wait_until,
)

MORNING = "2026-03-02 10:00"  # a Monday


def applied(office: Office) -> str:
    """With the officers, and no expert has looked at anything yet."""
    begin(office, MORNING)
    office.experts_at_work = False
    number = office.apply(LOW_INCOME)
    office.cloud.advance(minutes=5)
    return number


def documents(office: Office, number: str) -> dict[str, dict[str, Any]]:
    """As the applicant sees them, the last of each kind."""
    return {document["kind"]: document for document in office.show(number)["documents"]}


def judge_all_but(office: Office, number: str, *kinds: str) -> None:
    for kind, document in documents(office, number).items():
        if document["awaits_expert"] and kind not in kinds:
            office.judge(number, document["id"])


def checked(office: Office, number: str, document: str, verdict: str) -> tuple[int, str] | None:
    path = f"/applications/{number}/documents/{document}/check"
    return refused(office.expert, path, {"verdict": verdict})


def queue(office: Office) -> list[tuple[str, str, bool]]:
    found = office.expert.get("/document-checks")["applications"]
    return [(line["number"], clock(line["due"]), line["overdue"]) for line in found]


def check_marks(office: Office, number: str) -> list[tuple[str, str]]:
    made = office.casebook.load(number).events
    return [
        (event.data["mark"], clock(event.at))
        for event in made
        if event.kind == "document_check_marked"
    ]


def test_a_bad_scan_is_replaced_twice_and_the_application_approved(office: Office):
    """The machine refuses the first passport, an expert the second; nothing else is sent again."""
    begin(office, MORNING)
    office.experts_at_work = False
    number = office.draft(LOW_INCOME)
    blank = office.upload(number, "passport", b"not a scan")
    assert blank["state"] == "rejected"
    assert office.upload(number, "passport", replaces=None)["state"] == "accepted"
    office.submit(number)
    office.cloud.advance(minutes=5)
    assert documents(office, number)["passport"]["state_title"] == "Проверяет специалист"
    assert clock(documents(office, number)["passport"]["check_until"]) == "2026-03-03 10:00"
    assert queue(office) == [(number, "2026-03-03 10:00", False)]

    office.cloud.advance(hours=3)
    passport = documents(office, number)["passport"]["id"]
    judge_all_but(office, number, "passport")
    for document in office.show(number)["documents"]:
        if document["kind"] == "passport" and document["awaits_expert"]:
            verdict = ("nonconforming", "page_missing") if document["id"] == passport else ()
            office.judge(number, document["id"], *verdict)
    shown = office.show(number)
    assert stage(office, number) == "clarification"
    assert [(g["document"], g["code"]) for g in shown["question"]["gaps"]] == [
        ("passport", "page_missing")
    ]
    bad = documents(office, number)["passport"]
    assert "Не хватает страницы" in bad["message"]
    assert queue(office) == []

    office.cloud.advance(hours=20)
    office.experts_at_work = True
    office.upload(number, "passport")
    office.answer(number, message="Вот вторая страница")
    office.cloud.advance(minutes=5)
    assert stage(office, number) == "review"
    office.approve(number)
    office.cloud.advance(minutes=5)
    ends(office, number, "approved")
    assert [template for template, _ in told(office, number)] == [
        "accepted", "question", "approved",
    ]  # fmt: skip
    assert events(office, number).count("asked") == 1
    assert check_marks(office, number) == []


def test_one_letter_asks_about_every_document_and_what_registries_contradict(office: Office):
    begin(office, MORNING)
    office.registries.differ(LOW_INCOME["snils"], "residence", "registration_address")
    office.experts_at_work = False
    number = office.apply(LOW_INCOME | {"notify_by": "email"})
    office.cloud.advance(minutes=5)
    known = documents(office, number)
    office.judge(number, known["snils"]["id"], "unreadable", "glare", "edge_cut")
    office.judge(
        number, known["passport"]["id"], "nonconforming", "page_missing", note="Нужна прописка"
    )
    assert stage(office, number) == "review"
    judge_all_but(office, number)
    gaps = [gap["field"] or gap["document"] for gap in office.show(number)["question"]["gaps"]]
    assert sorted(gaps) == ["passport", "registration_address", "snils", "snils"]
    letter = office.cloud.emails[-1][2]
    for told_of in ("закрыта бликом", "обрезан край", "Не хватает страницы", "Нужна прописка"):
        assert told_of in letter


def test_a_late_expert_is_reminded_and_told_of_and_still_does_it(office: Office):
    number = applied(office)
    wait_until(office, "2026-03-03 11:00")
    assert check_marks(office, number) == [
        ("reminder", "2026-03-03 02:00"),
        ("overdue", "2026-03-03 10:00"),
    ]
    assert told(office, number)[1:] == [("check_overdue", "2026-03-03 10:00")]
    assert told_inside(office, number) == [
        ("operators", "check_due_soon"),
        ("operators", "check_overdue"),
    ]
    assert queue(office) == [(number, "2026-03-03 10:00", True)]
    path = f"/applications/{number}/proposal"
    early = refused(office.officer, path, {"outcome": "approved"})
    assert early == (409, "documents_unchecked")
    judge_all_but(office, number)
    assert queue(office) == []
    office.approve(number)
    ends(office, number, "approved")
    terms = [t for t in office.show(number)["terms"] if t["name"] == "document_check"]
    assert [clock(t["met_at"]) for t in terms] == ["2026-03-03 11:00"]


@pytest.mark.long
def test_what_was_found_by_the_end_of_the_hours_is_asked_without_waiting_longer(office: Office):
    number = applied(office)
    passport = documents(office, number)["passport"]["id"]
    office.judge(number, passport, "unreadable", "text_blurred")
    assert stage(office, number) == "review"
    wait_until(office, "2026-03-03 10:01")
    assert happened(office, number, "asked") == ["2026-03-03 10:00"]
    assert "Mark the deadline" in states(office, number)


def test_a_suspect_document_tells_operators_and_accuses_nobody(office: Office):
    number = applied(office)
    passport = documents(office, number)["passport"]["id"]
    judge_all_but(office, number, "passport")
    office.judge(number, passport, "suspect", "alterations")
    assert ("operators", "document_suspect") in told_inside(office, number)
    shown = documents(office, number)["passport"]
    assert (shown["defect"], shown["verdict"]) == ("original_needed", None)
    history = office.citizen.get(f"/applications/{number}/history")
    seen_by_citizen = str(office.show(number)) + str(history["events"])
    assert "suspect" not in seen_by_citizen
    assert "alterations" not in seen_by_citizen
    seen = office.officer.get(f"/applications/{number}")["documents"]
    assert [d["verdict"] for d in seen if d["id"] == passport] == ["suspect"]


def test_two_experts_at_once_and_a_document_replaced_while_one_looks(office: Office):
    number = applied(office)
    known = documents(office, number)
    snils, passport = known["snils"]["id"], known["passport"]["id"]
    path = f"/applications/{number}/documents/{snils}/check"
    bodies = (
        (office.expert, {"verdict": "conforming"}),
        (office.supervisor, {"verdict": "conforming"}),
    )
    with ThreadPoolExecutor() as at_once:
        answers = list(at_once.map(lambda asked: refused(asked[0], path, asked[1]), bodies))
    assert sorted(answers, key=str) == [(409, "document_already_checked"), None]
    assert events(office, number).count("document_checked") == 1

    looked = office.expert.post(f"/applications/{number}/documents/{passport}/look")
    assert looked["shows"]
    replaced = office.upload(number, "passport", replaces=passport)
    assert checked(office, number, passport, "conforming") == (409, "document_replaced")
    judge_all_but(office, number)
    titles = {d["id"]: d["state_title"] for d in office.show(number)["documents"]}
    assert (titles[passport], titles[replaced["id"]]) == ("Заменён другим", "Подтверждён")
    office.approve(number)
    ends(office, number, "approved")


def test_an_accepted_file_is_shown_for_five_minutes_and_no_other(office: Office):
    """Under a name that names nobody: addresses are logged."""
    number = applied(office)
    path = f"/applications/{number}/documents"
    bad = office.upload(number, "other", b"not a scan", file_name="Иванова Анна паспорт.jpg")
    for act, body in (("look", None), ("check", {"verdict": "conforming"})):
        refusals = [
            refused(office.expert, f"{path}/{id_}/{act}", body) for id_ in (bad["id"], "no")
        ]
        assert refusals == [(409, "document_not_accepted"), (404, "no_such_document")]
    passport = documents(office, number)["passport"]["id"]
    looked = office.expert.post(f"{path}/{passport}/look")
    assert looked["file_name"] == f"passport-{passport[:8]}.jpg"
    assert "X-Amz-Expires=300" in looked["url"]
    found = requests.get(looked["url"], timeout=10)
    assert found.headers["Content-Type"] == "image/jpeg"
    assert looked["file_name"] in found.headers["Content-Disposition"]
    assert found.content[:3] == scans.good_jpeg()[:3]
    assert events(office, number)[-1] == "document_looked"


def test_a_look_that_comes_again_shows_nothing_that_was_replaced_since(office: Office):
    number = applied(office)
    passport = documents(office, number)["passport"]["id"]
    path = f"/applications/{number}/documents/{passport}/look"
    office.expert.post(path, key="look")
    office.upload(number, "passport", replaces=passport)
    with pytest.raises(Refused, match="document_replaced"):
        office.expert.post(path, key="look")


def test_the_list_of_defects_says_what_the_applicant_will_read(office: Office):
    listed = office.expert.get("/document-checks/defects")["defects"]
    by_code = {defect["code"]: defect for defect in listed}
    assert by_code["page_missing"]["told"].startswith("Не хватает страницы")
    assert by_code["alterations"]["told"].startswith("По этому скану")
    with pytest.raises(Refused):
        office.citizen.get("/document-checks/defects")
