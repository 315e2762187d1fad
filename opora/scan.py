"""`opora scan`: the office's own ClamAV in GuardDuty's place (docs/decisions/malware.md)."""

import time

from botocore.exceptions import BotoCoreError, ClientError

from adapters.aws import client
from adapters.clamav import Clamd, Clamscan, Worker
from casework.errors import Unavailable
from opora.failure import Failure

REST = 30  # seconds, after a failure


def scan(queue: str, clamd: str | None, *, once: bool = False) -> int:
    """Scan uploads as they come, until stopped; with `once`, those that are there now."""
    clam = Clamd(clamd) if clamd else Clamscan()
    try:
        worker = Worker(client("sqs"), client("s3"), client("events"), queue, clam)
        return _scan_now(worker) if once else _scan_on(worker)
    except (BotoCoreError, ClientError, ValueError) as error:
        raise Failure(f"the queue or its files cannot be read: {error}") from error


def _scan_now(worker: Worker) -> int:
    while worker.work(wait=0):
        pass
    return 0


def _scan_on(worker: Worker) -> int:
    while True:
        try:
            worker.work()
        except Unavailable:
            print("ClamAV or EventBridge does not answer; uploads wait in the queue", flush=True)
            time.sleep(REST)
