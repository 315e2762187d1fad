"""What the functions of this room are connected to: each made once a process, when first used."""

import secrets
from contextlib import suppress
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from adapters import definitions
from adapters.accounts import Accounts
from adapters.alarms import Alarms
from adapters.applications import Applications, Done
from adapters.archives import Archives
from adapters.aws import client
from adapters.batch_lines import BatchLines
from adapters.batches import Batches
from adapters.casebook import open_casebook
from adapters.deliveries import Deliveries
from adapters.documents import Documents
from adapters.erasures import Erasures
from adapters.executions import Executions
from adapters.figures import Figures
from adapters.looks import Looks
from adapters.messages import Sms, Topic
from adapters.one_time_codes import OneTimeCodes
from adapters.payment_provider import PaymentPage
from adapters.preferences import PreferenceItems
from adapters.presence import Presence
from adapters.profiles import Profiles
from adapters.providers import Providers
from adapters.queues import Queue
from adapters.representations import Representations
from adapters.saved_views import SavedViews
from adapters.seals import SealKey
from adapters.secret import Secret
from adapters.sessions import Sessions
from adapters.settings import from_environment
from adapters.signatures import IdentityProvider
from adapters.slots import Slots
from adapters.staff import Staff
from adapters.support import Threads
from adapters.vault import Vault
from adapters.watch import Boards
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
def accounts() -> Accounts:
    return Accounts(client("dynamodb"), settings.applications_table)


@cache
def sessions() -> Sessions:
    return Sessions(client("dynamodb"), settings.applications_table)


@cache
def machines() -> dict[str, Executions]:
    """Every state machine by the name of its file."""
    known = {
        "application_review": settings.application_review,
        "appeal_review": settings.appeal_review,
        "service_provision": settings.service_provision,
        "benefit_payments": settings.benefit_payments,
        "batch_intake": settings.batch_intake,
    }
    states = client("stepfunctions")
    return {name: Executions(states, arn) for name, arn in known.items()}


@cache
def boards() -> Boards:
    return Boards(client("dynamodb"), settings.applications_table)


@cache
def figures() -> Figures:
    return Figures(client("dynamodb"), settings.applications_table)


@cache
def looks() -> Looks:
    return Looks(client("dynamodb"), settings.applications_table)


@cache
def presence() -> Presence:
    return Presence(client("dynamodb"), settings.applications_table)


@cache
def staff() -> Staff:
    return Staff(client("dynamodb"), settings.applications_table)


@cache
def saved_views() -> SavedViews:
    return SavedViews(client("dynamodb"), settings.applications_table)


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
def representations() -> Representations:
    rules = definitions.representation()
    return Representations(client("dynamodb"), settings.applications_table, rules)


@cache
def alarms() -> Alarms:
    return Alarms(client("cloudwatch"), settings.stack)


@cache
def threads() -> Threads:
    known = definitions.support()
    table = settings.applications_table
    return Threads(client("dynamodb"), table, lambda thread: thread.answer_due(known))


@cache
def preference_items() -> PreferenceItems:
    return PreferenceItems(client("dynamodb"), settings.applications_table)


@cache
def profiles() -> Profiles:
    return Profiles(client("dynamodb"), settings.applications_table)


@cache
def deliveries() -> Deliveries:
    return Deliveries(client("dynamodb"), settings.applications_table)


@cache
def intakes() -> Executions:
    return Executions(client("stepfunctions"), settings.batch_intake)


@cache
def batch_lines() -> BatchLines:
    return BatchLines(client("dynamodb"), settings.applications_table)


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
