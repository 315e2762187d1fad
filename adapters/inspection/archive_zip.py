"""ZIP archives of agencies: judged by their directory before a byte is unpacked, then read.

Nothing is ever written to a disk, so a hostile name cannot reach one; it is refused all the same,
because other programs will read what we keep. Archives made by Windows in Russian hold names in
cp866 without saying so, those of macOS in UTF-8 without saying so.

Defects: does_not_open, truncated, empty_file, and archive_* (services/texts/problems.toml).
APPNOTE.TXT 6.3.10 is the format's description.
"""

import io
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, NamedTuple

from adapters.inspection.verdict import MEGABYTE, DefectFound

# ruff: noqa: PLC0415

MOST_FILES = 5_000
LARGEST_INSIDE = 50 * MEGABYTE
LARGEST_IN_ALL = 1024 * MEGABYTE
"""Unpacked; never held at once."""

_MOST_TIMES = 100
"""A table packs 30 times smaller, a bomb a thousand times."""

_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LOCKED = 0x1 | 0x40
_SAYS_UTF_8 = 0x800
_KINDS = {0, stat.S_IFREG, stat.S_IFDIR}
_ARCHIVES = ("zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "tar", "zst", "cab", "arj", "lzh")
_ARCHIVE_TYPES = {
    "application/zip",
    *(
        f"application/x-{name}"
        for name in ("rar-compressed", "7z-compressed", "bzip2", "xz", "tar")
    ),
    "application/gzip",
}
_BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")


def is_zip(data: bytes) -> bool:
    return data.startswith(_BEGINNINGS)


class Archived(NamedTuple):
    """`name` as a person reads it, folders parted by "/"; `size` unpacked, in bytes."""

    name: str
    size: int
    info: zipfile.ZipInfo


class Archive:
    """One judged archive; raises DefectFound where it is not to be read. `largest`: a file in it,
    unpacked, in bytes; LARGEST_INSIDE when None."""

    def __init__(self, data: bytes, *, largest: int | None = None) -> None:
        _check_ends(data)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise DefectFound("does_not_open") from error
        _check_places(data, self._zip.infolist(), self._zip.start_dir)
        self.files = tuple(_listed(self._zip.infolist()))
        _check_sizes(self.files, largest or LARGEST_INSIDE)

    def read(self, *, besides: str = "") -> Iterator[tuple[str, bytes]]:
        """Name and content of each file but that one, one in memory at a time."""
        for file in self.files:
            if file.name != besides:
                yield file.name, self.content(file)

    def content(self, file: Archived) -> bytes:
        data = self.unpacked(file)
        _check_not_an_archive(file.name, data)
        return data

    def open(self, file: Archived) -> IO[bytes]:
        """As a stream, no longer than the directory said. Whoever reads it meets BadZipFile,
        zlib.error and EOFError where the file is damaged."""
        return self._zip.open(file.info)

    def unpacked(self, file: Archived) -> bytes:
        """No longer than the directory said, whatever is packed there; it may be an archive."""
        damaged = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError, struct.error)
        try:
            with self.open(file) as packed:
                data = packed.read(file.size + 1)
        except damaged as error:
            raise DefectFound("archive_damaged", name=file.name) from error
        if len(data) != file.size:
            raise DefectFound("archive_damaged", name=file.name)
        return data


def _check_ends(data: bytes) -> None:
    """One archive from the first byte to the last: what stands before or behind is hidden."""
    if not data:
        raise DefectFound("empty_file")
    if not is_zip(data):
        raise DefectFound("does_not_open")
    at = data.rfind(b"PK\x05\x06")
    if at < 0 or at + _END.size > len(data):
        raise DefectFound("truncated")
    comment = _END.unpack_from(data, at)[-1]
    if at + _END.size + comment > len(data):
        raise DefectFound("truncated")
    if at + _END.size + comment < len(data):
        raise DefectFound("archive_more_than_files")


