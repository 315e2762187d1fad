"""Executions of a state machine in Step Functions, each named by the application's number."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from casework.errors import BadRequest, NotFound, WrongStage
from casework.review import Step

LAWFULLY_STOPPED = "Stopped"
"""The error of an execution that we stopped ourselves: there is nothing left to wait for."""


class Executions:
    def __init__(self, client: Any, state_machine: str) -> None:
        self._client = client
        self._machine = state_machine
        self._prefix = state_machine.replace(":stateMachine:", ":execution:")

    def start(self, name: str, payload: dict[str, Any]) -> None:
        """Starting the same name again changes nothing."""
        with suppress(self._client.exceptions.ExecutionAlreadyExists):
            self._client.start_execution(
                stateMachineArn=self._machine, name=name, input=json.dumps(payload)
            )

    def start_review(self, number: str, step: Step, name: str | None = None) -> None:
        """`name`: of a review that goes on after an appeal, else the number."""
        self.start(name or number, step_payload(number, step))

    def wake(self, token: str, number: str, step: Step) -> None:
        """End a wait. A token that was answered or timed out is somebody else's success."""
        gone = self._client.exceptions
        with suppress(gone.TaskTimedOut, gone.TaskDoesNotExist, gone.InvalidToken):
            self._client.send_task_success(
                taskToken=token, output=json.dumps(step_payload(number, step))
            )

    def stop(self, name: str, cause: str) -> None:
        """Stopping what has ended, or never began, changes nothing."""
        with suppress(self._client.exceptions.ExecutionDoesNotExist):
            self._client.stop_execution(
                executionArn=self._arn(name), error=LAWFULLY_STOPPED, cause=cause
            )

    def redrive(self, name: str) -> None:
        """Let it go on from where it failed. Raises NotFound, and WrongStage when it runs, ended
        well, or failed longer ago than Step Functions remembers (14 days)."""
        gone = self._client.exceptions
        try:
            self._client.redrive_execution(executionArn=self._arn(name))
        except gone.ExecutionDoesNotExist as error:
            raise NotFound("unknown_execution", number=name[:20]) from error
        except gone.ExecutionNotRedrivable as error:
            raise WrongStage("not_redrivable") from error

    def running(self) -> Iterator[str]:
        """Names of all that run."""
        pages = self._client.get_paginator("list_executions")
        for page in pages.paginate(stateMachineArn=self._machine, statusFilter="RUNNING"):
            yield from (execution["name"] for execution in page["executions"])

    def latest(self, status: str | None, cursor: str | None) -> dict[str, Any]:
        """{"executions": [{name, status, started, stopped}], "cursor"}; newest first.

        Raises BadRequest for a cursor that is not from here.
        """
        query = {"stateMachineArn": self._machine, "maxResults": 25}
        query |= {"statusFilter": status} if status else {}
        query |= {"nextToken": cursor} if cursor else {}
        try:
            found = self._client.list_executions(**query)
        except self._client.exceptions.InvalidToken as error:
            raise BadRequest("bad_cursor") from error
        return {
            "executions": [_summary(execution) for execution in found["executions"]],
            "cursor": found.get("nextToken"),
        }

    def show(self, name: str) -> dict[str, Any]:
        """Its summary, the state it is in (or ended in), and the states it has entered."""
        try:
            execution = self._client.describe_execution(executionArn=self._arn(name))
        except self._client.exceptions.ExecutionDoesNotExist as error:
            raise NotFound("unknown_execution", number=name[:20]) from error
        states = [
            {"state": event["stateEnteredEventDetails"]["name"], "at": event["timestamp"]}
            for event in self._history(name)
            if "stateEnteredEventDetails" in event
        ]
        current = states[-1]["state"] if states else None
        failure = {"error": execution.get("error"), "cause": execution.get("cause")}
        return _summary(execution) | {"current_state": current, "states": states} | failure

    def _history(self, name: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("get_execution_history")
        found = pages.paginate(executionArn=self._arn(name), includeExecutionData=False)
        return [event for page in found for event in page["events"]]

    def _arn(self, name: str) -> str:
        return f"{self._prefix}:{name}"


def step_payload(number: str, step: Step) -> dict[str, Any]:
    """What travels through the state machine: an id and what to wait for, never a person's data."""
    return {"number": number, "next": step.next.value, "seconds": step.seconds}


def _summary(execution: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": execution["name"],
        "status": execution["status"],
        "started_at": execution["startDate"],
        "stopped_at": execution.get("stopDate"),
    }
