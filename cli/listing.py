"""The use case of `list`."""

from __future__ import annotations

from temporalio.client import WorkflowExecution

from cli import terminal
from cli.connection import connect
from cli.exits import refuse
from cli.flags import Flags
from cli.progress import moment
from cli.standing import name_of
from cli.terminal import Form
from interpreter.temporal import client as temporal
from interpreter.temporal.memo import DEFINITION
from interpreter.values import Json

STATUS = {
    "running": "Running",
    "completed": "Completed",
    "faulted": "Failed",
    "cancelled": "Canceled",
    "terminated": "Terminated",
    "continued": "ContinuedAsNew",
}


def filter_of(status: str | None, definition: str | None, query: str | None) -> str | None:
    """Temporal's list filter for what is wanted; ends with a usage error for what no filter can say."""
    parts = []
    if status is not None:
        if status not in STATUS:
            refuse(f"--status is one of {', '.join(STATUS)}, found '{status}'")
        parts.append(f"ExecutionStatus = '{STATUS[status]}'")
    if definition is not None:
        if "'" in definition or "/" not in definition:
            refuse(f"--definition takes NAMESPACE/NAME, found '{definition}'")
        parts.append(f"WorkflowType = '{definition.partition(':')[0]}'")
    if query is not None:
        parts.append(f"({query})")
    return " AND ".join(parts) or None


async def runs(query: str | None, limit: int, flags: Flags) -> list[dict[str, Json]]:
    """The runs as objects; stable."""
    async with connect(flags) as connection:
        return [await _object(run) async for run in temporal.runs(connection.client, query, limit=limit)]


async def _object(run: WorkflowExecution) -> dict[str, Json]:
    memo = await run.memo()
    said = {
        "id": run.id,
        "run": run.run_id,
        "status": name_of(run.status),
        "definition": memo.get(DEFINITION, run.workflow_type),
        "taskQueue": run.task_queue,
        "started": int(run.start_time.timestamp() * 1000),
        "closed": int(run.close_time.timestamp() * 1000) if run.close_time else None,
    }
    return {name: value for name, value in said.items() if value is not None}


def show(found: list[dict[str, Json]], form: Form) -> None:
    """Write a list of runs."""
    if form is Form.JSON:
        terminal.value(found, form)
    elif not found:
        terminal.note("no runs")
    else:
        rows = [[str(one["id"]), str(one["status"]), str(one["definition"]), moment(one["started"])] for one in found]
        terminal.table(["RUN", "STATUS", "DEFINITION", "STARTED"], rows)
