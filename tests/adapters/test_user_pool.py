"""The user pool: passwords, attributes, and what its tokens say."""

import boto3
import pytest

from adapters.user_pool import UserPool, claims_of
from functions.intake.http import person_of
from local.aws import REGION
from tests.template import resources

POLICIES = resources("AWS::Cognito::UserPool")["People"]["Policies"]
SCHEMA = resources("AWS::Cognito::UserPool")["People"]["Schema"]
READ = resources("AWS::Cognito::UserPoolClient")["PeopleClient"]["ReadAttributes"]


@pytest.fixture
def pool(aws):
    cognito = boto3.client("cognito-idp", REGION)
    id_ = cognito.create_user_pool(PoolName="people", Policies=POLICIES, Schema=SCHEMA)["UserPool"][
        "Id"
    ]
    app = cognito.create_user_pool_client(
        UserPoolId=id_,
        ClientName="us",
        ReadAttributes=READ,
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
    )["UserPoolClient"]["ClientId"]
    cognito.create_group(UserPoolId=id_, GroupName="officers")
    yield UserPool(cognito, id_, app), cognito, id_
    cognito.delete_user_pool(UserPoolId=id_)


def test_a_person_signs_in_with_his_password_and_no_other(pool):
    users, cognito, id_ = pool
    for password in ("Kolokol77", "Kolokol78"):  # the first attempt died half-way
        users.add("a1", "+79991234567", "a@example.com", password)
    assert users.token("a1", "Kolokol77") is None
    assert users.token("nobody", "Kolokol78") is None
    cognito.admin_add_user_to_group(UserPoolId=id_, Username="a1", GroupName="officers")
    users.set_email("a1", "a@example.com", confirmed=True)
    person = person_of(claims_of(users.token("a1", "Kolokol78")))
    assert (person.id, person.roles) == ("a1", {"officer"})
    assert (person.phone, person.email) == ("+79991234567", "a@example.com")


def test_an_address_that_is_not_confirmed_is_nobodys(pool):
    users, *_ = pool
    users.add("a2", "+79991234567", "a@example.com", "Kolokol77")
    assert person_of(claims_of(users.token("a2", "Kolokol77"))).email is None


def test_who_is_in_any_group_works_with_us(pool):
    users, cognito, id_ = pool
    users.add("a3", "+79991234567", "a@example.com", "Kolokol77")
    assert not users.works_here("a3")
    assert not users.works_here("nobody")
    cognito.admin_add_user_to_group(UserPoolId=id_, Username="a3", GroupName="officers")
    assert users.works_here("a3")
