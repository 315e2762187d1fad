"""What the template says is what the code says."""

import importlib.util
import re

import pytest

from adapters.settings import Settings
from tests.template import (
    FUNCTION,
    ROOT,
    STATE_MACHINE,
    actions,
    resources,
    statements,
    template,
)

FUNCTIONS = resources(FUNCTION)
ENVIRONMENT = template()["Globals"]["Function"]["Environment"]["Variables"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_handler_exists(name):
    module, _, handler = FUNCTIONS[name]["Handler"].rpartition(".")
    # Not imported: a handler's module reads its environment when it is.
    found = importlib.util.find_spec(module)
    source = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    assert found is not None
    assert re.search(
        rf"^def {handler}\((event|_): ", source.read_text(encoding="utf-8"), re.MULTILINE
    )


def test_no_two_functions_have_the_same_handler():
    handlers = [properties["Handler"] for properties in FUNCTIONS.values()]
    assert len(handlers) == len(set(handlers))


def test_settings_are_the_environment_and_nothing_else():
    ours = {name for name in ENVIRONMENT if not name.startswith("POWERTOOLS_")}
    assert ours == {name.upper() for name in Settings.model_fields}


def test_no_function_has_an_environment_of_its_own():
    assert not [name for name, properties in FUNCTIONS.items() if "Environment" in properties]


@pytest.mark.parametrize(
    ("variable", "machine"),
    [
        ("APPLICATION_REVIEW", "ApplicationReview"),
        ("APPEAL_REVIEW", "AppealReview"),
        ("BATCH_INTAKE", "BatchIntake"),
        ("SERVICE_PROVISION", "ServiceProvision"),
        ("BENEFIT_PAYMENTS", "BenefitPayments"),
    ],
)
def test_a_machine_is_called_what_the_functions_call_it(variable, machine):
    name = resources(STATE_MACHINE)[machine]["Name"]["Fn::Sub"]
    assert ENVIRONMENT[variable]["Fn::Sub"].endswith(f":stateMachine:{name}")


@pytest.mark.parametrize(
    ("variable", "bucket"),
    [
        ("UPLOADS_BUCKET", "UploadsBucket"),
        ("VAULT_BUCKET", "VaultBucket"),
        ("BATCHES_BUCKET", "BatchesBucket"),
        ("LETTERS_BUCKET", "LettersBucket"),
    ],
)
def test_a_bucket_is_called_what_the_functions_call_it(variable, bucket):
    assert resources("AWS::S3::Bucket")[bucket]["BucketName"] == ENVIRONMENT[variable]


def test_every_variable_of_a_reference_names_a_resource_or_a_parameter():
    known = template()["Resources"].keys() | template()["Parameters"].keys()
    assert {v["Ref"] for v in ENVIRONMENT.values() if "Ref" in v} <= known


def test_the_indexes_of_the_table_are_those_that_are_asked():
    source = ROOT.joinpath("adapters", "applications.py").read_text(encoding="utf-8")
    asked = dict(re.findall(r'self\._page\("(\w+)", "(\w+)"', source))
    (table,) = resources("AWS::DynamoDB::Table").values()
    keys = {
        index["IndexName"]: index["KeySchema"][0]["AttributeName"]
        for index in table["GlobalSecondaryIndexes"]
    }
    assert asked == keys


def test_an_attribute_of_an_index_is_written():
    (table,) = resources("AWS::DynamoDB::Table").values()
    source = ROOT.joinpath("adapters", "applications.py").read_text(encoding="utf-8")
    for attribute in table["AttributeDefinitions"]:
        assert f'"{attribute["AttributeName"]}": ' in source
    assert table["TimeToLiveSpecification"]["AttributeName"] == "expires"
    assert '"expires": ' in source


def test_the_stream_tells_the_functions_of_events_only():
    for name in ("CarryProgress", "TellPeople"):
        (source,) = FUNCTIONS[name]["Events"].values()
        (rule,) = source["Properties"]["FilterCriteria"]["Filters"]
        assert '"INSERT"' in rule["Pattern"]
        assert '{"prefix":"EVENT#"}' in rule["Pattern"]


# ---- permissions --------------------------------------------------------------------------------

POLICIES = [
    pytest.param(statement, id=f"{name}: {statement['Sid']}")
    for type_ in (FUNCTION, STATE_MACHINE)
    for name, properties in resources(type_).items()
    for statement in statements(properties)
]
# AWS gives log delivery no resources to name.
WITHOUT_RESOURCES = {"DeliverLogs"}


@pytest.mark.parametrize("statement", POLICIES)
def test_nobody_may_do_everything(statement):
    assert statement["Effect"] == "Allow"
    assert statement["Sid"]
    assert not [action for action in actions(statement) if "*" in action]


@pytest.mark.parametrize("statement", POLICIES)
def test_whatever_is_allowed_is_allowed_somewhere(statement):
    if statement["Sid"] in WITHOUT_RESOURCES:
        assert all(action.startswith("logs:") for action in actions(statement))
    else:
        assert statement.get("Resource") != "*"
        assert "Resource" in statement or "NotResource" in statement


def test_every_bucket_is_closed_encrypted_and_speaks_tls_only():
    policies = resources("AWS::S3::BucketPolicy").values()
    held = {policy["Bucket"]["Ref"] for policy in policies}
    for name, bucket in resources("AWS::S3::Bucket").items():
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert "BucketEncryption" in bucket
        assert name in held
    for policy in policies:
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
