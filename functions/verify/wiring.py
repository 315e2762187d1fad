"""What the functions of this room are connected to: each made once a process, when first used."""

from functools import cache

from aws_lambda_powertools import Logger

from adapters.accounts import Accounts
from adapters.applications import Applications
from adapters.archives import Archives
from adapters.aws import client
from adapters.casebook import open_casebook
from adapters.documents import Documents
from adapters.executions import Executions
from adapters.messages import Topic
from adapters.queues import Queue
from adapters.settings import from_environment
from adapters.vault import Vault

settings = from_environment()
logger = Logger(service="verify")


@cache
def applications() -> Applications:
    return open_casebook(settings.applications_table)


@cache
def accounts() -> Accounts:
    return Accounts(client("dynamodb"), settings.applications_table)


@cache
def archives() -> Archives:
    return Archives(client("dynamodb"), settings.applications_table)


@cache
def documents() -> Documents:
    return Documents(client("s3"), settings.uploads_bucket, settings.vault_bucket)


@cache
def vault() -> Vault:
    return Vault(client("s3"), settings.vault_bucket)


@cache
def reviews() -> Executions:
    return Executions(client("stepfunctions"), settings.application_review)


@cache
def registry_requests() -> Queue:
    return Queue(client("sqs"), settings.registry_requests)


@cache
def scans_awaited() -> Queue:
    return Queue(client("sqs"), settings.scans_awaited)


@cache
def operators() -> Topic:
    return Topic(client("sns"), settings.operators_topic)
