"""What a run keeps of its start: what was said, and not the message that said it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.bridge.proto.workflow_activation import InitializeWorkflow
from temporalio.common import Priority, RawValue, TypedSearchAttributes
from temporalio.worker import ExecuteWorkflowInput, UnsandboxedWorkflowRunner, WorkflowInboundInterceptor, WorkflowInstanceDetails
from temporalio.workflow import Info

from interpreter.temporal.client import CONVERTER
from interpreter.temporal.opening import opened
from interpreter.temporal.runner import Forgetful, Runner
from interpreter.temporal.workflow import Interpreter
from tests.temporal.house import document, enveloped

SAID, CHANGED = b'"said"', b'"changed"'


def message() -> InitializeWorkflow:
    """What begins a run, with a payload in every place."""
    payload = Payload(metadata={"encoding": b"json/plain"}, data=SAID)
    begun = InitializeWorkflow(arguments=[payload], last_completion_result=Payloads(payloads=[payload]))
    begun.memo.fields["title"].CopyFrom(payload)
    begun.headers["trace"].CopyFrom(payload)
    return begun


def changed(begun: InitializeWorkflow) -> None:
    """Whoever still holds a part of the message sees this."""
    for payload in (begun.memo.fields["title"], begun.headers["trace"], begun.last_completion_result.payloads[0]):
        payload.data = CHANGED


def details(begun: InitializeWorkflow) -> WorkflowInstanceDetails:
    """As the SDK makes them of such a message."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    info = Info(
        attempt=1, continued_run_id=None, cron_schedule=None, execution_timeout=None, first_execution_run_id="r", headers=dict(begun.headers),
        namespace="default", original_execution_run_id="r", parent=None, root=None, raw_memo=dict(begun.memo.fields), retry_policy=None,
        run_id="r", run_timeout=None, search_attributes={}, start_time=moment, workflow_start_time=moment, task_queue="q",
        task_timeout=timedelta(seconds=10), typed_search_attributes=TypedSearchAttributes([]), workflow_id="w", workflow_type="a/b",
        priority=Priority.default,
    )  # fmt: skip
    return WorkflowInstanceDetails(
        payload_converter_factory=CONVERTER.payload_converter_class, failure_converter_class=CONVERTER.failure_converter_class,
        interceptor_classes=[], defn=Interpreter.__temporal_workflow_definition, info=info, randomness_seed=1, extern_functions={},
        disable_eager_activity_execution=False, worker_level_failure_exception_types=[], patch_activation_callback=None,
        last_completion_result=begun.last_completion_result, last_failure=None,
    )  # fmt: skip


def test_an_instance_knows_what_the_message_said_without_the_message(monkeypatch: pytest.MonkeyPatch):
    made: list[WorkflowInstanceDetails] = []
    monkeypatch.setattr(UnsandboxedWorkflowRunner, "create_instance", lambda _, det: made.append(det))
    begun = message()
    given = details(begun)

    Runner().create_instance(given)
    changed(begun)

    assert given.info.raw_memo["title"].data == CHANGED
    (kept,) = made
    assert kept.info.raw_memo["title"].data == SAID
    assert kept.info.headers["trace"].data == SAID
    assert kept.last_completion_result.payloads[0].data == SAID
    untouched = {"info": given.info, "last_completion_result": given.last_completion_result}
    assert replace(kept, **untouched) == given


class _Next(WorkflowInboundInterceptor):
    """The last of the interceptors: it sees what the workflow would be run with."""

    def __init__(self) -> None:
        self.seen: ExecuteWorkflowInput | None = None

    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:
        self.seen = input
        return "done"


@pytest.mark.anyio
async def test_arguments_are_forgotten_and_headers_are_not():
    begun, last = message(), _Next()
    (inbound,) = [one(last) for one in [Forgetful().workflow_interceptor_class(None)]]
    input = ExecuteWorkflowInput(
        type=Interpreter, run_fn=Interpreter.run, args=[[RawValue(begun.arguments[0])]], headers=dict(begun.headers)
    )

    assert await inbound.execute_workflow(input) == "done"
    changed(begun)

    assert last.seen is input
    assert input.args == [()]
    assert input.headers["trace"].data == SAID


def test_runs_with_equal_envelopes_share_one_and_hand_on_what_came():
    envelope = enveloped(document({"a": {"set": {"n": 1}}})).as_json()
    converter = CONVERTER.payload_converter

    def opening(input: object) -> Any:
        return opened([RawValue(one) for one in converter.to_payloads([input, envelope])], id="w", seed="s", now=1, continued=False)

    one, other = opening({"n": 1}), opening({"n": 2})

    assert one.envelope is other.envelope
    assert [converter.from_payloads([raw.payload])[0] for raw in other.payloads] == [{"n": 2}, envelope]
