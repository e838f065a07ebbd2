"""The use case of every command that only asks something of an open run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from temporalio.client import WorkflowExecutionStatus

from cli.connection import connect
from cli.exits import fail
from cli.flags import Flags
from cli.loop import complete
from cli.standing import name_of
from interpreter.temporal import client as temporal


def ask(id: str, flags: Flags, request: Callable[[temporal.Handle], Awaitable[None]]) -> None:
    """Send a request to the open run of an id; ends with a line that says so when there is none."""
    complete(_ask(id, flags, request))


async def _ask(id: str, flags: Flags, request: Callable[[temporal.Handle], Awaitable[None]]) -> None:
    async with connect(flags, run=id) as connection:
        handle = temporal.handle(connection.client, id)
        status = (await handle.describe()).status
        # The server takes some requests for a run that has ended, and does nothing.
        if status is not None and status is not WorkflowExecutionStatus.RUNNING:
            fail(f"run '{id}' has ended ({name_of(status)}): there is nothing to ask of it")
        await request(handle)
