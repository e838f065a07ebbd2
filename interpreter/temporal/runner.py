"""How the SDK holds a run: without its sandbox (`docs/adr/0016-no-sandbox.md`), and without the message that began it.

A worker remembers a thousand runs. What is kept for each decides what that costs, and the SDK keeps the message by which Temporal
began the run, with every copy of its payloads that were made on the way in: of a document of 20 kB more than 80. A part of a message
of protobuf holds the whole; so everything that the SDK would keep of it is replaced by a copy of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from temporalio.api.common.v1 import Memo, Payload, Payloads
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
    WorkflowRunner,
)

_NOTHING = Payloads()


class Runner(WorkflowRunner):
    """The runner for workers and replays; to be used together with `Forgetful`."""

    def __init__(self) -> None:
        self._runner = UnsandboxedWorkflowRunner()

    def prepare_workflow(self, defn: Any) -> None:
        """See `WorkflowRunner`."""
        self._runner.prepare_workflow(defn)

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """An instance that knows what the message said, without the message."""
        info = replace(det.info, raw_memo=_detached(det.info.raw_memo), headers=_detached(det.info.headers))
        last = det.last_completion_result
        last = Payloads.FromString(last.SerializeToString()) if last.payloads else _NOTHING
        return self._runner.create_instance(replace(det, info=info, last_completion_result=last))


class Forgetful(Interceptor):
    """Has the SDK forget a run's arguments once the workflow's constructor has read them."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        """See `Interceptor`."""
        del input
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        input.args, input.headers = [()], _detached(input.headers)
        return await super().execute_workflow(input)


def _detached(payloads: Mapping[str, Payload]) -> Mapping[str, Payload]:
    """The same payloads in a message of their own: one, since each takes a kilobyte at least."""
    if not payloads:
        return {}
    memo = Memo()
    for name, payload in payloads.items():
        memo.fields[name].CopyFrom(payload)
    return dict(memo.fields)
