"""What the doors are connected to: signing up and in, recovering access, proving who one is. Apart
from wiring.py, since no other part of the API may touch passwords."""

from functools import cache

from adapters.access_requests import AccessRequests
from adapters.attempts import Attempts
from adapters.aws import client
from adapters.flows import Flows
from adapters.messages import CodeMail, Mail, Sms
from adapters.one_time_codes import OneTimeCodes
from adapters.openid import OpenIdProvider, fetch_over_http
from adapters.queues import Queue
from adapters.secret import Secret
from adapters.user_pool import UserPool
from adapters.wording import account_message
from casework.accounts import RESEND
from functions.intake.wiring import settings

OPENID_BACK = "/identity/openid/answer"


@cache
def user_pool() -> UserPool:
    return UserPool(client("cognito-idp"), settings.people, settings.people_client)


@cache
def attempts() -> Attempts:
    return Attempts(client("dynamodb"), settings.applications_table)


@cache
def flows() -> Flows:
    return Flows(client("dynamodb"), settings.applications_table)


@cache
def access_requests() -> AccessRequests:
    return AccessRequests(client("dynamodb"), settings.applications_table)


@cache
def sms() -> Sms:
    return Sms(client("sns"))


@cache
def mail() -> Mail:
    return Mail(client("sesv2"), settings.sender)


@cache
def phone_codes() -> OneTimeCodes:
    secret = Secret(client("secretsmanager"), settings.codes_secret)
    return OneTimeCodes(client("dynamodb"), settings.applications_table, secret, sms(), RESEND)


@cache
def mail_codes() -> OneTimeCodes:
    secret = Secret(client("secretsmanager"), settings.codes_secret)
    sender = CodeMail(mail(), account_message("code_subject", "ru"))
    return OneTimeCodes(client("dynamodb"), settings.applications_table, secret, sender, RESEND)


@cache
def registry_requests() -> Queue:
    return Queue(client("sqs"), settings.registry_requests)


@cache
def openid() -> OpenIdProvider:
    secret = Secret(client("secretsmanager"), settings.openid_secret)
    return OpenIdProvider(
        settings.openid_issuer,
        settings.openid_client,
        secret.current,
        settings.cabinet_url + OPENID_BACK,
        fetch_over_http,
    )
