"""Saying so when what a run waits for lies in a queue that nobody polls; waiting goes on, for a worker may come."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from temporalio.service import RPCError

from cli import terminal
from interpreter import effects
from interpreter.temporal.names import ATTACH
from interpreter.temporal.unserved import unserved

if TYPE_CHECKING:
    from temporalio.client import Client

PERIOD = 2.0
"""Seconds until the first look, and between two."""

OURS = frozenset({ATTACH, *(value for name, value in vars(effects).items() if name.isupper())})
"""The activities of this product."""


@contextlib.asynccontextmanager
async def watching(client: Client, id: str, warned: frozenset[str] = frozenset()) -> AsyncIterator[None]:
    """While inside, what waits in vain is told, once for each queue, and not of those that were `warned` of."""
    watch = asyncio.create_task(_watch(client, id, set(warned)))
    try:
        yield
    finally:
        watch.cancel()
        (ended,) = await asyncio.gather(watch, return_exceptions=True)
        if isinstance(ended, Exception):
            terminal.warn(f"whether somebody polls the queues was not looked at to the end: {ended!r}")


async def _watch(client: Client, id: str, told: set[str]) -> None:
    while True:
        await asyncio.sleep(PERIOD)
        with contextlib.suppress(RPCError):
            for one in await unserved(client, id, told):
                if one.task_queue not in told:
                    told.add(one.task_queue)
                    terminal.warn(doubt(one.task, one.type, one.task_queue))


def doubt(task: str | None, type: str, task_queue: str) -> str:
    """What waits in vain (`Queued`), in words, with the cure."""
    what = "the run" if task is None else f"'{task}' ({type})"
    foreign = task is not None and type not in OURS
    cure = (
        f"start the worker that has the activity '{type}'" if foreign else f"start one with 'swtemporal worker --task-queue {task_queue}'"
    )
    return f"{what} waits for a worker: nobody polls the queue '{task_queue}'; {cure}"
