"""A person's own documents, and whom he trusts with them: through the API."""

import pytest

from local.office import Caller, Refused, post_file
from tests.api.archive_routes import CLOSED
from tests.api.people import NEW, check_problem, tokens
from tests.journeys.archive_steps import (
    PASSPORT,
    PDF,
    look,
    newest,
    phone_of,
    put_in,
    read,
    trust,
    wait,
)

XML = """<?xml version="1.0" encoding="UTF-8"?>
<IncomeCertificate xmlns="urn:opora:electronic-documents:income-certificate:1">
<Person><LastName>Образцова</LastName><FirstName>Мария</FirstName></Person><Year>2025</Year>
<Income><Month>1</Month><Amount>30000</Amount></Income><Issuer>ООО «Липа»</Issuer>
</IncomeCertificate>""".encode()


@pytest.fixture
def owner(office):
    return office.citizen


@pytest.fixture
def friend(cloud):
    return Caller(cloud, "friend")


def refused(act, *args, **known):
    with pytest.raises(Refused) as caught:
        act(*args, **known)
    return caught.value


# ---- documents ----------------------------------------------------------------------------------


def test_a_document_goes_through_the_quarantine_into_the_archive(office, owner):
    document = put_in(office, owner)
    shown = newest(owner, document)
    assert (shown["state"], shown["current"], shown["version"]) == ("accepted", True, 1)
    assert shown["paper"]["issuer"] == "ОВД Примерска"
    address = owner.post(f"/archive/documents/{document}/look")
    answer = read(address)
    assert answer.content[:2] == b"%P"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert "4510" not in address["url"]  # addresses are logged on their way
    assert address["valid_until"] == "2026-03-02T06:01:02Z"


def test_xml_is_kept_in_the_archive_and_shown_as_text(office, owner):
    known = {"file_name": "2-ndfl.xml", "content_type": "application/xml"}
    known["kind"] = "income_certificate"
    document = put_in(office, owner, XML, **known)
    assert newest(owner, document)["state"] == "accepted"
    answer = read(owner.post(f"/archive/documents/{document}/look"))
    assert answer.headers["Content-Type"].startswith("text/plain")
    number = owner.post("/applications", NEW)["number"]
    error = refused(
        owner.post,
        f"/applications/{number}/documents/from-archive",
        {"document": document, "kind": "income_certificate"},
    )
    assert error.fields == {"document": "type_not_for_services"}


def test_the_newest_good_version_is_the_current_one(office, owner):
    document = put_in(office, owner)
    file = {"file_name": "новый.pdf", "content_type": "application/pdf"}
    for data in (PDF, b"no scan"):
        post_file(owner.post(f"/archive/documents/{document}/versions", file), data)
        wait(office)
    third, second, first = owner.get(f"/archive/documents/{document}")["versions"]
    assert (first["current"], second["current"], third["current"]) == (False, True, False)
    assert third["state"] == "rejected"
    assert third["message"]
    assert second["paper"] == first["paper"]  # of the same paper, unless said otherwise
    office.cloud.settle()
    assert any("не принят" in text for _, text in office.cloud.sms)


def test_a_file_is_offered_a_name_by_the_pattern(office, owner):
    document = put_in(office, owner)
    offered = newest(owner, document)["suggested_name"]
    assert offered == "passport_4510-123456.pdf"
    path = f"/archive/documents/{document}"
    renamed = owner.patch(path, {"file_name": offered})["versions"][0]
    assert (renamed["file_name"], renamed["suggested_name"]) == (offered, None)
    changed = owner.patch(path, {"valid_until": "2030-01-01"})["versions"][0]["paper"]
    assert (changed["valid_until"], changed["number"]) == ("2030-01-01", "4510 123456")
    error = refused(owner.patch, path, {"issued_on": "2031-01-01"})
    assert error.fields == {"issued_on": "in_the_future", "valid_until": "before_issue"}


def test_an_erased_document_leaves_nothing_but_its_history(office, owner):
    document = put_in(office, owner)
    address = owner.post(f"/archive/documents/{document}/look")
    for _ in range(2):
        assert owner.delete(f"/archive/documents/{document}") == {"erased": True}
    office.cloud.settle()
    assert owner.get("/archive")["documents"] == []
    assert not read(address).ok
    assert refused(owner.get, f"/archive/documents/{document}").status == 404
    log = owner.get("/archive/log")
    assert log["intact"]
    assert log["lines"][0]["what"] == "document_erased"
    assert log["lines"][0]["document_title"] == "Паспорт"


