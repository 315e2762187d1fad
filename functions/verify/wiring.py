"""What the functions of this room are connected to; made once a process."""

import boto3
from aws_lambda_powertools import Logger

from adapters.casebook import open_casebook
from adapters.documents import Documents
from adapters.executions import Executions
from adapters.messages import Topic
from adapters.queues import Queue
from adapters.settings import from_environment

settings = from_environment()
logger = Logger(service="verify")
applications = open_casebook(settings.applications_table)
documents = Documents(boto3.client("s3"), settings.uploads_bucket, settings.vault_bucket)
reviews = Executions(boto3.client("stepfunctions"), settings.application_review)
registry_requests = Queue(boto3.client("sqs"), settings.registry_requests)
operators = Topic(boto3.client("sns"), settings.operators_topic)
