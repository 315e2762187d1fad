"""Carry what has happened to an application into its execution (the table's stream)."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from adapters.casebook import rules_of
from adapters.clock import now
from casework.application import Stage
from casework.review import next_step
from functions.decide.wiring import applications, reviews

events = BatchProcessor(EventType.DynamoDBStreams)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return process_partial_response(event, _carry, events, context)


def _carry(record: DynamoDBRecord) -> None:
    """Start, stop or wake the execution, whichever the application as it is now calls for."""
    item = record.dynamodb.new_image
    number, kind = item["number"], item["kind"]
    application = applications.load(number).application
    if application.stage is Stage.DRAFT:
        return
    if application.stage is Stage.WITHDRAWN:
        reviews.stop(number, "withdrawn by the applicant")
        return
    step = next_step(application, rules_of(application), now())
    if kind == "submitted":
        reviews.start_review(number, step)
    task = applications.task(number)
    if task and task.purpose != step.next:
        reviews.wake(task.token, number, step)
