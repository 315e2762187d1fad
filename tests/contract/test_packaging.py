"""A function is deployed as what it needs and nothing else, and that is enough to run."""

import functools
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import ModuleLoader

from adapters import definitions
from functions.portal import rendering
from infra import package
from tests import files, signing
from tests.template import FUNCTION, ROOT, resources, routes, template

FUNCTIONS = package.functions()
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
MEGABYTE = 1024 * 1024
ENVIRONMENT = {
    name: f"local-{name.lower().replace('_', '-')}"
    for name in template()["Globals"]["Function"]["Environment"]["Variables"]
} | {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",  # Lambda sets both
}

OWN = {"adapters", "casework", "functions", "services"}
IN_ALL = {
    *("annotated_types", "aws_lambda_powertools", "boto3", "botocore", "dateutil", "jmespath"),
    *("pydantic", "pydantic_core", "s3transfer", "six.py", "typing_extensions.py"),
    *("typing_inspection", "tzdata", "urllib3"),
}
IN_GROUP = {
    "api": {"chalice"},
    "forms": {"email_validator", "idna", "phonenumbers"},
    "documents": {
        *("defusedxml", "filetype", "PIL", "pillow.libs", "pypdf"),
        *("pypdfium2", "pypdfium2_cfg", "pypdfium2_cli", "pypdfium2_raw"),
    },
    "signatures": {
        *("_cffi_backend", "aiohappyeyeballs", "aiohttp", "aiosignal", "asn1crypto", "attr"),
        *("attrs", "certifi", "cffi", "cryptography", "frozenlist", "idna", "lxml", "multidict"),
        *("propcache", "pyhanko", "pyhanko_certvalidator", "signxml", "tzlocal", "uritools"),
        "yarl",
    },
    "identity": {"_cffi_backend", "cffi", "cryptography", "jwt"},
    "pages": {"govuk_frontend_jinja", "jinja2", "markupsafe"},
    "papers": {"fontpkg", "fontpkg_pt_sans", "segno", "typst"},
    "tables": {"defusedxml", "et_xmlfile", "openpyxl"},
}


@functools.cache
def needs(function):
    return package.reached(module_of(function))


def module_of(function):
    return FUNCTIONS[function].rpartition(".")[0]


# ---- what is chosen ------------------------------------------------------------------------------


def test_only_the_api_carries_the_router():
    assert {f for f in FUNCTIONS if "api" in package.groups(needs(f))} == routes().keys()


def test_only_those_who_judge_documents_carry_the_decoders():
    """Two more share the judge's module; agencies' archives bring documents along."""
    carrying = {f for f in FUNCTIONS if "documents" in package.groups(needs(f))}
    of_uploads = {"JudgeDocument", "TakeVerdict", "LookAgain"}
    assert carrying == of_uploads | {"SplitBatch", "TakeInPart"}


def test_only_those_who_read_tables_carry_their_library():
    """The one that takes parts in shares the other's module."""
    carrying = {f for f in FUNCTIONS if "tables" in package.groups(needs(f))}
    assert carrying == {"SplitBatch", "TakeInPart"}


def test_only_the_verifier_of_signatures_carries_their_libraries():
    carrying = {f for f in FUNCTIONS if "signatures" in package.groups(needs(f))}
    assert carrying == {"VerifySignature"}


def test_imports_inside_functions_count():
    found = needs("JudgeDocument")
    package_of = {path: found[path] for path in found if path.parent.name == "inspection"}
    assert {"PIL", "filetype", "pypdf", "pypdfium2"} <= set().union(*package_of.values())


def test_who_describes_the_whole_api_carries_the_parts_that_others_answer():
    room = ROOT / "functions/intake"
    assert {room / "office_api.py", room / "cabinet_api.py"} <= needs("IntakeApi").keys()


def test_every_group_is_in_pyproject_and_wanted_by_somebody():
    with (ROOT / "pyproject.toml").open("rb") as file:
        declared = tomllib.load(file)["dependency-groups"].keys()
    wanted = frozenset().union(*(package.groups(needs(function)) for function in FUNCTIONS))
    assert set(package.GROUPS.values()) == wanted
    assert wanted <= declared


def test_every_client_is_made_in_the_way_that_packaging_reads():
    """Of a service named where it is asked for, and in adapters.aws: ruff bans boto3 elsewhere."""
    asked = re.compile(r"\bclient\((?!\s*\")")
    for path in set().union(*(needs(function) for function in FUNCTIONS)):
        unread = asked.findall(path.read_text(encoding="utf-8"))
        assert not unread or path == ROOT / "adapters/aws.py", path


def test_it_is_built_for_the_runtime_of_the_template():
    function = template()["Globals"]["Function"]
    assert function["Runtime"] == f"python{package.RUNTIME}"
    assert function["Architectures"] == ["arm64"]
    assert package.PLATFORM.startswith("aarch64-")


