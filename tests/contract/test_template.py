"""What the template says is what the code says."""

import importlib.util
import json
import re

import pytest

from adapters.settings import Settings
from casework.consequences import ROUTED_KINDS
from casework.review import MOVING_KINDS
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
    commands = ROOT.joinpath("adapters", "sealed_table.py").read_text(encoding="utf-8")
    assert '"expires": ' in commands


ON_THE_STREAM = {"CarryProgress": MOVING_KINDS, "TellPeople": ROUTED_KINDS}
"""Two and no more: AWS throttles the third reader of a stream."""


def _events(name):
    (source,) = FUNCTIONS[name]["Events"].values()
    (rule,) = source["Properties"]["FilterCriteria"]["Filters"]
    return json.loads(rule["Pattern"])


def test_two_functions_read_the_stream_and_no_more():
    sources = {name: properties.get("Events", {}) for name, properties in FUNCTIONS.items()}
    readers = {n for n, e in sources.items() if any(s["Type"] == "DynamoDB" for s in e.values())}
    assert readers == ON_THE_STREAM.keys()


@pytest.mark.parametrize("name", ON_THE_STREAM)
def test_the_stream_tells_a_function_of_the_events_that_concern_it_and_of_nothing_else(name):
    image = {"Keys": {"sk": {"S": [{"prefix": "EVENT#"}]}}}
    image["NewImage"] = {"kind": {"S": sorted(ON_THE_STREAM[name])}}
    assert _events(name) == {"eventName": ["INSERT"], "dynamodb": image}


def test_what_fails_comes_back_after_everybody_who_may_still_work_at_it_is_done():
    """AWS advises six times the time-out, for batches that wait while the function is throttled."""
    queues = resources("AWS::SQS::Queue")
    default = template()["Globals"]["Function"]["Timeout"]
    for properties in FUNCTIONS.values():
        for source in properties.get("Events", {}).values():
            if source["Type"] == "SQS":
                queue, _ = source["Properties"]["Queue"]["Fn::GetAtt"]
                timeout = properties.get("Timeout", default)
                assert queues[queue]["VisibilityTimeout"] >= 6 * timeout, queue


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
        statement = policy["PolicyDocument"]["Statement"][0]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_uploads_are_read_by_those_who_judge_them_and_by_nobody_else():
    """Whoever the others are and whatever else they may do."""
    policy = resources("AWS::S3::BucketPolicy")["UploadsPolicy"]["PolicyDocument"]["Statement"]
    (rule,) = (statement for statement in policy if statement["Sid"] == "OnlyItsJudgesRead")
    assert (rule["Effect"], rule["Principal"]) == ("Deny", "*")
    assert rule["Action"] == ["s3:GetObject", "s3:GetObjectVersion"]
    *functions, scanner = rule["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    let_in = {found["Fn::GetAtt"][0].removesuffix("Role") for found in functions}
    assert scanner["Fn::If"][0] == "ScansByGuardDuty"
    readers = {
        name
        for name, properties in FUNCTIONS.items()
        for statement in statements(properties)
        if "s3:GetObject" in actions(statement) and "UploadsBucket" in str(statement["Resource"])
    }
    assert readers == let_in
