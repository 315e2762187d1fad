"""The vault of documents that were found good: shown for a minute, and copied."""

import mimetypes
from typing import Any
from urllib.parse import quote

from casework.ports import DocumentRecord

SHOWN_SECONDS = 60
_AS_TEXT = frozenset({"application/xml", "text/xml"})  # XML can bring scripts into a browser


class Vault:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def address(
        self,
        key: str,
        file_name: str,
        content_type: str,
        *,
        download: bool,
        seconds: int = SHOWN_SECONDS,
    ) -> str:
        """Where whoever has the address reads the file for so many seconds."""
        how = "attachment" if download else "inline"
        plain = content_type in _AS_TEXT and not download
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": f"{how}; filename*=UTF-8''{quote(file_name)}",
                "ResponseContentType": "text/plain; charset=utf-8" if plain else content_type,
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=seconds,
        )

    def read(self, key: str) -> bytes | None:
        """None when it is there no more."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            return None

    def copy(self, key: str, to: str) -> None:
        """The same file as a document of something else; erasing one leaves the other."""
        source = {"Bucket": self._bucket, "Key": key}
        self._client.copy_object(Bucket=self._bucket, Key=to, CopySource=source)


def neutral_name(record: DocumentRecord) -> str:
    """Addresses are logged, and the name that the applicant gave the file may name him."""
    ending = mimetypes.guess_extension(record.content_type) or ""
    return f"{record.kind}-{record.id[:8]}{ending}"


def key_of_copy(key: str, number: str, document: str) -> str:
    """Where the copy of a file lies: it follows from the content and from what the copy is of."""
    return f"{number}/{document}-{key.rpartition('-')[2]}"
