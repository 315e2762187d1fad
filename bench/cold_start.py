"""CPU of importing each function's module in a fresh process, as at Lambda's cold start."""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from bench.table import Row, Target

ROOT = Path(__file__).parent.parent
ROUNDS = 8
ANY_ARN = "arn:aws:states:eu-central-1:123456789012:stateMachine:bench"
"""Good for every variable: nothing is called, and an ARN is the only one that is taken apart."""

BOTO3 = "import boto3; boto3.client('dynamodb')"
PEER = """
import boto3
from chalice import Chalice
from pydantic import BaseModel
class Application(BaseModel):
    number: str
app = Chalice(app_name="peer")
boto3.client("dynamodb")
"""
TIMED = """
import time
start = time.process_time()
{program}
print(time.process_time() - start)
"""


def rows() -> Iterator[Row]:
    """Against bare boto3 with a client, and against the same libraries that no handler of this
    kind can do without: the target. The start of the interpreter is left out on every side."""
    functions = _functions_by_module()
    boto3, peer, *ours = best_cpu([BOTO3, PEER, *map(_started, functions)])
    yield Row(
        "cold import: boto3, chalice, pydantic",
        peer * 1000,
        "ms",
        boto3 * 1000,
        "boto3 + one client",
        note="the peer of the rows below",
    )
    for (module, names), spent in zip(functions.items(), ours, strict=True):
        yield Row(
            f"cold import: {module.removeprefix('functions.')}",
            spent * 1000,
            "ms",
            peer * 1000,
            "boto3 + chalice + pydantic + one client",
            Target("ratio", "most", 1.2),
            f"{spent / boto3:.2f} x boto3; {', '.join(names)}",
        )


def _started(module: str) -> str:
    """Import the handler's module, and make the client that (nearly) every handler needs first:
    clients are made when they are used, and the peer has one, too."""
    return f"import {module}\nimport adapters.aws; adapters.aws.client('dynamodb')"


def _functions_by_module() -> dict[str, list[str]]:
    modules = defaultdict(list)
    for name, resource in _template()["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            modules[resource["Properties"]["Handler"].rpartition(".")[0]].append(name)
    return modules


def best_cpu(programs: list[str]) -> list[float]:
    """CPU seconds of each program, the best of rounds in turn; the first leaves its .pyc files."""
    environment = _environment()
    rounds = [[_cpu(program, environment) for program in programs] for _ in range(ROUNDS)]
    return [min(spent) for spent in zip(*rounds[1:], strict=True)]


def _cpu(program: str, environment: dict[str, str]) -> float:
    ran = subprocess.run(
        [sys.executable, "-c", TIMED.format(program=program)],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return float(ran.stdout.splitlines()[-1])


def _environment() -> dict[str, str]:
    """What the template gives every function, and what Lambda gives it besides."""
    variables = _template()["Globals"]["Function"]["Environment"]["Variables"]
    given = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_REGION": "eu-central-1"}
    keys = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench"}
    return {"PATH": os.environ["PATH"]} | given | keys | dict.fromkeys(variables, ANY_ARN)


def _template() -> dict:
    return yaml_parse((ROOT / "template.yaml").read_text())
