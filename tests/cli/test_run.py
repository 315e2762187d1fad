"""`opora run` as a program of its own: it starts, keeps what it was told, and leaves when asked."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local import scans
from local.office import form_of, needed_documents, post_file
from local.people import MOTHER
from opora.failure import Failure

PATIENCE = 60  # seconds that a loaded machine may need, to start or to leave
HEADER = {"X-Opora-Local": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """One `opora run`, and people who talk to it over HTTP."""

    def __init__(self, state: Path, *options: str) -> None:
        port, aws_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "opora", "run", "--state", str(state)]
        command += ["--port", str(port), "--aws-port", str(aws_port), *options]
        self.said = state.parent / f"{state.name}.{port}.log"
        with self.said.open("w") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, env=os.environ | {"PYTHONUNBUFFERED": "1"}
            )

    def wait(self) -> "Running":
        eventually(lambda: self._process.poll() is not None or "Ctrl-C stops it." in self.log)
        assert self._process.poll() is None, self.log
        return self

    @property
    def log(self) -> str:
        return self.said.read_text()

    def stop(self, number: int = signal.SIGINT) -> None:
        """It leaves, with exit status 0."""
        self._process.send_signal(number)
        assert self._process.wait(timeout=PATIENCE) == 0, self.log

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def ask(self, method: str, path: str, body: Any = None, who: str | None = None) -> Any:
        token = self.ask("GET", f"/_local/token/{who}")["token"] if who else None
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Content-Type": "application/json", **HEADER}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def apply(self) -> str:
        """Draft, upload what is needed, submit; gives the number."""
        new = {"service": "social-service-need", "region": "RU-MOW", "form": form_of(MOTHER)}
        drafted = self.ask("POST", "/applications", new, "citizen")
        number = drafted["number"]
        path = f"/applications/{number}"
        draft = self.ask("GET", path, who="citizen")
        for kind in needed_documents(draft):
            file = {"kind": kind, "file_name": "scan.jpg", "content_type": "image/jpeg"}
            invited = self.ask("POST", f"{path}/documents", file, "citizen")
            post_file(invited, scans.good_jpeg())
        eventually(lambda: not self.ask("GET", path, who="citizen")["problems"])
        self.ask("POST", f"{path}/submission", {}, "citizen")
        return number

    def judge(self, number: str) -> None:
        """An expert finds every document conforming."""
        path = f"/applications/{number}"
        for document in self.ask("GET", path, who="expert")["documents"]:
            check = f"{path}/documents/{document['id']}/check"
            self.ask("POST", check, {"verdict": "conforming"}, "expert")

    def stage(self, number: str) -> str:
        return self.ask("GET", f"/applications/{number}", who="citizen")["stage"]


def eventually(seen: Callable[[], Any], seconds: float = PATIENCE) -> None:
    give_up = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def kinds(running: Running, number: str) -> list[str]:
    return [event["kind"] for event in running.ask("GET", f"/_local/history/{number}")["events"]]


@pytest.fixture
def run() -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(state: Path, *options: str) -> Running:
        started.append(Running(state, *options))
        return started[-1]

    yield start
    for running in started:
        running.kill()


def test_a_restart_goes_on_where_it_was(run, tmp_path):
    state = tmp_path / "state"
    first = run(state, "--at", "2026-04-27T10:00").wait()
    offered = [service["id"] for service in first.ask("GET", "/services")["services"]]
    assert "social-service-need" in offered
    assert "virtual time: 27.04.2026 07:00 UTC" in first.log
    assert f"opora token --url {first.url} citizen" in first.log
    number = first.apply()
    # Registries answer within the minute, on the virtual clock.
    first.ask("POST", "/_local/clock", {"seconds": 3 * 3600})
    eventually(lambda: first.stage(number) == "review")
    first.stop()
    assert "Stopping; the data are kept in" in first.log
    assert "Traceback" not in first.log

    second = run(state).wait()
    assert "1 open application(s) go on" in second.log
    assert second.ask("GET", "/_local/clock")["now"] > "2026-04-27T10:00"
    assert second.stage(number) == "review"
    second.judge(number)
    proposal = {"outcome": "approved", "reasons": []}
    second.ask("POST", f"/applications/{number}/proposal", proposal, "officer")
    eventually(lambda: "issued" in kinds(second, number))
    assert second.stage(number) == "approved"
    assert second.ask("GET", f"/_local/history/{number}")["broken_at"] is None
    second.stop(signal.SIGTERM)


@pytest.mark.parametrize("option", ["--port", "--aws-port"])
def test_a_port_that_is_taken_is_told(opora, tmp_path, option):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ports = {"--port": free_port(), "--aws-port": free_port()} | {option: port}
        words = [str(word) for pair in ports.items() for word in pair]
        sentence = opora("run", *words, "--state", tmp_path / "state").sentence()
    told = f"port {port} is taken, perhaps by another `opora run`: choose one with {option}"
    assert sentence == told
    assert not (tmp_path / "state").exists()


@pytest.fixture
def refused(opora, tmp_path, monkeypatch):
    """refused(*options): why `opora run` does not even begin"""
    monkeypatch.setenv("OPORA_AWS_PORT", os.environ.get("OPORA_AWS_PORT", "0"))

    def start(*options: object) -> str:
        return opora(
            "run", "--port", free_port(), "--aws-port", free_port(), "--state", tmp_path, *options
        ).sentence()

    return start


def test_both_ports_may_not_be_one(opora, tmp_path):
    port = free_port()
    sentence = opora("run", "--port", port, "--aws-port", port, "--state", tmp_path).sentence()
    assert sentence == "--port and --aws-port must differ"


def test_fresh_forgets_what_was_kept_and_nothing_else(refused, tmp_path, monkeypatch):
    """Without its snapshot a start is a first one; the rest of the folder is not ours."""
    for name in ("snapshot.json", "note.txt"):
        (tmp_path / name).write_text("{}")

    def no_further(*_: Any) -> None:
        assert not (tmp_path / "snapshot.json").exists()
        raise Failure("far enough")

    monkeypatch.setattr("opora.run._served", no_further)
    assert refused("--fresh") == "far enough"
    assert (tmp_path / "note.txt").exists()


def test_a_bad_time_forgets_nothing(refused, tmp_path):
    (tmp_path / "snapshot.json").write_text("{}")
    assert "is not an instant" in refused("--fresh", "--at", "yesterday")
    assert "does not cover the year 2040" in refused("--fresh", "--at", "2040-01-01")
    assert (tmp_path / "snapshot.json").exists()


def test_data_have_their_own_time(refused, tmp_path):
    (tmp_path / "snapshot.json").write_text("{}")
    told = refused("--at", "2026-04-27")
    assert told == f"the data in {tmp_path} have their own time: --at goes with --fresh"


def test_a_state_that_is_no_folder_is_told(refused, tmp_path):
    (tmp_path / "file").write_text("x")
    told = refused("--state", tmp_path / "file")
    assert told == f"{tmp_path / 'file'} cannot hold the data: File exists"
