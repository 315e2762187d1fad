"""Where moto keeps what AWS would keep. Read it here; change it only in `mends` and `reset`."""

from moto.apigateway.models import apigateway_backends
from moto.awslambda.models import lambda_backends
from moto.cloudformation.models import cloudformation_backends
from moto.cognitoidp.models import cognitoidp_backends
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.dynamodb.models import dynamodb_backends
from moto.events.models import events_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

REGION = "eu-central-1"

__all__ = ["ACCOUNT", "REGION", "Backends"]


class Backends:
    """Looked up at each use: entering the mock replaces them."""

    api_gateway = property(lambda _: apigateway_backends[ACCOUNT][REGION])
    cloudformation = property(lambda _: cloudformation_backends[ACCOUNT][REGION])
    cognito = property(lambda _: cognitoidp_backends[ACCOUNT][REGION])
    dynamodb = property(lambda _: dynamodb_backends[ACCOUNT][REGION])
    events = property(lambda _: events_backends[ACCOUNT][REGION])
    kms = property(lambda _: kms_backends[ACCOUNT][REGION])
    lambdas = property(lambda _: lambda_backends[ACCOUNT][REGION])
    s3 = property(lambda _: s3_backends[ACCOUNT]["aws"])
    ses = property(lambda _: ses_backends[ACCOUNT][REGION])
    sns = property(lambda _: sns_backends[ACCOUNT][REGION])
    sqs = property(lambda _: sqs_backends[ACCOUNT][REGION])
    step_functions = property(lambda _: stepfunctions_parser_backends[ACCOUNT][REGION])