def _check_places(data: bytes, infos: list[zipfile.ZipInfo], end: int) -> None:
    """Each file has bytes of its own, from the first on: entries that share them are a bomb."""
    free = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < free:
            raise DefectFound("archive_overlapping")
        if not free and info.header_offset:
            raise DefectFound("archive_more_than_files")
        if info.header_offset + _LOCAL.size > end:
            raise DefectFound("does_not_open")
        *_, name, extra = _LOCAL.unpack_from(data, info.header_offset)
        free = info.header_offset + _LOCAL.size + name + extra + info.compress_size
        if free > end:
            raise DefectFound("archive_overlapping")


def _listed(infos: list[zipfile.ZipInfo]) -> Iterator[Archived]:
    """The files; folders and what macOS and Windows add on their own are passed over."""
    if len(infos) > MOST_FILES:
        raise DefectFound("archive_too_many_files", found=len(infos), at_most=MOST_FILES)
    seen: set[str] = set()
    for info in infos:
        name = _name(info)
        _check_name(name)
        _check_kind(name, info)
        if name.casefold() in seen:
            raise DefectFound("archive_name_twice", name=name)
        seen.add(name.casefold())
        if not _is_beside_the_point(name):
            yield Archived(name, info.file_size, info)


def _is_beside_the_point(name: str) -> bool:
    """`~$rows.xlsx` says who has rows.xlsx open."""
    own = ("/", ".DS_Store", "Thumbs.db", "desktop.ini")
    opened = name.rpartition("/")[2].startswith("~$")
    return opened or name.endswith(own) or name.startswith("__MACOSX/")


def _name(info: zipfile.ZipInfo) -> str:
    """As it was before packing. Without the flag the library reads every byte as cp437."""
    if info.flag_bits & _SAYS_UTF_8:
        return unicodedata.normalize("NFC", info.orig_filename)
    raw = info.orig_filename.encode("cp437")
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp866")
    # "раб" in cp866 is valid UTF-8, too, though of a script nobody here writes
    plausible = all(letter < "\u0600" or "\u2000" < letter < "\u2200" for letter in name)
    return unicodedata.normalize("NFC", name) if plausible else raw.decode("cp866")


def _check_name(name: str) -> None:
    parts = name.rstrip("/").split("/")
    climbs = any(part in ("", ".", "..") for part in parts)
    foreign = any(letter in '\\:*?"<>|' or not letter.isprintable() for letter in name)
    if climbs or foreign or len(name) > 255:
        shown = "".join(letter if letter.isprintable() else "?" for letter in name[:80])
        raise DefectFound("archive_bad_name", name=shown)


def _check_kind(name: str, info: zipfile.ZipInfo) -> None:
    if info.flag_bits & _LOCKED:
        raise DefectFound("archive_encrypted", name=name)
    if stat.S_IFMT(info.external_attr >> 16) not in _KINDS:
        raise DefectFound("archive_link", name=name)
    if info.compress_type not in _METHODS:
        raise DefectFound("archive_method", name=name)
    if name.lower().endswith(tuple(f".{ending}" for ending in _ARCHIVES)):
        raise DefectFound("archive_in_archive", name=name)


def _check_sizes(files: tuple[Archived, ...], largest: int) -> None:
    if not files:
        raise DefectFound("archive_no_files")
    for file in files:
        if file.size > largest:
            at_most = largest // MEGABYTE
            raise DefectFound("archive_file_too_big", name=file.name, at_most_mb=at_most)
        if _is_bomb(file.size, file.info.compress_size):
            raise DefectFound("archive_bomb", name=file.name)
    size = sum(file.size for file in files)
    if size > LARGEST_IN_ALL:
        raise DefectFound("archive_too_big", at_most_mb=LARGEST_IN_ALL // MEGABYTE)


def _is_bomb(size: int, packed: int) -> bool:
    return size > MEGABYTE and size > packed * _MOST_TIMES


def _check_not_an_archive(name: str, data: bytes) -> None:
    """By its content: a spreadsheet is a ZIP, too, and is known for what it is."""
    import filetype

    if filetype.guess_mime(data[:8192]) in _ARCHIVE_TYPES:
        raise DefectFound("archive_in_archive", name=name)
