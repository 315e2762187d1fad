"""`opora` as a user calls it: what it prints where, and its exit status."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from opora.cli import main


class Said(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def sentence(self) -> str:
        """The one sentence that says why a command could not be carried out."""
        assert (self.status, self.out) == (2, "")
        last = self.err.splitlines()[-1]
        assert last.startswith("opora: ")
        assert "Traceback" not in self.err
        return last.removeprefix("opora: ")


@pytest.fixture
def opora(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """opora("services", "list"): the command, called in this process"""

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as left:  # argparse leaves by itself
            status = left.code
        return Said(status, *capsys.readouterr())

    return call
