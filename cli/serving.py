"""The use case of `worker`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from activities.cache.places import MEMORY
from cli import terminal
from cli.connection import connect
from cli.exits import fail
from cli.flags import Flags
from cli.running import activity_settings, granted
from interpreter.temporal.serve import GRACE
from worker import serve


async def serve_queue(
    task_queue: str,
    mapping: Sequence[str],
    event_sink: str | None,
    secrets: Sequence[str],
    policy: str | None,
    allow: Sequence[str],
    cache: str | None,
    grace: float | None,
    flags: Flags,
) -> None:
    """Serve a queue until the process is told to end; `grace` in seconds."""
    settings = activity_settings(mapping, event_sink, granted(policy, allow), secrets, cache or MEMORY.kind)
    async with connect(flags) as connection:
        client = connection.client
        # A namespace that is missing is told in one line here; the SDK tells it in many.
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
        terminal.note(f"serving the queue '{task_queue}' of namespace '{client.namespace}' at {connection.address}")
        try:
            await serve(client, task_queue, settings, GRACE if grace is None else timedelta(seconds=grace))
        except (RuntimeError, ValueError) as error:  # a namespace that is missing, a worker that cannot poll, a proxy that cannot be used
            fail(f"the worker has ended: {' '.join(str(error).split())}")
