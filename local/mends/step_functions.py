"""Step Functions: tokens that close, executions that stop, answers as the API gives them."""

import functools
import json
import threading
import time
import uuid
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest import mock

import boto3
from moto.core.exceptions import AWSError
from moto.core.responses import ActionResult, EmptyResult
from moto.stepfunctions.parser import api
from moto.stepfunctions.parser.api import ExecutionStatus, HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import (
    StatesErrorName,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
    StatesErrorNameType,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.distributed_iteration_component import (  # noqa: E501
    DistributedIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.distributed_item_processor_worker import (  # noqa: E501
    DistributedItemProcessorWorker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (  # noqa: E501
    StateTaskService,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (  # noqa: E501
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.callback.callback import (
    CallbackConsumerTimeout,
    CallbackEndpoint,
    CallbackOutcomeFailure,
    CallbackOutcomeSuccess,
    CallbackPoolManager,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped, ProgramTimedOut
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import boto_client, json_path
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication, Execution
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.stepfunctions.responses import StepFunctionResponse

from local.aws import REGION


def patches() -> Iterator:
    yield from tokens_close()
    yield from errors_have_names()
    yield new_token_for_each_attempt()
    yield from stopped_executions_end()
    yield starts_are_unique()
    yield from answers_are_complete()
    yield parameters_are_named_as_boto3_names_them()
    yield results_are_named_as_states_name_them()
    yield map_failures_are_counted()
    yield long_maps_do_not_recurse()
    yield definitions_are_parsed_once()
    yield paths_are_parsed_once()
    yield clients_are_made_once()


# ---- task tokens ------------------------------------------------------------------------------


def tokens_close() -> Iterator:
    """A token answers once, and only while its state waits: moto accepts late and repeated answers
    silently, looks through all executions, and breaks on those that have only just begun."""
    endpoints = weakref.WeakValueDictionary()
    mutex = threading.Lock()
    add = CallbackPoolManager.add

    def remember(pool, token):
        endpoints[token] = add(pool, token)
        return endpoints[token]

    def answer(token, outcome):
        endpoint = endpoints.get(token)
        if endpoint is None:
            raise api.InvalidToken
        with mutex:
            if endpoint.consumer_error:
                raise api.TaskTimedOut("Task Timed Out: 'Provided task does not exist anymore'")
            endpoint.report(CallbackConsumerTimeout())
        endpoint.notify(outcome)

    def send_task_success(_, task_token, outcome):
        _require_json(outcome)
        answer(task_token, CallbackOutcomeSuccess(task_token, outcome))

    def send_task_failure(_, task_token, error=None, cause=None):
        answer(task_token, CallbackOutcomeFailure(task_token, error, cause))

    yield mock.patch.object(CallbackPoolManager, "add", remember)
    yield mock.patch.object(StepFunctionsParserBackend, "send_task_success", send_task_success)
    yield mock.patch.object(StepFunctionsParserBackend, "send_task_failure", send_task_failure)
    yield mock.patch.object(
        CallbackEndpoint, "interrupt_all", _closing(CallbackEndpoint.interrupt_all)
    )


def _closing(interrupt_all):
    def close_and_interrupt(endpoint):
        endpoint.report(CallbackConsumerTimeout())
        interrupt_all(endpoint)

    return close_and_interrupt


def _require_json(output):
    try:
        json.loads(output)
    except ValueError as error:
        raise api.InvalidOutput(f"Invalid Output: '{error}'") from error


def errors_have_names() -> Iterator:
    """Clients catch errors by name: moto gives these a `code` but sends `TYPE`, which is empty."""
    for error in vars(api).values():
        if isinstance(error, type) and issubclass(error, AWSError) and error is not AWSError:
            yield mock.patch.object(error, "TYPE", error.__name__)


def new_token_for_each_attempt():
    """A retried state waits with a new token: moto uses the old one again, which is closed."""
    evaluate = StateTaskServiceCallback._eval_execution

    def eval_execution(state, env):
        context = env.states.context_object
        if (
            "Task" in context.context_object_data
            and context.context_object_data["State"]["RetryCount"]
        ):
            env.callback_pool_manager.add(context.update_task_token())
        evaluate(state, env)

    return mock.patch.object(StateTaskServiceCallback, "_eval_execution", eval_execution)


# ---- how executions begin and end -------------------------------------------------------------


def starts_are_unique():
    """Two starts with one name at the same time give one execution; no name gives a new one. moto
    has no lock, and calls every nameless execution 'None'."""
    unsafe, mutex = StepFunctionsParserBackend.start_execution, threading.Lock()

    def start_execution(backend, state_machine_arn, name=None, *arguments, **options):
        with mutex:
            return unsafe(
                backend, state_machine_arn, name or str(uuid.uuid4()), *arguments, **options
            )

    return mock.patch.object(StepFunctionsParserBackend, "start_execution", start_execution)


def stopped_executions_end() -> Iterator:
    """StopExecution ends a wait for a token: moto leaves it RUNNING until the token's time-out."""
    set_error, terminated = Environment.set_error, BaseExecutionWorkerCommunication.terminated

    def stop(execution, stop_date, error=None, cause=None):
        worker = execution.exec_worker
        _wait_for_environment(worker)
        worker.env.set_stop(stop_date=stop_date, cause=cause, error=error)
        if isinstance(worker.env._program_state, ProgramStopped):
            execution.exec_status = ExecutionStatus.ABORTED
            execution.stop_date, execution.error, execution.cause = stop_date, error, cause
            _close_tokens(worker.env)
            worker.end_run()

    def set_error_while_running(env, error):
        if not isinstance(env._program_state, ProgramStopped | ProgramTimedOut):
            set_error(env, error)  # moto would turn ABORTED into FAILED

    def terminated_for_good(communication):
        env = communication.execution.exec_worker.env
        _close_tokens(env)
        _record_abort(env)
        terminated(communication)

    yield mock.patch.object(Execution, "stop", stop)
    yield mock.patch.object(Environment, "set_error", set_error_while_running)
    yield mock.patch.object(BaseExecutionWorkerCommunication, "terminated", terminated_for_good)


def _wait_for_environment(worker):
    """An execution that has only just begun is still being parsed in its own thread."""
    while worker.env is None:
        time.sleep(0.001)


def _close_tokens(env):
    for endpoint in list(env.callback_pool_manager._pool.values()):
        endpoint.report(CallbackConsumerTimeout())


def _record_abort(env):
    """The thread that would record it has been unwound, unless it was busy."""
    history = env.event_manager._history_event_list
    if isinstance(env._program_state, ProgramStopped) and (
        history[-1]["type"] != HistoryEventType.ExecutionAborted
    ):
        details = {"error": env._program_state.error, "cause": env._program_state.cause}
        env.event_manager.add_event(
            context=env.event_history_context,
            event_type=HistoryEventType.ExecutionAborted,
            event_details=EventDetails(executionAbortedEventDetails=_present(details)),
        )


# ---- what the API answers -----------------------------------------------------------------------


def answers_are_complete() -> Iterator:
    for name in ANSWERS:
        yield mock.patch.object(StepFunctionResponse, name, globals()[f"_{name}"])


ANSWERS = (
    "describe_execution",
    "get_execution_history",
    "list_executions",
    "send_task_failure",
    "stop_execution",
)


def _describe_execution(response):
    """moto leaves out the stop date of a timed out execution and the quotes of a string output."""
    execution = response.stepfunction_backend.describe_execution(
        response._get_param("executionArn")
    )
    return ActionResult(_present({**execution.to_describe_output(), "status": execution.status}))


def _list_executions(response):
    """moto leaves out the stop date of a timed out execution."""
    executions, next_token = response.stepfunction_backend.list_executions(
        response._get_param("stateMachineArn"),
        status_filter=response._get_param("statusFilter"),
        max_results=response._get_int_param("maxResults"),
        next_token=response._get_param("nextToken"),
    )
    items = [
        _present({**execution.to_execution_list_item(), "status": execution.status})
        for execution in executions
    ]
    return ActionResult(_present({"executions": items, "nextToken": next_token}))


def _get_execution_history(response):
    """moto ignores reverseOrder, maxResults and nextToken."""
    execution = response.stepfunction_backend.describe_execution(
        response._get_param("executionArn")
    )
    events = execution.to_history_output()["events"]
    if response._get_param("reverseOrder"):
        events.reverse()
    start = int(response._get_param("nextToken") or 0)
    end = start + int(response._get_param("maxResults") or 1000)
    more = str(end) if end < len(events) else None
    return ActionResult(_present({"events": events[start:end], "nextToken": more}))


def _send_task_failure(response):
    """moto drops the cause."""
    response.stepfunction_backend.send_task_failure(
        response._get_param("taskToken"), response._get_param("error"), response._get_param("cause")
    )
    return EmptyResult()


def _stop_execution(response):
    """moto drops error and cause."""
    execution = response.stepfunction_backend.describe_execution(
        response._get_param("executionArn")
    )
    if execution.status == ExecutionStatus.RUNNING.value:
        execution.stop(
            datetime.now(UTC), response._get_param("error"), response._get_param("cause")
        )
    return ActionResult({"stopDate": execution.stop_date})


def _present(answer):
    return {name: value for name, value in answer.items() if value is not None}


# ---- what states do -----------------------------------------------------------------------------


def parameters_are_named_as_boto3_names_them():
    """states:startExecution: moto hands StateMachineArn to boto3, which knows stateMachineArn."""

    def normalise(state, parameters, boto_service_name=None, service_action_name=None):
        shape = _operation(state, boto_service_name, service_action_name).input_shape
        if shape is not None:
            state._to_boto_request(parameters, shape)

    return mock.patch.object(StateTaskService, "_normalise_parameters", normalise)


def results_are_named_as_states_name_them():
    """states:startExecution: the state reads ExecutionArn, boto3 answers executionArn."""

    def normalise(state, response, boto_service_name=None, service_action_name=None):
        shape = _operation(state, boto_service_name, service_action_name).output_shape
        if shape is not None:
            state._from_boto_response(response, shape)

    return mock.patch.object(StateTaskService, "_normalise_response", normalise)


def _operation(state, boto_service_name, service_action_name):
    service = state._get_boto_service_name(boto_service_name)
    meta = boto_client.boto_client_for(region=REGION, service=service).meta
    action = state._get_boto_service_action(service_action_name)
    return meta.service_model.operation_model(meta.method_to_api_mapping[action])


def map_failures_are_counted():
    """A distributed map fails when more of its items fail than it tolerates: moto never looks."""
    run_map = DistributedIterationComponent._map_run

    def map_run(component, env, eval_input):
        run_map(component, env=env, eval_input=eval_input)
        if _too_many_failed(eval_input):
            raise _map_failure(env)

    return mock.patch.object(DistributedIterationComponent, "_map_run", map_run)


def _too_many_failed(eval_input):
    counted = eval_input.map_run_record.item_counter.describe()
    failed = counted["failed"] + counted["timedOut"] + counted["aborted"]
    number, percentage = eval_input.tolerated_failure_count, eval_input.tolerated_failure_percentage
    if not number and not percentage:
        return failed > 0
    too_many = bool(number) and failed > number
    return too_many or (bool(percentage) and 100 * failed > percentage * counted["total"])


def _map_failure(env):
    name = StatesErrorName(typ=StatesErrorNameType.StatesExceedToleratedFailureThreshold)
    details = {
        "error": name.error_name,
        "cause": "The specified tolerated failure threshold was exceeded",
    }
    return FailureEventException(
        FailureEvent(
            env=env,
            error_name=name,
            event_type=HistoryEventType.MapRunFailed,
            event_details=EventDetails(mapRunFailedEventDetails=details),
        )
    )


# ---- capacity -----------------------------------------------------------------------------------


def long_maps_do_not_recurse():
    """A worker's thousandth item is its thousandth stack frame in moto: RecursionError, and the map
    never ends."""

    def eval_pool(worker, job, worker_frame):
        while job is not None:
            frame = worker_frame.open_inner_frame()
            worker._eval_job(env=frame, job=job)
            worker_frame.delete_frame(frame)
            failed = isinstance(job.job_output, Exception) or worker.stopped()
            following = None if failed else worker._job_pool.next_job()
            worker._job_pool.close_job(job)
            job = following

    return mock.patch.object(DistributedItemProcessorWorker, "_eval_pool", eval_pool)


def definitions_are_parsed_once():
    """moto parses the definition again for every execution: 23 ms for ten tasks."""
    parse = functools.cache(AmazonStateLanguageParser.parse)
    return mock.patch.object(AmazonStateLanguageParser, "parse", staticmethod(parse))


def paths_are_parsed_once():
    """moto builds a parser for every use of a path: a third of the time of an execution."""
    return mock.patch.object(json_path, "parse", functools.cache(json_path.parse))


def clients_are_made_once():
    """moto makes a boto3 client per task, and boto3's default session is not thread-safe."""
    mutex, clients = threading.Lock(), {}

    def client(service_name, region_name, **options):
        with mutex:
            if service_name not in clients:
                clients[service_name] = boto3.client(service_name, region_name, **options)
            return clients[service_name]

    return mock.patch.object(boto_client, "boto3", SimpleNamespace(client=client))
