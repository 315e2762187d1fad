"""Feeds one reader of files with what atheris makes of good and hostile ones:

    python -m tests.fuzz.readers pdf FOLDER -max_total_time=20

FOLDER takes the inputs that reach new code; what ends the reader is written beside it. A process of
its own, because atheris instruments what is imported.
"""

import hashlib
import logging
import sys
import tomllib
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["adapters.inspection", "defusedxml", "pypdf", "zipfile"]):
    from adapters.inspection import inspect
    from adapters.inspection.archive_zip import Archive
    from adapters.inspection.verdict import MEGABYTE, DefectFound

from local import scans
from tests import files
from tests.corpus import hostile

SERVICES = Path(__file__).parents[2] / "services"
PROBLEMS = tomllib.loads((SERVICES / "texts/problems.toml").read_text(encoding="utf-8"))
ALL = {"application/pdf", "application/xml", "image/jpeg", "image/png"}

SEEDS = {
    "pdf": [
        files.coarse_pdf(20),
        files.born_digital_pdf(2),
        files.pdf_with_attachment(),
        hostile.pdf_with_photo(),
        *hostile.ACTIVE_PDFS.values(),
        *hostile.PASSIVE_PDFS.values(),
    ],
    "image": [
        files.coarse_jpeg(20),
        files.png_bomb(),
        scans.saved(scans.sheet((80, 120)), format="PNG"),
        scans.saved(scans.sheet((80, 120), colour=True), format="JPEG"),
    ],
    "xml": [hostile.extract(), hostile.extract(encoding="windows-1251")],
    "zip": [
        hostile.zipped({"table.csv": b"1;2\n", "scans/one.pdf": b"%PDF"}),
        hostile.zip_with_link(),
        hostile.zip_of_shared_bytes(3),
    ],
}


def judge(data: bytes) -> None:
    """There is a verdict, whatever the bytes, and it can be told."""
    verdict = inspect(data, declared_type=None, file_name="a", allowed=ALL, at_most=MEGABYTE)
    assert verdict.sha256 == hashlib.sha256(verdict.cleaned or data).hexdigest()
    if verdict.accepted:
        assert verdict.pages
        assert verdict.cleaned
    else:
        PROBLEMS[verdict.defect]["ru"].format(**verdict.details)


def unpack(data: bytes) -> None:
    """Read to the end, or refused with a defect that can be told."""
    try:
        for name, content in Archive(data).read():
            assert ".." not in name.split("/")
            assert len(content) <= 50 * MEGABYTE
    except DefectFound as found:
        PROBLEMS[found.code]["ru"].format(**found.details)


def main(reader: str, folder: str, *options: str) -> None:
    logging.disable()
    for number, seed in enumerate(SEEDS[reader]):
        (Path(folder) / f"seed-{number}").write_bytes(seed)
    bounds = ["-timeout=20", "-rss_limit_mb=1500", "-max_len=40000", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *bounds, *options, folder], unpack if reader == "zip" else judge)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
