"""What of a run waits for a worker, and whether anybody polls the queue it waits in."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from temporalio.api.enums.v1 import PendingActivityState, PendingWorkflowTaskState
from temporalio.api.workflowservice.v1 import DescribeWorkflowExecutionResponse
from temporalio.client import Client

from interpreter.temporal.client import handle, polled
from interpreter.values import split

RUNS = 20
"""Runs that are looked at, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One thing that nobody has taken up yet."""

    task: str | None
    """The name of the task whose call it is; None where the run itself waits to go on."""
    type: str
    """The activity type; empty for the run itself."""
    task_queue: str
    since: int
    """When it was put there, in milliseconds since the epoch."""


async def unserved(client: Client, id: str, told: Collection[str] = ()) -> list[Queued]:
    """What of a run and of the children it waits for (`RUNS` of them at most) lies in queues that nobody polls, but for those in `told`."""
    found: list[Queued] = []
    served = dict.fromkeys(((queue, activities) for queue in told for activities in (True, False)), True)
    runs: deque[tuple[str, str | None]] = deque([(id, None)])
    for _ in range(RUNS):
        if not runs:
            break
        described = (await handle(client, *runs.popleft()).describe()).raw_description
        runs.extend((child.workflow_id, child.run_id) for child in described.pending_children)
        for one in _queued(described):
            place = (one.task_queue, one.task is not None)
            if place not in served:
                served[place] = await polled(client, one.task_queue, activities=one.task is not None)
            if not served[place]:
                found.append(one)
    return found


def _queued(described: DescribeWorkflowExecutionResponse) -> Iterator[Queued]:
    """What waits for a worker. Of calls only where the server says in which queue, as Temporal does since 1.28."""
    for info in described.pending_activities:
        queue = info.activity_options.task_queue.name
        if info.state == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED and queue:
            task, kind = task_of(info.activity_id, info.activity_type.name), info.activity_type.name
            yield Queued(task=task, type=kind, task_queue=queue, since=info.scheduled_time.ToMilliseconds())
    step = described.pending_workflow_task
    if step.state == PendingWorkflowTaskState.PENDING_WORKFLOW_TASK_STATE_SCHEDULED:
        queue = described.execution_config.task_queue.name
        yield Queued(task=None, type="", task_queue=queue, since=step.scheduled_time.ToMilliseconds())


def task_of(activity_id: str, type: str) -> str:
    """The name of the task whose call an activity is (`/do/0/NAME#1`); of another activity its type."""
    return split(activity_id.rpartition("#")[0])[-1] if activity_id.startswith("/") else type
