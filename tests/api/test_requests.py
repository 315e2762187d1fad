"""Whatever is sent, the answer is clear, the status is 4xx, and nothing that was kept is lost."""

import base64
import json

import pytest

from adapters.applications import Applications
from local.office import post_file
from local.scans import good_jpeg
from tests.api.people import DOCUMENT, JSON, MISSING, NEW, PROPOSAL, check_problem, state, tokens

KEPT = {"first_name": "Анна", "income": "18000"}


@pytest.fixture
def draft(office):
    """A draft that holds something; after the test it still does."""
    number = office.citizen.post("/applications", NEW | {"form": KEPT})["number"]
    before = state(office, number)
    yield number
    assert state(office, number) == before
    listed = office.citizen.get("/applications")["applications"]
    assert [line["number"] for line in listed] == [number]


@pytest.fixture
def send(office):
    """send(method, path, body as bytes or text, **headers) as the citizen"""

    def sent(method, path, body=None, token=None, **headers):
        return office.cloud.request(
            method,
            path,
            token=token or office.citizen.token(),
            body=body,
            headers={**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}},
        )

    return sent


# ---- bodies -------------------------------------------------------------------------------------

BROKEN = {
    "nothing": (b"", 400, "broken_json"),
    "half an object": (b'{"form":', 400, "broken_json"),
    "a trailing comma": (b'{"form": {},}', 400, "broken_json"),
    "two objects": (b"{}{}", 400, "broken_json"),
    "a list": (b"[]", 400, "object_expected"),
    "null": (b"null", 400, "object_expected"),
    "a text": (b'"form"', 400, "object_expected"),
    "NaN": (b'{"form": {"income": NaN}}', 400, "broken_json"),
    "infinity": (b'{"form": {"income": -Infinity}}', 400, "broken_json"),
    "a number beyond every number": (b'{"form": {"income": 1e400}}', 400, "broken_json"),
    "an endless number": (b'{"form": {"income": %s}}' % (b"9" * 5000), 400, "broken_json"),
    "half a surrogate pair": (rb'{"form": {"first_name": "\ud800"}}', 400, "broken_json"),
    "a surrogate as a name": (rb'{"form": {"\udfff": 1}}', 400, "broken_json"),
    "cp1251": ('{"form": {"first_name": "Анна"}}'.encode("cp1251"), 400, "not_utf8"),
    "UTF-16": ('{"form": {}}'.encode("utf-16"), 400, "not_utf8"),
    "a byte order mark": (b'\xef\xbb\xbf{"form": {}}', 400, "broken_json"),
    "deep lists": (b'{"form": {"family": %s%s}}' % (b"[" * 50_000, b"]" * 50_000), 400, None),
    "deep objects": (b'{"form":' * 20_000 + b"1" + b"}" * 20_000, 400, None),
    "depth within limits": (b'{"form": {"family": %s%s}}' % (b"[" * 300, b"]" * 300), 422, None),
    "a megabyte of text": (b'{"form": {"first_name": "%s"}}' % (b"a" * 2**20), 413, None),
    "257 KiB of spaces": (b'{"form": {}}' + b" " * 257 * 1024, 413, "body_too_large"),
    "no form": (b"{}", 422, "invalid_form"),
    "a form of another type": (b'{"form": []}', 422, "invalid_form"),
    "a field of ours alone": (b'{"form": {}, "stage": "approved"}', 422, "invalid_form"),
    "a version as a text": (b'{"form": {}, "version": "1"}', 422, "invalid_form"),
    "version zero": (b'{"form": {}, "version": 0}', 422, "invalid_form"),
    "an unknown field": (b'{"form": {"secret": 1}}', 422, "invalid_form"),
    "a prototype": (b'{"form": {"__proto__": {"officer": true}}}', 422, "invalid_form"),
    "a stale version": (b'{"form": {"income": "1"}, "version": 7}', 409, "version_conflict"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_body_is_refused(send, draft, case):
    body, status, code = BROKEN[case]
    check_problem(send("PATCH", f"/applications/{draft}", body), status, code)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {}, "service"),
        ("", NEW | {"region": "moscow"}, "region"),
        ("", NEW | {"region": "RU-MOW\n"}, "region"),
        ("", NEW | {"region": "RU-ZZZ"}, "region"),
        ("", NEW | {"service": 5}, "service"),
        ("", NEW | {"service": "x" * 61}, "service"),
        ("", NEW | {"form": {"family": [{"pet": 1}]}, "extra": None}, "extra"),
        ("/documents", {}, "kind"),
        ("/documents", DOCUMENT | {"kind": "no_such"}, "kind"),
        ("/documents", DOCUMENT | {"kind": "Passport"}, "kind"),
        ("/documents", DOCUMENT | {"content_type": "text/html"}, "content_type"),
        ("/documents", DOCUMENT | {"file_name": ""}, "file_name"),
        ("/documents", DOCUMENT | {"file_name": "a" * 256}, "file_name"),
        ("/documents", DOCUMENT | {"key": "uploads/other"}, "key"),
        ("/answer", {"message": ""}, "message"),
        ("/answer", {"message": "a" * 4001}, "message"),
        ("/answer", {"form": None}, "form"),
    ],
)
def test_a_refusal_names_the_field(send, draft, path, body, field):
    where = f"/applications/{draft}{path}" if path else "/applications"
    problem = check_problem(send("POST", where, json.dumps(body)), 422)
    assert field in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/proposal", {}, "outcome"),
        ("/proposal", {"outcome": "maybe"}, "outcome"),
        ("/proposal", {"outcome": "approved", "reasons": "all"}, "reasons"),
        ("/proposal", {"outcome": "refused", "reasons": ["a"] * 11}, "reasons"),
        ("/proposal", {"outcome": "approved", "explanation": 1}, "explanation"),
        ("/confirmation", {"agrees": "yes"}, "agrees"),
        ("/confirmation", {"agrees": 1}, "agrees"),
        ("/question", {"gaps": []}, "gaps"),
        ("/question", {"gaps": [{"code": "why"}]}, "gaps.0.code"),
        ("/question", {"gaps": [{"code": "missing", "field": "x;y"}]}, "gaps.0.field"),
    ],
)
def test_an_officer_is_told_the_field_too(office, send, draft, path, body, field):
    sent = send(
        "POST", f"/applications/{draft}{path}", json.dumps(body), token=office.officer.token()
    )
    problem = check_problem(sent, 422, "invalid_form")
    assert field in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "multipart/form-data", "text/html", "x"]
)
def test_only_json_is_read(send, draft, content_type):
    sent = send("PATCH", f"/applications/{draft}", b'{"form": {}}', Content_Type=content_type)
    check_problem(sent, 415, "unsupported_media_type")


