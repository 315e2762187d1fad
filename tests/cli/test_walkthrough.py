"""docs/walkthrough.md as a reader pastes it: every line runs, and prints what its comment says."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_run import Running

DOCS = Path(__file__).parents[2] / "docs" / "walkthrough.md"
DAY = "2026-11-23"  # the figures of that year are known, and an approval of care is paid twice
COMMAND = """#!{python}
import sys

import time_machine

from opora.cli import main

arguments = sys.argv[1:]
if arguments[0] in ("clock", "drop", "history", "token", "verify"):
    sys.exit(main([arguments[0], "--url", "{url}", *arguments[1:]]))
with time_machine.travel("{day}T08:00:00+00:00"):
    sys.exit(main(arguments))
"""


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", DOCS.read_text(), re.MULTILINE | re.DOTALL)


def promised(script: str) -> list[str]:
    """What the comments at the end of lines that ask for something say they print."""
    asking = r'call |missing |curl -s "\$\{?page|\$opora verify '
    said = re.findall(rf"^(?:{asking}).*\s{{2,}}# (.+)$", script, re.MULTILINE)
    return [comment.strip() for comment in said]


def opora_of(running: Running, folder: Path) -> Path:
    """The command, which knows where that `opora run` is."""
    command = folder / "opora"
    command.write_text(COMMAND.format(python=sys.executable, url=running.url, day=DAY))
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return command


@pytest.fixture
def script(tmp_path):
    running = Running(tmp_path / "state", "--at", f"{DAY}T11:00").wait()
    whole = "\n".join(blocks()).replace("/tmp/", f"{tmp_path}/")
    replaced = {
        "opora=.venv/bin/opora": f"opora={opora_of(running, tmp_path)}",
        "api=http://127.0.0.1:8000": f"api={running.url}",
        ".venv/bin/python": sys.executable,
        "docs/examples/rows.csv": str(rows_in(tmp_path)),
    }
    for written, here in replaced.items():
        assert written in whole
        whole = whole.replace(written, here)
    yield whole
    running.stop()


def rows_in(folder: Path) -> Path:
    """A copy: the report is laid beside the file."""
    copy = folder / "rows.csv"
    copy.write_bytes((DOCS.parent / "examples" / "rows.csv").read_bytes())
    return copy


@pytest.mark.long
def test_every_line_does_what_it_says(script, tmp_path):
    pasted = tmp_path / "pasted.sh"
    pasted.write_text(script)
    done = subprocess.run(
        ["bash", pasted],
        cwd=DOCS.parents[1],
        env=os.environ | {"PYTHONPATH": str(DOCS.parents[1])},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    printed = iter(done.stdout.splitlines())
    expected = promised(script)
    assert len(expected) >= 25
    for line in expected:
        assert line in printed, f"{line} is missing, or came too early in:\n{done.stdout}"
