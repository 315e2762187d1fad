"""What the functions of this room are connected to: each made once a process, when first used."""

from functools import cache

from aws_lambda_powertools import Logger

from adapters.applications import Applications
from adapters.aws import client
from adapters.casebook import open_casebook
from adapters.executions import Executions
from adapters.settings import from_environment

settings = from_environment()
logger = Logger(service="decide")


@cache
def applications() -> Applications:
    return open_casebook(settings.applications_table)


@cache
def reviews() -> Executions:
    return Executions(client("stepfunctions"), settings.application_review)
