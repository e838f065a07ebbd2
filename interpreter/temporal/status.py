"""What the query `state` tells of a run."""

from __future__ import annotations

from dataclasses import asdict

from interpreter.document.definition import Definition
from interpreter.live import live
from interpreter.state import State
from interpreter.temporal.memo import memo_of
from interpreter.values import Json

RUNNING = "running"
SUSPENDED = "suspended"


def status_of(definition: Definition, state: State, *, context: bool = False) -> Json:
    """`{status, definition, version, title, run, started, events: {waiting, dropped}, tasks, context?}`.

    `run` is the number of the run in its chain, `tasks` what is in progress, outermost first, with what each waits for:
    `{reference, name, kind, index, since, waiting, attempt, depth}`.
    """
    found = {
        "status": SUSPENDED if state["suspended"] else RUNNING,
        **memo_of(definition.document),
        "run": state["run"]["number"],
        "started": state["run"]["started"],
        "events": {"waiting": len(state["inbox"]), "dropped": state["dropped"]},
        "tasks": [{**asdict(task), "index": list(task.index)} for task in live(definition, state)],
    }
    return {**found, "context": state["context"]} if context else found
