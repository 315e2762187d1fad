"""A person's documents over a year: kept once, used again, ending, renewed, trusted to a son."""

from local.office import Caller, form_of, post_file
from local.people import person
from tests.journeys.archive_steps import PDF, look, phone_of, put_in, read, trust, wait


def told(office, phone):
    return [text for number, text in office.cloud.sms if number == phone]


def test_what_was_accepted_once_serves_until_it_ends_and_is_renewed(office):
    owner, son = office.citizen, Caller(office.cloud, "son")
    number = office.apply(form_of(person(1)))
    passport = next(d for d in office.show(number)["documents"] if d["kind"] == "passport")
    kept = owner.post(
        "/archive/from-application",
        {
            "number": number,
            "document": passport["id"],
            "kind": "passport",
            "paper": {"number": "4510 123456", "valid_until": "2026-05-04"},
        },
    )["id"]
    mine, grant = phone_of(owner), trust(owner, son, kept)
    before = len(told(office, mine))

    office.cloud.advance(days=33)  # the day has come; it is told at half past six, UTC
    assert before == len(told(office, mine))
    office.cloud.advance(hours=1)
    assert "Через месяц" in told(office, mine)[-1]
    office.cloud.advance(days=30)
    assert "Сегодня последний день" in told(office, mine)[-1]
    assert len(told(office, mine)) == before + 2

    draft = owner.post(
        "/applications", {"service": "service-refusal", "region": "RU-MOW", "form": {}}
    )
    used = f"/applications/{draft['number']}/documents/from-archive"
    renewal = {
        "file_name": "новый.pdf",
        "content_type": "application/pdf",
        "paper": {"number": "4511 000001", "valid_until": "2036-05-04"},
    }
    post_file(owner.post(f"/archive/documents/{kept}/versions", renewal), PDF)
    wait(office)
    office.cloud.advance(days=2)
    (taken,) = owner.post(used, {"document": kept, "kind": "passport"})["documents"]
    assert taken["state"] == "accepted"
    assert len(told(office, mine)) == before + 2  # nobody speaks of the old one any more

    log = owner.get("/archive/log")
    assert log["intact"]
    assert "archive_reminded" in {line["what"] for line in log["lines"]}
    assert son.get("/archive/granted")["granted"] == []  # the grant ended in March
    again = trust(owner, son, kept, until="2026-06-30", may="download")
    assert read(look(son, again, kept, "download")).content == PDF
    assert grant != again


def test_a_grant_and_its_archive_end_with_the_consent(office):
    owner, son = office.citizen, Caller(office.cloud, "son")
    document = put_in(office, owner)
    grant = trust(owner, son, document)
    office.cloud.advance(minutes=1)
    address = look(son, grant, document)
    owner.confirmed("POST", "/consent/withdrawal")
    office.cloud.advance(minutes=30)
    assert not read(address).ok
    assert owner.get("/archive")["documents"] == []
    assert son.get("/archive/granted")["granted"] == []
    log = owner.get("/archive/log")
    assert log["intact"]
    assert all(line["phone"] is None for line in log["lines"])
