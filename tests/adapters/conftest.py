"""A small AWS for one module: bare moto, with DynamoDB made atomic as in the local cloud."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.aws import REGION
from local.mends import dynamodb
from tests.template import resources

AS_DEPLOYED = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
serial = itertools.count(1)  # one mock serves a module: tests share nothing but their clients


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    with ExitStack() as opened:
        opened.enter_context(mock_aws())
        for mend in dynamodb.patches():
            opened.enter_context(mend)
        yield


@pytest.fixture(scope="module")
def dynamodb_resource(aws: None) -> Any:
    return boto3.resource("dynamodb", REGION)


@pytest.fixture(scope="module")
def dynamodb_client(aws: None) -> Any:
    return boto3.client("dynamodb", REGION)


@pytest.fixture(scope="module")
def s3(aws: None) -> Any:
    return boto3.client("s3", REGION)


@pytest.fixture
def table(dynamodb_resource: Any) -> Iterator[Any]:
    """The table of applications with the keys and indexes of the template."""
    deployed = resources("AWS::DynamoDB::Table")["Applications"]
    keys = {name: deployed[name] for name in AS_DEPLOYED}
    made = dynamodb_resource.create_table(TableName=f"applications-{next(serial)}", **keys)
    yield made
    made.delete()


@pytest.fixture
def bucket(s3: Any) -> Callable[..., str]:
    """bucket(versions=False): a new bucket; gives its name"""

    def make(versions: bool = False) -> str:
        name = f"bucket-{next(serial)}"
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if versions:
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        return name

    return make
