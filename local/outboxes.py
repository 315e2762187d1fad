"""What the application has sent to the world, as moto keeps it."""

import email
import email.policy

from local.aws import Backends


def sms() -> list[tuple[str, str]]:
    return list(Backends().sns.sms_messages.values())


def emails() -> list[tuple[list[str], str, str]]:
    return list(map(_as_read, Backends().ses.sent_messages))


def published(topic_arn: str) -> list[str]:
    topic = Backends().sns.topics[topic_arn]
    return [message for _, message, *_ in topic.sent_notifications]


def empty():
    Backends().sns.sms_messages.clear()
    Backends().ses.sent_messages.clear()
    for topic in Backends().sns.topics.values():
        topic.sent_notifications.clear()


def _as_read(message):
    if hasattr(message, "raw_data"):
        parsed = email.message_from_string(message.raw_data, policy=email.policy.default)
        text = parsed.get_body(("plain", "html")).get_content()
        return message.destinations, parsed["Subject"], text
    return message.destinations.get("ToAddresses", []), message.subject, message.body
