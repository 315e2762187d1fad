"""What the functions of this room are connected to: each made once a process, when first used."""

import secrets
from contextlib import suppress
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from adapters.applications import Applications, Done
from adapters.archives import Archives
from adapters.aws import client
from adapters.batches import Batches
from adapters.casebook import open_casebook
from adapters.deliveries import Deliveries
from adapters.documents import Documents
from adapters.erasures import Erasures
from adapters.executions import Executions
from adapters.messages import Sms, Topic
from adapters.one_time_codes import OneTimeCodes
from adapters.payment_provider import PaymentPage
from adapters.providers import Providers
from adapters.queues import Queue
from adapters.seals import SealKey
from adapters.secret import Secret
from adapters.settings import from_environment
from adapters.signatures import IdentityProvider
from adapters.slots import Slots
from adapters.vault import Vault
from casework.application import NUMBER_SPACE, number_from
from casework.errors import VersionConflict
from casework.ports import Change

DRAWS = 5

settings = from_environment()
logger = Logger(service="intake")


@cache
def applications() -> Applications:
    return open_casebook(settings.applications_table)


@cache
def reviews() -> Executions:
    return Executions(client("stepfunctions"), settings.application_review)


@cache
def appeal_reviews() -> Executions:
    return Executions(client("stepfunctions"), settings.appeal_review)


@cache
def providers() -> Providers:
    return Providers(client("dynamodb"), settings.applications_table)


@cache
def kept() -> Erasures:
    return Erasures(client("dynamodb"), settings.applications_table, applications())


@cache
def slots() -> Slots:
    return Slots(client("dynamodb"), settings.applications_table)


@cache
def documents() -> Documents:
    return Documents(client("s3"), settings.uploads_bucket, settings.vault_bucket)


@cache
def vault() -> Vault:
    return Vault(client("s3"), settings.vault_bucket)


@cache
def archives() -> Archives:
    return Archives(client("dynamodb"), settings.applications_table)


@cache
def deliveries() -> Deliveries:
    return Deliveries(client("dynamodb"), settings.applications_table)


@cache
def intakes() -> Executions:
    return Executions(client("stepfunctions"), settings.batch_intake)


@cache
def batches() -> Batches:
    return Batches(client("s3"), settings.batches_bucket)


@cache
def agencies() -> Topic:
    return Topic(client("sns"), settings.agencies_topic)


@cache
def payments_secret() -> Secret:
    return Secret(client("secretsmanager"), settings.payments_secret)


@cache
def payments() -> PaymentPage:
    refunds = Queue(client("sqs"), settings.refunds)
    return PaymentPage(settings.payment_page, payments_secret(), refunds)


@cache
def one_time_codes() -> OneTimeCodes:
    secret = Secret(client("secretsmanager"), settings.codes_secret)
    return OneTimeCodes(client("dynamodb"), settings.applications_table, secret, Sms(client("sns")))


@cache
def seal_key() -> SealKey:
    return SealKey(client("kms"), settings.seal_key)


@cache
def signature_check() -> IdentityProvider:
    return IdentityProvider(Secret(client("secretsmanager"), settings.signatures_secret))


def create_application(change: Change, **how: Any) -> Done:
    """Under a number that nobody has; of a thousand million, some draws hit one that is taken."""
    for _ in range(DRAWS):
        with suppress(VersionConflict):
            number = number_from(secrets.randbelow(NUMBER_SPACE))
            return applications().create(number, change, **how)
    raise VersionConflict()
