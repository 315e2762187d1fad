"""Every function may do what it does, and nothing that it never does."""

import pytest

from tests.template import FUNCTION, actions, resources, statements

# AWS operation -> the IAM actions that it may need; which of them, the conditions of a test say.
NEEDED = {
    "Query": {"dynamodb:Query"},
    "GetItem": {"dynamodb:GetItem"},
    "PutItem": {"dynamodb:PutItem"},
    "UpdateItem": {"dynamodb:UpdateItem"},
    "DeleteItem": {"dynamodb:DeleteItem"},
    "TransactWriteItems": {"dynamodb:PutItem", "dynamodb:DeleteItem"},
    "Scan": {"dynamodb:Scan"},
    "GetObject": {"s3:GetObject"},
    "ListObjectVersions": {"s3:ListBucketVersions"},
    "DeleteObjects": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
    "PutObject": {"s3:PutObject"},
    "CopyObject": {"s3:GetObject", "s3:PutObject"},
    "DeleteObject": {"s3:DeleteObject"},
    "SendMessageBatch": {"sqs:SendMessage"},
    "Publish": {"sns:Publish"},
    "GetSecretValue": {"secretsmanager:GetSecretValue"},
    "SendEmail": {"ses:SendEmail"},
    "Sign": {"kms:Sign"},
    "GetPublicKey": {"kms:GetPublicKey"},
    "StartExecution": {"states:StartExecution"},
    "StopExecution": {"states:StopExecution"},
    "SendTaskSuccess": {"states:SendTaskSuccess"},
    "ListExecutions": {"states:ListExecutions"},
    "DescribeExecution": {"states:DescribeExecution"},
    "ListObjectsV2": {"s3:ListBucket"},
    "RedriveExecution": {"states:RedriveExecution"},
    "DescribeAlarms": {"cloudwatch:DescribeAlarms"},
    "GetExecutionHistory": {"states:GetExecutionHistory"},
    "AdminCreateUser": {"cognito-idp:AdminCreateUser"},
    "AdminSetUserPassword": {"cognito-idp:AdminSetUserPassword"},
    "AdminInitiateAuth": {"cognito-idp:AdminInitiateAuth"},
    "AdminUpdateUserAttributes": {"cognito-idp:AdminUpdateUserAttributes"},
    "AdminListGroupsForUser": {"cognito-idp:AdminListGroupsForUser"},
}
# What is done in a function's name without a call of its own.
BY_OTHERS = {
    "UseTheKey",  # the stores decrypt and encrypt
    "InviteUploads",  # whoever posts a file uses the function's right, by its signature
    "ShowReports",  # whoever opens a link to a report does
    "ShowDocuments",  # whoever opens a link to a document does, in the same way
    "GiveUpTo",  # Lambda sends what failed for good
    "TellGoneFromForbidden",  # S3 looks whether the asker might list, and answers accordingly
}
FUNCTIONS = {p["Handler"]: (name, statements(p)) for name, p in resources(FUNCTION).items()}
PAGES = sorted(handler for handler in FUNCTIONS if handler.startswith("functions.portal."))


@pytest.mark.parametrize("handler", FUNCTIONS, ids=lambda handler: FUNCTIONS[handler][0])
def test_a_function_may_do_what_it_does(walked, handler):
    _, allowed = FUNCTIONS[handler]
    granted = {action for statement in allowed for action in actions(statement)}
    needed = {a for h, operation in walked.calls if h == handler for a in NEEDED[operation]}
    assert needed
    assert needed <= granted


@pytest.mark.parametrize(
    "handler", sorted(FUNCTIONS.keys() - PAGES), ids=lambda handler: FUNCTIONS[handler][0]
)
def test_a_function_does_what_it_may(walked, handler):
    """Each statement is used; rights that come in one statement are given together."""
    _, allowed = FUNCTIONS[handler]
    used = {a for h, operation in walked.calls if h == handler for a in NEEDED[operation]}
    idle = {s["Sid"] for s in allowed if not used & set(actions(s))} - BY_OTHERS
    assert not idle


@pytest.mark.parametrize("handler", PAGES, ids=lambda handler: FUNCTIONS[handler][0])
def test_pages_may_no_more_than_the_operations_that_they_ask(handler):
    """And keep sessions. That they may do all they do, tests/pages holds of every page it opens."""
    operations = [s for h, (_, held) in FUNCTIONS.items() if "functions.intake" in h for s in held]
    _, allowed = FUNCTIONS[handler]
    assert [s for s in allowed if s not in operations and s["Sid"] != "KeepSessions"] == []


def test_every_function_takes_part_in_the_walk(walked):
    assert {handler for handler, _ in walked.calls} == set(FUNCTIONS)


def test_whoever_answers_a_stream_or_a_rule_may_give_up_into_the_dead_letters():
    for name, properties in resources(FUNCTION).items():
        fails_to = [
            event["Properties"].get("DestinationConfig")
            for event in properties.get("Events", {}).values()
        ]
        if any(fails_to) or "EventInvokeConfig" in properties:
            granted = [s for s in statements(properties) if "sqs:SendMessage" in actions(s)]
            assert "DeadLetters" in str(granted), name
