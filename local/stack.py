"""Translate the SAM template and deploy it to moto's CloudFormation."""

import copy
import json
import os
from pathlib import Path
from unittest import mock

import boto3
from moto.awslambda.models import LambdaFunction
from moto.moto_api._internal import mock_random
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from local import resources
from local.aws import REGION, Backends

NAME = "opora"

# Types that moto creates as we need them; `resources` adds those that it lacks or gets wrong.
NATIVE = {
    "AWS::DynamoDB::Table",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
}


class UnknownResourceTypeError(Exception):
    """The template uses a type that the local cloud does not know: teach it in `resources`."""


class Stack:
    """What was deployed."""

    def __init__(self, template: Path, parameters: dict[str, str] | None = None):
        self._definition = translate(template)
        _require_known_types(self._definition)
        # Physical names and ids are the same in every deployment: handlers keep them in memory.
        mock_random.seed(0)
        with mock.patch.object(
            LambdaFunction, "create_from_cloudformation_json", _keeping_properties()
        ):
            self._create(parameters or {})
        mock_random.seed()  # what is made from now on must not repeat after a restart

    def _create(self, parameters):
        cloudformation = boto3.client("cloudformation", REGION)
        cloudformation.create_stack(
            StackName=NAME,
            TemplateBody=json.dumps(self._definition),
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        (stack,) = cloudformation.describe_stacks(StackName=NAME)["Stacks"]
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        (created,) = Backends().cloudformation.stacks.values()
        self._resources = [created.resource_map[name] for name in self._definition["Resources"]]

    def of_type(self, resource_type):
        """moto's objects of one CloudFormation type, in the template's order."""
        return [
            resource
            for resource in self._resources  # a condition may have left one out: None
            if resource and resource.cf_resource_type == resource_type
        ]


def translate(template: Path) -> dict:
    definition = copy.deepcopy(yaml_parse(template.read_text()))
    for resource in definition["Resources"].values():
        properties = resource.setdefault("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            # Handlers run from the working tree; the translator only wants to see a bucket.
            properties["CodeUri"] = "s3://unused/unused"
        if resource["Type"] == "AWS::Serverless::StateMachine" and "DefinitionUri" in properties:
            uri = template.parent / properties.pop("DefinitionUri")
            properties["Definition"] = json.loads(uri.read_text())
    with mock.patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}):  # the translator insists
        return transform(definition, {}, NoManagedPolicies())


class NoManagedPolicies:
    """The translator would ask IAM for managed policies by name; IAM is not enforced here."""

    def load(self):
        return {}


def _require_known_types(definition):
    unknown = {
        name: resource["Type"]
        for name, resource in definition["Resources"].items()
        if resource["Type"] not in NATIVE and resource["Type"] not in resources.REGISTERED
    }
    if unknown:
        raise UnknownResourceTypeError(f"{unknown}")


def _keeping_properties():
    """moto forgets the function's dead-letter queue, and that the function is traced."""
    create = LambdaFunction.create_from_cloudformation_json.__func__

    def create_and_keep(cls, resource_name, cloudformation_json, *arguments, **options):
        function = create(cls, resource_name, cloudformation_json, *arguments, **options)
        function.properties = cloudformation_json["Properties"]
        return function

    return classmethod(create_and_keep)