@pytest.mark.parametrize(
    ("known", "fields"),
    [
        ({"kind": "no_such"}, {"kind": "not_in_list"}),
        ({"region": None}, {"region": "required"}),
        ({"paper": {"issued_on": "2030-01-01"}}, {"paper.issued_on": "in_the_future"}),
    ],
)
def test_what_is_wrong_is_said_by_field(owner, known, fields):
    error = refused(owner.post, "/archive/documents", PASSPORT | known)
    assert {name.removeprefix("paper.") for name in error.fields} == {
        name.removeprefix("paper.") for name in fields
    }
    assert set(error.fields.values()) == set(fields.values())


# ---- applications -------------------------------------------------------------------------------


def use(owner, number, document, kind="passport", **known):
    body = {"document": document, "kind": kind, **known}
    return owner.post(f"/applications/{number}/documents/from-archive", body)


def test_a_document_is_used_without_a_new_upload(office, owner):
    document = put_in(office, owner)
    number = owner.post("/applications", NEW)["number"]
    for _ in range(2):  # asked for again, it is the same document
        (used,) = use(owner, number, document)["documents"]
    assert (used["kind"], used["state"]) == ("passport", "accepted")
    owner.delete(f"/archive/documents/{document}")
    office.cloud.settle()
    kept = owner.post(
        "/archive/from-application", {"number": number, "document": used["id"], "kind": "passport"}
    )
    again = owner.post(f"/archive/documents/{kept['id']}/look")
    assert read(again).status_code == 200  # the application's copy outlived the archive's


def test_why_a_document_cannot_be_used(office, owner):
    document = put_in(office, owner, paper={"valid_until": "2026-03-02"})
    number = owner.post("/applications", NEW)["number"]
    assert refused(use, owner, number, document, "snils").fields == {"document": "kind_differs"}
    assert refused(use, owner, number, document, "no_such").fields == {"kind": "not_in_list"}
    assert refused(use, owner, number, "0" * 32).code == "unknown_archived"
    office.cloud.advance(hours=14, minutes=59)  # of the last day, in Moscow
    use(owner, number, document)
    office.cloud.advance(minutes=1)
    other = owner.post("/applications", NEW | {"service": "service-refusal"})["number"]
    assert refused(use, owner, other, document).fields == {"document": "expired"}


def test_what_is_not_accepted_yet_cannot_be_used(office, owner):
    invited = owner.post("/archive/documents", PASSPORT)
    document = invited["document"]["id"]
    number = owner.post("/applications", NEW)["number"]
    body = {"document": document, "version": 1, "kind": "passport"}
    path = f"/applications/{number}/documents/from-archive"
    assert refused(owner.post, path, body).fields == {"document": "document_pending"}
    post_file(invited, b"no scan")
    office.cloud.settle()
    assert refused(owner.post, path, body).fields == {"document": "document_rejected"}
    look_at = refused(owner.post, f"/archive/documents/{document}/look", {"version": 1})
    assert look_at.code == "file_not_accepted"


def test_what_an_application_accepted_is_kept_once(office, owner):
    number = owner.post("/applications", NEW)["number"]
    uploaded = office.upload(number, "passport")["id"]
    asked = {
        "number": number,
        "document": uploaded,
        "kind": "passport",
        "paper": {"number": "4510 123456", "valid_until": "2030-01-01"},
    }
    first, again = (owner.post("/archive/from-application", asked) for _ in range(2))
    assert first == again
    (version,) = first["versions"]
    assert (version["state"], version["paper"]["number"]) == ("accepted", "4510 123456")
    assert read(owner.post(f"/archive/documents/{first['id']}/look")).status_code == 200
    missing = refused(owner.post, "/archive/from-application", asked | {"document": "nothing"})
    assert missing.code == "no_such_document"


# ---- grants -------------------------------------------------------------------------------------


def test_somebody_trusted_looks_and_the_owner_sees_it(office, owner, friend):
    document = put_in(office, owner)
    grant = trust(owner, friend, document)
    office.cloud.settle()
    assert any("доверили" in text for phone, text in office.cloud.sms if phone == phone_of(friend))
    (granted,) = friend.get("/archive/granted")["granted"]
    assert (granted["owner"], granted["may"]) == ("Образцова Мария", "look")
    assert [d["id"] for d in granted["documents"]] == [document]
    assert read(look(friend, grant, document)).content[:2] == b"%P"
    line = owner.get("/archive/log")["lines"][0]
    assert (line["what"], line["who"], line["phone"]) == (
        "document_looked_at",
        "trusted",
        phone_of(friend),
    )
    assert (line["name"], line["document"]) == ("Образцов Пётр Алексеевич", document)
    office.cloud.advance(minutes=1)
    assert refused(look, friend, grant, document, "download").code == "only_look_granted"