def test_every_function_is_built_by_make():
    for name, resource in template()["Resources"].items():
        if resource["Type"] == FUNCTION:
            assert resource["Metadata"]["BuildMethod"] == "makefile", name


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "precious").touch()
    with pytest.raises(SystemExit, match="not empty"):
        package.build("IntakeApi", tmp_path, package.PLATFORM, package.RUNTIME)
    assert [path.name for path in tmp_path.iterdir()] == ["precious"]


def test_of_ours_it_carries_its_room_and_what_rooms_share(tmp_path):
    package.lay_own({"verify"}, tmp_path / "it")
    laid = {path.relative_to(tmp_path / "it") for path in (tmp_path / "it").rglob("*.*")}
    assert {path.parts[0] for path in laid} == OWN
    rooms = {path.parts[1] for path in laid if path.parts[0] == "functions"}
    assert rooms == {"__init__.py", "verify"}
    assert {path.suffix for path in laid} == {".py", ".toml", ".json", ".typ"}
    services = {path.relative_to(ROOT) for path in (ROOT / "services").rglob("*.*")}
    compiled = {Path("services", name) for name, _ in definitions.compiled()}
    assert {path for path in laid if path.parts[0] == "services"} == services | compiled


def test_what_it_carries_compiled_is_what_the_files_say(tmp_path, monkeypatch):
    """The same definitions, figures and texts, and none of the TOML is opened for them."""
    package.lay_own({"verify"}, tmp_path / "it")
    said = [*definitions.services().values(), definitions.figures()]
    said += [definitions.texts(name) for name in definitions.text_names()]
    for path in (tmp_path / "it/services").glob("*.toml"):
        path.unlink()
    shutil.rmtree(tmp_path / "it/services/blocks")
    done = subprocess.run(
        [sys.executable, "-c", READ_DEFINITIONS],
        env={"PYTHONPATH": str(tmp_path / "it")},
        cwd=tmp_path,
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == repr(said)


READ_DEFINITIONS = """
from pathlib import Path
from adapters import definitions as d
assert Path(d.__file__).parent.parent.name == "it", d.__file__
said = [*d.services().values(), d.figures(), *(d.texts(name) for name in d.text_names())]
print(said, end="")
"""


def test_pages_carry_their_templates_compiled(tmp_path):
    """Ours and the components, and they say the same."""
    package.lay_own({"portal"}, tmp_path / "it")
    laid = tmp_path / "it/functions/portal"
    assert not list(laid.rglob("*.html"))
    sources = rendering._reading(rendering._sources())
    compiled = rendering._reading(ModuleLoader(laid / rendering.COMPILED.name))
    for name in sources.list_templates(extensions=["html"]):
        compiled.get_template(name)
    visit = SimpleNamespace(path="/cabinet/sign-in", prefix="/v1", query={"told": "signed_out"})
    shown = [each.get_template("page.html").render(visit=visit) for each in (sources, compiled)]
    assert "govuk-notification-banner" in shown[0]
    assert shown[0] == shown[1]


def test_without_the_runtimes_python_nothing_is_compiled_and_it_says_so(monkeypatch, capsys):
    monkeypatch.setattr(package, "_candidates", lambda _: iter([sys.executable, "no-such"]))
    assert package.interpreter.__wrapped__("3.99") is None
    assert "No Python 3.99" in capsys.readouterr().err


# ---- what .checkov.yaml promises -----------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_gives_up_goes_to_the_dead_letters(name):
    properties = resources(FUNCTION)[name]
    for source in properties.get("Events", {}).values():
        if source["Type"] == "EventBridgeRule":
            given_up = properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
            rule = source["Properties"]["DeadLetterConfig"]["Arn"]
            assert rule == given_up["Destination"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
        elif source["Type"] == "Schedule":
            given_up = properties["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
            assert given_up["Destination"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
        elif source["Type"] == "DynamoDB":
            given_up = source["Properties"]["DestinationConfig"]["OnFailure"]
            assert given_up["Destination"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
        elif source["Type"] == "SQS":
            queue, _ = source["Properties"]["Queue"]["Fn::GetAtt"]
            redrive = resources("AWS::SQS::Queue")[queue]["RedrivePolicy"]
            assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": ["DeadLetters", "Arn"]}
        else:
            assert source["Type"] == "Api"  # who asks is told


# ---- what is built -------------------------------------------------------------------------------


def platform_here():
    machine = platform.machine().replace("arm64", "aarch64")
    return f"{machine}-apple-darwin" if sys.platform == "darwin" else f"{machine}-manylinux_2_28"


@pytest.fixture(scope="module")
def artefact(tmp_path_factory):
    """artefact(function): built for this interpreter by the target that sam calls."""

    @functools.cache
    def build(function):
        into = tmp_path_factory.mktemp("artefacts") / function
        make("build-" + function, into, PLATFORM=platform_here(), PYTHON_VERSION=HERE)
        return into

    return build


def make(target, into, **variables):
    given = [f"{name}={value}" for name, value in variables.items()]
    command = ["make", "--silent", target, f"ARTIFACTS_DIR={into}", *given]
    # pytest may itself run under make.
    environment = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def run(artefact, code, *arguments):
    """What the code prints, where there is nothing but the artefact and the standard library."""
    isolated = [sys.executable, "-S", "-E", "-s", "-B", "-P", "-c"]
    started = "import sys; sys.path.insert(0, sys.argv[1])\n" + code
    done = subprocess.run(
        [*isolated, started, str(artefact), *arguments],
        env=ENVIRONMENT,
        cwd="/",
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


IMPORT = """
import importlib, importlib.util
module, handler, outside, services = sys.argv[2:]
assert callable(getattr(importlib.import_module(module), handler))
for name in outside.split():
    assert importlib.util.find_spec(name), name + " is imported somewhere and not here"
for name, loaded in list(sys.modules.items()):
    path = getattr(loaded, "__file__", None) or ""
    assert "site-packages" not in path, name + " is from " + path
from adapters import aws
for service in services.split():
    aws.client(service)
"""


@pytest.mark.long
@pytest.mark.parametrize("function", FUNCTIONS)
def test_it_starts_on_its_own(function, artefact):
    outside = set().union(*needs(function).values())
    services = package.clients(needs(function))
    handler = FUNCTIONS[function].rsplit(".", 1)
    run(artefact(function), IMPORT, *handler, " ".join(outside), " ".join(services))


@pytest.mark.long
@pytest.mark.parametrize("function", FUNCTIONS)
def test_it_contains_only_what_it_should(function, artefact):
    it = artefact(function)
    groups = package.groups(needs(function))
    expected = OWN | IN_ALL.union(*(IN_GROUP[group] for group in groups))
    named = (path.name for path in it.iterdir() if path.suffix != ".dist-info")
    found = {re.sub(r"\.cpython-.*", "", name) for name in named}
    assert found - {"__pycache__"} == expected
    models = {path.name for path in (it / "botocore/data").iterdir() if path.is_dir()}
    assert models == package.clients(needs(function))


AT_MOST = {
    "VerifySignature": 25,  # cryptography, lxml, and pyHanko with its aiohttp
    "SplitBatch": 22,  # the decoders of documents, and openpyxl
    "TakeInPart": 22,
}
"""Megabytes, where 20 do not do. Lambda takes 50."""


@pytest.mark.long
@pytest.mark.parametrize("function", FUNCTIONS)
def test_it_fits_into_20_megabytes(function, artefact):
    assert zipped_size(artefact(function)) <= AT_MOST.get(function, 20) * MEGABYTE


@pytest.mark.long
def test_every_source_is_compiled(artefact):
    tag = f"cpython-{HERE.replace('.', '')}"
    for path in artefact("IntakeApi").rglob("*.py"):
        assert (path.parent / "__pycache__" / f"{path.stem}.{tag}.pyc").is_file(), path


@pytest.mark.long
def test_the_same_sources_make_the_same_artefact(tmp_path):
    """Wherever it is built: sam then uploads only what has changed."""
    here, there = tmp_path / "here", tmp_path / "there"
    for into in (here, there):
        make("build-AwaitPeople", into, PLATFORM=platform_here(), PYTHON_VERSION=HERE)
    assert contents(here) == contents(there)


def contents(folder):
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    return {name: hashlib.sha256(path.read_bytes()).digest() for name, path in found.items()}


LIST_SERVICES = """
import json
from functions.intake.api import handler
request = {"httpMethod": "GET", "resourcePath": "/services", "path": "/services"}
event = {
    **{"resource": "/services", "path": "/services", "httpMethod": "GET"},
    "requestContext": request | {"identity": {}},
    **{"headers": {}, "multiValueHeaders": {}, "queryStringParameters": None, "body": None},
    **{"multiValueQueryStringParameters": None, "pathParameters": None, "stageVariables": None},
    "isBase64Encoded": False,
}
print(json.dumps(handler(event, None)))
"""


@pytest.mark.long
def test_the_built_api_answers(artefact):
    answer = json.loads(run(artefact("IntakeApi"), LIST_SERVICES).splitlines()[-1])
    assert answer["statusCode"] == 200
    assert "social-service-need" in answer["body"]


SHOW_SERVICES = """
from functions.portal.citizen import handler
about = {"path": "/v1/cabinet/services", "identity": {}, "requestId": "1"}
event = {
    **{"resource": "/cabinet/{proxy+}", "path": "/cabinet/services", "httpMethod": "GET"},
    "requestContext": about | {"httpMethod": "GET", "resourcePath": "/cabinet/{proxy+}"},
    **{"headers": {}, "multiValueHeaders": {}, "queryStringParameters": None, "body": None},
    **{"multiValueQueryStringParameters": None, "pathParameters": None, "stageVariables": None},
    "isBase64Encoded": False,
}
answer = handler(event, None)
print(answer["statusCode"], "/v1/cabinet/services/social-service-need" in answer["body"])
"""


@pytest.mark.long
def test_the_built_pages_answer(artefact):
    """Out of templates that were compiled when it was built."""
    it = artefact("CitizenPages")
    keys = "import os; os.environ.update(AWS_ACCESS_KEY_ID='a', AWS_SECRET_ACCESS_KEY='b')"
    assert run(it, keys + SHOW_SERVICES).splitlines()[-1] == "200 True"
    bytecode = list((it / "functions/portal/compiled/__pycache__").glob("*.pyc"))
    assert len(bytecode) == len(list((it / "functions/portal/compiled").glob("*.py")))


PARSE = """
from casework.identifiers import email, phone
print(email("anna@example.org"), phone("8 912 345-67-89"))
"""


@pytest.mark.long
def test_the_built_forms_parse_phones_and_addresses(artefact):
    assert run(artefact("AwaitPeople"), PARSE).split() == ["anna@example.org", "+79123456789"]


INSPECT = """
from pathlib import Path
from adapters.inspection import inspect
for path in sys.argv[2:]:
    print(inspect(Path(path).read_bytes(), declared_type=None, file_name=path).accepted)
"""


@pytest.mark.long
def test_the_built_judge_opens_what_citizens_send(artefact, tmp_path):
    """Other formats' decoders are left out of the artefact: these three must not miss them."""
    made = [tmp_path / "it.pdf", tmp_path / "it.jpg", tmp_path / "it.png"]
    made[0].write_bytes(files.born_digital_pdf())
    made[1].write_bytes(files.coarse_jpeg())
    files.sheet((900, 1272)).convert("RGBA").save(made[2])
    assert run(artefact("JudgeDocument"), INSPECT, *map(str, made)).split() == ["True"] * 3


VERIFY = """
from datetime import UTC, datetime
from pathlib import Path
from adapters.document_signatures import apart
at = datetime(2026, 3, 2, tzinfo=UTC)
for path in sys.argv[2:]:
    kind = "application/" + Path(path).suffix[1:]
    print(apart.signatures_apart(Path(path).read_bytes(), kind, now=at).verdict)
"""


@pytest.mark.long
def test_the_built_verifier_verifies(artefact, tmp_path):
    """In its process apart, too, it has all that it needs."""
    by, made = signing.signer(), [tmp_path / "it.pdf", tmp_path / "it.xml"]
    made[0].write_bytes(signing.signed_pdf(by))
    made[1].write_bytes(signing.signed_xml(by))
    told = run(artefact("VerifySignature"), VERIFY, *map(str, made))
    assert told.split() == ["signed_intact"] * 2


@pytest.mark.long
def test_the_largest_is_built_for_lambda_and_fits(tmp_path):
    it = tmp_path / "it"
    make("build-JudgeDocument", it)
    libraries = [path for path in it.rglob("*") if ".so" in path.name]
    assert len(libraries) > 5
    for library in libraries:
        assert library.read_bytes()[18:20] == b"\xb7\0", f"{library} is not for arm64"
    compiled = list(it.rglob("*.pyc"))
    assert bool(compiled) == bool(package.interpreter(package.RUNTIME))
    assert all(path.name.endswith(".cpython-313.pyc") for path in compiled)
    assert zipped_size(it) <= 20 * MEGABYTE


SET = """
from adapters.typesetting import typeset
told = {"title": "Т", "number": "1", "office": "О", "service": "У", "person": "И", "day": "Д"}
told |= {"paper": "p", "instant": [2026, 3, 2, 6, 0, 0], "check_page": "https://example.org/check"}
print(typeset("ledger", told | {"terms": []}, "standard")[:8].decode())
"""
UNZIPPED_AT_MOST = 250 * MEGABYTE  # Lambda's own limit


@pytest.mark.long
def test_the_built_drawer_of_papers_sets_one_and_fits(artefact):
    it = artefact("DrawPapers")
    assert run(it, SET).split() == ["%PDF-1.7"]
    assert sum(path.stat().st_size for path in it.rglob("*") if path.is_file()) <= UNZIPPED_AT_MOST
    assert zipped_size(it) <= 60 * MEGABYTE


def zipped_size(folder: Path) -> int:
    """Bytes, as `sam deploy` zips."""
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    return target.stat().st_size
