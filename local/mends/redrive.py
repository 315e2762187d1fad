"""RedriveExecution, which moto 5.2.5 does not know: the same execution goes on from the state that
failed, with that state's input, and its history goes on too.

Of a distributed map AWS runs only the children that failed; here all of them run again, which the
handlers of our maps take for nothing new.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from unittest import mock

from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult
from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType
from moto.stepfunctions.parser.asl.eval.evaluation_details import (
    EvaluationDetails,
    ExecutionDetails,
    StateMachineDetails,
)
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.responses import StepFunctionResponse


class ExecutionNotRedrivable(AWSError):
    TYPE = "ExecutionNotRedrivable"


REDRIVABLE = {ExecutionStatus.FAILED, ExecutionStatus.TIMED_OUT, ExecutionStatus.ABORTED}


def patches() -> Iterator:
    yield mock.patch.object(
        StepFunctionResponse, "redrive_execution", _redrive_execution, create=True
    )
    yield mock.patch.object(Execution, "to_history_output", _whole_history)


_history = Execution.to_history_output


def _whole_history(execution):
    told = _history(execution)
    if earlier := getattr(execution, "earlier_events", None):
        told["events"] = [*earlier, *_renumbered(told["events"], len(earlier))]
    return told


def _renumbered(events, before):
    for event in events:
        again = {**event, "id": event["id"] + before}
        if event["type"] == HistoryEventType.ExecutionStarted:
            again["type"] = "ExecutionRedriven"
            again.pop("executionStartedEventDetails")
        else:
            again["previousEventId"] = event["previousEventId"] + before
        yield again


def _redrive_execution(response):
    execution = response.stepfunction_backend.describe_execution(
        response._get_param("executionArn")
    )
    if execution.exec_status not in REDRIVABLE:
        raise ExecutionNotRedrivable(f"it is {execution.status}")
    _go_on(execution)
    return ActionResult({"redriveDate": datetime.now(UTC)})


def _go_on(execution):
    events = execution.to_history_output()["events"]
    definition = json.loads(execution.state_machine.definition)
    entered = next(
        event["stateEnteredEventDetails"]
        for event in reversed(events)
        if event.get("stateEnteredEventDetails", {}).get("name") in definition["States"]
    )
    execution.earlier_events = events
    execution.stop_date = execution.error = execution.cause = None
    execution.exec_status = ExecutionStatus.RUNNING
    execution.exec_worker = _worker(
        execution, definition | {"StartAt": entered["name"]}, json.loads(entered["input"])
    )
    execution.exec_worker.start()


def _worker(execution, definition, given):
    machine, told = execution.state_machine, execution.get_start_execution_details()
    return ExecutionWorker(
        evaluation_details=EvaluationDetails(
            aws_execution_details=execution._get_start_aws_execution_details(),
            execution_details=ExecutionDetails(
                told.arn, told.name, told.role_arn, given, told.start_time
            ),
            state_machine_details=StateMachineDetails(
                machine.arn, machine.name, machine.sm_type, json.dumps(definition)
            ),
        ),
        exec_comm=BaseExecutionWorkerCommunication(execution),
        cloud_watch_logging_session=None,
        activity_store={},
    )
