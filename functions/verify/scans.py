"""A verdict that does not come: asked for again, told and escalated, and never done without."""

from functools import partial
from typing import Any

from adapters.clock import now
from adapters.documents import Upload
from adapters.queues import ScanAwaited
from adapters.records import each_message
from casework import files
from casework.files import STILL, FileState
from functions.verify.documents import carry
from functions.verify.shelves import Expected, Shelf, shelf_of
from functions.verify.wiring import documents, logger, scans_awaited


def look_again(event: dict[str, Any], _: Any) -> dict[str, Any]:
    """Uploads whose verdict was awaited a while ago (queue with a delay)."""
    return each_message(event, _look, logger)


def _look(message: dict[str, Any]) -> None:
    upload = Upload(**message)
    shelf = shelf_of(upload)
    expected = shelf.expected(upload)
    if expected is None or expected.over or not files.is_awaited(expected.file):
        return
    file = _ask_again(shelf, upload, expected)
    if files.is_awaited(file):
        scans_awaited().send([ScanAwaited(*upload)])


def _ask_again(shelf: Shelf, upload: Upload, expected: Expected) -> FileState:
    """Only a release may be missing, by a crash; otherwise, when the time has come, both judges are
    given the upload anew. One that is gone cannot be judged: another is asked for."""
    at = now()
    if files.is_good(expected.file):
        return carry(shelf, upload, expected.file, lambda _: STILL)
    if not files.try_again(expected.file, at).happenings:
        return expected.file
    act = partial(files.try_again, now=at) if documents().send_again(upload) else files.give_up
    return shelf.move(upload, act, None)
