"""An operation that is confirmed by a code: asked for, sent, carried out, and never told on."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from pydantic import BaseModel

from adapters import definitions
from local.aws import REGION
from local.office import Office
from local.users import verified_phone
from tests.api.people import check_problem

KEY = "a-key"


class Wish(BaseModel):
    wish: str


class _Operation:
    """An operation on its own, called as API Gateway calls: what it did is in `done`."""

    def __init__(self, office: Office) -> None:
        # These read the environment: only after the deployment.
        from chalice import Chalice  # noqa: PLC0415

        from functions.intake.acting import acting  # noqa: PLC0415
        from functions.intake.http import Api  # noqa: PLC0415
        from functions.intake.wiring import logger, one_time_codes  # noqa: PLC0415

        self.done: list[Any] = []
        self._cloud = office.cloud
        self._app = Chalice(app_name="alone")
        self.api = Api(self._app, logger, one_time_codes, acting, lambda *_: False)
        named = next(name for name in definitions.texts("one_time_codes") if name != "sms")

        def view(request, **_):
            self.done.append((request.person.id, request.body.wish))
            return request.body

        view.__name__ = named
        how = {"body": Wish, "query": {"x": "anything"}, "confirmed_by_code": True}
        self.api.operation("POST", "/wishes", "Wish", Wish, **how)(view)

    def ask(self, wish: Any = "peace", code: str | None = None, **known: Any) -> Any:
        headers = {"content-type": "application/json"}
        headers |= {"One-Time-Code": code} if code is not None else {}
        headers |= {"Idempotency-Key": known["key"]} if "key" in known else {}
        request = {"httpMethod": "POST", "resourcePath": "/wishes", "path": "/wishes"}
        claims = {"cognito:username": known.get("who", "citizen"), "auth_time": "0"} | _phone(known)
        query = known.get("query")
        event = {
            **{"resource": "/wishes", "path": "/wishes", "httpMethod": "POST"},
            "requestContext": request | {"authorizer": {"claims": claims}, "identity": {}},
            **{"headers": headers, "multiValueHeaders": {n: [v] for n, v in headers.items()}},
            "queryStringParameters": query,
            "multiValueQueryStringParameters": {n: [v] for n, v in query.items()}
            if query
            else None,
            **{"pathParameters": None, "stageVariables": None, "isBase64Encoded": False},
            "body": json.dumps({"wish": wish}),
        }
        return _Answer(self._app(event, None))

    @property
    def code(self) -> str:
        return re.search(r"\b[0-9]{6}\b", self._cloud.sms[-1][1])[0]


def _phone(known: dict[str, Any]) -> dict[str, str]:
    return known.get("claims", verified_phone(known.get("who", "citizen")))


class _Answer:
    """As werkzeug's, for check_problem."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.status_code = answer["statusCode"]
        self.mimetype = answer["multiValueHeaders"].get("Content-Type", [""])[0]
        self.mimetype = self.mimetype or answer["headers"]["Content-Type"]
        self.json = json.loads(answer["body"])

    def get_data(self, as_text: bool) -> str:
        assert as_text
        return json.dumps(self.json)


@pytest.fixture
def operation(office: Office) -> _Operation:
    return _Operation(office)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_without_a_code_nothing_is_done_and_one_is_sent(operation, cloud):
    answer = operation.ask()
    assert answer.status_code == 202
    assert answer.json.keys() == {"code_sent_to", "valid_until", "another_from"}
    phone = verified_phone("citizen")["phone_number"]
    assert answer.json["code_sent_to"] == f"+7***{phone[-2:]}"
    ((sent_to, text),) = cloud.sms
    assert sent_to == phone
    assert "Никому" in text
    assert operation.done == []


def test_with_the_code_it_is_done_once(operation):
    operation.ask()
    answer = operation.ask(code=operation.code)
    assert (answer.status_code, answer.json) == (200, {"wish": "peace"})
    check_problem(operation.ask(code=operation.code), 403, "code_not_good")
    assert operation.done == [("citizen", "peace")]


@pytest.mark.parametrize(
    "other", [{"wish": "war"}, {"query": {"x": "1"}}, {"who": "stranger"}], ids=str
)
def test_a_code_is_for_one_person_and_one_request(operation, other):
    operation.ask()
    check_problem(operation.ask(code=operation.code, **other), 403, "code_not_good")
    assert operation.done == []


