"""ClamAV in GuardDuty's place: a worker that the office runs where its ClamAV is (`opora scan`).

It takes each upload from a queue, has it scanned, and tells EventBridge in the shape of GuardDuty's
events. What it cannot scan now stays in the queue; the silence meanwhile is the system's to tell.
"""

import json
import socket
import struct
import subprocess
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from adapters.malware import CLEAN, DETAIL_TYPE, FAILED, INFECTED, Scanned, detail_of
from casework.errors import Unavailable

SOURCE = "opora.clamav"
TAKES_AT_MOST = 120  # seconds for one file, below the queue's visibility time-out
CHUNK = 1 << 16
LONGEST_ANSWER = 4096


class Found(NamedTuple):
    """`result`: NO_THREATS_FOUND | THREATS_FOUND | FAILED; `threat`: the name of the signature."""

    result: str
    threat: str | None = None


class Clam(Protocol):
    def scan(self, data: bytes) -> Found:
        """Raises Unavailable when it cannot scan anything now."""


class Clamd:
    """The daemon, at "host:port" or at the path of its socket."""

    def __init__(self, address: str) -> None:
        self._address = address

    def scan(self, data: bytes) -> Found:
        try:
            answer = self._instream(data)
        except OSError as error:
            raise Unavailable() from error
        return _found(answer.rstrip("\0\n").removeprefix("stream: "))

    def _instream(self, data: bytes) -> str:
        """clamd(8), INSTREAM: chunks with their length before them, an empty one at the end."""
        with self._connected() as connection:
            with suppress(
                BrokenPipeError, ConnectionResetError
            ):  # too large: it says so and hangs up
                connection.sendall(b"zINSTREAM\0")
                for start in range(0, len(data), CHUNK):
                    part = data[start : start + CHUNK]
                    connection.sendall(struct.pack(">I", len(part)) + part)
                connection.sendall(struct.pack(">I", 0))
            with connection.makefile("rb") as answer:
                return answer.read(LONGEST_ANSWER).decode(errors="replace")

    def _connected(self) -> socket.socket:
        host, colon, port = self._address.rpartition(":")
        if colon:
            return socket.create_connection((host, int(port)), timeout=TAKES_AT_MOST)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(TAKES_AT_MOST)
        try:
            connection.connect(self._address)
        except OSError:
            connection.close()
            raise
        return connection


class Clamscan:
    """The program, which loads its signatures anew for each file: for tests and small offices.

    `database`: a folder of signatures instead of ClamAV's own.
    """

    def __init__(self, database: str | None = None) -> None:
        self._command = ["clamscan", "--stdout", "--no-summary"]
        self._command += [f"--database={database}"] if database else []

    def scan(self, data: bytes) -> Found:
        try:
            ended = subprocess.run(  # noqa: S603  nothing that a sender chose stands in the command
                [*self._command, "-"],
                input=data,
                capture_output=True,
                timeout=TAKES_AT_MOST,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable() from error
        if ended.returncode not in (0, 1):  # no signatures, no memory: nothing about the file
            raise Unavailable()
        return _found(ended.stdout.decode(errors="replace").strip().removeprefix("stdin: "))


def _found(answer: str) -> Found:
    if answer == "OK":
        return Found(CLEAN)
    if answer.endswith(" FOUND"):
        return Found(INFECTED, answer.removesuffix(" FOUND"))
    return Found(FAILED)


class Worker:
    """`queue`: the URL of the stack's output ClamavRequests."""

    def __init__(self, sqs: Any, s3: Any, events: Any, queue: str, clam: Clam) -> None:
        self._sqs, self._s3, self._events = sqs, s3, events
        self._queue, self._clam = queue, clam

    def work(self, wait: int = 20) -> int:
        """Scan what has come, waiting for it some seconds; gives how many. Raises Unavailable: what
        was not told comes again."""
        found = self._sqs.receive_message(
            QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=wait
        )
        messages = found.get("Messages", [])
        for message in messages:
            self._scan(json.loads(message["Body"])["detail"])
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)

    def _scan(self, uploaded: dict[str, Any]) -> None:
        bucket, key = uploaded["bucket"]["name"], uploaded["object"]["key"]
        try:
            sent = self._s3.get_object(Bucket=bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:
            return  # deleted meanwhile: there is nothing to say
        found = self._clam.scan(sent["Body"].read())
        scanned = Scanned(key, sent["ETag"].strip('"'), found.result)
        entry = {
            "Source": SOURCE,
            "DetailType": DETAIL_TYPE,
            "Detail": json.dumps(detail_of(bucket, scanned, found.threat)),
        }
        if self._events.put_events(Entries=[entry])["FailedEntryCount"]:
            raise Unavailable()
