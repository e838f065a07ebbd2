"""`do`: a list of tasks, one after the other.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#do
"""

from __future__ import annotations

from interpreter.document.model import Do
from interpreter.visit import Result, Visit


def execute(task: Do, visit: Visit) -> Result:
    """The output of the last task run; `exit` ends only this list."""
    output, then = visit.tasks(task.do, "do", visit.input, visit.frame.setdefault("kid", {}))
    return Result(output, "end" if then == "end" else None)
