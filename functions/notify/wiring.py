"""What the functions of this room are connected to: each made once a process, when first used."""

from functools import cache

from aws_lambda_powertools import Logger

from adapters.applications import Applications
from adapters.archives import Archives
from adapters.aws import client
from adapters.casebook import open_casebook
from adapters.deliveries import Deliveries
from adapters.messages import Letters, Mail, Sms, Topic
from adapters.preferences import PreferenceItems
from adapters.profiles import Profiles
from adapters.queues import Queue
from adapters.settings import from_environment
from adapters.support import Threads
from casework.notice import Audience

settings = from_environment()
logger = Logger(service="notify")


@cache
def applications() -> Applications:
    return open_casebook(settings.applications_table)


@cache
def archives() -> Archives:
    return Archives(client("dynamodb"), settings.applications_table)


@cache
def preference_items() -> PreferenceItems:
    return PreferenceItems(client("dynamodb"), settings.applications_table)


@cache
def profiles() -> Profiles:
    return Profiles(client("dynamodb"), settings.applications_table)


@cache
def threads() -> Threads:
    return Threads(client("dynamodb"), settings.applications_table)


@cache
def deliveries() -> Deliveries:
    return Deliveries(client("dynamodb"), settings.applications_table)


@cache
def queue() -> Queue:
    return Queue(client("sqs"), settings.deliveries)


@cache
def paper_requests() -> Queue:
    return Queue(client("sqs"), settings.paper_requests)


@cache
def signature_checks() -> Queue:
    return Queue(client("sqs"), settings.signature_checks)


@cache
def sms() -> Sms:
    return Sms(client("sns"))


@cache
def mail() -> Mail:
    return Mail(client("sesv2"), settings.sender)


@cache
def letters() -> Letters:
    return Letters(client("s3"), settings.letters_bucket)


@cache
def topic(audience: Audience) -> Topic:
    arns = {
        Audience.OPERATORS: settings.operators_topic,
        Audience.AGENCY: settings.agencies_topic,
    }
    return Topic(client("sns"), arns[audience])
