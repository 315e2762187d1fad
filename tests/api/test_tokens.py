"""Nobody comes in without a valid ID token of our own user pool."""

import base64
import json
import re

import boto3
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from local.aws import REGION, Backends
from local.users import PASSWORD
from tests.api.people import MISSING, NEW, check_problem
from tests.template import operations

OPEN = {
    ("GET", "/services"),
    ("GET", "/services/{service}"),
    ("GET", "/services/{service}/schema"),
    ("GET", "/regions"),
    ("POST", "/services/{service}/eligibility"),  # keeps nothing
    ("GET", "/openapi.json"),
    ("GET", "/check/key"),
    ("GET", "/check/{seal}"),
    ("GET", "/status"),
    ("GET", "/support/hotline"),
    ("POST", "/payments/webhook"),  # sealed by the payment provider
    # Whoever is not signed in yet.
    ("POST", "/account/sign-up"),
    ("POST", "/account/sign-up/code"),
    ("POST", "/account/sign-up/password"),
    ("POST", "/account/sign-in"),
    ("POST", "/account/sign-in/code"),
    ("POST", "/account/codes"),
    ("POST", "/account/email-confirmation"),
    ("POST", "/account/recovery"),
    ("POST", "/account/recovery/code"),
    ("POST", "/account/recovery/password"),
    ("POST", "/account/access-request"),
    ("POST", "/account/access-request/code"),
    ("POST", "/account/access-request/scan"),
}
DOORS = {
    (event["Method"].upper(), event["Path"]): event.get("Auth") == {"Authorizer": "NONE"}
    for events in operations().values()
    for event in events.values()
}
PROTECTED = [
    (method, re.sub("{[a-z]+}", MISSING, path))
    for (method, path), is_open in DOORS.items()
    if not is_open
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


def test_these_doors_are_open_to_everybody_and_no_others():
    assert {door for door, is_open in DOORS.items() if is_open} == OPEN


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
