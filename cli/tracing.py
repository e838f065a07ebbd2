"""The use case of `trace`: the notices of all runs of a chain, as visits of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from temporalio.client import Client, WorkflowExecutionDescription, WorkflowExecutionStatus

from cli import terminal
from cli.connection import connect
from cli.flags import Flags
from cli.looking import trace
from cli.progress import MARKS, clock, of_problem, short
from cli.standing import name_of
from cli.terminal import Form
from interpreter.temporal import client as temporal
from interpreter.values import Json, split

ENDS = {"completed", "faulted", "cancelled"}
STOPS = {WorkflowExecutionStatus.CANCELED, WorkflowExecutionStatus.TERMINATED, WorkflowExecutionStatus.TIMED_OUT}
"""How a run is ended from outside: the tasks that were open then say nothing of it."""
LEVELS = {"do", "try", "catch", "branches", "foreach"}


@dataclass(frozen=True, slots=True)
class End:
    """A run was ended from outside: `how`, and when (milliseconds)."""

    how: str
    at: int


async def traced(id: str, flags: Flags) -> dict[str, Json]:
    """`{id, runs, forgotten, visits}`: the visits of tasks in the order in which they began; stable."""
    async with connect(flags, run=id) as connection:
        notices: list[Json] = []
        forgotten = 0
        chain = await _chain(connection.client, id)
        for run in chain:
            found = (await trace(connection.client, id, run.run_id, run.task_queue)).said
            notices += found["notices"]
            forgotten += found["first"] - 1
        return {"id": id, "runs": [run.run_id for run in chain], "forgotten": forgotten, "visits": visits(notices, _end(chain[-1]))}


def _end(run: WorkflowExecutionDescription) -> End | None:
    if run.status not in STOPS or run.close_time is None:
        return None
    return End(name_of(run.status), int(run.close_time.timestamp() * 1000))


async def _chain(client: Client, id: str) -> list[WorkflowExecutionDescription]:
    """Every run of a chain, the first one first; of the latest chain of an id."""
    latest = await temporal.handle(client, id).describe()
    chain = []
    run: str | None = latest.raw_description.workflow_execution_info.first_run_id or latest.run_id
    while run is not None:
        chain.append(await temporal.handle(client, id, run).describe())
        run = await _following(client, id, run) if run != latest.run_id else None
    return chain


async def _following(client: Client, id: str, run: str) -> str | None:
    """The run that continues a closed one: its last event says so."""
    following = None
    async for event in temporal.events(client, id, run):
        if event.HasField("workflow_execution_continued_as_new_event_attributes"):
            following = event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return following


def visits(notices: Iterable[Json], end: End | None = None) -> list[Json]:
    """One object per visit of a task, in the order in which they began; what was open when the run was ended has ended with it.

    `{reference, name, task, index, started, status, input, ended?, output?, error?, why?, then?, waited?, logged?, attempts?}`
    """
    found: list[dict[str, Json]] = []
    open: dict[tuple[str, tuple[int, ...]], dict[str, Json]] = {}
    for notice in notices:
        key = (notice["reference"], tuple(notice.get("index", ())))
        if notice["kind"] == "started" or key not in open:
            open[key] = _visit(notice)
            found.append(open[key])
        _add(open[key], notice)
        if open[key]["status"] != "running":
            del open[key]
    if end is not None:
        for visit in open.values():
            visit.update(status=end.how, ended=end.at)
    return found


def _visit(notice: Json) -> dict[str, Json]:
    return {
        "reference": notice["reference"],
        "name": notice["name"],
        "task": notice["task"],
        "index": notice.get("index", []),
        "started": notice["at"],
        "status": "running",
    }


def _add(visit: dict[str, Json], notice: Json) -> None:
    kind = notice["kind"]
    own = {name: notice[name] for name in ("input", "output", "error", "why", "then") if name in notice and kind != "retried"}
    visit.update(own)
    if kind in ENDS:
        visit.update(status=kind, ended=notice["at"])
    elif kind == "skipped":
        visit.update(status=kind)
    elif kind == "retried":
        visit.setdefault("attempts", []).append({name: notice[name] for name in ("attempt", "at", "error", "next")})
    elif kind == "logged":
        visit["logged"] = {name: notice[name] for name in ("level", "message")}
    elif kind == "waiting":
        visit["waited"] = notice.get("until", notice.get("events"))


def show(said: dict[str, Json], form: Form) -> None:
    """Write a trace."""
    if form is Form.JSON:
        terminal.value(said, form)
        return
    if said["forgotten"]:
        terminal.note(f"({said['forgotten']} earlier steps are not kept)")
    for visit in said["visits"]:
        terminal.write("".join(f"{line}\n" for line in lines(visit)))


def lines(visit: Json) -> list[str]:
    """A visit for people."""
    depth = sum(part in LEVELS for part in split(visit["reference"])) - 1 if visit["reference"] else 0
    pad = "  " * max(0, depth)
    name = (visit["name"] or "workflow") + "".join(f"[{index}]" for index in visit["index"])
    mark = MARKS["started" if visit["status"] == "running" else visit["status"]]
    took = f"  {(visit['ended'] - visit['started']) / 1000:.3f} s" if "ended" in visit else ""
    said = [f"{pad}{clock(visit['started'])}  {mark} {name}  {visit['task']}{took}"]
    said += [f"{pad}    {name:<7} {short(visit[name])}" for name in ("input", "output") if name in visit]
    if "waited" in visit:
        said.append(f"{pad}    waited  {clock(visit['waited']) if isinstance(visit['waited'], int) else visit['waited']}")
    if "logged" in visit:
        said.append(f"{pad}    {visit['logged']['level']:<7} {visit['logged']['message']}")
    said += [f"{pad}    attempt {one['attempt']} failed: {of_problem(one['error'])}" for one in visit.get("attempts", [])]
    if "error" in visit:
        said.append(f"{pad}    error   {of_problem(visit['error'])}")
    said += [f"{pad}    {name:<7} {visit[name]}" for name in ("why", "then") if visit.get(name) is not None]
    return said
