"""What each function may do by its policies, and which rights an operation of AWS needs."""

from tests.template import FUNCTION, resources, statements

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