def test_a_character_set_may_be_named(send, draft):
    named = "application/json; charset=utf-8"
    sent = send("PATCH", f"/applications/{draft}", b'{"form": {}}', Content_Type=named)
    assert sent.status_code == 200


def test_a_draft_holds_what_was_typed_however_wrong(office):
    typed = {"snils": "12", "first_name": "Anna 1", "family": "wife", "income": -5, "inn": None}
    number = office.citizen.post("/applications", NEW | {"form": typed})["number"]
    shown = office.show(number)
    assert shown["form"].items() >= {k: v for k, v in typed.items() if v is not None}.items()
    assert {"snils", "first_name", "family", "income"} <= {p["field"] for p in shown["problems"]}


def test_a_draft_grows_by_many_requests_only_as_far_as_it_can_be_kept(office, send):
    number = office.citizen.post("/applications", NEW)["number"]
    path, long = f"/applications/{number}", "a" * 200_000
    for field in ("last_name", "first_name"):
        before = state(office, number)
        sent = send("PATCH", path, json.dumps({"form": {field: long}}))
    check_problem(sent, 413, "body_too_large")
    assert state(office, number) == before


def test_a_short_number_that_is_long_when_written_out(office, send):
    many = b",".join([b"1e15"] * 40_000)
    body = b'{"service": "social-service-need", "region": "RU-MOW", "form": {"family": [%s]}}'
    check_problem(send("POST", "/applications", body % many), 413, "body_too_large")
    assert office.citizen.get("/applications")["applications"] == []


