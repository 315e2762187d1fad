"""The stream of events -> who is to be told what (the deliveries queue)."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from adapters.queues import DeliveryRequest
from casework.notice import notices_of
from functions.notify.wiring import applications, queue

events = BatchProcessor(EventType.DynamoDBStreams)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return process_partial_response(event, _tell, events, context)


def _tell(record: DynamoDBRecord) -> None:
    item = record.dynamodb.new_image
    case = applications.load(item["number"])
    happened = case.events[int(item["sequence"]) - 1]
    for notice in notices_of(happened, case.application):
        queue.send(
            DeliveryRequest(happened.number, happened.sequence, notice.audience, notice.template)
        )
