"""What people left in S3 goes in every version, and nobody else's with it."""

from typing import Any

import pytest

from adapters.traces import Traces
from casework.errors import Unavailable
from casework.retention import Part

NUMBER, OTHER = "123-456-7897", "123-456-7890"


@pytest.fixture
def places(bucket) -> tuple[str, str, str]:
    """The quarantine, the vault, the letters."""
    return bucket(), bucket(versions=True), bucket(versions=True)


@pytest.fixture
def traces(s3, places) -> Traces:
    return Traces(s3, *places)


@pytest.fixture
def left(s3, places) -> Any:
    """left(place): every version and mark in a bucket, as keys."""

    def keys(place: int) -> list[str]:
        listed = s3.list_object_versions(Bucket=places[place])
        found = (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ()))
        return sorted(version["Key"] for version in found)

    return keys


@pytest.fixture
def put(s3, places) -> Any:
    def put_all(place: int, *keys: str) -> None:
        for key in keys:
            s3.put_object(Bucket=places[place], Key=key, Body=b"!")

    return put_all


def test_every_version_and_every_mark_goes(s3, places, traces, left, put):
    key = f"{NUMBER}/d-0123"
    put(1, key, key)
    s3.delete_object(Bucket=places[1], Key=key)
    assert len(left(1)) == 3
    traces.erase(NUMBER, frozenset(Part))
    assert left(1) == []
    traces.erase(NUMBER, frozenset(Part))


def test_all_places_are_looked_into_and_others_are_left_alone(traces, left, put):
    put(0, f"uploads/{NUMBER}/d", f"inspected/{NUMBER}/d-01", f"uploads/{OTHER}/d")
    put(1, f"{NUMBER}/d-01", f"papers/{NUMBER}/1.pdf", f"{OTHER}/d-01", f"papers/{OTHER}/1.pdf")
    put(2, f"to-print/{NUMBER}.000003.x.json", f"to-print/{OTHER}.000003.x.json")
    traces.erase(NUMBER, frozenset(Part))
    assert left(0) == [f"uploads/{OTHER}/d"]
    assert left(1) == [f"{OTHER}/d-01", f"papers/{OTHER}/1.pdf"]
    assert left(2) == [f"to-print/{OTHER}.000003.x.json"]


def test_what_is_kept_stays(traces, left, put):
    put(1, f"{NUMBER}/d-01", f"{NUMBER}/e-02", f"papers/{NUMBER}/1.pdf")
    traces.erase(NUMBER, {Part.DOCUMENTS}, spared={f"{NUMBER}/e-02"})
    assert left(1) == [f"{NUMBER}/e-02", f"papers/{NUMBER}/1.pdf"]
    traces.erase(NUMBER, {Part.FORM, Part.WORDS})
    assert len(left(1)) == 2


def test_one_document_goes_alone(traces, left, put):
    put(0, f"uploads/{NUMBER}/d", f"uploads/{NUMBER}/d2", f"inspected/{NUMBER}/d-01")
    put(1, f"{NUMBER}/d-01", f"{NUMBER}/d2-01")
    traces.erase_document(NUMBER, "d")
    assert left(0) == [f"uploads/{NUMBER}/d2"]
    assert left(1) == [f"{NUMBER}/d2-01"]


def test_many_documents_go_in_a_few_calls_and_the_others_stay(s3, traces, left, put):
    number, many = "archive.somebody", [f"{place:032x}.{place % 3 + 1}" for place in range(5)]
    other = f"{0:032x}.2"  # of the same document, put in since
    for file in (*many, other):
        put(0, f"uploads/{number}/{file}", f"inspected/{number}/{file}-01")
        put(1, f"{number}/{file}-01", f"{number}/{file}-01")
    asked: list[str] = []
    s3.meta.events.register("before-call.s3", lambda model, **_: asked.append(model.name))
    traces.erase_documents(number, many)
    assert asked == ["ListObjectVersions", "DeleteObjects"] * 3
    assert left(0) == [f"inspected/{number}/{other}-01", f"uploads/{number}/{other}"]
    assert left(1) == [f"{number}/{other}-01"] * 2


def test_kept_keys_go_by_name_not_by_beginning(traces, left, put):
    put(1, f"{OTHER}/d-01", f"{OTHER}/d-012")
    traces.erase_kept({f"{OTHER}/d-01"})
    assert left(1) == [f"{OTHER}/d-012"]


def test_more_than_one_call_takes(s3, traces, left, put, monkeypatch):
    monkeypatch.setattr("adapters.traces.AT_ONCE", 2)
    put(1, *(f"{NUMBER}/d{place}-01" for place in range(5)))
    traces.erase(NUMBER, {Part.DOCUMENTS})
    assert left(1) == []


def test_what_s3_did_not_do_is_an_error(places):
    class Refusing:
        """S3 that answers 200 and names what it did not delete."""

        def get_paginator(self, _: str) -> "Refusing":
            return self

        def paginate(self, **_: str) -> list[dict[str, Any]]:
            return [{"Versions": [{"Key": f"{NUMBER}/d-01", "VersionId": "1"}]}]

        def delete_objects(self, **_: Any) -> dict[str, Any]:
            return {"Errors": [{"Key": f"{NUMBER}/d-01", "Code": "InternalError"}]}

    with pytest.raises(Unavailable):
        Traces(Refusing(), *places).erase(NUMBER, {Part.DOCUMENTS})
