"""Agencies' files in S3:

inbox/<agency>/<service>/<file>           dropped by the agency
inbox/<agency>/<service>/dry-run/<file>   dropped to be judged only
reports/<agency>/<service>/<file>.report.csv
reports/<agency>/<service>/dry-run/<file>.report.csv
work/<batch>/parts.json, part-0001.json, result-0001.json
work/<batch>/scans/<sha256>     files of an archive that belong to rows
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from casework.batch import Claim, Row, RowResult, Scan
from casework.errors import Problem

INBOX = "inbox/"
DRY_RUN = "dry-run"
INVITED_SECONDS = 900
FILE_AT_MOST = 200 * 1024 * 1024  # a ZIP with scans; smaller kinds are judged when they are read


class Drop(NamedTuple):
    """One file as it was dropped: the same name dropped again is another one."""

    batch: str
    agency: str
    service: str
    key: str
    version: str

    @property
    def dry_run(self) -> bool:
        """Whether the file is only judged: where it lies says so."""
        return _place(self.agency, self.service, dry_run=True) == self.key.rpartition("/")[0] + "/"

    @property
    def report_key(self) -> str:
        return f"reports/{self.key.removeprefix(INBOX)}.report.csv"


class Progress(NamedTuple):
    """`parts`: None until the file is split; the work is kept for a month."""

    parts: int | None
    done: int


def drop_of(detail: dict[str, Any]) -> Drop | None:
    """The drop an S3 event tells of; None when the key is not of an agency's inbox."""
    found = detail["object"]
    key, version = found["key"], found.get("version-id", "")
    parts = key.removeprefix(INBOX).split("/")
    if parts[2:3] == [DRY_RUN] and len(parts) == 4:
        parts.remove(DRY_RUN)
    if not key.startswith(INBOX) or len(parts) != 3 or not all(parts):
        return None
    identity = f"{key}|{version or found.get('sequencer', '')}"
    batch = hashlib.sha256(identity.encode()).hexdigest()[:32]
    return Drop(batch, parts[0], parts[1], key, version)


def _place(agency: str, service: str, *, dry_run: bool) -> str:
    return f"{INBOX}{agency}/{service}/{f'{DRY_RUN}/' if dry_run else ''}"


class Batches:
    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def file(self, drop: Drop, at_most: int) -> bytes:
        """The dropped bytes, one more than `at_most` at most."""
        version = {"VersionId": drop.version} if drop.version else {}
        found = self._client.get_object(Bucket=self._bucket, Key=drop.key, **version)
        return found["Body"].read(at_most + 1)

    def put_parts(self, batch: str, parts: Iterable[list[Row]]) -> tuple[str, int]:
        """Gives the manifest's key and the number of parts."""
        keys = []
        for position, rows in enumerate(parts, start=1):
            keys.append(f"work/{batch}/part-{position:04d}.json")
            self._put(keys[-1], [row._asdict() for row in rows])
        manifest = f"work/{batch}/parts.json"
        self._put(manifest, [{"part": key} for key in keys])
        return manifest, len(keys)

    def part(self, key: str) -> list[Row]:
        return [_row(row) for row in self._get(key)]

    def put_results(self, part: str, results: list[RowResult]) -> None:
        self._put(_result_key(part), [result._asdict() for result in results])

    def results(self, batch: str) -> Iterator[RowResult]:
        """Of every part, in the order of the rows."""
        for part in self._get(f"work/{batch}/parts.json"):
            for result in self._get(_result_key(part["part"])):
                yield _result(result)

    def put_scan(self, batch: str, data: bytes) -> str:
        """Gives the SHA-256 that it is found by."""
        sha256 = hashlib.sha256(data).hexdigest()
        self._client.put_object(Bucket=self._bucket, Key=_scan_key(batch, sha256), Body=data)
        return sha256

    def scan(self, batch: str, sha256: str) -> bytes:
        found = self._client.get_object(Bucket=self._bucket, Key=_scan_key(batch, sha256))
        return found["Body"].read()

    def put_file_problems(self, batch: str, problems: list[Problem]) -> None:
        self._put(f"work/{batch}/problems.json", problems)

    def file_problems(self, batch: str) -> tuple[Problem, ...]:
        return _problems(self._get(f"work/{batch}/problems.json"))

    def forget(self, drop: Drop) -> None:
        """The dropped file and everything that was made of it but the report."""
        version = {"VersionId": drop.version} if drop.version else {}
        self._client.delete_object(Bucket=self._bucket, Key=drop.key, **version)
        for keys in self._work(drop.batch):
            named = [{"Key": key} for key in keys]
            self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": named})

    def invite(
        self,
        agency: str,
        service: str,
        file_name: str,
        then: str | None = None,
        *,
        dry_run: bool = False,
    ) -> dict[str, Any]:
        """Where, and with which fields, a browser posts the file: {url, fields}. `then`: the
        address that it goes to after it."""
        fields = {"success_action_redirect": then} if then else {}
        return self._client.generate_presigned_post(
            Bucket=self._bucket,
            Key=f"{_place(agency, service, dry_run=dry_run)}{file_name}",
            Fields=fields or None,
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", 1, FILE_AT_MOST],
            ],
            ExpiresIn=INVITED_SECONDS,
        )

    def progress(self, batch: str) -> Progress:
        names = [key.rpartition("/")[2] for keys in self._work(batch) for key in keys]
        split = "parts.json" in names
        parts = sum(name.startswith("part-") for name in names)
        done = sum(name.startswith("result-") for name in names)
        return Progress(parts if split else None, done)

    def _work(self, batch: str) -> Iterator[list[str]]:
        """The keys of the batch's work, as many at once as one call deletes."""
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=f"work/{batch}/"):
            if keys := [found["Key"] for found in page.get("Contents", ())]:
                yield keys

    def report_address(self, drop: Drop, seconds: int) -> str:
        """Whoever has it reads the report without signing in, until the seconds are over."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": drop.report_key,
                "ResponseContentDisposition": "attachment; filename=report.csv",
                "ResponseCacheControl": "no-store",
            },
            ExpiresIn=seconds,
        )

    def put_report(self, drop: Drop, report: bytes) -> None:
        self._client.put_object(
            Bucket=self._bucket, Key=drop.report_key, Body=report, ContentType="text/csv"
        )

    def _put(self, key: str, content: Any) -> None:
        body = json.dumps(content, ensure_ascii=False).encode()
        self._client.put_object(
            Bucket=self._bucket, Key=key, Body=body, ContentType="application/json"
        )

    def _get(self, key: str) -> Any:
        return json.loads(self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read())


def _result_key(part: str) -> str:
    return part.replace("/part-", "/result-")


def _scan_key(batch: str, sha256: str) -> str:
    return f"work/{batch}/scans/{sha256}"


def _row(stored: dict[str, Any]) -> Row:
    held = stored["documents"]
    documents = None if held is None else tuple(held)
    scans = tuple(Scan(*scan) for scan in stored["scans"])
    told = {"documents": documents, "scans": scans, "problems": _problems(stored["problems"])}
    return Row(**{**stored, **told})


def _result(stored: dict[str, Any]) -> RowResult:
    claim = stored.get("claim")
    told = {
        "problems": _problems(stored["problems"]),
        "claim": Claim(claim[0], tuple(claim[1])) if claim else None,
    }
    return RowResult(**{**stored, **told})


def _problems(stored: list[Any]) -> tuple[Problem, ...]:
    return tuple(Problem(*problem) for problem in stored)
