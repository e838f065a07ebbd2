"""Starts that are none, and what a start leaves to be seen."""

from __future__ import annotations

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from interpreter.effects import Completed, Faulted
from interpreter.faults import PREFIX
from interpreter.temporal import client as temporal
from interpreter.temporal.names import EVENT
from interpreter.temporal.pending import pending
from tests.temporal.house import House, command_line, document, enveloped
from tests.temporal.test_signals import event, one

pytestmark = [pytest.mark.anyio, pytest.mark.server]

ROOT = document({"a": {"set": {"n": "${ . }"}}})


@pytest.mark.parametrize("arguments", [(), (1,), (1, None), (1, {"documents": {}}), (1, "text")])
async def test_a_start_without_an_envelope_is_a_fault_of_configuration(house: House, arguments: tuple[object, ...]):
    # The event comes together with the start: after it, the run may be over already.
    handle = await house.start_raw(*arguments, start_signal=EVENT, start_signal_args=[event("1", 1)])

    outcome = await house.outcome(handle)

    assert isinstance(outcome, Faulted)
    assert outcome.problem.type == PREFIX + "configuration"
    assert (await temporal.state(handle))["status"] == "faulted"


@pytest.mark.parametrize("data", [b"{", b"NaN", b'{"a": 1e999}', b"9" * 5000])
async def test_an_input_that_is_no_json_is_a_fault_of_validation(house: House, data: bytes):
    input = RawValue(Payload(metadata={"encoding": b"json/plain"}, data=data))

    outcome = await house.outcome(await house.start_raw(input, enveloped(ROOT).as_json()))

    assert isinstance(outcome, Faulted)
    assert outcome.problem.type == PREFIX + "validation"


@pytest.mark.parametrize("change", [{"v": 2}, {"semantics": 99}, {"options": {"limits": {"unheard": 1}}}])
async def test_an_envelope_of_a_later_version_fails_the_workflow_task_only(house: House, change: dict[str, object]):
    handle = await house.start_raw(1, {**enveloped(ROOT).as_json(), **change})
    await house.history_has(handle, "WORKFLOW_TASK_FAILED")

    standing = await pending(house.client, handle.id)

    assert standing.status == "running"
    assert standing.failing is not None
    assert standing.failing.message.startswith(("the run needs", "this worker cannot read"))


async def test_another_document_that_cannot_be_read_is_found_before_the_first_task(house: House):
    envelope = enveloped(ROOT).as_json()
    handle = await house.start_raw(1, {**envelope, "documents": {**envelope["documents"], "child": "[]"}})
    await house.history_has(handle, "WORKFLOW_TASK_FAILED")

    standing = await pending(house.client, handle.id)

    assert standing.failing is not None
    assert standing.failing.message.startswith("this worker cannot read what the run carries: the text holds no document")
    await handle.terminate()


async def test_the_command_line_of_temporal_can_start_a_run(house: House):
    import json

    envelope = json.dumps(enveloped(ROOT).as_json())
    await command_line(
        "workflow", "start", "--address", house.address, "--task-queue", house.queue, "--workflow-id", house.queue,
        "--type", "tests/test", "--input", "7", "--input", envelope,
    )  # fmt: skip

    assert await house.outcome(temporal.handle(house.client, house.queue)) == Completed({"n": 7})


async def test_what_a_start_shows(house: House):
    titled = document(*one()["do"])
    titled["document"]["title"] = "Wait for approval"
    handle = await house.start(titled, {"z": 1, "a": 2})
    await house.until(handle, lambda state: bool(state["tasks"]))

    description = await handle.describe()
    metadata = await command_line("workflow", "metadata", "--address", house.address, "--workflow-id", handle.id)

    assert description.workflow_type == "tests/test"
    assert await description.static_summary() == "Wait for approval"
    assert await description.memo() == {"definition": "tests/test:1.0.0", "version": "1.0.0", "title": "Wait for approval"}
    assert await temporal.beginning(house.client, handle.id) == ({"z": 1, "a": 2}, enveloped(titled).as_json())
    assert all(name in metadata for name in ("event", "suspend", "resume", "state", "trace"))


async def test_a_later_start_under_the_same_id_is_refused_unless_wanted(house: House):
    from temporalio.exceptions import WorkflowAlreadyStartedError

    first = await house.start(ROOT, 1)
    await house.outcome(first)

    with pytest.raises(WorkflowAlreadyStartedError):
        await temporal.start(house.client, enveloped(ROOT), 2, id=first.id, task_queue=house.queue)
    again = await temporal.start(house.client, enveloped(ROOT), 2, id=first.id, task_queue=house.queue, again=True)

    assert await house.outcome(again) == Completed({"n": 2})


async def test_the_version_that_a_document_sees_is_that_of_its_start(house: House):
    envelope = {
        **enveloped(document({"a": {"set": "${ $runtime.version }"}})).as_json(),
        "engine": {"product": "swtemporal 0.0.7", "jq": "1"},
    }

    assert await house.outcome(await house.start_raw({}, envelope)) == Completed("0.0.7")


async def test_a_start_brings_no_state_along(house: House):
    envelope = enveloped(document({"a": {"set": {"n": 1}}})).as_json()
    handle = await house.start_raw(None, envelope, {"v": 1, "state": {}, "same": []})
    outcome = await temporal.outcome(handle)

    assert isinstance(outcome, Faulted)
    assert outcome.problem.type.endswith("/authorization")
