import json
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from local.cloud import LocalCloud

START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
FIXTURE = Path(__file__).parent / "fixture" / "template.yaml"


@pytest.fixture(scope="module")
def deployed():
    with LocalCloud(FIXTURE, start=START) as cloud:
        yield cloud


@pytest.fixture
def cloud(deployed):
    deployed.reset()
    application(deployed).forget()
    return deployed


@pytest.fixture
def app(cloud):
    return application(cloud)


def application(_deployed):
    """The handlers read their environment when they are imported: only after the deployment."""
    from tests.local.fixture import app  # noqa: PLC0415

    return app


@pytest.fixture
def table(cloud):
    return boto3.resource("dynamodb").Table(cloud.outputs["Cases"])


@pytest.fixture
def dead_letters(cloud):
    """() -> bodies of the messages in the dead-letter queue"""

    def bodies():
        queue = boto3.resource("sqs").Queue(cloud.outputs["DeadLetters"])
        return [message.body for message in queue.receive_messages(MaxNumberOfMessages=10)]

    return bodies


@pytest.fixture
def start(cloud):
    """start(name, machine="Review", **input): a new execution, settled"""

    def start_execution(name, machine="Review", /, **given):
        boto3.client("stepfunctions").start_execution(
            stateMachineArn=cloud.outputs[machine], name=name, input=json.dumps(given)
        )
        cloud.settle()

    return start_execution
