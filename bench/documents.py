"""CPU of judging an uploaded document, against only decoding it; and the memory at its peak."""

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from adapters.inspection import LARGEST_FILE, inspect
from bench.table import Row, Target
from bench.timing import cpu_per_call
from local.scans import saved, scan, sheet

AT_MOST_TIMES = Target("ratio", "most", 3)
AT_MOST_MEGABYTES = Target("ours", "most", 512)
PEAK = r"""
import re, sys
from adapters.inspection import inspect
data = sys.stdin.buffer.read()
if sys.argv[1:]:
    inspect(data, declared_type=None, file_name="scan")
else:
    from PIL import Image
    import io
    Image.open(io.BytesIO(data)).load()
print(int(re.search(r"VmHWM:\s*(\d+)", open("/proc/self/status").read())[1]) / 1024)
"""
SCANS: dict[str, Callable[[], bytes]] = {
    "A4, JPEG, 300 dpi": lambda: _scan(300, "JPEG", "L"),
    "A4, JPEG, 300 dpi, colour": lambda: _scan(300, "JPEG", "RGB"),
    "A4, JPEG, 600 dpi": lambda: _scan(600, "JPEG", "L"),
    "A4, PNG, 300 dpi": lambda: _scan(300, "PNG", "L"),
    "A4, PNG, 300 dpi, colour": lambda: _scan(300, "PNG", "RGB"),
    "A4, PNG, 600 dpi, 1 bit": lambda: _scan(600, "PNG", "1"),
}


def rows() -> Iterator[Row]:
    yield from _of_images()


def _of_images() -> Iterator[Row]:
    for what, made in SCANS.items():
        data = made()
        judging, decoding = cpu_per_call(
            lambda data=data: _judge(data), lambda data=data: _decode(data)
        )
        note = f"{len(data) / 1e6:.1f} MB"
        yield Row(
            f"judging {what}",
            judging * 1000,
            "ms",
            decoding * 1000,
            "decoding",
            AT_MOST_TIMES,
            note,
        )
        peak, floor = _peak(data, "judge"), _peak(data)
        yield Row(f"memory, {what}", peak, "MB", floor, "decoding", AT_MOST_MEGABYTES)


def _judge(data: bytes) -> None:
    verdict = inspect(data, declared_type=None, file_name="scan")
    assert verdict.accepted, verdict.defect


def _decode(data: bytes) -> None:
    Image.open(io.BytesIO(data)).load()


def _peak(data: bytes, *how: str) -> float:
    """Megabytes of a process that does nothing else."""
    command = [sys.executable, "-c", PEAK, *how]
    root = Path(__file__).parent.parent
    return float(
        subprocess.run(command, input=data, capture_output=True, cwd=root, check=True).stdout
    )


def _scan(dpi: int, image_format: str, mode: str) -> bytes:
    page = sheet((round(8.27 * dpi), round(11.69 * dpi)), colour=mode == "RGB")
    if image_format == "JPEG":
        data = saved(scan(page), format="JPEG", quality=80, dpi=(dpi, dpi))
    else:
        data = saved(page.convert(mode), format="PNG", dpi=(dpi, dpi))
    assert len(data) <= LARGEST_FILE
    return data