# ---- addresses ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        MISSING,
        "123-456-7891",
        "1234567890",
        "123-456-789",
        "%D9%A1%D9%A2%D9%A3-456-7890",
        "..%2F..%2Fetc%2Fpasswd",
        "%00",
        "APP%23123-456-7890",
        "'%20OR%201=1",
        "%7B%22S%22:1%7D",
        "a" * 2000,
    ],
)
def test_a_number_that_nobody_has(office, send, draft, number):
    officer = office.officer.token()
    for method, path, token in (
        ("GET", "", None),
        ("GET", "/history", None),
        ("POST", "/submission", None),
        ("POST", "/claim", officer),
        ("GET", "/assessment", officer),
    ):
        answer = send(method, f"/applications/{number}{path}", token=token)
        check_problem(answer, 404, "unknown_number")
    check_problem(send("GET", f"/executions/{number}", token=officer), 404, "unknown_execution")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("GET", "/no-such"),
        ("DELETE", "/applications"),
        ("PUT", f"/applications/{MISSING}"),
        ("GET", f"/applications/{MISSING}/submission"),
        ("POST", f"/applications/{MISSING}/history"),
        ("POST", f"/applications/{MISSING}/submission/again"),
        ("GET", "/applications//history"),
        ("GET", "/services/../applications"),
        ("TRACE", "/services"),
        ("OPTIONS", "/applications"),
    ],
)
def test_an_address_or_method_that_is_not_there(send, method, path):
    check_problem(send(method, path), 404, "not_found")


@pytest.mark.parametrize("path", ["/services/no-such", "/services/%00/schema", "/services/a%2Fb"])
def test_a_service_that_is_not_there(cloud, path):
    check_problem(cloud.request("GET", path), 404, "unknown_service")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/applications?page=2", "unknown_parameter"),
        ("/applications?cursor=!!", "bad_cursor"),
        ("/applications?cursor=%D1%8F", "bad_cursor"),
        ("/applications?cursor=bnVsbA==", "bad_cursor"),
        ("/queue?cursor=abc&region=RU-MOW", "bad_cursor"),
        ("/queue?stage=done", "bad_parameter"),
        ("/queue?stage=", "bad_parameter"),
        ("/queue?region=RU-MOW&limit=1", "unknown_parameter"),
        ("/executions?status=running", "bad_parameter"),
        ("/executions?%3Cscript%3E=1", "unknown_parameter"),
    ],
)
def test_a_parameter_is_refused(office, path, code):
    token = office.officer.token()
    check_problem(office.cloud.request("GET", path, token=token), 400, code)


def _cursor(**key):
    written = json.dumps({name: {"S": value} for name, value in key.items()})
    return base64.urlsafe_b64encode(written.encode()).decode()


@pytest.mark.parametrize(
    "path",
    [
        f"/applications?cursor={_cursor()}",
        f"/applications?cursor={_cursor(pk='APP#1')}",
        f"/applications?cursor={_cursor(pk=1, sk='META', applicant='officer', drafted_at='2026')}",
        f"/applications?cursor={_cursor(pk='A', sk='M', applicant='citizen', drafted_at='2026')}",
        f"/queue?cursor={_cursor(pk='A', sk='META', applicant='officer', drafted_at='2026')}",
        "/executions?cursor=abc",
    ],
)
def test_a_cursor_that_we_never_gave(office, path):
    check_problem(
        office.cloud.request("GET", path, token=office.officer.token()), 400, "bad_cursor"
    )


