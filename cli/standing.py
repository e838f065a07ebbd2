"""The use case of `status`: what the server knows of a run, and what the run says of itself."""

from __future__ import annotations

from typing import Any

from temporalio.client import WorkflowExecutionStatus

from cli import terminal
from cli.connection import Connection, connect
from cli.flags import Flags
from cli.looking import state
from cli.progress import MARKS, moment, of_problem, short
from cli.terminal import Form
from cli.unserved import doubt
from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal
from interpreter.temporal.pending import Standing, pending
from interpreter.temporal.unserved import Queued, unserved
from interpreter.values import Json

NAMES = {
    WorkflowExecutionStatus.FAILED: "faulted",
    WorkflowExecutionStatus.CANCELED: "cancelled",
    WorkflowExecutionStatus.TIMED_OUT: "timed out",
    WorkflowExecutionStatus.CONTINUED_AS_NEW: "continued",
}
"""The DSL's word for a status, where it is another than Temporal's."""


def name_of(status: WorkflowExecutionStatus | None) -> str:
    """A status in our words."""
    status = status or WorkflowExecutionStatus.RUNNING
    return NAMES.get(status, status.name.lower())


async def standing(id: str, flags: Flags) -> dict[str, Json]:
    """The status of a run as one object; stable."""
    async with connect(flags, run=id) as connection:
        found = await pending(connection.client, id)
        said = {
            "id": id,
            "run": found.run,
            "status": name_of(WorkflowExecutionStatus[found.status.upper()]),
            "type": found.type,
            "definition": found.definition,
            "taskQueue": found.task_queue,
            "started": found.started,
            "closed": found.closed,
            "url": connection.link(id, found.run),
        }
        more = await _open(connection, id, found) if found.closed is None else await _closed(connection, id, found)
        return {name: value for name, value in (said | more).items() if value is not None}


async def _open(connection: Connection, id: str, found: Standing) -> dict[str, Json]:
    waits = [
        {"type": one.type or one.kind, "summary": one.summary, "attempt": one.attempt, "due": one.due, "failure": one.failure}
        for one in found.waits
    ]
    idle = [one for one in await unserved(connection.client, id) if one.task is not None]
    facts: dict[str, Json] = {"pending": waits, "unserved": [_unserved(one) for one in idle] or None}
    if found.failing is not None:
        # A run whose workflow task fails answers no question, and a replay would fail as it does.
        polled = await temporal.polled(connection.client, found.task_queue)
        return facts | {"worker": polled, "failing": {"attempt": found.failing.attempt, "message": found.failing.message}}
    view = await state(connection.client, id, found.run, found.task_queue)
    own: dict[str, Any] = {name: view.said.get(name) for name in ("status", "title", "tasks", "events")}
    return facts | {"chain": view.said.get("run"), "source": view.source, "worker": view.source == "worker"} | own


def _unserved(one: Queued) -> dict[str, Json]:
    return {"task": one.task, "type": one.type, "taskQueue": one.task_queue, "since": one.since}


async def _closed(connection: Connection, id: str, found: Standing) -> dict[str, Json]:
    match await temporal.outcome(temporal.handle(connection.client, id, found.run)):
        case Completed(output):
            return {"output": output}
        case Faulted(problem):
            return {"error": problem.as_json()}
        case temporal.Stopped(_, reason):
            return {"reason": reason or None}


def show(said: dict[str, Json], form: Form) -> None:
    """Write a status."""
    if form is Form.JSON:
        terminal.value(said, form)
        return
    times = f"started {moment(said['started'])}" + (f", ended {moment(said['closed'])}" if "closed" in said else "")
    terminal.line(f"{said['id']}  {said['status']}  {said.get('definition', said['type'])}  {times}")
    for one in said.get("tasks", []):
        terminal.line(_task(one))
    for one in said.get("pending", []):
        if one["failure"]:
            terminal.line(f"  ↻ {one['summary'] or one['type']}: attempt {one['attempt']}; the one before failed: {one['failure']}")
    if "output" in said:
        terminal.line(f"  output {short(said['output'])}")
    if "error" in said:
        terminal.line(f"  {MARKS['faulted']} {of_problem(said['error'])}  at {said['error'].get('instance', '/')}")
    if said.get("reason"):
        terminal.line(f"  {said['reason']}")
    _show_doubts(said)


def _task(one: Json) -> str:
    name = one["name"] + "".join(f"[{index}]" for index in one["index"])
    attempt = f"  attempt {one['attempt']}" if one["attempt"] else ""
    verb = "until" if one["kind"] == "wait" else "for"
    waiting = f"  waits {verb} {one['waiting']}" if one["waiting"] else ""
    return f"  {'  ' * one['depth']}{MARKS['started']} {name}  {one['kind']}{attempt}  since {moment(one['since'])}{waiting}"


def _show_doubts(said: dict[str, Json]) -> None:
    """What keeps an open run from going on, or this answer from being the run's own."""
    failing = said.get("failing")
    if failing:
        terminal.line(f"  ! the workflow task fails and is tried again (attempt {failing['attempt']}): {failing['message']}")
    events = said.get("events") or {}
    if events.get("waiting") or events.get("dropped"):
        terminal.line(f"  events: {events['waiting']} not read yet, {events['dropped']} dropped")
    for one in said.get("unserved", []):
        terminal.warn(doubt(one["task"], one["type"], one["taskQueue"]))
    if said.get("worker") is False:
        terminal.warn(f"no worker polls the queue '{said['taskQueue']}', so the run does not go on{_cure(said)}")
    if said.get("source") == "history":
        terminal.note("(read from the history)")


def _cure(said: dict[str, Json]) -> str:
    from cli.running import QUEUE

    queue = str(said["taskQueue"])
    if queue.startswith(QUEUE):
        return f": the 'swtemporal run' that started it, typed again with --id {said['id']}, goes on with it"
    return f": start one with 'swtemporal worker --task-queue {queue}'"
