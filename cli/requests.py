"""The use case of every command that only asks something of an open run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cli.connection import connect
from cli.flags import Flags
from interpreter.temporal import client as temporal


def ask(id: str, flags: Flags, request: Callable[[temporal.Handle], Awaitable[None]]) -> None:
    """Send a request to the open run of an id; ends with a line that says so when there is none."""
    asyncio.run(_ask(id, flags, request))


async def _ask(id: str, flags: Flags, request: Callable[[temporal.Handle], Awaitable[None]]) -> None:
    async with connect(flags, run=id) as connection:
        await request(temporal.handle(connection.client, id))
