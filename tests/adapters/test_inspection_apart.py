"""A file judged in a process of its own: whatever it does to that process, there is a verdict."""

import ast
import os
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from adapters.inspection import Verdict, apart, inspect
from adapters.inspection.apart import inspect_apart
from local import scans
from tests import files
from tests.corpus import hostile

ARCHIVE = {"application/pdf", "image/jpeg", "image/png", "application/xml"}


def asked(data: bytes, judge: Callable[..., Verdict] = inspect_apart) -> Verdict:
    return judge(
        data,
        declared_type=None,
        file_name="a.bin",
        allowed=ARCHIVE,
        at_most=2**23,
        dpi_at_least=150,
    )


@pytest.mark.parametrize(
    "made",
    [
        scans.good_jpeg,
        scans.good_png,
        scans.good_pdf,
        files.born_digital_pdf,
        files.locked_pdf,
        hostile.extract,
        lambda: hostile.extract(encoding="windows-1251"),
        hostile.pdf_with_photo,
        files.encrypted_pdf,
        files.truncated_jpeg,
        files.png_bomb,
        files.coarse_pdf,
        bytes,
    ],
)
def test_the_verdict_is_the_same_as_in_this_process(made: Callable[[], bytes]) -> None:
    """Also proof that the judge has loaded all that its children, who open no files, will need."""
    data = made()
    assert asked(data) == asked(data, inspect)


def test_a_judge_judges_many_files() -> None:
    asked(files.coarse_pdf())
    (before,) = apart._judges
    asked(files.truncated_png())
    asked(files.coarse_pdf())
    assert apart._judges == [before]


@pytest.mark.parametrize(
    "made",
    [
        hostile.pdf_of_doubling_forms,
        pytest.param(hostile.pdf_of_endless_content, marks=pytest.mark.long),
        pytest.param(hostile.pdf_of_swollen_object_stream, marks=pytest.mark.long),
    ],
)
def test_a_bomb_ends_in_a_verdict_and_the_next_file_is_judged(made: Callable[[], bytes]) -> None:
    assert asked(made()).defect == "does_not_open"
    assert asked(files.born_digital_pdf()).accepted


TELLING = """
import sys
from adapters.inspection import apart
from adapters.inspection.verdict import Verdict

rehearse = apart._rehearse

def rehearse_and_tell():
    rehearse()
    apart.inspect = lambda *_, **__: Verdict(True, None, None, {"l": [*sys.modules]}, 1, 0, "")

apart._rehearse = rehearse_and_tell
apart.serve()
"""


def test_all_that_readers_import_is_loaded_before_the_doors_close(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else a good file would be refused, and only in the function."""
    apart._dismiss()
    monkeypatch.setattr(apart, "_STARTED", TELLING)
    loaded = set(asked(b"").details["l"])
    apart._dismiss()
    room = Path(apart.__file__).parent
    readers = [path for path in room.glob("*.py") if path.stem != "archive_zip"]  # never read apart
    wanted = {name for path in readers for name in imported(path.read_text("utf-8"))}
    assert {"PIL.Image", "pypdf", "pypdfium2.raw", "filetype"} <= wanted
    assert wanted <= loaded


def imported(source: str) -> Iterator[str]:
    """The modules that a source names in its imports, wherever they stand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            inside = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name for name in inside if is_module(name))


def is_module(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # what it is asked of is no package
        return False


# What no file of ours achieves, a judge of ours does when it is told to

OBEDIENT = """
import ctypes, os, socket, time
from adapters.inspection import apart
from adapters.inspection.verdict import Verdict

def tell(**told):
    return Verdict(True, None, None, told, 1, 0, "")

def opened(open_it):
    try:
        open_it()
    except OSError as error:
        return error.strerror
    return "opened"

def obey(data, **_):
    if data == b"loop":
        while True:
            pass
    if data == b"sleep":
        time.sleep(1000)
    if data == b"crash":
        ctypes.string_at(0)
    if data == b"memory":
        bytearray(10**9)
    if data == b"exit":
        os._exit(0)
    if data == b"linger":
        os.closerange(3, 100)
        time.sleep(1000)
    if data == b"environment":
        return tell(names=sorted(os.environ))
    if data == b"open":
        return tell(file=opened(lambda: open("/etc/hostname")), net=opened(socket.socket))
    return tell(data=data.decode())

apart.inspect, apart.CPU_SECONDS, apart.WALL_SECONDS = obey, 1, 1
apart._rehearse = lambda: None
apart.serve()
"""


@pytest.fixture
def obedient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(apart, "_STARTED", OBEDIENT)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    apart._dismiss()
    yield
    apart._dismiss()


@pytest.mark.parametrize("fate", [b"loop", b"sleep", b"crash", b"memory", b"exit"])
@pytest.mark.usefixtures("obedient")
def test_however_a_child_ends_there_is_a_verdict(fate: bytes) -> None:
    verdict = asked(fate)
    assert (verdict.accepted, verdict.defect, verdict.size) == (False, "does_not_open", len(fate))
    assert asked(b"next").details == {"data": "next"}


@pytest.mark.usefixtures("obedient")
def test_no_child_outlives_its_judge() -> None:
    """Also one that hangs up and goes on."""
    asked(b"first")
    (judge,) = apart._judges
    assert asked(b"linger").defect == "does_not_open"
    with pytest.raises(ProcessLookupError):
        os.killpg(judge._process.pid, 0)


@pytest.mark.usefixtures("obedient")
def test_the_judge_has_no_secrets() -> None:
    assert not [name for name in asked(b"environment").details["names"] if "AWS" in name]


@pytest.mark.skipif(sys.platform != "linux", reason="other systems count open files otherwise")
@pytest.mark.usefixtures("obedient")
def test_a_child_opens_neither_files_nor_sockets() -> None:
    assert asked(b"open").details == {"file": "Too many open files", "net": "Too many open files"}


def test_a_judge_that_does_not_start_is_no_fault_of_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    apart._dismiss()
    monkeypatch.setattr(apart, "_STARTED", "raise SystemExit(3)")
    with pytest.raises(OSError, match="does not start"):
        asked(files.born_digital_pdf())
