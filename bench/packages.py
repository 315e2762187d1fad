"""Size of each function's zip, as it would be uploaded."""

import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

from bench.table import Row, Target

BUILD = Path(__file__).parent.parent / ".aws-sam" / "build"
AT_MOST = Target("ours", "most", 20)
MEGABYTE = 1_000_000


def rows() -> Iterator[Row]:
    """Deflated, in MB; functions with the same files are one row."""
    packages = _packages()
    if not packages:
        yield Row("zip of each function", None, "MB", target=AT_MOST, note="`make build` first")
    for folders in packages:
        names = ", ".join(folder.name for folder in folders)
        unzipped = sum(path.stat().st_size for path in _files(folders[0])) / MEGABYTE
        note = f"{unzipped:.0f} MB unzipped; {names}"
        yield Row(f"zip: {folders[0].name}", _zipped(folders[0]), "MB", target=AT_MOST, note=note)


def _packages() -> list[list[Path]]:
    """The built functions, those with equal contents together."""
    same = defaultdict(list)
    for folder in sorted(path for path in BUILD.glob("*") if path.is_dir()):
        listing = tuple((path.relative_to(folder), path.stat().st_size) for path in _files(folder))
        same[listing].append(folder)
    return list(same.values())


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _zipped(folder: Path) -> float:
    with TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in _files(folder):
                archive.write(path, path.relative_to(folder))
        return file.tell() / MEGABYTE
