import base64
import json
from datetime import timedelta

import joserfc.jwt
import jwt
import pytest

from local.aws import Backends


@pytest.fixture
def token(cloud):
    return cloud.sign_in("anna", groups=["officers"], attributes={"custom:region": "77"})


def test_a_function_sees_the_request_as_api_gateway_tells_it(cloud, token):
    event = cloud.request(
        "POST",
        "/echo?tag=a&tag=b&name=%D0%B9",
        token=token,
        json={"x": 1},
        headers={"X-Trace": "t"},
    ).json
    assert event["resource"] == event["path"] == "/echo"
    assert event["httpMethod"] == "POST"
    assert json.loads(event["body"]) == {"x": 1}
    assert event["isBase64Encoded"] is False
    assert event["headers"]["X-Trace"] == "t"
    assert event["multiValueHeaders"]["X-Trace"] == ["t"]
    assert event["queryStringParameters"] == {"tag": "b", "name": "й"}
    assert event["multiValueQueryStringParameters"] == {"tag": ["a", "b"], "name": ["й"]}
    assert event["pathParameters"] is event["stageVariables"] is None
    context = event["requestContext"]
    assert context["resourcePath"] == "/echo"
    assert context["stage"] == "v1"
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["requestTimeEpoch"] == cloud.now().timestamp() * 1000


def test_claims_are_texts(cloud, token):
    claims = cloud.request("GET", "/echo", token=token).json["requestContext"]["authorizer"][
        "claims"
    ]
    assert claims["cognito:username"] == "anna"
    assert claims["cognito:groups"] == "officers"
    assert claims["custom:region"] == "77"
    assert claims["exp"].isdigit()


def test_signing_in_again_gives_a_fresh_token(cloud, token):
    cloud.advance(hours=2)
    assert cloud.request("GET", "/echo", token=token).status_code == 401
    again = cloud.sign_in("anna")
    claims = cloud.request("GET", "/echo", token=again).json["requestContext"]["authorizer"][
        "claims"
    ]
    assert claims["cognito:groups"] == "officers"


@pytest.mark.parametrize(
    ("path", "resource", "parameters"),
    [
        ("/echo/literal", "/echo/literal", None),
        ("/echo/a%2Fb%20c", "/echo/{name}", {"name": "a%2Fb%20c"}),
        ("/files/a/b", "/files/{rest+}", {"rest": "a/b"}),
    ],
)
def test_the_most_exact_route_wins(cloud, token, path, resource, parameters):
    event = cloud.request("GET", path, token=token).json
    assert (event["resource"], event["pathParameters"]) == (resource, parameters)


@pytest.mark.parametrize("path", ["/", "/public"])
def test_public_routes_ask_for_no_token(cloud, path):
    response = cloud.request("GET", path)
    assert response.status_code == 200
    assert "authorizer" not in response.json["requestContext"]


class TestRefused:
    def test_without_a_token_in_the_words_of_the_template(self, cloud):
        response = cloud.request("GET", "/echo")
        assert response.status_code == 401
        assert response.headers["Content-Type"].startswith("application/problem+json")
        assert response.headers["WWW-Authenticate"] == "Bearer"
        problem = {"status": 401, "title": "Unauthorized", "instance": "/echo"}
        assert json.loads(response.data) == problem

    @pytest.mark.parametrize("path", ["/nowhere", "/echo/a/b"])
    def test_an_unknown_path(self, cloud, token, path):
        response = cloud.request("GET", path, token=token)
        assert (response.status_code, response.json) == (
            403,
            {"message": "Missing Authentication Token"},
        )

    @pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE"])
    def test_an_unknown_method(self, cloud, method):
        assert cloud.request(method, "/public").status_code == 403

    def test_a_body_over_ten_megabytes(self, cloud, token):
        response = cloud.request("POST", "/echo", token=token, body=b"x" * (10 * 2**20 + 1))
        assert response.status_code == 413

    def test_an_access_token(self, cloud, token):
        assert (
            cloud.request("GET", "/echo", token=_resigned(token, token_use="access")).status_code
            == 401
        )

    def test_a_token_with_another_algorithm(self, cloud, token):
        claims = jwt.decode(token, options={"verify_signature": False})
        for forged in (
            jwt.encode(claims, "x" * 32, algorithm="HS256", headers={"kid": "dummy"}),
            jwt.encode(claims, None, algorithm="none"),
        ):
            assert cloud.request("GET", "/echo", token=forged).status_code == 401

    def test_a_token_with_a_changed_payload(self, cloud, token):
        header, payload, signature = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        changed = json.dumps({**claims, "cognito:groups": ["admins"]}).encode()
        forged = f"{header}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}.{signature}"
        assert cloud.request("GET", "/echo", token=forged).status_code == 401

    def test_a_token_of_another_pool(self, cloud, token):
        forged = _resigned(token, iss="https://cognito-idp.eu-central-1.amazonaws.com/other")
        assert cloud.request("GET", "/echo", token=forged).status_code == 401


def _resigned(token, **changes):
    """moto signs every pool with one key: use it to make what Cognito would never sign."""
    (pool,) = Backends().cognito.user_pools.values()
    claims = {**jwt.decode(token, options={"verify_signature": False}), **changes}
    return joserfc.jwt.encode({"alg": "RS256", "kid": "dummy"}, claims, pool.json_web_key)


def test_bodies_that_are_not_text_come_as_base64(cloud, token):
    event = cloud.request("POST", "/echo", token=token, body=b"\xff\xd8photo").json
    assert event["isBase64Encoded"] is True
    assert base64.b64decode(event["body"]) == b"\xff\xd8photo"


def test_binary_answers_are_decoded(cloud, token):
    response = cloud.request("GET", "/echo?answer=binary", token=token)
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.data == b"%PDF\xbf" or response.data.startswith(b"%PDF")


def test_headers_may_have_many_values(cloud, token):
    response = cloud.request("GET", "/echo?answer=cookies", token=token)
    assert (response.status_code, response.headers.getlist("Set-Cookie")) == (303, ["a=1", "b=2"])


def test_a_failing_or_malformed_function_is_a_bad_gateway(cloud, app, token):
    malformed = cloud.request("GET", "/echo?answer=malformed", token=token)
    app.trouble["api"] = 1
    failed = cloud.request("GET", "/echo", token=token)
    for response in (malformed, failed):
        assert response.status_code == 502
        assert json.loads(response.data)["title"] == "Something broke"


def test_a_token_expires_in_virtual_time(cloud, token):
    cloud.advance_to(cloud.now() + timedelta(minutes=59))
    assert cloud.request("GET", "/echo", token=token).status_code == 200
    cloud.advance(minutes=2)
    assert cloud.request("GET", "/echo", token=token).status_code == 401
