"""The use case of `result`, and the warnings of everything that waits for others to go on with a run."""

from __future__ import annotations

from temporalio.client import Client

from cli import terminal
from cli.connection import connect
from cli.flags import Flags
from cli.waiting import Outcome, Patience, outcome_of
from interpreter.temporal import client as temporal
from interpreter.temporal.pending import pending


async def result_of(id: str, patience: Patience, flags: Flags) -> Outcome:
    """The outcome of a run, waited for."""
    async with connect(flags, run=id) as connection:
        found = await pending(connection.client, id)
        if found.closed is None:
            if found.failing is not None:
                terminal.say(
                    f"! the workflow task fails and is tried again (attempt {found.failing.attempt}): {found.failing.message}", "red"
                )
            warned = await warn_without_worker(connection.client, found.task_queue)
            return await outcome_of(connection.client, id, found.run, patience, after=found.events, warned=warned)
        return await outcome_of(connection.client, id, found.run, patience, after=found.events)


async def warn_without_worker(client: Client, task_queue: str) -> frozenset[str]:
    """Say so when nobody will go on with a run; gives the queues of which it was said."""
    if await temporal.polled(client, task_queue):
        return frozenset()
    terminal.warn(f"no worker polls the queue '{task_queue}': start one with 'swtemporal worker --task-queue {task_queue}'")
    return frozenset({task_queue})
