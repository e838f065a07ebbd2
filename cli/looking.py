"""A run's own view of itself: asked of a worker, and where none answers, of its history, replayed here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCError, RPCStatusCode

from cli.exits import fail
from interpreter.temporal import client as temporal
from interpreter.temporal.replaying import replayed
from interpreter.temporal.status import RUNNING
from interpreter.temporal.workflow import Interpreter
from interpreter.values import Json

Source = Literal["worker", "history"]
UNANSWERED = {RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.FAILED_PRECONDITION, RPCStatusCode.UNAVAILABLE}


@dataclass(frozen=True, slots=True)
class View:
    """What the run said, and who said it."""

    said: Json
    source: Source


async def state(client: Client, id: str, run: str, task_queue: str) -> View:
    """Where a run stands (`interpreter.temporal.status`)."""
    return await _asked(client, id, run, task_queue, temporal.state, _state_of)


async def trace(client: Client, id: str, run: str, task_queue: str) -> View:
    """What happened in one run of a chain (`interpreter.temporal.trace`)."""
    return await _asked(client, id, run, task_queue, temporal.trace, _trace_of)


async def trace_of_history(handle: temporal.Handle) -> Json:
    """The trace of one run, read from its history alone; `RuntimeError` where that cannot be replayed here."""
    return _trace_of(await replayed(await handle.fetch_history()))


def _state_of(begun: Interpreter | None) -> Json:
    return begun.state() if begun else {"status": RUNNING, "tasks": []}


def _trace_of(begun: Interpreter | None) -> Json:
    return begun.trace() if begun else {"first": 1, "last": 0, "notices": []}


async def _asked(
    client: Client,
    id: str,
    run: str,
    task_queue: str,
    query: Callable[[temporal.Handle], Awaitable[Json]],
    method: Callable[[Interpreter | None], Json],
) -> View:
    handle = temporal.handle(client, id, run)
    if await temporal.polled(client, task_queue):
        try:
            return View(await query(handle), "worker")
        except RPCError as error:
            if error.status not in UNANSWERED:
                raise
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError):
            pass  # a worker that cannot answer: the history can
    try:
        return View(method(await replayed(await handle.fetch_history())), "history")
    except RuntimeError as error:
        fail(f"run '{id}' cannot be read here: {' '.join(str(error).split())[:300]}")
