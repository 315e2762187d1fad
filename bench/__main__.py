"""Print one table of everything that is measured."""

import argparse
import contextlib
import importlib
import sys
from collections.abc import Iterable

from bench.table import Row, as_json, as_text

SECTIONS = (
    *("cold_start", "definitions", "documents", "law"),
    *("local_cloud", "packages", "pages", "papers", "pdfs"),
)
"""Each a module of this package with `rows()`; imported when asked for, as some import moto."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("sections", nargs="*", metavar="section", help=", ".join(SECTIONS))
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}")
    with contextlib.redirect_stdout(sys.stderr):  # handlers log to what stdout is at their import
        rows = [row for name in asked.sections or SECTIONS for row in _measured(name)]
    print(as_json(rows) if asked.json else as_text(rows))


def _measured(section: str) -> Iterable[Row]:
    for row in importlib.import_module(f"bench.{section}").rows():
        print(f"  {section}: {row.what}", file=sys.stderr, flush=True)
        yield row


if __name__ == "__main__":
    main()
