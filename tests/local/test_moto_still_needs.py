"""Each fault of bare moto 5.2.5 that `local` puts right. A failure here is good news: moto has
mended it, and the function named in the test's docstring can go."""

import copy
import functools
import inspect
import json
import threading
import time

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.awslambda.models import LambdaFunction
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.core.responses import BaseResponse
from moto.core.utils import method_names_from_class
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table
from moto.events.models import Rule
from moto.stepfunctions.parser import api
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import (
    WaitFunction,
)
from moto.stepfunctions.parser.asl.eval.callback import callback
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from local import resources
from local.aws import ACCOUNT, REGION, Backends
from local.cloud import EXECUTE

TOKEN_MACHINE = {
    "StartAt": "Ask",
    "States": {
        "Ask": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": "<queue>", "MessageBody.$": "$$.Task.Token"},
            "TimeoutSeconds": 60,
            "End": True,
        }
    },
}


@pytest.fixture
def aws(monkeypatch):
    """Bare moto; aws("sqs") is a client."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws(config=EXECUTE):
        yield lambda service: boto3.client(service, REGION)


@pytest.fixture
def execute(aws):
    """execute(definition) -> ARN of a new execution, given a moment to get somewhere"""
    states = aws("stepfunctions")

    def start(definition, moment=0.3):
        role = f"arn:aws:iam::{ACCOUNT}:role/any"
        machine = states.create_state_machine(
            name=f"m{time.time_ns()}", definition=json.dumps(definition), roleArn=role
        )["stateMachineArn"]
        arn = states.start_execution(stateMachineArn=machine, name="e", input="{}")["executionArn"]
        time.sleep(moment)
        return arn

    return start


@pytest.fixture
def asked(aws, execute):
    """(ARN of an execution that waits for a token, the token)"""
    queue = aws("sqs").create_queue(QueueName="questions")["QueueUrl"]
    definition = copy.deepcopy(TOKEN_MACHINE)
    definition["States"]["Ask"]["Parameters"]["QueueUrl"] = queue
    arn = execute(definition)
    (message,) = aws("sqs").receive_message(QueueUrl=queue)["Messages"]
    yield arn, message["Body"]
    end = functools.partial(aws("stepfunctions").send_task_failure, taskToken=message["Body"])
    for execution in Backends().step_functions._get_executions():
        if execution.status == "RUNNING":
            end()
            _until(lambda execution=execution: execution.status != "RUNNING")


def _until(reached, seconds=5):
    end = time.monotonic() + seconds
    while not reached() and time.monotonic() < end:
        time.sleep(0.01)


@pytest.fixture
def table(aws):
    aws("dynamodb").create_table(
        TableName="t",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    return Backends().dynamodb.tables["t"]


class TestStepFunctions:
    def test_waits_know_only_real_time(self):
        """virtual_waits: nothing can be handed in instead."""
        assert callback.Event is threading.Event
        assert retrier_decl.time is time

    def test_a_wait_is_measured_again(self):
        """virtual_waits._wait_once"""
        assert "round_sec_waited" in inspect.getsource(WaitFunction._wait_interval)

    def test_offsets_are_refused(self):
        """virtual_waits._seconds_until_timestamp"""
        assert Timestamp._from_timestamp_string("2026-03-05T12:00:00+03:00") is None
        assert Timestamp._from_timestamp_string("2026-03-05T12:00:00Z").tzinfo is None

    def test_a_token_answers_twice(self, asked):
        """tokens_close: the second answer comes before the state has taken the first."""
        (execution,) = Backends().step_functions._get_executions()
        pool = execution.exec_worker.env.callback_pool_manager
        outcome = callback.CallbackOutcomeSuccess(asked[1], "{}")
        assert pool.notify(asked[1], outcome)
        assert pool.notify(asked[1], outcome)

    def test_errors_have_no_name(self):
        """errors_have_names"""
        assert api.TaskTimedOut.TYPE is None

    def test_a_retried_wait_keeps_its_token(self):
        """new_token_for_each_attempt"""
        from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (  # noqa: E501, PLC0415
            StateTaskServiceCallback,
        )

        assert "update_task_token" in inspect.getsource(StateTaskServiceCallback._eval_body)
        assert "_eval_execution" not in vars(StateTaskServiceCallback)

    def test_a_stopped_wait_goes_on(self, aws, asked):
        """stopped_executions_end"""
        aws("stepfunctions").stop_execution(executionArn=asked[0])
        time.sleep(0.3)
        described = aws("stepfunctions").describe_execution(executionArn=asked[0])
        assert described["status"] == "RUNNING"

    def test_nameless_executions_are_called_none(self):
        """starts_are_unique"""
        source = inspect.getsource(StepFunctionsParserBackend.start_execution)
        assert "uuid" not in source
        assert "with " not in source  # no lock

    def test_a_failure_loses_its_cause(self, aws, asked):
        """_send_task_failure"""
        aws("stepfunctions").send_task_failure(taskToken=asked[1], error="E", cause="why")
        (execution,) = Backends().step_functions._get_executions()
        _until(lambda: execution.status == "FAILED")
        assert "cause" not in aws("stepfunctions").describe_execution(executionArn=asked[0])

    def test_history_ignores_its_options(self, aws, execute):
        """_get_execution_history"""
        arn = execute({"StartAt": "S", "States": {"S": {"Type": "Succeed"}}})
        events = aws("stepfunctions").get_execution_history(
            executionArn=arn, reverseOrder=True, maxResults=1
        )["events"]
        assert len(events) > 1
        assert events[0]["type"] == "ExecutionStarted"

    def test_a_text_output_loses_its_quotes(self, aws, execute):
        """_describe_execution"""
        arn = execute(
            {"StartAt": "S", "States": {"S": {"Type": "Pass", "Result": "a", "End": True}}}
        )
        assert aws("stepfunctions").describe_execution(executionArn=arn)["output"] == "a"

    def test_a_timed_out_execution_has_no_stop_date(self, aws, execute):
        """_describe_execution, _list_executions"""
        wait = {"Type": "Wait", "Seconds": 2, "End": True}
        arn = execute({"TimeoutSeconds": 1, "StartAt": "S", "States": {"S": wait}}, moment=1.3)
        described = aws("stepfunctions").describe_execution(executionArn=arn)
        assert described["status"] == "TIMED_OUT"
        assert "stopDate" not in described

    def test_a_child_cannot_be_started(self, aws, execute):
        """parameters_are_named_as_boto3_names_them, results_are_named_as_states_name_them"""
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::states:startExecution",
            "Parameters": {"StateMachineArn": "arn:aws:states:::stateMachine:x", "Input": {}},
            "End": True,
        }
        arn = execute({"StartAt": "S", "States": {"S": task}})
        described = aws("stepfunctions").describe_execution(executionArn=arn)
        assert described["error"] == "States.Runtime"

    def test_a_map_tolerates_everything(self, aws, execute):
        """map_failures_are_counted"""
        fail = {"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}
        processor = {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            **fail,
        }
        each = {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": processor, "End": True}
        first = {"Type": "Pass", "Result": [1, 2], "Next": "M"}
        arn = execute({"StartAt": "P", "States": {"P": first, "M": each}}, moment=1)
        described = aws("stepfunctions").describe_execution(executionArn=arn)
        assert described["status"] == "SUCCEEDED"

    def test_a_map_recurses(self):
        """long_maps_do_not_recurse"""
        from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.distributed_item_processor_worker import (  # noqa: E501, PLC0415
            DistributedItemProcessorWorker,
        )

        source = inspect.getsource(DistributedItemProcessorWorker._eval_pool)
        assert "self._eval_pool(job=next_job" in source

    def test_definitions_and_paths_are_parsed_and_clients_made_for_every_use(self):
        """definitions_are_parsed_once, paths_are_parsed_once, clients_are_made_once"""
        from moto.stepfunctions.parser.asl.parse.asl_parser import (  # noqa: PLC0415
            AmazonStateLanguageParser,
        )
        from moto.stepfunctions.parser.asl.utils.boto_client import (  # noqa: PLC0415
            boto_client_for,
        )

        assert not hasattr(AmazonStateLanguageParser.parse, "cache_info")
        assert not hasattr(json_path.parse, "cache_info")
        assert "boto3.client(" in inspect.getsource(boto_client_for)


class TestDynamoDB:
    def test_there_is_no_lock(self):
        """one_request_at_a_time"""
        from moto.dynamodb.responses import DynamoHandler  # noqa: PLC0415

        assert "lock" not in inspect.getsource(DynamoHandler.call_action)

    def test_transactions_copy_tables_and_bring_the_copy_back(self, aws, table):
        """tables_are_not_copied, transactions_undo_what_they_touched"""
        put = {"TableName": "t", "Item": {"pk": {"S": "a"}}}
        check = {
            "TableName": "t",
            "Key": {"pk": {"S": "b"}},
            "ConditionExpression": "attribute_exists(pk)",
        }
        with pytest.raises(ClientError, match="TransactionCanceled"):
            aws("dynamodb").transact_write_items(
                TransactItems=[{"Put": put}, {"ConditionCheck": check}]
            )
        assert Backends().dynamodb.tables["t"] is not table
        assert len(table.stream_shard.items) == 1  # whoever read the stream meanwhile has seen it

    def test_queries_sort_the_whole_table(self):
        """queries_read_one_partition, all_items_of_the_queried_partition"""
        assert "self.all_items()" in inspect.getsource(Table.query)
        assert "sorted(" in inspect.getsource(Table.all_items)

    def test_queries_copy_and_size_every_item(self):
        """queried_items_are_not_copied, items_are_sized_quickly"""
        assert "copy.deepcopy(results)" in inspect.getsource(Table.query)
        assert "value.size()" in inspect.getsource(Item.size)

    def test_streams_are_pushed_inside_the_write(self):
        """streams_are_pulled"""
        from moto.dynamodb.models.table import StreamShard  # noqa: PLC0415

        assert "send_dynamodb_items" in inspect.getsource(StreamShard.add)
        assert hasattr(DynamoDBBackend, "transact_write_items")


class TestRequests:
    def test_each_works_out_what_its_service_can_do(self):
        """remembering"""
        source = inspect.getsource(BaseResponse.call_action)
        assert "method_names_from_class(self.__class__)" in source
        assert "camelcase_to_underscores(self._get_action())" in source
        assert not hasattr(method_names_from_class, "cache_info")


class TestQueues:
    def test_messages_are_pushed_inside_the_send(self):
        """queues_are_pulled, locked"""
        from moto.sqs.models import Queue  # noqa: PLC0415

        assert "send_sqs_batch" in inspect.getsource(Queue.add_message)
        assert "_messages_lock" not in inspect.getsource(Queue.delete_message)

    def test_an_expired_message_hides_those_behind_it(self, aws):
        """receive_without_waiting"""
        sqs = aws("sqs")
        queue = sqs.create_queue(QueueName="q", Attributes={"MessageRetentionPeriod": "60"})
        url = queue["QueueUrl"]
        for body in ("old", "new"):
            sqs.send_message(QueueUrl=url, MessageBody=body)
        Backends().sqs.queues["q"]._messages[0].sent_timestamp -= 61_000
        assert "Messages" not in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)

    def test_a_message_is_hidden_at_its_very_deadline(self):
        """visible_when_the_timeout_ends"""
        from moto.sqs.models import Message  # noqa: PLC0415

        assert "current_time > self.visible_at" in inspect.getsource(Message.visible.fget)


class TestOthers:
    def test_senders_must_be_verified(self, aws):
        """letters.patches"""
        with pytest.raises(ClientError, match="not verified"):
            aws("ses").send_email(
                Source="a@example.org",
                Destination={"ToAddresses": ["b@example.org"]},
                Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}},
            )

    def test_rules_do_not_call_functions(self):
        """deliveries.Rules.patches"""
        assert ":lambda:" not in inspect.getsource(Rule.send_to_targets)
        assert 'arn.service == "lambda"' not in inspect.getsource(Rule.send_to_targets)

    def test_s3_events_are_canned(self):
        """deliveries.Rules.patches"""
        from moto.s3 import notifications  # noqa: PLC0415

        assert "617f08299329d189" in inspect.getsource(notifications._send_event_bridge_message)

    def test_handlers_run_in_docker_and_at_once(self):
        """lambdas.Lambdas.patches"""
        assert "docker" in inspect.getsource(LambdaFunction._invoke_lambda)
        assert "Handled" in inspect.getsource(LambdaFunction.invoke)

    def test_functions_forget_their_dead_letter_queue(self):
        """stack._keeping_properties"""
        source = inspect.getsource(LambdaFunction.create_from_cloudformation_json)
        assert "DeadLetterConfig" not in source

    def test_types_are_missing_or_wrong(self):
        """resources: those that moto has itself are wrong in what each function says."""
        parsing.get_model_list()  # imports every service
        ours = set(resources.REGISTERED.values())
        own = {
            model.cloudformation_type()
            for model in CloudFormationModel.__subclasses__()
            if model not in ours and model.__module__.startswith("moto.")
        }
        assert set(resources.REGISTERED) & own == {
            "AWS::ApiGateway::Deployment",
            "AWS::ApiGateway::RestApi",
            "AWS::CloudWatch::Dashboard",
            "AWS::KMS::Key",
            "AWS::Logs::LogGroup",
            "AWS::S3::Bucket",
            "AWS::StepFunctions::StateMachine",
        }
