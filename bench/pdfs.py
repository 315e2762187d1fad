"""Judging PDFs against opening them alone: time, memory, and what a process of its own adds.

Opening is what any check needs: every page parsed, every scan decoded.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pypdfium2
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from adapters.inspection import Verdict, inspect
from adapters.inspection.apart import inspect_apart
from bench.table import Row, Target
from bench.timing import cpu_per_call
from local import scans
from tests.files import born_digital_pdf

ROUNDS = 15
MEMORY = """
import pathlib, sys
from bench import pdfs
pdfs.{call}(sys.stdin.buffer.read())
status = pathlib.Path("/proc/self/status").read_text()  # resource would tell the parent's peak
print(status.split("VmHWM:")[1].split()[0])
"""


def rows() -> Iterator[Row]:
    one, fifty = scans.good_pdf(), scanned(50)
    for what, data, note in (
        ("PDF of one A4 scan judged", one, "300 dpi"),
        ("PDF of 50 scans judged", fifty, f"150 dpi, {len(fifty) / 2**20:.1f} MB"),
        ("PDF of 50 printed pages judged", born_digital_pdf(50), "no images"),
    ):
        ours, floor = cpu_per_call(lambda data=data: judged(data), lambda data=data: opened(data))
        yield Row(what, ours * 1000, "ms", floor * 1000, "opening", note=note)
    ours, floor = (_peak_megabytes(call, fifty) for call in ("judged", "opened"))
    yield Row(
        "PDF of 50 scans, peak memory", ours, "MB", floor, "opening", Target("ours", "most", 512)
    )
    yield _apart(scans.good_jpeg())


def scanned(pages: int) -> bytes:
    """Below five megabytes, as a citizen may send it."""
    sheet = scans.sheet((1240, 1754))
    return scans.saved(
        sheet.copy(),
        format="PDF",
        resolution=150,
        quality=15,
        save_all=True,
        append_images=[sheet.copy() for _ in range(pages - 1)],
    )


def judged(data: bytes) -> Verdict:
    verdict = inspect(data, declared_type=None, file_name="a", at_most=2**25)
    assert verdict.accepted, verdict.defect
    return verdict


def opened(data: bytes) -> None:
    with closing(pypdfium2.PdfDocument(data)) as pdf:
        for number in range(len(pdf)):
            with closing(pdf[number]) as page:
                for image in page.get_objects(filter=[FPDF_PAGEOBJ_IMAGE]):
                    image.get_bitmap()


def _apart(data: bytes) -> Row:
    """By the clock on the wall: the work is another process's."""

    def apart() -> Verdict:
        return inspect_apart(data, declared_type=None, file_name="a")

    here, there = (
        min(_seconds(call) for _ in range(ROUNDS)) for call in (lambda: judged(data), apart)
    )
    note = "a process of its own, per file"
    return Row("A4 scan judged apart", there * 1000, "ms", here * 1000, "judged here", note=note)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _peak_megabytes(call: str, data: bytes) -> float:
    ran = subprocess.run(
        [sys.executable, "-c", MEMORY.format(call=call)],
        input=data,
        capture_output=True,
        check=True,
    )
    return int(ran.stdout) / 1024
