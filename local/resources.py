"""Resource types that moto's CloudFormation lacks or gets wrong, one function each.

`create(properties, name)` returns (Ref, attributes for Fn::GetAtt). moto finds types as subclasses
of its model and prefers the later one, so importing this module is enough.
"""

import json
from functools import partial

import boto3
from cryptography.hazmat.primitives.asymmetric import ec
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel

from local.aws import ACCOUNT, REGION, Backends

SEALING_NUMBER = 20261122  # the private key of the local cloud's papers: nobody relies on them

REGISTERED = {}  # type name -> class; moto holds no reference to them

client = partial(boto3.client, region_name=REGION)


def resource_type(type_name, name_property=None):
    """Make `create` a CloudFormation resource type."""

    def register(create):
        class ResourceType(CloudFormationModel):
            cloudformation_type = staticmethod(lambda: type_name)
            cloudformation_name_type = staticmethod(lambda: name_property)

            @classmethod
            def has_cfn_attr(cls, _attribute):
                return True

            @classmethod
            def create_from_cloudformation_json(cls, resource_name, cloudformation_json, *_, **__):
                resource = cls()
                resource.properties = cloudformation_json.get("Properties", {})
                # moto looks for the name in its own type's property, which may be another one.
                name = resource.properties.get(name_property, resource_name)
                reference, attributes = create(resource.properties, name)
                resource.physical_resource_id, resource.attributes = reference, attributes
                return resource

            def get_cfn_attribute(self, attribute_name):
                return self.attributes[attribute_name]

        REGISTERED[type_name] = ResourceType
        return create

    return register


def declared(type_name, name_property=None, arn="{name}"):
    """A type that nothing local reads: it exists under its name; its properties are not used."""

    @resource_type(type_name, name_property)
    def declare(_properties, name):
        return name, {"Arn": arn.format(name=name)}


@resource_type("AWS::CloudWatch::Alarm", "AlarmName")
def alarm(properties, name):
    """It is there for the status page, and stays as it is set: there are no metrics to watch."""
    told = {key: value for key, value in properties.items() if key != "Tags"}
    numbers = {key: int(told[key]) for key in ("Period", "EvaluationPeriods")}
    watched = {**told, **numbers, "Threshold": float(told["Threshold"]), "AlarmName": name}
    client("cloudwatch").put_metric_alarm(**watched)
    return name, {"Arn": f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"}


declared("AWS::CloudWatch::Dashboard", "DashboardName")
declared(
    "AWS::Logs::LogGroup", "LogGroupName", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{name}}:*"
)
declared("AWS::Logs::MetricFilter")
declared("AWS::S3::BucketPolicy")  # IAM is not enforced
declared("AWS::SNS::TopicPolicy")
declared("AWS::SQS::QueuePolicy")
declared("AWS::ApiGateway::Account")
declared("AWS::Lambda::EventInvokeConfig")  # `deliveries` reads its properties
declared("AWS::GuardDuty::MalwareProtectionPlan")  # so does `scanner`


@resource_type("AWS::Cognito::UserPool", "UserPoolName")
def user_pool(properties, name):
    known = (
        "Schema",
        "Policies",
        "UsernameAttributes",
        "AliasAttributes",
        "AutoVerifiedAttributes",
    )
    options = {key: properties[key] for key in known if key in properties}
    pool = client("cognito-idp").create_user_pool(PoolName=name, **options)["UserPool"]
    provider = f"cognito-idp.{REGION}.amazonaws.com/{pool['Id']}"
    attributes = {"ProviderName": provider, "ProviderURL": f"https://{provider}"}
    return pool["Id"], {"Arn": pool["Arn"], "UserPoolId": pool["Id"], **attributes}


@resource_type("AWS::Cognito::UserPoolClient", "ClientName")
def user_pool_client(properties, name):
    cognito = client("cognito-idp")
    known = cognito.meta.service_model.operation_model("CreateUserPoolClient").input_shape.members
    options = {key: value for key, value in properties.items() if key in known}
    created = cognito.create_user_pool_client(**{"ClientName": name, **options})["UserPoolClient"]
    secret = created.get("ClientSecret", "")
    return created["ClientId"], {"ClientId": created["ClientId"], "ClientSecret": secret}


@resource_type("AWS::Cognito::UserPoolGroup", "GroupName")
def user_pool_group(properties, name):
    client("cognito-idp").create_group(**{**properties, "GroupName": name})
    return name, {}


