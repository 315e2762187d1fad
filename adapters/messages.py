"""Words on their way out: SMS and topics by SNS, e-mail by SES, letters as files to print in S3."""

import json
from typing import Any

from botocore.exceptions import ClientError

from casework.errors import OporaError, Unavailable

# Nothing was sent, and later it may be: the queue brings the message back.
PASSING = frozenset(
    {
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "TooManyRequestsException",
        "InternalError",
        "InternalFailure",
        "InternalErrorException",
        "ServiceUnavailable",
        "SlowDown",
        "LimitExceededException",
        "RequestTimeout",
    }
)


class Undeliverable(OporaError):
    """This channel will not carry the message; another one may."""

    code = "undeliverable"


class Sms:
    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, phone: str, text: str) -> str:
        """The provider's message id. Raises Undeliverable, Unavailable."""
        attributes = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}
        sent = _sending(
            self._client.publish, PhoneNumber=phone, Message=text, MessageAttributes=attributes
        )
        return sent["MessageId"]


class Mail:
    def __init__(self, client: Any, sender: str) -> None:
        self._client = client
        self._sender = sender

    def send(self, address: str, subject: str, body: str) -> str:
        """The provider's message id. Raises Undeliverable, Unavailable."""
        content = {
            "Simple": {
                "Subject": {"Data": subject, "Charset": "UTF-8"},
                "Body": {"Text": {"Data": body, "Charset": "UTF-8"}},
            }
        }
        sent = _sending(
            self._client.send_email,
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [address]},
            Content=content,
        )
        return sent["MessageId"]


class CodeMail:
    """One-time codes by e-mail."""

    def __init__(self, mail: Mail, subject: str) -> None:
        self._mail = mail
        self._subject = subject

    def send(self, address: str, text: str) -> str:
        return self._mail.send(address, self._subject, text)


class Letters:
    """The print queue: one file a letter, its key made of the notice, so twice is once."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def send(self, name: str, address: str, subject: str, body: str) -> str:
        letter = {"address": address, "subject": subject, "body": body}
        key = f"to-print/{name}.json"
        _sending(
            self._client.put_object,
            Bucket=self._bucket,
            Key=key,
            Body=json.dumps(letter, ensure_ascii=False).encode(),
            ContentType="application/json",
        )
        return key


class Topic:
    """News for those who subscribed: a code and ids, never personal data.

    SNS may deliver twice, and so may we after a crash: the event in `data` tells them apart.
    """

    def __init__(self, client: Any, arn: str) -> None:
        self._client = client
        self._arn = arn

    def publish(self, kind: str, data: dict[str, Any], **tags: str) -> None:
        tagged = {"kind": kind, **tags}
        attributes = {n: {"DataType": "String", "StringValue": v} for n, v in tagged.items()}
        message = json.dumps({"kind": kind, **data}, ensure_ascii=False)
        _sending(
            self._client.publish,
            TopicArn=self._arn,
            Message=message,
            MessageAttributes=attributes,
        )


def _sending(send: Any, **message: Any) -> dict[str, Any]:
    try:
        return send(**message)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise (Unavailable(code) if code in PASSING else Undeliverable(code)) from error
