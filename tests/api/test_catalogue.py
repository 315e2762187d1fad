"""What people read before they apply: the catalogue, and each service in words."""

import pytest

from adapters import definitions


@pytest.fixture
def get(shared_office):
    """get(path): the answer to somebody who has not signed in"""
    return lambda path: shared_office.cloud.request("GET", path)


def found(get, asked):
    return [service["code"] for service in get(f"/services?q={asked}").json["services"]]


def test_without_words_every_service_is_listed_by_title(get):
    listed = get("/services").json["services"]
    assert [s["id"] for s in listed] == list(definitions.services())
    assert [s["title"] for s in listed] == sorted(s["title"] for s in listed)


@pytest.mark.parametrize("asked", ["ПОЛИКЛИНИКА", "поликлиники", "поликлинике"])
def test_a_service_is_found_by_a_word_in_any_form(get, asked):
    assert "V10" in found(get, asked)
    assert "V8" not in found(get, asked)


def test_yo_may_be_typed_as_ye(get):
    assert found(get, "ребенок") == found(get, "ребёнок") != []


def test_what_nobody_offers_finds_nothing(get):
    assert found(get, "вертолёт") == []


@pytest.mark.parametrize("service", definitions.service_ids())
def test_a_service_tells_in_words_all_there_is_to_know_before_applying(get, service):
    answer = get(f"/services/{service}")
    assert answer.status_code == 200
    told = answer.json
    assert told["who"]
    assert told["appeal"]
    assert told["outcome"]["next"]
    assert all(document["needed"] for document in told["documents"])
    assert all("считая" in term["text"] and term["source"] for term in told["terms"])
    assert [f["name"] for f in told["fields"]] == [
        f.name for f in definitions.service(service).fields
    ]


def test_a_document_says_for_whom_and_a_field_when_it_is_asked(get):
    told = get("/services/social-service-need").json
    (proof,) = [d for d in told["documents"] if d["kind"] == "residence_proof"]
    assert proof["needed"] == "если «Вы живёте по адресу регистрации?» — нет"
    assert proof["shows"] == ["адрес", "кто живёт по этому адресу"]
    (address,) = [f for f in told["fields"] if f["name"] == "residence_address"]
    assert address["asked"] == "если «Вы живёте по адресу регистрации?» — нет"


def test_a_fee_tells_who_pays_it(get):
    with_fee = [s for s in definitions.services().values() if s.fee]
    assert with_fee, "the certificate costs a state fee for some types"
    for service in with_fee:
        fee = get(f"/services/{service.id}").json["fee"]
        assert fee["title"]
        assert fee["needed"]
        assert fee["source"]
        assert fee["amounts"]


def test_the_forms_of_all_services_are_in_the_description_of_the_api(get):
    schemas = get("/openapi.json").json["components"]["schemas"]
    by_service = schemas["NewApplication"]["properties"]["form"]["x-schema-by-service"]
    assert set(by_service) == set(definitions.service_ids())
    for service, reference in by_service.items():
        schema = schemas[reference.rpartition("/")[2]]
        assert set(schema["properties"]) == {
            field.name for field in definitions.service(service).fields
        }
