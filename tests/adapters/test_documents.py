"""Documents in S3: who may upload what and where, how much is read, and what is kept."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.documents import (
    UPLOAD_AT_MOST,
    UPLOAD_SECONDS,
    Documents,
    Upload,
    upload_of,
    vault_key,
)

NUMBER = "123-456-7897"


@pytest.fixture
def places(bucket) -> tuple[str, str]:
    return bucket(), bucket()


@pytest.fixture
def documents(s3, places) -> Documents:
    return Documents(s3, *places)


def conditions(invited: dict[str, Any]) -> list[Any]:
    return json.loads(base64.b64decode(invited["fields"]["policy"]))["conditions"]


def test_an_invitation_is_for_one_key_one_type_and_five_megabytes(documents, places):
    invited = documents.invitation(NUMBER, "d-1", "image/jpeg")
    key = f"uploads/{NUMBER}/d-1"
    assert invited["url"].rstrip("/").endswith(places[0]) or places[0] in invited["url"]
    assert (invited["fields"]["key"], invited["fields"]["Content-Type"]) == (key, "image/jpeg")
    agreed = conditions(invited)
    assert ["content-length-range", 1, 5 * 1024 * 1024] in agreed
    assert {"Content-Type": "image/jpeg"} in agreed
    assert {"key": key} in agreed
    assert {"bucket": places[0]} in agreed
    loose = [c for c in agreed if isinstance(c, list) and c[0] != "content-length-range"]
    assert loose == [], "starts-with would let people write beside their own key"


def test_a_form_without_scripts_comes_back_to_the_page_that_was_named(documents):
    page = "https://office.example/cabinet/documents"
    invited = documents.invitation(NUMBER, "d-1", "image/jpeg", page)
    assert invited["fields"]["success_action_redirect"] == page
    assert {"success_action_redirect": page} in conditions(invited)


def test_an_invitation_ends_after_a_quarter_of_an_hour(documents):
    invited = documents.invitation(NUMBER, "d-1", "image/jpeg")
    policy = json.loads(base64.b64decode(invited["fields"]["policy"]))
    left = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert UPLOAD_SECONDS == 900
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


def test_what_was_uploaded_is_read(documents, s3, places):
    etag = s3.put_object(Bucket=places[0], Key="uploads/1/d", Body=b"scan")["ETag"]
    assert documents.read("uploads/1/d") == (b"scan", etag.strip('"'))


@pytest.mark.parametrize("more", [0, 1, 1000])
def test_no_more_is_read_than_tells_that_it_is_too_much(documents, s3, places, more):
    s3.put_object(Bucket=places[0], Key="uploads/1/d", Body=b"x" * (UPLOAD_AT_MOST + more))
    assert len(documents.read("uploads/1/d").data) == UPLOAD_AT_MOST + min(more, 1)


def test_an_upload_that_is_gone_is_nothing(documents):
    assert documents.read("uploads/1/gone") is None


def listed(s3, bucket: str) -> list[str]:
    return [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_what_is_set_aside_is_released_and_twice_is_once(documents, s3, places):
    upload = Upload(NUMBER, "d-1")
    for _ in range(2):
        sha256 = documents.set_aside(upload, b"scan", "image/jpeg")
    assert sha256 == hashlib.sha256(b"scan").hexdigest()
    assert listed(s3, places[1]) == []
    for _ in range(2):
        documents.release(upload, sha256)
    key = vault_key(upload, sha256)
    assert listed(s3, places[1]) == [key]
    kept = s3.get_object(Bucket=places[1], Key=key)
    assert (kept["Body"].read(), kept["ContentType"]) == (b"scan", "image/jpeg")


def test_what_was_never_set_aside_is_not_released(documents, s3):
    with pytest.raises(s3.exceptions.ClientError):
        documents.release(Upload(NUMBER, "d-1"), "0" * 64)


def test_an_upload_is_sent_again_as_it_was(documents, s3, places):
    upload = Upload(NUMBER, "d-1")
    s3.put_object(Bucket=places[0], Key=upload.key, Body=b"scan", Tagging="verdict=old")
    assert documents.send_again(upload)
    assert documents.read(upload.key).data == b"scan"
    assert s3.get_object_tagging(Bucket=places[0], Key=upload.key)["TagSet"] == []
    assert not documents.send_again(Upload(NUMBER, "gone"))


def test_nothing_is_left_of_what_is_discarded(documents, s3, places):
    upload = Upload(NUMBER, "d-1")
    s3.put_object(Bucket=places[0], Key=upload.key, Body=b"bad")
    sha256 = documents.set_aside(upload, b"cleaned", "image/jpeg")
    documents.release(upload, sha256)
    for _ in range(2):
        documents.discard(upload, sha256)
    assert listed(s3, places[0]) == listed(s3, places[1]) == []


def test_another_content_or_another_document_has_another_place():
    places = {
        vault_key(Upload(number, document), hashlib.sha256(data).hexdigest())
        for number in ("1", "2")
        for document in ("a", "b")
        for data in (b"x", b"y")
    }
    assert len(places) == 8


def test_files_that_begin_with_the_same_digest_do_not_share_a_place():
    """Who sends both can make two digests agree for as long as half the work allows."""
    begun = "a" * 48
    one, other = (vault_key(Upload(NUMBER, "d-1"), begun + end * 16) for end in "bc")
    assert one != other


def test_a_key_tells_whose_upload_it_is():
    assert upload_of(f"uploads/{NUMBER}/d-1") == Upload(NUMBER, "d-1")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "uploads/",
        "uploads//",
        "uploads/1",
        "uploads/1/",
        "uploads//d",
        "uploads/1/d/e",
        "uploads/1/d/",
        "/uploads/1/d",
        "Uploads/1/d",
        "other/1/d",
        "1/d",
        "uploads/../1/d",
        "xuploads/1/d",
    ],
)
def test_a_key_of_another_shape_is_nobodys(key):
    assert upload_of(key) is None
