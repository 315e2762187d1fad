"""CPU of reading every service definition in a fresh process, as a deployed function does."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.cold_start import best_cpu
from bench.table import Row, Target
from infra.package import lay_own

AT_MOST = Target("ours", "most", 30)
READ = """
import sys; sys.path.insert(0, {artefact!r})
from adapters import definitions
start = time.process_time()
{call}
"""
PARSED = "import json; [json.loads(text) for text in json.load(open({plain!r}))]"


def rows() -> Iterator[Row]:
    """Against reading the same JSON without making anything of it, and against the TOML files of
    the working tree. What importing costs is in the rows of cold starts."""
    with tempfile.TemporaryDirectory() as folder:
        artefact = Path(folder, "artefact")
        lay_own("intake", artefact)
        compiled = artefact / "services/compiled/services"
        texts = [path.read_text() for path in sorted(compiled.glob("*.json"))]
        plain = Path(folder, "plain.json")
        plain.write_text(json.dumps(texts))
        every, one = "definitions.services()", "definitions.service('social-service-need')"
        programs = [
            _program(artefact, PARSED.format(plain=str(plain))),
            _program(artefact, every),
            _program(artefact, one),
            _program(Path(__file__).parent.parent, every),
        ]
        floor, all_of_them, one_of_them, from_toml = (s * 1000 for s in best_cpu(programs))
    against = "the same JSON, not looked at"
    note = f"{len(texts)} services; from TOML, as in development: {from_toml:.0f} ms"
    yield Row("loading all definitions", all_of_them, "ms", floor, against, AT_MOST, note)
    yield Row("loading one definition", one_of_them, "ms", note="what a request about one needs")


def _program(artefact: Path, call: str) -> str:
    return READ.format(artefact=str(artefact), call=call)
