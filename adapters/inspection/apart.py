"""The same judgement in a process of its own: what a hostile file can break there is only that.

A judge is started once and kept warm: a fresh interpreter without the function's environment,
memory, open connections or keys. For each file it forks a child that is bounded in memory, CPU time
and wall time and can open neither files nor sockets. Whatever becomes of the child (an endless
loop, memory without end, a crash inside a C library), the answer is a verdict; after such an end
the next file finds a new judge.

Pipes only: Lambda has no /dev/shm, so multiprocessing's queues and pools do not work there. What
comes back is read as JSON, never unpickled: a child that was taken over must not reach further.
"""

import atexit
import gc
import io
import json
import logging
import os
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Set
from contextlib import suppress
from typing import Any, BinaryIO

from adapters.inspection import ACCEPTED, inspect, rejected
from adapters.inspection.verdict import LARGEST_FILE, MEGABYTE, DefectFound, Verdict

CPU_SECONDS = 15
"""Hundreds of times what a good file takes."""

WALL_SECONDS = 30
"""Below the 60 of the function; a slow processor is no reason to refuse a good file."""

MEMORY = 350 * MEGABYTE
"""A child's own, with the 30 it begins with; the judge and the function take some 150 more."""

_STARTED = "from adapters.inspection.apart import serve; serve()"
_PASSED_ON = ("LD_LIBRARY_PATH",)
"""Where Lambda's interpreter finds its library; nothing else of the environment is needed."""

_LENGTH = struct.Struct(">I")


def inspect_apart(
    data: bytes,
    *,
    declared_type: str | None,
    file_name: str,
    allowed: Set[str] = ACCEPTED,
    at_most: int = LARGEST_FILE,
    dpi_at_least: int | None = None,
) -> Verdict:
    """As `adapters.inspection.inspect`; a file that ends its process is `does_not_open`.

    Raises OSError when the judge does not start: that is no fault of the file.
    """
    asked = {
        "declared_type": declared_type,
        "file_name": file_name,
        "allowed": sorted(allowed),
        "at_most": at_most,
        "dpi_at_least": dpi_at_least,
    }
    with _one_at_a_time:
        try:
            return _verdict(_judge().asked(asked, data), data)
        except (BrokenPipeError, EOFError, LookupError, TypeError, ValueError):
            _dismiss()
    return rejected(data, None, DefectFound("does_not_open"))


def start() -> None:
    """Have the judge ready before the first file, which saves that one half a second."""
    with _one_at_a_time:
        _judge()


# The function's side

_one_at_a_time = threading.Lock()


