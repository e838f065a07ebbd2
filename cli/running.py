"""The use case of `run`: a server if need be, a worker in this process on a queue of its own, the run, and its outcome."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, nullcontext
from datetime import timedelta
from typing import Any

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client

from activities.assembly import assembled
from activities.attach import attach
from activities.cache.places import MEMORY, Place, parse
from activities.http import origins
from activities.policy import Policy, everything
from activities.policy_file import policy_of
from activities.secrets import places
from activities.settings import Settings
from cli import terminal
from cli.connection import Connection, connect_ephemeral, connect_or_start
from cli.exits import fail, refuse
from cli.flags import Flags
from cli.opening import Open, known, start
from cli.order import Order
from cli.waiting import Outcome, Patience, outcome_of
from interpreter.document.envelope import Envelope
from interpreter.effects import Completed
from interpreter.evaluation.child_evaluator import shared
from interpreter.temporal.serve import worker

QUEUE = "swtemporal-run-"
GRACE = timedelta(0)
"""After Ctrl-C nothing is waited for: what was under way is done again by the next command, with the same idempotency key."""


def activity_settings(
    mapping: Sequence[str], event_sink: str | None, policy: Policy, secrets: Sequence[str] = (), cache: str = MEMORY.kind
) -> Settings:
    """The activities' settings; ends with a usage error for a mapping, a sink, a place of secrets or of results that is none."""
    if event_sink is not None and not event_sink.startswith(("http://", "https://")):
        refuse(f"--event-sink takes an http or https URL, found '{event_sink}'")
    try:
        kept = places.parse(secrets, os.environ)
    except ValueError as error:
        refuse(f"--secrets: {error}")
    try:
        mapped = origins.parse(mapping)
    except ValueError as error:
        refuse(f"--map-origin: {error}")
    return Settings(environment=os.environ, secrets=kept, origins=mapped, event_sink=event_sink, policy=policy, cache=cache_of(cache))


def cache_of(text: str) -> Place:
    """The place of results that an option names; ends with a usage error for what is none."""
    try:
        return parse(text)
    except ValueError as error:
        refuse(f"--cache: {error}")


def granted(file: str | None, allow: Sequence[str] = ()) -> Policy:
    """The policy in a file, or what a worker does without one and with these hosts; ends with a usage error where it cannot be read."""
    try:
        return policy_of(file, allow)
    except ValueError as error:
        refuse(str(error))


def own_policy(envelope: Envelope, file: str | None = None) -> Policy:
    """Everything for the documents of this command line, and for the functions and files it brings along; for anybody else what the file's rules grant."""
    own = everything(documents=(envelope.root, *envelope.carried(), *envelope.functions()))
    return Policy((own, *(() if file is None else granted(file).rules)))


async def run_here(order: Order, settings: Settings, patience: Patience, flags: Flags, *, ephemeral: bool) -> Outcome:
    """Run an order to its end. Cancelled (Ctrl-C), it says how to go on, and leaves the run open."""
    with tempfile.TemporaryDirectory(prefix="swtemporal-", ignore_cleanup_errors=True) if ephemeral else nullcontext("") as folder:
        connecting: AbstractAsyncContextManager[Connection] = connect_ephemeral(folder) if ephemeral else connect_or_start(flags)
        async with connecting as connection:
            try:
                return await _run(order, settings, patience, connection, _how_to_go_on(order, ephemeral=ephemeral))
            except asyncio.CancelledError:
                terminal.say(f"run '{order.id}' was interrupted; {_how_to_go_on(order, ephemeral=ephemeral)}", "yellow")
                raise


async def _run(order: Order, settings: Settings, patience: Patience, connection: Connection, late: str) -> Outcome:
    client, queue = connection.client, f"{QUEUE}{order.id}"
    # A namespace that is missing is told in one line here; the worker's failure tells it in many.
    await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    found = await known(client, order, queue)
    if isinstance(found, Completed):
        terminal.note(f"run '{order.id}' has completed before: this is its recorded result, nothing ran again")
        return found
    return await _served(client, queue, settings, _waited(order, found, patience, connection, late))


async def _waited(order: Order, found: Open | None, patience: Patience, connection: Connection, late: str) -> Outcome:
    opened = found or await start(connection.client, order, f"{QUEUE}{order.id}", eager=True)
    _announce(order, opened, connection)
    return await outcome_of(connection.client, order.id, opened.run, patience, after=opened.events, late=late)


async def _served(client: Client, queue: str, settings: Settings, work: Coroutine[Any, Any, Outcome]) -> Outcome:
    """The outcome of `work`, while a worker serves the queue; ends the command when that worker cannot go on.

    Both are tasks of their own: entered as a context, a worker that fails cancels whoever entered it, as Ctrl-C does.
    """
    async with AsyncExitStack() as opened:
        try:
            activities = await opened.enter_async_context(assembled(settings, shared(), client))
        except ValueError as error:  # the environment names a proxy or certificates that cannot be used
            work.close()
            fail(str(error))
        working = asyncio.create_task(work)
        one = worker(client, queue, [*activities, attach], grace=GRACE)
        serving = asyncio.create_task(one.run())
        try:
            await asyncio.wait((working, serving), return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                fail(f"the worker of this run has ended: {' '.join(str(serving.exception()).split())}")
            return await working
        finally:
            working.cancel()
            # A worker that could not even start never says that it has shut down.
            stopping = asyncio.create_task(one.shutdown())
            await asyncio.wait((working, serving))
            stopping.cancel()


def _announce(order: Order, opened: Open, connection: Connection) -> None:
    terminal.note(f"run '{order.id}' {'goes on' if opened.events else 'has started'}")
    link = connection.link(order.id, opened.run)
    if link is not None:
        terminal.note(f"Web UI: {link}")


def _how_to_go_on(order: Order, *, ephemeral: bool) -> str:
    if ephemeral:
        return "nothing is kept of it"
    return f"it stays open; with the same input, 'swtemporal run {order.file} --id {order.id}' goes on with it"
