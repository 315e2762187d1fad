"""Documents in S3: who may upload what and where, how much is read, and what is kept."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.documents import UPLOAD_AT_MOST, UPLOAD_SECONDS, Documents, Upload, upload_of

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


def test_an_invitation_ends_after_a_quarter_of_an_hour(documents):
    invited = documents.invitation(NUMBER, "d-1", "image/jpeg")
    policy = json.loads(base64.b64decode(invited["fields"]["policy"]))
    left = datetime.fromisoformat(policy["expiration"]) - datetime.now(UTC)
    assert UPLOAD_SECONDS == 900
    assert timedelta(minutes=14) < left <= timedelta(minutes=15)


def test_what_was_uploaded_is_read(documents, s3, places):
    s3.put_object(Bucket=places[0], Key="uploads/1/d", Body=b"scan")
    assert documents.read("uploads/1/d") == b"scan"


@pytest.mark.parametrize("more", [0, 1, 1000])
def test_no_more_is_read_than_tells_that_it_is_too_much(documents, s3, places, more):
    s3.put_object(Bucket=places[0], Key="uploads/1/d", Body=b"x" * (UPLOAD_AT_MOST + more))
    assert len(documents.read("uploads/1/d")) == UPLOAD_AT_MOST + min(more, 1)


def test_an_upload_that_is_gone_is_nothing(documents):
    assert documents.read("uploads/1/gone") is None


def test_a_document_kept_twice_is_kept_once(documents, s3, places):
    upload = Upload(NUMBER, "d-1")
    keys = {documents.keep(upload, b"scan", "image/jpeg") for _ in range(2)}
    (key,) = keys
    listed = s3.list_objects_v2(Bucket=places[1])["Contents"]
    assert [found["Key"] for found in listed] == [key]
    kept = s3.get_object(Bucket=places[1], Key=key)
    assert (kept["Body"].read(), kept["ContentType"]) == (b"scan", "image/jpeg")


def test_another_content_or_another_document_has_another_place(documents):
    places = {
        documents.keep(Upload(number, document), data, "image/png")
        for number in ("1", "2")
        for document in ("a", "b")
        for data in (b"x", b"y")
    }
    assert len(places) == 8


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
