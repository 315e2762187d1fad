"""Puts together what one function is deployed as, for `make build-<LogicalId>`, for `sam build`.

    python -m infra.package IntakeApi .aws-sam/build/IntakeApi

An artefact is the function's own room and the rooms that it asks, casework, adapters, services
(with the definitions also in their compiled form, the pages' templates only in it), and of the
locked wheels those that its imports reach. Nothing here is a list to keep: rooms, wheels and
boto3's service models come from the sources that the handler in template.yaml leads to.
"""

import argparse
import ast
import fcntl
import functools
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

from adapters import definitions
from functions.portal.rendering import COMPILED, compile_templates

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".venv/bin/uv"
STORE = ROOT / ".tools/wheels"
"""Each wheel as it is deployed, unpacked, rid of its surplus and compiled once; artefacts are hard
links to it."""

RUNTIME = "3.13"
PLATFORM = "aarch64-manylinux_2_28"  # Lambda's arm64; its Amazon Linux 2023 has glibc 2.34

OWN = {"adapters", "casework", "functions"}
GROUPS = {  # the dependency group of pyproject.toml that an import needs; any other is in all
    "chalice": "api",
    "email_validator": "forms",
    "phonenumbers": "forms",
    "PIL": "documents",
    "defusedxml": "documents",
    "filetype": "documents",
    "pypdf": "documents",
    "pypdfium2": "documents",
    "asn1crypto": "signatures",
    "cryptography": "signatures",
    "lxml": "signatures",
    "pyhanko": "signatures",
    "pyhanko_certvalidator": "signatures",
    "signxml": "signatures",
    "jwt": "identity",
    "jinja2": "pages",
    "markupsafe": "pages",
    "openpyxl": "tables",
    "fontpkg": "papers",
    "segno": "papers",
    "typst": "papers",
}
UNUSED = (  # locked because others ask for them, and called by nothing that runs in Lambda
    *("click", "inquirer", "pip", "pyyaml", "setuptools", "wheel"),  # chalice's command line
    "dnspython",  # email-validator's question to the mail server, which is never put
    *("oscrypto", "pycparser"),  # certvalidator's platform store and cffi's compiler
)
SURPLUS = (  # parts of wheels that nothing opens
    "bin",
    ".lock",  # uv's
    "tests",  # govuk-frontend-jinja lays its own beside itself
    "*.dist-info/RECORD",
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/swagger-ui*",
    "boto3/data",  # of boto3.resource(); functions speak through clients
    "boto3/examples",
    # Of lxml signatures need etree, and what it is compiled from nobody.
    *(f"lxml/{part}*" for part in ("objectify", "html", "includes", "isoschematron", "sax")),
    *("lxml/*.h", "lxml/*.pxi", "lxml/*.pyx"),
    # pyHanko imports aiohttp to fetch what we never fetch: what only makes that quick is left out.
    *("aiohttp/*.so", "aiohttp/*.pyx", "aiohttp/*/*.so", "aiohttp/*/*.pyx"),
    *(f"{part}/*.so" for part in ("frozenlist", "multidict", "propcache", "yarl")),
    # Documents are JPEG, PNG and PDF: other formats' decoders would be weight, and ways in.
    *(f"PIL/_{part}.*" for part in ("avif", "imagingcms", "imagingft", "webp")),
    *(f"pillow.libs/lib{name}-*" for name in ("avif", "freetype", "harfbuzz", "lcms2")),
    *(f"pillow.libs/lib{name}*" for name in ("brotli", "png", "sharpyuv", "webp")),
)


