"""What a newcomer reads first; and no mistake in a command line is answered by a traceback."""

import subprocess
import sys

import boto3
import pytest

COMMANDS = [
    ["run"],
    ["demo"],
    ["clock"],
    ["clock", "show"],
    ["clock", "advance"],
    ["clock", "advance-to"],
    ["token"],
    ["drop"],
    ["scan"],
    ["history"],
    ["validate"],
    ["deadline"],
    ["services"],
    ["services", "list"],
    ["services", "show"],
    ["services", "check"],
    ["services", "template"],
    ["services", "docs"],
    ["services", "freeze"],
    ["services", "impact"],
    ["verify"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(opora, command):
    said = opora(*command, "--help")
    assert (said.status, said.err) == (0, "")
    assert said.out.startswith(f"usage: opora {' '.join(command[:1])}")
    assert max(map(len, said.out.splitlines())) <= 100


def test_help_names_every_command_and_how_to_begin(opora):
    said = opora("--help")
    assert said.status == 0
    assert {c[0] for c in COMMANDS} <= set(said.out.split())
    assert "Start with `opora run`" in said.out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["clock"],
        ["scan"],
        ["clock", "advance"],
        ["deadline", "social-service-need"],
        ["demo", "14"],
        ["run", "--port", "0"],
        ["run", "--port", "65536"],
        ["run", "--port", "eight"],
        ["drop", "file.csv"],
        ["validate", "social-service-need"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_answered_by_its_usage(opora, arguments):
    said = opora(*arguments)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("usage: opora")
    assert "error: " in said.err


def test_as_a_program_of_its_own():
    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "opora", *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)

    told = run("deadline", "nothing", "--received", "2026-04-27")
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("opora: There is no such service. Known services: ")
    assert "V1   social-service-need " in run("services", "list").stdout


def test_a_scanner_without_its_region_says_so(opora, monkeypatch):
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("adapters.aws._made", boto3.Session().client)  # others made theirs before
    sentence = opora("scan", "--queue", "https://sqs.example/clamav", "--once").sentence()
    assert sentence == "the queue or its files cannot be read: You must specify a region."


def test_a_reader_who_leaves_early_is_no_error():
    command = f"{sys.executable} -m opora services show social-service-need | head -1"
    shell = ["bash", "-o", "pipefail", "-c", command]
    left = subprocess.run(shell, check=False, capture_output=True, text=True, timeout=60)
    assert (left.returncode, left.stderr) == (0, "")
