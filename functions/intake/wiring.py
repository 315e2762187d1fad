"""What the functions of this room are connected to; made once a process."""

import secrets

import boto3
from aws_lambda_powertools import Logger

from adapters.batches import Batches
from adapters.casebook import open_casebook
from adapters.documents import Documents
from adapters.executions import Executions
from adapters.messages import Topic
from adapters.settings import from_environment
from casework.application import NUMBER_SPACE, number_from

settings = from_environment()
logger = Logger(service="intake")
applications = open_casebook(settings.applications_table)
_step_functions, _s3 = boto3.client("stepfunctions"), boto3.client("s3")
reviews = Executions(_step_functions, settings.application_review)
intakes = Executions(_step_functions, settings.batch_intake)
documents = Documents(_s3, settings.uploads_bucket, settings.vault_bucket)
batches = Batches(_s3, settings.batches_bucket)
agencies = Topic(boto3.client("sns"), settings.agencies_topic)


def draw_number() -> str:
    return number_from(secrets.randbelow(NUMBER_SPACE))
