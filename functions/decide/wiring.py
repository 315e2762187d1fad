"""What the functions of this room are connected to; made once a process."""

import boto3
from aws_lambda_powertools import Logger

from adapters.casebook import open_casebook
from adapters.executions import Executions
from adapters.settings import from_environment

settings = from_environment()
logger = Logger(service="decide")
applications = open_casebook(settings.applications_table)
reviews = Executions(boto3.client("stepfunctions"), settings.application_review)
