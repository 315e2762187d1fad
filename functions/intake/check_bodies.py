"""The shapes of the answers about a paper of ours."""

from datetime import date

from pydantic import BaseModel, Field


class CheckKey(BaseModel):
    name: str = Field(description="How seals call it: begins the SHA-256 of the key (DER), in hex")
    algorithm: str = "ECDSA P-256, SHA-256"
    public_key: str = Field(description="PEM, SubjectPublicKeyInfo")


class CheckKeys(BaseModel):
    keys: list[CheckKey]


class CheckedPaper(BaseModel):
    """All but `issued` is there only when the paper is ours."""

    issued: bool
    number: str | None = None
    kind: str | None = None
    title: str | None = None
    day: date | None = None
    standing: str | None = Field(None, description="holds, or why it does not")
    told: str | None = Field(None, description="The same in words")
