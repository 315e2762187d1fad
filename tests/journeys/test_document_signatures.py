"""Signed documents on their way: into an application, into the archive, with a signature beside."""

import base64
import hashlib
import json

import pytest

from adapters.document_signatures import gost
from local.office import Refused, post_file
from tests import files, signing
from tests.api.people import NEW
from tests.signing import signed_beside, signed_pdf, signer

PDF = "application/pdf"
LETTER = files.born_digital_pdf()


@pytest.fixture
def keep(office):
    """keep(data): a certificate in the citizen's archive; gives the document."""

    def keep(data, content_type=PDF, **known):
        new = {
            "kind": "income_certificate",
            "file_name": "справка.pdf",
            "content_type": content_type,
            "region": "RU-MOW",
        }
        invited = office.citizen.post("/archive/documents", new | known)
        post_file(invited, data)
        office.cloud.advance(seconds=5)
        shown = office.citizen.get(f"/archive/documents/{invited['document']['id']}")
        assert shown["versions"][0]["state"] == "accepted", shown
        return shown

    return keep


def codes(statements):
    return {statement["code"] for statement in statements}


def test_a_signed_pdf_in_an_application_is_checked_and_the_chain_names_nobody(office):
    number = office.citizen.post("/applications", NEW)["number"]
    document = office.upload(
        number,
        "income_certificate",
        signed_pdf(signer(), LETTER),
        file_name="it.pdf",
        content_type=PDF,
    )
    assert document["state"] == "accepted"
    shown = document["signatures"]
    assert shown["verdict"] == "signed_intact"
    (found,) = shown["signatures"]
    assert found["signer"] == {"common_name": "Образцова Мария Ивановна"}
    assert codes(found["proven"]) == {"intact", "covers_all"}
    assert codes(found["not_proven"]) >= {"legal_force", "revocation", "chain_not_checked"}
    events = office.citizen.get(f"/applications/{number}/history")["events"]
    (checked,) = [event for event in events if event["kind"] == "signature_checked"]
    assert checked["data"]["verdict"] == "signed_intact"
    assert "Образцова" not in json.dumps(events, ensure_ascii=False)


def test_a_pdf_that_was_altered_after_signing_is_kept_and_shown_as_altered(office):
    number = office.citizen.post("/applications", NEW)["number"]
    data = signed_pdf(signer(), LETTER)
    place = data.index(b"/MediaBox")
    altered = data[:place] + data[place:].replace(b"842", b"841", 1)
    document = office.upload(
        number, "income_certificate", altered, file_name="it.pdf", content_type=PDF
    )
    assert document["signatures"]["verdict"] == "altered"
    assert document["signatures"]["title"].startswith("Файл изменили")


def test_what_nobody_signed_has_no_report_and_no_event(office):
    number = office.citizen.post("/applications", NEW)["number"]
    document = office.upload(
        number, "income_certificate", LETTER, file_name="it.pdf", content_type=PDF
    )
    assert document["signatures"] is None
    events = office.citizen.get(f"/applications/{number}/history")["events"]
    assert "signature_checked" not in {event["kind"] for event in events}


def test_the_same_news_again_change_nothing(office):
    number = office.citizen.post("/applications", NEW)["number"]
    data = signed_pdf(signer(), LETTER)
    office.upload(number, "income_certificate", data, file_name="it.pdf", content_type=PDF)
    before = office.show(number)["version"]
    assert office.cloud.repeat_events() == []
    assert office.show(number)["version"] == before


# ---- in the archive, with a signature beside ----------------------------------------------------


def attach(office, document, beside, data=LETTER, **instead):
    body = {
        "signature": base64.b64encode(beside).decode(),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    path = f"/archive/documents/{document['id']}/signature"
    office.citizen.post(path, body | instead)
    office.cloud.settle()
    shown = office.citizen.get(f"/archive/documents/{document['id']}")
    return shown["versions"][0]["signatures"]


def test_a_signature_beside_a_document_of_the_archive(office, keep):
    document = keep(LETTER)
    assert document["versions"][0]["signatures"] is None
    shown = attach(office, document, signed_beside(signer(), LETTER))
    assert shown["verdict"] == "signed_intact"
    (found,) = shown["signatures"]
    assert (found["kind"], found["intact"]) == ("cms", True)


def test_another_signature_takes_the_place_of_the_first(office, keep):
    document = keep(LETTER)
    assert attach(office, document, signed_beside(signer(), b"other"))["verdict"] == "altered"
    shown = attach(office, document, signed_beside(signer(), LETTER))
    assert shown["verdict"] == "signed_intact"


def test_what_is_no_signature_is_said_to_be_unreadable(office, keep):
    shown = attach(office, keep(LETTER), b"nothing")
    assert shown["verdict"] == "not_proven"
    assert "not_readable" in codes(shown["signatures"][0]["not_proven"])


def test_a_signature_of_another_file_is_refused_at_once(office, keep):
    document = keep(LETTER)
    for wrong, code in (
        ({"sha256": "0" * 64}, {"sha256": "signature_of_another_file"}),
        ({"signature": "no base64!"}, {"signature": "not_base64"}),
    ):
        with pytest.raises(Refused) as refused:
            attach(office, document, b"x", **wrong)
        assert refused.value.fields == code


@pytest.mark.skipif(not gost.is_here(), reason="openssl has no gost engine here")
def test_a_gost_signature_beside_a_document(office, keep):
    # openssl takes today's date, and the office lives in March.
    shown = attach(office, keep(LETTER), signing.gost_signer().sign(LETTER))
    (found,) = shown["signatures"]
    assert (found["algorithm"], found["intact"]) == ("gost2012", True)
