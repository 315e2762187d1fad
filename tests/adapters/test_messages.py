"""Messages on their way out: what goes over the wire, and what each refusal of a provider means."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from adapters.messages import PASSING, Letters, Mail, Sms, Topic, Undeliverable
from casework.errors import Unavailable
from local.aws import REGION

PHONE, ADDRESS = "+79160000001", "citizen.1@example.com"


class Provider:
    """Stands for any client: remembers what it was asked, or refuses with a code."""

    def __init__(self, refuses_with: str | None = None) -> None:
        self.asked: list[dict[str, Any]] = []
        self._code = refuses_with

    def _take(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if self._code:
            raise ClientError({"Error": {"Code": self._code}}, "Send")
        return {"MessageId": f"m-{len(self.asked)}"}

    publish = send_email = put_object = _take


def sends(provider: Provider) -> list:
    return [
        lambda: Sms(provider).send(PHONE, "Решение принято"),
        lambda: Mail(provider, "opora@example.org").send(ADDRESS, "Тема", "Текст"),
        lambda: Letters(provider, "letters").send("1.000002.approved", "адрес", "Тема", "Текст"),
        lambda: Topic(provider, "arn").publish("overdue", {"number": "1"}),
    ]


@pytest.mark.parametrize("code", sorted(PASSING))
def test_what_passes_is_to_be_tried_again(code):
    for send in sends(Provider(refuses_with=code)):
        with pytest.raises(Unavailable) as raised:
            send()
        assert raised.value.code == code


@pytest.mark.parametrize(
    "code",
    [
        "InvalidParameter",  # no such phone
        "OptedOut",
        "MessageRejected",
        "MailFromDomainNotVerifiedException",
        "AccessDenied",
        "NoSuchBucket",
    ],
)
def test_what_does_not_pass_is_for_another_channel(code):
    for send in sends(Provider(refuses_with=code)):
        with pytest.raises(Undeliverable) as raised:
            send()
        assert raised.value.code == code


def test_a_refusal_names_no_person():
    for send in sends(Provider(refuses_with="OptedOut")):
        with pytest.raises(Undeliverable) as raised:
            send()
        assert PHONE not in str(raised.value)
        assert ADDRESS not in str(raised.value)


def test_an_sms_goes_to_the_phone_as_transactional():
    provider = Provider()
    assert Sms(provider).send(PHONE, "Решение принято") == "m-1"
    (sent,) = provider.asked
    assert (sent["PhoneNumber"], sent["Message"]) == (PHONE, "Решение принято")
    assert sent["MessageAttributes"]["AWS.SNS.SMS.SMSType"]["StringValue"] == "Transactional"


def test_mail_is_utf_8_from_the_office_to_one_person():
    provider = Provider()
    assert Mail(provider, "opora@example.org").send(ADDRESS, "Тема", "Текст") == "m-1"
    (sent,) = provider.asked
    assert sent["FromEmailAddress"] == "opora@example.org"
    assert sent["Destination"] == {"ToAddresses": [ADDRESS]}
    simple = sent["Content"]["Simple"]
    assert simple["Subject"] == {"Data": "Тема", "Charset": "UTF-8"}
    assert simple["Body"]["Text"] == {"Data": "Текст", "Charset": "UTF-8"}


def test_a_letter_printed_twice_is_one_letter(s3, bucket):
    place = bucket()
    letters = Letters(s3, place)
    keys = {letters.send("1.000002.approved", "ул. Лесная", "Тема", "Текст") for _ in range(2)}
    assert keys == {"to-print/1.000002.approved.json"}
    (listed,) = s3.list_objects_v2(Bucket=place)["Contents"]
    body = s3.get_object(Bucket=place, Key=listed["Key"])["Body"].read().decode()
    assert json.loads(body) == {"address": "ул. Лесная", "subject": "Тема", "body": "Текст"}
    assert "Лесная" in body, "a letter is read by people"


def test_the_name_of_a_letter_names_no_person(s3, bucket):
    key = Letters(s3, bucket()).send("1.000002.approved", "ул. Лесная", "Тема", "Текст")
    assert key.isascii()


def test_news_can_be_filtered_by_kind_and_tags_and_carries_what_it_was_given():
    provider = Provider()
    Topic(provider, "arn").publish("batch_done", {"batch": "b1", "rows": 3}, agency="A")
    (sent,) = provider.asked
    assert sent["TopicArn"] == "arn"
    assert json.loads(sent["Message"]) == {"kind": "batch_done", "batch": "b1", "rows": 3}
    assert sent["MessageAttributes"] == {
        "kind": {"DataType": "String", "StringValue": "batch_done"},
        "agency": {"DataType": "String", "StringValue": "A"},
    }


def test_sns_and_ses_take_what_is_sent(aws):
    sns, ses = boto3.client("sns", REGION), boto3.client("sesv2", REGION)
    boto3.client("ses", REGION).verify_email_identity(EmailAddress="opora@example.org")
    topic = sns.create_topic(Name="news")["TopicArn"]
    assert Sms(sns).send(PHONE, "Решение принято")
    assert Mail(ses, "opora@example.org").send(ADDRESS, "Тема", "Текст")
    Topic(sns, topic).publish("overdue", {"number": "1"}, agency="A")
    with pytest.raises(Undeliverable):
        Topic(sns, f"{topic}-gone").publish("overdue", {"number": "1"})
    with pytest.raises(Undeliverable):
        Sms(sns).send("no phone", "Решение принято")
