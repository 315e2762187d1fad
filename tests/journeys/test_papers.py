"""Papers on the real machines: drawn for what happens, kept, handed out, and none keeps anybody
waiting."""

import hashlib
import io
import json
from typing import Any
from unittest import mock

import boto3
import pypdf
import pytest
import requests

from adapters.sealed_pdf import seal_in
from casework.errors import BadDefinition
from local.aws import REGION
from local.office import Office, Refused
from tests.journeys import test_appointments as appointments
from tests.journeys.appeal_steps import file_appeal, refused_application, rule
from tests.journeys.provision_steps import granted, in_hand
from tests.journeys.steps import (
    apply,
    dead_letters,
    in_clarification,
    papers,
    refused,
    stage,
)

DRAWER = "functions.papers.draw.typeset"


def listed(office: Office, number: str) -> dict[str, dict[str, Any]]:
    found = office.citizen.get(f"/applications/{number}/papers")["papers"]
    return {paper["paper"]: paper for paper in found}


def kinds(office: Office, number: str) -> list[str]:
    """In the order in which they were issued."""
    found = listed(office, number).values()
    told = [paper for paper in found if paper["print"] == "standard"]
    return [paper["kind"] for paper in sorted(told, key=_event)]


def _event(paper: dict[str, Any]) -> int:
    return int(paper["paper"].split("-")[1])


def download(office: Office, number: str, kind: str, print_: str = "standard") -> bytes:
    shown = next(
        name
        for name, paper in listed(office, number).items()
        if (paper["kind"], paper["print"]) == (kind, print_)
    )
    told = office.citizen.get(f"/applications/{number}/papers/{shown}")
    answer = requests.get(told["url"], timeout=10)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert hashlib.sha256(answer.content).hexdigest() == told["sha256"]
    return answer.content


