"""What the functions of this room are connected to; made once a process."""

import boto3
from aws_lambda_powertools import Logger

from adapters.casebook import open_casebook
from adapters.deliveries import Deliveries
from adapters.messages import Letters, Mail, Sms, Topic
from adapters.queues import Queue
from adapters.settings import from_environment
from casework.notice import Audience

settings = from_environment()
logger = Logger(service="notify")
_dynamodb, _sns = boto3.client("dynamodb"), boto3.client("sns")
applications = open_casebook(settings.applications_table, _dynamodb)
deliveries = Deliveries(_dynamodb, settings.applications_table)
queue = Queue(boto3.client("sqs"), settings.deliveries)
sms = Sms(_sns)
mail = Mail(boto3.client("sesv2"), settings.sender)
letters = Letters(boto3.client("s3"), settings.letters_bucket)
topics = {
    Audience.OPERATORS: Topic(_sns, settings.operators_topic),
    Audience.AGENCY: Topic(_sns, settings.agencies_topic),
}
