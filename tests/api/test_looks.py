"""What the office sees beside applications is noted, too: letters, proofs, requests for access,
accounts."""

from typing import Any

from local.office import Caller, Office
from local.people import MOTHER
from tests.api.people import in_review
from tests.api.test_representations import OWN_NAME, SON
from tests.journeys.account_steps import PHONE, Newcomer
from tests.journeys.archive_steps import put_in

SAID = {name: MOTHER[name] for name in ("last_name", "first_name", "birth_date", "snils")}
LETTER = {"topic": "documents", "text": "Не загружается справка."}


def looks(office: Office, query: str) -> list[tuple[Any, ...]]:
    """(who, of what kind, which), the latest first; without what was done."""
    shown = office.auditor.get(f"/audit?{query}")["entries"]
    return [(e["actor"], e["subject"], e["number"]) for e in shown if e["event"] is None]


def test_a_letter_that_an_officer_opens_is_noted_with_its_application(office: Office):
    number = in_review(office)
    letter = office.citizen.post("/support", LETTER | {"application": number})["number"]
    alone = office.citizen.post("/support", LETTER)["number"]
    office.citizen.get(f"/support/{letter}")  # his own is nobody's business
    for _ in range(3):  # one look in one hour
        office.officer.get(f"/support/{letter}")
    office.expert.get(f"/support/{alone}")
    seen = ("officer", "letter", letter)
    assert looks(office, f"number={number}") == looks(office, f"number={letter}") == [seen]
    assert looks(office, "actor=officer") == [seen]
    assert looks(office, f"number={alone}") == [("expert", "letter", alone)]


def test_a_proof_that_an_officer_opens_is_noted_and_told_to_whose_it_is(office: Office):
    proof = put_in(office, office.citizen)
    said = {"kind": "parent", "person": SON, "own_name": OWN_NAME, "proof": proof}
    id_ = office.citizen.post("/representations", said)["representation"]
    before = office.citizen.get("/archive/log")["lines"]
    office.officer.get(f"/representations/{id_}")
    assert office.citizen.get("/archive/log")["lines"] == before
    office.officer.post(f"/representations/{id_}/look")
    seen = [("officer", "proof", id_), ("officer", "representation", id_)]
    assert sorted(looks(office, "actor=officer")) == looks(office, f"number={id_}") == seen
    first, *rest = office.citizen.get("/archive/log")["lines"]
    assert rest == before
    assert (first["what"], first["who"], first["name"]) == ("proof_looked_at", "office", None)
    assert "действовать за другого" in first["title"]
    assert all(line["who"] != "office" for line in office.relative.get("/archive/log")["lines"])


def test_a_request_for_access_and_its_scan_are_noted(office: Office):
    number = Newcomer(office).asks_for_access("+79991234568", SAID, account_phone=PHONE)
    bare = Newcomer(office).asks_for_access("+79991234569", SAID, with_scan=False)
    office.officer.get(f"/access-requests/{number}")
    office.auditor.get(f"/access-requests/{bare}")
    assert looks(office, f"number={number}") == [("officer", "access_scan", number)]
    assert looks(office, f"number={bare}") == [("auditor", "access_request", bare)]


def test_an_account_that_an_officer_finds_is_noted(office: Office):
    sought = Caller(office.cloud, "sought-after")
    sought.token()
    found = office.officer.post("/accounts/search", {"login": sought.phone})["id"]
    assert looks(office, "actor=officer") == [("officer", "account", found)]
    title = office.auditor.get(f"/audit?number={found}")["entries"][0]["title"]
    assert title == "Открыл учётную запись"
