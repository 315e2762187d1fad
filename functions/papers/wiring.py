"""What the functions of this room are connected to: each made once a process, when first used."""

from functools import cache

from aws_lambda_powertools import Logger

from adapters.applications import Applications
from adapters.aws import client
from adapters.casebook import open_casebook
from adapters.issued_papers import IssuedPapers
from adapters.seals import SealKey
from adapters.settings import from_environment
from adapters.slots import Slots

settings = from_environment()
logger = Logger(service="papers")


@cache
def applications() -> Applications:
    return open_casebook(settings.applications_table)


@cache
def papers() -> IssuedPapers:
    return IssuedPapers(client("s3"), settings.vault_bucket)


@cache
def slots() -> Slots:
    return Slots(client("dynamodb"), settings.applications_table)


@cache
def seal_key() -> SealKey:
    return SealKey(client("kms"), settings.seal_key)
