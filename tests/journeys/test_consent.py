"""Consent to data processing is withdrawn, wherever the application stands: what is erased, what is
kept and why, and that nothing else of the person is left anywhere."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from adapters import definitions
from adapters.archives import Archives
from casework.archive import ArchiveCase, ArchiveChange, ArchiveRecord, Trusted
from casework.example import example_form
from casework.happening import Happening
from local.aws import REGION, Backends
from local.office import Office, Refused, form_of, post_file
from local.people import person
from local.scans import good_jpeg
from tests.journeys.appeal_steps import file_appeal
from tests.journeys.steps import (
    begin,
    dead_letters,
    events,
    stage,
    told,
    wait_until,
)
from tests.walk import CANARY, UNIQUE

PERSON = form_of(person(77), **CANARY)
SECRETS = {name: PERSON[name] for name in (*CANARY, *UNIQUE) if name in PERSON}
PATH = "/consent/withdrawal"


@pytest.fixture
def office(office: Office) -> Office:
    begin(office, "2026-03-02 09:00")
    return office


def withdraw(office: Office) -> dict[str, Any]:
    """Confirmed by the code, and all that follows from it done."""
    shown = office.citizen.confirmed("POST", PATH)
    office.cloud.settle()
    office.cloud.advance(minutes=40)
    return shown


# ---- what is left of a person -------------------------------------------------------------------


def bare(text: str) -> str:
    return re.sub(r"[\s()+-]", "", text)


def kept_anywhere(office: Office) -> Iterator[tuple[str, str]]:
    """(place, text) of every item of the table, and of every version of every object."""
    pages = boto3.client("dynamodb", REGION).get_paginator("scan")
    for page in pages.paginate(TableName=office.cloud.outputs["Applications"]):
        for item in page["Items"]:
            place = f"{item['pk']['S']} {item['sk']['S']}"
            yield place, json.dumps(item, ensure_ascii=False)
    s3 = boto3.client("s3", REGION)
    for name in ("UploadsBucket", "VaultBucket", "LettersBucket"):
        bucket = office.cloud.outputs[name]
        for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
            for v in page.get("Versions", ()):
                found = s3.get_object(Bucket=bucket, Key=v["Key"], VersionId=v["VersionId"])
                yield f"{name} {v['Key']}", found["Body"].read().decode(errors="replace")
            yield from ((f"{name} {m['Key']}", "mark") for m in page.get("DeleteMarkers", ()))


def traces(office: Office) -> set[tuple[str, str]]:
    """(place, which secret) of everything that tells of the person."""
    found = ((place, bare(text)) for place, text in kept_anywhere(office) if "JFIF" not in text)
    return {
        (place, name)
        for place, text in found
        for name, secret in SECRETS.items()
        if bare(secret) in text
    }


def files(office: Office) -> list[str]:
    places = (place for place, _ in kept_anywhere(office))
    return sorted(place for place in places if "Bucket " in place)


def whole(office: Office, number: str) -> None:
    """The history verifies, for the owner and for us, and nothing was given up."""
    assert office.casebook.sealed_chain(number).broken_at is None
    assert office.citizen.get(f"/applications/{number}/history")["intact"]
    assert dead_letters(office) == []
    assert office.cloud.dropped == []
    assert list(office.cloud.lambdas.errors) == []


def line(shown: dict[str, Any], number: str) -> dict[str, Any]:
    return next(told_of for told_of in shown["applications"] if told_of["number"] == number)


def parts(told_of: dict[str, Any]) -> dict[str, str | None]:
    return {kept["what"]: kept["until"] for kept in told_of["kept"]}


# ---- in mid-review ------------------------------------------------------------------------------


def on_check(office: Office, place: int = 0) -> str:
    office.registries.behave("taxes", down_until=office.cloud.now().replace(year=2030))
    return on_review(office, place)


def on_review(office: Office, place: int = 0) -> str:
    """One person may have several applications in work when they are about different people."""
    number = office.apply(PERSON | {"snils": person(77 + place)["snils"]})
    office.cloud.advance(minutes=5)
    return number


def in_clarification(office: Office, place: int = 0) -> str:
    number = on_review(office, place)
    message = f"{PERSON['last_name']}, приложите паспорт {PERSON['passport']}"
    office.ask(number, {"code": "unreadable", "document": "passport"}, message=message)
    office.upload(number, "passport", file_name=f"{PERSON['last_name']}.jpg")
    return number


def in_confirmation(office: Office, place: int = 0) -> str:
    number = on_review(office, place)
    office.propose_refusal(number, "data_wrong", explanation=PERSON["registration_address"])
    return number


def test_withdrawn_in_mid_review_everything_ends_and_nothing_is_left(office) -> None:
    """One person at every place of the review at once; told once, before the phone is gone."""
    steps = (in_confirmation, in_clarification, on_review, on_check)
    numbers = [come_so_far(office, place) for place, come_so_far in enumerate(steps)]
    assert {"FORM", "DOC", "TEXT"} <= kept_in(office)
    before = [events(office, number) for number in numbers]
    preview = office.citizen.get(PATH)
    assert (preview["withdrawn_at"], len(preview["beyond"])) == (None, 4)
    office.cloud.advance(minutes=40)
    assert [events(office, number) for number in numbers] == before, "a preview changes nothing"
    shown = withdraw(office)
    assert shown["applications"] == preview["applications"]
    for number in numbers:
        assert line(shown, number)["ends"]
        assert line(shown, number)["kept"] == []
        assert stage(office, number) == "withdrawn"
        assert office.execution(number)["status"] == "ABORTED"
        assert events(office, number)[-3:] == ["withdrawn", "consent_withdrawn", "data_erased"]
        whole(office, number)
    assert traces(office) == set()
    assert files(office) == []
    notices = [template for number in numbers for template, _ in told(office, number)]
    assert notices.count("consent_withdrawn") == 1
    assert SECRETS["phone"] in [phone for phone, _ in office.cloud.sms]
    _is_said_plainly(office, numbers[0])


def _is_said_plainly(office: Office, number: str) -> None:
    for who in (office.citizen, office.officer):
        seen = who.get(f"/applications/{number}")
        assert seen["erased"]["title"] == "Данные удалены"
        assert seen["form"] == {}
        assert {document["state"] for document in seen["documents"]} == {"erased"}
        assert {document["file_name"] for document in seen["documents"]} == {None}


@pytest.mark.long
def test_a_draft_is_gone_and_its_fee_goes_back(office) -> None:
    service = definitions.service("disability-certificate")
    form = example_form(service, office.cloud.now().date(), certificate_type="duplicate")
    known = {name: value for name, value in PERSON.items() if name in form}
    number = office.draft({**form, **known}, service=service.id)
    office.pay(number)
    withdraw(office)
    assert stage(office, number) == "withdrawn"
    assert office.show(number)["fee"]["receipts"][0]["state"] == "refunded"
    assert traces(office) == set()
    whole(office, number)


@pytest.mark.long
def test_a_new_application_gives_consent_anew(office) -> None:
    old = on_review(office)
    withdraw(office)
    number = office.apply(PERSON)
    office.cloud.advance(days=2)
    assert stage(office, number) == "review"
    assert office.show(number)["form"]["snils"] == PERSON["snils"]
    withdraw(office)
    assert stage(office, number) == "withdrawn"
    assert events(office, old).count("consent_withdrawn") == 1
    assert traces(office) == set()


@pytest.mark.long
def test_repeated_it_changes_nothing(office) -> None:
    number = on_review(office)
    withdraw(office)
    before = events(office, number)
    shown = withdraw(office)
    assert line(shown, number)["done"]
    assert events(office, number) == before
    assert [template for template, _ in told(office, number)].count("consent_withdrawn") == 1


# ---- what is kept, and until when ---------------------------------------------------------------


def kept_in(office: Office) -> set[str]:
    """Kinds of items that still tell of the person."""
    return {place.split()[1].partition("#")[0] for place, _ in traces(office)}


def refused_with_reasons(office: Office) -> str:
    number = in_confirmation(office)
    office.confirm(number)
    office.cloud.advance(minutes=5)
    return number


def test_a_refusal_is_kept_until_it_can_no_more_be_contested(office) -> None:
    """Thirty days from the SMS, and 45 for the court."""
    number = refused_with_reasons(office)
    shown = withdraw(office)
    assert parts(line(shown, number)) == {
        "form": "2026-05-17", "decision": "2026-05-17", "papers": "2026-05-17",
    }  # fmt: skip
    assert not line(shown, number)["ends"]
    assert kept_in(office) == {"FORM", "TEXT"}
    assert events(office, number)[-2:] == ["consent_withdrawn", "data_erased"]
    wait_until(office, "2026-05-16 23:00")
    assert kept_in(office) == {"FORM", "TEXT"}
    wait_until(office, "2026-05-17 12:00")
    assert traces(office) == set()
    assert office.show(number)["decision"]["outcome"] == "refused"
    whole(office, number)


@pytest.mark.long
def test_an_appeal_against_the_refusal_is_still_decided(office) -> None:
    number = refused_with_reasons(office)
    withdraw(office)
    appeal = file_appeal(office, number, **known_to("appeal"))
    office.third_officer.post(
        f"/applications/{appeal}/proposal",
        {"outcome": "changed", "reasons": [], "explanation": "Верно"},
    )
    office.cloud.settle()
    shown = withdraw(office)
    assert line(shown, appeal)["state"] == line(shown, number)["state"] == "disputed"
    assert not line(shown, appeal)["ends"]
    assert office.show(appeal)["form"]["points"]
    office.supervisor.post(f"/applications/{appeal}/confirmation", {"agrees": True})
    office.cloud.settle()
    assert stage(office, number) == "approved"
    office.cloud.advance(days=31)
    assert office.show(number)["form"].keys() <= set(PERSON)
    assert "income" not in office.show(number)["form"]  # granted now, and reduced to what it needs
    whole(office, appeal)


def known_to(service: str) -> dict[str, Any]:
    fields = {field.name for field in definitions.service(service).fields}
    return {name: value for name, value in SECRETS.items() if name in fields} | {"email": "a@b.ru"}


def paying(office: Office) -> str:
    service, today = definitions.service("child-benefits"), office.cloud.now().date()
    said = {"programme": "childcare", "child_birth_date": "01.02.2026"}
    form = example_form(service, today, **said)
    known = {name: value for name, value in PERSON.items() if name in form}
    number = office.apply(form | known, service=service.id)
    office.cloud.advance(days=1)
    office.approve(number, explanation=PERSON["last_name"])
    office.cloud.advance(days=2)
    return number


def test_what_is_still_paid_keeps_what_paying_needs(office) -> None:
    begin(office, "2026-04-27 10:00")
    number = paying(office)
    account = office.show(number)["form"]["account"]
    withdraw(office)
    case = office.casebook.load(number)
    assert {document.state for document in case.application.documents.values()} == {"erased"}
    assert case.documents == {}
    assert not [place for place in files(office) if "Vault" in place and "papers/" not in place]
    assert case.form["account"] == account
    assert "income" not in case.form
    wait_until(office, "2026-06-03 12:00")
    assert sorted(office.bank.book) == [f"{number}#2026-05", f"{number}#2026-06"]
    whole(office, number)


@pytest.mark.long
def test_payments_that_ended_are_kept_as_accounts_are(office) -> None:
    begin(office, "2026-04-27 10:00")
    number = paying(office)
    withdraw(office)
    office.officer.post(f"/applications/{number}/stop", {"reason": "moved", "since": "2026-05-15"})
    office.cloud.advance(days=35)
    left = {kept["what"]: kept["until"] for kept in office.show(number)["erased"]["kept"]}
    assert left == {"payments": "2032-01-01"}
    assert office.citizen.get(f"/applications/{number}/payments")["history"]
    assert kept_in(office) <= {"TEXT"}
    whole(office, number)


# ---- beside applications ------------------------------------------------------------------------


def archived(office: Office) -> None:
    new = {
        "kind": "passport",
        "region": "RU-MOW",
        "file_name": f"{PERSON['last_name']}.jpg",
        "content_type": "image/jpeg",
        "paper": {"number": PERSON["passport"], "issuer": PERSON["registration_address"]},
    }
    invited = office.citizen.post("/archive/documents", new)
    post_file(invited, good_jpeg())
    office.cloud.settle()


def test_the_archive_goes_with_everything_in_it(office) -> None:
    archived(office)
    assert kept_in(office) == {"DOC"}
    shown = withdraw(office)
    assert shown["archive"] == {"files": 1, "grants": 0}
    assert traces(office) == set()
    assert files(office) == []
    assert office.citizen.get(PATH)["archive"] == {"files": 0, "grants": 0}
    archived(office)  # opened anew: that is a new consent
    office.cloud.advance(days=1)
    assert kept_in(office) == {"DOC"}
    assert dead_letters(office) == []


@pytest.mark.long
def test_an_archive_of_any_size_goes(office) -> None:
    """A transaction of the table has room for a hundred writes; trust that ended is kept, too."""
    archived(office)
    store = Archives(boto3.client("dynamodb", REGION), office.cloud.outputs["Applications"])
    for place in range(4):
        store.change("citizen", _much(place), actor="citizen", now=office.cloud.now())
    office.cloud.advance(days=2)
    withdraw(office)
    case = store.load("citizen")
    assert (case.documents, case.trusted, case.archive.documents) == ({}, {}, {})
    assert kept_in(office) == set()
    assert store.sealed_chain("citizen").broken_at is None
    assert dead_letters(office) == []


def _much(place: int) -> Callable[[ArchiveCase], ArchiveChange]:
    """Fifteen files, and thirty grants until the next day."""
    files = [f"{place}{number:031x}.1" for number in range(15)]
    grants = {
        f"{place}-{number}": Trusted("Анна", "+79160000000", "М", "s") for number in range(30)
    }
    told = {"documents": [], "may": "look", "until": "2026-03-03"}
    announced = (
        Happening("document_announced", {"document": f, "kind": "passport"}) for f in files
    )
    granted = (Happening("granted", {"grant": id_, **told}) for id_ in grants)
    records = tuple(ArchiveRecord(f, "passport", "a.pdf", "application/pdf") for f in files)
    return lambda _: ArchiveChange((*announced, *granted), records, grants)


def test_a_document_is_taken_out_of_a_draft_with_its_file(office) -> None:
    number = office.draft(PERSON)
    document = office.show(number)["documents"][0]["id"]
    path = f"/applications/{number}/documents/{document}"
    assert office.citizen.delete(path)["state"] == "erased"
    assert office.citizen.delete(path)["state"] == "erased"
    office.cloud.settle()
    office.cloud.advance(minutes=20)
    assert not [place for place, _ in kept_anywhere(office) if document in place]
    assert len(office.show(number)["problems"]) == 1
    assert events(office, number).count("document_erased") == 1
    office.upload(number, office.show(number)["documents"][0]["kind"])
    office.submit(number)
    with pytest.raises(Refused) as refusal:
        office.citizen.delete(f"/applications/{number}/documents/{document}")
    assert refusal.value.code == "wrong_stage"


@pytest.mark.long
def test_a_file_carried_over_stays_as_long_as_anybody_needs_it(office) -> None:
    """A refused application and the one in its place share their files."""
    old = refused_with_reasons(office)
    new = office.citizen.post(f"/applications/{old}/resubmission")["number"]
    shared = len(office.casebook.load(new).documents)
    withdraw(office)
    assert shared == 3
    assert not [place for place in files(office) if "Vault" in place and "papers/" not in place]
    assert stage(office, new) == "withdrawn"


# ---- whoever dies on the way --------------------------------------------------------------------

TAKE = "functions.decide.erasures.take"


def calls_of(office: Office, handler: str) -> int:
    return sum(name == handler for name, _ in office.cloud.calls)


def erased_to_the_end(office: Office, *kill: Any) -> None:
    begin(office, "2026-03-02 09:00")
    archived(office)
    number = on_review(office)
    office.cloud.calls.clear()
    if kill:
        office.cloud.kill(*kill)
    withdraw(office)
    office.cloud.advance(minutes=60)
    assert stage(office, number) == "withdrawn"
    assert traces(office) == set()
    assert files(office) == []
    assert events(office, number).count("data_erased") == 1
    assert [template for template, _ in told(office, number)].count("consent_withdrawn") == 1
    assert office.casebook.sealed_chain(number).broken_at is None
    assert dead_letters(office) == []


@pytest.mark.long
@pytest.mark.parametrize("when", ["before", "after"])
def test_whoever_erases_dies_at_any_call_and_nothing_is_left(office, when) -> None:
    erased_to_the_end(office)
    for call in range(1, calls_of(office, TAKE) + 1):
        erased_to_the_end(office, TAKE, call, when)


@pytest.mark.long
def test_what_the_queue_lost_the_next_morning_finds(office) -> None:
    number = on_review(office)
    office.citizen.confirmed("POST", PATH)
    office.cloud.settle()
    (queue,) = (q for name, q in Backends().sqs.queues.items() if name.endswith("-erasures"))
    queue._messages.clear()
    office.cloud.advance(days=1)
    assert events(office, number)[-1] == "data_erased"
    assert traces(office) == set()
