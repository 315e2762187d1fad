"""Whom a run of payments is about, in S3, where agencies' batches have their work:

work/<run>/parts.json, part-0001.json    numbers of applications
"""

import json
from typing import Any


class PaymentParts:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, run: str, numbers: list[str], size: int) -> tuple[str, int]:
        """In parts of `size`; gives the manifest's key and the number of parts."""
        starts = range(0, len(numbers), size)
        keys = [f"work/{run}/part-{position:04d}.json" for position in range(1, len(starts) + 1)]
        for key, start in zip(keys, starts, strict=True):
            self._put(key, numbers[start : start + size])
        manifest = f"work/{run}/parts.json"
        self._put(manifest, [{"part": key} for key in keys])
        return manifest, len(keys)

    def numbers(self, key: str) -> list[str]:
        return json.loads(self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())

    def _put(self, key: str, content: Any) -> None:
        body = json.dumps(content).encode()
        self._client.put_object(
            Bucket=self._bucket, Key=key, Body=body, ContentType="application/json"
        )
