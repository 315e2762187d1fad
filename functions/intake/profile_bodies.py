"""The shapes of requests and answers about a person's profile."""

from datetime import datetime
from typing import Any

from pydantic import Field

from functions.intake.bodies import Body, FormValues, View


class ProfileChange(Body):
    """Only what is said changes."""

    version: int = Field(ge=0, description="As it was read; 0: nothing is told yet")
    values: FormValues


class ProfileView(View):
    """`verified`: the phone and the e-mail that the person has shown to be his, or null."""

    version: int
    changed_at: datetime | None
    values: dict[str, Any]
    verified: dict[str, str | None]


class PrefillView(View):
    """`values`: for the fields of which the draft says nothing yet. Nothing is changed: the person
    looks at them and sends them as his own."""

    number: str
    version: int
    values: dict[str, Any]
