"""The use case of `submit`: the run is started, and waited for if that is wished."""

from __future__ import annotations

from cli import terminal
from cli.connection import Connection, connect
from cli.flags import Flags
from cli.opening import Open, known, start
from cli.order import Order
from cli.results import warn_without_worker
from cli.terminal import Form
from cli.waiting import Patience, finish, outcome_of
from interpreter.effects import Completed


async def submit_order(order: Order, task_queue: str, patience: Patience | None, form: Form, flags: Flags) -> None:
    """Start the order's run, or find it; with `patience`, wait for its end and print its output."""
    async with connect(flags) as connection:
        found = await known(connection.client, order, task_queue)
        if isinstance(found, Completed):
            terminal.note(f"run '{order.id}' has completed before: nothing ran again")
            if patience is None:
                terminal.line(order.id)
            else:
                finish(found, order.id, form)
            return
        opened = found or await start(connection.client, order, task_queue)
        if found is not None:
            terminal.note(f"run '{order.id}' was submitted before and is open")
        link = connection.link(order.id, opened.run)
        if link is not None:
            terminal.note(f"Web UI: {link}")
        if patience is None:
            _print(order, opened, task_queue, connection, form)
        warned = await warn_without_worker(connection.client, task_queue)
        if patience is not None:
            outcome = await outcome_of(connection.client, order.id, opened.run, patience, after=opened.events, warned=warned)
            finish(outcome, order.id, form)


def _print(order: Order, opened: Open, task_queue: str, connection: Connection, form: Form) -> None:
    if form is Form.TEXT:
        terminal.line(order.id)
        return
    said = {
        "id": order.id,
        "run": opened.run,
        "namespace": connection.client.namespace,
        "taskQueue": task_queue,
        "url": connection.link(order.id, opened.run),
    }
    terminal.value({name: value for name, value in said.items() if value is not None}, form)
