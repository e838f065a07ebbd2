"""The use case of `worker`."""

from __future__ import annotations

from collections.abc import Sequence

from cli import terminal
from cli.connection import connect
from cli.exits import fail
from cli.flags import Flags
from cli.running import activity_settings
from worker import serve


async def serve_queue(task_queue: str, mapping: Sequence[str], event_sink: str | None, flags: Flags) -> None:
    """Serve a queue until the process is told to end."""
    settings = activity_settings(mapping, event_sink)
    async with connect(flags) as connection:
        terminal.note(f"serving the queue '{task_queue}' of namespace '{connection.client.namespace}' at {connection.address}")
        try:
            await serve(connection.client, task_queue, settings)
        except RuntimeError as error:  # what the SDK raises for a namespace that is missing, or a worker that cannot poll
            fail(f"the worker has ended: {' '.join(str(error).split())}")