def test_a_list_is_read_page_by_page(office):
    begun = [office.citizen.post("/applications", NEW)["number"] for _ in range(30)]
    first = office.citizen.get("/applications")
    second = office.citizen.get(f"/applications?cursor={first['cursor']}")
    read = [line["number"] for page in (first, second) for line in page["applications"]]
    assert (len(first["applications"]), second["cursor"]) == (25, None)
    assert sorted(read) == sorted(begun)


def test_a_region_that_is_not_there(office):
    answer = office.cloud.request("GET", "/queue?region=RU-ZZZ", token=office.officer.token())
    problem = check_problem(answer, 422, "unknown_region")
    assert problem["errors"][0]["field"] == "region"


def test_an_officer_without_a_region_must_name_one(office):
    token = office.cloud.sign_in("newcomer", ["officers"])
    check_problem(office.cloud.request("GET", "/queue", token=token), 400, "bad_parameter")


# ---- documents ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "C:\\Windows\\win.ini",
        "<script>alert(1)</script>.jpg",
        "=cmd|'/C calc'!A0.jpg",
        "скан\u202egpj.exe",
        "a\r\nSet-Cookie: x=1.jpg",
        "\x00.jpg",
        "я" * 255,
        "💥.jpg",
    ],
)
def test_a_file_name_is_only_a_name(office, name):
    """It is shown as it was given, and names nothing of ours."""
    number = office.citizen.post("/applications", NEW)["number"]
    invited = office.citizen.post(
        f"/applications/{number}/documents", DOCUMENT | {"file_name": name}
    )
    assert invited["fields"]["key"] == f"uploads/{number}/{invited['document']['id']}"
    post_file(invited, good_jpeg())
    office.cloud.advance(seconds=5)
    shown = office.document(number, invited["document"]["id"])
    assert (shown["file_name"], shown["state"]) == (name, "accepted")


# ---- languages and shapes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "ru"),
        ("ru", "ru"),
        ("en", "en"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("de, ru;q=0.5, en;q=0.4", "ru"),
        ("de", "ru"),
        ("en;q=0", "ru"),
        ("en;q=x", "ru"),
        ("*", "ru"),
        (";;;q=,,", "ru"),
    ],
)
def test_the_answer_comes_in_the_language_that_was_asked_for(office, send, accepted, language):
    headers = {"Accept_Language": accepted} if accepted else {}
    refused = send("GET", f"/applications/{MISSING}", **headers)
    title = check_problem(refused, 404)["title"]
    assert title.startswith({"ru": "Заявления", "en": "You have"}[language])
    assert refused.headers["Content-Language"] == language


def test_fields_are_explained_in_english_too(send):
    sent = send("POST", "/applications", json.dumps({}), Accept_Language="en")
    problem = check_problem(sent, 422)
    assert {error["message"] for error in problem["errors"]} == {"This field is required."}


def test_nothing_is_kept_in_caches(office, send):
    for answer in (
        send("GET", "/applications"),
        send("GET", f"/applications/{MISSING}"),
        send("PATCH", f"/applications/{MISSING}", b"{}", Content_Type="text/plain"),
    ):
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_failure_of_ours_is_a_problem_too_and_tells_nothing(office, send, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr(Applications, "listed", broken)
    problem = check_problem(send("GET", "/applications"), 500, "error")
    assert "secret" not in json.dumps(problem)


def test_the_right_to_act_is_checked_before_what_is_sent(office, send, draft):
    """A citizen learns nothing about the office's forms by trying."""
    for body in (b"", b"[", json.dumps(PROPOSAL)):
        sent = send("POST", f"/applications/{draft}/proposal", body)
        check_problem(sent, 403, "role_needed")
    assert tokens(office)
