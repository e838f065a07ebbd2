"""A replay that is watched: Temporal compares only which commands there are, this one also what they say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from temporalio import workflow
from temporalio.api.common.v1 import Payload
from temporalio.client import WorkflowHistory
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from interpreter.temporal.client import CONVERTER
from interpreter.temporal.payloads import read
from interpreter.temporal.runner import Runner
from interpreter.temporal.workflow import Interpreter
from interpreter.values import Json
from tests.replay.recording import Run


@dataclass
class Said:
    """What a run gave away: its end, and the arguments of its activities by their ids."""

    end: Json = None
    """`{output}`, `{error: {type, status, instance}}`, or None for a run that is continued, or not over."""
    sent: dict[str, Json] = field(default_factory=dict)


class Diverged(AssertionError):
    """A run that is not replayed as it was recorded."""


async def replay(run: Run) -> None:
    """Replay a recorded run; `Diverged` says where it does otherwise: other commands, another end, or other arguments.

    Arguments may have more members than before: a later version may say more, never something else.
    """
    history = WorkflowHistory.from_json(run.id, run.history)
    said = Said()
    replayer = Replayer(workflows=[Interpreter], workflow_runner=Runner(), data_converter=CONVERTER, interceptors=[_Witness(said)])
    try:
        await replayer.replay_workflow(history)
    except (workflow.NondeterminismError, RuntimeError) as error:
        raise Diverged(f"{run.part}: {error}") from error
    was = said_in(history)
    if said.end != was.end:
        raise Diverged(f"{run.part}: ended with {was.end}, now with {said.end}")
    for id, arguments in was.sent.items():
        if not holds(said.sent.get(id), arguments):
            raise Diverged(f"{run.part}: {id} was sent {arguments}, now {said.sent.get(id)}")


def holds(now: Json, was: Json) -> bool:
    """Whether a value says all that another one says: objects may have more members."""
    if isinstance(was, dict):
        return isinstance(now, dict) and all(name in now and holds(now[name], item) for name, item in was.items())
    if isinstance(was, list):
        return isinstance(now, list) and len(now) == len(was) and all(map(holds, now, was))
    return type(now) is type(was) and bool(now == was)


def said_in(history: WorkflowHistory) -> Said:
    """What a history says."""
    said = Said()
    for event in history.events:
        if event.HasField("activity_task_scheduled_event_attributes"):
            scheduled = event.activity_task_scheduled_event_attributes
            said.sent[scheduled.activity_id] = _value(scheduled.input.payloads[0])
        if event.HasField("workflow_execution_completed_event_attributes"):
            said.end = {"output": _value(event.workflow_execution_completed_event_attributes.result.payloads[0])}
        if event.HasField("workflow_execution_failed_event_attributes"):
            details = event.workflow_execution_failed_event_attributes.failure.application_failure_info.details
            said.end = {"error": _essence(_value(details.payloads[0]))}
    return said


def _value(payload: Payload) -> Json:
    return read(RawValue(payload))


def _essence(problem: Mapping[str, Json]) -> Json:
    """What may never change of an error; its words may become better."""
    return {name: problem.get(name) for name in ("type", "status", "instance")}


class _Witness(Interceptor):
    def __init__(self, said: Said) -> None:
        self._said = said

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        del input
        said = self._said

        class Outbound(WorkflowOutboundInterceptor):
            def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:
                said.sent[input.activity_id or ""] = input.args[0]
                return super().start_activity(input)

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(Outbound(outbound))

            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
                try:
                    output = await super().execute_workflow(input)
                except ApplicationError as error:
                    said.end = {"error": _essence(error.details[0])}
                    raise
                said.end = {"output": output}
                return output

        return Inbound
