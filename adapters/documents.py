"""Uploaded documents in S3: a quarantine that people post to, a vault of what was found good."""

import hashlib
from typing import Any, NamedTuple

UPLOAD_AT_MOST = 5 * 1024 * 1024
UPLOAD_SECONDS = 15 * 60
PREFIX = "uploads/"


class Upload(NamedTuple):
    """Where an uploaded object belongs, by its key `uploads/<number>/<document>`."""

    number: str
    document: str


class Documents:
    def __init__(self, client: Any, uploads: str, vault: str) -> None:
        self._client = client
        self._uploads = uploads
        self._vault = vault

    def invitation(self, number: str, document: str, content_type: str) -> dict[str, Any]:
        """A presigned POST for exactly this key and type, 5 MB at most: {"url", "fields"}."""
        return self._client.generate_presigned_post(
            self._uploads,
            f"{PREFIX}{number}/{document}",
            Fields={"Content-Type": content_type},
            Conditions=[
                {"Content-Type": content_type},
                ["content-length-range", 1, UPLOAD_AT_MOST],
            ],
            ExpiresIn=UPLOAD_SECONDS,
        )

    def read(self, key: str) -> bytes | None:
        """The uploaded bytes, one more than allowed at most; None when the object is gone."""
        try:
            found = self._client.get_object(Bucket=self._uploads, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        return found["Body"].read(UPLOAD_AT_MOST + 1)

    def keep(self, upload: Upload, data: bytes, content_type: str) -> str:
        """Into the vault with a good document; the key follows from its content: twice is once."""
        digest = hashlib.sha256(data).hexdigest()
        key = f"{upload.number}/{upload.document}-{digest[:16]}"
        self._client.put_object(Bucket=self._vault, Key=key, Body=data, ContentType=content_type)
        return key


def upload_of(key: str) -> Upload | None:
    """Whose upload the key names; None when it is nobody's."""
    parts = key.removeprefix(PREFIX).split("/")
    return Upload(*parts) if key.startswith(PREFIX) and len(parts) == 2 and all(parts) else None
