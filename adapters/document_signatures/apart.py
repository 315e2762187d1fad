"""The same check in a process of its own, bounded in time and memory and without our keys.

A file with a signature is rare, so the process is started for it and ends with it. It may start
openssl, so it may open files; of the function's environment it has nothing but the paths.
"""

import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.document_signatures import NoSignature, may_be_signed, signatures_of
from casework.document_signatures import (
    ALWAYS,
    FoundSignature,
    SignatureReport,
    report,
    report_of,
)

SECONDS = 20
MEMORY = 400 * 1024 * 1024  # bytes of data of its own
FILES = 16 * 1024 * 1024  # bytes that it may write: what openssl is to read
_STARTED = "from adapters.document_signatures.apart import answer; answer()"
_PASSED_ON = ("LD_LIBRARY_PATH", "PATH")


def signatures_apart(
    data: bytes,
    content_type: str,
    *,
    beside: bytes | None = None,
    roots: Sequence[str] = (),
    now: datetime,
) -> SignatureReport:
    """As `adapters.document_signatures.signatures_of`; a file that ends the process is one whose
    signature nobody could read. Raises NoSignature."""
    if beside is None and not may_be_signed(data, content_type):
        return report(())
    asked = {
        "content_type": content_type,
        "roots": list(roots),
        "now": now.isoformat(),
        "size": len(data),
        "beside": beside is not None,
    }
    answered = _answer_of_a_process(json.dumps(asked).encode() + b"\n" + data + (beside or b""))
    if answered is None:
        return report([FoundSignature("unknown", None, False, ("not_readable", *ALWAYS))])
    if "no_signature" in answered:
        raise NoSignature
    return report_of(answered)


def _answer_of_a_process(asked: bytes) -> dict[str, Any] | None:
    paths = (path or os.getcwd() for path in sys.path)  # noqa: PTH109
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603  ourselves
            [sys.executable, "-S", "-c", _STARTED],
            input=asked,
            env={**passed_on, "PYTHONPATH": os.pathsep.join(paths)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote the file
            timeout=SECONDS,
            check=True,
        )
        return json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return None


def answer() -> None:
    """In the process: one question by stdin, one answer by stdout."""
    logging.disable()
    asked = json.loads(sys.stdin.buffer.readline())
    data, beside = sys.stdin.buffer.read(asked["size"]), sys.stdin.buffer.read()
    for which, limit in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_DATA, MEMORY),
        (resource.RLIMIT_FSIZE, FILES),
        (resource.RLIMIT_CORE, 0),  # a crash must not leave personal data on a disk
    ):
        resource.setrlimit(which, (limit, limit))
    try:
        told = signatures_of(
            data,
            asked["content_type"],
            beside=beside if asked["beside"] else None,
            roots=asked["roots"],
            now=datetime.fromisoformat(asked["now"]),
        ).to_json()
    except NoSignature:
        told = {"no_signature": True}
    sys.stdout.write(json.dumps(told))
