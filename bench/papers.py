"""Papers as PDFs, against a bare document of typst in the same type and by the same standards."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import fontpkg
import typst

from adapters import definitions
from adapters.typesetting import FAMILY, STANDARDS, typeset
from bench.table import Row, Target
from bench.timing import cpu_per_call
from casework.application import Application, Happening, apply, chain
from casework.example import example_form
from casework.form import checked_form, digest, to_json
from casework.paper_contents import Source, content
from casework.papers import Facts, Kind, Print
from casework.ports import Case

BARE = """#set document(title: sys.inputs.title)
#set text(lang: "ru", font: "PT Sans")
= #sys.inputs.title
Одна строка.
"""
RECEIVED = datetime(2026, 3, 2, 6, tzinfo=UTC)
SERVICE, REGION, NUMBER = "social-service-need", "RU-MOW", "123-456-7897"
WORDS = ("problems", "provision", "statuses")


def rows() -> Iterator[Row]:
    """A receipt is one page or two, a ledger of 30 working days four, in large print six."""
    with TemporaryDirectory() as folder:
        bare = _bare(Path(folder))
        for kind, print_ in (
            (Kind.RECEIPT, Print.STANDARD),
            (Kind.RECEIPT, Print.LARGE),
            (Kind.LEDGER, Print.STANDARD),
            (Kind.LEDGER, Print.LARGE),
        ):
            yield _row(kind, print_, bare)


def _row(kind: Kind, print_: Print, bare: Any) -> Row:
    """Of another person each time: typst remembers what it has set."""
    said, others = content(_source(kind, print_)), count()
    ours, floor = cpu_per_call(
        lambda: typeset(kind, said | {"person": f"Образцова {next(others)}"}, print_), bare
    )
    size = len(typeset(kind, said, print_)) // 1000
    return Row(
        f"a PDF, warm: {kind}, {print_}",
        ours * 1000,
        "ms",
        floor * 1000,
        "a heading and a line",
        Target("ours", "most", 60),
        f"{1 / ours:.0f} a second; {size} KB",
    )


def _bare(folder: Path) -> Any:
    """One line, compiled in the same way."""
    path = folder / "bare.typ"
    path.write_text(BARE)
    fonts = [str(fontpkg.path(FAMILY).parent)]
    compiler = typst.Compiler(
        str(path), root=str(folder), font_paths=fonts, ignore_system_fonts=True
    )
    others = count()

    def compiled() -> bytes:
        title = {"title": f"Т {next(others)}"}
        return compiler.compile(
            format="pdf", pdf_standards=STANDARDS, sys_inputs=title, timestamp=RECEIVED
        )

    return compiled


def _source(kind: Kind, print_: Print) -> Source:
    rules = definitions.rules(SERVICE, REGION)
    raw = example_form(rules.service, RECEIVED.date())
    form = to_json(checked_form(rules.service, raw, RECEIVED.date()))
    application = Application(NUMBER)
    begun = {"service": SERVICE, "service_version": rules.service.version, "region": REGION}
    told = {"form": digest(form), "priority": None, "checks": []}
    events = chain(
        application,
        [Happening("drafted", begun), Happening("submitted", told)],
        RECEIVED,
        "citizen",
    )
    for event in events:
        application = apply(application, event)
    facts = Facts(NUMBER, len(events), kind, print_, RECEIVED.date())
    words = {name: definitions.texts(name) for name in WORDS}
    case = Case(application, form, tuple(events))
    return Source(facts, RECEIVED, case, rules, words, "https://sz.example.org/check")