@resource_type("AWS::ApiGateway::RestApi", "Name")
def rest_api(_properties, name):
    """moto's own ignores the body; so does this one: the front door reads it from there."""
    api_gateway = client("apigateway")
    api = api_gateway.create_rest_api(name=name)
    root = api_gateway.get_resources(restApiId=api["id"])["items"][0]["id"]
    return api["id"], {"RootResourceId": root, "RestApiId": api["id"]}


@resource_type("AWS::ApiGateway::Deployment")
def api_deployment(_properties, name):
    """moto's own is its Python object when referred to. What is deployed is read from the body."""
    return name, {"DeploymentId": name}


@resource_type("AWS::ApiGateway::Stage")
def api_stage(properties, _name):
    return properties["StageName"], {}


@resource_type("AWS::S3::Bucket", "BucketName")
def bucket(properties, name):
    """moto's own ignores notifications, versioning and CORS."""
    s3, name = client("s3"), name.lower()
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    if "VersioningConfiguration" in properties:
        s3.put_bucket_versioning(
            Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"]
        )
    if "EventBridgeConfiguration" in properties.get("NotificationConfiguration", {}):
        s3.put_bucket_notification_configuration(
            Bucket=name, NotificationConfiguration={"EventBridgeConfiguration": {}}
        )
    domain = f"{name}.s3.amazonaws.com"
    regional = f"{name}.s3.{REGION}.amazonaws.com"
    attributes = {"DomainName": domain, "RegionalDomainName": regional}
    return name, {"Arn": f"arn:aws:s3:::{name}", **attributes}


@resource_type("AWS::KMS::Key")
def kms_key(properties, _name):
    """moto's own keeps the policy in a form that breaks every later look-up of the key."""
    known = ("KeySpec", "KeyUsage")
    options = {key: properties[key] for key in known if key in properties}
    policy = json.dumps(properties["KeyPolicy"])
    key = client("kms").create_key(Policy=policy, **options)["KeyMetadata"]
    if properties.get("KeyUsage") == "SIGN_VERIFY":
        _sign_as_ever(key["KeyId"])
    return key["KeyId"], {"Arn": key["Arn"], "KeyId": key["KeyId"]}


def _sign_as_ever(key_id):
    """The same key in every deployment: papers that were sealed before a restart hold after it."""
    signer = Backends().kms.keys[key_id].private_key
    signer.private_key = ec.derive_private_key(SEALING_NUMBER, signer.private_key.curve)


@resource_type("AWS::SecretsManager::Secret", "Name")
def secret(properties, name):
    """moto's CloudFormation has none. The value is the same in every deployment: what was sealed
    before a restart holds after it."""
    value = f"{name}-".ljust(properties["GenerateSecretString"]["PasswordLength"], "0")
    arn = client("secretsmanager").create_secret(Name=name, SecretString=value)["ARN"]
    return arn, {"Id": arn}


@resource_type("AWS::SNS::Subscription")
def sns_subscription(properties, _name):
    if properties["Protocol"] not in ("sqs", "email", "sms"):
        raise NotImplementedError(f"Subscription by {properties['Protocol']}")
    known = ("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy")
    subscribed = client("sns").subscribe(
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes={key: _as_text(properties[key]) for key in known if key in properties},
        ReturnSubscriptionArn=True,
    )
    return subscribed["SubscriptionArn"], {}


@resource_type("AWS::SES::EmailIdentity")
def email_identity(properties, _name):
    ses, identity = client("ses"), properties["EmailIdentity"]
    if "@" in identity:
        ses.verify_email_identity(EmailAddress=identity)
    else:
        ses.verify_domain_identity(Domain=identity)
    return identity, {}


@resource_type("AWS::StepFunctions::StateMachine", "StateMachineName")
def state_machine(properties, name):
    """moto's own goes to the backend that executes nothing."""
    definition = properties["DefinitionString"]
    for key, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace(f"${{{key}}}", str(value))
    arn = client("stepfunctions").create_state_machine(
        name=name,
        definition=definition,
        roleArn=properties["RoleArn"],
        type=properties.get("StateMachineType", "STANDARD"),
    )["stateMachineArn"]
    return arn, {"Name": name, "Arn": arn}


def _as_text(value):
    return value if isinstance(value, str) else json.dumps(value)


for cached in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
    cached.cache_clear()  # moto may have looked at its models already
