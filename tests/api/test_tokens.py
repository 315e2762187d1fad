"""Nobody comes in without a valid ID token of our own user pool."""

import base64
import json

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.aws import REGION, Backends
from local.users import PASSWORD
from tests.api.people import MISSING, NEW, check_problem

PROTECTED = [
    ("GET", "/applications"),
    ("POST", "/applications"),
    ("GET", f"/applications/{MISSING}"),
    ("PATCH", f"/applications/{MISSING}"),
    ("POST", f"/applications/{MISSING}/submission"),
    ("POST", f"/applications/{MISSING}/signing"),
    ("POST", f"/applications/{MISSING}/payment"),
    ("POST", f"/applications/{MISSING}/withdrawal"),
    ("POST", f"/applications/{MISSING}/resubmission"),
    ("POST", f"/applications/{MISSING}/answer"),
    ("POST", f"/applications/{MISSING}/documents"),
    ("GET", f"/applications/{MISSING}/history"),
    ("POST", f"/applications/{MISSING}/claim"),
    ("POST", f"/applications/{MISSING}/release"),
    ("POST", f"/applications/{MISSING}/question"),
    ("GET", f"/applications/{MISSING}/assessment"),
    ("POST", f"/applications/{MISSING}/proposal"),
    ("POST", f"/applications/{MISSING}/confirmation"),
    ("POST", f"/applications/{MISSING}/letter"),
    ("GET", f"/applications/{MISSING}/programme"),
    ("POST", f"/applications/{MISSING}/programme"),
    ("POST", f"/applications/{MISSING}/agreement"),
    ("GET", f"/applications/{MISSING}/providers"),
    ("POST", f"/applications/{MISSING}/provider"),
    ("POST", f"/applications/{MISSING}/act"),
    ("POST", f"/applications/{MISSING}/service-event"),
    ("POST", f"/applications/{MISSING}/complaint"),
    ("POST", f"/applications/{MISSING}/complaint-review"),
    ("POST", f"/applications/{MISSING}/original"),
    ("GET", f"/applications/{MISSING}/payments"),
    ("POST", f"/applications/{MISSING}/payment-order"),
    ("POST", f"/applications/{MISSING}/stop"),
    ("POST", f"/applications/{MISSING}/repayment"),
    ("POST", "/providers"),
    ("GET", "/slots"),
    ("POST", "/slots"),
    ("DELETE", "/slots/none"),
    ("GET", "/queue"),
    ("GET", "/executions"),
    ("GET", f"/executions/{MISSING}"),
]


def _claims(office):
    return jwt.decode(office.citizen.token(), options={"verify_signature": False})


def _nobody(office):
    return None


def _no_token(office):
    return "let-me-in"


def _expired(office):
    token = office.citizen.token()
    office.cloud.advance(hours=2)
    return token


def _unsigned(office):
    """alg none, an officer by its own word."""
    return jwt.encode(_claims(office) | {"cognito:groups": ["officers"]}, None, algorithm="none")


def _signed_with_the_public_key(office):
    """HS256, the secret being what everybody may read: the modulus of the pool's key."""
    (pool,) = Backends().cognito.user_pools.values()
    secret = pool.json_web_key.as_dict(private=False)["n"]
    return jwt.encode(_claims(office), secret, algorithm="HS256")


def _signed_by_somebody_else(office):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(_claims(office), key, algorithm="RS256")


def _of_a_foreign_pool(office):
    cognito = boto3.client("cognito-idp", REGION)
    pool = cognito.create_user_pool(PoolName="theirs")["UserPool"]["Id"]
    client = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="theirs",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]["ClientId"]
    try:
        return _signed_in(cognito, pool, client)["IdToken"]
    finally:
        cognito.delete_user_pool(UserPoolId=pool)


def _signed_in(cognito, pool, client):
    user = {"UserPoolId": pool, "Username": "citizen"}
    if Backends().cognito.user_pools[pool]._get_user("citizen") is None:
        cognito.admin_create_user(**user, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(**user, Password=PASSWORD, Permanent=True)
    return cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "citizen", "PASSWORD": PASSWORD},
    )["AuthenticationResult"]


def _for_access_only(office):
    """An access token: it says nothing about groups, and is for other doors."""
    outputs = office.cloud.outputs
    cognito = boto3.client("cognito-idp", REGION)
    return _signed_in(cognito, outputs["People"], outputs["PeopleClient"])["AccessToken"]


def _promoted(office):
    """Our own token with officers written into it."""
    head, _, seal = office.citizen.token().split(".")
    claims = json.dumps(_claims(office) | {"cognito:groups": ["officers"]}).encode()
    return f"{head}.{base64.urlsafe_b64encode(claims).rstrip(b'=').decode()}.{seal}"


@pytest.mark.parametrize(
    "forge",
    [
        _nobody,
        _no_token,
        _expired,
        _unsigned,
        _signed_with_the_public_key,
        _signed_by_somebody_else,
        _of_a_foreign_pool,
        _for_access_only,
        _promoted,
    ],
)
def test_every_door_is_closed_to(office, forge):
    token = forge(office)
    for method, path in PROTECTED:
        answer = office.cloud.request(method, path, token=token, json=NEW)
        check_problem(answer, 401, "unauthorized")


def test_the_list_of_closed_doors_is_complete(cloud):
    described = cloud.request("GET", "/openapi.json").json["paths"]
    closed = {
        (method.upper(), path.format(number=MISSING, slot="none"))
        for path, operations in described.items()
        for method, operation in operations.items()
        if operation["security"]
    }
    assert closed == set(PROTECTED)


def test_services_are_told_to_everybody(cloud):
    services = cloud.request("GET", "/services").json["services"]
    for service in services:
        path = f"/services/{service['id']}"
        assert cloud.request("GET", path).json["version"] == 1
        assert cloud.request("GET", f"{path}/schema").json["additionalProperties"] is False


def test_a_token_lasts_an_hour_and_no_longer(office):
    token = office.citizen.token()
    office.cloud.advance(minutes=59, seconds=59)
    assert office.cloud.request("GET", "/applications", token=token).status_code == 200
    office.cloud.advance(seconds=2)
    assert office.cloud.request("GET", "/applications", token=token).status_code == 401


@pytest.mark.parametrize("name", ["agency:lipa", "system"])
def test_nobody_signs_up_under_a_name_the_office_acts_under(office, name):
    """An agency's batch belongs to "agency:<name>"; a citizen of that name would own it."""
    token = office.cloud.sign_in(name)
    check_problem(office.cloud.request("GET", "/applications", token=token), 403, "not_allowed")
