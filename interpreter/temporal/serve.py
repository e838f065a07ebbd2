"""A worker as this product runs it, and a replayer that reads histories the same way."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from temporalio.client import Client
from temporalio.common import WorkerDeploymentVersion
from temporalio.worker import PollerBehaviorAutoscaling, Replayer, Worker, WorkerDeploymentConfig

from interpreter.defaults import PRODUCT
from interpreter.document.adapter import adapter
from interpreter.temporal.client import CONVERTER
from interpreter.temporal.opening import VERSION
from interpreter.temporal.runner import Forgetful, Runner
from interpreter.temporal.workflow import Interpreter

STICKY_TIMEOUT = timedelta(seconds=2)
"""How long a run waits for the worker that remembers it, after that worker is gone."""

GRACE = timedelta(seconds=40)
"""How long activities may go on when the worker shuts down: longer than an HTTP exchange may take."""

HEARTBEAT_THROTTLE = timedelta(seconds=2)
"""How long a heartbeat may be kept back: a call learns of its cancellation by the answer to one."""

CACHED = 1_000
"""Runs that a worker remembers between their tasks; another one is replayed first."""

WORKFLOW_TASKS = max(8, 4 * (os.cpu_count() or 1))
"""Workflow tasks at once; as many children evaluate jq."""

ACTIVITIES = 500
"""Calls in flight at once, as many as one run may have: waiting for a slow peer takes hardly more than a socket."""

RECURSION = 5_000
"""Python calls in each other: 64 tasks deep with data of 256 levels need more than Python's own limit."""

_ACTIVITY_POLLERS = PollerBehaviorAutoscaling(minimum=2, maximum=20, initial=5)
# Whoever polls holds a slot, and polls for up to a minute. Half of the slots for each kind: else those that wait for runs this worker
# remembers hold all of them, and the others (new ones, and those it did not come to in time) are not taken up for that minute.
_WORKFLOW_POLLERS = PollerBehaviorAutoscaling(minimum=2, maximum=WORKFLOW_TASKS // 2, initial=4)


def worker(
    client: Client, task_queue: str, activities: Sequence[Callable[..., Any]], *, grace: timedelta = GRACE, cached: int = CACHED
) -> Worker:
    """A worker on a queue; `client` must be of `client.connect`.

    The reader of documents is built here and now: in the first run's first activation it could take longer than one may (2 s), where a machine is busy.
    """
    adapter()
    _allow_depth()
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[Interpreter],
        activities=activities,
        workflow_runner=Runner(),
        interceptors=[Forgetful()],
        # Without a version the SDK hashes every loaded module at each start.
        deployment_config=WorkerDeploymentConfig(version=WorkerDeploymentVersion(PRODUCT, VERSION), use_worker_versioning=False),
        max_cached_workflows=cached,
        max_concurrent_workflow_tasks=WORKFLOW_TASKS,
        max_concurrent_activities=ACTIVITIES,
        workflow_task_poller_behavior=_WORKFLOW_POLLERS,
        activity_task_poller_behavior=_ACTIVITY_POLLERS,
        sticky_queue_schedule_to_start_timeout=STICKY_TIMEOUT,
        graceful_shutdown_timeout=grace,
        max_heartbeat_throttle_interval=HEARTBEAT_THROTTLE,
    )


def replayer() -> Replayer:
    """A replayer for histories of this product."""
    _allow_depth()
    return Replayer(workflows=[Interpreter], workflow_runner=Runner(), data_converter=CONVERTER)


def _allow_depth() -> None:
    sys.setrecursionlimit(max(RECURSION, sys.getrecursionlimit()))
