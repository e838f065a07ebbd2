"""A run looked at without any worker: its history replayed here, and then asked what a worker would be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import ExecuteWorkflowInput, Interceptor, Replayer, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

from interpreter.temporal.client import CONVERTER
from interpreter.temporal.sandbox import runner
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


async def replayed(history: WorkflowHistory) -> Interpreter:
    """The workflow's object as the history leaves it: its queries can be called as methods.

    `RuntimeError` (of the SDK) where the history cannot be replayed here, as one of a later version cannot.
    """
    kept: list[Interpreter] = []
    replayer = Replayer(
        workflows=[Interpreter],
        workflow_runner=runner(),
        data_converter=CONVERTER,
        interceptors=[_Keeping(kept.append)],
    )
    await replayer.replay_workflow(history)
    return kept[-1]
