"""`run: shell`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#shell-process
"""

from __future__ import annotations

from interpreter.document.model import ShellRun
from interpreter.effects import RUN_SHELL
from interpreter.tasks import process
from interpreter.visit import Request, Result, Visit


def execute(task: ShellRun, visit: Visit) -> Result:
    """What the activity `run.shell` gives."""
    return process.execute(task.run, visit, RUN_SHELL, lambda: _request(task, visit))


def _request(task: ShellRun, visit: Visit) -> Request:
    raw = visit.run.definition.raw_at(f"{visit.scope.pointer}/run/shell")
    filled, deferred = visit.place.fill_deferring(raw, visit.input, "run/shell")
    return Request({**filled, **process.outcome(task.run, visit)}, deferred, process.shown(task.run.shell.command))
