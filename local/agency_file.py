"""An agency's file such as `opora demo` and the tests drop: invented people, some rows bad."""

import csv
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from local.office import form_of
from local.people import person

DOCUMENTS = "passport snils income_certificate"
SPOILT: tuple[Mapping[str, Any], ...] = (
    {"snils": "112-233-445 00"},
    {"birth_date": "31.02.1960"},
    {"last_name": "Ivanova"},
    {"category": "millionaire"},
    {"income": "много"},
    {"documents": "passport"},
    {"region": "RU-XXX"},
    {"phone": "+7 701 123 45 67"},
    {"passport": ""},
    {"consents_to_processing": "нет"},
)


def row(n: int, **known: Any) -> dict[str, Any]:
    told = form_of(
        person(n),
        lives_at_registration="да",
        emergency="нет",
        consents_to_processing="да",
        confirms_truth="да",
    )
    return {"region": "RU-MOW", "documents": DOCUMENTS} | told | known


def sample(
    good: int,
    bad: int = 0,
    repeated: int = 0,
    *,
    first: int = 1000,
    encoding: str = "cp1251",
    delimiter: str = ";",
) -> bytes:
    """`good` rows of different people, then `bad` ones, then the first `repeated` ones again."""
    rows = [row(first + n) for n in range(good)]
    spoilt = [row(first + good + n, **SPOILT[n % len(SPOILT)]) for n in range(bad)]
    return written([*rows, *spoilt, *rows[:repeated]], encoding, delimiter)


def written(rows: list[dict[str, Any]], encoding: str = "cp1251", delimiter: str = ";") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


class _AsExplorerDoes(zipfile.ZipInfo):
    """Names in cp866, and no word of it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the library's name
        return self.filename.encode("cp866"), self.flag_bits


def packed(files: Mapping[str, bytes], *, names: str = "cp866") -> bytes:
    """A ZIP of these files, its names in cp866 or UTF-8."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = _AsExplorerDoes(name) if names == "cp866" else zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()
