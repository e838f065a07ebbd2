"""A run looked at without any worker: its history replayed here, and then asked what a worker would be asked."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Any

from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.worker import ExecuteWorkflowInput, Interceptor, Replayer, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

from interpreter.temporal.client import CONVERTER
from interpreter.temporal.runner import Runner
from interpreter.temporal.workflow import Interpreter


class _Keeping(Interceptor):
    """Hands the workflow's object to whoever replays; replays only read, so looking at it afterwards is safe."""

    def __init__(self, keep: Callable[[Interpreter], None]) -> None:
        self._keep = keep

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        """See `Interceptor`."""
        del input
        keep = self._keep

        class Inbound(WorkflowInboundInterceptor):
            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
                keep(workflow.instance())
                return await super().execute_workflow(input)

        return Inbound


def settled(history: WorkflowHistory) -> WorkflowHistory | None:
    """The history up to the last completed workflow task and what that task decided; None where none has completed.

    What came later no worker has seen: replayed, it would be played here, ahead of the run.
    """
    events = history.events
    ends = [at for at, event in enumerate(events) if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED]
    if not ends:
        return None
    task = events[ends[-1]].event_id
    following = takewhile(lambda event: _decided_by(event) == task, events[ends[-1] + 1 :])
    return WorkflowHistory(history.workflow_id, [*events[: ends[-1] + 1], *following])


def _decided_by(event: HistoryEvent) -> int | None:
    """The completed workflow task that an event follows from; None for what came from outside."""
    attributes = getattr(event, event.WhichOneof("attributes") or "", None)
    return getattr(attributes, "workflow_task_completed_event_id", None)


async def replayed(history: WorkflowHistory) -> Interpreter | None:
    """The workflow's object as its last completed workflow task left it: its queries can be called as methods. None where nobody began it.

    `RuntimeError` where the history cannot be replayed here, as one of a later version cannot.
    """
    past = settled(history)
    if past is None:
        return None
    kept: list[Interpreter] = []
    replayer = Replayer(
        workflows=[Interpreter],
        workflow_runner=Runner(),
        data_converter=CONVERTER,
        interceptors=[_Keeping(kept.append)],
    )
    try:
        await replayer.replay_workflow(past)
    except workflow.NondeterminismError as error:
        raise RuntimeError(error.message) from error
    return kept[-1]
