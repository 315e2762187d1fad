"""What the functions of this room are connected to: each made once a process, when first used."""

from functools import cache

from aws_lambda_powertools import Logger

from adapters import definitions
from adapters.applications import Applications
from adapters.archives import Archives
from adapters.aws import client
from adapters.casebook import open_casebook
from adapters.erasures import Erasures
from adapters.executions import Executions
from adapters.payment_parts import PaymentParts
from adapters.payment_provider import PaymentPage
from adapters.profiles import Profiles
from adapters.queues import Queue
from adapters.representations import Representations
from adapters.secret import Secret
from adapters.settings import from_environment
from adapters.slots import Slots
from adapters.support import Threads
from adapters.traces import Traces
from adapters.watch import Boards
from casework.application import Application
from casework.sentinel import Machine

settings = from_environment()
logger = Logger(service="decide")


@cache
def applications() -> Applications:
    return open_casebook(settings.applications_table)


@cache
def reviews() -> Executions:
    return Executions(client("stepfunctions"), settings.application_review)


@cache
def provisions() -> Executions:
    return Executions(client("stepfunctions"), settings.service_provision)


@cache
def payment_runs() -> Executions:
    return Executions(client("stepfunctions"), settings.benefit_payments)


@cache
def transfers() -> Queue:
    return Queue(client("sqs"), settings.transfers)


@cache
def payment_parts() -> PaymentParts:
    return PaymentParts(client("s3"), settings.batches_bucket)


@cache
def archives() -> Archives:
    return Archives(client("dynamodb"), settings.applications_table)


@cache
def kept() -> Erasures:
    return Erasures(client("dynamodb"), settings.applications_table, applications())


@cache
def representations() -> Representations:
    rules = definitions.representation()
    return Representations(client("dynamodb"), settings.applications_table, rules)


@cache
def threads() -> Threads:
    return Threads(client("dynamodb"), settings.applications_table)


@cache
def profiles() -> Profiles:
    return Profiles(client("dynamodb"), settings.applications_table)


@cache
def traces() -> Traces:
    return Traces(
        client("s3"), settings.uploads_bucket, settings.vault_bucket, settings.letters_bucket
    )


@cache
def erasures() -> Queue:
    return Queue(client("sqs"), settings.erasures)


@cache
def slots() -> Slots:
    return Slots(client("dynamodb"), settings.applications_table)


@cache
def appeal_reviews() -> Executions:
    return Executions(client("stepfunctions"), settings.appeal_review)


@cache
def watched_machines() -> dict[str, Executions]:
    """Those whose executions wait for one application each (casework.sentinel.Machine)."""
    return {
        Machine.REVIEW: reviews(),
        Machine.APPEAL: appeal_reviews(),
        Machine.PROVISION: provisions(),
    }


@cache
def boards() -> Boards:
    return Boards(client("dynamodb"), settings.applications_table)


def reviews_of(application: Application) -> Executions:
    """The machine that the application runs on."""
    return appeal_reviews() if application.contests else reviews()


@cache
def payments() -> PaymentPage:
    secret = Secret(client("secretsmanager"), settings.payments_secret)
    return PaymentPage(settings.payment_page, secret, Queue(client("sqs"), settings.refunds))