def test_nothing_is_granted_or_looked_at_without_a_code(office, owner, friend):
    document = put_in(office, owner)
    asked = {
        "name": "Образцов Пётр",
        "phone": phone_of(friend),
        "own_name": "Образцова Мария",
        "documents": [document],
        "may": "download",
        "until": "2026-03-31",
    }
    assert owner.post("/archive/grants", asked)["code_sent_to"].startswith("+7")
    assert owner.get("/archive/grants")["grants"] == []
    office.cloud.advance(minutes=1)
    grant = trust(owner, friend, document)
    body = {"document": document}
    assert "code_sent_to" in friend.post(f"/archive/granted/{grant}/look", body)
    assert owner.get("/archive/log")["lines"][0]["what"] == "granted"


def test_revoking_closes_at_once_and_needs_no_code(office, owner, friend):
    document = put_in(office, owner)
    grant = trust(owner, friend, document, may="download")
    answer = read(look(friend, grant, document, "download"))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    (shown,) = owner.delete(f"/archive/grants/{grant}")["grants"]
    assert (shown["state"], shown["name"]) == ("revoked", "Образцов Пётр Алексеевич")
    assert friend.get("/archive/granted")["granted"] == []
    office.cloud.advance(minutes=1)
    assert refused(look, friend, grant, document).code == "unknown_grant"
    assert owner.delete(f"/archive/grants/{grant}")["grants"] == [shown]


def test_a_grant_ends_with_its_day_in_the_owners_region(office, owner, friend):
    document = put_in(office, owner)
    grant = trust(owner, friend, document, until="2026-03-02")
    office.cloud.advance(hours=14, minutes=59)
    look(friend, grant, document)
    office.cloud.advance(minutes=2)
    assert friend.get("/archive/granted")["granted"] == []
    assert refused(look, friend, grant, document).code == "unknown_grant"
    assert owner.get("/archive/grants")["grants"][0]["state"] == "ended"


def test_a_grant_says_what_is_wrong_with_it(office, owner, friend):
    owner.post("/archive/documents", PASSPORT)
    known = {"until": "2027-03-03", "phone": "8 800", "name": "Ivan"}
    error = refused(trust, owner, friend, "0" * 32, **known)
    assert error.fields == {"name": "name_latin_letters", "phone": "phone_format"}
    office.cloud.advance(minutes=1)
    error = refused(trust, owner, owner, "0" * 32, until="2027-03-03")
    told = {"documents": "unknown_archived", "until": "too_late", "phone": "own_phone"}
    assert error.fields == told


# ---- who may ------------------------------------------------------------------------------------


def test_nobody_has_anothers_archive(office, owner, friend):
    """Whatever is somebody else's is as if it did not exist; the office sees no archive at all."""
    document = put_in(office, owner)
    grant = trust(owner, friend, document)
    number = owner.post("/applications", NEW)["number"]
    uploaded = office.upload(number, "passport")["id"]
    before = owner.get("/archive"), owner.get("/archive/log"), owner.get(f"/applications/{number}")
    named = {"document": document, "grant": grant, "number": number, "uploaded": uploaded}
    who = tokens(office)

    def ask(role, method, path, body):
        filled = {
            k: v.format(**named) if isinstance(v, str) else v for k, v in (body or {}).items()
        }
        return office.cloud.request(
            method, path.format(**named), token=who[role], json=filled if body else None
        )

    for method, path, body, status in CLOSED:
        assert ask("stranger", method, path, body).status_code == status, (method, path)
        for role in ("officer", "supervisor", "agency"):
            check_problem(ask(role, method, path, body), 403, "role_needed")
    stranger = Caller(office.cloud, "stranger")
    office.cloud.advance(minutes=1)
    assert refused(look, stranger, grant, document).code == "unknown_grant"
    assert stranger.get("/archive")["documents"] == []
    assert stranger.get("/archive/log")["lines"] == []
    after = owner.get("/archive"), owner.get("/archive/log"), owner.get(f"/applications/{number}")
    assert after == before


# ---- requests that come twice -------------------------------------------------------------------


def test_a_repeated_look_at_ones_own_gives_nothing_that_was_erased_since(office, owner):
    document = put_in(office, owner)
    path = f"/archive/documents/{document}"
    owner.post(f"{path}/look", key="look")
    owner.delete(path)
    assert refused(owner.post, f"{path}/look", key="look").code == "unknown_archived"


def test_a_repeated_look_opens_nothing_that_was_closed_since(office, owner, friend):
    document = put_in(office, owner)
    grant = trust(owner, friend, document)
    path, body = f"/archive/granted/{grant}/look", {"document": document}
    friend.confirmed("POST", path, body, key="look")
    owner.delete(f"/archive/grants/{grant}")
    office.cloud.advance(minutes=1)
    with pytest.raises(Refused, match="unknown_grant"):
        friend.confirmed("POST", path, body, key="look")
