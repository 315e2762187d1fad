"""What people left in S3, erased for good: every version of it, and every mark that it was deleted.

    uploads   uploads/<number>/<document>             the quarantine
              inspected/<number>/<document>-<digest>  cleaned, in wait for the scanner
    vault     <number>/<document>-<digest>            what was found good
              papers/<number>/...                     what we issued
    letters   to-print/<number>.<event>.<template>    what is to be printed

<number> names an application, or a person's archive.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from adapters.documents import INSPECTED_PREFIX, PREFIX
from casework.errors import Unavailable
from casework.retention import Part

AT_ONCE = 1000  # S3 deletes no more in one call


class Traces:
    def __init__(self, client: Any, uploads: str, vault: str, letters: str) -> None:
        self._client = client
        self._uploads, self._vault, self._letters = uploads, vault, letters

    def erase(self, number: str, parts: Collection[str], spared: Collection[str] = ()) -> None:
        """Of these parts, whatever lies under the number, but the vault's keys that are `spared`.
        Erasing what is gone changes nothing. Raises Unavailable when S3 did not do all of it."""
        if Part.DOCUMENTS in parts:
            self._erase(self._uploads, f"{PREFIX}{number}/")
            self._erase(self._uploads, f"{INSPECTED_PREFIX}{number}/")
            self._erase(self._vault, f"{number}/", spared)
        if Part.PAPERS in parts:
            self._erase(self._vault, f"papers/{number}/")
        if Part.LETTERS in parts:
            self._erase(self._letters, f"to-print/{number}.")

    def erase_document(self, number: str, document: str, spared: Collection[str] = ()) -> None:
        """One document: `/` and `-` end its id in the keys."""
        self._erase(self._uploads, f"{PREFIX}{number}/{document}", exactly=True)
        self._erase(self._uploads, f"{INSPECTED_PREFIX}{number}/{document}-")
        self._erase(self._vault, f"{number}/{document}-", spared)

    def erase_documents(self, number: str, documents: Collection[str]) -> None:
        """Any number of documents, by one reading of each place."""
        for bucket, prefix, end in (
            (self._uploads, f"{PREFIX}{number}/", ""),
            (self._uploads, f"{INSPECTED_PREFIX}{number}/", "-"),
            (self._vault, f"{number}/", "-"),
        ):
            found = self._versions(bucket, prefix)
            self._delete(bucket, [v for v in found if _named(v["Key"], prefix, end) in documents])

    def erase_kept(self, keys: Collection[str]) -> None:
        """These keys of the vault, under whichever number they lie."""
        for key in keys:
            self._erase(self._vault, key, exactly=True)

    def _erase(
        self, bucket: str, prefix: str, spared: Collection[str] = (), *, exactly: bool = False
    ) -> None:
        found = [
            version
            for version in self._versions(bucket, prefix)
            if version["Key"] not in spared and (version["Key"] == prefix or not exactly)
        ]
        self._delete(bucket, found)

    def _delete(self, bucket: str, found: Sequence[dict[str, str]]) -> None:
        for start in range(0, len(found), AT_ONCE):
            answer = self._client.delete_objects(
                Bucket=bucket, Delete={"Objects": found[start : start + AT_ONCE], "Quiet": True}
            )
            if answer.get("Errors"):
                raise Unavailable()

    def _versions(self, bucket: str, prefix: str) -> Iterator[dict[str, str]]:
        pages = self._client.get_paginator("list_object_versions")
        for page in pages.paginate(Bucket=bucket, Prefix=prefix):
            for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield {"Key": found["Key"], "VersionId": found["VersionId"]}


def _named(key: str, prefix: str, end: str) -> str:
    """The document that a key is of: what `end` ends, behind the prefix."""
    name = key.removeprefix(prefix)
    return name.rpartition(end)[0] if end else name