def functions() -> dict[str, str]:
    """Handler of each function by its logical id."""
    resources = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]
    return {
        name: resource["Properties"]["Handler"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def build(function: str, into: Path, platform: str, version: str) -> None:
    """`into` is a new folder, or an empty one, as sam makes it."""
    if into.exists() and any(into.iterdir()):
        sys.exit(f"{into} is not empty: say ARTIFACTS_DIR=<a new folder>")
    sources = reached(functions()[function].rpartition(".")[0])
    lay_own(rooms(sources), into)
    _compile(into, version)
    spared = _models(sources)
    for wheel in wheels(groups(sources), platform, version):
        shutil.copytree(wheel, into, copy_function=_link, ignore=spared, dirs_exist_ok=True)


# ---- what a function needs -----------------------------------------------------------------------


def reached(module: str) -> dict[Path, set[str]]:
    """Our sources that importing the module can lead to, each with the outside modules it imports.

    Imports inside functions count: they are only late.
    """
    found: dict[Path, set[str]] = {}
    waiting = [module]
    while waiting:
        path = _source(waiting.pop())
        if path is None or path in found:
            continue
        names = set(_imports(path))
        waiting += [name for name in names if name.split(".")[0] in OWN]
        found[path] = {name.split(".")[0] for name in names} - OWN - sys.stdlib_module_names
    return found


def rooms(sources: dict[Path, set[str]]) -> set[str]:
    """Of functions: the pages ask the operations of the API."""
    inside = (path.relative_to(ROOT).parts for path in sources)
    return {parts[1] for parts in inside if parts[0] == "functions" and len(parts) > 2}


def groups(sources: dict[Path, set[str]]) -> frozenset[str]:
    outside = set().union(*sources.values())
    return frozenset(GROUPS[name] for name in outside if name in GROUPS)


def clients(sources: dict[Path, set[str]]) -> set[str]:
    """The AWS services that clients are made of: aws.client("s3")."""
    made = re.compile(r'\bclient\(\s*"([\w-]+)"')
    return {name for path in sources for name in made.findall(path.read_text())}


def _source(module: str) -> Path | None:
    """None for a name inside a module: `from casework.form import Form` may mean either."""
    path = ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


# ---- our own code --------------------------------------------------------------------------------


def lay_own(rooms: set[str], into: Path) -> None:
    # The pages' assets are in their built form in functions/portal/static, templates in compiled.
    ours = shutil.ignore_patterns("__pycache__", "assets", "templates")
    (into / "functions").mkdir(parents=True)
    shutil.copy(ROOT / "functions/__init__.py", into / "functions")
    for folder in (*(f"functions/{room}" for room in rooms), "casework", "adapters", "services"):
        shutil.copytree(ROOT / folder, into / folder, ignore=ours)
    for name, content in definitions.compiled():
        path = into / "services" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    if "portal" in rooms:
        compile_templates(into / COMPILED.relative_to(ROOT))


def _models(sources: dict[Path, set[str]]):
    """Leaves out the models of 400 AWS services that the function has no client of."""
    wanted = clients(sources)

    def spare(folder: str, names: list[str]) -> set[str]:
        if Path(folder).parts[-2:] != ("botocore", "data"):
            return set()
        return {name for name in names if Path(folder, name).is_dir() and name not in wanted}

    return spare


# ---- wheels --------------------------------------------------------------------------------------


def wheels(wanted: frozenset[str], platform: str, version: str) -> list[Path]:
    """Folders of the locked wheels, unpacked and compiled."""
    compiled = version if interpreter(version) else f"{version}-sources"
    spared = hashlib.sha256(repr(SURPLUS).encode()).hexdigest()[:8]
    store = STORE / f"{platform}-{compiled}-{spared}"
    store.mkdir(parents=True, exist_ok=True)
    with (store / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # sam builds functions side by side
        return [_unpacked(pin, store, platform, version) for pin in _pins(wanted)]


def _pins(wanted: frozenset[str]) -> list[str]:
    """Locked requirements with their hashes, one a wheel."""
    options = [f"--group={group}" for group in sorted(wanted)]
    options += [f"--prune={name}" for name in UNUSED]
    common = ("--quiet", "--frozen", "--no-emit-project", "--no-default-groups", "--no-annotate")
    exported = _uv("export", *common, "--no-header", *options)
    return exported.replace("\\\n", " ").splitlines()


def _unpacked(pin: str, store: Path, platform: str, version: str) -> Path:
    wheel = store / pin.split(maxsplit=1)[0]
    if wheel.is_dir():
        return wheel
    with tempfile.TemporaryDirectory(dir=store) as workplace:
        requirement, target = Path(workplace, "pin.txt"), Path(workplace, "wheel")
        requirement.write_text(pin)
        target.mkdir()
        options = ("--no-deps", "--require-hashes", "--only-binary=:all:", "--link-mode=copy")
        where = (f"--python-platform={platform}", f"--python-version={version}")
        _uv("pip", "install", "--quiet", *options, *where, f"--target={target}", f"-r{requirement}")
        _drop_surplus(target)
        _compile(target, version)
        target.rename(wheel)
    return wheel


def _drop_surplus(wheel: Path) -> None:
    for pattern in SURPLUS:
        for found in wheel.glob(pattern):
            shutil.rmtree(found) if found.is_dir() else found.unlink()


def _uv(*arguments: str) -> str:
    done = subprocess.run([UV, *arguments], cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # the artefact is on another disk
        shutil.copy2(source, target)


# ---- compiling -----------------------------------------------------------------------------------


def _compile(folder: Path, version: str) -> None:
    """Unchecked: a zip does not keep the sources' times, and nobody edits them in Lambda."""
    python = interpreter(version)
    if python is None:
        return
    options = ("-q", "-j0", "--invalidation-mode=unchecked-hash", f"-s{folder}", "-p/var/task")
    subprocess.run([python, "-I", "-m", "compileall", *options, folder], check=True)


@functools.cache
def interpreter(version: str) -> str | None:
    """A Python that writes .pyc for the runtime's minor version; None after saying so."""
    for python in _candidates(version):
        shown = (python, "-Ic", "import sys; print('%d.%d' % sys.version_info[:2])")
        try:
            answer = subprocess.run(shown, capture_output=True, check=False, text=True)
        except OSError:
            continue
        if answer.stdout.strip() == version:
            return str(python)
    print(
        f"No Python {version} here and none to be had: sources are shipped without .pyc, "
        "a cold start takes about half a second longer. `uv python install` mends that.",
        file=sys.stderr,
    )
    return None


def _candidates(version: str) -> Iterator[str | Path]:
    yield sys.executable
    yield f"python{version}"
    # uv gives up at the first shim of pyenv that leads nowhere: look behind the shims.
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python"))
    managed = ROOT / ".tools/python"
    yield from sorted(managed.glob(f"cpython-{version}.*/bin/python3"))
    fetch = ("python", "install", "--quiet", "--no-bin", f"--install-dir={managed}", version)
    if subprocess.run([UV, *fetch], capture_output=True, check=False).returncode == 0:
        yield from sorted(managed.glob(f"cpython-{version}.*/bin/python3"))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("function", choices=sorted(functions()))
    asked.add_argument("into", type=Path)
    asked.add_argument("--platform", default=PLATFORM)
    asked.add_argument("--python-version", default=RUNTIME)
    given = asked.parse_args()
    build(given.function, given.into, given.platform, given.python_version)


if __name__ == "__main__":
    main()