class _Judge:
    def __init__(self) -> None:
        paths = (path or os.getcwd() for path in sys.path)  # noqa: PTH109
        passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603 (this interpreter, these words)
            [sys.executable, "-S", "-c", _STARTED],
            env={**passed_on, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        try:
            _read(self._process.stdout)
        except EOFError as error:
            self.close()
            raise OSError("the judge does not start") from error

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def asked(self, asked: dict[str, Any], data: bytes) -> bytes:
        """The answer. EOFError or BrokenPipeError: nobody lived to give one."""
        too_long = threading.Timer(WALL_SECONDS * 1.5, self._kill)  # the child has its own alarm
        too_long.start()
        try:
            for part in (json.dumps(asked).encode(), data):
                _write(self._process.stdin, part)
            return _read(self._process.stdout)
        finally:
            too_long.cancel()

    def close(self) -> None:
        self._kill()
        self._process.wait()
        self._process.stdout.close()
        with suppress(OSError):
            self._process.stdin.close()

    def _kill(self) -> None:
        """With its child: they are a session of their own."""
        if self.is_alive():
            os.killpg(self._process.pid, signal.SIGKILL)


_judges: list[_Judge] = []
"""One at most."""


def _judge() -> _Judge:
    if _judges and not _judges[0].is_alive():
        _dismiss()
    if not _judges:
        _judges.append(_Judge())
    return _judges[0]


@atexit.register
def _dismiss() -> None:
    while _judges:
        _judges.pop().close()


def _verdict(answer: bytes, data: bytes) -> Verdict:
    pipe = io.BytesIO(answer)
    said = json.loads(_read(pipe))
    cleaned = {"none": None, "as sent": data, "changed": pipe.read()}[said.pop("cleaned")]
    return Verdict(**{**said, "warnings": tuple(said["warnings"]), "cleaned": cleaned})


# The judge's side


def serve() -> None:
    """Judge the files that come by stdin, each in a child, until one does not answer.

    The child of the next file waits already: it is made while the function does something else.
    Once it has answered it is ended: it must not see the file of another.
    """
    logging.disable()  # what libraries say of a file may quote it
    _rehearse()
    gc.freeze()
    _write(sys.stdout.buffer, b"ready")
    while True:
        answers, to_judge = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(answers)
            _judge_and_exit(to_judge)
        os.close(to_judge)
        try:
            with os.fdopen(answers, "rb") as pipe:
                answer = _read(pipe)
        except EOFError:
            os.kill(child, signal.SIGKILL)  # it may have hung up and live on
            os.waitpid(child, 0)
            return
        os.kill(child, signal.SIGKILL)
        _write(sys.stdout.buffer, answer)
        os.waitpid(child, 0)


def _rehearse() -> None:
    """Loads what judging needs: the children cannot, they open no files.

    What readers import where they use it stands here once more; the rest is loaded on the way.
    """
    from PIL import ExifTags, Image, ImageFilter, ImageOps  # noqa: F401, PLC0415

    for image_format in ("JPEG", "PNG", "PDF"):
        file = io.BytesIO()
        Image.effect_noise((64, 64), 64).save(file, format=image_format)
        inspect(file.getvalue(), declared_type=None, file_name="")
    xml = b'<?xml version="1.0" encoding="windows-1251"?><a/>'
    inspect(xml, declared_type=None, file_name="", allowed={"application/xml"})


def _judge_and_exit(to_judge: int) -> None:
    """In the child; returns to nobody."""
    try:
        os.close(sys.stdout.fileno())
        _close_the_doors()
        asked = json.loads(_read(sys.stdin.buffer))
        signal.alarm(WALL_SECONDS)
        answer = _answer(asked, _read(sys.stdin.buffer))
        with os.fdopen(to_judge, "wb") as pipe:
            _write(pipe, answer)
    finally:
        os._exit(0)


def _answer(asked: dict[str, Any], data: bytes) -> bytes:
    """The verdict as JSON, its length before it; then, when they are others than sent, the bytes
    to keep."""
    verdict = inspect(data, **{**asked, "allowed": frozenset(asked["allowed"])})
    said = verdict._asdict()
    cleaned = said.pop("cleaned")
    kind = "none" if cleaned is None else "as sent" if cleaned == data else "changed"
    answer = io.BytesIO()
    _write(answer, json.dumps({**said, "cleaned": kind}).encode())
    answer.write(cleaned if kind == "changed" else b"")
    return answer.getvalue()


def _close_the_doors() -> None:
    limits = {
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_DATA: MEMORY,
        resource.RLIMIT_NOFILE: 0,  # nothing more is opened: no file, no socket
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,  # a crash must not leave personal data on a disk
    }
    for which, limit in limits.items():
        resource.setrlimit(which, (limit, limit))


# The pipe


def _write(pipe: BinaryIO, part: bytes) -> None:
    pipe.write(_LENGTH.pack(len(part)))
    pipe.write(part)
    pipe.flush()


def _read(pipe: BinaryIO) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(pipe, _LENGTH.size))
    return _exactly(pipe, length)


def _exactly(pipe: BinaryIO, length: int) -> bytes:
    found = pipe.read(length)
    if len(found) < length:
        raise EOFError
    return found