def text_of(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_receipt_is_there_within_seconds_in_both_prints(office: Office) -> None:
    number = apply(office)
    assert [paper["print"] for paper in listed(office, number).values()] == ["standard", "large"]
    for print_ in ("standard", "large"):
        text = text_of(download(office, number, "receipt", print_))
        assert number in text
        assert "2 марта 2026 года" in text


def test_a_question_and_a_refusal_are_papers_and_the_answered_one_is_over(office: Office) -> None:
    number = in_clarification(office)
    assert "Ответьте не позже" in text_of(download(office, number, "request"))
    office.answer(number, form={"income": "900000"})
    office.cloud.advance(minutes=5)
    office.propose_refusal(number, "criteria_not_met", explanation="Доход выше предела")
    office.confirm(number)
    office.cloud.advance(minutes=5)
    assert kinds(office, number) == ["receipt", "request", "decision"]
    told = {paper["kind"]: paper["standing"] for paper in listed(office, number).values()}
    assert told == {"receipt": "holds", "request": "ended", "decision": "holds"}
    text = text_of(download(office, number, "decision"))
    for said in ("Доход выше предела", "second-officer", "обратитесь в суд"):
        assert said in text


def test_the_days_of_a_term_are_drawn_on_request_by_whoever_sees_the_application(office) -> None:
    number = apply(office)
    for asks in (office.citizen, office.officer):
        asks.post(f"/applications/{number}/papers", {"kind": "ledger"})
        office.cloud.settle()
    assert kinds(office, number) == ["receipt", "ledger"]
    assert "рабочий день" in text_of(download(office, number, "ledger"))


def test_a_certificate_is_issued_and_gives_way_to_its_original(office: Office) -> None:
    number = granted(office, "disability-certificate", hand_over="mfc")
    assert kinds(office, number) == ["receipt", "decision", "certificate"]
    assert "пока вы не получите бумажный оригинал" in text_of(
        download(office, number, "certificate")
    )
    for event in ("ready", "handed_over"):
        office.officer.post(f"/applications/{number}/original", {"event": event})
    told = {paper["kind"]: paper["standing"] for paper in listed(office, number).values()}
    assert told["certificate"] == "superseded"


def test_a_programme_and_the_act_with_the_provider_are_papers(office: Office) -> None:
    number = in_hand(office)
    assert kinds(office, number) == ["receipt", "decision", "programme", "act"]
    assert "Уборка" in text_of(download(office, number, "programme"))
    assert "Липа" in text_of(download(office, number, "act"))


def test_the_same_event_again_draws_nothing_anew(office: Office) -> None:
    number = apply(office)
    before = papers(office, number), _versions(office, number)
    assert office.cloud.repeat_events() == []
    assert (papers(office, number), _versions(office, number)) == before


def _versions(office: Office, number: str) -> int:
    listed_ = boto3.client("s3", REGION).list_object_versions(
        Bucket=office.cloud.outputs["VaultBucket"], Prefix=f"papers/{number}/"
    )
    return len(listed_.get("Versions", ()))


def test_a_paper_that_cannot_be_drawn_keeps_nobody_waiting(office: Office) -> None:
    """It is tried again, given up in the end, and the application goes on meanwhile."""
    with mock.patch(DRAWER, side_effect=BadDefinition("paper_not_set")):
        number = apply(office)
        office.approve(number)
        office.cloud.advance(hours=12)
    assert stage(office, number) == "approved"
    assert papers(office, number) == []
    assert dead_letters(office)


def test_a_paper_that_was_late_says_what_was_so_when_it_happened(office: Office) -> None:
    with mock.patch(DRAWER, side_effect=BadDefinition("paper_not_set")):
        number = in_clarification(office)
        office.answer(number, form={"income": "190000"}, message="Вот")
    office.cloud.advance(minutes=30)
    assert kinds(office, number) == ["receipt", "request"]
    assert "Ответьте не позже" in text_of(download(office, number, "request"))


def _tickets(office: Office, number: str) -> list[dict[str, Any]]:
    every = listed(office, number).values()
    return [paper for paper in every if (paper["kind"], paper["print"]) == ("ticket", "standard")]


def test_a_ticket_follows_its_appointment(office: Office) -> None:
    slots = appointments.publish(office, "2026-03-09 10:00", "2026-03-10 11:30")
    number = appointments.booked(office, slots[0])
    assert kinds(office, number) == ["receipt", "decision", "ticket"]
    assert "9 марта 2026 года, 10:00" in text_of(download(office, number, "ticket"))
    office.citizen.patch(f"/applications/{number}", {"form": {"slot": slots[1]}})
    office.cloud.settle()
    new, old = _tickets(office, number)
    assert (new["standing"], old["standing"]) == ("holds", "superseded")
    assert "10 марта 2026 года, 11:30" in text_of(download(office, number, "ticket"))


def test_nobody_else_reads_a_paper(office: Office) -> None:
    number = apply(office)
    (name, *_) = listed(office, number)
    stranger = office.agency("lipa")
    with pytest.raises(Refused) as refused:
        stranger.get(f"/applications/{number}/papers/{name}")
    assert refused.value.status == 404
    with pytest.raises(Refused) as unknown:
        office.citizen.get(f"/applications/{number}/papers/decision-1")
    assert unknown.value.code == "unknown_paper"


# ---- what the seal in it tells -------------------------------------------------------------------


def standing(office: Office, pdf: bytes) -> str:
    """As anybody learns who follows the QR code; the page says the same, in its own words when all
    is well."""
    path = f"/check/{seal_in(pdf).text}"
    told = office.cloud.request("GET", path).json
    assert told["issued"]
    page = office.cloud.request("GET", path, headers={"Accept": "text/html"})
    words = "Он действует." if told["standing"] == "holds" else told["told"]
    assert words in page.get_data(as_text=True)
    return told["standing"]


def test_a_refusal_in_hand_says_that_it_is_appealed_and_that_it_was_undone(office: Office) -> None:
    number = refused_application(office)
    refusal = download(office, number, "decision")
    assert standing(office, refusal) == "holds"
    appeal = file_appeal(office, number)
    assert standing(office, refusal) == "appealed"
    with mock.patch(DRAWER, side_effect=BadDefinition("paper_not_set")):
        rule(office, appeal, "changed")
        assert standing(office, refusal) == "revoked", "nothing is in its place yet"
    office.cloud.advance(minutes=15)
    assert standing(office, refusal) == "superseded"
    assert standing(office, download(office, number, "decision")) == "holds"


def test_a_receipt_in_hand_is_over_when_the_application_is_withdrawn(office: Office) -> None:
    number = apply(office)
    receipt = download(office, number, "receipt", "large")
    assert standing(office, receipt) == "holds"
    office.withdraw(number)
    assert standing(office, receipt) == "ended"


def test_once_the_data_are_erased_nothing_is_drawn_and_a_paper_in_hand_is_still_known(
    office: Office,
) -> None:
    number = apply(office)
    receipt, path = download(office, number, "receipt"), f"/applications/{number}/papers"
    (name, *_) = listed(office, number)
    office.citizen.confirmed("POST", "/consent/withdrawal")
    office.cloud.settle()
    office.cloud.advance(minutes=40)
    for asks in (office.citizen, office.officer):
        assert refused(asks, path, {"kind": "ledger"}) == (409, "data_erased")
    assert listed(office, number) == {}
    with pytest.raises(Refused, match="unknown_paper"):
        office.citizen.get(f"{path}/{name}")
    assert standing(office, receipt) == "ended"
    assert office.cloud.repeat_events() == []
    assert _versions(office, number) == 0


def test_requests_name_events_and_nothing_else(office: Office) -> None:
    """What lies in a queue, or among the dead letters, is read by whoever mends it."""
    with mock.patch(DRAWER, side_effect=BadDefinition("paper_not_set")):
        number = apply(office)
        office.cloud.advance(hours=6)
    submitted = next(e for e in office.casebook.load(number).events if e.kind == "submitted")
    assert [json.loads(letter) for letter in dead_letters(office)] == [
        {"number": number, "event": submitted.sequence}
    ]
