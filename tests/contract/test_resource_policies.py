"""AWS takes what may call a function: `sam deploy` fails when its resource policy grows too long.

Each route of the API is a statement of that policy (AWS::Lambda::Permission, which SAM makes).
"""

import json
import re
from collections import defaultdict

import pytest

from local.stack import translate
from tests.template import ROOT, routes

AT_MOST = 20_480  # bytes; "The final policy size is bigger than the limit", and no quota raises it
SPARED = 0.2
STACK = "s" * 20
REAL = {"AWS::Region": "eu-central-1", "AWS::AccountId": "1" * 12, "__ApiId__": "a" * 10}
SUFFIX = "-ABCDEFGHIJKL"
"""CloudFormation ends the names that it gives with as many signs."""


@pytest.fixture(scope="module")
def policies():
    """Statements by function, about as AWS keeps them."""
    made = translate(ROOT / "template.yaml")["Resources"]
    kept = defaultdict(list)
    for name, resource in made.items():
        if resource["Type"] == "AWS::Lambda::Permission":
            function = resource["Properties"]["FunctionName"]["Ref"]
            kept[function].append(statement(name, function, resource["Properties"]))
    return kept


def statement(name, function, permission):
    home = f"{REAL['AWS::Region']}:{REAL['AWS::AccountId']}"
    return {
        "Sid": f"{STACK}-{name}{SUFFIX}",
        "Effect": "Allow",
        "Principal": {"Service": permission["Principal"]},
        "Action": permission["Action"],
        "Resource": f"arn:aws:lambda:{home}:function:{STACK}-{function}{SUFFIX}",
        "Condition": {"ArnLike": {"AWS:SourceArn": arn(permission["SourceArn"], home)}},
    }


def arn(source, home):
    if "Fn::GetAtt" in source:  # a rule or a schedule
        return f"arn:aws:events:{home}:rule/{STACK}-{source['Fn::GetAtt'][0]}{SUFFIX}"
    text, given = source["Fn::Sub"]
    known = {**REAL, **{name: value for name, value in given.items() if isinstance(value, str)}}
    return re.sub(r"\$\{(.+?)\}", lambda found: known[found[1]], text)


def size(statements):
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return len(json.dumps(policy, separators=(",", ":")))


def test_a_route_takes_about_four_hundred_bytes(policies):
    named = f"{STACK}-OfficeApiClaimPermission"
    (claim,) = (s for s in policies["OfficeApi"] if s["Sid"].startswith(named))
    assert claim["Condition"]["ArnLike"]["AWS:SourceArn"] == (
        "arn:aws:execute-api:eu-central-1:111111111111:aaaaaaaaaa/*/POST/applications/*/claim"
    )
    assert 350 < size([claim]) - size([]) < 450


def test_every_route_is_permitted(policies):
    permitted = {name: len(policies[name]) for name in routes()}
    assert permitted == {name: len(events) for name, events in routes().items()}


def test_no_policy_comes_near_the_limit_of_aws(policies):
    sizes = {function: size(statements) for function, statements in policies.items()}
    assert {f: s for f, s in sizes.items() if s > AT_MOST * (1 - SPARED)} == {}
