"""A worker killed in the middle of a workflow task: the task is done by another one after its timeout, as if it had never begun."""

from __future__ import annotations

import pytest
from temporalio.api.enums.v1 import PendingWorkflowTaskState

from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.killed.laboratory import Laboratory
from tests.killed.points import POINTS
from tests.killed.run import Run

pytestmark = [pytest.mark.anyio, pytest.mark.server, pytest.mark.chaos]

STARTED = PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_STARTED


async def has_task(run: Run) -> None:
    """Wait until a worker has taken a workflow task of the run."""
    while (await run.handle.describe()).raw_description.pending_workflow_task.state != STARTED:
        pass


@pytest.mark.parametrize(
    ("options", "runs"), [({}, 1), ({"continueAfterEvents": 13}, 2)], ids=["that ends in a call", "that ends in a continuation"]
)
async def test_killed_in_a_workflow_task(laboratory: Laboratory, options: dict[str, Json], runs: int):
    point = POINTS["a call"]
    async with laboratory.worker() as first:
        run = await laboratory.start(point, **options)
        await point.reached(run)
        first.halt()
        (running,) = (await run.handle.describe()).raw_description.pending_activities
        await laboratory.client.get_async_activity_handle(workflow_id=run.handle.id, run_id=None, activity_id=running.activity_id).complete(
            "a"
        )
        await has_task(run)
        await first.kill()
    laboratory.counterpart.gate.set()

    async with laboratory.worker():
        calm = await laboratory.start(point, **options)
        assert await temporal.outcome(run.handle) == await temporal.outcome(calm.handle)

    assert sorted(run.paths()) == sorted(calm.paths())
    assert await run.timeouts() == ["TIMEOUT_TYPE_START_TO_CLOSE"]
    assert len([seen async for seen in run.events(follow=True) if seen.HasField("workflow_execution_started_event_attributes")]) == runs
