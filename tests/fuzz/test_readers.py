"""The readers of strangers' files, fed with inputs that look for a way through their code."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SECONDS = 20


@pytest.mark.long
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has no wheel for this Python")
@pytest.mark.parametrize("reader", ["pdf", "image", "xml", "zip"])
def test_nothing_that_is_fed_gets_through(reader: str, tmp_path: Path) -> None:
    found = tmp_path / "found"
    found.mkdir()
    command = [sys.executable, "-m", "tests.fuzz.readers", reader, str(found)]
    options = [f"-max_total_time={SECONDS}", f"-artifact_prefix={tmp_path}/"]
    ran = subprocess.run(
        [*command, *options], capture_output=True, cwd=PROJECT, timeout=SECONDS * 6, check=False
    )
    told = ran.stderr.decode(errors="replace")
    assert ran.returncode == 0, told[-4000:]
    assert "Done " in told  # it was fed, not only started
