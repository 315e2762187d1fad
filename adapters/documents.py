"""Uploaded documents in S3: a quarantine that people post to, a vault of what was found good.

In the quarantine, `uploads/` holds what was sent, as it was sent, and `inspected/` what the
inspection made of it: cleaned, and named by its content. From there it is copied to the vault once
the scanner has found the upload clean.
"""

import hashlib
from typing import Any, NamedTuple

UPLOAD_AT_MOST = 5 * 1024 * 1024
UPLOAD_SECONDS = 15 * 60
PREFIX = "uploads/"
INSPECTED_PREFIX = "inspected/"


class Upload(NamedTuple):
    """Where an uploaded object belongs, by its key `uploads/<number>/<document>`."""

    number: str
    document: str

    @property
    def key(self) -> str:
        return f"{PREFIX}{self.number}/{self.document}"


class Sent(NamedTuple):
    """The uploaded bytes, one more than allowed at most; `etag` names this writing of the key."""

    data: bytes
    etag: str


class Documents:
    def __init__(self, client: Any, uploads: str, vault: str) -> None:
        self._client = client
        self._uploads = uploads
        self._vault = vault

    def invitation(
        self, number: str, document: str, content_type: str, then: str | None = None
    ) -> dict[str, Any]:
        """A presigned POST for exactly this key and type, 5 MB at most: {"url", "fields"}.
        `then`: the address that the browser goes to after it."""
        fields = {"Content-Type": content_type} | (
            {"success_action_redirect": then} if then else {}
        )
        return self._client.generate_presigned_post(
            self._uploads,
            f"{PREFIX}{number}/{document}",
            Fields=fields,
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", 1, UPLOAD_AT_MOST],
            ],
            ExpiresIn=UPLOAD_SECONDS,
        )

    def send(self, upload: Upload, data: bytes, content_type: str) -> None:
        """Into the quarantine, as if it had been posted there."""
        self._client.put_object(
            Bucket=self._uploads, Key=upload.key, Body=data, ContentType=content_type
        )

    def read(self, key: str) -> Sent | None:
        """What was uploaded; None when the object is gone."""
        try:
            found = self._client.get_object(Bucket=self._uploads, Key=key)
        except self._client.exceptions.NoSuchKey:
            return None
        return Sent(found["Body"].read(UPLOAD_AT_MOST + 1), etag_of(found["ETag"]))

    def set_aside(self, upload: Upload, cleaned: bytes, content_type: str) -> str:
        """What the inspection found good, in wait for the scanner; gives its SHA-256."""
        sha256 = hashlib.sha256(cleaned).hexdigest()
        key = INSPECTED_PREFIX + vault_key(upload, sha256)
        self._client.put_object(
            Bucket=self._uploads, Key=key, Body=cleaned, ContentType=content_type
        )
        return sha256

    def release(self, upload: Upload, sha256: str) -> None:
        """Into the vault with what was set aside; twice is once."""
        key = vault_key(upload, sha256)
        source = {"Bucket": self._uploads, "Key": INSPECTED_PREFIX + key}
        self._client.copy_object(CopySource=source, Bucket=self._vault, Key=key)

    def send_again(self, upload: Upload) -> bool:
        """Write the upload onto itself: a new object to the scanner, whichever it is, and to the
        inspection. Whether it was still there."""
        try:
            self._client.copy_object(
                CopySource={"Bucket": self._uploads, "Key": upload.key},
                Bucket=self._uploads,
                Key=upload.key,
                MetadataDirective="REPLACE",  # S3 copies nothing onto itself unchanged
                TaggingDirective="REPLACE",  # and the old verdict's tag goes
            )
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return False
        return True

    def discard(self, upload: Upload, sha256: str | None) -> None:
        """Out of the quarantine and the vault with a dangerous file. `sha256`: what was set aside
        of it, if anything was."""
        places = [(self._uploads, upload.key)]
        if sha256:
            key = vault_key(upload, sha256)
            places += [(self._uploads, INSPECTED_PREFIX + key), (self._vault, key)]
        for bucket, key in places:
            self._client.delete_object(Bucket=bucket, Key=key)


def vault_key(upload: Upload, sha256: str) -> str:
    """Where the document lies once it is accepted; the key follows from its content, of all of its
    digest: who sends two files can make the beginnings of their digests agree."""
    return f"{upload.number}/{upload.document}-{sha256}"


def etag_of(quoted: str) -> str:
    """S3 answers with quotes around it, and leaves them out in its events."""
    return quoted.strip('"')


def upload_of(key: str) -> Upload | None:
    """Whose upload the key names; None when it is nobody's."""
    parts = key.removeprefix(PREFIX).split("/")
    return Upload(*parts) if key.startswith(PREFIX) and len(parts) == 2 and all(parts) else None