def test_a_wrong_code_says_how_many_attempts_are_left(operation):
    operation.ask()
    for left in (4, 3, 2, 1):
        problem = check_problem(operation.ask(code=wrong(operation.code)), 403, "code_wrong")
        assert str(left) in problem["title"]
    check_problem(operation.ask(code=wrong(operation.code)), 403, "code_used_up")
    check_problem(operation.ask(code=operation.code), 403, "code_not_good")
    check_problem(operation.ask(code="12 34 56"), 400, "code_malformed")
    assert operation.done == []


def test_time_runs_out(operation, cloud):
    operation.ask()
    cloud.advance(minutes=10)
    check_problem(operation.ask(code=operation.code), 403, "code_not_good")
    operation.ask()
    assert operation.ask(code=operation.code).status_code == 200


def test_too_many_are_refused_until_an_hour_is_over(operation, cloud):
    for n in range(10):
        assert operation.ask(f"wish {n}").status_code == 202
    check_problem(operation.ask("one more"), 429, "too_many_codes")
    cloud.advance(hours=1)
    assert operation.ask("one more").status_code == 202


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"phone_number": "+79161234567"},
        {"phone_number": "+79161234567", "phone_number_verified": "false"},
        {"phone_number_verified": "true"},
    ],
)
def test_a_phone_that_is_not_verified_gets_no_code(operation, cloud, claims):
    check_problem(operation.ask(claims=claims), 403, "phone_not_verified")
    assert cloud.sms == []


def test_what_is_wrong_anyway_costs_no_sms(operation, cloud):
    check_problem(operation.ask(wish=5), 422, "invalid_form")
    check_problem(operation.ask(query={"y": "1"}), 400, "unknown_parameter")
    assert cloud.sms == []


def test_a_repeated_request_with_a_key_is_let_through_with_its_code(operation):
    """Its answer was lost; that it is carried out once is then the key's business."""
    operation.ask(key=KEY)
    assert operation.ask(key=KEY, code=operation.code).status_code == 200
    assert operation.ask(key=KEY, code=operation.code).status_code == 200
    check_problem(operation.ask(code=operation.code), 403, "code_not_good")


def test_neither_code_nor_phone_is_kept_or_logged(operation, cloud, caplog):
    for logger in (None, "intake"):  # the second may have a level of its own
        caplog.set_level(logging.DEBUG, logger)
    operation.ask()
    code, phone = operation.code, verified_phone("citizen")["phone_number"]
    operation.ask(code=wrong(code))
    operation.ask(code=code)
    table = boto3.client("dynamodb", REGION)
    kept = str(table.scan(TableName=cloud.outputs["Applications"])["Items"])
    ours = [r for r in caplog.records if not r.name.startswith(("botocore", "urllib3", "boto"))]
    heard = " ".join(f"{record.getMessage()} {_extras(record)}" for record in ours)
    assert "code_wrong" in heard
    assert "CODE#" in kept
    assert not re.search(rf"\b{code}\b", kept + heard)
    assert phone.removeprefix("+") not in kept + heard


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    """Not its clock and line numbers, whose digits could be anybody's code."""
    plain = logging.makeLogRecord({}).__dict__
    return {name: value for name, value in record.__dict__.items() if name not in plain}


def test_the_document_tells_of_the_header_and_of_202(operation):
    from functions.intake import openapi  # noqa: PLC0415

    described = openapi._operation(
        operation.api.operations[0], dict.fromkeys([Wish, *_models()], "#")
    )
    assert "202" in described["responses"]
    (header,) = [p for p in described["parameters"] if p["name"] == "One-Time-Code"]
    assert (header["in"], header.get("required", False)) == ("header", False)


def _models() -> list[type[BaseModel]]:
    from functions.intake.http import CodeSent  # noqa: PLC0415

    return [CodeSent]


def test_every_operation_that_asks_for_a_code_is_named_in_its_sms(cloud: Callable):
    from functions.intake.access import api  # noqa: PLC0415

    told = definitions.texts("one_time_codes")
    asking = {operation.name for operation in api.operations if operation.confirmed_by_code}
    assert asking == told.keys() - {"sms"}
    for named in asking:
        for language in ("ru", "en"):
            text = told["sms"][language].format(code="0" * 6, operation=told[named][language])
            assert len(text) <= 134, "two parts of an SMS in Cyrillic hold 134 signs"


def test_a_token_tells_the_phone_and_the_front_door_hands_it_on(office):
    import jwt  # noqa: PLC0415

    told = jwt.decode(office.citizen.token(), options={"verify_signature": False})
    assert told.items() >= verified_phone("citizen").items()
