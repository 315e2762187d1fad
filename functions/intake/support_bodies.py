"""The shapes of requests and answers about letters to support."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from functions.intake.bodies import Body, Code, View, Words

Number = Annotated[str, StringConstraints(max_length=20)]


class NewThread(Body):
    """`application`: the number of one of the person's own, if the letter is about it."""

    topic: Code
    text: Words
    application: Number | None = None


class NewMessage(Body):
    text: Words


class SupportAnswer(Body):
    text: Words
    version: int | None = Field(None, ge=1, description="Refuse when somebody has written since")


class MessageView(View):
    """`text`: null when it was erased with the consent. `author` and, of an officer,
    `author_name`: for the office alone."""

    sender: Literal["person", "office"]
    author: str | None
    author_name: str | None
    at: datetime
    text: str | None


class ThreadView(View):
    """`answer_due`: by when the office owes an answer; null when it owes none."""

    number: str
    version: int
    topic: str
    topic_title: str
    application: str | None
    state: Literal["open", "answered", "closed"]
    state_title: str
    opened_at: datetime
    closed_at: datetime | None
    answer_due: datetime | None
    messages: list[MessageView]


class ThreadLine(View):
    number: str
    topic: str
    topic_title: str
    application: str | None
    state: Literal["open", "answered", "closed"]
    state_title: str
    opened_at: datetime
    answer_due: datetime | None
    overdue: bool


class ThreadList(View):
    """A hundred at most."""

    threads: list[ThreadLine]


class TopicView(View):
    topic: str
    title: str


class HotlineView(View):
    """`opens`, `closes`: local times of working days in the time zone of `region`; `changes_at`:
    when it closes or opens next."""

    region: str
    phone: str
    opens: str
    closes: str
    open_now: bool
    changes_at: datetime
    answer_hours: int
    topics: list[TopicView]
