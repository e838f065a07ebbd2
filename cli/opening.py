"""Starting a run, or finding the one its id names already: open, it is the same run or none; ended well, nothing runs again."""

from __future__ import annotations

import json
from dataclasses import dataclass

from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from cli.exits import Code, Stop, refuse
from cli.order import Order
from cli.progress import of_problem
from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal
from interpreter.values import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An open run: `events` of its history were there before this command, 0 for one it has started."""

    run: str
    events: int


async def known(client: Client, order: Order, task_queue: str) -> Open | Completed | None:
    """The open run or the recorded result of the order's id; None where a run is to be started.

    Ends with exit 2 when the id is another run's, with 4 or 6 when its run has ended badly.
    """
    if not order.named:
        return None
    description = await _described(client, order.id)
    if description is None:
        return None
    if description.status is WorkflowExecutionStatus.RUNNING:
        await _check_same(client, description, order)
        _check_queue(description, task_queue)
        if order.again:
            refuse(f"run '{order.id}' is open, so it cannot run anew: end it with 'swtemporal terminate {order.id}', or leave --again out")
        return Open(run=description.run_id, events=description.history_length)
    if order.again:
        return None
    return await _recorded(client, description, order)


async def start(client: Client, order: Order, task_queue: str, *, eager: bool = False) -> Open:
    """Start the order's run."""
    handle = await temporal.start(client, order.envelope, order.input, id=order.id, task_queue=task_queue, again=order.again, eager=eager)
    return Open(run=handle.first_execution_run_id or "", events=0)


async def _described(client: Client, id: str) -> WorkflowExecutionDescription | None:
    try:
        return await temporal.handle(client, id).describe()
    except RPCError as error:
        # A namespace that is missing is "not found", too, and is no answer to the question.
        if error.status is not RPCStatusCode.NOT_FOUND or error.message.lower().startswith("namespace"):
            raise
        return None


async def _recorded(client: Client, description: WorkflowExecutionDescription, order: Order) -> Completed:
    outcome = await temporal.outcome(temporal.handle(client, order.id, description.run_id))
    advice = "--again runs it anew"
    if isinstance(outcome, Completed):
        await _check_same(client, description, order)
        return outcome
    if isinstance(outcome, Faulted):
        problem = outcome.problem.as_json()
        raise Stop(Code.FAULTED, f"run '{order.id}' has faulted before: {of_problem(problem)}; {advice}", problem=problem)
    raise Stop(Code.CANCELLED, f"run '{order.id}' was {outcome.how} before; {advice}")


async def _check_same(client: Client, description: WorkflowExecutionDescription, order: Order) -> None:
    began = await temporal.beginning(client, order.id, description.run_id)
    if began is None:
        refuse(f"'{order.id}' is a workflow that was not started by swtemporal: name another --id")
    different = differences(began, (order.input, order.envelope.as_json()))
    if different:
        state = "is open" if description.status is WorkflowExecutionStatus.RUNNING else "has ended"
        refuse(f"run '{order.id}' {state} with {_listed(different)}: give the same, or name another --id")


def _check_queue(description: WorkflowExecutionDescription, task_queue: str) -> None:
    if description.task_queue != task_queue:
        there = f"run '{description.id}' is open on the queue '{description.task_queue}', not on '{task_queue}'"
        refuse(f"{there}: 'swtemporal result {description.id}' waits for it, or name another --id")


def differences(began: tuple[Json, Json], now: tuple[Json, Json]) -> list[str]:
    """What is not the same in two starts (input, envelope), in words; limits and who started it may differ."""
    (old_input, old), (new_input, new) = began, now
    pairs = {
        "another input": (old_input, new_input),
        "another document": (old.get("root"), new["root"]),
        "other sub-workflows": (_others(old), _others(new)),
        "other contents of its files": (old.get("resources"), new["resources"]),
    }
    return [words for words, (before, after) in pairs.items() if _canonical(before) != _canonical(after)]


def _others(envelope: Json) -> list[str]:
    return sorted(digest for digest in envelope.get("documents", {}) if digest != envelope.get("root"))


def _canonical(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
