"""Waiting for a workflow that another run started: a child found again after its parent continued as new."""

from __future__ import annotations

import asyncio

from temporalio import activity
from temporalio.client import WorkflowFailureError, WorkflowHandle
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from activities.boundary import for_runs
from activities.heartbeats import heartbeats
from interpreter.faults import Fault, fault
from interpreter.temporal.failures import SHUTDOWN, ended, error_of
from interpreter.temporal.names import ATTACH
from interpreter.values import Json


@activity.defn(name=ATTACH)
async def attach(child: Json) -> RawValue:
    """The result of the workflow `{id, run}`, whatever later runs its chain has; its fault is this activity's, however it ended.

    It only looks on, so it may be cancelled and repeated at will, and a worker that shuts down hands it over at once.
    `run` is null where a workflow of that id was there when the child was to be started: an `authorization` fault where that is not a child of
    this workflow (started before a reset), but one that somebody else started.
    """
    handle: WorkflowHandle[None, RawValue] = activity.client().get_workflow_handle(child["id"], run_id=child["run"], result_type=RawValue)
    async with heartbeats(None):
        await _check(handle, child["run"])
        waiting = asyncio.create_task(handle.result())
        leaving = asyncio.create_task(activity.wait_for_worker_shutdown())
        try:
            await asyncio.wait([waiting, leaving], return_when=asyncio.FIRST_COMPLETED)
            if not waiting.done():
                raise ApplicationError("the worker shuts down; another one goes on waiting", type=SHUTDOWN)
            return waiting.result()
        except WorkflowFailureError as failure:
            raise error_of(ended(failure.cause)) from None
        finally:
            waiting.cancel()
            leaving.cancel()


async def _check(handle: WorkflowHandle[None, RawValue], run: str | None) -> None:
    try:
        for_runs(ATTACH)
        if run is None and (await handle.describe()).parent_id != activity.info().workflow_id:
            raise fault("authorization", f"there is a workflow {handle.id} already, and it was not started by this one")
    except Fault as error:
        raise error_of(error.problem) from None
